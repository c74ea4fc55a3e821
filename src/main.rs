//! The app: a page in a browser, a window on a desktop, an app on a phone. All of it is `ecosphere::ui`; here it is only put on the screen.

#[cfg(all(feature = "web", target_arch = "wasm32"))]
fn main() {
    // The page came with the first screen already drawn, in the same shape; it is replaced, not adopted, by the running app, before
    // the browser paints again.
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("main"));
    if let Some(root) = root {
        root.set_inner_html("");
    }
    dioxus::launch(ecosphere::ui::App);
}

#[cfg(all(feature = "desktop", not(feature = "mobile"), not(target_arch = "wasm32")))]
fn main() {
    use dioxus::desktop::{Config, LogicalSize, WindowBuilder};
    keep_store();
    // A phone's shape: the app is made for one hand.
    let window = WindowBuilder::new()
        .with_title("EcoSphere")
        .with_inner_size(LogicalSize::new(412.0, 915.0))
        .with_min_inner_size(LogicalSize::new(360.0, 560.0));
    dioxus::LaunchBuilder::desktop().with_cfg(Config::new().with_window(window).with_menu(None)).launch(ecosphere::ui::App);
}

#[cfg(all(feature = "mobile", not(target_arch = "wasm32")))]
fn main() {
    keep_store();
    dioxus::launch(ecosphere::ui::App);
}

/// Says where the store lies: the person's own data folder, or the folder in `ECOSPHERE_DATA`.
#[cfg(all(any(feature = "desktop", feature = "mobile"), not(target_arch = "wasm32")))]
fn keep_store() {
    use std::{env::var_os, path::PathBuf};
    let folder = var_os("ECOSPHERE_DATA").map(PathBuf::from).or_else(|| {
        let base = var_os("XDG_DATA_HOME").or_else(|| var_os("APPDATA")).map(PathBuf::from);
        base.or_else(|| var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"))).map(|base| base.join("ecosphere"))
    });
    if let Some(folder) = folder {
        ecosphere::engine::client::set_store(folder);
    }
}

#[cfg(not(any(all(feature = "web", target_arch = "wasm32"), all(any(feature = "desktop", feature = "mobile"), not(target_arch = "wasm32")))))]
fn main() {
    eprintln!("This build has the screens but nothing to show them on. Run `cargo xtask run` for the web app, or build with --features desktop.");
    std::process::exit(2);
}
