//! Client ids that stand in the input twice. Ids are remembered by a hash of 64 bits, so that millions fit; the
//! oldest are forgotten in the end. A warning that is missing changes no decision.

use std::sync::Arc;

use super::decider::Done;
use crate::diagnostic::{Code, Diagnostic};
use crate::report::findings::{self, Colour};
use crate::span::{Span, Texts};

/// At least so many ids back a repeated one is noticed.
const REMEMBERED: usize = 450_000;

/// More repeated ids are not named.
const MOST_NAMED: usize = 200;

/// Where a client id stands.
#[derive(Clone, Copy)]
pub struct Seen {
    /// Stands for the id.
    pub hash: u64,
    /// The line in its file.
    pub line: u32,
    /// Its bytes in the text of its piece.
    pub at: (u32, u32),
}

impl Seen {
    /// An id at a place in its piece.
    pub fn of(id: &str, line: u32, at: (u32, u32)) -> Seen {
        Seen { hash: hash(id), line, at }
    }
}

/// The ids so far, with their file and line.
#[derive(Default)]
pub struct Repeats {
    files: Vec<Arc<str>>,
    now: Ids,
    before: Ids,
    found: usize,
}

/// Ids by hash, in as little room as can be at random places: memory is slow, and most ids are new.
#[derive(Default)]
struct Ids {
    /// [`FREE`], or the number of an id and above it a part of its hash.
    places: Vec<u32>,
    /// Each id's hash, file and line.
    all: Vec<(u64, u32, u32)>,
}

/// So many bits of a place are a number.
const NUMBER_BITS: u32 = 20;
/// No number is as high.
const FREE: u32 = u32::MAX;
/// There are few places at first, and many as soon as half of these are taken.
const FEW_PLACES: usize = 1 << 14;
const PLACES: usize = 1 << NUMBER_BITS;

impl Ids {
    /// Where an id stood; if it did not, the place that is free for it.
    fn find(&self, hash: u64) -> Result<(u32, u32), usize> {
        let Some(mask) = self.places.len().checked_sub(1) else { return Err(0) };
        let part = (hash >> (32 + NUMBER_BITS)) as u32;
        let mut at = hash as usize & mask;
        loop {
            let place = self.places[at];
            if place == FREE {
                return Err(at);
            }
            let (other, file, line) = match place >> NUMBER_BITS == part {
                true => self.all[place as usize & (PLACES - 1)],
                false => (!hash, 0, 0),
            };
            if other == hash {
                return Ok((file, line));
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds an id that did not stand anywhere, at its free place.
    fn add(&mut self, hash: u64, file: u32, line: u32, free: usize) {
        self.all.push((hash, file, line));
        if self.all.len() * 2 > self.places.len() && self.places.len() < PLACES {
            let places = if self.places.is_empty() { FEW_PLACES } else { PLACES };
            self.places = vec![FREE; places];
            for number in 0..self.all.len() {
                let hash = self.all[number].0;
                if let Err(free) = self.find(hash) {
                    self.put(hash, number, free);
                }
            }
            return;
        }
        self.put(hash, self.all.len() - 1, free);
    }

    fn put(&mut self, hash: u64, number: usize, free: usize) {
        self.places[free] = ((hash >> (32 + NUMBER_BITS)) as u32) << NUMBER_BITS | number as u32;
    }

    /// Reads the places of ids, all of them before one is looked at: so memory need not be waited for one by one.
    fn fetch(&self, ids: &[Seen]) {
        let Some(mask) = self.places.len().checked_sub(1) else { return };
        let places = ids.iter().map(|seen| self.places[seen.hash as usize & mask]);
        std::hint::black_box(places.fold(0, |all, place| all ^ place));
    }

    fn clear(&mut self) {
        self.places.fill(FREE);
        self.all.clear();
    }
}

/// Stands for an id; the same on every machine.
pub fn hash(id: &str) -> u64 {
    let mixed = |mix: u64, more: u64| (mix.rotate_left(23) ^ more).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let words = id.as_bytes().chunks(8).map(|chunk| {
        let mut eight = [0; 8];
        eight[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(eight)
    });
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
        self.now.fetch(ids);
        self.before.fetch(ids);
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
        let (hash, here) = (seen.hash, self.files.len() as u32 - 1);
        if self.now.all.len() >= REMEMBERED {
            std::mem::swap(&mut self.before, &mut self.now);
            self.now.clear();
        }
        match (self.now.find(hash), self.before.find(hash)) {
            (Ok((file, line)), _) | (_, Ok((file, line))) => {
                Some(format!("{}:{line}", self.files[file as usize]))
            }
            (Err(free), Err(_)) => {
                self.now.add(hash, here, seen.line, free);
                None
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_where_they_stood_first() {
        let mut ids = Ids::default();
        // Many share a place, and some a part of the hash as well.
        let hashes: Vec<u64> = (0..40_000u64).map(|n| ((n % 7) << 60) | (n / 7 * 3) | (n << 33)).collect();
        for (line, hash) in (1..).zip(&hashes) {
            let free = ids.find(*hash).expect_err("it is new");
            ids.add(*hash, line / 1000, line, free);
        }
        for (line, hash) in (1..).zip(&hashes) {
            assert_eq!(ids.find(*hash), Ok((line / 1000, line)));
        }
        assert!(ids.find(1 << 59).is_err());
        ids.clear();
        assert!(hashes.iter().all(|hash| ids.find(*hash).is_err()));
    }

    #[test]
    fn an_id_is_remembered_for_long() {
        let mut repeats = Repeats::default();
        let file = Arc::from("clients.csv");
        let mut add =
            |number: usize, line| repeats.add(&file, &Seen::of(&format!("C{number}"), line, (0, 0)));
        assert_eq!(add(0, 2), None);
        for number in 1..REMEMBERED {
            assert_eq!(add(number, number as u32 + 2), None);
        }
        assert_eq!(add(0, 500_002), Some("clients.csv:2".to_string()));
        assert_eq!(add(REMEMBERED, 500_003), None);
        assert_eq!(add(7, 500_004), Some("clients.csv:9".to_string()));
    }
}
