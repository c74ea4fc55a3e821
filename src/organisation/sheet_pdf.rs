//! A sheet of codes to print and cut: A4, 24 codes a page, each with two lines of text below it.
//!
//! ISO 32000-1 (PDF 1.7): 7.5 (file structure), 8.5 (paths), 9.4 (text). Codes are drawn as filled rectangles, not as pictures, so they
//! are sharp at any size; the font is one that every reader has.
//!
//! ```text
//! for each page: its object and its content (zlib)        numbered from 4, so that each page can be written as soon as it is full
//! 1 catalogue, 2 page tree, 3 font
//! cross-reference table, trailer
//! ```

use crate::passport::qr_out::{self, DrawError};
use flate2::{Compression, write::ZlibEncoder};
use std::{fmt::Write as _, io::Write as _};

/// One code of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What the code holds.
    pub code: String,
    /// The lines below it; what does not fit is cut.
    pub lines: [String; 2],
}

/// A4, in points of 1/72 inch.
const PAGE: (i64, i64) = (595, 842);
const COLUMNS: usize = 4;
const ROWS: usize = 6;
/// From the edge of the page to the first label, in points.
const MARGIN: i64 = 36;
/// Side of a code with its quiet zone, in points: some 35 mm.
const SIDE: i64 = 100;
/// Height of a letter, in points.
const LETTER: i64 = 6;
/// The most characters of a line.
const LINE: usize = 38;

/// Draws a whole sheet.
///
/// # Errors
/// A text does not fit into a code.
pub fn sheet(labels: &[Label]) -> Result<Vec<u8>, DrawError> {
    let mut sheet = Sheet::default();
    for label in labels {
        sheet.add(label.clone())?;
    }
    sheet.finish()
}

/// A sheet while it is drawn. What is drawn can be taken away page by page, so that a sheet of any length needs the memory of one.
#[derive(Default)]
pub struct Sheet {
    /// What is drawn and not taken away yet.
    out: Vec<u8>,
    /// How many bytes were taken away.
    gone: usize,
    /// Labels of the page that is not full yet.
    waiting: Vec<Label>,
    /// Where each page's object and its content begin.
    pages: Vec<[usize; 2]>,
}

/// The objects before the first page: catalogue, page tree, font.
const BEFORE: usize = 3;

impl Sheet {
    /// Adds a code.
    ///
    /// # Errors
    /// A text does not fit into a code.
    pub fn add(&mut self, label: Label) -> Result<(), DrawError> {
        self.waiting.push(label);
        if self.waiting.len() == COLUMNS * ROWS { self.page() } else { Ok(()) }
    }

    /// What was drawn since it was last asked.
    pub fn take(&mut self) -> Vec<u8> {
        self.gone += self.out.len();
        std::mem::take(&mut self.out)
    }

