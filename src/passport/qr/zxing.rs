//! The first decoder: `rxing`.

use super::{Area, CodeRead, Symbology, contain::contained, luma::Luma};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult, Reader as _,
    common::HybridBinarizer,
    multi::MultipleBarcodeReader as _,
    qrcode::{QRCodeReader, cpp_port::QrReader},
};
use std::collections::HashSet;

/// Every QR code that one pass of the newer of `rxing`'s two readers finds.
pub(super) fn qr_codes(luma: &Luma) -> Vec<CodeRead> {
    let results = contained(|| QrReader.decode_multiple_with_hints(&mut bitmap(luma)?, &hints()).ok()).flatten();
    results.unwrap_or_default().iter().filter_map(|result| code(result, luma)).collect()
}

/// The QR code that the older reader finds: it copes with some that the newer does not.
pub(super) fn qr_code(luma: &Luma) -> Option<CodeRead> {
    let result = contained(|| QRCodeReader.decode_with_hints(&mut bitmap(luma)?, &hints()).ok())??;
    code(&result, luma)
}

/// Both readers after gaps between dark modules were closed, as in codes printed in dots.
pub(super) fn closed_qr_code(luma: &Luma) -> Option<CodeRead> {
    let result = contained(|| {
        let mut bitmap = bitmap(luma)?;
        bitmap.close().ok()?;
        QrReader.decode_with_hints(&mut bitmap, &hints()).or_else(|_| QRCodeReader.decode_with_hints(&mut bitmap, &hints())).ok()
    })??;
    code(&result, luma)
}

fn hints() -> DecodeHints {
    DecodeHints { PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])), TryHarder: Some(true), ..DecodeHints::default() }
}

pub(super) fn bitmap<'a>(luma: &'a Luma) -> Option<BinaryBitmap<HybridBinarizer<Luma8Source<'a>>>> {
    let source = Luma8Source::new_with_slice(&luma.pixels, luma.width, luma.height).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}

fn code(result: &RXingResult, luma: &Luma) -> Option<CodeRead> {
    let of_kind = *result.getBarcodeFormat() == BarcodeFormat::QR_CODE && !result.getText().is_empty();
    of_kind.then(|| CodeRead { text: result.getText().to_owned(), symbology: Symbology::Qr, position: area(result, luma) })
}

/// The area that the points of a result span.
pub(super) fn area(result: &RXingResult, luma: &Luma) -> Area {
    let place = |value: f32| if value.is_finite() { value as i64 } else { 0 };
    Area::around(result.getPoints().iter().map(|p| (place(p.x), place(p.y))), luma.width, luma.height)
}
