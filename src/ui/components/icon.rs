//! Line icons on a 24-unit grid: one path each, drawn for this app, coloured by the text around them.

use crate::values::Topic;
use dioxus::prelude::*;

/// What can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after what it shows")]
pub enum Glyph {
    Scan,
    Leaf,
    Clock,
    Sliders,
    Layers,
    Check,
    Star,
    Dash,
    ShieldCheck,
    ShieldCross,
    ShieldAsk,
    Alert,
    Stop,
    Up,
    Down,
    Ask,
    Balance,
    Torch,
    Picture,
    Barcode,
    Link,
    Next,
    Close,
    Bin,
    Save,
    Load,
    Sync,
    Search,
    Print,
    Offline,
    Camera,
    Bookmark,
    Signed,
    TwoSigned,
    Said,
    Guess,
    Shop,
    Box,
    Flag,
    Cloud,
    Bolt,
    Drop,
    Loop,
    Tree,
    Flask,
    Paw,
    Heart,
    Shield,
    Key,
    Coins,
    Equal,
    House,
    Hands,
    Eye,
    Bank,
    Lock,
    Basket,
}

impl Glyph {
    /// The picture of a topic.
    #[must_use]
    pub const fn of_topic(topic: Topic) -> Self {
        match topic {
            Topic::Climate => Self::Cloud,
            Topic::Energy => Self::Bolt,
            Topic::Water => Self::Drop,
            Topic::Waste => Self::Loop,
            Topic::Nature => Self::Tree,
            Topic::Pollution => Self::Flask,
            Topic::AnimalWelfare => Self::Paw,
            Topic::Health => Self::Heart,
            Topic::Safety => Self::Shield,
            Topic::Freedom => Self::Key,
            Topic::DecentWork => Self::Coins,
            Topic::Equality => Self::Equal,
            Topic::Community => Self::House,
            Topic::FairTrade => Self::Hands,
            Topic::Transparency => Self::Eye,
            Topic::Ethics => Self::Bank,
            Topic::Privacy => Self::Lock,
        }
    }

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Basket => "M3.5 9.5h17l-2 10h-13zM7.5 9.5 11 4M16.5 9.5 13 4M9.5 13v3.5M14.5 13v3.5",
            Self::Scan => "M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2M4 12h16",
            Self::Leaf => "M5 20c-1-10 5-15.5 15-16 .5 10-4 16-13 14.5M5 20c2-5.5 5-8.5 9-10.5",
            Self::Clock => "M3.5 12a8.5 8.5 0 1 0 2.7-6.2L3.5 8.2M3.5 3.8v4.4h4.4M12 7.5V12l3 2",
            Self::Sliders => {
                "M4 8h8.5M18 8h2M4 16h2M12 16h8M15.2 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M9 13.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6"
            }
            Self::Layers => "M12 3.5 21 8l-9 4.5L3 8zM3.5 12.2 12 16.5l8.5-4.3M3.5 16.2 12 20.5l8.5-4.3",
            Self::Check => "M5 12.5 10 17.5 19.5 7",
            Self::Star => "m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17.1 6.7 20l1.1-6-4.4-4.2 6-.8z",
            Self::Dash => "M6.5 12h11",
            Self::ShieldCheck => "M12 3 19.5 5.8v5.4c0 4.8-3 8-7.5 9.8-4.5-1.8-7.5-5-7.5-9.8V5.8zM8.3 12l2.7 2.7 4.8-5.2",
            Self::ShieldCross => "M12 3 19.5 5.8v5.4c0 4.8-3 8-7.5 9.8-4.5-1.8-7.5-5-7.5-9.8V5.8zM9.3 9.3l5.4 5.4M14.7 9.3l-5.4 5.4",
            Self::ShieldAsk => {
                "M12 3 19.5 5.8v5.4c0 4.8-3 8-7.5 9.8-4.5-1.8-7.5-5-7.5-9.8V5.8zM9.8 9.7a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2 1-1.2 1.8M12 16.4v.1"
            }
            Self::Alert => "M12 4 21.5 20h-19zM12 10v4.5M12 17.2v.1",
            Self::Stop => "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM8 12h8",
            Self::Up => "M12 19.5v-15M5.5 11 12 4.5l6.5 6.5",
            Self::Down => "M12 4.5v15M5.5 13l6.5 6.5 6.5-6.5",
            Self::Ask => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M9.5 9.7a2.6 2.6 0 1 1 3.9 2.3c-.9.5-1.4 1.1-1.4 2M12 16.9v.1",
            Self::Balance => "M12 4v16M8 20h8M5 7.5h14M5.5 7.5 2.5 14a3 3 0 0 0 6 0zM18.5 7.5l-3 6.5a3 3 0 0 0 6 0z",
            Self::Torch => "M7.5 3h9v4l-2.3 3.5V21H9.8V10.5L7.5 7zM7.5 7h9M12 13.5v2",
            Self::Picture => "M3.5 5h17v14h-17zM3.5 16.5 9 11l4.5 4.5 2.5-2.5 4.5 4.5M15.8 8.8v.1",
            Self::Barcode => "M3.5 6v12M7 6v12M10 6v12M14 6v12M16.5 6v12M20.5 6v12",
            Self::Link => "M10 14.2a4.2 4.2 0 0 0 6.2.4l3-3a4.2 4.2 0 0 0-6-6L11.7 7M14 9.8a4.2 4.2 0 0 0-6.2-.4l-3 3a4.2 4.2 0 0 0 6 6L12.3 17",
            Self::Next => "m9 5 7 7-7 7",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Bin => "M4 6.5h16M9 6.5V4h6v2.5M6 6.5 7 20.5h10l1-14M10 10.5v6M14 10.5v6",
            Self::Save => "M12 3.5v11.5M7 10.5l5 5 5-5M4 19.5h16",
            Self::Load => "M12 15.5V4M7 8.8l5-5 5 5M4 19.5h16",
            Self::Sync => "M19.5 9A8 8 0 0 0 5.2 7.8L4 9.5M4 4.5v5h5M4.5 15a8 8 0 0 0 14.3 1.2l1.2-1.7M20 19.5v-5h-5",
            Self::Search => "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5l5 5",
            Self::Print => "M7 8.5V3.5h10v5M7 17.5H3.5v-9h17v9H17M7 14h10v6.5H7z",
            Self::Offline => "m4 4 16 16M8.5 6.5A6 6 0 0 1 18 10.1a4.3 4.3 0 0 1 2.7 6.5M6.3 9.3A4.7 4.7 0 0 0 7 19h9.5",
            Self::Camera => "M3.5 7.5h4L9 5h6l1.5 2.5h4v12h-17zM12 9.8a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7",
            Self::Bookmark => "M6.5 3.5h11v17L12 16.3l-5.5 4.2z",
            Self::Signed => "M12 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M9.7 9l1.7 1.7 3-3.2M8.5 13.8 7.5 21l4.5-2.3 4.5 2.3-1-7.2",
            Self::TwoSigned => "M2.5 12.5 6.5 16.5 14 8.5M11.5 15l1.5 1.5 8.5-9",
            Self::Said => "M4 4.5h16v11.5h-9L6.5 20v-4H4zM8 8.5h8M8 12h5",
            Self::Guess => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17",
            Self::Shop => "M4.5 10.5v10h15v-10M3 8.5 5 3.5h14l2 5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0M10 20.5v-6h4v6",
            Self::Box => "M12 3 20.5 7.5v9L12 21l-8.5-4.5v-9zM3.7 7.6 12 12l8.3-4.4M12 12v9",
            Self::Flag => "M5.5 21V3.5M5.5 4.5h13l-2.7 4.5 2.7 4.5h-13",
            Self::Cloud => "M7 19a4.5 4.5 0 0 1-.4-9A6 6 0 0 1 18 10.5a4.3 4.3 0 0 1-.8 8.5zM12 16v-4.5M10 13.2l2-2 2 2",
            Self::Bolt => "M13.5 3 5 13.5h6L10 21l8.5-10.5h-6z",
            Self::Drop => "M12 3.5c4 4.5 6.5 7.5 6.5 10.7a6.5 6.5 0 0 1-13 0C5.5 11 8 8 12 3.5M9 14.5a3.2 3.2 0 0 0 3 3",
            Self::Loop => "M9 4.5h6l2.5 4.3M18.5 4.5v4.6h-4.6M20.5 13.5l-3 5.5h-5.5M15 16l-3 3 3 3M7.5 19.5 3.5 14l3-5M2.5 10.5 6.6 8.8l1.7 4.1",
            Self::Tree => "M12 21v-8M12 16.5l3-2.5M12 3a5 5 0 0 1 4.6 7A4.3 4.3 0 0 1 15 18H9a4.3 4.3 0 0 1-1.6-8A5 5 0 0 1 12 3",
            Self::Flask => "M9.5 3.5h5M10.5 3.5v6L4.8 19a1.2 1.2 0 0 0 1 1.8h12.4a1.2 1.2 0 0 0 1-1.8l-5.7-9.5v-6M7.7 15h8.6",
            Self::Paw => "M12 12c2.5 0 5 3 5 5.5s-2 3-5 2.5c-3 .5-5 0-5-2.5S9.5 12 12 12M5.5 9.5v1.5M9.5 5v2M14.5 5v2M18.5 9.5v1.5",
            Self::Heart => "M12 20.5 4.5 13a4.8 4.8 0 0 1 7.5-6 4.8 4.8 0 0 1 7.5 6z",
            Self::Shield => "M12 3 19.5 5.8v5.4c0 4.8-3 8-7.5 9.8-4.5-1.8-7.5-5-7.5-9.8V5.8z",
            Self::Key => "M8 10.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M11.2 11.8 20 3M16.5 6.5l3 3M14 9l2 2",
            Self::Coins => {
                "M9 4c3 0 5.5 1.1 5.5 2.5S12 9 9 9 3.5 7.9 3.5 6.5 6 4 9 4M3.5 6.5v9C3.5 16.9 6 18 9 18M14.5 6.5v3M15 11c3 0 5.5 1.1 5.5 2.5S18 16 15 16s-5.5-1.1-5.5-2.5S12 11 15 11M9.5 13.5v4c0 1.4 2.5 2.5 5.5 2.5s5.5-1.1 5.5-2.5v-4M3.5 11C3.5 12.4 6 13.5 9 13.5"
            }
            Self::Equal => "M5 9h14M5 15h14",
            Self::House => "M3.5 11.5 12 4l8.5 7.5M6 9.5v11h12v-11M10 20.5v-6h4v6",
            Self::Hands => {
                "M2.5 7.5 7 6l5 2.5M21.5 7.5 17 6l-7 5.5c1 1.5 2.8 1.5 4 .5l4.5 4.5c-.7 1.5-2 1.8-3 1-.5 1.5-2 1.9-3.2 1-1 1-2.5.8-3.3-.5L3 13"
            }
            Self::Eye => "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6",
            Self::Bank => "M3 9.5 12 4l9 5.5zM5.5 9.5V17M10 9.5V17M14 9.5V17M18.5 9.5V17M3 20.5h18M4 17h16",
            Self::Lock => "M5 10.5h14v10H5zM8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2.5",
        }
    }
}

