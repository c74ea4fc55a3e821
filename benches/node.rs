//! The group `node`: from a signed statement to a durable answer, growing to 10^6 entries (`ECOSPHERE_BENCH_MAX` lowers that).
//! With `ECOSPHERE_BENCH_MEMORY=1` only a node's memory, with so many actors; `=products` with so many products, of which it makes packs.

#[path = "measure.rs"]
mod measure;
#[path = "submit.rs"]
mod submit;

// As the node has it: what is measured is what runs.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if submit::child() {
        return;
    }
    submit::all(std::env::var("ECOSPHERE_BENCH_MAX").ok().and_then(|m| m.parse().ok()).unwrap_or(1_000_000), true);
}
