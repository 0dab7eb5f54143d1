//! What a worker does with a piece of the input: read its records, decide, and write the answers down.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::exit::Failure;
use super::super::pick;
use super::super::records::{self, Entry, Input, Records};
use super::super::stream::{Lines, Piece, Room, Table, Wrong, breaks, end_of_lines};
use super::cells::Columns;
use super::logging::Noted;
use super::pipe::Positions;
use super::quick::Quick;
use super::repeats::{self, Seen};
use super::{Args, Format, decision};
use crate::book::{Book, Treatment};
use crate::decide::brief::Engine;
use crate::decide::{self, Decision, Rules};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::limits::{CLIENT, RECORD_LINE};
use crate::log::record::Question;
use crate::report::decision::{self as human, Detail};
use crate::report::decision_data::{self as data, Answer, Unreadable};
use crate::report::decision_row::Rows;
use crate::report::findings::{self, Colour};
use crate::report::tally::{Counts, Names};
use crate::script::Scripts;
use crate::span::{TextId, Texts};
use crate::value::Day;
use crate::written::Words;
use crate::written::record::Record;

/// So many rules are kept ready, over all days somebody asked about.
const MOST_RULES: usize = 16_000;

/// What all workers share.
pub struct Shared<'d> {
    pub(super) args: &'d Args,
    pub(super) book: &'d Book,
    pub(super) treatment: &'d Treatment,
    pub(super) scripts: &'d Scripts,
    pub(super) names: Names,
    /// The day that review dates are judged on.
    on: Option<Day>,
    positions: Positions,
    /// Room for the bytes of answers.
    pub(super) room: Room,
    today: Mutex<Option<Day>>,
}

/// What came of a piece.
#[derive(Default)]
pub struct Done {
    /// The answers as printed.
    pub bytes: Vec<u8>,
    /// What is said on standard error.
    pub complaints: String,
    /// How many answers of each kind.
    pub counts: Counts,
    /// The client ids.
    pub ids: Vec<Seen>,
    /// The file and the text that the ids stand in.
    pub source: (Arc<str>, Vec<u8>),
    /// What is to be logged.
    pub noted: Vec<Noted>,
    /// How many records name no day and are decided for today.
    pub assumed: u64,
    /// Whether something was wrong with a file or a record.
    pub is_wrong: bool,
    /// How many bytes were read.
    pub read: u64,
}

/// One worker.
pub struct Decider<'s, 'd> {
    shared: &'s Shared<'d>,
    /// The rules on the days somebody asked about.
    days: BTreeMap<Day, Rules<'d>>,
    /// The short way, where only a table is asked for.
    quick: Option<Quick<'d>>,
    /// How many bytes and ids the last piece gave: the next will give about as many.
    room: (usize, usize),
    rows: Rows<'d>,
    /// What the columns of the table at hand hold.
    columns: Option<(Arc<Table>, Option<Columns>)>,
}

impl<'d> Shared<'d> {
    /// For the rules of one treatment.
    pub fn new(
        args: &'d Args,
        book: &'d Book,
        treatment: &'d Treatment,
        scripts: &'d Scripts,
        on: Option<Day>,
        room: Room,
    ) -> Shared<'d> {
        let names = Names::of(treatment);
        let (positions, today) = (Positions::default(), Mutex::new(None));
        Shared { args, book, treatment, scripts, names, on, positions, room, today }
    }

    /// A new worker.
    pub fn decider(&self) -> Decider<'_, 'd> {
        let Shared { args, book, treatment, scripts, .. } = *self;
        let short = args.format == Format::Csv && args.log.is_none();
        let engine = short.then(|| Engine::new(book, treatment, scripts)).flatten();
        let quick = engine.map(|engine| Quick::new(engine, args.visit, args.answered_on));
        let rows = Rows::of(book, treatment, &self.names);
        Decider { shared: self, days: BTreeMap::new(), quick, room: (0, 0), rows, columns: None }
    }

    /// Today in the clinic's zone: the same day for all records.
    fn today(&self) -> Result<Day, Failure> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        match *today {
            Some(day) => Ok(day),
            None => Ok(*today.insert(pick::today(self.book)?)),
        }
    }
}

impl Decider<'_, '_> {
    /// Decides the records of a piece.
    pub fn piece(&mut self, number: usize, piece: Piece) -> Result<Done, Failure> {
        let mut done = Done { bytes: self.shared.room.take(self.room.0), ..Done::default() };
        done.ids.reserve(self.room.1);
        // Others may wait to learn how many records there are, also if this one fails.
        let result = self.records(number, piece, &mut done);
        self.shared.positions.tell(number, done.counts.records());
        self.room = (done.bytes.len() + done.bytes.len() / 8, done.ids.len() + done.ids.len() / 8);
        result.map(|()| done)
    }

