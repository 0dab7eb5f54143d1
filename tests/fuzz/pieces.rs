//! `decide` for many clients: of whatever records, and wherever the pieces end in which they are read, the same table
//! is filled and the same is said beside it as if they were read at once.

use std::io::{self, Read};

use clearance::inside::cli::decide::{Args, Filled, Filler, Table};
use clearance::inside::rulebook::Rulebook;
use clearance::inside::rulebook::records::Input as Format;
use clearance::inside::value::Day;

use crate::checks;
use crate::random::Random;
use crate::run::Input;

/// So many lines of one input are decided about.
const MOST_LINES: usize = 40;

/// Some rules, and two tables of them that outlive every execution, as those of a large file do.
struct Tables {
    /// The treatment.
    kind: &'static str,
    format: Format,
    /// A new one, as numbers go on in one that was filled.
    table: Box<dyn Fn() -> &'static Table<'static>>,
    fillers: [Filler<'static, 'static>; 2],
}

impl Tables {
    fn new(rules: &'static Rulebook, format: Format, days: [Option<Day>; 2]) -> Tables {
        let kind = &rules.loaded().book.treatments[0].id;
        let args: &'static Args = Box::leak(Box::new(Args::table(format, days[0], days[1])));
        let table = move || {
            &*Box::leak(Box::new(Table::new(args, rules).unwrap_or_else(|_| panic!("the rules are sound"))))
        };
        Tables { kind, format, fillers: [table().filler(), table().filler()], table: Box::new(table) }
    }

    fn compare(&mut self, bytes: &[u8], random: &Random) -> Filled {
        let [one, other] = &mut self.fillers;
        let pieces = Pieces::cut(bytes, random);
        let [cut, whole] = [fill(one, pieces.clone()), fill(other, Pieces::whole(bytes))];
        if cut == whole {
            return cut;
        }
        let alone =
            [pieces.clone(), Pieces::whole(bytes)].map(|pieces| fill(&mut (self.table)().filler(), pieces));
        let when = if alone[0] == alone[1] { "after others only" } else { "by itself" };
        let texts = |filled: Filled| {
            [filled.rows, filled.said, filled.repeated, filled.summary, format!("wrong: {}", filled.is_wrong)]
                .concat()
        };
        let (cut, whole) = (texts(cut), texts(whole));
        let same = cut.lines().zip(whole.lines()).take_while(|(cut, whole)| cut == whole).count();
        let line = |text: &str| text.lines().nth(same).unwrap_or_default().to_string();
        let (cut, whole, pieces) = (line(&cut), line(&whole), pieces.lengths());
        panic!("{when}, line {same}: in pieces of {pieces:?} it says\n{cut}\nand at once\n{whole}");
    }
}

fn fill(filler: &mut Filler<'_, '_>, pieces: Pieces) -> Filled {
    filler.fill(Box::new(pieces)).unwrap_or_else(|_| panic!("nothing is read that could fail"))
}

pub fn executor(format: Format) -> impl FnMut(&Input<'_>) -> u64 {
    let rules = [checks::shipped(), checks::peel()]
        .map(|loaded| &*Box::leak(Box::new(Rulebook::from_loaded(loaded))));
    let day = |text| Some(Day::parse(text).expect("a day"));
    let days = [[None, None], [day("2026-03-02"), None], [day("2026-06-15"), day("2026-05-28")]];
    let each = rules.into_iter().flat_map(|rules| days.map(|days| Tables::new(rules, format, days)));
    let mut tables: Vec<Tables> = each.collect();
    move |input| {
        // All that is chosen follows from the input, so that one that was kept does the same again.
        let random = Random::new(input.bytes.iter().fold(1, |sum, byte| checks::mix(sum, u64::from(*byte))));
        let which = if random.one_in(2) { 0 } else { random.below(days.len()) };
        let tables = tables.iter_mut().filter(|tables| tables.kind == input.kind).nth(which);
        let tables = tables.unwrap_or_else(|| panic!("no treatment is called `{}`", input.kind));
        let bytes = first_lines(input.bytes);
        let filled = tables.compare(bytes, &random);
        counted(bytes, tables.format, &filled);
        saw(&filled)
    }
}

