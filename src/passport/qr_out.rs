//! Codes out: QR codes and EAN-13 barcodes, for the screen and for printing.
//!
//! QR codes have error level M (15 % of the modules may be damaged) and a quiet zone of 4 modules (ISO/IEC 18004, section 9.1); EAN-13 has
//! its 95 modules, 11 quiet ones to the left and 7 to the right, and the digits below (GS1 General Specifications, section 5.2.1).

use super::Gtin;
use qrcode::{EcLevel, QrCode};
use std::fmt::Write as _;

/// Quiet modules on each side of a QR code.
const QUIET: usize = 4;

/// Why a code cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// More than a QR code of level M holds.
    #[error("this text has {0} bytes, more than a QR code holds (2 331 bytes with room for damage); shorten it")]
    TooLong(usize),
    /// Not a number that EAN-13 can carry.
    #[error("an EAN-13 carries numbers of up to 13 digits; {0} has 14")]
    NotEan13(Gtin),
    /// The picture could not be written.
    #[error("the picture could not be written ({0})")]
    Picture(String),
}

/// A QR code as SVG: one path, one unit a module, scaled to whatever size its place gives it.
///
/// # Errors
/// The text is too long.
pub fn svg(text: &str) -> Result<String, DrawError> {
    let Runs { side, dark } = runs(text)?;
    let mut path = String::new();
    for (x, y, run) in dark {
        let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
    }
    Ok(document(side, side, "QR code", &format!("<path d=\"{path}\" fill=\"#000\"/>")))
}

/// A QR code as the dark stretches of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    /// Modules on a side, the quiet zone included.
    pub side: usize,
    /// Column, row and length of each stretch, from the top left, in modules.
    pub dark: Vec<(usize, usize, usize)>,
}

/// The dark stretches of a QR code.
///
/// # Errors
/// The text is too long.
pub fn runs(text: &str) -> Result<Runs, DrawError> {
    let code = modules(text)?;
    let mut dark = Vec::new();
    for y in 0..code.size {
        let mut x = 0;
        while x < code.size {
            let run = (x..code.size).take_while(|x| code.dark(*x, y)).count();
            if run > 0 {
                dark.push((x + QUIET, y + QUIET, run));
            }
            x += run + 1;
        }
    }
    Ok(Runs { side: code.size + 2 * QUIET, dark })
}

/// A QR code as PNG, `scale` pixels a module (1 to 40).
///
/// # Errors
/// The text is too long.
#[cfg(feature = "device")]
pub fn png(text: &str, scale: u32) -> Result<Vec<u8>, DrawError> {
    let code = modules(text)?;
    let scale = scale.clamp(1, 40);
    let side = u32::try_from(code.size + 2 * QUIET).unwrap_or(u32::MAX).saturating_mul(scale);
    let picture = image::GrayImage::from_fn(side, side, |x, y| {
        let module = |n: u32| ((n / scale) as usize).checked_sub(QUIET).filter(|n| *n < code.size);
        let dark = module(x).zip(module(y)).is_some_and(|(x, y)| code.dark(x, y));
        image::Luma([if dark { 0 } else { 255 }])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).map_err(|e| DrawError::Picture(e.to_string()))?;
    Ok(bytes.into_inner())
}

/// An EAN-13 (or the UPC-A or GTIN-8 it can stand for, with zeros in front) as SVG, its digits below the bars.
///
/// # Errors
/// The number needs 14 digits.
pub fn ean13_svg(gtin: Gtin) -> Result<String, DrawError> {
    const LEFT: usize = 11;
    const HEIGHT: usize = 60;
    const GUARD: usize = 65;
    let (digits, modules) = ean13_modules(gtin)?;
    let mut path = String::new();
    for (x, _) in modules.iter().enumerate().filter(|(_, dark)| **dark) {
        let guard = matches!(x, 0..3 | 45..50 | 92..95);
        let _ = write!(path, "M{} 0h1v{}h-1z", x + LEFT, if guard { GUARD } else { HEIGHT });
    }
    let group = |x: usize, digits: &str| format!("<text x=\"{x}\" y=\"70\" textLength=\"{}\">{digits}</text>", digits.len() * 7 - 2);
    let (first, rest) = digits.split_at(1);
    let (left, right) = rest.split_at(6);
    let text = [group(2, first), group(LEFT + 4, left), group(LEFT + 51, right)].concat();
    let body = format!("<path d=\"{path}\" fill=\"#000\"/><g font-family=\"monospace\" font-size=\"10\" fill=\"#000\">{text}</g>");
    Ok(document(LEFT + 95 + 7, 72, &format!("Barcode {digits}"), &body))
}

/// The 13 digits and the 95 modules, true = dark (GS1 General Specifications, figures 5.2.1.2-1 to -3).
fn ean13_modules(gtin: Gtin) -> Result<(String, Vec<bool>), DrawError> {
    // Widths of space, bar, space, bar of each digit; the right half has the same widths with the colours swapped, "G" digits run backwards.
    const WIDTHS: [[usize; 4]; 10] =
        [[3, 2, 1, 1], [2, 2, 2, 1], [2, 1, 2, 2], [1, 4, 1, 1], [1, 1, 3, 2], [1, 2, 3, 1], [1, 1, 1, 4], [1, 3, 1, 2], [1, 2, 1, 3], [3, 1, 1, 2]];
    // Which of the six left digits run backwards says what the first digit is.
    const BACKWARDS: [[u8; 6]; 10] = [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 1, 1],
        [0, 0, 1, 1, 0, 1],
        [0, 0, 1, 1, 1, 0],
        [0, 1, 0, 0, 1, 1],
        [0, 1, 1, 0, 0, 1],
        [0, 1, 1, 1, 0, 0],
        [0, 1, 0, 1, 0, 1],
        [0, 1, 0, 1, 1, 0],
        [0, 1, 1, 0, 1, 0],
    ];
    let text = gtin.digits14();
    let digits = text.strip_prefix('0').ok_or(DrawError::NotEan13(gtin))?;
    let values: Vec<usize> = digits.bytes().map(|b| usize::from(b.wrapping_sub(b'0'))).collect();
    let widths = |value: usize| WIDTHS.get(value).copied().unwrap_or_default();
    let mut modules = vec![true, false, true];
    let mut draw = |widths: &mut dyn Iterator<Item = usize>, mut dark: bool| {
        for width in widths {
            modules.extend(std::iter::repeat_n(dark, width));
            dark = !dark;
        }
    };
    let (first, rest) = values.split_first().unwrap_or((&0, &[]));
    let (left, right) = rest.split_at(rest.len() / 2);
    for (value, backwards) in left.iter().zip(BACKWARDS.get(*first).copied().unwrap_or_default()) {
        if backwards == 1 {
            draw(&mut widths(*value).into_iter().rev(), false);
        } else {
            draw(&mut widths(*value).into_iter(), false);
        }
    }
    draw(&mut [1; 5].into_iter(), false);
    for value in right {
        draw(&mut widths(*value).into_iter(), true);
    }
    draw(&mut [1; 3].into_iter(), true);
    Ok((digits.to_owned(), modules))
}

