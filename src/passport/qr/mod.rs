//! Codes in: from the grey values of a picture to the texts of the codes in it.
//!
//! QR codes, EAN-13, EAN-8, UPC-A and UPC-E. A ladder of decoders, cheapest first, that ends as soon as a rung has found something:
//!
//! | rung | effort | what |
//! |---|---|---|
//! | 1 | quick | `rxing`: every QR code; a barcode, if no QR code is a product link; a large picture also at half its size |
//! | 2 | thorough | `rxing` on smaller, larger, softened, slanting and inverted copies, and with gaps closed |
//! | 3 | thorough | `rqrr` on several scales and binarisations |
//!
//! Thorough effort is also what finds several barcodes in one picture. Measured on photographs, `rxing` is quick and good, and `rqrr` reads
//! some it does not (see `benches/scan.rs`); neither of them may take the program down, so both run contained (see `contain`).
//!
//! Nothing here knows the time: a caller who has only so much of it passes a function that is asked between rungs.

mod bars;
mod contain;
mod ladder;
mod luma;
mod second;
mod zxing;

use crate::passport::DigitalLink;
use luma::Luma;
use serde::{Deserialize, Serialize};

/// Pictures with a longer side above this are looked at in half their size too.
const LARGE: u32 = 800;

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Effort {
    /// One pass, for a frame of a camera that brings the next one soon.
    Quick,
    /// Every decoder there is, for a chosen picture and for every few frames.
    Thorough,
}

/// What kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbology {
    /// QR code (ISO/IEC 18004).
    Qr,
    /// 13 digits.
    Ean13,
    /// 8 digits.
    Ean8,
    /// 12 digits; the same bars as an EAN-13 that begins with 0.
    UpcA,
    /// A UPC-A printed in 6 digits.
    UpcE,
}

/// Where in the picture, in pixels from the top left; the corners lie inside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    /// Leftmost column.
    pub left: u32,
    /// Topmost row.
    pub top: u32,
    /// Rightmost column.
    pub right: u32,
    /// Bottom row.
    pub bottom: u32,
}

/// A code that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRead {
    /// Exactly what the code says. Of a UPC-E, the 12 digits of the UPC-A that it stands for.
    pub text: String,
    /// What kind of code.
    pub symbology: Symbology,
    /// Where it was found. Of a barcode, the line it was read along.
    pub position: Area,
}

/// Reads every code in a picture of `width` x `height` grey values (one byte each, 0 = black, row by row). The result is in reading order:
/// from top to bottom, codes beside each other from left to right; a text that was found twice is listed once. Nothing is found in a
/// picture whose size does not match its bytes.
#[must_use]
pub fn read_luma(luma: &[u8], width: u32, height: u32, effort: Effort) -> Vec<CodeRead> {
    read_luma_while(luma, width, height, effort, &|| true)
}

/// As [`read_luma`], but no further rung is tried once `go_on` says false. A rung takes 1 to 100 ms on a frame of 1280 x 720.
#[must_use]
pub fn read_luma_while(luma: &[u8], width: u32, height: u32, effort: Effort, go_on: &dyn Fn() -> bool) -> Vec<CodeRead> {
    let Some(luma) = Luma::new(luma, width, height) else {
        return Vec::new();
    };
    let mut found = zxing::qr_codes(&luma);
    if found.is_empty() {
        found = bars::barcodes(&luma, effort);
    } else if !found.iter().any(|code| DigitalLink::parse(&code.text).is_ok()) {
        // Not a passport: an advertisement's code perhaps, beside the barcode that says which product it is.
        found.extend(bars::upright(&luma));
    }
    if found.is_empty() && luma.long_side() > LARGE {
        // A code held close to the camera has modules so large that their edges and texture get in the way.
        found = ladder::at_half_size(&luma);
    }
    if found.is_empty() && effort == Effort::Thorough {
        found = ladder::climb(&luma, go_on);
    }
    in_reading_order(found)
}

/// Top to bottom; codes whose heights overlap by half count as beside each other.
fn in_reading_order(mut found: Vec<CodeRead>) -> Vec<CodeRead> {
    found.sort_by_key(|code| (code.position.top, code.position.left));
    let mut lines: Vec<Vec<CodeRead>> = Vec::new();
    for code in found {
        let beside = |line: &Vec<CodeRead>| line.first().is_some_and(|first| code.position.middle() <= first.position.bottom);
        match lines.last_mut().filter(|line| beside(line)) {
            Some(line) => line.push(code),
            None => lines.push(vec![code]),
        }
    }
    let mut ordered: Vec<CodeRead> = Vec::new();
    for mut line in lines {
        line.sort_by_key(|code| code.position.left);
        for code in line {
            if !ordered.iter().any(|other| other.text == code.text) {
                ordered.push(code);
            }
        }
    }
    ordered
}

impl Area {
    const fn middle(self) -> u32 {
        self.top + (self.bottom.saturating_sub(self.top)) / 2
    }

    /// The area that these points span, cut to a picture.
    fn around(points: impl IntoIterator<Item = (i64, i64)>, width: u32, height: u32) -> Self {
        let cut = |value: i64, size: u32| u32::try_from(value.clamp(0, i64::from(size) - 1)).unwrap_or(0);
        let mut area: Option<Self> = None;
        for (x, y) in points {
            let (x, y) = (cut(x, width), cut(y, height));
            let old = area.unwrap_or(Self { left: x, top: y, right: x, bottom: y });
            area = Some(Self { left: old.left.min(x), top: old.top.min(y), right: old.right.max(x), bottom: old.bottom.max(y) });
        }
        area.unwrap_or(Self { left: 0, top: 0, right: width.saturating_sub(1), bottom: height.saturating_sub(1) })
    }
}

#[cfg(test)]
mod tests;
