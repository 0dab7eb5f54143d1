//! Book, record and visit in; decision out. Nothing here reads a file or a clock, or renders anything.
//!
//! `day` is the book as it stands on the day of a visit, `answers` a client's record as sets of possible values,
//! which `intake` reads, `search` what is possible over all completions, `questions` what is worth asking, `engine`
//! what puts all of it together and remembers it, and `decision` the answer with its reasons. `cells` asks conditions
//! about every client at once, and `ways` says in which ways one comes to hold. `aftercare` and `plan` are the times
//! after and between sessions.

pub mod aftercare;
mod again;
mod answers;
pub mod cells;
mod combine;
mod cuts;
mod dates;
mod day;
mod decision;
mod diags;
mod engine;
mod expired;
pub mod extent;
mod forms;
mod intake;
mod later;
pub mod plan;
mod possible;
mod prop;
mod questions;
mod quote;
mod repair;
mod said;
mod saw;
mod search;
mod single;
pub mod solve;
mod space;
mod time;
mod values;
mod waits;
pub mod wall;
pub mod ways;
mod windows;
pub mod wish;
mod words;

pub use answers::{Alternative, Answers, Boxes, FactAnswer, Review, Said, Standing};
pub use day::{Rules, Version};
pub use decision::{
    Affects, AnswerNote, CONTRACT, ConditionNote, Decision, ExpiredNote, LaterNote, ParameterNote, Question,
    Reason, ReviewNote, RulesNote, SourceNote, StepNote, WaitNote, WithdrawnNote,
};
pub use engine::{Asked, Brief, Engine, Places, StepTruths, TEN_YEARS};
pub use expired::expired;
pub use intake::{Intake, from_written};
pub use possible::Possible;
pub use quote::{ByNote, Line, ListNote, Money, Quote, quote};
pub use single::{Aged, AgedPart};
pub use space::{Link, Space};
pub use values::spread;
