//! What a worker does with a piece of the input: read its records, decide, and write the answers down.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::exit::Failure;
use super::super::pick;
use super::super::records::{self, Input, Records};
use super::super::stream::{Piece, Room, Wrong};
use super::logging::Noted;
use super::pipe::Positions;
use super::repeats::Seen;
use super::{Args, Format};
use crate::book::{Book, Treatment};
use crate::decide::{self, Brief, Decision, Engine, Intake};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::limits::CLIENT;
use crate::log::record::Question;
use crate::report::decision::{self as human, Detail};
use crate::report::decision_data::{self as data, Answer, Unreadable};
use crate::report::decision_row::{self as row, Rows};
use crate::report::findings::{self, Colour};
use crate::report::tally::{Counts, Names};
use crate::script::Scripts;
use crate::span::Texts;
use crate::value::Day;
use crate::written::record::{Record, Word};

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
    engine: Engine<'d>,
    intake: Intake<'d>,
    rows: Rows<'d>,
    /// How many bytes and ids the last piece gave: the next will give about as many.
    room: (usize, usize),
}

/// What is asked about a record.
struct Asked<'r> {
    client: Cow<'r, str>,
    visit: Option<Day>,
    /// Whether nobody named that day.
    assumed: bool,
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
        let Shared { book, treatment, scripts, .. } = *self;
        let (engine, intake) = (Engine::new(book, treatment, scripts), Intake::new(book, treatment));
        Decider { shared: self, engine, intake, rows: Rows::of(book, treatment), room: (0, 0) }
    }

    /// Today in the clinic's zone: the same day for all records.
    fn today(&self) -> Result<Day, Failure> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        match *today {
            Some(day) => Ok(day),
            None => Ok(*today.insert(pick::today(self.book)?)),
        }
    }

    /// `--visit`, or the record's own day, or today in the clinic's zone; and whether nobody named it.
    fn visit(
        &self,
        record: &Record<'_>,
        client: &str,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<(Option<Day>, bool), Failure> {
        if let Some(day) = self.args.visit {
            return Ok((Some(day), false));
        }
        if let Some(words) = &record.visit {
            let day = pick::visit(words, client).map_err(|found| notes.push(found)).ok();
            return Ok((day, false));
        }
        Ok((Some(self.today()?), true))
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
        records::given(path, bytes, format, self.shared.book, &mut texts, &mut records);
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
        mut notes: Vec<Diagnostic>,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let Shared { args, book, treatment, scripts, ref names, .. } = *self.shared;
        let asked = self.asked(number, record, &mut notes, done)?;
        // A table needs no words but for the log.
        let explained = args.format != Format::Csv || args.log.is_some();
        let decided = self.decided(&asked, record, explained, &mut notes);
        pick::in_time(scripts)?;
        diagnostic::sort(&mut notes);
        if let Some(words) = record.and_then(|record| record.client.as_ref()) {
            let (span, line) = (words.span, texts.line(words.span));
            done.ids.push(Seen::of(&words.text, line, (span.start + start, span.end + start)));
        }
        done.assumed += u64::from(asked.assumed);
        done.is_wrong |= decided.is_none();
        done.counts.add(decided.as_ref().map(|(brief, _)| brief), names);
        if args.format == Format::Csv {
            match &decided {
                Some((brief, _)) => self.rows.write(&asked.client, brief, &mut done.bytes),
                None => self.rows.write_error(&asked.client, texts, &notes, &mut done.bytes),
            }
        }
        let is_said = |note: &&Diagnostic| args.format != Format::Human || !records::is_error(note);
        if !notes.is_empty() {
            let said: Vec<Diagnostic> = notes.iter().filter(is_said).cloned().collect();
            done.complaints += &findings::each(texts, &said, Colour::Styled);
        }
        if !explained {
            return Ok(());
        }
        let answer = match decided.and_then(|(_, decision)| decision) {
            Some(decision) => Answer::Decided(decision),
            None => Answer::Unreadable(Unreadable { client: asked.client.to_string() }),
        };
        let answered = (answer, notes);
        let text = match args.format {
            Format::Human => {
                let detail = if args.why { Detail::Why } else { Detail::Short };
                let text = match &answered.0 {
                    Answer::Decided(decision) => human::one(decision, book, treatment, detail),
                    Answer::Unreadable(Unreadable { client }) => {
                        let errors: Vec<Diagnostic> =
                            answered.1.iter().filter(|note| records::is_error(note)).cloned().collect();
                        human::unreadable(client, &findings::each(texts, &errors, Colour::Styled))
                    }
                };
                text + "\n"
            }
            Format::Json => data::element(texts, &answered).map_err(unwritten)?,
            Format::Ndjson => data::ndjson(texts, std::slice::from_ref(&answered)).map_err(unwritten)?,
            Format::Csv => String::new(),
        };
        done.bytes.extend_from_slice(text.as_bytes());
        if args.log.is_some() {
            let noted = self.noted(asked, record, &answered, texts);
            let fail = |error| Failure::new(format!("an answer cannot be logged: {error}"));
            done.noted.push(noted.map_err(fail)?);
        }
        Ok(())
    }

    /// Who is asked about and for which day; a client without an id is the number of the record.
    fn asked<'r>(
        &self,
        number: usize,
        record: Option<&'r Record<'_>>,
        notes: &mut Vec<Diagnostic>,
        done: &Done,
    ) -> Result<Asked<'r>, Failure> {
        let given = record.and_then(|record| record.client.as_ref());
        let client = match given.filter(|words| is_id(words)) {
            Some(words) => Cow::Borrowed(&*words.text),
            None => {
                let position = self.shared.positions.before(number) + done.counts.records() + 1;
                Cow::Owned(format!("#{position}"))
            }
        };
        if let Some(words) = given.filter(|words| !is_id(words)) {
            let message = format!("the client id is longer than {CLIENT} characters");
            let found = Diagnostic::error(Code::BadRecord, message).at(words.span, "");
            notes.push(found.help("write a name or number; anything else about the client is no id"));
        }
        let (visit, assumed) = match record.filter(|_| !notes.iter().any(records::is_error)) {
            Some(record) => self.shared.visit(record, &client, notes)?,
            None => (None, false),
        };
        Ok(Asked { client, visit, assumed })
    }

    /// What is decided about one record, in full if it is to be explained; more that is found in it goes to `notes`.
    fn decided(
        &mut self,
        asked: &Asked<'_>,
        record: Option<&Record<'_>>,
        explained: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<(Brief<'d>, Option<Box<Decision>>)> {
        let Shared { args, on, .. } = *self.shared;
        let answers = self.intake.read(record?, &asked.client, asked.visit?, args.answered_on, notes)?;
        let brief = self.engine.brief(answers);
        let decision = explained.then(|| {
            let mut decision = self.engine.explain(answers, &brief);
            decision.visit_assumed = asked.assumed.then_some("today");
            let version = self.engine.version();
            decision.expired = on.map(|on| decide::expired(&version, answers, &decision, on));
            Box::new(decision)
        });
        Some((brief, decision))
    }

    /// What the log keeps of a record and its answer.
    fn noted(
        &self,
        asked: Asked<'_>,
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
        let question = Question {
            treatment: self.shared.treatment.id.clone(),
            client: asked.client.into_owned(),
            visit: asked.visit,
            visit_assumed: asked.assumed,
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
        self.is_wrong |= found.iter().any(records::is_error);
        self.complaints.insert_str(0, &findings::each(texts, found, Colour::Styled));
    }
}

/// Whether it is short enough to be an id; else the position stands for the client.
fn is_id(words: &Word<'_>) -> bool {
    words.text.len() <= CLIENT || words.text.chars().count() <= CLIENT
}

/// Says that answers cannot be written.
pub fn unwritten(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the answers cannot be written: {error}"))
}

impl Shared<'_> {
    /// What is printed before the first answer.
    pub fn start(&self) -> Result<String, Failure> {
        match self.args.format {
            Format::Csv => Ok(row::header()),
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
