//! What a worker does with a piece of the input: read its records, decide, and write the answers down.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::exit::Failure;
use super::super::format::Format;
use super::super::stream::{Piece, Room, Wrong};
use super::super::{pick, records};
use super::args::Args;
use super::logging::Noted;
use super::pipe::Positions;
use super::repeats::Seen;
use crate::decide::{Brief, Decision, Version};
use crate::diagnostic::{self, Diagnostic};
use crate::log;
use crate::report::decision::{self as human, Detail};
use crate::report::decision_data::{self as data, Answer, Unreadable};
use crate::report::decision_row::{self as row, Rows};
use crate::report::findings::{self, Colour};
use crate::report::json;
use crate::report::tally::{Counts, Names};
use crate::rulebook::records::{Input, Records, given};
use crate::rulebook::{Desk, Question, Refused, Rulebook, id_of};
use crate::span::Texts;
use crate::value::Day;
use crate::written::record::Record;

/// What all workers share.
pub struct Shared<'d> {
    pub(super) args: &'d Args,
    pub(super) version: Version<'d>,
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
    desk: Desk<'d>,
    rows: Rows<'d>,
    /// How many bytes and ids the last piece gave: the next will give about as many.
    room: (usize, usize),
}

/// What came of a record.
struct Told<'r, 'd> {
    client: Cow<'r, str>,
    /// The day asked about, if it is known, and whether nobody named it.
    visit: (Option<Day>, bool),
    /// What is decided, in full if it is to be explained; `None` if the record cannot be read.
    decided: Option<(Brief<'d>, Option<Box<Decision>>)>,
    /// What was found in the record.
    notes: Vec<Diagnostic>,
}

impl<'d> Shared<'d> {
    /// For the treatment that the command line names.
    pub fn new(
        args: &'d Args,
        rulebook: &'d Rulebook,
        on: Option<Day>,
        room: Room,
    ) -> Result<Shared<'d>, Failure> {
        let version = pick::version(rulebook, args.treatment.as_deref())?;
        let names = Names::of(version.treatment);
        let (positions, today) = (Positions::default(), Mutex::new(None));
        Ok(Shared { args, version, names, on, positions, room, today })
    }

    /// A new worker.
    pub fn decider(&self) -> Decider<'_, 'd> {
        let Version { book, treatment, .. } = self.version;
        let (desk, rows) = (Desk::of(self.version), Rows::of(book, treatment));
        Decider { shared: self, desk, rows, room: (0, 0) }
    }

    /// Today in the clinic's zone: the same day for all records.
    fn today(&self) -> Result<Day, Failure> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        match *today {
            Some(day) => Ok(day),
            None => Ok(*today.insert(pick::today(self.version.book)?)),
        }
    }
}

