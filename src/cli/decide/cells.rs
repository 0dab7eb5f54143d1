//! The cells of a table's rows, and what its columns hold, for records that are read in place.

use super::words;
use crate::book::condition::FactId;

/// What the columns of a table hold, each by its place.
#[derive(Default)]
pub struct Columns {
    /// How many there are.
    pub count: usize,
    /// The client's id.
    pub client: Option<usize>,
    /// The day asked about.
    pub visit: Option<usize>,
    /// The day of answers that carry none.
    pub answered_on: Option<usize>,
    /// The days of answers.
    pub dated: Vec<(usize, FactId)>,
    /// Answers, to a whole fact or to one of its options.
    pub answers: Vec<(usize, FactId, Option<usize>)>,
}

/// The cells of a row.
#[derive(Default)]
pub struct Cells {
    /// Where each stands.
    pub places: Vec<(usize, usize)>,
    /// Whether no cell can have blanks around it.
    tight: bool,
}

impl Cells {
    /// The text of a cell, without the blanks around it.
    pub fn text<'l>(&self, row: &'l str, at: usize) -> Option<&'l str> {
        let (from, to) = self.places[at];
        let text = row.get(from..to)?;
        Some(if self.tight { text } else { text.trim() })
    }

    /// Finds the cells of a row; `None` for quotes that take a closer look.
    pub fn split(&mut self, row: &str, delimiter: u8) -> Option<()> {
        self.places.clear();
        let bytes = row.as_bytes();
        let (mut start, mut quotes, mut odd) = (0, 0, 0);
        let words = bytes.chunks_exact(8);
        let mut at = bytes.len() - words.remainder().len();
        for (from, chunk) in (0..).step_by(8).zip(words) {
            let word = words::word(chunk);
            quotes |= words::equal(word, b'"');
            odd |= words::blank(word);
            let mut found = words::equal(word, delimiter);
            while found != 0 {
                let end = from + words::first(found);
                self.places.push((start, end));
                start = end + 1;
                found &= found - 1;
            }
        }
        while let Some(byte) = bytes.get(at) {
            quotes |= u64::from(*byte == b'"');
            odd |= u64::from(!(0x21..0x7f).contains(byte));
            if *byte == delimiter {
                self.places.push((start, at));
                start = at + 1;
            }
            at += 1;
        }
        self.places.push((start, at));
        self.tight = odd == 0;
        match quotes == 0 && (self.tight || !row.contains('\r')) {
            true => Some(()),
            false => split_quoted(bytes, delimiter, &mut self.places),
        }
    }
}

fn split_quoted(bytes: &[u8], delimiter: u8, cells: &mut Vec<(usize, usize)>) -> Option<()> {
    cells.clear();
    let (mut start, mut at) = (0, 0);
    loop {
        match bytes.get(at) {
            Some(b'"') if at == start => {
                let end = at + 1 + bytes[at + 1..].iter().position(|byte| *byte == b'"')?;
                if bytes.get(end + 1).is_some_and(|byte| *byte != delimiter) {
                    return None;
                }
                cells.push((at + 1, end));
                if end + 1 == bytes.len() {
                    return Some(());
                }
                at = end + 2;
                start = at;
            }
            Some(b'\r' | b'\n') => return None,
            Some(byte) if *byte == delimiter => {
                cells.push((start, at));
                at += 1;
                start = at;
            }
            Some(_) => at += 1,
            None => {
                cells.push((start, at));
                return Some(());
            }
        }
    }
}
