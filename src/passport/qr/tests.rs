//! Codes drawn by `qr_out` and read back; photographs are in `tests/photos.rs`.

use super::*;
use crate::passport::Gtin;
use proptest::prelude::*;
use qrcode::{EcLevel, QrCode};

/// A white picture to put codes on.
struct Sheet {
    pixels: Vec<u8>,
    width: usize,
}

impl Sheet {
    fn new(width: usize, height: usize) -> Self {
        Self { pixels: vec![255; width * height], width }
    }

    /// A QR code, `scale` pixels a module, its upper left corner at a place.
    fn qr(mut self, text: &str, level: EcLevel, scale: usize, left: usize, top: usize) -> Self {
        let code = QrCode::with_error_correction_level(text, level).unwrap();
        let (size, colors) = (code.width(), code.to_colors());
        for y in 0..size * scale {
            for x in 0..size * scale {
                if colors[y / scale * size + x / scale] == qrcode::Color::Dark {
                    self.pixels[(top + y) * self.width + left + x] = 0;
                }
            }
        }
        self
    }

    fn ean(self, digits: &str, scale: usize, left: usize, top: usize) -> Self {
        let modules = crate::passport::qr_out::tests::bars(Gtin::parse(digits).unwrap());
        self.bars(&modules, scale, left, top)
    }

    fn bars(mut self, modules: &[bool], scale: usize, left: usize, top: usize) -> Self {
        for y in 0..60 * scale {
            for x in 0..modules.len() * scale {
                if modules[x / scale] {
                    self.pixels[(top + y) * self.width + left + x] = 0;
                }
            }
        }
        self
    }

    fn read(&self, effort: Effort) -> Vec<CodeRead> {
        read_luma(&self.pixels, self.width as u32, (self.pixels.len() / self.width) as u32, effort)
    }
    fn texts(&self, effort: Effort) -> Vec<String> {
        self.read(effort).into_iter().map(|code| code.text).collect()
    }
}

const LINK: &str = "https://id.example/01/09506000134352";
const BOTH: [Effort; 2] = [Effort::Quick, Effort::Thorough];

#[test]
fn two_qr_codes_in_one_frame_are_both_read_from_left_to_right() {
    for effort in BOTH {
        let beside = Sheet::new(640, 320).qr("https://id.example/01/96385074", EcLevel::M, 6, 400, 60).qr(LINK, EcLevel::M, 6, 40, 80);
        assert_eq!(beside.texts(effort), [LINK, "https://id.example/01/96385074"]);
        let below = Sheet::new(320, 640).qr("https://id.example/01/96385074", EcLevel::M, 6, 20, 400).qr(LINK, EcLevel::M, 6, 60, 40);
        assert_eq!(below.texts(effort), [LINK, "https://id.example/01/96385074"]);
    }
}

#[test]
fn the_same_text_is_listed_once() {
    let twice = Sheet::new(640, 320).qr(LINK, EcLevel::M, 6, 400, 60).qr(LINK, EcLevel::M, 6, 40, 80);
    assert_eq!(twice.texts(Effort::Thorough), [LINK]);
}

#[test]
fn the_place_of_a_code_is_where_it_was_drawn() {
    let [code] = &Sheet::new(640, 480).qr(LINK, EcLevel::M, 6, 300, 200).read(Effort::Quick)[..] else { panic!("one code") };
    let Area { left, top, right, bottom } = code.position;
    assert!((290..320).contains(&left) && (190..220).contains(&top) && right > 400 && bottom > 300, "{:?}", code.position);
}

#[test]
fn a_qr_code_of_three_kilobytes_is_read_back() {
    let text: String = (0..2953).map(|i| char::from(b'a' + (i * 7 % 26) as u8)).collect();
    let sheet = Sheet::new(800, 800).qr(&text, EcLevel::L, 4, 40, 40);
    assert_eq!(sheet.texts(Effort::Quick), [text]);
}

#[test]
fn barcodes_are_read_in_the_form_they_are_printed_in() {
    for (digits, text, symbology) in [
        ("3017620422003", "3017620422003", Symbology::Ean13),
        ("036000291452", "036000291452", Symbology::UpcA),
        ("9780441014989", "9780441014989", Symbology::Ean13),
    ] {
        for effort in BOTH {
            let [code] = &Sheet::new(400, 300).ean(digits, 2, 80, 80).read(effort)[..] else { panic!("{digits}: one code") };
            assert_eq!((code.text.as_str(), code.symbology), (text, symbology));
        }
    }
}

#[test]
fn the_short_barcodes_are_read() {
    let ean_8 = "1010001011010111101111010110111010101001110111001010001001011100101";
    let upc_e = "101001110100100110111001001101101011110011001010101";
    for (modules, text, symbology) in [(ean_8, "96385074", Symbology::Ean8), (upc_e, "042100005264", Symbology::UpcE)] {
        let modules: Vec<bool> = modules.chars().map(|c| c == '1').collect();
        for effort in BOTH {
            let [code] = &Sheet::new(400, 300).bars(&modules, 2, 80, 80).read(effort)[..] else { panic!("{text}: one code") };
            assert_eq!((code.text.as_str(), code.symbology), (text, symbology));
        }
    }
}

