//! May this client have this treatment on this day, and why?
//!
//! Rules are data: pages of YAML that a clinical lead edits. The library reads them, finds what is wrong
//! with them, and decides about client records. The files are the pipeline, each floor importing only from
//! floors above it:
//!
//! ```text
//! span diagnostic suggest prose limits value    the ground: knows nothing about rules
//!    source      texts            -> nodes that know their place
//!    written     nodes            -> pages, facts and records as their authors wrote them
//!    book        what was written -> names resolved, kinds checked, conditions typed
//!    script      what a page leaves to Rhai, in a sandbox
//!    decide      book + record + visit -> decision, plan, quote; no file, no clock, no rendering
//!    study       statements about all clients, the cases, and what a change of the rules changes
//!    log         what was decided, in a chain of lines; who signed which meaning of the rules
//!    rulebook    the front of the library: an inquiry about a client, and whatever is answered to it
//!    disk        the folder, the log, git, the clock: every path that is opened, every program that is started
//!    report      findings and answers -> text, JSON, SARIF, JUnit, CSV, calendars, a page for the client
//!    cli         one file per verb; the only floor that prints
//! ```
//!
//! All of it in one go:
//!
//! ```
//! use clearance::records::Input;
//! use clearance::{Day, Outcome, Question, Rulebook};
//!
//! // Texts become a rulebook. Every mistake is a finding, and all are found at once.
//! let rulebook = Rulebook::of([
//!     ("clinic.yaml", "name: A clinic\ntime_zone: Europe/London\ncurrency: GBP"),
//!     ("facts.yaml", "open_wounds: {kind: yes/no, ask: Is there broken skin?}"),
//!     ("peel.yaml", "
//! treatment: Peel
//! revision: 1
//! deferrals:
//!   open_wounds:
//!     when: open_wounds
//!     cleared_when: the wounds have healed
//!     because: It would sting.
//!     basis: Clinic decision.
//! "),
//! ]);
//! assert!(rulebook.findings().is_empty());
//!
//! // A text becomes records, and a record becomes answers: sets of possible values.
//! let (records, _) = rulebook.records("c1.yaml", "{client: C1, facts: {open_wounds: yes}}", Input::Yaml);
//! let visit = Day::parse("2026-03-02").expect("a day");
//! let question = Question::of(&records.entries[0]).at(visit);
//!
//! // Rules and answers become a decision. A rulebook is shared by threads; each asks for itself.
//! let decision = rulebook.inquiry(Some("peel"), question)?.decision()?;
//! assert_eq!(decision.outcome, Outcome::Deferred);
//! assert_eq!(decision.reasons[0].because, "It would sting.");
//! # Ok::<(), clearance::NoAnswer>(())
//! ```
//!
//! # Invariants
//!
//! - An answer is a set of possible values. Deciding a partly known client is deciding every completion of
//!   it at once; known and unknown share one evaluation, so a missing answer can never clear anyone.
//! - `decide` is a pure function. It sees no clock, file, environment or hash order.
//! - There is one engine, `decide::engine`. Every verb and every format asks it, and all of them say the same.
//! - Whatever a user can write wrong is a finding with a place, never a panic.
//! - Text from rules and records is escaped by `report`, which alone formats.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The command line prints through `cli::output`: `println!` panics when nobody reads any more.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro)]

mod book;
#[cfg(feature = "cli")]
mod cli;
mod decide;
mod diagnostic;
#[cfg(feature = "cli")]
mod disk;
mod limits;
mod log;
mod prose;
#[cfg(feature = "cli")]
mod report;
mod rulebook;
mod script;
mod source;
mod span;
mod study;
mod suggest;
mod value;
mod written;

pub use book::Outcome;
#[cfg(feature = "cli")]
pub use cli::{Exit, run};
pub use decide::{Decision, Possible, Quote};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use rulebook::{
    Asking, Beginning, Desk, Heard, Inquiry, Interview, NoAnswer, NotUnderstood, Question, Refused, Rulebook,
    Stage, records,
};
pub use span::{Span, Texts};
pub use study::who::Needs;
pub use value::{Day, Duration, Truth, Unit};

/// What a decision consists of.
pub mod decision {
    pub use crate::decide::{
        Affects, AnswerNote, CONTRACT, ConditionNote, Decision, ExpiredNote, LaterNote, ParameterNote,
        Question, Reason, ReviewNote, RulesNote, SourceNote, StepNote, WaitNote, WithdrawnNote,
    };
}

/// The course of a client: in which days each session may lie.
pub mod plan {
    pub use crate::decide::extent::Length;
    pub use crate::decide::plan::{Ask, LeftOut, NoPlan, Note, Outlook, Plan, Results, Session, Step};
}

/// What sessions cost.
pub mod quote {
    pub use crate::decide::{ByNote, Line, ListNote, Money, Quote};
}

/// What would have to be otherwise for a better outcome.
pub mod needs {
    pub use crate::study::who::{Better, Change, Given, GivenKind, Needs, Waiting};
}

/// The floors themselves, for this project's own tests and benches. Nothing here is promised to anybody else.
#[doc(hidden)]
pub mod inside {
    pub mod book {
        pub use crate::book::*;
    }
    #[cfg(feature = "cli")]
    pub mod cli {
        pub use crate::cli::*;
    }
    pub mod decide {
        pub use crate::decide::*;
    }
    pub mod diagnostic {
        pub use crate::diagnostic::*;
    }
    #[cfg(feature = "cli")]
    pub mod disk {
        pub use crate::disk::*;
    }
    pub mod limits {
        pub use crate::limits::*;
    }
    pub mod log {
        pub use crate::log::*;
    }
    pub mod prose {
        pub use crate::prose::*;
    }
    #[cfg(feature = "cli")]
    pub mod report {
        pub use crate::report::*;
    }
    pub mod rulebook {
        pub use crate::rulebook::*;
    }
    pub mod script {
        pub use crate::script::*;
    }
    pub mod source {
        pub use crate::source::*;
    }
    pub mod span {
        pub use crate::span::*;
    }
    pub mod study {
        pub use crate::study::*;
    }
    pub mod suggest {
        pub use crate::suggest::*;
    }
    pub mod value {
        pub use crate::value::*;
    }
    pub mod written {
        pub use crate::written::*;
    }
}