/// An icon. It is always decoration: the word stands beside it or in the label of what holds it.
///
/// A function and no component: there are more than two hundred of them, and none has anything to remember.
pub fn icon(glyph: Glyph) -> Element {
    icon_of(glyph, "icon")
}

/// A small icon.
pub fn small(glyph: Glyph) -> Element {
    icon_of(glyph, "icon small")
}

/// An icon of a class.
pub fn icon_of(glyph: Glyph, class: &'static str) -> Element {
    rsx! {
        svg { class, view_box: "0 0 24 24", "aria-hidden": "true", path { d: glyph.path() } }
    }
}

/// An icon, where a component is wanted.
#[component]
pub fn Icon(
    /// What to draw.
    glyph: Glyph,
    /// Extra class, such as `small`.
    #[props(default)]
    class: &'static str,
) -> Element {
    if class == "small" { small(glyph) } else { icon(glyph) }
}

/// The mark: a sphere in which a leaf-shaped tide stands.
#[component]
pub fn Mark() -> Element {
    rsx! {
        svg { class: "mark", view_box: "0 0 24 24", "aria-hidden": "true",
            circle { cx: "12", cy: "12", r: "11", fill: "#0a4d55" }
            path { d: "M1.6 15.6C5 9 9.5 17.5 14 11.5 16.3 8.5 19.5 8.3 22.6 9.6A11 11 0 0 1 1.6 15.6", fill: "#ffc233" }
            path { d: "M1.6 15.6C5 9 9.5 17.5 14 11.5 16.3 8.5 19.5 8.3 22.6 9.6", fill: "none", stroke: "#eafaf5", stroke_width: "1.6" }
        }
    }
}
