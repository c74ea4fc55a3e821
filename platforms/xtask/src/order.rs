//! The order of a module's functions: like beside like, so that what is sent is smaller. Brotli finds what repeats, and finds it cheaper where it is
//! near; a linker puts functions where their crates come, though those that were made of one generic lie in all of them. Of the page 8 kB of 349 go.
//!
//! How alike two functions are is how many runs of bytes they share of all that either has (Jaccard), estimated with MinHash (A. Broder, *On the
//! resemblance and containment of documents*, 1997). From the first function on, the likest that is left comes next.

use anyhow::{Context, Result};
use wasm_encoder::{NameMap, NameSection, Section as _};
use wasmparser::{Parser, Payload, TypeRef};

/// So many bytes are a run.
const RUN: usize = 5;
/// How finely likeness is estimated.
const HASHES: usize = 128;

/// The smallest of a function's runs under each of [`HASHES`] orders, as much of it as tells them apart.
type Sketch = [u16; HASHES];

/// The module with a name for each function: put in the order of their names, like lies beside like. It must have no names yet.
pub fn named(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut sketches) = (0_u32, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("the module cannot be read")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sketches.push(sketch(body.as_bytes())),
            _ => {}
        }
    }
    let mut place = vec![0; sketches.len()];
    for (at, function) in chain(&sketches).into_iter().enumerate() {
        place[function] = at;
    }
    let mut names = NameMap::new();
    for (function, at) in (imported..).zip(place) {
        names.append(function, &format!("{at:08}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut wasm = wasm.to_vec();
    section.append_to(&mut wasm);
    Ok(wasm)
}

fn sketch(body: &[u8]) -> Sketch {
    let mut least = [u32::MAX; HASHES];
    for run in body.windows(RUN) {
        let mut hash = run.iter().fold(0_u64, |hash, byte| (hash << 8 | u64::from(*byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for least in &mut least {
            // The next number of a linear congruential generator: another order of all runs.
            hash = hash.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            *least = (*least).min((hash >> 32) as u32);
        }
    }
    least.map(|least| least as u16)
}

fn chain(sketches: &[Sketch]) -> Vec<usize> {
    let alike = |a: &Sketch, b: &Sketch| a.iter().zip(b).map(|(a, b)| u16::from(a == b)).sum::<u16>();
    let mut left: Vec<usize> = (0..sketches.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    // Where nothing is alike, the next that is left: its neighbours in the linker's order come from the same crate.
    let mut next = (!left.is_empty()).then_some(0);
    while let Some(at) = next {
        let now = left.remove(at);
        order.push(now);
        let likest = (0..left.len()).map(|i| (alike(&sketches[left[i]], &sketches[now]), i)).max_by_key(|(alike, i)| (*alike, std::cmp::Reverse(*i)));
        next = likest.map(|(alike, i)| if alike == 0 { at % left.len() } else { i });
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_comes_beside_like_and_every_function_once() {
        let body = |of: &[u8]| sketch(&of.repeat(20));
        let (a, b) = (b"local.get 0 i32.add".as_slice(), b"f64.const 3 call 17".as_slice());
        assert_eq!(chain(&[body(a), body(b), body(a), body(b), body(a)]), [0, 2, 4, 1, 3]);
        assert_eq!(chain(&[]), [0_usize; 0]);
    }
}
