//! The answer about one client, as it is written out. The keys are a contract; `contract` counts its versions.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::book::{Ending, Outcome};
use crate::value::{Day, Truth};

/// The version of the keys below.
pub const CONTRACT: u32 = 1;

/// May this client have this treatment on this day, and why?
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// Who.
    pub client: String,
    /// The treatment's id.
    pub treatment: String,
    /// The day asked about.
    pub visit: Day,
    /// `today` if nobody named a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_assumed: Option<&'static str>,
    /// What is already certain.
    pub outcome: Outcome,
    /// Every outcome some completion of the open answers has, worst first.
    pub possible: Vec<Outcome>,
    /// Whether nothing can change the outcome and the wait any more.
    pub settled: bool,
    /// Whether `possible` is exact, not merely a superset.
    pub exact: bool,
    /// How long to wait; `None` if no completion waits.
    pub wait: Option<WaitNote>,
    /// The first day that may be promised; `None` while anything but a check on the day could move it.
    pub book_from: Option<Day>,
    /// Every rule that holds or may hold, worst outcome first.
    pub reasons: Vec<Reason>,
    /// Where the outcome is certain and no single rule is: the rules of which one applies in every case, by id. They
    /// stand among the reasons. With several such lists each alone makes it certain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_every_case: Vec<Vec<String>>,
    /// What is worth asking, most useful first.
    pub questions: Vec<Question>,
    /// `on the day` if all that is open can only be settled then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_only: Option<&'static str>,
    /// The steps of the appointment for this client.
    pub steps: Vec<StepNote>,
    /// Reviews in the record, and whether they count.
    pub reviews: Vec<ReviewNote>,
    /// What it rests on that should have been looked at again by now; `None` if nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired: Option<Vec<ExpiredNote>>,
    /// The first later day on which the answer differs by time alone.
    pub next_change: Option<Day>,
    /// The rules it rests on.
    pub rules: RulesNote,
    /// The version of the program.
    pub engine: &'static str,
    /// The version of these keys.
    pub contract: u32,
}

impl Decision {
    /// Whether the client is certainly not to be treated on that day.
    pub fn is_refused(&self) -> bool {
        self.outcome.is_refusal()
    }

    /// Why the outcome is what it is: the rules that hold, or where no single one is certain, those that may.
    pub fn because(&self) -> Vec<String> {
        let own = || self.reasons.iter().filter(|reason| reason.outcome == self.outcome);
        let counted = || own().filter(|reason| reason.reviewed_by.is_none());
        let holding: Vec<&Reason> = counted().filter(|reason| reason.holds == Truth::Yes).collect();
        let told = if holding.is_empty() { counted().collect() } else { holding };
        told.into_iter().map(|reason| reason.because.clone()).collect()
    }
}

/// How long to wait: until the first day, from the visit on, on which nothing defers any more. Within ten years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaitNote {
    /// The earliest day over all completions; `None` if no completion has one.
    pub not_before: Option<Day>,
    /// The latest; `None` if a completion has none.
    pub latest: Option<Day>,
    /// What ends the waits that no day ends.
    pub cleared_when: Vec<String>,
}

/// A rule that holds or may hold.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// `microneedling/isotretinoin`
    pub rule: String,
    /// `yes` or `unknown`.
    #[serde(serialize_with = "truth")]
    pub holds: Truth,
    /// What it decides.
    pub outcome: Outcome,
    /// The first day it no longer holds; the latest such day while answers are open.
    pub until: Option<Day>,
    /// The earliest such day, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_earliest: Option<Day>,
    /// What ends it when no day does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleared_when: Option<Ending>,
    /// Why.
    pub because: String,
    /// `microneedling.yaml:41`
    pub at: String,
    /// Names what the rule means today: a review counts only for it.
    pub meaning: String,
    /// Its condition in words, or those of a list one by one.
    pub conditions: Vec<ConditionNote>,
    /// The cited statements.
    pub source: Vec<SourceNote>,
    /// The clinic's own decision.
    pub basis: Option<String>,
    /// Who reviews it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<String>,
    /// What to consider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consider: Option<String>,
    /// Whether a review of it by somebody can count; left out where none can.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reviewable: bool,
    /// Who said go ahead, if a review quiets the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    /// Set for what is withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<WithdrawnNote>,
    /// The answers it reads.
    pub facts: BTreeMap<String, AnswerNote>,
    /// The parameters it uses.
    pub parameters: BTreeMap<String, ParameterNote>,
}

