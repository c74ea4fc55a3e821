//! The first decoder: `rxing` finds the codes and samples their modules, `rqrr` corrects and reads what was sampled.
//!
//! `rxing`'s own reading of the modules would bring tables of every character set of the Far East into the app, a tenth of its engine. What it
//! would add is text in those sets; a GS1 Digital Link is ASCII (GS1 Digital Link URI Syntax 1.6, section 3).

use super::{Area, CodeRead, Symbology, contain::contained, luma::Luma};
use rqrr::{Grid, SimpleGrid};
use rxing::{
    BinaryBitmap, DecodeHints, Luma8Source, Point,
    common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer},
    qrcode::{
        cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR},
        detector::Detector,
    },
};

/// Every QR code that one pass of the newer of `rxing`'s two detectors finds.
pub(super) fn qr_codes(luma: &Luma) -> Vec<CodeRead> {
    contained(|| Some(sampled(bitmap(luma)?.get_black_matrix(), luma))).flatten().unwrap_or_default()
}

/// The QR code that the older detector finds: it copes with some that the newer does not.
pub(super) fn qr_code(luma: &Luma) -> Option<CodeRead> {
    contained(|| detected(bitmap(luma)?.get_black_matrix(), luma))?
}

/// Both after gaps between dark modules were closed, as in codes printed in dots.
pub(super) fn closed_qr_code(luma: &Luma) -> Option<CodeRead> {
    contained(|| {
        let mut bitmap = bitmap(luma)?;
        bitmap.close().ok()?;
        let black = bitmap.get_black_matrix();
        sampled(black, luma).into_iter().next().or_else(|| detected(black, luma))
    })?
}

pub(super) fn bitmap<'a>(luma: &'a Luma) -> Option<BinaryBitmap<HybridBinarizer<Luma8Source<'a>>>> {
    let source = Luma8Source::new_with_slice(&luma.pixels, luma.width, luma.height).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}

/// Each corner belongs to one code: a set that shares one with a code that was read is not looked at.
fn sampled(black: &BitMatrix, luma: &Luma) -> Vec<CodeRead> {
    let mut corners = FindFinderPatterns(black, true, 0);
    let (mut used, mut found) = (Vec::new(), Vec::new());
    for set in GenerateFinderPatternSets(&mut corners) {
        let own = [set.bl, set.tl, set.tr];
        if own.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let read = SampleQR(black, &set).ok().and_then(|sample| code(sample.getBits(), sample.getPoints(), luma));
        if let Some(read) = read {
            used.extend(own);
            found.push(read);
        }
    }
    found
}

fn detected(black: &BitMatrix, luma: &Luma) -> Option<CodeRead> {
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let sample = Detector::new(black).detect_with_hints(&hints).ok()?;
    code(sample.getBits(), sample.getPoints(), luma)
}

fn code(modules: &BitMatrix, corners: &[Point], luma: &Luma) -> Option<CodeRead> {
    let dark = |x: usize, y: usize| match (u32::try_from(x), u32::try_from(y)) {
        (Ok(x), Ok(y)) => modules.get(x, y),
        _ => false,
    };
    let side = usize::try_from(modules.getWidth().min(modules.getHeight())).ok()?;
    let mut bytes = Vec::new();
    Grid::new(SimpleGrid::from_func(side, dark)).decode_to(&mut bytes).ok()?;
    let text = text(bytes);
    (!text.is_empty()).then(|| CodeRead { text, symbology: Symbology::Qr, position: area(corners, luma) })
}

/// UTF-8, as nearly every code is; else ISO 8859-1, the standard's default (ISO/IEC 18004:2015, 7.3.5).
pub(super) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|not_utf8| not_utf8.as_bytes().iter().copied().map(char::from).collect())
}

/// The area that these points span.
pub(super) fn area(points: &[Point], luma: &Luma) -> Area {
    let place = |value: f32| if value.is_finite() { value as i64 } else { 0 };
    Area::around(points.iter().map(|p| (place(p.x), place(p.y))), luma.width, luma.height)
}
