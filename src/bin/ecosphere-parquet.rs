//! The organisation's desk reading a Parquet file in a browser: the desk's worker alone, with a reader that only those download who bring such a file.

#[cfg(all(target_arch = "wasm32", feature = "organisation", feature = "parquet"))]
fn main() {
    ecosphere::organisation::worker::run();
}

#[cfg(not(all(target_arch = "wasm32", feature = "organisation", feature = "parquet")))]
fn main() {
    eprintln!("ecosphere-parquet is a part of the web app and does nothing here; `cargo xtask run` builds and starts the app.");
    std::process::exit(2);
}
