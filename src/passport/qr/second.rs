//! The second opinion on QR codes: `rqrr`, which fails on other pictures than `rxing` does.

use super::{
    Area, CodeRead, Symbology,
    contain::contained,
    luma::Luma,
    zxing::{bitmap, text},
};
use rqrr::{BitGrid, Grid, Point, PreparedImage};

/// The longer side is brought below this first: `rqrr` copies the picture for every group of corners it suspects.
const LONGEST_SIDE: u32 = 1000;

/// Every QR code that `rqrr` finds.
pub(super) fn qr_codes(luma: &Luma) -> Vec<CodeRead> {
    let (width, height) = (luma.width as usize, luma.height as usize);
    codes(luma, || {
        let mut image = PreparedImage::prepare_from_greyscale(width, height, |x, y| luma.at(x, y));
        image.detect_grids().iter().filter_map(decoded).collect()
    })
}

/// The same, after `rxing`'s local threshold in place of `rqrr`'s running one.
pub(super) fn thresholded_qr_codes(luma: &Luma) -> Vec<CodeRead> {
    let (width, height) = (luma.width as usize, luma.height as usize);
    codes(luma, || {
        let Some(bitmap) = bitmap(luma) else { return Vec::new() };
        let black = bitmap.get_black_matrix();
        let mut image = PreparedImage::prepare_from_bitmap(width, height, |x, y| match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) => black.get(x, y),
            _ => false,
        });
        image.detect_grids().iter().filter_map(decoded).collect()
    })
}

/// How often the picture has to be made smaller for `rqrr`.
pub(super) fn shrink(luma: &Luma) -> usize {
    luma.long_side().div_ceil(LONGEST_SIDE) as usize
}

fn decoded<G: BitGrid>(grid: &Grid<G>) -> Option<(String, [Point; 4])> {
    let mut bytes = Vec::new();
    contained(|| grid.decode_to(&mut bytes).ok())??;
    let text = text(bytes);
    (!text.is_empty()).then_some((text, grid.bounds))
}

fn codes(luma: &Luma, find: impl FnOnce() -> Vec<(String, [Point; 4])>) -> Vec<CodeRead> {
    let position = |bounds: [Point; 4]| Area::around(bounds.iter().map(|p| (i64::from(p.x), i64::from(p.y))), luma.width, luma.height);
    let found = contained(find).unwrap_or_default().into_iter();
    found.map(|(text, bounds)| CodeRead { text, symbology: Symbology::Qr, position: position(bounds) }).collect()
}
