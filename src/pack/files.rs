//! Pack files as bytes: bounded decompression.

use super::PackError;
use std::io::Read as _;

/// The largest decompressed pack file that a device takes, in bytes.
pub const MAX_RAW: u64 = 256 * 1024 * 1024;

/// The largest window that a frame may ask for, in bytes: it is allocated before anything is decoded.
const MAX_WINDOW: u64 = 8 * 1024 * 1024;

/// Decompresses a zstd frame that must come to exactly `raw_size` bytes. Never allocates beyond `raw_size` and one window (8 MiB).
///
/// # Errors
/// Not one zstd frame, a window or size beyond the bounds, or another length than promised.
pub fn decompress(bytes: &[u8], raw_size: u64) -> Result<Vec<u8>, PackError> {
    let unreadable = |why: String| PackError::Unreadable { what: "compressed file", why };
    if raw_size > MAX_RAW {
        return Err(PackError::TooLarge(raw_size));
    }
    let window = window_size(bytes).ok_or_else(|| unreadable("not a zstd frame".to_owned()))?;
    // A frame in one segment has its content as its window.
    if window > raw_size.max(MAX_WINDOW) {
        return Err(PackError::TooLarge(window));
    }
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(bytes).map_err(|e| unreadable(e.to_string()))?;
    let capacity = usize::try_from(raw_size).map_err(|_| PackError::TooLarge(raw_size))?;
    let mut out = Vec::with_capacity(capacity);
    // One byte more than promised tells "longer" from "exact"; ruzstd hands out at most what is asked for.
    (&mut decoder).take(raw_size).read_to_end(&mut out).map_err(|e| unreadable(e.to_string()))?;
    let mut more = [0];
    let rest = decoder.read(&mut more).map_err(|e| unreadable(e.to_string()))?;
    if out.len() as u64 != raw_size || rest != 0 {
        return Err(unreadable("it is not as long as the manifest says".to_owned()));
    }
    Ok(out)
}

/// The window that a zstd frame asks for (RFC 8878, 3.1.1.1), read before the decoder allocates it.
fn window_size(bytes: &[u8]) -> Option<u64> {
    let (magic, rest) = bytes.split_first_chunk::<4>()?;
    let (descriptor, rest) = rest.split_first()?;
    if *magic != [0x28, 0xB5, 0x2F, 0xFD] {
        return None;
    }
    if descriptor & 0b0010_0000 == 0 {
        // Window_Descriptor: exponent in the upper five bits, mantissa in eighths below.
        let byte = u64::from(*rest.first()?);
        let base = 1_u64 << (10 + (byte >> 3));
        return Some(base + base / 8 * (byte & 7));
    }
    // Single segment: the window is the content, whose size stands behind the dictionary id.
    let skip = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let width = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let field = rest.get(skip..skip + width)?;
    let size = field.iter().rev().fold(0_u64, |n, b| n << 8 | u64::from(*b));
    Some(if width == 2 { size + 256 } else { size })
}
