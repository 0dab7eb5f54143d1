//! Cases: what is asked, about whom, and the answer that must come.

use jiff::Zoned;
use rust_decimal::Decimal;

use crate::book::Outcome;
use crate::span::Span;
use crate::value::Day;
use crate::written::record::Record;

/// One case: a sentence and what must be so, once or for each row of a table.
#[derive(Debug, Clone)]
pub struct Case {
    /// The sentence.
    pub name: String,
    /// The name as a file: small letters and dashes.
    pub slug: String,
    /// `microneedling/cases/waits.yaml`
    pub file: String,
    /// Where the name stands.
    pub span: Span,
    /// What the rows of a table differ in.
    pub vary: Option<String>,
    /// One row, or those of the table.
    pub rows: Vec<Row>,
}

/// One question with its answer.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row's value, in a table.
    pub value: Option<String>,
    /// Where the expectation stands.
    pub span: Span,
    /// What is asked.
    pub question: Question,
    /// What must be answered.
    pub expected: Expected,
}

/// What a case asks.
#[derive(Debug, Clone)]
pub enum Question {
    /// May this client have the treatment?
    Decide(Visit),
    /// What to do after a treatment, or whether an activity is allowed at a moment.
    Aftercare {
        /// When the treatment ended.
        ended: Zoned,
        /// The activity and the moment asked about.
        may: Option<(String, Zoned)>,
    },
    /// When each session may be, from a day on.
    PlanFrom(Day),
    /// When each session of this client may be.
    PlanFor(Visit),
    /// What so many sessions cost.
    Quote(Visit, u32),
}

/// A client on a day.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The answers.
    pub record: Record<'static>,
    /// The day asked about.
    pub day: Day,
    /// The client it is like, if it is like one.
    pub like: Option<String>,
}

impl Case {
    /// The rule pages call it by this: the name, and the row's value in a table.
    pub fn title(&self, row: &Row) -> String {
        match &row.value {
            Some(value) => format!("{}: {value}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Question {
    /// The client and day of a decision.
    pub fn decided(&self) -> Option<&Visit> {
        match self {
            Question::Decide(visit) => Some(visit),
            _ => None,
        }
    }
}

/// The cases of one treatment.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// The cases, in order of their files.
    pub cases: Vec<Case>,
    /// The names of all cases, also of those with a mistake.
    pub names: Vec<String>,
    /// The first client that stands under `clients:`: what examples are made near to.
    pub base: Option<(String, Visit)>,
}

/// What must be answered. What is `None` is left to the approved answer.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The answer itself.
    pub answer: Option<Wanted>,
    /// The rules that certainly hold.
    pub reasons: Option<Vec<String>>,
    /// The rules that may hold.
    pub may_apply: Option<Vec<String>>,
    /// The facts asked about.
    pub questions: Option<Vec<String>>,
    /// Steps of the appointment: `yes`, `no` or `ask first`.
    pub steps: Vec<(String, String)>,
}

/// An answer as a case words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Any outcome but `deferred`.
    Outcome(Outcome),
    /// `deferred` with its days.
    Deferred(Wait),
    /// Whether an activity is allowed.
    May(May),
    /// The sessions of a plan.
    Sessions(Vec<(Day, Option<Day>)>),
    /// No plan.
    NoPlan,
    /// The total of a quote.
    Total(Decimal),
    /// No price.
    NoPrice,
    /// The page is not in force on the day of the visit.
    NotInForce,
}

/// How long a deferral must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The first day is certain.
    Until(Day),
    /// The earliest and the latest first day.
    Between(Day, Day),
    /// The earliest first day; there is no latest.
    OrLonger(Day),
    /// No day can be named.
    WithoutDay,
}

/// Whether an activity is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// Yes, until a moment if there is one.
    Yes(Option<Zoned>),
    /// Yes, and it goes on.
    YesWithoutEnd,
    /// From this moment on.
    NotYet(Zoned),
    /// Not yet, and no moment is given.
    NotYetWithoutEnd,
    /// The page does not say.
    Silent,
}

/// What a case expects of a visit on a day on which the page does not count.
pub(super) const NOT_IN_FORCE: &str = "not in force";

impl Wanted {
    /// The answer in the words of a case.
    pub fn words(&self) -> String {
        match self {
            Wanted::Outcome(outcome) => outcome.phrase().to_string(),
            Wanted::Deferred(Wait::Until(day)) => format!("deferred until {day}"),
            Wanted::Deferred(Wait::Between(first, last)) => format!("deferred until {first} to {last}"),
            Wanted::Deferred(Wait::OrLonger(day)) => format!("deferred until {day} or longer"),
            Wanted::Deferred(Wait::WithoutDay) => "deferred without a day".to_string(),
            Wanted::May(May::Yes(None)) => "yes".to_string(),
            Wanted::May(May::Yes(Some(end))) => format!("yes until {}", minute(end)),
            Wanted::May(May::YesWithoutEnd) => "yes without end".to_string(),
            Wanted::May(May::NotYet(from)) => format!("not yet until {}", minute(from)),
            Wanted::May(May::NotYetWithoutEnd) => "not yet without end".to_string(),
            Wanted::May(May::Silent) => "the source is silent".to_string(),
            Wanted::Sessions(sessions) => {
                let words: Vec<String> = sessions.iter().map(|session| window(*session)).collect();
                words.join(", ")
            }
            Wanted::NoPlan => "no plan".to_string(),
            Wanted::Total(total) => total.to_string(),
            Wanted::NoPrice => "no price".to_string(),
            Wanted::NotInForce => NOT_IN_FORCE.to_string(),
        }
    }
}

fn minute(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M%:z").to_string()
}

fn window((opens, closes): (Day, Option<Day>)) -> String {
    match closes {
        Some(closes) if closes == opens => opens.to_string(),
        Some(closes) => format!("{opens} to {closes}"),
        None => format!("{opens} or later"),
    }
}