    /// Draws what waits, and gives the rest of the file.
    ///
    /// # Errors
    /// A text does not fit into a code.
    pub fn finish(mut self) -> Result<Vec<u8>, DrawError> {
        // A reader wants at least one page.
        if !self.waiting.is_empty() || self.pages.is_empty() {
            self.page()?;
        }
        let kids: String = (0..self.pages.len()).map(|n| format!("{} 0 R ", BEFORE + 1 + 2 * n)).collect();
        let (count, [width, height]) = (self.pages.len(), [PAGE.0, PAGE.1]);
        let catalogue = self.object(1, b"<< /Type /Catalog /Pages 2 0 R >>");
        let tree = format!("<< /Type /Pages /Kids [ {kids}] /Count {count} /MediaBox [0 0 {width} {height}] >>");
        let tree = self.object(2, tree.as_bytes());
        let font = self.object(3, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        let places: Vec<usize> = [catalogue, tree, font].into_iter().chain(self.pages.iter().flatten().copied()).collect();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
        for place in &places {
            let _ = writeln!(table, "{place:010} 00000 n ");
        }
        let start = self.at();
        let _ = write!(table, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", places.len() + 1);
        self.out.extend(table.into_bytes());
        Ok(self.out)
    }

    /// Draws the labels that wait as a page.
    fn page(&mut self) -> Result<(), DrawError> {
        let drawn = page(&std::mem::take(&mut self.waiting))?;
        let number = BEFORE + 1 + 2 * self.pages.len();
        let page = format!("<< /Type /Page /Parent 2 0 R /Resources << /Font << /F 3 0 R >> >> /Contents {} 0 R >>", number + 1);
        let page = self.object(number, page.as_bytes());
        let packed = deflate(&latin1(&drawn))?;
        let mut stream = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", packed.len()).into_bytes();
        stream.extend(packed);
        stream.extend(b"\nendstream");
        let content = self.object(number + 1, &stream);
        self.pages.push([page, content]);
        Ok(())
    }

    /// Writes an object and says where it begins.
    fn object(&mut self, number: usize, content: &[u8]) -> usize {
        if self.at() == 0 {
            self.out.extend(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
        }
        let at = self.at();
        self.out.extend(format!("{number} 0 obj\n").into_bytes());
        self.out.extend(content);
        self.out.extend(b"\nendobj\n");
        at
    }

    const fn at(&self) -> usize {
        self.gone + self.out.len()
    }
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, DrawError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|e| DrawError::Picture(e.to_string()))
}

/// The drawing operators of one page. The origin is at the bottom left; labels go from the top left, row by row.
fn page(labels: &[Label]) -> Result<String, DrawError> {
    let mut out = String::new();
    for (n, label) in labels.iter().enumerate() {
        let step = |all: i64, count: usize| (all - 2 * MARGIN) / i64::try_from(count).unwrap_or(1);
        let place = |n: usize| i64::try_from(n).unwrap_or(0);
        let left = MARGIN + place(n % COLUMNS) * step(PAGE.0, COLUMNS);
        let top = PAGE.1 - MARGIN - place(n / COLUMNS) * step(PAGE.1, ROWS);
        code(&mut out, &label.code, left, top)?;
        for (row, line) in (1..).zip(&label.lines) {
            let text: String = line.chars().take(LINE).map(|c| if in_font(c) { c } else { '?' }).collect();
            let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            let _ = writeln!(out, "BT /F {LETTER} Tf {} {} Td ({text}) Tj ET", left + 4, top - SIDE - row * (LETTER + 1));
        }
    }
    Ok(out)
}

/// One module is one unit in a grid that is scaled to the label, so that every edge is a whole number.
fn code(out: &mut String, text: &str, left: i64, top: i64) -> Result<(), DrawError> {
    let runs = qr_out::runs(text)?;
    let modules = i64::try_from(runs.side).unwrap_or(1).max(1);
    // Ten-thousandths of a point for each module.
    let scale = SIDE * 10_000 / modules;
    let _ = writeln!(out, "q {0}.{1:04} 0 0 -{0}.{1:04} {left} {top} cm", scale / 10_000, scale % 10_000);
    for (x, y, length) in runs.dark {
        let _ = writeln!(out, "{x} {y} {length} 1 re");
    }
    out.push_str("f Q\n");
    Ok(())
}

/// Latin-1 and WinAnsi agree on these.
const fn in_font(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}')
}

/// As bytes of the font's encoding; nothing else was let in.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::qr::{Effort, read_luma};
    use std::io::Read as _;

    /// The pages' drawing operators, found through the cross-reference table as a reader does.
    fn contents(pdf: &[u8]) -> Vec<String> {
        let find = |needle: &[u8], from: usize| pdf[from..].windows(needle.len()).position(|w| w == needle).map(|at| from + at);
        let tail = String::from_utf8_lossy(&pdf[pdf.len() - 40..]).into_owned();
        let start: usize = tail.split("startxref\n").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        let table = String::from_utf8(pdf[start..find(b"trailer", start).unwrap()].to_vec()).unwrap();
        let offsets: Vec<usize> = table.lines().skip(3).map(|line| line[..10].parse().unwrap()).collect();
        for (n, at) in offsets.iter().enumerate() {
            assert!(pdf[*at..].starts_with(format!("{} 0 obj\n", n + 1).as_bytes()), "object {n}");
        }
        let streams = offsets.into_iter().skip(4).step_by(2);
        let read = |at: usize| {
            let begin = find(b"stream\n", at).unwrap() + 7;
            let mut text = Vec::new();
            flate2::read::ZlibDecoder::new(&pdf[begin..]).read_to_end(&mut text).unwrap();
            text.into_iter().map(char::from).collect()
        };
        streams.map(read).collect()
    }

