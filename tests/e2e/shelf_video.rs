//! Writes a video of somebody walking along the sample shelf: `shelf-video <shelf.json> <out.y4m>`.
//!
//! Each card is held for two seconds, tilted and turned a little, on a noisy background, in 1280 x 720. YUV4MPEG2 because Chromium's fake
//! camera plays it and it needs no codec: a header line, then per frame `FRAME`, the luma plane and the two quartered colour planes.

use qrcode::{EcLevel, QrCode};
use std::{
    error::Error,
    fs::File,
    io::{BufWriter, Write},
};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
const FRAMES_PER_SECOND: usize = 2;
const FRAMES_PER_CARD: usize = 4;
/// Frames between two cards on which there is no code, as when one walks on.
const FRAMES_BETWEEN: usize = 1;

/// What is printed on a card: black and white modules, quiet zone included.
struct Print {
    wide: usize,
    high: usize,
    dark: Vec<bool>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, shelf, out] = arguments.as_slice() else {
        return Err("usage: shelf-video <shelf.json> <out.y4m>".into());
    };
    let cards: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(shelf)?)?;
    let mut video = BufWriter::new(File::create(out)?);
    writeln!(video, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg")?;
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    for (n, card) in cards.iter().enumerate() {
        let text = card["code"].as_str().ok_or("a card without a code")?;
        let print = if card["symbology"] == "ean13" { Print::ean13(text).ok_or("not an EAN-13")? } else { Print::qr(text)? };
        for frame in 0..FRAMES_PER_CARD {
            write_frame(&mut video, Some((&print, View::of(n, frame))), &mut noise)?;
        }
        for _ in 0..FRAMES_BETWEEN {
            write_frame(&mut video, None, &mut noise)?;
        }
    }
    video.flush()?;
    Ok(())
}

/// How the card is seen: a small turn, a small tilt, a small wander, different for each card and frame.
struct View {
    turn: f32,
    tilt: f32,
    x: f32,
    y: f32,
    scale: f32,
}

impl View {
    fn of(card: usize, frame: usize) -> Self {
        let (card, frame) = (card as f32, frame as f32);
        Self {
            turn: (card * 1.7).sin() * 0.12 + frame * 0.004,
            tilt: (card * 0.9).cos() * 0.000_18,
            x: 640.0 + (card * 2.3).sin() * 90.0 + frame * 3.0,
            y: 360.0 + (card * 1.1).cos() * 20.0 - frame,
            scale: 520.0 + (card * 0.7).sin() * 40.0,
        }
    }

    /// The place on the print, in 0..1 both ways, that is seen at this pixel.
    fn on_print(&self, x: f32, y: f32, ratio: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.x, y - self.y);
        let far = 1.0 + self.tilt * dx;
        let (dx, dy) = (dx / far, dy / far);
        let (sin, cos) = self.turn.sin_cos();
        let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
        (u / self.scale + 0.5, v / (self.scale * ratio) + 0.5)
    }
}

fn write_frame(video: &mut impl Write, card: Option<(&Print, View)>, noise: &mut Noise) -> std::io::Result<()> {
    let mut luma = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        // Shelf boards in passing, and light from above.
        let ground = 96.0 + 30.0 * (y as f32 / 90.0).sin() - y as f32 * 0.03;
        for x in 0..WIDTH {
            let light = card.as_ref().and_then(|(print, view)| print.light(view, x as f32, y as f32));
            luma.push((light.unwrap_or(ground) + noise.next()).clamp(0.0, 255.0) as u8);
        }
    }
    writeln!(video, "FRAME")?;
    video.write_all(&luma)?;
    video.write_all(&vec![128u8; WIDTH * HEIGHT / 2])
}

impl Print {
    fn qr(text: &str) -> Result<Self, qrcode::types::QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let (inner, quiet) = (code.width(), 4);
        let wide = inner + 2 * quiet;
        let colors = code.to_colors();
        let at = |x: usize, y: usize| {
            (quiet..quiet + inner).contains(&x)
                && (quiet..quiet + inner).contains(&y)
                && colors[(y - quiet) * inner + x - quiet] == qrcode::Color::Dark
        };
        let dark = (0..wide * wide).map(|n| at(n % wide, n / wide)).collect();
        Ok(Self { wide, high: wide, dark })
    }

    /// GS1 General Specifications 5.2.1: thirteen digits, the first of them in the parity of the left half.
    fn ean13(text: &str) -> Option<Self> {
        const ODD: [u8; 10] = [0x0d, 0x19, 0x13, 0x3d, 0x23, 0x31, 0x2f, 0x3b, 0x37, 0x0b];
        const PARITY: [u8; 10] = [0x00, 0x0b, 0x0d, 0x0e, 0x13, 0x19, 0x1c, 0x15, 0x16, 0x1a];
        let digits: Vec<usize> = text.chars().map(|c| c.to_digit(10).map(|d| d as usize)).collect::<Option<_>>()?;
        let (first, rest) = digits.split_first().filter(|(_, rest)| rest.len() == 12)?;
        let mut bars = vec![false; 11];
        let mut push = |bits: u8, count: u8| bars.extend((0..count).rev().map(|bit| bits >> bit & 1 == 1));
        push(0b101, 3);
        for (n, digit) in rest.iter().enumerate() {
            if n == 6 {
                push(0b01010, 5);
            }
            let odd = ODD[*digit];
            push(
                match n {
                    0..6 if PARITY[*first] >> (5 - n) & 1 == 0 => odd,
                    0..6 => (odd ^ 0x7f).reverse_bits() >> 1,
                    _ => odd ^ 0x7f,
                },
                7,
            );
        }
        push(0b101, 3);
        bars.extend([false; 11]);
        let (wide, high) = (bars.len(), 60);
        let dark = (0..wide * high).map(|n| bars[n % wide] && (4..56).contains(&(n / wide))).collect();
        Some(Self { wide, high, dark })
    }

    /// How light the print is at a pixel: four samples, so that edges are as soft as a camera's. `None` beside the card.
    fn light(&self, view: &View, x: f32, y: f32) -> Option<f32> {
        if (x - view.x).abs() > view.scale || (y - view.y).abs() > view.scale {
            return None;
        }
        let ratio = self.high as f32 / self.wide as f32;
        let mut sum = 0.0;
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let (u, v) = view.on_print(x + dx, y + dy, ratio);
            if !(0.0..1.0).contains(&u) || !(0.0..1.0).contains(&v) {
                return None;
            }
            let (column, row) = ((u * self.wide as f32) as usize, (v * self.high as f32) as usize);
            sum += if self.dark[row * self.wide + column] { 38.0 } else { 214.0 };
        }
        Some(sum / 4.0)
    }
}

/// A camera's noise: a small xorshift, the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 40) as f32 / (1u64 << 24) as f32 - 0.5) * 16.0
    }
}
