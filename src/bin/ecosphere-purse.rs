//! The wallet in a browser: one wasm for its page and for the worker that holds its keys.

#[cfg(all(target_arch = "wasm32", feature = "purse"))]
fn main() {
    if ecosphere::purse::worker::is_here() {
        return ecosphere::purse::worker::run();
    }
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("main"));
    if let Some(root) = root {
        root.set_inner_html("");
    }
    dioxus::launch(ecosphere::ui::Wallet);
}

#[cfg(not(all(target_arch = "wasm32", feature = "purse")))]
fn main() {
    eprintln!("ecosphere-purse is a part of the web app and does nothing here; `cargo xtask run` builds and starts the app.");
    std::process::exit(2);
}
