//! Approved answers: text files beside the cases, in `<treatment>/cases/approved`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{read, words};
use crate::limits::SMALL_FILE;
use crate::prose;
use crate::span::Span;

/// Below the folder, what was approved about rules.
const RULES: &str = "rules/";

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

/// The approved answers of one treatment.
pub struct Approved {
    /// Where they lie.
    dir: PathBuf,
    /// How the folder is called in messages.
    shown: String,
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

impl Approved {
    /// The approved answers of `treatment` in the folder `rules`. A link that leads out of the folder is refused.
    pub fn of(rules: &Path, treatment: &str) -> Result<Approved, Failure> {
        let shown = format!("{treatment}/cases/approved");
        let dir = rules.join(&shown);
        let root = fs::canonicalize(rules).map_err(|error| unreadable(&shown, &error))?;
        for part in [dir.as_path(), &dir.join(RULES)] {
            if let Ok(real) = fs::canonicalize(part)
                && !real.starts_with(&root)
            {
                return Err(Failure::new(format!("`{shown}` is a link to a place outside the rules folder"))
                    .help("put a folder there"));
            }
        }
        Ok(Approved { dir, shown })
    }

    /// How the folder is called in messages.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What differs from the approved answers. With `all`, files that answer nothing are found too.
    pub fn compare(&self, today: Vec<Today>, all: bool) -> Result<Vec<Change>, Failure> {
        let mut needless = if all { self.files()? } else { Vec::new() };
        let mut changes = Vec::new();
        for today in today {
            needless.retain(|path| *path != today.path);
            match self.read(&today.path)? {
                None => changes.push(Change::New(today)),
                Some(old) if old == today.text => {}
                Some(old) => changes.push(Change::Changed { today, old }),
            }
        }
        changes.extend(needless.into_iter().map(Change::Needless));
        Ok(changes)
    }

    /// Makes the answer of today the approved one, or removes one that answers nothing.
    pub fn accept(&self, change: &Change) -> Result<(), Failure> {
        let path = self.dir.join(change.path());
        let done = match change {
            Change::Needless(_) => fs::remove_file(&path),
            Change::Changed { today, .. } | Change::New(today) => write(&path, &today.text),
        };
        done.map_err(|error| {
            Failure::new(format!("`{}/{}` cannot be written: {}", self.shown, change.path(), words(&error)))
        })
    }

    /// The text as it was approved. A program that turned its line ends into those of another system is forgiven.
    fn read(&self, path: &str) -> Result<Option<String>, Failure> {
        match read::found(&self.dir.join(path), SMALL_FILE) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&format!("{}/{path}", self.shown), &error)),
        }
    }

    /// Every approved answer in the folder, in order.
    fn files(&self) -> Result<Vec<String>, Failure> {
        let mut found = Vec::new();
        for (dir, prefix) in [(self.dir.clone(), ""), (self.dir.join(RULES), RULES)] {
            let entries = match fs::read_dir(&dir) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(&self.shown, &error)),
            };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.ends_with(".txt") {
                    found.push(format!("{prefix}{name}"));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Writes beside the place first, so that nobody ever reads half an answer.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("txt.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

fn unreadable(what: &str, error: &io::Error) -> Failure {
    Failure::new(format!("`{what}` cannot be read: {}", words(error)))
}
