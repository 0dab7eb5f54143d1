//! How the answers of today differ from the approved ones.

use super::exit::Failure;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::approved::{Approved, RULES};
use crate::prose;
use crate::span::Span;

/// An answer as it is today.
pub struct Today {
    /// Its place below the folder: `radiation.txt`, `rules/radiation.txt`.
    pub path: String,
    /// What it is about.
    pub of: Of,
    /// Where that is written.
    pub at: Span,
    /// The answer.
    pub text: String,
}

/// What an approved text is about.
pub enum Of {
    /// The case of this name.
    Case(String),
    /// The rule of this short name: what it says, and for which clients.
    Rule(String),
}

/// How an answer differs from the approved one.
pub enum Change {
    /// Another text was approved.
    Changed {
        /// The answer of today.
        today: Today,
        /// The approved text.
        old: String,
    },
    /// Nothing was approved yet.
    New(Today),
    /// An approved text that answers nothing any more.
    Needless(String),
}

impl Change {
    /// The finding, for every format.
    pub fn finding(&self, shown: &str) -> Diagnostic {
        match self {
            Change::Changed { today, .. } => {
                let message = match &today.of {
                    Of::Case(name) => format!("the case `{name}` is answered otherwise than approved"),
                    Of::Rule(name) => format!("the rule `{name}`, or whom it speaks for, is not as approved"),
                };
                Diagnostic::error(Code::AnswerChanged, message)
                    .at(today.at, "")
                    .note(format!("what was approved is in {shown}/{}", today.path))
                    .help("if it is right, `clearance test --review` shows it and takes it over")
                    .help("if it is wrong, correct the rule")
            }
            Change::New(today) => {
                let message = match &today.of {
                    Of::Case(name) => format!("nobody has approved the answer to the case `{name}` yet"),
                    Of::Rule(name) => {
                        format!("nobody has approved yet what the rule `{name}` says, and for whom")
                    }
                };
                Diagnostic::error(Code::AnswerNotApproved, message)
                    .at(today.at, "")
                    .help("`clearance test --review` shows it and takes it over; `--accept` takes over all")
            }
            Change::Needless(path) => {
                let what = if path.starts_with(RULES) { "rule" } else { "case" };
                let message = format!("`{shown}/{path}` belongs to no {what}");
                Diagnostic::error(Code::NeedlessApproval, prose::visible(&message))
                    .note(format!("the {what} was removed or renamed"))
                    .help(format!("bring the {what} back, or let `clearance test --accept` remove the file"))
            }
        }
    }

    /// What the finding is about, as a file: the same name is the same answer.
    pub fn path(&self) -> &str {
        match self {
            Change::Changed { today, .. } | Change::New(today) => &today.path,
            Change::Needless(path) => path,
        }
    }
}

/// What differs from the approved answers. With `all`, files that answer nothing are found too.
pub fn compare(approved: &Approved, today: Vec<Today>, all: bool) -> Result<Vec<Change>, Failure> {
    let mut needless = if all { approved.files()? } else { Vec::new() };
    let mut changes = Vec::new();
    for today in today {
        needless.retain(|path| *path != today.path);
        match approved.read(&today.path)? {
            None => changes.push(Change::New(today)),
            Some(old) if old == today.text => {}
            Some(old) => changes.push(Change::Changed { today, old }),
        }
    }
    changes.extend(needless.into_iter().map(Change::Needless));
    Ok(changes)
}

/// Makes the answer of today the approved one, or removes one that answers nothing.
pub fn accept(approved: &Approved, change: &Change) -> Result<(), Failure> {
    match change {
        Change::Needless(path) => approved.remove(path)?,
        Change::Changed { today, .. } | Change::New(today) => approved.write(&today.path, &today.text)?,
    }
    Ok(())
}
