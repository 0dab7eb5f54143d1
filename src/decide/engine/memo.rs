//! Cases and their numbers: a table from short rows of tokens to a number, of bounded size, without a hash order
//! that anything could depend on.

use super::sets::Token;

/// Rows that were seen, with the number each was given.
#[derive(Default)]
pub(super) struct Memo {
    /// Row after row.
    rows: Vec<Token>,
    width: usize,
    /// 0 or one more than a row's number.
    places: Vec<u32>,
    count: usize,
    /// The row that was asked for last, and its number if it was seen: the next is often the same.
    last: (Vec<Token>, Option<u32>),
}

/// More rows are not kept.
const MOST: usize = 1 << 14;

impl Memo {
    pub(super) fn new(width: usize) -> Memo {
        Memo { width, places: vec![0; 16], ..Memo::default() }
    }

    /// Whether the rows must be forgotten first.
    pub(super) fn is_full(&self) -> bool {
        self.count >= MOST
    }

    pub(super) fn clear(&mut self) {
        *self = Memo::new(self.width);
    }

    fn start(&self, row: &[Token]) -> usize {
        let mut hash = 0u64;
        for token in row {
            hash = (hash.rotate_left(5) ^ *token as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        (hash >> 20) as usize & (self.places.len() - 1)
    }

    /// The number of a row, if it was seen.
    #[inline]
    pub(super) fn get(&mut self, row: impl Iterator<Item = Token> + Clone) -> Option<u32> {
        let (last, number) = &mut self.last;
        if number.is_none() || !row.clone().eq(last.iter().copied()) {
            last.clear();
            last.extend(row);
            self.last.1 = self.find();
        }
        self.last.1
    }

    fn find(&self) -> Option<u32> {
        let row = &self.last.0[..];
        let mut at = self.start(row);
        loop {
            let number = self.places[at].checked_sub(1)?;
            if self.row(number) == row {
                return Some(number);
            }
            at = (at + 1) & (self.places.len() - 1);
        }
    }

    /// The row of a number.
    pub(super) fn row(&self, number: u32) -> &[Token] {
        &self.rows[number as usize * self.width..][..self.width]
    }

    /// Gives the row that was asked for last, and was not seen, the next number.
    pub(super) fn add(&mut self) -> u32 {
        let number = self.count as u32;
        self.rows.extend_from_slice(&self.last.0);
        self.last.1 = Some(number);
        self.count += 1;
        if self.count * 2 > self.places.len() {
            self.places = vec![0; self.places.len() * 4];
            (0..=number).for_each(|number| self.put(number));
        } else {
            self.put(number);
        }
        number
    }

    fn put(&mut self, number: u32) {
        let start = number as usize * self.width;
        let mut at = self.start(&self.rows[start..start + self.width]);
        while self.places[at] != 0 {
            at = (at + 1) & (self.places.len() - 1);
        }
        self.places[at] = number + 1;
    }
}
