//! The engine as its own wasm module: what the page's worker runs. Elsewhere the engine is a thread of the app itself.

#[cfg(target_arch = "wasm32")]
fn main() {
    ecosphere::engine::worker::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("ecosphere-engine is the web app's worker and does nothing here; `cargo xtask run` builds and starts the app.");
    std::process::exit(2);
}
