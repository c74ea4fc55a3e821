//! A picture file from a person: bytes in, codes out.
//!
//! The size that the file claims is read first and anything too large is refused before a pixel is decoded; the decoder is held to the
//! same bound. A large picture is brought down to 1 600 pixels to be read quickly, and read again larger when that finds nothing; only
//! then the slower decoders are tried, on the smaller copy.

use crate::passport::qr::{CodeRead, Effort, read_luma_while};
use image::{GrayImage, ImageReader, Limits, imageops::thumbnail};
use std::io::Cursor;

/// The most pixels of a picture: 50 megapixels, more than a phone's camera makes.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The longer side is brought to this for the first try.
const FIRST_SIDE: u32 = 1600;
/// And to this for the second.
const SECOND_SIDE: u32 = 4096;
/// The most memory a decoder may take, in bytes: the largest picture in 32-bit colour, twice.
const MAX_BYTES: u64 = MAX_PIXELS * 8;

/// Why a picture could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No bytes.
    #[error("this file is empty; choose another picture")]
    Empty,
    /// Not a picture, or of a kind that is not read.
    #[error("this file is not a picture that can be read here; choose a PNG, JPEG, WebP or GIF")]
    NotAPicture,
    /// Claims to be larger than [`MAX_PIXELS`].
    #[error("this picture is {width} x {height} pixels, larger than any camera's; take a new one or make it smaller than 50 megapixels")]
    TooLarge {
        /// Claimed width in pixels.
        width: u64,
        /// Claimed height in pixels.
        height: u64,
    },
    /// Begins like a picture, but ends early or is damaged inside.
    #[error("this picture is cut short or damaged; choose it again, or take a new one")]
    Damaged,
}

/// Reads every code in a picture file, with thorough effort, in reading order; empty when there is none. Positions are in pixels of the
/// picture as it was read, that is, scaled down to at most 4 096.
///
/// # Errors
/// The file is empty, no picture, too large or damaged.
pub fn read_codes(bytes: &[u8]) -> Result<Vec<CodeRead>, PictureError> {
    read_codes_while(bytes, &|| true)
}

/// As [`read_codes`], but nothing more is tried once `go_on` says false.
///
/// # Errors
/// As [`read_codes`].
pub fn read_codes_while(bytes: &[u8], go_on: &dyn Fn() -> bool) -> Result<Vec<CodeRead>, PictureError> {
    let picture = luma(bytes)?;
    let longest = picture.width().max(picture.height());
    let small = fitted(&picture, FIRST_SIDE);
    let small = small.as_ref().unwrap_or(&picture);
    if longest > FIRST_SIDE {
        let large = fitted(&picture, SECOND_SIDE);
        for size in [small, large.as_ref().unwrap_or(&picture)] {
            let found = read(size, &|| false);
            if !found.is_empty() || !go_on() {
                return Ok(found);
            }
        }
    }
    Ok(read(small, go_on))
}

fn read(picture: &GrayImage, go_on: &dyn Fn() -> bool) -> Vec<CodeRead> {
    read_luma_while(picture.as_raw(), picture.width(), picture.height(), Effort::Thorough, go_on)
}

/// Decodes a picture file to grey values.
///
/// # Errors
/// As [`read_codes`].
pub fn luma(bytes: &[u8]) -> Result<GrayImage, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    let kind = image::guess_format(bytes).map_err(|_| PictureError::NotAPicture)?;
    if !kind.reading_enabled() {
        return Err(PictureError::NotAPicture);
    }
    let size = imagesize::blob_size(bytes).map_err(|_| PictureError::Damaged)?;
    let (width, height) = (size.width as u64, size.height as u64);
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind);
    let mut limits = Limits::default();
    let side = u32::try_from(MAX_PIXELS).unwrap_or(u32::MAX);
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(side), Some(side), Some(MAX_BYTES));
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => PictureError::TooLarge { width, height },
        _ => PictureError::Damaged,
    })?;
    Ok(on_white(picture))
}

/// Grey values; what is transparent is white, as on paper, so that a code drawn on nothing is read too.
fn on_white(picture: image::DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let source = picture.into_luma_alpha8();
    GrayImage::from_fn(source.width(), source.height(), |x, y| {
        let [value, alpha] = source.get_pixel(x, y).0.map(u32::from);
        image::Luma([u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)])
    })
}

/// The picture with its longer side brought to `side` by averaging, or `None` when it is not longer.
fn fitted(picture: &GrayImage, side: u32) -> Option<GrayImage> {
    let longest = picture.width().max(picture.height());
    let scale = |n: u32| u32::try_from(u64::from(n) * u64::from(side) / u64::from(longest)).unwrap_or(1).max(1);
    (longest > side).then(|| thumbnail(picture, scale(picture.width()), scale(picture.height())))
}