/// Enough lines for several pieces; each may take milliseconds.
fn first_lines(bytes: &[u8]) -> &[u8] {
    let mut breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    breaks.nth(MOST_LINES - 1).map_or(bytes, |(at, _)| &bytes[..=at])
}

/// No record is lost, and none is there twice.
fn counted(bytes: &[u8], format: Format, filled: &Filled) {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(filled.rows.as_bytes());
    let rows = rows.records().filter(|row| row.as_ref().is_ok_and(|row| row.len() == 17)).count();
    assert_eq!(filled.rows.lines().count(), rows, "{:?}", filled.rows);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let unmarked = |text| str::trim_start_matches(text, '\u{feff}');
    match format {
        // A picture or a workbook is no records.
        Format::Ndjson if rows == 0 && filled.is_wrong => {}
        Format::Ndjson => {
            let lines = text.split('\n').map(unmarked);
            assert_eq!(rows, lines.filter(|line| !line.trim().is_empty()).count());
        }
        // A header that cannot be read is none; quotes and bare returns take a reader of tables.
        _ if rows == 0 || text.contains(['"', '\r']) => {}
        _ => {
            let mut lines = unmarked(text).trim_start_matches('\n').split('\n');
            let header = lines.next().unwrap_or_default();
            let count = |sign| header.matches(sign).count();
            let delimiter = if count(';') > count(',') { ';' } else { ',' };
            let filled = |line: &&str| line.contains(|sign: char| sign != delimiter && !sign.is_whitespace());
            assert_eq!(rows, lines.filter(filled).count());
        }
    }
}

/// What is new to see: outcomes, which cells are filled, and what kinds of findings.
fn saw(filled: &Filled) -> u64 {
    let mut seen = filled.rows.lines().count().min(3) as u64;
    for row in filled.rows.lines().take(2) {
        for cell in row.split(',').skip(1) {
            let words = cell.bytes().filter(|byte| !byte.is_ascii_digit()).take(16);
            seen = checks::mix(seen, words.fold(1, |sum, byte| checks::mix(sum, u64::from(byte))));
        }
    }
    let found = filled.said.lines().filter(|line| line.contains("error[") || line.contains("warning["));
    let mut found: Vec<&str> = found.map(|line| line.split('`').next().unwrap_or(line)).collect();
    found.sort_unstable();
    found.dedup();
    found
        .iter()
        .take(2)
        .flat_map(|line| line.bytes())
        .fold(seen, |sum, byte| checks::mix(sum, u64::from(byte)))
}

/// A text that comes in pieces, as through a pipe.
#[derive(Clone)]
struct Pieces {
    bytes: Vec<u8>,
    /// Where pieces end, the last first.
    ends: Vec<usize>,
    read: usize,
}

impl Pieces {
    fn whole(bytes: &[u8]) -> Pieces {
        Pieces { bytes: bytes.to_vec(), ends: Vec::new(), read: 0 }
    }

    fn cut(bytes: &[u8], random: &Random) -> Pieces {
        let count = match random.below(64) {
            0 => random.below(bytes.len().min(400) + 1),
            at => at % 6,
        };
        let place = |_| match random.one_in(4) {
            true => random.below(8),
            false => random.below(bytes.len() + 1),
        };
        let mut ends: Vec<usize> = (0..count).map(place).collect();
        ends.sort_unstable_by(|a, b| b.cmp(a));
        ends.dedup();
        Pieces { ends, ..Pieces::whole(bytes) }
    }

    fn lengths(&self) -> Vec<usize> {
        let mut pieces = self.clone();
        let mut room = vec![0; self.bytes.len() + 1];
        std::iter::from_fn(|| pieces.read(&mut room).ok().filter(|read| *read > 0)).collect()
    }
}

impl Read for Pieces {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.ends.pop_if(|end| *end <= self.read).is_some() {}
        let end = self.ends.last().copied().unwrap_or(usize::MAX).min(self.bytes.len());
        let piece = &self.bytes[self.read..end];
        let length = piece.len().min(room.len());
        room[..length].copy_from_slice(&piece[..length]);
        self.read += length;
        Ok(length)
    }
}
