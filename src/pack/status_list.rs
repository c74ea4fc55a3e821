//! Token Status List (draft-ietf-oauth-status-list): one status of 1, 2, 4 or 8 bits per number, in the draft's forms and in the pack's own.
//!
//! ```text
//! section 4.1  byte array   status of number i: `bits` bits from bit (i * bits) % 8 of byte i * bits / 8 on, the least significant first
//! section 4.1  compressed   that array in a zlib stream (RFC 1950)                                  published as `status-list`
//! section 4.2  JSON         { "bits": 1 | 2 | 4 | 8, "lst": base64url of the compressed array }
//! section 4.3  CBOR         the same map, with `lst` as a byte string
//! ours         sparse       for each value from 1 on: how many (varint), k (one byte), then bits from the least significant of each byte on:
//!                           per number the gap to the one before, Rice-coded: gap >> k ones, a zero, the k low bits of the gap
//! ```
//! The sparse form is what a pack carries: it comes within a few per cent of the entropy (zlib does not), needs no inflate on the device, and
//! reading it never takes more than its own length. A node publishes the draft's form beside it, for whoever knows only the standard.

use super::PackError;
use crate::statement::PassportStatus;

/// Bits per passport: 0 valid, 1 revoked, 2 suspended, 3 (application specific in the draft, section 7.1) superseded or ended.
pub const STATUS_BITS: u8 = 2;

/// Statuses by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of `numbers` statuses, all 0.
    ///
    /// # Errors
    /// `bits` is not 1, 2, 4 or 8.
    pub fn new(bits: u8, numbers: usize) -> Result<Self, PackError> {
        Self::from_bytes(bits, vec![0; numbers.div_ceil(8 / usize::from(width(bits)?))])
    }

    /// A list from its byte array (section 4.1).
    ///
    /// # Errors
    /// `bits` is not 1, 2, 4 or 8.
    pub fn from_bytes(bits: u8, bytes: Vec<u8>) -> Result<Self, PackError> {
        Ok(Self { bits: width(bits)?, bytes })
    }

    /// The list of passports' statuses, by rising passport number.
    #[must_use]
    pub fn of(statuses: impl ExactSizeIterator<Item = PassportStatus>) -> Self {
        let mut list = Self { bits: STATUS_BITS, bytes: vec![0; statuses.len().div_ceil(4)] };
        for (number, status) in statuses.enumerate() {
            list.set(number, value_of(status));
        }
        list
    }

    /// Sets a status. What lies beyond the list or has more bits than it holds is left out.
    pub fn set(&mut self, number: usize, value: u8) {
        let (at, shift, mask) = self.place(number);
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte = *byte & !(mask << shift) | (value & mask) << shift;
        }
    }

    /// The status of a number; `None` beyond the list, which is never "valid" (section 8.3).
    #[must_use]
    pub fn get(&self, number: usize) -> Option<u8> {
        let (at, shift, mask) = self.place(number);
        self.bytes.get(at).map(|byte| byte >> shift & mask)
    }

    /// The byte array (section 4.1).
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bits per number.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    fn place(&self, number: usize) -> (usize, usize, u8) {
        let bits = usize::from(self.bits);
        let in_byte = 8 / bits;
        (number / in_byte, number % in_byte * bits, u8::MAX >> (8 - bits))
    }
}

fn width(bits: u8) -> Result<u8, PackError> {
    if matches!(bits, 1 | 2 | 4 | 8) { Ok(bits) } else { Err(unreadable("it has neither 1, 2, 4 nor 8 bits per number")) }
}

fn unreadable(why: &str) -> PackError {
    PackError::Unreadable { what: "status list", why: why.to_owned() }
}

const fn value_of(status: PassportStatus) -> u8 {
    match status {
        PassportStatus::Valid => 0,
        PassportStatus::Revoked => 1,
        PassportStatus::Suspended => 2,
        PassportStatus::Superseded => 3,
    }
}

