//! Client ids that stand in the input twice. Ids are remembered by a hash of 64 bits, so that millions fit; the
//! oldest are forgotten in the end. A warning that is missing changes no decision.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::decider::Done;
use super::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::report::findings::{self, Colour};
use crate::span::{Span, TextId, Texts};

/// At least so many ids back a repeated one is noticed.
const REMEMBERED: usize = 450_000;

/// There may be as many.
const MANY: usize = 10_000;

/// More repeated ids are not named.
const MOST_NAMED: usize = 200;

/// Where a client id stands.
#[derive(Clone, Copy)]
pub struct Seen {
    /// Stands for the id.
    pub hash: u64,
    /// The line in its file.
    pub line: u32,
    /// The text it was read from.
    pub text: Option<TextId>,
    /// Its bytes in the text of its piece.
    pub at: (u32, u32),
}

impl Seen {
    /// An id at a place in its piece.
    pub fn of(id: &str, line: u32, from: u32) -> Seen {
        Seen { hash: hash(id), line, text: None, at: (from, from + id.len() as u32) }
    }
}

/// The ids so far, by hash, with their file and line.
#[derive(Default)]
pub struct Repeats {
    files: Vec<Arc<str>>,
    now: Ids,
    before: Ids,
    found: usize,
}

type Ids = HashMap<u64, (u32, u32), BuildHasherDefault<AsIs>>;

/// The hash of an id is one already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Stands for an id; the same on every machine.
pub fn hash(id: &str) -> u64 {
    let mixed = |mix: u64, more: u64| (mix.rotate_left(23) ^ more).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let words = id.as_bytes().chunks(8).map(words::padded);
    let mut mix = words.fold(id.len() as u64, mixed);
    mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix ^ (mix >> 31)
}

impl Repeats {
    /// The warnings about ids of a piece that stood somewhere before.
    pub fn all(&mut self, done: &Done) -> String {
        let Done { ids, source: (file, content), .. } = done;
        let mut text = String::new();
        for seen in ids {
            if let Some(first) = self.add(file, seen) {
                self.found += 1;
                match self.found {
                    ..=MOST_NAMED => text += &repeated(file, content, seen, &first),
                    _ if self.found == MOST_NAMED + 1 => text += "further clients stand twice\n\n",
                    _ => {}
                }
            }
        }
        text
    }

    /// Adds an id of a file; comes back with the place where it stood first, as `file:line`.
    fn add(&mut self, file: &Arc<str>, seen: &Seen) -> Option<String> {
        if self.files.last().is_none_or(|last| last != file) {
            self.files.push(file.clone());
        }
        let first = self.now.get(&seen.hash).or_else(|| self.before.get(&seen.hash));
        if let Some((file, line)) = first {
            return Some(format!("{}:{line}", self.files[*file as usize]));
        }
        if self.now.len() >= REMEMBERED {
            std::mem::swap(&mut self.before, &mut self.now);
            self.now.clear();
        }
        if self.now.len() == MANY {
            // Once there are many, all the room is made at once.
            self.now.reserve(REMEMBERED - MANY);
        }
        self.now.insert(seen.hash, (self.files.len() as u32 - 1, seen.line));
        None
    }
}

/// A warning that names both places of a client id.
fn repeated(file: &str, content: &[u8], seen: &Seen, first: &str) -> String {
    let (from, to) = (seen.at.0 as usize, seen.at.1 as usize);
    let is_break = |byte: &u8| *byte == b'\n';
    let start = content[..from].iter().rposition(is_break).map_or(0, |at| at + 1);
    let end = content[to..].iter().position(is_break).map_or(content.len(), |at| to + at);
    let line = String::from_utf8_lossy(&content[start..end]).into_owned();
    let mut texts = Texts::new();
    let id = texts.add_piece(file, line, seen.line - 1);
    let client = String::from_utf8_lossy(&content[from..to]);
    let client = client.trim_matches('"');
    let warning =
        Diagnostic::warning(Code::RepeatedClient, format!("the client `{client}` stands here twice"))
            .at(Span::new(id, from - start..to - start), "again here")
            .note(format!("it stands first at {first}; both records are decided, each by itself"))
            .help("give each client one record, or each record its own id");
    findings::each(&texts, &[warning], Colour::Styled)
}
