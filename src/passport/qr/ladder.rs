//! What is tried, with thorough effort, on a picture in which the quick pass found nothing.

use super::{Area, CodeRead, Effort, bars, luma::Luma, second, zxing};

/// Pictures with a shorter long side than this are also tried at twice their size.
const SMALL: u32 = 800;

/// One way to look at the picture: a copy of it, how much smaller (or larger) the copy is, and the decoder.
type Rung = fn(&Luma) -> Vec<CodeRead>;

/// The first rung that finds something ends the climb; so does `go_on` saying no.
pub(super) fn climb(luma: &Luma, go_on: &dyn Fn() -> bool) -> Vec<CodeRead> {
    let quick: Rung = |l| zxing::qr_codes(l).into_iter().chain(zxing::qr_code(l)).collect();
    let closed: Rung = |l| zxing::closed_qr_code(l).into_iter().collect();
    let bars: Rung = |l| bars::barcodes(l, Effort::Quick);
    let shrink = second::shrink(luma).max(1);
    let small = luma.long_side() <= SMALL;
    let rungs: [(Copy, Rung, bool); 18] = [
        (Copy::Smaller(2), quick, !small),
        (Copy::Smaller(1), closed, true),
        (Copy::Smaller(2), closed, true),
        (Copy::Smaller(3), quick, true),
        (Copy::Smaller(2), bars, !small),
        (Copy::Softened, bars, true),
        (Copy::Doubled, bars, small),
        (Copy::Slanted(180), bars, true),
        (Copy::Slanted(-180), bars, true),
        (Copy::Slanted(420), bars, true),
        (Copy::Slanted(-420), bars, true),
        (Copy::Softened, quick, true),
        (Copy::Doubled, quick, small),
        (Copy::Inverted, quick, true),
        (Copy::Smaller(shrink), second::qr_codes, true),
        (Copy::Smaller(shrink), second::thresholded_qr_codes, true),
        (Copy::Smaller(shrink * 2), second::qr_codes, true),
        (Copy::Doubled, second::qr_codes, small),
    ];
    for (copy, rung, fits) in rungs {
        if !fits {
            continue;
        }
        if !go_on() {
            break;
        }
        let found = match copy {
            Copy::Smaller(1) => rung(luma),
            Copy::Smaller(by) => scaled(rung(&luma.smaller(by)), by, 1, luma),
            Copy::Doubled => scaled(rung(&luma.doubled()), 1, 2, luma),
            Copy::Softened => rung(&luma.softened()),
            Copy::Inverted => rung(&luma.inverted()),
            Copy::Slanted(by) => rung(&luma.slanted(by)),
        };
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A copy that may be easier to read.
#[derive(Clone, Copy)]
enum Copy {
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
    let position = |a: Area| Area { left: place(a.left, luma.width), top: place(a.top, luma.height), right: place(a.right, luma.width), bottom: place(a.bottom, luma.height) };
    found.into_iter().map(|code| CodeRead { position: position(code.position), ..code }).collect()
}
