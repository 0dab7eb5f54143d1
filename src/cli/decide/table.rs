//! A table of answers to the records that a reader gives: what `decide` prints, as CSV or in another format, without
//! files and in one thread, so that it can be asked many times over.

use std::io::Read;

use super::super::exit::Failure;
use super::super::format::Format;
use super::super::stream::{Pieces, Room};
use super::args::Args;
use super::decider::{Decider, Done, Shared};
use super::logging::Noted;
use super::repeats::Repeats;
use crate::report::tally::Counts;
use crate::rulebook::Rulebook;
use crate::rulebook::records::{Columns, Input};
use crate::value::Day;

/// A table that is asked for, of the first treatment of some rules.
pub struct Table<'d> {
    shared: Shared<'d>,
}

/// Somebody who fills tables, one after the other. Clients without an id are numbered over all of them.
pub struct Filler<'t, 'd> {
    shared: &'t Shared<'d>,
    decider: Decider<'t, 'd>,
    pieces: usize,
}

/// A table that was filled.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The rows, without the header; in another format the answers, without what stands around them all.
    pub rows: String,
    /// What is logged, if it is.
    pub noted: Vec<Noted>,
    /// What is said about records, columns and files.
    pub said: String,
    /// What is said about client ids that stand there twice.
    pub repeated: String,
    /// How many clients have which outcome, and how many not decided.
    pub summary: String,
    /// Whether something was wrong with the file or a record.
    pub is_wrong: bool,
}

impl Args {
    /// Asks for answers to standard input in any format, and for what the log would keep of them.
    pub fn printed(input: Input, format: Format, logged: bool) -> Args {
        let log = logged.then(Default::default);
        Args { format, log, ..Args::table(input, None, None) }
    }

    /// Asks for a table of standard input.
    pub fn table(input: Input, visit: Option<Day>, answered_on: Option<Day>) -> Args {
        Args {
            files: vec!["-".to_string()],
            visit,
            answered_on,
            treatment: None,
            on: None,
            why: false,
            format: Format::Csv,
            input: Some(input),
            require: None,
            log: None,
            asked_by: None,
            archive: None,
        }
    }
}

impl<'d> Table<'d> {
    /// For sound rules.
    pub fn new(args: &'d Args, rulebook: &'d Rulebook) -> Result<Table<'d>, Failure> {
        Ok(Table { shared: Shared::new(args, rulebook, None, Room::default())? })
    }

    /// Somebody who fills it.
    pub fn filler(&self) -> Filler<'_, 'd> {
        Filler { shared: &self.shared, decider: self.shared.decider(), pieces: 0 }
    }
}

impl Filler<'_, '_> {
    /// Decides what a reader gives, in the pieces that it gives.
    pub fn fill(&mut self, mut reader: Box<dyn Read + Send>) -> Result<Filled, Failure> {
        let Shared { args, version, ref names, .. } = *self.shared;
        let (mut counts, mut repeats, mut filled) =
            (Counts::default(), Repeats::default(), Filled::default());
        let mut rows = Vec::new();
        let mut add = |mut done: Done| {
            filled.is_wrong |= done.is_wrong;
            filled.said += &done.complaints;
            filled.repeated += &repeats.all(&done);
            filled.noted.append(&mut done.noted);
            rows.extend_from_slice(&done.bytes);
            counts.join(&done.counts);
        };
        match args.input {
            Some(input @ (Input::Yaml | Input::Json)) => {
                let (mut bytes, mut done) = (Vec::new(), Done::default());
                reader.read_to_end(&mut bytes).map_err(|error| Failure::new(error.to_string()))?;
                self.decider.whole(self.pieces, "-", bytes, input, &mut done)?;
                add(done);
                self.pieces += 1;
            }
            input => {
                let mut pieces = Pieces::of(reader, input == Some(Input::Csv), Columns::of(&[version.book]));
                while let Some(piece) = pieces.next()? {
                    add(self.decider.piece(self.pieces, piece)?);
                    self.pieces += 1;
                }
            }
        }
        filled.rows = String::from_utf8_lossy(&rows).into_owned();
        filled.summary = counts.summary(names);
        Ok(filled)
    }
}