/// A condition in words, and whether it holds.
#[derive(Debug, Clone, Serialize)]
pub struct ConditionNote {
    /// The condition.
    pub says: String,
    /// Whether it holds.
    #[serde(serialize_with = "truth")]
    pub holds: Truth,
}

/// A cited statement.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SourceNote {
    /// `L24`
    pub statement: String,
    /// Its line in the original.
    pub line: u32,
    /// The statement, restated.
    pub says: String,
}

/// An answer with where and when it comes from.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AnswerNote {
    /// The answer, or `unknown`.
    pub answer: String,
    /// When it was given.
    pub on: Option<Day>,
    /// By whom.
    pub from: Option<String>,
    /// All of them, where several answers were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<SaidNote>,
}

/// One of several answers.
#[derive(Debug, Clone, Serialize)]
pub struct SaidNote {
    /// The answer.
    pub answer: String,
    /// When it was given.
    pub on: Option<Day>,
    /// By whom.
    pub from: Option<String>,
}

/// A parameter's value.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ParameterNote {
    /// The value.
    pub value: String,
    /// The day it counts from.
    pub since: Day,
    /// Why the clinic decided so.
    pub basis: Option<String>,
    /// Values that start to count after the visit: a rule that holds lapses by those in force on the day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<LaterNote>,
}

/// A value of a parameter that starts to count after the visit.
#[derive(Debug, Clone, Serialize)]
pub struct LaterNote {
    /// The value.
    pub value: String,
    /// The day it counts from.
    pub since: Day,
}

/// A number past the day by which it had to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpiredNote {
    /// The parameter.
    pub parameter: String,
    /// Its value on the day of the visit.
    pub value: String,
    /// The day by which it had to be looked at again.
    pub review_by: Day,
    /// Who decides it.
    pub owner: String,
    /// The rules that rest on it here, by id; of a step of the appointment its name and the exclusion's.
    pub rules: Vec<String>,
}

/// What is withdrawn, by whom and since when.
#[derive(Debug, Clone, Serialize)]
pub struct WithdrawnNote {
    /// The first day.
    pub since: Day,
    /// Who decided.
    pub by: String,
    /// The incident.
    pub incident: Option<String>,
}

/// What an answer can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Affects {
    /// The outcome.
    Outcome,
    /// The wait.
    Wait,
    /// The steps of the appointment.
    Steps,
    /// The price.
    Price,
}

/// Something worth asking.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Question {
    /// The fact.
    pub fact: String,
    /// The question.
    pub ask: String,
    /// Its options that are open, if it has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Why it is open.
    pub why: String,
    /// What the answer can change.
    pub affects: Vec<Affects>,
    /// Outcomes that this answer alone could bring or avert, worst first.
    pub could_become: Vec<Outcome>,
    /// `on the day` if it cannot be settled when booking.
    pub asked: Option<&'static str>,
    /// What to do when the client does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_sure: Option<String>,
}

/// A step of the appointment for this client.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct StepNote {
    /// The step.
    pub step: String,
    /// What is done, in words.
    pub says: String,
    /// `yes`, `no` or `ask first`.
    #[serde(rename = "do")]
    pub answer: &'static str,
    /// Why not, or why to ask.
    pub because: Option<String>,
}

/// A review in the record.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ReviewNote {
    /// The rule reviewed.
    pub rule: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub on: Day,
    /// The last day it counts.
    pub until: Day,
    /// Whether it counts at this visit.
    pub counts: bool,
    /// Why not.
    pub why: Option<String>,
    /// What to know about one that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The rules a decision rests on.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RulesNote {
    /// The page's revision.
    pub revision: u32,
    /// Names all that the decision rests on.
    pub digest: String,
    /// Whether a valid signature is known.
    pub signed: bool,
}

fn truth<S: Serializer>(truth: &Truth, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(truth.word())
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.phrase())
    }
}

impl Serialize for Ending {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
