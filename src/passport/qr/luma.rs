//! Grey pictures, and copies of them that a decoder may find easier.

use std::borrow::Cow;

/// A picture of grey values whose size matches its bytes.
#[derive(Clone)]
pub(super) struct Luma<'a> {
    pub(super) pixels: Cow<'a, [u8]>,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl<'a> Luma<'a> {
    /// `None` when the picture has no pixels, is longer than 16 384 in a direction, or has another number of bytes.
    pub(super) fn new(pixels: &'a [u8], width: u32, height: u32) -> Option<Self> {
        let sane = |n: u32| (1..=16_384).contains(&n);
        let fits = sane(width) && sane(height) && pixels.len() as u64 == u64::from(width) * u64::from(height);
        fits.then_some(Self { pixels: Cow::Borrowed(pixels), width, height })
    }

    /// Some of the rows.
    pub(super) fn rows(&self, top: u32, height: u32) -> Option<Luma<'_>> {
        let width = self.width as usize;
        let pixels = self.pixels.get(top as usize * width..(top as usize + height as usize) * width)?;
        Luma::new(pixels, self.width, height)
    }

    /// The value at a place; white outside.
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        if x >= self.width as usize {
            return 255;
        }
        self.pixels.get(y * self.width as usize + x).copied().unwrap_or(255)
    }

    /// The longer side.
    pub(super) fn long_side(&self) -> u32 {
        self.width.max(self.height)
    }

    fn with(width: u32, height: u32, pixel: impl Fn(usize, usize) -> u8) -> Luma<'static> {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height as usize {
            pixels.extend((0..width as usize).map(|x| pixel(x, y)));
        }
        Luma { pixels: Cow::Owned(pixels), width, height }
    }

    /// Each pixel the mean of `by` x `by` of the old ones.
    pub(super) fn smaller(&self, by: usize) -> Luma<'static> {
        let by = by.max(1);
        let size = |n: u32| u32::try_from((n as usize / by).max(1)).unwrap_or(1);
        Self::with(size(self.width), size(self.height), |x, y| {
            let sum: usize =
                (0..by).flat_map(|dy| (0..by).map(move |dx| (dx, dy))).map(|(dx, dy)| usize::from(self.at(x * by + dx, y * by + dy))).sum();
            u8::try_from(sum / (by * by)).unwrap_or(255)
        })
    }

    /// Twice the size, pixels between two old ones being their mean.
    pub(super) fn doubled(&self) -> Luma<'static> {
        Self::with(self.width * 2, self.height * 2, |x, y| {
            let near = |n: usize, size: u32| (n / 2, ((n + n % 2) / 2).min(size as usize - 1));
            let ((x0, x1), (y0, y1)) = (near(x, self.width), near(y, self.height));
            let sum: u32 = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].iter().map(|(x, y)| u32::from(self.at(*x, *y))).sum();
            u8::try_from(sum / 4).unwrap_or(255)
        })
    }

    /// Dark for light.
    pub(super) fn inverted(&self) -> Luma<'static> {
        Luma { pixels: Cow::Owned(self.pixels.iter().map(|p| 255 - p).collect()), width: self.width, height: self.height }
    }

    /// Each pixel the mean of itself and its eight neighbours: takes away a screen's or a printer's raster.
    pub(super) fn softened(&self) -> Luma<'static> {
        Self::with(self.width, self.height, |x, y| {
            let sum: u32 = (0..3)
                .flat_map(|dy| (0..3).map(move |dx| (dx, dy)))
                .map(|(dx, dy)| u32::from(self.at((x + dx).saturating_sub(1), (y + dy).saturating_sub(1))))
                .sum();
            u8::try_from(sum / 9).unwrap_or(255)
        })
    }

    /// Turned by a quarter, counter-clockwise.
    pub(super) fn turned(&self) -> Luma<'static> {
        let right = self.width as usize - 1;
        Self::with(self.height, self.width, |x, y| self.at(right - y, x))
    }

    /// Turned around its middle by an angle whose tangent is `per_1024` / 1024, same size, white where there was nothing.
    pub(super) fn slanted(&self, per_1024: i64) -> Luma<'static> {
        let (middle_x, middle_y) = (i64::from(self.width / 2), i64::from(self.height / 2));
        Self::with(self.width, self.height, |x, y| {
            let (dx, dy) = (x as i64 - middle_x, y as i64 - middle_y);
            let (from_x, from_y) = (x as i64 - dy * per_1024 / 1024, y as i64 + dx * per_1024 / 1024);
            match (usize::try_from(from_x), usize::try_from(from_y)) {
                (Ok(x), Ok(y)) => self.at(x, y),
                _ => 255,
            }
        })
    }

    /// The picture with an area painted white.
    pub(super) fn without(&self, area: super::Area) -> Luma<'static> {
        let mut pixels = self.pixels.clone().into_owned();
        for y in area.top..=area.bottom.min(self.height - 1) {
            let row = y as usize * self.width as usize;
            if let Some(run) = pixels.get_mut(row + area.left as usize..=row + area.right.min(self.width - 1) as usize) {
                run.fill(255);
            }
        }
        Luma { pixels: Cow::Owned(pixels), width: self.width, height: self.height }
    }
}
