//! What an interview puts to a client.

use crate::decide;
use crate::value::Points;

/// A question as it is put now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Asking {
    /// What is asked, and what the answer can change.
    pub question: decide::Question,
    /// How far it was asked before.
    pub stage: Stage,
    /// The options that an answer is about, by their place among those of the fact.
    pub options: Vec<usize>,
    /// What is known already.
    pub known: Vec<Already>,
    /// Whether it is known that at least one of the options applies, and not which.
    pub some_apply: bool,
    /// Whether an earlier answer is set aside, for the reason that the question gives.
    pub is_asked_anew: bool,
    /// What was answered, where somebody has gone back to it.
    pub said: Option<String>,
}

/// How far a question was asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is known yet.
    Whole,
    /// Some options of a history are answered; these are the others.
    Others,
    /// A part is known, of one option if it is a history: the last question about it.
    Closer(Option<usize>),
}

/// What is known of a fact, or of one of its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Already {
    /// The option, by its place.
    pub option: Option<usize>,
    /// What it may be.
    pub points: Points,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// It was taken as an answer. With it the days that stood in another order than records have them, from the first
    /// to the last that each can mean.
    Taken(Vec<(crate::value::Day, crate::value::Day)>),
    /// What was answered before stays.
    Kept,
    /// The question before is asked again.
    Back,
    /// There is no question before.
    First,
    /// Nobody wants to go on.
    Quit,
}

/// Why a line was not taken; the record is as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotUnderstood {
    /// There is nothing in it, or it asks for help.
    NoAnswer,
    /// It cannot be read, for these reasons.
    Wrong(Vec<String>),
    /// It says something else than what is known.
    Against(Vec<Already>),
    /// It would be written with what the record says already, which lies partly after the day of the answers.
    LaterThanAnswer(Vec<Already>, crate::value::Day),
    /// It says nothing new, and these options are asked about.
    NothingNew,
    /// It was taken, but nothing can be decided any more, for this reason.
    Stopped(String),
}
