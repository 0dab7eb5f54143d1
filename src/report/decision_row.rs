//! Decisions as lines of CSV.

use super::decision_data::error_line;
use super::safe_cell;
use crate::book::{Book, Outcome, Treatment};
use crate::decide::{Asked, Brief, Possible, StepTruths};
use crate::diagnostic::Diagnostic;
use crate::span::Texts;
use crate::value::{Day, Truth};

/// The columns.
const COLUMNS: [&str; 17] = [
    "client",
    "treatment",
    "visit",
    "outcome",
    "possible",
    "settled",
    "not_before",
    "latest",
    "book_from",
    "cleared_when",
    "reasons",
    "may_apply",
    "questions",
    "open_only",
    "steps",
    "next_change",
    "error",
];

/// The names of the columns, as a line of CSV.
pub fn header() -> String {
    COLUMNS.join(",") + "\n"
}

/// So many days are kept.
const DAYS: usize = 512;
/// So many texts of a kind are kept.
const MOST_RECALLED: usize = 32;

/// A text that is written often, with room behind it: a copy of fixed length is the quickest.
#[derive(Clone)]
struct Text {
    start: [u8; ROOM],
    length: usize,
    /// The whole text, if there is no room for it.
    long: Option<Box<[u8]>>,
}

/// So many bytes of a text are copied at once.
const ROOM: usize = 48;

impl Text {
    fn of(text: &[u8]) -> Text {
        let mut start = [0; ROOM];
        start.iter_mut().zip(text).for_each(|(place, byte)| *place = *byte);
        let long = (text.len() > ROOM).then(|| Box::from(text));
        Text { start, length: text.len(), long }
    }

    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        match &self.long {
            Some(text) => out.extend_from_slice(text),
            None => {
                let end = out.len() + self.length;
                out.extend_from_slice(&self.start);
                out.truncate(end);
            }
        }
    }
}

/// Writes lines of CSV about the clients of one treatment.
pub struct Rows<'b> {
    treatment: &'b Treatment,
    /// For each rule and each fact its id.
    rules: Vec<Text>,
    facts: Vec<Text>,
    /// The treatment's cell and comma.
    id: Text,
    /// Whether no word of the page ever needs quotes.
    plain: bool,
    /// Days as they were written before, each at a place of its own.
    days: Vec<Option<(Day, Text)>>,
    /// Outcomes as they were written before: the headline, what is possible and whether it is settled.
    outcomes: Vec<((Outcome, Possible, bool), Text)>,
    /// The steps of the appointment as they were written before.
    steps: Vec<(StepTruths, Text)>,
}

