//! The one hot loop: four subjects at once, in registers of 128 bits. What it adds up are whole numbers, so every platform finds the same.
//!
//! Natively (SSE2, NEON) by `wide`; on the web by the instructions themselves, because what is built for size is not vectorised: all current browsers
//! have them (Chromium 91, Firefox 89, Safari 16.4). Both read alike.

use super::{GROUP, PAIRS, Row};
use crate::values::Topic;

/// The sums of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    /// Which group.
    pub(super) at: usize,
    /// Σ w·c·(s - t)
    pub(super) over: [i32; GROUP],
    /// Σ w·c
    pub(super) known: [i32; GROUP],
}

type Weights = [i16; Topic::COUNT];

/// The next group, from this one on, of which a subject reaches the value `t` with at least `enough` known.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn passing(groups: &[[Row; PAIRS]], from: usize, weights: &Weights, t: i16, enough: i32) -> Option<Sums> {
    use wide::{i16x8, i32x4};
    let pairs = paired(weights).map(i16x8::new);
    let (low, t) = (i16x8::splat(0xff), i16x8::splat(t));
    let (zero, enough) = (i32x4::splat(0), i32x4::splat(enough));
    for (at, group) in groups.iter().enumerate().skip(from) {
        let (mut over, mut known) = (zero, zero);
        for (row, w) in group.iter().zip(&pairs) {
            let row = i16x8::new(*row);
            let sure = row & low;
            over += (sure * ((row >> 8_i32) - t)).dot(*w);
            known += sure.dot(*w);
        }
        let passes = (over + (known >> 1_i32)).simd_ge(zero) & known.simd_ge(enough);
        if passes.any() {
            return Some(Sums { at, over: over.to_array(), known: known.to_array() });
        }
    }
    None
}

/// The next group, from this one on, of which a subject reaches the value `t` with at least `enough` known.
#[cfg(target_arch = "wasm32")]
#[target_feature(enable = "simd128")]
pub(super) fn passing(groups: &[[Row; PAIRS]], from: usize, weights: &Weights, t: i16, enough: i32) -> Option<Sums> {
    use std::arch::wasm32::{
        i16x8_mul, i16x8_shr, i16x8_splat, i16x8_sub, i32x4_add, i32x4_dot_i16x8, i32x4_extract_lane, i32x4_ge, i32x4_shr, i32x4_splat, u64x2, v128,
        v128_and, v128_any_true,
    };
    // Two halves, so that each is one load.
    let register = |row: &Row| -> v128 {
        let word = |w: i16| u64::from(w.cast_unsigned());
        let half = |[a, b, c, d]: [i16; 4]| word(a) | (word(b) << 16) | (word(c) << 32) | (word(d) << 48);
        let [a, b, c, d, e, f, g, h] = *row;
        u64x2(half([a, b, c, d]), half([e, f, g, h]))
    };
    let lanes = |v: v128| [i32x4_extract_lane::<0>(v), i32x4_extract_lane::<1>(v), i32x4_extract_lane::<2>(v), i32x4_extract_lane::<3>(v)];
    let pairs = paired(weights).map(|w| register(&w));
    let (low, t) = (i16x8_splat(0xff), i16x8_splat(t));
    let (zero, enough) = (i32x4_splat(0), i32x4_splat(enough));
    for (at, group) in groups.iter().enumerate().skip(from) {
        let (mut over, mut known) = (zero, zero);
        for (row, w) in group.iter().zip(&pairs) {
            let row = register(row);
            let sure = v128_and(row, low);
            over = i32x4_add(over, i32x4_dot_i16x8(i16x8_mul(sure, i16x8_sub(i16x8_shr(row, 8), t)), *w));
            known = i32x4_add(known, i32x4_dot_i16x8(sure, *w));
        }
        let passes = v128_and(i32x4_ge(i32x4_add(over, i32x4_shr(known, 1)), zero), i32x4_ge(known, enough));
        if v128_any_true(passes) {
            return Some(Sums { at, over: lanes(over), known: lanes(known) });
        }
    }
    None
}

/// The weights of each pair of topics, as a row has them.
fn paired(weights: &Weights) -> [Row; PAIRS] {
    let mut pairs = [Row::default(); PAIRS];
    for (pair, w) in pairs.iter_mut().zip(weights.chunks(2)) {
        let (a, b) = (w.first().copied().unwrap_or(0), w.get(1).copied().unwrap_or(0));
        *pair = [a, b, a, b, a, b, a, b];
    }
    pairs
}