    fn records(&mut self, number: usize, piece: Piece, done: &mut Done) -> Result<(), Failure> {
        match piece {
            Piece::Wrong(Wrong { text, is_error }) => {
                (done.complaints, done.is_wrong) = (text, is_error);
                Ok(())
            }
            Piece::Whole(path, format) => {
                let bytes = records::content(&path, format)?;
                self.whole(number, &path, bytes, format, done)
            }
            Piece::Lines(lines) => {
                match (&self.quick, &lines.table) {
                    (None, _) => self.long_way(number, &lines, &lines.bytes, lines.lines_before, 0, done)?,
                    (Some(_), Some(table)) => self.table_rows(number, &lines, table, done)?,
                    (Some(_), None) => self.lines(number, &lines, done)?,
                }
                done.read = lines.bytes.len() as u64;
                done.source = (lines.name, lines.bytes);
                Ok(())
            }
        }
    }

    /// All that one file holds.
    pub(super) fn whole(
        &mut self,
        number: usize,
        path: &str,
        bytes: Vec<u8>,
        format: Input,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let (mut texts, mut records) = (Texts::new(), Records::default());
        records::given(path, bytes, format, self.shared.book, &mut texts, &mut records);
        self.each(number, records, &texts, done)?;
        if let Some((_, text)) = texts.all().next() {
            done.source = (Arc::from(&*text.name), text.content.clone().into_bytes());
            done.read = text.content.len() as u64;
        }
        Ok(())
    }

    /// Lines of NDJSON, each the short way if it can be.
    fn lines(&mut self, number: usize, lines: &Lines, done: &mut Done) -> Result<(), Failure> {
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', &lines.bytes).chain([lines.bytes.len()]);
        for (at, end) in (1..).zip(ends) {
            let line = &lines.bytes[start as usize..end];
            let text = str::from_utf8(line).ok();
            let quick = self.quick.as_mut().filter(|_| line.len() <= RECORD_LINE);
            let asked = quick.zip(text).and_then(|(quick, line)| quick.line(line));
            if let Some((asked, brief)) = asked {
                self.rows.write(asked.client, asked.visit, brief, &mut done.bytes);
                self.rows.count(brief, &self.shared.names, &mut done.counts);
                let from = start + (asked.client.as_ptr() as usize - line.as_ptr() as usize) as u32;
                // With its quotes, as the long way says it.
                let seen = Seen::of(asked.client, lines.lines_before + at, from);
                done.ids.push(Seen { at: (seen.at.0 - 1, seen.at.1 + 1), ..seen });
            } else if text.is_none_or(|text| !text.trim().is_empty()) {
                self.long_way(number, lines, line, lines.lines_before + at - 1, start, done)?;
            }
            start += line.len() as u32 + 1;
        }
        Ok(())
    }

    /// Rows of a table, each the short way if it can be.
    fn table_rows(
        &mut self,
        number: usize,
        lines: &Lines,
        table: &Arc<Table>,
        done: &mut Done,
    ) -> Result<(), Failure> {
        if self.columns.as_ref().is_none_or(|(known, _)| !Arc::ptr_eq(known, table)) {
            let columns = self.quick.as_ref().and_then(|quick| quick.columns(&table.sheet));
            self.columns = Some((table.clone(), columns));
        }
        let delimiter = table.sheet.header.delimiter;
        let (mut start, mut line) = (0, lines.lines_before);
        while start < lines.bytes.len() {
            let rest = &lines.bytes[start..];
            let break_at = match &mut self.quick {
                Some(quick) => quick.split(rest, delimiter, table.sheet.header.columns.len()),
                None => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            };
            let mut row = &rest[..break_at];
            let bare = row.strip_suffix(b"\r").unwrap_or(row);
            let columns = self.columns.as_ref().and_then(|(_, columns)| columns.as_ref());
            let asked = match (&mut self.quick, columns) {
                (Some(quick), Some(columns)) if bare.len() <= RECORD_LINE => {
                    quick.row(bare, columns, delimiter)
                }
                _ => None,
            };
            if let Some((asked, brief)) = asked {
                self.rows.write(asked.client, asked.visit, brief, &mut done.bytes);
                self.rows.count(brief, &self.shared.names, &mut done.counts);
                let (from, to) = with_quotes(row, asked.client);
                let at = ((start + from) as u32, (start + to) as u32);
                done.ids.push(Seen { at, ..Seen::of(asked.client, line + 1, 0) });
            } else if !bare.is_empty() {
                // A cell in quotes may go over several lines.
                let end = end_of_lines(rest, &[delimiter], 1).unwrap_or(rest.len());
                row = &rest[..end];
                self.long_way(number, lines, row, line, start as u32, done)?;
                line += breaks(row);
                start += end;
                continue;
            }
            line += 1;
            start += break_at + 1;
        }
        Ok(())
    }

