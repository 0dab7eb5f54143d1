//! A small generator whose numbers are the same everywhere (splitmix64).

use std::cell::Cell;

/// Where choices come from.
pub struct Random(Cell<u64>);

impl Random {
    /// A source of its own for each seed.
    pub fn new(seed: u64) -> Random {
        Random(Cell::new(seed))
    }

    /// The next number.
    pub fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n - 1`; 0 if there is none.
    pub fn below(&self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// Whether one of `n` came up.
    pub fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A place in `0..=length`, and one after it that is near in most cases.
    pub fn range(&self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let reach = if self.one_in(8) { length } else { 24 };
        from..(from + self.below(reach + 1)).min(length)
    }
}
