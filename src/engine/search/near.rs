//! How many slips lie between what was typed and a word: a letter too many, too few or wrong, or two neighbours swapped.
//!
//! The optimal string alignment distance, a column of its table at once in the bits of one number (H. Hyyrö, *A bit-vector algorithm for computing
//! Levenshtein and Damerau edit distances*, 2003). Bytes are compared, so a letter beyond a to z that is left out counts twice.

/// A typed word, ready to be held against many.
pub struct Slips {
    length: usize,
    /// Where in the typed word each byte stands.
    places: [u32; 256],
}

impl Slips {
    /// Takes the first 32 bytes; what is typed is cut before that.
    pub fn of(typed: &[u8]) -> Self {
        let mut places = [0; 256];
        for (at, byte) in typed.iter().take(32).enumerate() {
            places[usize::from(*byte)] |= 1 << at;
        }
        Self { length: typed.len().min(32), places }
    }

    /// The slips between both if there are at most `most`, or with `goes_on` between what was typed and the likest beginning of the word.
    pub fn until(&self, word: &[u8], most: usize, goes_on: bool) -> Option<usize> {
        if self.length == 0 || word.len() + most < self.length || (!goes_on && word.len() > self.length + most) {
            return None;
        }
        let end = 1_u32 << (self.length - 1);
        let (mut slips, mut best) = (self.length, self.length);
        let (mut more, mut fewer, mut same, mut before) = (!0_u32, 0_u32, 0_u32, 0_u32);
        for byte in word.iter().take(self.length + most) {
            let here = self.places[usize::from(*byte)];
            let swapped = ((!same & here) << 1) & before;
            same = (((here & more).wrapping_add(more)) ^ more) | here | fewer | swapped;
            let (right, left) = (fewer | !(same | more), same & more);
            slips = slips + usize::from(right & end != 0) - usize::from(left & end != 0);
            best = best.min(slips);
            let right = (right << 1) | 1;
            (more, fewer) = ((left << 1) | !(same | right), right & same);
            before = here;
        }
        let slips = if goes_on { best } else { slips };
        (slips <= most).then_some(slips)
    }
}

#[cfg(test)]
mod tests {
    use super::Slips;
    use proptest::prelude::*;

    fn between(typed: &str, word: &str, most: usize, goes_on: bool) -> Option<usize> {
        Slips::of(typed.as_bytes()).until(word.as_bytes(), most, goes_on)
    }

    /// The whole table, cell by cell.
    fn table(typed: &[u8], word: &[u8]) -> Vec<usize> {
        let mut cells = vec![vec![0; word.len() + 1]; typed.len() + 1];
        for i in 0..=typed.len() {
            for j in 0..=word.len() {
                cells[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let wrong = usize::from(typed[i - 1] != word[j - 1]);
                    let plain = (cells[i - 1][j - 1] + wrong).min(cells[i - 1][j] + 1).min(cells[i][j - 1] + 1);
                    let swapped = i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1];
                    if swapped { plain.min(cells[i - 2][j - 2] + 1) } else { plain }
                };
            }
        }
        cells.pop().unwrap()
    }

    #[test]
    fn slips_are_counted_as_people_make_them() {
        for typed in ["nutela", "nuttella", "nutelal", "mutella"] {
            assert_eq!(between(typed, "nutella", 1, false), Some(1), "{typed}");
        }
        assert_eq!(between("chocolat", "chocolate", 0, false), None);
        assert_eq!(between("chokolte", "chocolate", 2, false), Some(2));
        assert_eq!(between("chokolte", "chocolate", 1, false), None);
        assert_eq!(between("nutl", "nutella", 1, true), Some(1));
        assert_eq!(between("nutl", "nutella", 1, false), None);
        assert_eq!(between(&"x".repeat(90), "x", 2, true), None);
        assert_eq!(between("", "x", 2, true), None);
    }

    proptest! {
        #[test]
        fn the_bits_count_what_the_table_counts(typed in "[a-d]{1,32}", word in "[a-d]{0,34}", most in 0..3_usize) {
            let row = table(typed.as_bytes(), word.as_bytes());
            let within = |slips: usize| (slips <= most).then_some(slips);
            prop_assert_eq!(between(&typed, &word, most, false), within(*row.last().unwrap()));
            prop_assert_eq!(between(&typed, &word, most, true), within(*row.iter().min().unwrap()));
        }
    }
}