#[test]
fn a_barcode_is_read_upside_down_and_lying() {
    let sheet = Sheet::new(400, 300).ean("3017620422003", 2, 80, 80);
    let upside_down: Vec<u8> = sheet.pixels.iter().rev().copied().collect();
    let lying: Vec<u8> = (0..400).flat_map(|x| (0..300).map(move |y| (x, y))).map(|(x, y)| sheet.pixels[y * 400 + x]).collect();
    for (pixels, width, height) in [(upside_down, 400, 300), (lying, 300, 400)] {
        let codes = read_luma(&pixels, width, height, Effort::Quick);
        assert_eq!(codes.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["3017620422003"]);
    }
}

/// The picture turned around its middle, white where there was nothing.
fn turned_by(sheet: &Sheet, degrees: f64) -> Vec<u8> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let size = sheet.width as f64;
    let at = |x: f64, y: f64| {
        if (0.0..size).contains(&x) && (0.0..size).contains(&y) { f64::from(sheet.pixels[y as usize * sheet.width + x as usize]) } else { 255.0 }
    };
    let mut pixels = Vec::new();
    for y in 0..sheet.width {
        for x in 0..sheet.width {
            let (dx, dy) = (x as f64 - size / 2.0, y as f64 - size / 2.0);
            let (fx, fy) = (dx * cos + dy * sin + size / 2.0, dy * cos - dx * sin + size / 2.0);
            pixels.push(((0..4).map(|i| at(fx + 0.5 * f64::from(i % 2), fy + 0.5 * f64::from(i / 2))).sum::<f64>() / 4.0) as u8);
        }
    }
    pixels
}

#[test]
fn a_barcode_is_read_at_any_angle() {
    let sheet = Sheet::new(600, 600).ean("3017620422003", 3, 157, 210);
    for degrees in (0..360).step_by(15) {
        let pixels = turned_by(&sheet, f64::from(degrees));
        let codes = read_luma(&pixels, 600, 600, Effort::Thorough);
        assert_eq!(codes.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["3017620422003"], "{degrees} degrees");
    }
}

#[test]
fn several_barcodes_are_read_with_thorough_effort() {
    let sheet = Sheet::new(900, 600).ean("3017620422003", 2, 80, 100).ean("036000291452", 2, 500, 100).ean("4006381333931", 2, 300, 400);
    let mut texts = sheet.texts(Effort::Thorough);
    texts.sort();
    assert_eq!(texts, ["036000291452", "3017620422003", "4006381333931"]);
}

#[test]
fn beside_an_advertisement_the_barcode_is_read_and_beside_a_passport_it_is_not_asked_for() {
    let with = |text: &str| Sheet::new(800, 400).qr(text, EcLevel::M, 5, 60, 100).ean("3017620422003", 2, 420, 150).texts(Effort::Quick);
    assert_eq!(with("https://brand.example/win-a-car"), ["https://brand.example/win-a-car", "3017620422003"]);
    assert_eq!(with(LINK), [LINK]);
}

#[test]
fn light_modules_on_dark_are_read_with_thorough_effort() {
    let mut sheet = Sheet::new(320, 320).qr(LINK, EcLevel::M, 6, 60, 60);
    sheet.pixels.iter_mut().for_each(|p| *p = 255 - *p);
    assert_eq!(sheet.texts(Effort::Thorough), [LINK]);
}

#[test]
fn the_second_decoder_reads_what_it_is_given() {
    let sheet = Sheet::new(320, 320).qr(LINK, EcLevel::M, 6, 60, 60);
    let luma = Luma::new(&sheet.pixels, 320, 320).unwrap();
    for found in [second::qr_codes(&luma), second::thresholded_qr_codes(&luma)] {
        assert_eq!(found.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), [LINK]);
    }
}

#[test]
fn a_caller_out_of_time_gets_what_there_is() {
    let empty = Sheet::new(640, 480);
    let asked = std::cell::Cell::new(0);
    let found = read_luma_while(&empty.pixels, 640, 480, Effort::Thorough, &|| {
        asked.set(asked.get() + 1);
        asked.get() < 3
    });
    assert_eq!((found.len(), asked.get()), (0, 3));
}

#[test]
fn a_size_that_does_not_match_the_bytes_holds_no_code() {
    for (len, width, height) in [(0, 0, 0), (10, 0, 10), (10, 3, 3), (10, u32::MAX, u32::MAX), (1, 1, 1), (16_385, 16_385, 1)] {
        assert_eq!(read_luma(&vec![0; len], width, height, Effort::Thorough), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_pixels_are_answered(width in 1u32..90, height in 1u32..90, seed in any::<u64>()) {
        let mut state = seed | 1;
        let mut next = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state.to_le_bytes()[0] };
        let pixels: Vec<u8> = (0..width * height).map(|_| next()).collect();
        let _ = read_luma(&pixels, width, height, Effort::Thorough);
    }

    #[test]
    fn any_text_that_is_drawn_is_read_back(text in "[ -~]{1,120}") {
        prop_assert_eq!(Sheet::new(400, 400).qr(&text, EcLevel::M, 4, 40, 40).texts(Effort::Quick), vec![text]);
    }
}
