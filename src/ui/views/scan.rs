//! The scan: the camera, and every way around it.

use crate::{
    engine::{
        client,
        wire::{Answer, EngineError, ScanResult},
    },
    ui::{
        ask::note_restarts,
        browser,
        components::{Glyph, Heading, SyncProgress, Trouble, Waiting, icon, icon_of, small},
        paying,
        route::{Of, Route},
        state::{SharedStoreExt, Sync, shared},
        words,
    },
};
use dioxus::prelude::*;

/// The id of the video element that the camera fills.
const VIDEO: &str = "camera";
/// The id of the field a picture is chosen with, and of the one that takes one.
const PICTURE: &str = "picture";
const PHOTO: &str = "photo";
/// Every how many frames the engine tries harder.
const THOROUGH_EVERY: u32 = 4;
/// So many frames without a code, and the code that was in sight is taken as gone.
const GONE_AFTER: u32 = 6;
/// Rest between two frames, in milliseconds: the battery is worth it.
const REST: i32 = 60;

/// What the camera is doing.
#[derive(Debug, Clone, PartialEq)]
enum Camera {
    Asking,
    Running { torch: bool },
    Denied,
    Insecure,
    Off(String),
}

/// Which way around the camera is open.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Entry {
    Barcode,
    Link,
}

/// Goes to the one verdict, or lets the person choose.
fn take(found: Vec<ScanResult>, mut choices: Signal<Vec<ScanResult>>) {
    let mut different: Vec<ScanResult> = Vec::new();
    for result in found {
        if !different.iter().any(|other| other.code == result.code) {
            different.push(result);
        }
    }
    shared().found().set(different.clone());
    match different.as_slice() {
        [one] => go_to(one),
        _ => choices.set(different),
    }
}

fn go_to(result: &ScanResult) {
    browser::buzz();
    let code = result.code.clone().unwrap_or_default();
    shared().in_sight().set(Some(code.clone()));
    if paying::pays(&code) {
        return;
    }
    let of = result.subject.as_ref().filter(|_| code.is_empty()).map_or(Of::Code(code), |s| Of::Number(s.number));
    navigator().push(Route::Verdict { of });
}

/// Waits until there is a snapshot to look codes up in, or no hope for one.
async fn until_there_is_a_snapshot() {
    while shared().status().peek().as_ref().is_none_or(|s| s.snapshot.is_none()) && matches!(*shared().sync().peek(), Sync::Running(..) | Sync::Idle)
    {
        browser::pause(200).await;
        if cfg!(not(target_arch = "wasm32")) {
            break;
        }
    }
}

/// Looks through the camera until a code is found.
async fn look(mut camera: Signal<Camera>, choices: Signal<Vec<ScanResult>>, mut trouble: Signal<Option<EngineError>>, mut same: Signal<bool>) {
    if !browser::is_secure() {
        camera.set(Camera::Insecure);
        return;
    }
    match client::camera_start(VIDEO).await {
        Ok(info) => camera.set(Camera::Running { torch: info.torch }),
        Err(why) => {
            camera.set(if why.contains("not allowed") { Camera::Denied } else { Camera::Off(why) });
            return;
        }
    }
    until_there_is_a_snapshot().await;
    let (mut frame, mut empty) = (0_u32, 0_u32);
    loop {
        frame = frame.wrapping_add(1);
        let answer = client::camera_scan(frame % THOROUGH_EVERY == 0).await;
        note_restarts();
        match answer {
            Ok(Answer::Scan(found)) => {
                empty = 0;
                let only = if found.len() == 1 { found.first().and_then(|result| result.code.clone()) } else { None };
                let seen = only.is_some() && only == *shared().in_sight().peek();
                if seen {
                    same.set(true);
                } else if choices.peek().is_empty() {
                    take(found, choices);
                }
            }
            Ok(_) => {
                empty += 1;
                if empty == GONE_AFTER {
                    shared().in_sight().set(None);
                    same.set(false);
                }
            }
            // The engine has been started again by now: the next frame finds it well.
            Err(EngineError::Crashed(_)) => browser::pause(500).await,
            Err(error) => {
                trouble.set(Some(error));
                return;
            }
        }
        browser::pause(REST).await;
    }
}