    /// Records that the short way leaves.
    fn long_way(
        &mut self,
        number: usize,
        lines: &Lines,
        bytes: &[u8],
        lines_before: u32,
        start: u32,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let (name, table) = (lines.name.clone(), lines.table.clone());
        let part = Lines { name, bytes: bytes.to_vec(), lines_before, table };
        let (records, texts) = part.read();
        let ids = done.ids.len();
        self.each(number, records, &texts, done)?;
        // Lines that are not UTF-8 stand apart, and the ids in the text of their run.
        let runs = texts.all().skip(usize::from(part.table.is_some())).map(|(id, _)| id);
        let starts: BTreeMap<TextId, u32> = runs.zip(part.starts()).collect();
        for seen in &mut done.ids[ids..] {
            let start = start + seen.text.and_then(|text| starts.get(&text)).copied().unwrap_or_default();
            seen.at = (seen.at.0 + start, seen.at.1 + start);
        }
        Ok(())
    }

    fn each(
        &mut self,
        number: usize,
        records: Records,
        texts: &Texts,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let Records { mut entries, findings } = records;
        done.is_wrong |= findings.iter().any(records::is_error);
        done.complaints += &findings::each(texts, &findings, Colour::Styled);
        let named = |entry: &Entry| {
            entry.record.as_ref().and_then(|record| record.client.as_ref()).is_some_and(is_id)
        };
        if !entries.iter().all(named) {
            let before = self.shared.positions.before(number) + done.counts.records();
            entries.iter_mut().for_each(|entry| entry.position += before);
        }
        entries.iter().try_for_each(|entry| self.one(entry, texts, done))
    }

    /// Decides one record and writes down what comes of it.
    fn one(&mut self, entry: &Entry, texts: &Texts, done: &mut Done) -> Result<(), Failure> {
        let Shared { args, book, treatment, .. } = *self.shared;
        let (answer, mut notes, mut question) = self.answer(entry)?;
        pick::in_time(self.shared.scripts)?;
        diagnostic::sort(&mut notes);
        if let Some(client) = entry.record.as_ref().and_then(|record| record.client.as_ref()) {
            let Words { text, span } = client;
            let line = texts.position(*span).line;
            done.ids.push(Seen {
                hash: repeats::hash(text),
                line,
                text: Some(span.text),
                at: (span.start, span.end),
            });
        }
        done.assumed += u64::from(question.visit_assumed);
        done.is_wrong |= answer.decision().is_none();
        done.counts.add(answer.decision(), &self.shared.names);
        let answered = (answer, notes);
        if args.log.is_some() {
            let fail =
                |error: serde_json::Error| Failure::new(format!("an answer cannot be logged: {error}"));
            // What is past its date depends on the day on which somebody asks, and a replay asks on another.
            let lasting = match &answered.0 {
                Answer::Decided(decision) if decision.expired.is_some() => {
                    let decision = Decision { expired: None, ..Decision::clone(decision) };
                    Some((Answer::Decided(Box::new(decision)), answered.1.clone()))
                }
                _ => None,
            };
            let lasting = lasting.as_ref().unwrap_or(&answered);
            question.written = entry.record.clone();
            let decision = data::ndjson(texts, std::slice::from_ref(lasting)).map_err(fail)?;
            done.noted.push(Noted {
                record: question.write().map_err(fail)?,
                decision: decision.trim_end().to_string(),
                decided: answered.0.decision().is_some(),
            });
        }
        let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
            answered.1.iter().cloned().partition(records::is_error);
        let said = if args.format == Format::Human { &warnings } else { &answered.1 };
        done.complaints += &findings::each(texts, said, Colour::Styled);
        let text = match args.format {
            Format::Human => {
                let detail = if args.why { Detail::Why } else { Detail::Short };
                let text = match &answered.0 {
                    Answer::Decided(decision) => human::one(decision, book, treatment, detail),
                    Answer::Unreadable(Unreadable { client }) => {
                        human::unreadable(client, &findings::each(texts, &errors, Colour::Styled))
                    }
                };
                text + "\n"
            }
            Format::Json => data::element(texts, &answered).map_err(unwritten)?,
            Format::Ndjson => data::ndjson(texts, std::slice::from_ref(&answered)).map_err(unwritten)?,
            Format::Csv => data::row(texts, &answered).map_err(unwritten)?,
        };
        done.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// The answer to one record, what was found in it, and what was asked beside the record.
    fn answer(&mut self, entry: &Entry) -> Result<(Answer, Vec<Diagnostic>, Question), Failure> {
        let Shared { args, book, treatment, .. } = *self.shared;
        let mut notes = entry.findings.clone();
        let given = entry.record.as_ref().and_then(|record| record.client.as_ref());
        let (long, given): (Option<&Words>, Option<&Words>) = match given {
            Some(words) if !is_id(words) => (Some(words), None),
            given => (None, given),
        };
        let client = given.map_or_else(|| format!("#{}", entry.position), |words| words.text.clone());
        if let Some(words) = long {
            let message = format!("the client id is longer than {CLIENT} characters");
            let found = Diagnostic::error(Code::BadRecord, message).at(words.span, "");
            notes.push(found.help("write a name or number; anything else about the client is no id"));
        }
        let mut question = Question {
            treatment: treatment.id.clone(),
            client: client.clone(),
            visit: None,
            visit_assumed: false,
            answered_on: args.answered_on,
            written: None,
        };
        if let (Some(record), false) = (&entry.record, notes.iter().any(records::is_error)) {
            let (visit, assumed) = self.visit(record, &client, &mut notes)?;
            (question.visit, question.visit_assumed) = (visit, assumed);
            if let Some(visit) = visit {
                let (read, found) =
                    decide::from_written(record, &client, visit, args.answered_on, book, treatment);
                notes.extend(found);
                if let Some(answers) = read {
                    let on = self.shared.on;
                    let rules = self.rules(visit);
                    let mut decision = decision(rules, &answers, assumed);
                    decision.expired = on.map(|on| decide::expired(rules, &answers, &decision, on));
                    return Ok((Answer::Decided(Box::new(decision)), notes, question));
                }
            }
        }
        Ok((Answer::Unreadable(Unreadable { client }), notes, question))
    }

    fn rules(&mut self, visit: Day) -> &Rules<'_> {
        let Shared { book, treatment, scripts, .. } = *self.shared;
        let most = (MOST_RULES / treatment.rules.len().max(1)).max(4);
        if self.days.len() >= most && !self.days.contains_key(&visit) {
            self.days.clear();
        }
        self.days.entry(visit).or_insert_with(|| Rules::on(book, treatment, scripts, visit))
    }

