//! Plain JSON, read in place: no escapes, and no numbers but decimals. Anything else ends the reading with `None`,
//! which says nothing about whether it is JSON.

use super::words;

/// A JSON text and how far it is read.
#[derive(Clone)]
pub struct Json<'l> {
    text: &'l str,
    bytes: &'l [u8],
    at: usize,
    /// Whether the next member or item is the first of its object or list.
    first: bool,
}

/// Deeper than this nothing is skipped.
const MOST_DEPTH: usize = 8;

impl<'l> Json<'l> {
    /// At the start of a text.
    pub fn of(text: &'l str) -> Json<'l> {
        Json { text, bytes: text.as_bytes(), at: 0, first: true }
    }

    /// The place of what comes next.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Reads on at a place.
    pub fn go_to(&mut self, place: usize) {
        self.at = place;
    }

    /// The next byte that is no blank.
    pub fn next(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Opens an object or a list.
    pub fn open(&mut self, with: u8) -> Option<()> {
        self.eat(with)?;
        self.first = true;
        Some(())
    }

    fn eat(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then(|| self.at += 1)
    }

    /// The next key, with its colon; `None` within at the end of the object, which is closed.
    pub fn key(&mut self) -> Option<Option<&'l str>> {
        if !self.more(b'}')? {
            return Some(None);
        }
        let key = self.string()?;
        self.eat(b':')?;
        Some(Some(key))
    }

    /// Passes over the next key if it is this one, given with its quotes and its colon.
    pub fn passes(&mut self, key: &str) -> bool {
        let start = if self.first { self.at } else { self.at + 1 };
        let parted = self.first || self.bytes.get(self.at) == Some(&b',');
        let is = parted && self.bytes.get(start..).is_some_and(|rest| rest.starts_with(key.as_bytes()));
        if is {
            self.at = start + key.len();
            self.first = false;
        }
        is
    }

    /// The list that comes next, as far as its first closing bracket, and where that ends.
    pub fn list(&self) -> Option<(&'l str, usize)> {
        let end = self.at + memchr::memchr(b']', self.bytes.get(self.at..)?)? + 1;
        Some((self.text.get(self.at..end)?, end))
    }

    /// The strings of the list that comes next, each `None` if it cannot be read.
    pub fn strings(&mut self) -> impl Iterator<Item = Option<&'l str>> {
        let mut fine = self.open(b'[').is_some();
        std::iter::from_fn(move || {
            if !fine {
                return None;
            }
            match self.item() {
                Some(false) => None,
                more => {
                    let string = more.and_then(|_| self.string());
                    fine = string.is_some();
                    Some(string)
                }
            }
        })
    }

    /// Whether the list goes on; it is closed at its end.
    fn item(&mut self) -> Option<bool> {
        self.more(b']')
    }

    fn more(&mut self, end: u8) -> Option<bool> {
        let first = std::mem::take(&mut self.first);
        let next = self.next()?;
        if next == end {
            self.at += 1;
            return Some(false);
        }
        if !first {
            (next == b',').then_some(())?;
            self.at += 1;
        }
        Some(true)
    }

    /// A string without escapes.
    pub fn string(&mut self) -> Option<&'l str> {
        self.eat(b'"')?;
        let start = self.at;
        let end = start + words::plain(self.bytes, start)?;
        (self.bytes[end] == b'"').then_some(())?;
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// A string, number, yes, no or nothing, as a word.
    pub fn word(&mut self) -> Option<&'l str> {
        let rest = |json: &Self| json.bytes.get(json.at..);
        match self.next()? {
            b'"' => self.string(),
            b't' => self.literal(rest(self)?, b"true", "yes"),
            b'f' => self.literal(rest(self)?, b"false", "no"),
            b'n' => self.literal(rest(self)?, b"null", ""),
            _ => self.number(),
        }
    }

    fn literal(&mut self, rest: &[u8], word: &[u8], says: &'static str) -> Option<&'l str> {
        rest.starts_with(word).then(|| {
            self.at += word.len();
            says
        })
    }

    /// `-12.5`, without an exponent.
    fn number(&mut self) -> Option<&'l str> {
        let start = self.at;
        self.at += usize::from(self.bytes.get(start) == Some(&b'-'));
        let digits = |json: &mut Self| {
            let from = json.at;
            while json.bytes.get(json.at).is_some_and(u8::is_ascii_digit) {
                json.at += 1;
            }
            json.at - from
        };
        let zero = self.bytes.get(self.at) == Some(&b'0');
        let whole = digits(self);
        if whole == 0 || (zero && whole > 1) {
            return None;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            (digits(self) > 0).then_some(())?;
        }
        let behind = self.bytes.get(self.at).copied();
        matches!(behind, None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\r')).then_some(())?;
        self.text.get(start..self.at)
    }

    /// Passes over a value that is read later.
    pub fn skip(&mut self) -> Option<()> {
        let mut depth = 0;
        loop {
            match self.next()? {
                b'{' | b'[' if depth < MOST_DEPTH => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b'{' | b'[' | b'}' | b']' | b',' | b':' => return None,
                _ => {
                    self.word()?;
                }
            }
            if depth == 0 {
                self.first = false;
                return Some(());
            }
        }
    }

    /// Nothing but blanks is left.
    pub fn end(&mut self) -> Option<()> {
        self.next().is_none().then_some(())
    }
}
