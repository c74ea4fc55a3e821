//! The organisation's desk in a browser: one wasm for its page and for the worker that reads files.

#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
fn main() {
    if ecosphere::organisation::worker::is_here() {
        return ecosphere::organisation::worker::run();
    }
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("main"));
    if let Some(root) = root {
        root.set_inner_html("");
    }
    dioxus::launch(ecosphere::ui::Organisation);
}

#[cfg(not(all(target_arch = "wasm32", feature = "organisation")))]
fn main() {
    eprintln!("ecosphere-organisation is a part of the web app and does nothing here; `cargo xtask run` builds and starts the app.");
    std::process::exit(2);
}