    /// Paints a page at four pixels a point and reads the codes on it.
    fn codes(page: &str) -> Vec<String> {
        const ZOOM: f64 = 4.0;
        let (width, height) = (PAGE.0 as usize * 4, PAGE.1 as usize * 4);
        let mut luma = vec![255_u8; width * height];
        let mut matrix = [1.0, 1.0, 0.0, 0.0];
        for line in page.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let number = |n: usize| words[n].parse::<f64>().unwrap();
            match words.last() {
                Some(&"cm") => matrix = [number(1), number(4), number(5), number(6)],
                Some(&"re") => {
                    let (left, right) = (matrix[2] + number(0) * matrix[0], matrix[2] + (number(0) + number(2)) * matrix[0]);
                    let (top, bottom) = (matrix[3] + number(1) * matrix[1], matrix[3] + (number(1) + 1.0) * matrix[1]);
                    let pixel = |at: f64| (at * ZOOM).round() as usize;
                    for y in height - pixel(top)..height - pixel(bottom) {
                        luma[y * width + pixel(left)..y * width + pixel(right)].fill(0);
                    }
                }
                _ => {}
            }
        }
        let reads = read_luma(&luma, width as u32, height as u32, Effort::Thorough);
        reads.into_iter().map(|read| read.text).collect()
    }

    #[test]
    fn what_is_printed_is_what_a_scanner_reads() {
        let code = "https://id.ecosphere.example/01/09526001000012/21/1?seal=AQAAAAAAAABN".to_owned();
        let label = Label { code: code.clone(), lines: ["Käse (Bio) \\ 1".into(), "Σ is not in the font".into()] };
        let pages = contents(&sheet(&[label]).unwrap());
        assert_eq!(codes(&pages[0]), [code]);
        assert!(pages[0].contains("(Käse \\(Bio\\) \\\\ 1) Tj") && pages[0].contains("(? is not in the font) Tj"), "{}", pages[0]);
    }

    #[test]
    fn a_page_holds_twenty_four_labels_inside_its_margins() {
        let labels: Vec<Label> = (0..49).map(|n| Label { code: format!("HTTPS://A.EXAMPLE/{n}"), lines: [n.to_string(), String::new()] }).collect();
        let pages = contents(&sheet(&labels).unwrap());
        assert_eq!(pages.iter().map(|page| page.matches(" cm\n").count()).collect::<Vec<_>>(), [24, 24, 1]);
        for at in pages[0].lines().filter(|line| line.ends_with(" cm")) {
            let words: Vec<i64> = at.split(' ').filter_map(|w| w.parse().ok()).collect();
            let [.., left, top] = words[..] else { panic!("{at}") };
            assert!(left >= MARGIN && left + SIDE <= PAGE.0 - MARGIN && top <= PAGE.1 - MARGIN && top - SIDE >= MARGIN, "{at}");
        }
        assert_eq!(contents(&sheet(&[]).unwrap()).len(), 1, "an empty sheet is one empty page");
        let (mut drawn, mut parts) = (Sheet::default(), Vec::new());
        for label in &labels {
            drawn.add(label.clone()).unwrap();
            parts.push(drawn.take());
        }
        let most = parts.iter().map(Vec::len).max().unwrap();
        parts.push(drawn.finish().unwrap());
        let whole = sheet(&labels).unwrap();
        assert!(parts.concat() == whole, "taken away page by page, it is the same file");
        assert!(most < whole.len() * 6 / 10, "no part is more than a page: {most} of {}", whole.len());
        assert!(sheet(&[Label { code: "x".repeat(3_000), lines: Default::default() }]).is_err());
    }
}
