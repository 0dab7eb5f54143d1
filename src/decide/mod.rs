//! Book, record and visit in; decision out. Nothing here reads a file or a clock, or renders anything.
//!
//! `day` is the book as it stands on the day of a visit, `answers` a client's record as sets of possible values,
//! which `intake` reads, `compiled` the rules in a form to be asked quickly, `search` what is possible over all
//! completions, `questions` what is worth asking, and `decision` the answer with its reasons. `cells` asks conditions about every client at once, and
//! `ways` says in which ways one comes to hold. `aftercare` and `plan` are the times after and between sessions.

pub mod aftercare;
mod answers;
pub mod cells;
mod combine;
mod compiled;
mod day;
mod decision;
mod diags;
mod expired;
mod explain;
pub mod extent;
mod forms;
mod intake;
mod next_change;
pub mod plan;
mod possible;
mod prop;
mod questions;
mod quote;
mod repair;
mod reviews;
mod search;
pub mod solve;
mod space;
mod time;
mod values;
mod waits;
pub mod wall;
pub mod ways;
mod words;

pub use answers::{Alternative, Answers, Boxes, FactAnswer, Review, Said, Standing};
pub use compiled::{Block, Columns, Conditions, Difference, Fired, Heard, OPEN, Spoken};
pub use day::{Rules, Verdict};
pub use decision::{
    Affects, AnswerNote, CONTRACT, ConditionNote, Decision, ExpiredNote, LaterNote, ParameterNote, Question,
    Reason, ReviewNote, RulesNote, SourceNote, StepNote, WaitNote, WithdrawnNote,
};
pub use expired::expired;
pub use explain::{decide, possible};
pub use intake::{Intake, from_written};
pub use next_change::next_change;
pub use possible::Possible;
pub use quote::{ByNote, Line, ListNote, Money, Quote, quote};
pub use reviews::reviews;
pub use search::Solution;
pub use space::{Link, Space};
