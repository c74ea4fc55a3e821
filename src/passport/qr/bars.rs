//! Barcodes: EAN-13, EAN-8, UPC-A and UPC-E, by `rxing`, row by row.
//!
//! A row of bars has only a check digit to guard it, and a picture has many rows of something else. So a barcode counts only when
//! a second row nearby says the same; and a UPC-E, which a blurred half of an EAN-13 can look like, is sought only where there is
//! nothing else.

use super::{
    Area, CodeRead, Effort, Symbology,
    contain::contained,
    luma::Luma,
    zxing::{area, bitmap},
};
use crate::passport::Gtin;
use rxing::{
    BarcodeFormat, DecodeHints,
    oned::{MultiFormatUPCEANReader, OneDReader as _},
};
use std::collections::HashSet;

/// How often a picture is searched for one more barcode, and how often for one that a second row confirms.
const MOST_PASSES: usize = 8;

const EAN: [BarcodeFormat; 2] = [BarcodeFormat::EAN_13, BarcodeFormat::EAN_8];
const UPC_E: [BarcodeFormat; 1] = [BarcodeFormat::UPC_E];

/// The barcode nearest to the middle, which is the one a person aims at; with thorough effort, the others too.
pub(super) fn barcodes(luma: &Luma, effort: Effort) -> Vec<CodeRead> {
    let Some(first) = one(luma, true, &EAN).or_else(|| lying(luma)).or_else(|| one(luma, true, &UPC_E)) else {
        return Vec::new();
    };
    let mut found = vec![first];
    let mut rest = luma.clone();
    for _ in 0..MOST_PASSES {
        let Some(last) = found.last().filter(|_| effort == Effort::Thorough) else { break };
        // Slanting bars are left over when only the rows that look alike are painted over: then a bar's usual height is.
        let again = found.iter().filter(|other| other.text == last.text).count() > 1;
        rest = rest.without(if again { usual_height(last.position, rest.height) } else { bars_around(&rest, last.position) });
        match upright(&rest) {
            Some(next) => found.push(next),
            None => break,
        }
    }
    found
}

/// An EAN or UPC-A that stands upright or upside down, by a look at 45 rows: what may be beside another code, without costing much.
pub(super) fn upright(luma: &Luma) -> Option<CodeRead> {
    let band = luma.height.div_ceil(3);
    [band, 0, 2 * band].into_iter().filter(|top| *top < luma.height).find_map(|top| {
        let part = luma.rows(top, band.min(luma.height - top))?;
        let code = one(&part, false, &EAN)?;
        let position = Area { top: code.position.top + top, bottom: code.position.bottom + top, ..code.position };
        Some(CodeRead { position, ..code })
    })
}

/// An EAN or UPC-A turned by a quarter.
fn lying(luma: &Luma) -> Option<CodeRead> {
    let code = one(&luma.turned(), true, &EAN)?;
    let Area { left, top, right, bottom } = code.position;
    // The turned picture's columns are the rows of this one; its rows are this one's columns from the right.
    let column = |row: u32| (luma.width - 1).saturating_sub(row);
    Some(CodeRead { position: Area { left: column(bottom), top: left, right: column(top), bottom: right }, ..code })
}

/// A barcode that two rows agree on; `all` looks at 256 rows instead of 15.
fn one(luma: &Luma, all: bool, formats: &[BarcodeFormat]) -> Option<CodeRead> {
    let mut rest = luma.clone();
    for _ in 0..MOST_PASSES {
        let code = row_code(&rest, all, formats)?;
        if confirmed(luma, &code, formats) {
            return Some(code);
        }
        let Area { top, bottom, .. } = code.position;
        rest = rest.without(Area { left: 0, right: luma.width - 1, top: top.saturating_sub(1), bottom: bottom + 1 });
    }
    None
}

/// True when a row nearby says the same.
fn confirmed(luma: &Luma, code: &CodeRead, formats: &[BarcodeFormat]) -> bool {
    let row = i64::from(code.position.top);
    let nearby = [1, -1, 2, -2, 4, -4, 7, -7, 12, -12].iter().filter_map(|away| luma.rows(u32::try_from(row + away).ok()?, 1));
    nearby.into_iter().any(|strip| row_code(&strip, true, formats).is_some_and(|other| other.text == code.text))
}

/// The first row, from the middle out, that reads as a barcode.
fn row_code(luma: &Luma, all: bool, formats: &[BarcodeFormat]) -> Option<CodeRead> {
    let hints =
        DecodeHints { PossibleFormats: Some(formats.iter().copied().collect::<HashSet<_>>()), TryHarder: Some(all), ..DecodeHints::default() };
    let result = contained(|| MultiFormatUPCEANReader::new(&hints)._do_decode(&mut bitmap(luma)?, &hints).ok())??;
    let (text, symbology) = digits(result.getText(), *result.getBarcodeFormat())?;
    Some(CodeRead { text, symbology, position: area(result.getPoints(), luma) })
}

/// A barcode's digits as a person would type them, with the symbology they are printed in. `None` when the check digit is wrong.
fn digits(text: &str, format: BarcodeFormat) -> Option<(String, Symbology)> {
    let (text, symbology) = match format {
        BarcodeFormat::UPC_E => (Gtin::expand_upc_e(text)?, Symbology::UpcE),
        BarcodeFormat::EAN_8 => (text.to_owned(), Symbology::Ean8),
        BarcodeFormat::EAN_13 if text.starts_with('0') => (text.get(1..)?.to_owned(), Symbology::UpcA),
        BarcodeFormat::EAN_13 => (text.to_owned(), Symbology::Ean13),
        _ => return None,
    };
    Gtin::parse(&text).is_ok().then_some((text, symbology))
}

/// The area that bars of the usual shape (0.73 times as high as wide) around this line lie in.
fn usual_height(line: Area, height: u32) -> Area {
    let reach = (line.right - line.left) / 4 * 3;
    Area { top: line.top.saturating_sub(reach), bottom: (line.bottom + reach).min(height - 1), ..line }
}

/// The area of the bars that a line runs through: the rows above and below that are dark and light in the same places.
fn bars_around(luma: &Luma, line: Area) -> Area {
    let row = |y: u32| -> Vec<bool> {
        let values: Vec<u8> = (line.left..=line.right).map(|x| luma.at(x as usize, y as usize)).collect();
        let mean = values.iter().map(|v| usize::from(*v)).sum::<usize>() / values.len().max(1);
        values.iter().map(|v| usize::from(*v) < mean).collect()
    };
    let pattern = row(line.top);
    let alike = |y: u32| row(y).iter().zip(&pattern).filter(|(a, b)| a == b).count() * 4 > pattern.len() * 3;
    let top = (0..line.top).rev().take_while(|y| alike(*y)).last().unwrap_or(line.top);
    let bottom = (line.bottom + 1..luma.height).take_while(|y| alike(*y)).last().unwrap_or(line.bottom);
    Area { top, bottom, ..line }
}
