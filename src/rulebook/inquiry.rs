//! Asking about one client: the one way from a record to whatever is said about them.

use std::borrow::Cow;
use std::fmt;

use super::records::Entry;
use crate::book::Rule;
use crate::decide::plan::{self, Outlook};
use crate::decide::{self, Answers, Brief, Decision, Engine, Intake, Possible, Quote, Rules, Version};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::CLIENT;
use crate::script::ScriptFault;
use crate::study::who::{self, Needs};
use crate::value::Day;
use crate::written::record::{Record, Word};

/// What is asked about a client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Question<'q> {
    /// The record.
    pub record: Option<&'q Record<'q>>,
    /// What was found while it was read. With an error among it nothing is answered.
    pub found: Vec<Diagnostic>,
    /// What the client is called if the record gives no id that can be used.
    pub unnamed: Cow<'q, str>,
    /// The day asked about, in place of the record's own.
    pub visit: Option<Day>,
    /// The day asked about if neither this question nor the record names one.
    pub today: Option<Day>,
    /// The day of answers that carry none, if the record gives none either.
    pub answered_on: Option<Day>,
    /// The day on which review dates are judged, if they are.
    pub on: Option<Day>,
}

impl<'q> Question<'q> {
    /// Asks about the record of an entry, for its own day.
    pub fn of(entry: &'q Entry<'_>) -> Question<'q> {
        Question {
            record: entry.record.as_ref(),
            found: entry.findings.clone(),
            unnamed: Cow::Owned(format!("#{}", entry.position)),
            visit: None,
            today: None,
            answered_on: None,
            on: None,
        }
    }

    /// For this day, in place of the record's own.
    pub fn at(self, visit: Day) -> Question<'q> {
        Question { visit: Some(visit), ..self }
    }

    /// For this day if the record names none.
    pub fn or_at(self, today: Day) -> Question<'q> {
        Question { today: Some(today), ..self }
    }

    /// With the day of answers that carry none.
    pub fn answered_on(self, day: Day) -> Question<'q> {
        Question { answered_on: Some(day), ..self }
    }

    /// The client's id, or what they are called without one.
    pub fn client(&self) -> &str {
        self.record.and_then(id_of).unwrap_or(&self.unnamed)
    }

    /// Whether the day on which it is asked is needed, since nobody names the day asked about.
    pub fn needs_today(&self) -> bool {
        let sound = |record: &&Record<'_>| !self.is_wrong() && !has_long_id(record);
        self.visit.is_none() && self.record.filter(sound).is_some_and(|record| record.visit.is_none())
    }

    fn is_wrong(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }
}

/// The client's id, if the record gives one that can be used.
pub fn id_of<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    record.client.as_ref().filter(|words| is_id(words)).map(|words| &*words.text)
}

/// Whether it is short enough to be an id.
fn is_id(words: &Word<'_>) -> bool {
    words.text.len() <= CLIENT || words.text.chars().count() <= CLIENT
}

fn has_long_id(record: &Record<'_>) -> bool {
    record.client.as_ref().is_some_and(|words| !is_id(words))
}

/// A record from which nothing can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The client's id, or what they are called without one.
    pub client: String,
    /// The day asked about, if it is known.
    pub visit: Option<Day>,
    /// Whether nobody named that day, so that it is today.
    pub visit_assumed: bool,
    /// What is wrong with the record, and what else was found in it.
    pub findings: Vec<Diagnostic>,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum NoAnswer {
    /// The rules of the treatment have errors, which are among these findings.
    Rules(Vec<Diagnostic>),
    /// There is no such treatment.
    NoTreatment {
        /// The name asked for.
        name: String,
        /// The id that was perhaps meant.
        near: Option<String>,
        /// The ids there are.
        known: Vec<String>,
    },
    /// There are several treatments, and none was named.
    WhichTreatment(Vec<String>),
    /// The record cannot be read.
    Refused(Refused),
    /// A script took too long: what it was to give is not known.
    Stopped(ScriptFault),
    /// The page of this treatment has no prices.
    NoPrices(String),
    /// The treatment is withdrawn, and nothing is quoted.
    Withdrawn {
        /// The treatment's id.
        treatment: String,
        /// Why.
        because: String,
    },
}

impl NoAnswer {
    /// Of a text that holds no record.
    pub(super) fn unread(findings: Vec<Diagnostic>) -> NoAnswer {
        NoAnswer::Refused(Refused { client: String::new(), visit: None, visit_assumed: false, findings })
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = |found: &[Diagnostic]| {
            let error = found.iter().find(|finding| finding.is_error());
            error.map_or_else(String::new, |finding| finding.message.clone())
        };
        match self {
            NoAnswer::Rules(found) => write!(f, "the rules have errors: {}", first(found)),
            NoAnswer::NoTreatment { name, .. } => write!(f, "there is no treatment `{name}`"),
            NoAnswer::WhichTreatment(known) if known.is_empty() => f.write_str("the rules hold no treatment"),
            NoAnswer::WhichTreatment(_) => f.write_str("the rules hold several treatments"),
            NoAnswer::Refused(Refused { findings, .. }) => f.write_str(&first(findings)),
            NoAnswer::Stopped(fault) => {
                write!(f, "the script `{}` at {}: {}", fault.function, fault.at, fault.message)
            }
            NoAnswer::NoPrices(treatment) => write!(f, "the page of `{treatment}` has no prices"),
            NoAnswer::Withdrawn { treatment, because } => write!(f, "`{treatment}` is withdrawn: {because}"),
        }
    }
}