const fn status_of(value: u8) -> PassportStatus {
    match value {
        0 => PassportStatus::Valid,
        1 => PassportStatus::Revoked,
        2 => PassportStatus::Suspended,
        _ => PassportStatus::Superseded,
    }
}

/// The sparse form of statuses in order.
#[must_use]
pub fn encode_sparse(statuses: &[PassportStatus]) -> Vec<u8> {
    let mut out = Vec::new();
    for value in 1..1 << STATUS_BITS {
        let mut gaps = Vec::new();
        let mut next = 0;
        for (number, _) in (0_u64..).zip(statuses).filter(|(_, s)| value_of(**s) == value) {
            gaps.push(number - next);
            next = number + 1;
        }
        let cost = |k: &u32| gaps.iter().map(|gap| (gap >> k) + 1 + u64::from(*k)).sum::<u64>();
        let k = (0..32).min_by_key(cost).unwrap_or(0);
        let mut count = gaps.len();
        while count >= 0x80 {
            out.push((count & 0x7f) as u8 | 0x80);
            count >>= 7;
        }
        out.push(count as u8);
        out.push(k as u8);
        let mut bits = Bits { out: &mut out, free: 0 };
        for gap in gaps {
            for _ in 0..gap >> k {
                bits.push(true);
            }
            bits.push(false);
            for bit in 0..k {
                bits.push(gap >> bit & 1 == 1);
            }
        }
    }
    out
}

struct Bits<'a> {
    out: &'a mut Vec<u8>,
    /// Bits still free in the last byte.
    free: u8,
}

impl Bits<'_> {
    fn push(&mut self, bit: bool) {
        if self.free == 0 {
            self.out.push(0);
            self.free = 8;
        }
        if let Some(last) = self.out.last_mut() {
            *last |= u8::from(bit) << (8 - self.free);
        }
        self.free -= 1;
    }
}

/// Reads the sparse form of `numbers` statuses.
///
/// # Errors
/// Cut short, too long, or it names a number twice or beyond the list.
pub fn decode_sparse(bytes: &[u8], numbers: usize) -> Result<Vec<PassportStatus>, PackError> {
    let torn = || unreadable("its numbers do not fit together");
    let mut out = vec![PassportStatus::Valid; numbers];
    let mut rest = bytes;
    for value in 1..1 << STATUS_BITS {
        let mut count = 0_u64;
        for shift in (0..35).step_by(7) {
            let (byte, after) = rest.split_first().ok_or_else(torn)?;
            rest = after;
            count |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
            if shift == 28 {
                return Err(torn());
            }
        }
        let (k, after) = rest.split_first().ok_or_else(torn)?;
        rest = after;
        if *k > 31 {
            return Err(torn());
        }
        let mut at = 0_usize;
        let mut next = 0_u64;
        let mut bit = || {
            let byte = rest.get(at / 8).ok_or_else(torn)?;
            let bit = byte >> (at % 8) & 1;
            at += 1;
            Ok::<_, PackError>(u64::from(bit))
        };
        for _ in 0..count {
            let mut gap = 0;
            while bit()? == 1 {
                gap += 1;
            }
            for _ in 0..*k {
                gap <<= 1;
            }
            for shift in 0..*k {
                gap |= bit()? << shift;
            }
            let number = next.saturating_add(gap);
            let slot = usize::try_from(number).ok().and_then(|n| out.get_mut(n)).ok_or_else(torn)?;
            if *slot != PassportStatus::Valid {
                return Err(torn());
            }
            *slot = status_of(value);
            next = number + 1;
        }
        rest = rest.get(at.div_ceil(8)..).unwrap_or_default();
    }
    if rest.is_empty() { Ok(out) } else { Err(torn()) }
}

