//! How a command ends.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::disk::Failed;

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done. Warnings alone end so.
    Done,
    /// 1: `check` found errors, tests failed, records could not be read, or what was required is not so.
    Found,
    /// 2: could not run: wrong arguments, missing files, or rules with errors where a verb needs sound ones.
    CouldNotRun,
    /// 141: whoever read the output stopped before its end, so that nobody saw whether all is well.
    CutOff,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::CouldNotRun => 2,
            // As of a program that the system ends for writing to nobody.
            Exit::CutOff => 141,
        })
    }
}

/// Why a command could not run.
#[derive(Debug)]
pub enum Failure {
    /// What is wrong, and what to do; the latter may be empty.
    Message {
        /// In one line.
        message: String,
        /// One line each.
        helps: Vec<String>,
    },
    /// The rules have errors; the text shows them.
    Rules(String),
    /// Whoever read the output has stopped reading, which is no mistake to tell of.
    NobodyReads,
}

impl Failure {
    /// A failure without advice; add it with [`Failure::help`].
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::Message { message: message.into(), helps: Vec::new() }
    }

    /// Says that something cannot be written.
    pub fn unwritten(what: &str, error: impl fmt::Display) -> Failure {
        Failure::new(format!("{what} cannot be written: {error}"))
    }

    /// Adds what to do.
    pub fn help(mut self, text: impl Into<String>) -> Failure {
        if let Failure::Message { helps, .. } = &mut self {
            helps.push(text.into());
        }
        self
    }
}

impl From<Failed> for Failure {
    fn from(Failed { message, helps }: Failed) -> Failure {
        Failure::Message { message, helps }
    }
}

/// Writing to standard output failed.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NobodyReads,
            _ => Failure::new(format!("the output cannot be written: {error}")),
        }
    }
}