impl std::error::Error for NoAnswer {}

/// Whoever answers questions about clients who want one treatment. What is found out about one is remembered for the
/// others; the answer to each is as if it were the only one.
pub struct Desk<'r> {
    engine: Engine<'r>,
    intake: Intake<'r>,
}

impl<'r> Desk<'r> {
    /// For rules without error.
    #[doc(hidden)]
    pub fn of(version: Version<'r>) -> Desk<'r> {
        let Version { book, treatment, .. } = version;
        Desk { engine: version.engine(), intake: Intake::new(book, treatment) }
    }

    /// The page that is asked.
    #[doc(hidden)]
    pub fn version(&self) -> Version<'r> {
        self.engine.version()
    }

    /// The answers of the client who was asked about last.
    pub(super) fn answers(&self) -> &Answers {
        self.intake.answers()
    }

    /// Asks about a client.
    pub fn inquiry<'d>(&'d mut self, mut question: Question<'d>) -> Result<Inquiry<'d, 'r>, Refused> {
        let read = self.read(&mut question)?;
        Ok(Inquiry { desk: Seat::Lent(self), question, read })
    }

    /// Reads the record: who and which day is asked about, and the answers.
    fn read(&mut self, question: &mut Question<'_>) -> Result<Read, Refused> {
        let mut found = std::mem::take(&mut question.found);
        let client = question.client();
        let refused = |visit, visit_assumed, findings| Refused {
            client: client.to_string(),
            visit,
            visit_assumed,
            findings,
        };
        let Some(record) = question.record else { return Err(refused(None, false, found)) };
        if let Some(words) = record.client.as_ref().filter(|words| !is_id(words)) {
            let message = format!("the client id is longer than {CLIENT} characters");
            let wrong = Diagnostic::error(Code::BadRecord, message).at(words.span, "");
            found.push(wrong.help("write a name or number; anything else about the client is no id"));
        }
        if found.iter().any(Diagnostic::is_error) {
            return Err(refused(None, false, found));
        }
        let (visit, assumed) = match (question.visit, &record.visit, question.today) {
            (Some(day), ..) => (Some(day), false),
            (None, Some(words), _) => (visit(words, client, &mut found), false),
            (None, None, Some(today)) => (Some(today), true),
            (None, None, None) => {
                let message = format!("client {client}: no day is asked about");
                let wrong = Diagnostic::error(Code::BadRecord, message).at(record.span, "");
                found.push(wrong.help("add `visit` to the record, such as 2026-03-02"));
                (None, false)
            }
        };
        let Some(visit) = visit else { return Err(refused(None, false, found)) };
        match self.intake.read(record, client, visit, question.answered_on, &mut found) {
            Some(_) => Ok(Read { visit, assumed, found }),
            None => Err(refused(Some(visit), assumed, found)),
        }
    }
}

/// The day of a visit as a record gives it.
fn visit(words: &Word<'_>, client: &str, found: &mut Vec<Diagnostic>) -> Option<Day> {
    let day = Day::parse(&words.text);
    if day.is_none() {
        let message = format!("client {client}: the visit `{}` is no day", words.text);
        let wrong = Diagnostic::error(Code::BadRecord, message).at(words.span, "");
        found.push(wrong.help("write year-month-day, such as 2026-03-02"));
    }
    day
}

/// A record that was read.
struct Read {
    visit: Day,
    /// Whether nobody named that day.
    assumed: bool,
    /// What was found, none of it an error.
    found: Vec<Diagnostic>,
}

/// A client whose answers were read, about whom everything can be asked.
pub struct Inquiry<'d, 'r> {
    desk: Seat<'d, 'r>,
    question: Question<'d>,
    read: Read,
}

/// Somebody at a desk, who has it alone or for now.
enum Seat<'d, 'r> {
    Own(Box<Desk<'r>>),
    Lent(&'d mut Desk<'r>),
}

impl<'r> Seat<'_, 'r> {
    fn desk(&mut self) -> &mut Desk<'r> {
        match self {
            Seat::Own(desk) => desk,
            Seat::Lent(desk) => desk,
        }
    }
}

impl<'d, 'r> Inquiry<'d, 'r> {
    pub(super) fn own(desk: Desk<'r>, mut question: Question<'d>) -> Result<Inquiry<'d, 'r>, Refused> {
        let mut desk = Box::new(desk);
        let read = desk.read(&mut question)?;
        Ok(Inquiry { desk: Seat::Own(desk), question, read })
    }

