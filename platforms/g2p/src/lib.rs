//! Stands in for the crate `g2p` (WanzenBug, MIT/Apache-2.0) under the decoder `rqrr`, which is all that uses it: the same names, smaller tables.
//!
//! The original multiplies in GF(256) by a table of all 65 536 products. Nothing can compress it, so it was 61 kB of the 900 kB that a phone
//! may have to download for the engine. Here a product is `exp[log a + log b]` from two tables of 767 bytes together, and a power, which the
//! original multiplies out bit by bit, is one look-up. It also spares the build a procedural macro.
//!
//! ```text
//! a ‖ b      elements of GF(2^bits), 1 <= bits <= 8, as polynomials over GF(2), the lowest coefficient in the lowest bit
//! a + b      a xor b
//! a · b      0 if either is 0, else exp[log a + log b]     exp[n] = x^n modulo the modulus
//! a / b      a · exp[(2^bits - 1) - log b]; a / 0 = 0, where the original panics
//! ```

use std::{
    fmt::Debug,
    ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign},
};

/// A finite field of 2^p elements.
pub trait GaloisField:
    Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + SubAssign
    + Neg<Output = Self>
    + Mul<Output = Self>
    + MulAssign
    + Div<Output = Self>
    + Copy
    + Debug
    + Eq
{
    /// How many elements it has.
    const SIZE: usize;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// An element whose powers are all others but 0.
    const GENERATOR: Self;
    /// This element to the power `p`; to the power 0 each is 1.
    #[must_use]
    fn pow(self, p: usize) -> Self;
}

/// Logarithms and powers of `x` in one field.
#[derive(Debug)]
pub struct Tables {
    /// How many elements are not 0.
    order: usize,
    /// `x` to the power 0, 1, …, twice over, so that a sum of two logarithms needs no remainder.
    exp: [u8; 511],
    /// Of each element but 0.
    log: [u8; 256],
}

impl Tables {
    /// The tables of a field.
    ///
    /// # Panics
    /// Where it is evaluated, which is while compiling: `bits` is not 1 to 8, or `x` does not generate the field.
    #[must_use]
    #[allow(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::as_conversions,
        reason = "it runs in the compiler, where `get` and `try_from` do not"
    )]
    pub const fn new(bits: u32, modulus: u16) -> Self {
        assert!(1 <= bits && bits <= 8, "a field of 2 to 256 elements");
        let order = (1 << bits) - 1;
        let (mut exp, mut log) = ([0; 511], [0; 256]);
        let (mut power, mut n) = (1_u16, 0);
        while n < order {
            assert!(n == 0 || power != 1, "x generates the field");
            exp[n] = power as u8;
            exp[n + order] = power as u8;
            log[power as usize] = n as u8;
            power <<= 1;
            if power >> bits != 0 {
                power ^= modulus;
            }
            n += 1;
        }
        Self { order, exp, log }
    }

    fn exp(&self, n: usize) -> u8 {
        self.exp.get(n).copied().unwrap_or(0)
    }

    fn log(&self, a: u8) -> usize {
        self.log.get(usize::from(a)).copied().map_or(0, usize::from)
    }

    /// `a + b`, and `a - b`.
    #[must_use]
    pub const fn sum(&self, a: u8, b: u8) -> u8 {
        a ^ b
    }

    /// `a · b`.
    #[must_use]
    pub fn product(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 { 0 } else { self.exp(self.log(a) + self.log(b)) }
    }

    /// `a / b`; 0 where `b` is 0.
    #[must_use]
    pub fn quotient(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 { 0 } else { self.exp(self.log(a) + self.order - self.log(b)) }
    }

    /// `a` to the power `p`.
    #[must_use]
    pub fn power(&self, a: u8, p: usize) -> u8 {
        if p == 0 {
            1
        } else if a == 0 {
            0
        } else {
            self.exp(self.log(a) * (p % self.order) % self.order)
        }
    }
}

/// Makes the type of a field: `g2p!(GF16, 4, modulus: 0b1_0011);`.
#[macro_export]
macro_rules! g2p {
    ($name:ident, $bits:literal, modulus: $modulus:literal) => {
        /// An element of the field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub u8);

        impl $name {
            const TABLES: &'static $crate::Tables = {
                static TABLES: $crate::Tables = $crate::Tables::new($bits, $modulus);
                &TABLES
            };
        }

        impl $crate::GaloisField for $name {
            const SIZE: usize = 1 << $bits;
            const ZERO: Self = Self(0);
            const ONE: Self = Self(1);
            const GENERATOR: Self = Self(2);
            fn pow(self, p: usize) -> Self {
                Self(Self::TABLES.power(self.0, p))
            }
        }

        $crate::g2p!(@operator $name, Add add, AddAssign add_assign, |a, b| Self::TABLES.sum(a, b));
        $crate::g2p!(@operator $name, Sub sub, SubAssign sub_assign, |a, b| Self::TABLES.sum(a, b));
        $crate::g2p!(@operator $name, Mul mul, MulAssign mul_assign, |a, b| Self::TABLES.product(a, b));
        $crate::g2p!(@operator $name, Div div, DivAssign div_assign, |a, b| Self::TABLES.quotient(a, b));

        impl ::core::ops::Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                self
            }
        }
    };
    (@operator $name:ident, $trait:ident $function:ident, $assign:ident $assigned:ident, |$a:ident, $b:ident| $value:expr) => {
        impl ::core::ops::$trait for $name {
            type Output = Self;
            fn $function(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                Self($value)
            }
        }
        impl ::core::ops::$assign for $name {
            fn $assigned(&mut self, other: Self) {
                *self = ::core::ops::$trait::$function(*self, other);
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::GaloisField;

    g2p!(GF16, 4, modulus: 0b1_0011);
    g2p!(GF256, 8, modulus: 0b1_0001_1101);

    /// By the definition: the product of the polynomials, modulo the modulus.
    fn multiplied(a: u8, b: u8, bits: u32, modulus: u16) -> u8 {
        let mut product = (0..8).filter(|n| b >> n & 1 == 1).fold(0_u16, |sum, n| sum ^ u16::from(a) << n);
        for n in (bits..16).rev() {
            if product >> n & 1 == 1 {
                product ^= modulus << (n - bits);
            }
        }
        u8::try_from(product).unwrap()
    }

    #[test]
    fn every_product_quotient_and_power_is_the_one_of_the_definition() {
        for (a, b) in (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b))) {
            let product = multiplied(a, b, 8, 0b1_0001_1101);
            assert_eq!(GF256(a) * GF256(b), GF256(product));
            if b != 0 {
                assert_eq!(GF256(product) / GF256(b), GF256(a));
            }
            assert_eq!((GF256(a) + GF256(b), GF256(a) - GF256(b), -GF256(a)), (GF256(a ^ b), GF256(a ^ b), GF256(a)));
            if a < 16 && b < 16 {
                assert_eq!(GF16(a) * GF16(b), GF16(multiplied(a, b, 4, 0b1_0011)));
            }
        }
        for a in 0..=255 {
            let mut power = GF256::ONE;
            for p in 0..600 {
                assert_eq!(GF256(a).pow(p), power, "{a} to the {p}");
                power *= GF256(a);
            }
        }
        assert_eq!((GF16::SIZE, GF256::SIZE, GF256(7) / GF256::ZERO), (16, 256, GF256::ZERO));
        assert_eq!(GF16::GENERATOR.pow(15), GF16::ONE);
    }
}
