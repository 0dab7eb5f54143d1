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
    /// Answers to whole facts.
    pub whole: Vec<(usize, FactId)>,
    /// Those in which a dot may part thousands.
    pub grouped: Vec<usize>,
    /// Answers to options, for each fact.
    pub options: Vec<(FactId, Vec<(usize, usize)>)>,
}

impl Columns {
    /// Adds a column that answers an option.
    pub fn add_option(&mut self, fact: FactId, at: usize, option: usize) {
        match self.options.iter_mut().find(|(other, _)| *other == fact) {
            Some((_, columns)) => columns.push((at, option)),
            None => self.options.push((fact, vec![(at, option)])),
        }
    }
}

/// The cells of a row.
#[derive(Default)]
pub struct Cells {
    /// Where each stands; of too many, only the first.
    places: Vec<(u32, u32)>,
    count: usize,
    /// Whether there is nothing but visible ASCII: no cell has blanks around it, and all is UTF-8.
    tight: bool,
    /// Whether some cell has quotes.
    quoted: bool,
}

impl Cells {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The text of a cell, without the blanks around it.
    pub fn text<'l>(&self, row: &'l [u8], at: usize) -> Option<&'l [u8]> {
        let (from, to) = *self.places.get(at)?;
        let text = row.get(from as usize..to as usize)?;
        if self.tight { Some(text) } else { Some(str::from_utf8(text).ok()?.trim().as_bytes()) }
    }

    /// Finds the cells of the first line of a text, which should have so many, as if it had no quotes; says where the
    /// line ends.
    pub fn split(&mut self, text: &[u8], delimiter: u8, columns: usize) -> usize {
        self.places.resize(columns, (0, 0));
        let (mut start, mut quotes, mut odd) = (0, 0, 0);
        let (mut places, mut count) = (self.places.iter_mut(), 0);
        let mut cut = |at: usize, mut found: u64| {
            while found != 0 {
                let end = (at + words::first(found)) as u32;
                if let Some(place) = places.next() {
                    *place = (start, end);
                }
                count += 1;
                start = end + 1;
                found &= found - 1;
            }
        };
        let mut at = 0;
        let mut all = text.chunks_exact(8);
        let end = loop {
            let mut own = 8;
            let mut strange = None;
            for chunk in &mut all {
                let word = words::padded(chunk);
                if words::blank(word) != 0 {
                    strange = Some(word);
                    break;
                }
                quotes |= words::equal_ascii(word, b'"');
                cut(at, words::equal_ascii(word, delimiter));
                at += 8;
            }
            let mut word = strange.unwrap_or_else(|| {
                own = all.remainder().len();
                words::padded(all.remainder())
            });
            let breaks = words::equal(word, b'\n');
            if breaks != 0 {
                own = words::first(breaks);
            }
            word = words::start(word, own);
            odd |= words::blank(word);
            quotes |= words::equal(word, b'"');
            cut(at, words::equal(word, delimiter));
            at += own;
            if own < 8 {
                break at;
            }
        };
        self.count = count + 1;
        if let Some(place) = self.places.get_mut(count) {
            *place = (start, end as u32);
        }
        (self.tight, self.quoted) = (odd == 0, quotes != 0);
        end
    }

    /// Looks closer at the row whose cells were found, without its break; `None` for what takes the long way.
    pub fn settle(&mut self, row: &[u8], delimiter: u8) -> Option<()> {
        if !self.tight {
            str::from_utf8(row).ok()?;
        }
        if self.quoted || (!self.tight && row.contains(&b'\r')) {
            split_quoted(row, delimiter, &mut self.places)?;
            self.count = self.places.len();
        } else if let Some(last) = self.places.get_mut(self.count - 1) {
            last.1 = row.len() as u32;
        }
        Some(())
    }
}

fn split_quoted(bytes: &[u8], delimiter: u8, cells: &mut Vec<(u32, u32)>) -> Option<()> {
    cells.clear();
    let (mut start, mut at) = (0, 0);
    loop {
        match bytes.get(at) {
            Some(b'"') if at == start => {
                let end = at + 1 + bytes[at + 1..].iter().position(|byte| *byte == b'"')?;
                if bytes.get(end + 1).is_some_and(|byte| *byte != delimiter) {
                    return None;
                }
                cells.push((at as u32 + 1, end as u32));
                if end + 1 == bytes.len() {
                    return Some(());
                }
                at = end + 2;
                start = at;
            }
            Some(b'\r' | b'\n') => return None,
            Some(byte) if *byte == delimiter => {
                cells.push((start as u32, at as u32));
                at += 1;
                start = at;
            }
            Some(_) => at += 1,
            None => {
                cells.push((start as u32, at as u32));
                return Some(());
            }
        }
    }
}