    /// `--visit`, or the record's own day, or today in the clinic's zone.
    fn visit(
        &self,
        record: &Record,
        client: &str,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<(Option<Day>, bool), Failure> {
        if let Some(day) = self.shared.args.visit {
            return Ok((Some(day), false));
        }
        if let Some(words) = &record.visit {
            let day = pick::visit(words, client).map_err(|found| notes.push(found)).ok();
            return Ok((day, false));
        }
        Ok((Some(self.shared.today()?), true))
    }
}

/// Whether it is short enough to be an id; else the position stands for the client.
fn is_id(words: &Words) -> bool {
    words.text.chars().count() <= CLIENT
}

/// Where an id stands in its row, with the quotes around it, as the long way says it.
fn with_quotes(row: &[u8], id: &str) -> (usize, usize) {
    let from = id.as_ptr() as usize - row.as_ptr() as usize;
    let to = from + id.len();
    if from == 0 {
        return (from, to);
    }
    // A row that was decided is UTF-8.
    let before = str::from_utf8(&row[..from]).unwrap_or_default();
    match before.trim_end().strip_suffix('"') {
        Some(before) => (before.len(), memchr::memchr(b'"', &row[to..]).map_or(to, |at| to + at + 1)),
        None => (from, to),
    }
}

/// Says that answers cannot be written.
pub fn unwritten(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the answers cannot be written: {error}"))
}

impl Shared<'_> {
    /// What is printed before the first answer.
    pub fn start(&self) -> Result<String, Failure> {
        match self.args.format {
            Format::Csv => data::header().map_err(unwritten),
            Format::Json => Ok("[".to_string()),
            Format::Human | Format::Ndjson => Ok(String::new()),
        }
    }

    /// What is printed behind the last one.
    pub fn end(&self, counts: &Counts, rules: &Path) -> String {
        match self.args.format {
            Format::Human => human::summary(counts, self.treatment, &rules.display().to_string()),
            Format::Json if counts.records() == 0 => "]\n".to_string(),
            Format::Json => "\n]\n".to_string(),
            Format::Ndjson | Format::Csv => String::new(),
        }
    }
}
