//! What is tried, with thorough effort, on a picture in which the quick pass found nothing.

use super::{Area, CodeRead, Effort, LARGE, bars, luma::Luma, second, zxing};

/// A decoder, for one of the ways to look at the picture.
type Rung = fn(&Luma) -> Vec<CodeRead>;

/// The QR codes that the quick pass finds on a copy of half the size.
pub(super) fn at_half_size(luma: &Luma) -> Vec<CodeRead> {
    scaled(zxing::qr_codes(&luma.smaller(2)), 2, 1, luma)
}

/// The first rung that finds something ends the climb; so does `go_on` saying no.
pub(super) fn climb(luma: &Luma, go_on: &dyn Fn() -> bool) -> Vec<CodeRead> {
    let newer: Rung = zxing::qr_codes;
    let older: Rung = |l| zxing::qr_code(l).into_iter().collect();
    let both: Rung = |l| zxing::qr_codes(l).into_iter().chain(zxing::qr_code(l)).collect();
    let closed: Rung = |l| zxing::closed_qr_code(l).into_iter().collect();
    let bars: Rung = |l| bars::barcodes(l, Effort::Quick);
    let shrink = second::shrink(luma).max(1);
    let small = luma.long_side() <= LARGE;
    let rungs: [(Look, Rung, bool); 18] = [
        (Look::Smaller(1), older, true),
        (Look::Smaller(2), older, !small),
        (Look::Smaller(2), closed, true),
        (Look::Smaller(3), both, true),
        (Look::Smaller(1), closed, true),
        (Look::Smaller(2), bars, !small),
        (Look::Doubled, bars, small),
        (Look::Slanted(180), bars, true),
        (Look::Slanted(-180), bars, true),
        (Look::Slanted(700), bars, true),
        (Look::Slanted(-700), bars, true),
        (Look::Inverted, newer, true),
        (Look::Softened, newer, true),
        (Look::Doubled, newer, small),
        (Look::Smaller(shrink), second::qr_codes, true),
        (Look::Smaller(shrink), second::thresholded_qr_codes, true),
        (Look::Smaller(shrink * 2), second::qr_codes, true),
        (Look::Doubled, second::qr_codes, small),
    ];
    for (look, rung, fits) in rungs {
        if !fits {
            continue;
        }
        if !go_on() {
            break;
        }
        let found = match look {
            Look::Smaller(1) => rung(luma),
            Look::Smaller(by) => scaled(rung(&luma.smaller(by)), by, 1, luma),
            Look::Doubled => scaled(rung(&luma.doubled()), 1, 2, luma),
            Look::Softened => rung(&luma.softened()),
            Look::Inverted => rung(&luma.inverted()),
            Look::Slanted(by) => rung(&luma.slanted(by)),
        };
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A copy that may be easier to read.
#[derive(Clone, Copy)]
enum Look {
    Smaller(usize),
    Doubled,
    Softened,
    Inverted,
    Slanted(i64),
}

/// Places on a copy, in the terms of the picture.
fn scaled(found: Vec<CodeRead>, times: usize, over: u32, luma: &Luma) -> Vec<CodeRead> {
    let times = u32::try_from(times).unwrap_or(1);
    let place = |n: u32, size: u32| (n.saturating_mul(times) / over).min(size.saturating_sub(1));
    let position = |a: Area| Area {
        left: place(a.left, luma.width),
        top: place(a.top, luma.height),
        right: place(a.right, luma.width),
        bottom: place(a.bottom, luma.height),
    };
    found.into_iter().map(|code| CodeRead { position: position(code.position), ..code }).collect()
}
