//! Book, record and visit in; decision out. Nothing here reads a file or a clock, or renders anything.
//!
//! `day` is the book as it stands on the day of a visit, `answers` a client's record as sets of possible
//! values, `search` what is possible over all completions, `questions` what is worth asking, and
//! `decision` the answer with its reasons.

mod answers;
mod combine;
mod day;
mod decision;
mod diags;
mod explain;
mod next_change;
mod possible;
mod prop;
mod questions;
mod search;
mod space;
mod time;
mod values;
mod waits;

pub use answers::{Answers, FactAnswer, Review, Said, Standing, from_written};
pub use day::{Rules, Verdict};
pub use decision::{
    Affects, AnswerNote, ConditionNote, Decision, ParameterNote, Question, Reason, ReviewNote, RulesNote,
    SourceNote, StepNote, WaitNote, WithdrawnNote,
};
pub use explain::{decide, possible};
pub use possible::Possible;
pub use search::Solution;
pub use space::{Link, Space};