    /// The client's id, or what they are called without one.
    pub fn client(&self) -> &str {
        self.question.client()
    }

    /// The day asked about.
    pub fn visit(&self) -> Day {
        self.read.visit
    }

    /// Whether nobody named that day, so that it is today.
    pub fn is_visit_assumed(&self) -> bool {
        self.read.assumed
    }

    /// What was found in the record; none of it keeps it from being answered.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.read.found
    }

    /// Ends it; what was found in the record comes back.
    pub fn into_findings(self) -> Vec<Diagnostic> {
        self.read.found
    }

    /// What is said about the client, without the words.
    #[doc(hidden)]
    pub fn brief(&mut self) -> Result<Brief<'r>, NoAnswer> {
        let Desk { engine, intake } = self.desk.desk();
        let brief = engine.brief(intake.answers());
        in_time(&engine.version())?;
        Ok(brief)
    }

    /// The same without what is worth asking and when it changes.
    #[doc(hidden)]
    pub fn glance(&mut self) -> Result<Brief<'r>, NoAnswer> {
        let Desk { engine, intake } = self.desk.desk();
        let brief = engine.possible(intake.answers());
        in_time(&engine.version())?;
        Ok(brief)
    }

    /// The outcomes that are possible over all completions of what is unknown.
    pub fn possible(&mut self) -> Result<Possible, NoAnswer> {
        self.glance().map(|brief| brief.possible)
    }

    /// The decision with its reasons.
    pub fn decision(&mut self) -> Result<Decision, NoAnswer> {
        let brief = self.brief()?;
        self.explained(&brief)
    }

    /// The decision with its reasons, of which this is known already.
    #[doc(hidden)]
    pub fn explained(&mut self, brief: &Brief<'r>) -> Result<Decision, NoAnswer> {
        let Inquiry { desk, question, read } = self;
        let Desk { engine, intake } = desk.desk();
        let (version, answers) = (engine.version(), intake.answers());
        let mut decision = engine.explain(answers, brief);
        decision.visit_assumed = read.assumed.then_some("today");
        decision.expired = question.on.map(|on| decide::expired(&version, answers, &decision, on));
        in_time(&version)?;
        Ok(decision)
    }

    /// What is worth asking, most useful first.
    pub fn questions(&mut self) -> Result<Vec<decide::Question>, NoAnswer> {
        self.decision().map(|decision| decision.questions)
    }

    /// When each session of a course may be.
    pub fn plan(&mut self) -> Result<Outlook, NoAnswer> {
        let (visit, assumed) = (self.read.visit, self.read.assumed);
        let Desk { engine, intake } = self.desk.desk();
        let (version, answers) = (engine.version(), intake.answers());
        let Version { book, treatment, scripts } = version;
        let earlier = plan::last_session(&Rules::on(book, treatment, scripts, visit), answers);
        let outlook = plan::for_client(engine, answers, earlier);
        in_time(&version)?;
        Ok(Outlook { visit_assumed: assumed, ..outlook })
    }

    /// What so many sessions cost on the day asked about.
    pub fn quote(&mut self, sessions: u32) -> Result<Quote, NoAnswer> {
        let Desk { engine, intake } = self.desk.desk();
        let version = engine.version();
        let Version { book, treatment, scripts } = version;
        let pricing = treatment.pricing.as_ref();
        let pricing = pricing.ok_or_else(|| NoAnswer::NoPrices(treatment.id.clone()))?;
        let withdrawn = [&book.clinic.withdrawn, &treatment.withdrawn];
        if let Some(switch) = withdrawn.into_iter().flatten().find(|switch| switch.since <= self.read.visit) {
            let (treatment, because) = (treatment.id.clone(), switch.because.clone());
            return Err(NoAnswer::Withdrawn { treatment, because });
        }
        let mut quote = decide::quote(book, treatment, pricing, scripts, intake.answers(), sessions);
        let decision = engine.decide(intake.answers());
        in_time(&version)?;
        quote.beside(&decision);
        quote.client = self.question.record.and_then(id_of).map(str::to_string);
        Ok(quote)
    }

    /// Names the answers to the facts that a rule reads: a review of it counts for no others.
    #[doc(hidden)]
    pub fn saw(&mut self, rule: &Rule) -> String {
        let Inquiry { desk, question, .. } = self;
        let saw = |record| desk.desk().intake.saw(rule, record, question.answered_on);
        question.record.map(saw).unwrap_or_default()
    }

    /// What would have to be otherwise for a better outcome.
    pub fn needs(&mut self) -> Result<Needs, NoAnswer> {
        let Desk { engine, intake } = self.desk.desk();
        let needs = who::needs(engine.version(), intake.answers());
        in_time(&engine.version())?;
        Ok(needs)
    }
}

/// A script that was stopped by the clock shapes no answer.
fn in_time(version: &Version<'_>) -> Result<(), NoAnswer> {
    version.scripts.stopped().map_or(Ok(()), |fault| Err(NoAnswer::Stopped(fault)))
}
