//! The group `node`: from a signed statement to a durable answer, growing to 10^6 entries (`ECOSPHERE_BENCH_MAX` lowers that).

#[path = "measure.rs"]
mod measure;
#[path = "submit.rs"]
mod submit;

fn main() {
    if submit::child() {
        return;
    }
    submit::all(std::env::var("ECOSPHERE_BENCH_MAX").ok().and_then(|m| m.parse().ok()).unwrap_or(1_000_000));
}