impl<'b> Rows<'b> {
    /// For a treatment.
    pub fn of(book: &Book, treatment: &'b Treatment) -> Rows<'b> {
        let rules = treatment.rules.iter().map(|rule| &rule.id);
        let endings =
            treatment.rules.iter().filter_map(|rule| rule.ending.as_ref()).map(|ending| ending.text());
        let steps =
            treatment.appointment.iter().flat_map(|appointment| &appointment.steps).map(|step| &step.id);
        let facts = book.facts.facts.iter().map(|fact| &fact.id);
        let words = rules.chain(steps).chain(facts).chain([&treatment.id]).map(String::as_str).chain(endings);
        let plain = words.into_iter().all(|word| !needs_care(word.as_bytes()));
        let mut id = Vec::new();
        cell(&mut id, plain, |out| out.extend_from_slice(treatment.id.as_bytes()));
        Rows {
            treatment,
            rules: treatment.rules.iter().map(|rule| Text::of(rule.id.as_bytes())).collect(),
            facts: book.facts.facts.iter().map(|fact| Text::of(fact.id.as_bytes())).collect(),
            id: Text::of(&id),
            plain,
            days: vec![None; DAYS],
            outcomes: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Adds the line about a client whose record cannot be read.
    pub fn write_error(&self, client: &str, texts: &Texts, notes: &[Diagnostic], out: &mut Vec<u8>) {
        cell(out, false, |out| out.extend_from_slice(client.as_bytes()));
        out.extend(std::iter::repeat_n(b',', COLUMNS.len() - 2));
        cell(out, false, |out| out.extend_from_slice(error_line(texts, notes).as_bytes()));
        out.pop();
        out.push(b'\n');
    }

    /// Adds the line about one client; lists are joined with `|`. `reasons` are the rules that hold, with `or` between
    /// rules of which one applies in every case, `may_apply` those that too little is known about; `cleared_when`
    /// speaks of both. Whoever does not wait may come on the day of the visit, so that an empty day is no day.
    pub fn write(&mut self, client: &str, brief: &Brief<'_>, out: &mut Vec<u8>) {
        let Rows { treatment, plain, .. } = *self;
        cell(out, false, |out| out.extend_from_slice(client.as_bytes()));
        self.id.write(out);
        self.day(brief.visit).write(out);
        let key = (brief.outcome, brief.possible, brief.settled);
        recall(&mut self.outcomes, &key, |text| {
            text.extend_from_slice(brief.outcome.phrase().as_bytes());
            text.push(b',');
            joined(text, brief.possible.iter().rev().map(|outcome| outcome.phrase()));
            text.extend_from_slice(if brief.settled { b",yes," } else { b",no," });
        })
        .write(out);
        for day in [brief.not_before(), brief.latest(), brief.book_from] {
            self.day_or_none(day, out);
        }
        let endless = brief.endless();
        let endings = endless.iter().filter_map(|rule| treatment.rules[usize::from(*rule)].ending.as_ref());
        cell(out, plain, |out| joined(out, endings.map(|ending| ending.text())));
        let rule = |rule: &u16| &self.rules[usize::from(*rule)];
        cell(out, plain, |out| {
            joined(out, brief.withdrawn.iter().copied());
            listed(out, !brief.withdrawn.is_empty(), brief.hold.iter().map(rule));
            let mut behind = !brief.withdrawn.is_empty() || !brief.hold.is_empty();
            for group in &brief.in_every_case {
                if std::mem::replace(&mut behind, true) {
                    out.push(b'|');
                }
                either(out, group.iter().map(rule));
            }
        });
        cell(out, plain, |out| listed(out, false, brief.may_hold.iter().map(rule)));
        let fact = |asked: &Asked| &self.facts[usize::from(asked.fact.0)];
        cell(out, plain, |out| listed(out, false, brief.questions.iter().map(fact)));
        out.extend_from_slice(if brief.on_the_day { b"on the day," } else { b"," });
        recall(&mut self.steps, &brief.excluded, |text| {
            let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
            cell(text, plain, |text| {
                for (at, (step, excluded)) in steps.zip(&brief.excluded).enumerate() {
                    if at > 0 {
                        text.push(b'|');
                    }
                    text.extend_from_slice(step.id.as_bytes());
                    text.extend_from_slice(match excluded {
                        Truth::Yes => b"=no",
                        Truth::Unknown => b"=ask first",
                        Truth::No => b"=yes",
                    });
                }
            });
        })
        .write(out);
        self.day_or_none(brief.next_change, out);
        out.push(b'\n');
    }
}

impl Rows<'_> {
    fn day_or_none(&mut self, day: Option<Day>, out: &mut Vec<u8>) {
        match day {
            Some(day) => self.day(day).write(out),
            None => out.push(b','),
        }
    }

    /// A day's cell and comma.
    fn day(&mut self, day: Day) -> &Text {
        let place = &mut self.days[day.point() as usize % DAYS];
        if place.as_ref().is_none_or(|(known, _)| *known != day) {
            *place = None;
        }
        &place.get_or_insert_with(|| (day, Text::of(&written(day)))).1
    }
}

/// What was written before about the same, or else what is written now.
fn recall<'k, K: Clone + PartialEq>(
    known: &'k mut Vec<(K, Text)>,
    key: &K,
    write: impl FnOnce(&mut Vec<u8>),
) -> &'k Text {
    let at = known.iter().position(|(other, _)| other == key).unwrap_or_else(|| {
        if known.len() >= MOST_RECALLED {
            known.clear();
        }
        let mut text = Vec::new();
        write(&mut text);
        known.push((key.clone(), Text::of(&text)));
        known.len() - 1
    });
    &known[at].1
}

fn joined<'t>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'t str>) {
    for (at, text) in texts.enumerate() {
        if at > 0 {
            out.push(b'|');
        }
        out.extend_from_slice(text.as_bytes());
    }
}

/// Joins texts, also to what stands before them.
fn listed<'t>(out: &mut Vec<u8>, behind: bool, texts: impl Iterator<Item = &'t Text>) {
    for (at, text) in texts.enumerate() {
        if behind || at > 0 {
            out.push(b'|');
        }
        text.write(out);
    }
}

/// Rules of which one applies in every case.
fn either<'t>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'t Text>) {
    for (at, text) in texts.enumerate() {
        if at > 0 {
            out.extend_from_slice(b" or ");
        }
        text.write(out);
    }
}

const fn is_quoted(byte: &u8) -> bool {
    matches!(byte, b',' | b'"' | b'\r' | b'\n')
}

/// Whether a spreadsheet could take a text for a formula, a terminal for more than letters, or it needs quotes.
fn needs_care(text: &[u8]) -> bool {
    let first = text.iter().find(|byte| **byte != b' ');
    first.is_some_and(|first| b"=+-@".contains(first)) || !text.iter().all(|byte| PLAIN[usize::from(*byte)])
}

/// For each byte whether it needs no quotes anywhere.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte < 0x7f {
        plain[byte as usize] = !is_quoted(&byte);
        byte += 1;
    }
    plain
};

/// Writes a cell and its comma, in quotes where it needs them; a `plain` one never does.
fn cell(out: &mut Vec<u8>, plain: bool, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    write(out);
    if !plain && needs_care(&out[start..]) {
        let text = String::from_utf8_lossy(&out.split_off(start)).into_owned();
        let text = safe_cell(&text);
        match text.bytes().any(|byte| is_quoted(&byte)) {
            true => out.extend_from_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes()),
            false => out.extend_from_slice(text.as_bytes()),
        }
    }
    out.push(b',');
}

/// `2026-03-02,`
fn written(day: Day) -> [u8; 11] {
    let (year, month, day) = day.civil();
    let digit = |number: i16, by: i16| b'0' + (number / by % 10) as u8;
    let (month, day) = (i16::from(month), i16::from(day));
    [
        digit(year, 1000),
        digit(year, 100),
        digit(year, 10),
        digit(year, 1),
        b'-',
        digit(month, 10),
        digit(month, 1),
        b'-',
        digit(day, 10),
        digit(day, 1),
        b',',
    ]
}