/// The scan.
#[component]
pub fn Scan() -> Element {
    let camera = use_signal(|| Camera::Asking);
    let mut choices = use_signal(Vec::<ScanResult>::new);
    let mut trouble = use_signal(|| None::<EngineError>);
    let same = use_signal(|| false);
    let mut entry = use_signal(|| None::<Entry>);
    let mut reading = use_signal(|| false);
    let mut looking = use_future(move || look(camera, choices, trouble, same));
    use_drop(client::camera_stop);
    let picture = move |field: &'static str, files: Vec<dioxus::html::FileData>| async move {
        // Natively the file is known by its path; in a browser the field holds it.
        let _ = &files;
        trouble.set(None);
        reading.set(true);
        #[cfg(target_arch = "wasm32")]
        let answer = client::scan_file(field).await;
        #[cfg(not(target_arch = "wasm32"))]
        let answer = client::scan_file(&files.first().map(|f| f.path().to_string_lossy().into_owned()).unwrap_or_else(|| field.into())).await;
        note_restarts();
        reading.set(false);
        match answer {
            Ok(Answer::Scan(found)) => take(found, choices),
            Ok(_) => trouble.set(Some(EngineError::BadInput(
                "No code was found in this picture. Try one that is closer and sharper, with the whole code in it".into(),
            ))),
            Err(error) => trouble.set(Some(error)),
        }
    };
    let mut toggle = move |which: Entry| {
        let now = *entry.peek();
        entry.set(if now == Some(which) { None } else { Some(which) });
    };
    rsx! {
        div { class: "hidden", Heading { title: "Scan", "Scan a passport or barcode" } }
        FirstSync {}
        section { class: "finder", "aria-label": "Camera",
            video { id: VIDEO, muted: true, autoplay: true, "playsinline": "true", "aria-hidden": "true", hidden: !matches!(camera(), Camera::Running { .. }) }
            View { camera, same, onretry: move |()| looking.restart(), onphoto: move |files| picture(PHOTO, files) }
        }
        if reading() {
            Waiting { what: "Reading the picture\u{2026}" }
        }
        if let Some(error) = trouble() {
            div { style: "margin-top: 1rem", Trouble { error, onretry: move |()| { trouble.set(None); looking.restart(); } } }
        }
        if !choices.read().is_empty() {
            Found { choices, onagain: move |()| choices.set(Vec::new()) }
        }
        div { class: "ways",
            label {
                input {
                    id: PICTURE,
                    r#type: "file",
                    accept: "image/*",
                    "aria-label": "Choose a picture",
                    onchange: move |e: FormEvent| picture(PICTURE, e.files()),
                }
                {icon(Glyph::Picture)}
                span { "Picture" }
            }
            button { r#type: "button", "aria-expanded": entry() == Some(Entry::Barcode), onclick: move |_| toggle(Entry::Barcode), {icon(Glyph::Barcode)} "Type barcode" }
            button { r#type: "button", "aria-expanded": entry() == Some(Entry::Link), onclick: move |_| toggle(Entry::Link), {icon(Glyph::Link)} "Paste link" }
        }
        if let Some(entry) = entry() {
            Typed { key: "{entry:?}", entry }
        }
    }
}

/// While the first snapshot is on its way.
#[component]
fn FirstSync() -> Element {
    let status = shared().status();
    let none = status.read().as_ref().is_some_and(|s| s.snapshot.is_none());
    let failed = match &*shared().sync().read() {
        Sync::Failed(error) => Some(error.clone()),
        _ => None,
    };
    if !none {
        return rsx! {};
    }
    rsx! {
        div { class: "note tone-unknown first-sync",
            {icon(Glyph::Sync)}
            div { style: "justify-items: stretch",
                p { "This phone does not know any product yet. It gets the ledger once; then everything works offline." }
                SyncProgress {}
            }
        }
        if let Some(error) = failed {
            div { class: "first-sync", Trouble { error, onretry: move |()| { spawn(crate::ui::state::sync(true)); } } }
        }
    }
}

/// What is seen where the camera looks.
#[component]
fn View(camera: Signal<Camera>, same: Signal<bool>, onretry: EventHandler<()>, onphoto: EventHandler<Vec<dioxus::html::FileData>>) -> Element {
    let mut lit = use_signal(|| false);
    let (title, text) = match camera() {
        Camera::Running { torch } => {
            let say = if same() { "Seen already. Point at another code." } else { "Point at the code on the product" };
            return rsx! {
                div { class: "aim", "aria-hidden": "true",
                    svg { view_box: "0 0 100 100",
                        path { d: "M4 22V12a8 8 0 0 1 8-8h10M78 4h10a8 8 0 0 1 8 8v10M96 78v10a8 8 0 0 1-8 8H78M22 96H12a8 8 0 0 1-8-8V78" }
                        path { class: "beam", d: "M10 50h80" }
                    }
                }
                p { class: "say", role: "status", {say} }
                if torch {
                    button {
                        class: "torch",
                        r#type: "button",
                        "aria-label": "Light",
                        "aria-pressed": lit(),
                        onclick: move |_| async move {
                            let on = !*lit.peek();
                            if client::camera_torch(on).await.is_ok() {
                                lit.set(on);
                            }
                        },
                        {icon(Glyph::Torch)}
                    }
                }
            };
        }
        Camera::Asking => ("Starting the camera", "Your browser may ask first: allow the camera, pictures never leave this phone.".to_owned()),
        Camera::Denied => (
            "The camera is not allowed",
            "Allow it for this page in the browser\u{2019}s settings (the sign left of the address), then try again. Or take a picture.".to_owned(),
        ),
        Camera::Insecure => (
            "Take a picture instead",
            "This address is not secure (no https), so the browser gives no live camera. A picture works just as well.".to_owned(),
        ),
        Camera::Off(why) => ("No live camera", why),
    };
    let asking = camera() == Camera::Asking;
    rsx! {
        div { class: "panel", role: "status",
            {icon_of(Glyph::Camera, "icon big")}
            h2 { {title} }
            p { {text} }
        }
        if !asking {
            div { class: "panel row-buttons",
                label { class: "button main file",
                    input { id: PHOTO, r#type: "file", accept: "image/*", capture: "environment", "aria-label": "Take a picture", onchange: move |e: FormEvent| onphoto.call(e.files()) }
                    {icon(Glyph::Camera)}
                    "Take a picture"
                }
                if camera() != Camera::Insecure {
                    button { class: "button", r#type: "button", onclick: move |_| { let mut camera = camera; camera.set(Camera::Asking); onretry.call(()) }, "Try again" }
                }
            }
        }
    }
}

/// Several codes in one picture: which one?
#[component]
fn Found(choices: Signal<Vec<ScanResult>>, onagain: EventHandler<()>) -> Element {
    let several = choices.read().len();
    rsx! {
        section { "aria-live": "polite",
            h2 { style: "margin-top: 1.5rem", "{several} codes in sight. Which one?" }
            ul { class: "found",
                for (n , result) in choices.read().iter().cloned().enumerate() {
                    li { key: "{n}", Choice { result, n } }
                }
            }
            button { class: "button wide", style: "margin-top: .75rem", r#type: "button", onclick: move |_| onagain.call(()), "Look again" }
        }
    }
}

#[component]
fn Choice(result: ScanResult, n: usize) -> Element {
    let (glyph, tone) = match &result.verdict {
        Some(verdict) => {
            let sign = words::band(verdict.band);
            (sign.glyph, sign.tone)
        }
        None => words::outcome(result.outcome),
    };
    let word = result.verdict.as_ref().map_or_else(|| result.outcome.title(), |v| words::band(v.band).word);
    let name = result.subject.as_ref().map(|s| s.name.clone()).or_else(|| result.gtin.clone()).or_else(|| result.code.clone()).unwrap_or_default();
    rsx! {
        button { class: tone, r#type: "button", onclick: move |_| go_to(&result),
            {icon(glyph)}
            span { b { {name} } span { class: "fine", "No. {n + 1} \u{b7} {word}" } }
            {small(Glyph::Next)}
        }
    }
}

/// A barcode typed or a link pasted.
#[component]
fn Typed(entry: Entry) -> Element {
    let mut text = use_signal(String::new);
    let mut wrong = use_signal(|| None::<&'static str>);
    let barcode = entry == Entry::Barcode;
    let mut check = move || {
        let code = text.peek().trim().to_owned();
        let digits = code.chars().filter(char::is_ascii_digit).count();
        if code.is_empty() {
            wrong.set(Some(if barcode { "Type the digits under the bars." } else { "Paste a link first." }));
        } else if barcode && (!(8..=14).contains(&digits) || code.chars().any(|c| !c.is_ascii_digit() && c != ' ')) {
            wrong.set(Some("A barcode number has 8, 12, 13 or 14 digits."));
        } else if !paying::pays(&code) {
            let code = if barcode { code.replace(' ', "") } else { code };
            navigator().push(Route::Verdict { of: Of::Code(code) });
        }
    };
    rsx! {
        form { class: "entry field", onsubmit: move |e: FormEvent| { e.prevent_default(); check() },
            label { r#for: "code", if barcode { "Number under the bars" } else { "Link of the passport" } }
            p { id: "code-said", role: "alert", class: "wrong",
                if let Some(sentence) = wrong() {
                    {small(Glyph::Alert)}
                    {sentence}
                }
            }
            div { class: "pair",
                input {
                    id: "code",
                    inputmode: if barcode { "numeric" } else { "url" },
                    autocomplete: "off",
                    autocapitalize: "off",
                    spellcheck: false,
                    placeholder: if barcode { "3017620422003" } else { "https://\u{2026}" },
                    "aria-describedby": "code-said",
                    "aria-invalid": wrong().is_some(),
                    value: "{text}",
                    onmounted: move |field: MountedEvent| async move {
                        let _ = field.set_focus(true).await;
                    },
                    oninput: move |e| {
                        wrong.set(None);
                        text.set(e.value());
                    },
                }
                button { class: "button strong", r#type: "submit", "Check" }
            }
            if !barcode {
                button {
                    class: "button",
                    r#type: "button",
                    onclick: move |_| async move {
                        match browser::clipboard().await {
                            Some(copied) => {
                                text.set(copied);
                                check();
                            }
                            None => wrong.set(Some("The browser did not hand over what was copied. Hold the field and choose Paste.")),
                        }
                    },
                    {small(Glyph::Link)}
                    "Paste what I copied"
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(camera: Camera, same: bool) -> String {
        #[component]
        fn Shown(camera: Camera, same: bool) -> Element {
            let camera = use_signal(|| camera);
            let same = use_signal(|| same);
            rsx! {
                View { camera, same, onretry: |()| (), onphoto: |_| () }
            }
        }
        let mut dom = VirtualDom::new_with_props(Shown, ShownProps { camera, same });
        dom.rebuild_in_place();
        dioxus_ssr::render(&dom)
    }

    #[test]
    fn every_state_of_the_camera_is_said_with_what_to_do() {
        for (camera, said) in [
            (Camera::Asking, "allow the camera"),
            (Camera::Denied, "Allow it for this page"),
            (Camera::Insecure, "no https"),
            (Camera::Off("This device has no camera.".into()), "This device has no camera."),
            (Camera::Running { torch: false }, "Point at the code"),
        ] {
            let html = seen(camera.clone(), false);
            assert!(html.contains(said) && html.contains("role=\"status\""), "{camera:?}: {html}");
            let can_take = html.contains("Take a picture");
            assert_eq!(can_take, !matches!(camera, Camera::Asking | Camera::Running { .. }), "{camera:?}");
        }
    }

    #[test]
    fn only_a_camera_with_a_light_offers_it_and_a_code_in_sight_is_not_read_twice() {
        assert!(!seen(Camera::Running { torch: false }, false).contains("Light"));
        let html = seen(Camera::Running { torch: true }, true);
        assert!(html.contains("aria-label=\"Light\"") && html.contains("aria-pressed") && html.contains("Seen already"));
    }
}