struct Modules {
    size: usize,
    dark: Vec<bool>,
}

impl Modules {
    fn dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }
}

fn modules(text: &str) -> Result<Modules, DrawError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| DrawError::TooLong(text.len()))?;
    Ok(Modules { size: code.width(), dark: code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect() })
}

/// Dark on white whatever the page's colours are: scanners need it so.
fn document(width: usize, height: usize, label: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{body}</svg>"
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The modules of a barcode, for pictures in tests.
    pub(in crate::passport) fn bars(gtin: Gtin) -> Vec<bool> {
        ean13_modules(gtin).unwrap().1
    }

    #[test]
    fn the_standards_own_bars_are_drawn() {
        let drawn: String = bars(Gtin::parse("5901234123457").unwrap()).iter().map(|dark| if *dark { '1' } else { '0' }).collect();
        assert_eq!(drawn, "10100010110100111011001100100110111101001110101010110011011011001000010101110010011101000100101");
    }

    #[test]
    fn a_qr_code_is_one_path_with_a_role_and_a_quiet_zone() {
        let svg = svg("https://id.example/01/09506000134352").unwrap();
        assert_eq!(svg.matches("<path").count(), 1);
        assert!(svg.contains("role=\"img\"") && svg.contains("viewBox=\"0 0 37 37\"") && svg.contains("M4 4h7"), "{svg}");
    }

    #[test]
    fn a_barcode_shows_its_digits() {
        let svg = ean13_svg(Gtin::parse("3017620422003").unwrap()).unwrap();
        assert!(svg.contains(">017620<") && svg.contains(">422003<") && svg.contains("role=\"img\""), "{svg}");
        let case = Gtin::parse("10614141000415").unwrap();
        assert_eq!(ean13_svg(case), Err(DrawError::NotEan13(case)));
    }

    #[test]
    fn a_text_longer_than_a_qr_code_is_refused() {
        assert!(svg(&"x".repeat(2331)).is_ok());
        assert_eq!(svg(&"x".repeat(2332)), Err(DrawError::TooLong(2332)));
    }

    #[cfg(feature = "device")]
    #[test]
    fn a_qr_code_written_as_png_is_read_back() {
        use crate::passport::qr::{Effort, read_luma};
        let text = "https://id.example/01/09506000134352/10/L1?seal=abc";
        let picture = image::load_from_memory(&png(text, 4).unwrap()).unwrap().into_luma8();
        let codes = read_luma(picture.as_raw(), picture.width(), picture.height(), Effort::Quick);
        assert_eq!(codes.first().map(|c| c.text.as_str()), Some(text));
        assert_eq!(codes.len(), 1);
    }
}