impl<'d> Decider<'_, 'd> {
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
            }
            Piece::Whole(path, format) => {
                self.whole(number, &path, records::content(&path, format)?, format, done)?;
            }
            Piece::Lines(lines) => {
                let (runs, mut findings, mut result) = (lines.runs(), Vec::new(), Ok(()));
                runs.each(&mut findings, &mut |start, record, found| {
                    if result.is_ok() {
                        result = self.one(number, (&runs.texts, start), record.as_deref(), found, done);
                    }
                });
                result?;
                done.complain(&runs.texts, &findings);
                done.read = lines.bytes.len() as u64;
                done.source = (lines.name, lines.bytes);
            }
        }
        Ok(())
    }

    /// Decides all records that one file holds.
    pub(super) fn whole(
        &mut self,
        number: usize,
        path: &str,
        bytes: Vec<u8>,
        format: Input,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let (mut texts, mut records) = (Texts::new(), Records::default());
        given(path, bytes, format, self.shared.version.book, &mut texts, &mut records);
        done.complain(&texts, &records.findings);
        for entry in &records.entries {
            self.one(number, (&texts, 0), entry.record.as_ref(), entry.findings.clone(), done)?;
        }
        if let Some((_, text)) = texts.all().next() {
            done.source = (Arc::from(&*text.name), text.content.clone().into_bytes());
            done.read = text.content.len() as u64;
        }
        Ok(())
    }

    /// Decides one record and writes down what comes of it. Its text starts at a place in the piece.
    fn one(
        &mut self,
        number: usize,
        (texts, start): (&Texts, u32),
        record: Option<&Record<'_>>,
        found: Vec<Diagnostic>,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let Shared { args, version, ref names, .. } = *self.shared;
        // A table needs no words but for the log.
        let explained = args.format != Format::Csv || args.log.is_some();
        let mut told = self.told(number, record, explained, found, done)?;
        diagnostic::sort(&mut told.notes);
        if let Some(words) = record.and_then(|record| record.client.as_ref()) {
            let (span, line) = (words.span, texts.line(words.span));
            done.ids.push(Seen::of(&words.text, line, (span.start + start, span.end + start)));
        }
        let Told { client, visit, decided, notes } = told;
        done.assumed += u64::from(visit.1);
        done.is_wrong |= decided.is_none();
        done.counts.add(decided.as_ref().map(|(brief, _)| brief), names);
        if args.format == Format::Csv {
            match &decided {
                Some((brief, _)) => self.rows.write(&client, brief, &mut done.bytes),
                None => self.rows.write_error(&client, texts, &notes, &mut done.bytes),
            }
        }
        let is_said = |note: &&Diagnostic| args.format != Format::Human || !note.is_error();
        if !notes.is_empty() {
            let said: Vec<Diagnostic> = notes.iter().filter(is_said).cloned().collect();
            done.complaints += &findings::each(texts, &said, Colour::Styled);
        }
        if !explained {
            return Ok(());
        }
        let answer = match decided.and_then(|(_, decision)| decision) {
            Some(decision) => Answer::Decided(decision),
            None => Answer::Unreadable(Unreadable { client: client.to_string() }),
        };
        let answered = (answer, notes);
        let text = match args.format {
            Format::Json => data::element(texts, &answered).map_err(unwritten)?,
            Format::Ndjson => data::ndjson(texts, std::slice::from_ref(&answered)).map_err(unwritten)?,
            Format::Csv => String::new(),
            _ => {
                let detail = if args.why { Detail::Why } else { Detail::Short };
                let text = match &answered.0 {
                    Answer::Decided(decision) => {
                        human::one(decision, version.book, version.treatment, detail)
                    }
                    Answer::Unreadable(Unreadable { client }) => {
                        let errors: Vec<Diagnostic> =
                            answered.1.iter().filter(|note| note.is_error()).cloned().collect();
                        human::unreadable(client, &findings::each(texts, &errors, Colour::Styled))
                    }
                };
                text + "\n"
            }
        };
        done.bytes.extend_from_slice(text.as_bytes());
        if args.log.is_some() {
            let noted = self.noted((client.into_owned(), visit), record, &answered, texts);
            let fail = |error| Failure::new(format!("an answer cannot be logged: {error}"));
            done.noted.push(noted.map_err(fail)?);
        }
        Ok(())
    }

    /// Asks about one record; a client without an id is the number of the record.
    fn told<'r>(
        &mut self,
        number: usize,
        record: Option<&'r Record<'_>>,
        explained: bool,
        found: Vec<Diagnostic>,
        done: &Done,
    ) -> Result<Told<'r, 'd>, Failure> {
        let Shared { args, on, .. } = *self.shared;
        let client = match record.and_then(id_of) {
            Some(id) => Cow::Borrowed(id),
            None => {
                let position = self.shared.positions.before(number) + done.counts.records() + 1;
                Cow::Owned(format!("#{position}"))
            }
        };
        let Args { visit, answered_on, .. } = *args;
        let unnamed = client.clone();
        let question = Question { record, found, unnamed, visit, today: None, answered_on, on };
        let question = pick::dated(question, || self.shared.today())?;
        let mut inquiry = match self.desk.inquiry(question) {
            Ok(inquiry) => inquiry,
            Err(Refused { visit, visit_assumed, findings, .. }) => {
                let visit = (visit, visit_assumed);
                return Ok(Told { client, visit, decided: None, notes: findings });
            }
        };
        let mut answer = || {
            let brief = inquiry.brief()?;
            let decision = explained.then(|| inquiry.explained(&brief).map(Box::new)).transpose()?;
            Ok((brief, decision))
        };
        let decided = Some(answer().map_err(|none| pick::no_answer(&Texts::new(), none))?);
        let visit = (Some(inquiry.visit()), inquiry.is_visit_assumed());
        Ok(Told { client, visit, decided, notes: inquiry.into_findings() })
    }

    /// What the log keeps of a record and its answer.
    fn noted(
        &self,
        (client, (visit, visit_assumed)): (String, (Option<Day>, bool)),
        record: Option<&Record<'_>>,
        answered: &(Answer, Vec<Diagnostic>),
        texts: &Texts,
    ) -> serde_json::Result<Noted> {
        // What is past its date depends on the day on which somebody asks, and a replay asks on another.
        let lasting = match &answered.0 {
            Answer::Decided(decision) if decision.expired.is_some() => {
                let decision = Decision { expired: None, ..Decision::clone(decision) };
                Some((Answer::Decided(Box::new(decision)), answered.1.clone()))
            }
            Answer::Decided(_) | Answer::Unreadable(_) => None,
        };
        let decision = data::ndjson(texts, std::slice::from_ref(lasting.as_ref().unwrap_or(answered)))?;
        let question = log::record::Question {
            treatment: self.shared.version.treatment.id.clone(),
            client,
            visit,
            visit_assumed,
            answered_on: self.shared.args.answered_on,
            written: record.cloned(),
        };
        Ok(Noted {
            record: question.write()?,
            decision: decision.trim_end().to_string(),
            decided: answered.0.decision().is_some(),
        })
    }
}

impl Done {
    /// Says what is wrong with a file.
    fn complain(&mut self, texts: &Texts, found: &[Diagnostic]) {
        self.is_wrong |= found.iter().any(Diagnostic::is_error);
        self.complaints.insert_str(0, &findings::each(texts, found, Colour::Styled));
    }
}

fn unwritten(error: serde_json::Error) -> Failure {
    Failure::unwritten("the answers", error)
}

impl Shared<'_> {
    /// What is printed before the first answer.
    pub fn start(&self) -> Result<String, Failure> {
        match self.args.format {
            Format::Csv => Ok(row::header()),
            Format::Json => Ok(json::LIST.to_string()),
            _ => Ok(String::new()),
        }
    }

    /// What is printed behind the last one.
    pub fn end(&self, counts: &Counts, rules: &Path) -> String {
        match self.args.format {
            Format::Json => json::list_end(counts.records() == 0).to_string(),
            Format::Ndjson | Format::Csv => String::new(),
            _ => human::summary(counts, self.version.treatment, &rules.display().to_string()),
        }
    }
}