#[cfg(feature = "node")]
mod standard {
    use super::{PackError, StatusList, unreadable};
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};
    use std::io::{Read as _, Write as _};

    impl StatusList {
        /// The zlib stream of the byte array (section 4.1), at the highest level.
        #[must_use]
        pub fn to_zlib(&self) -> Vec<u8> {
            let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            // Writing to memory does not fail.
            let _ = z.write_all(&self.bytes);
            z.finish().unwrap_or_default()
        }

        /// Reads a zlib stream of at most `limit` bytes of byte array.
        ///
        /// # Errors
        /// Not a whole zlib stream, longer than `limit`, followed by something else, or wrong `bits`.
        pub fn from_zlib(bits: u8, zlib: &[u8], limit: u64) -> Result<Self, PackError> {
            let mut bytes = Vec::new();
            let mut inflate = flate2::read::ZlibDecoder::new(zlib);
            inflate.by_ref().take(limit).read_to_end(&mut bytes).map_err(|e| unreadable(&e.to_string()))?;
            match inflate.read(&mut [0]) {
                Ok(0) if inflate.total_in() == zlib.len() as u64 => Self::from_bytes(bits, bytes),
                Ok(_) => Err(PackError::TooLarge(limit.saturating_add(1))),
                Err(e) => Err(unreadable(&e.to_string())),
            }
        }

        /// The JSON form (section 4.2).
        #[must_use]
        pub fn to_json(&self) -> Value {
            json!({ "bits": self.bits, "lst": URL_SAFE_NO_PAD.encode(self.to_zlib()) })
        }

        /// Reads the JSON form.
        ///
        /// # Errors
        /// A member is missing or of the wrong kind, or as [`StatusList::from_zlib`].
        pub fn from_json(value: &Value, limit: u64) -> Result<Self, PackError> {
            let bits = value.get("bits").and_then(Value::as_u64).and_then(|b| u8::try_from(b).ok()).ok_or_else(|| unreadable("it has no bits"))?;
            let lst = value.get("lst").and_then(Value::as_str).ok_or_else(|| unreadable("it has no lst"))?;
            let zlib = URL_SAFE_NO_PAD.decode(lst).map_err(|e| unreadable(&e.to_string()))?;
            Self::from_zlib(bits, &zlib, limit)
        }

        /// The CBOR form (section 4.3), in the deterministic encoding of RFC 8949, section 4.2.1.
        #[must_use]
        pub fn to_cbor(&self) -> Vec<u8> {
            let zlib = self.to_zlib();
            let mut out = [&b"\xa2\x64bits"[..], &[self.bits], b"\x63lst"].concat();
            match u32::try_from(zlib.len()).unwrap_or(u32::MAX) {
                n @ ..24 => out.push(0x40 | n as u8),
                n @ 24..0x100 => out.extend([0x58, n as u8]),
                n @ 0x100..0x1_0000 => out.extend([&[0x59][..], &(n as u16).to_be_bytes()].concat()),
                n => out.extend([&[0x5a][..], &n.to_be_bytes()].concat()),
            }
            out.extend(zlib);
            out
        }

        /// Reads the CBOR form as [`StatusList::to_cbor`] writes it.
        ///
        /// # Errors
        /// Another map than that, or as [`StatusList::from_zlib`].
        pub fn from_cbor(bytes: &[u8], limit: u64) -> Result<Self, PackError> {
            let other = || unreadable("it is not the CBOR map of the draft");
            let rest = bytes.strip_prefix(b"\xa2\x64bits").ok_or_else(other)?;
            let (bits, rest) = rest.split_first().ok_or_else(other)?;
            let (head, rest) = rest.strip_prefix(b"\x63lst").and_then(<[u8]>::split_first).ok_or_else(other)?;
            let wide = match head {
                0x40..0x58 => 0,
                0x58 => 1,
                0x59 => 2,
                0x5a => 4,
                _ => return Err(other()),
            };
            let (length, zlib) = rest.split_at_checked(wide).ok_or_else(other)?;
            let length = if wide == 0 { usize::from(head & 0x1f) } else { length.iter().fold(0, |n, b| n << 8 | usize::from(*b)) };
            if zlib.len() == length { Self::from_zlib(*bits, zlib, limit) } else { Err(other()) }
        }
    }
}
