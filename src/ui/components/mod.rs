//! The pieces screens are made of: one file each, its style in `assets/style/pieces.css` and `frame.css`.

mod actions;
mod chips;
mod drawing;
mod frame;
mod glance;
mod heading;
mod icon;
mod level;
mod option_card;
mod prices;
mod reasons;
mod sphere;
mod stamp;
mod state;
mod way;

pub use actions::Actions;
pub use chips::{HardLines, Picks};
pub use drawing::Drawing;
pub use frame::{Bar, Notes, SampleStrip, Top};
pub use glance::Glance;
pub use heading::Heading;
pub use icon::{Glyph, Icon, Mark};
pub use level::Levels;
pub use option_card::OptionCard;
pub use prices::Prices;
pub use reasons::{Lines, Reasons, Unknown};
pub use sphere::Sphere;
pub use stamp::Stamp;
pub use state::{SyncProgress, Trouble, Waiting};
pub use way::Way;
