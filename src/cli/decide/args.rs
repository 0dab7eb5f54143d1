//! What `decide` can be told.

use std::path::PathBuf;

use clap::ValueEnum;

use super::super::format::{Format, one_of};
use super::super::{log, pick};
use crate::rulebook::records::Input;
use crate::value::Day;

/// What `decide` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files with client records (.yaml, .json, .ndjson, .csv), or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<String>,
    /// The day asked about; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    pub(super) visit: Option<Day>,
    /// The day of answers that carry none
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    pub(super) answered_on: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    pub(super) treatment: Option<String>,
    /// Say what each answer rests on that should have been looked at again by this day, or `today`; it is
    /// not logged
    #[arg(long, value_name = "DATE", value_parser = pick::on)]
    pub(super) on: Option<pick::On>,
    /// Show conditions, answers, numbers and sources behind each reason
    #[arg(long)]
    pub(super) why: bool,
    /// How to print the answers
    #[arg(long, value_parser = one_of([Format::Human, Format::Json, Format::Ndjson, Format::Csv]), default_value = "human")]
    pub(super) format: Format,
    /// How the records are written, if the file's name does not tell
    #[arg(long, value_enum)]
    pub(super) input: Option<Input>,
    /// End with exit code 1 unless every client has this outcome
    #[arg(long, value_enum, value_name = "OUTCOME")]
    pub(super) require: Option<Require>,
    /// Add every decision to this log before it is printed; it is made if it is not there
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
    /// Who asks; without it the login name is logged
    #[arg(long, value_name = "NAME", requires = "log", value_parser = log::named)]
    pub(super) asked_by: Option<String>,
    /// Keep a copy of the rules in this folder, so that decisions can be replayed without git
    #[arg(long, value_name = "DIR", requires = "log")]
    pub(super) archive: Option<PathBuf>,
}

/// What every client must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Require {
    /// Eligible
    Eligible,
}
