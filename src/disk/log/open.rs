//! Reading a log with its bodies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::files::{bodies, each_line, existing, none};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::Failed;
use crate::log::body::{self, Body, Promise};
use crate::log::chain::{Line, Verifier};
use crate::log::entry::What;

/// A log as it lies on the disk.
pub struct Log {
    /// Its lines, as far as they can be read.
    pub lines: Vec<Line>,
    /// How many lines the file has.
    pub count: u64,
    /// What is wrong with it, in the order of its lines.
    pub findings: Vec<Diagnostic>,
    /// Lines whose bodies were erased.
    erased: BTreeSet<u64>,
    /// Where each body that keeps its promise begins, and how long it is.
    places: BTreeMap<u64, (u64, usize)>,
    bodies: Option<File>,
    path: PathBuf,
}

/// What became of the body of a line.
pub enum State {
    /// It is there.
    Kept(Box<Body>),
    /// It was erased.
    Erased,
    /// It is gone, and nobody said so.
    Missing,
}

impl Log {
    /// Reads a log, and waits as long as somebody writes to it.
    pub fn open(path: &Path) -> Result<Log, Failed> {
        let Some(file) = existing(path)? else {
            return Err(none(path));
        };
        // A log on a disk that knows no locks is a copy, to which nobody writes.
        let _ = file.lock_shared();
        Log::read(path, &file)
    }

    /// Reads a log that this process holds already.
    pub(super) fn read(path: &Path, file: &File) -> Result<Log, Failed> {
        let fail = |error| Failed::unread(path.display(), &error);
        let mut verifier = Verifier::default();
        let (mut lines, mut count) = (Vec::new(), 0);
        each_line(file, &mut |bytes, _| {
            count += 1;
            lines.extend(verifier.line(bytes));
        })
        .map_err(fail)?;
        let mut erased = BTreeSet::new();
        for line in &lines {
            if let What::Erasure(erasure) = &line.entry.what {
                erased.extend(erasure.sequences.iter().copied());
            }
        }
        let file = existing(&bodies(path))?;
        let findings = verifier.findings;
        let mut log =
            Log { lines, count, findings, erased, places: BTreeMap::new(), bodies: file, path: path.into() };
        log.match_bodies().map_err(fail)?;
        Ok(log)
    }

    /// Holds the bodies against what the lines promise.
    fn match_bodies(&mut self) -> io::Result<()> {
        let promises: BTreeMap<u64, Promise> =
            self.lines.iter().filter_map(|line| Some((line.entry.sequence, body::promise(line)?))).collect();
        let (mut torn, mut strays, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
        let mut other: BTreeMap<u64, u64> = BTreeMap::new();
        let mut places = BTreeMap::new();
        if let Some(file) = &self.bodies {
            let mut number = 0;
            each_line(file, &mut |bytes, at| {
                number += 1;
                match Body::read(bytes) {
                    None => torn.push(number),
                    Some(body) => match promises.get(&body.sequence) {
                        Some(promise) if body.keeps(promise) => {
                            places.insert(body.sequence, (at, bytes.len()));
                        }
                        Some(_) => {
                            other.insert(body.sequence, number);
                        }
                        None if body.sequence > self.count => beyond.push(number),
                        None => strays.push(number),
                    },
                }
            })?;
        }
        self.places = places;
        for sequence in promises.keys() {
            let (kept, erased) = (self.places.contains_key(sequence), self.erased.contains(sequence));
            let found = other.remove(sequence);
            match (kept, erased, found) {
                (true, true, _) => self.findings.push(
                    Diagnostic::error(
                        Code::ChangedBody,
                        format!("the body of line {sequence} is still there, although it was erased"),
                    )
                    .help("an erasure was cut short: repeat it"),
                ),
                (true, false, Some(number)) => strays.push(number),
                (false, false, Some(number)) => self.findings.push(
                    Diagnostic::error(
                        Code::ChangedBody,
                        format!("what is kept for line {sequence} is not what the line commits to"),
                    )
                    .note(format!("it stands in line {number} of the bodies"))
                    .help("bring the bodies back from a copy"),
                ),
                (false, false, None) => self.findings.push(
                    Diagnostic::error(
                        Code::MissingBody,
                        format!("what line {sequence} commits to is gone, and no erasure names it"),
                    )
                    .help("bring the bodies back from a copy"),
                ),
                (true, false, None) | (false, true, _) => {}
            }
        }
        for (numbers, what, note) in [
            (torn, "cannot be read", "a run was ended while it wrote, or somebody changed it"),
            (
                strays,
                "belongs to no line",
                "a run was ended before it wrote its lines, and had printed nothing",
            ),
            (
                beyond,
                "comes after the last line of the log",
                "a run was ended before it wrote its lines, or lines were cut off at the end of the log",
            ),
        ] {
            let Some(first) = numbers.first() else { continue };
            let more = match numbers.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            self.findings.push(
                Diagnostic::warning(Code::StrayBody, format!("line {first} of the bodies {what}{more}"))
                    .note(note)
                    .help("a head that was kept elsewhere tells whether lines were cut off: `--head HASH`"),
            );
        }
        Ok(())
    }

    /// What became of the body of a line.
    pub fn body(&self, sequence: u64) -> Result<State, Failed> {
        let Some((at, length)) = self.places.get(&sequence) else {
            return Ok(if self.erased.contains(&sequence) { State::Erased } else { State::Missing });
        };
        if self.erased.contains(&sequence) {
            return Ok(State::Erased);
        }
        let read = || -> io::Result<Option<Body>> {
            let Some(mut file) = self.bodies.as_ref() else { return Ok(None) };
            let mut bytes = vec![0; *length];
            file.seek(SeekFrom::Start(*at))?;
            file.read_exact(&mut bytes)?;
            Ok(Body::read(&bytes))
        };
        let body = read().map_err(|error| Failed::unread(bodies(&self.path).display(), &error))?;
        Ok(body.map_or(State::Missing, |body| State::Kept(Box::new(body))))
    }

    /// The line of this sequence.
    pub fn line(&self, sequence: u64) -> Result<&Line, Failed> {
        self.lines.iter().find(|line| line.entry.sequence == sequence).ok_or_else(|| {
            let failure = Failed::new(format!("the log has no line {sequence}"));
            match self.lines.last() {
                Some(last) => failure.help(format!("its last line is {}", last.entry.sequence)),
                None => failure.help("it is empty"),
            }
        })
    }

    /// Whether a body is still there although its line was erased.
    pub fn lies_about(&self, sequence: u64) -> bool {
        self.erased.contains(&sequence) && self.places.contains_key(&sequence)
    }

    /// How many bodies were erased.
    pub fn erased(&self) -> usize {
        self.erased.len()
    }

    /// How many bodies are kept.
    pub fn kept(&self) -> usize {
        self.places.len()
    }
}
