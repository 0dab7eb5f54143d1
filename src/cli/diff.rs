//! `clearance diff`: what a change of the rules changes, and for whom.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::cohort::Cohort;
use super::exit::{Exit, Failure};
use super::folder;
use super::format::{Format, one_of};
use super::output::print;
use super::pick;
use crate::diagnostic::{Diagnostic, Severity};
use crate::disk::{git, read};
use crate::prose::visible;
use crate::report::diff::{self as human, Words};
use crate::report::findings::{self, Colour};
use crate::report::{cohort as report, diff_data, diff_markdown};
use crate::rulebook::records::Input;
use crate::rulebook::{Loaded, Part, loaded};
use crate::study::case::Suite;
use crate::study::clients::Client;
use crate::study::cohort::{Matrix, Moved};
use crate::study::diff::{self, Side};
use crate::study::examples::Base;
use crate::study::run::Panel;
use crate::value::Day;

/// What `diff` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The rules before: a folder, or a git revision; `A..B` names both
    #[arg(value_name = "OLD")]
    old: String,
    /// The rules after; without it those in the folder
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// End with exit code 1 if anything loosens, or may; or if any rule changes anything
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Decide these records before and after (.yaml, .json, .ndjson, .csv, or `-`)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    clients: Vec<String>,
    /// The treatment of the records, if the rules hold several
    #[arg(long, value_name = "NAME", requires = "clients")]
    treatment: Option<String>,
    /// The day asked about; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = pick::day, requires = "clients")]
    visit: Option<Day>,
    /// The day of answers that carry none
    #[arg(long, value_name = "DATE", value_parser = pick::day, requires = "clients")]
    answered_on: Option<Day>,
    /// How the records are written, if the file's name does not tell
    #[arg(long, value_enum, requires = "clients")]
    input: Option<Input>,
    /// How to print the comparison
    #[arg(long, value_parser = one_of([Format::Human, Format::Json, Format::Markdown, Format::Sarif, Format::Ndjson]), default_value = "human")]
    format: Format,
}

/// So many clients who moved are listed for people.
const LISTED: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Loosening,
    Any,
}

/// One version: where it is, and how it is called.
pub(super) struct Source {
    name: String,
    at: At,
}

enum At {
    Folder(PathBuf),
    Revision(git::Revision),
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let sources = sources(args, rules)?;
    let [old, new] = [load(&sources[0], rules)?, load(&sources[1], rules)?];
    let sides = [&old, &new].map(|loaded| Side {
        texts: &loaded.texts,
        book: &loaded.book,
        scripts: &loaded.scripts,
    });
    let found = diff::diff(sides[0], sides[1], &|id| base(&old, &new, id));
    let names = [sources[0].name.as_str(), sources[1].name.as_str()];
    let words = Words([&old.book.facts, &new.book.facts]);
    if args.format == Format::Ndjson && args.clients.is_empty() {
        return Err(Failure::new("`--format ndjson` is for clients who are told something else")
            .help("add `--clients FILE`, or use `--format json`"));
    }
    let cohort = cohort(args, sides)?;
    let clients = cohort.as_ref().map(|(matrix, moved)| (matrix, &moved[..]));
    let shown = match args.format {
        Format::Json => diff_data::json(&found, names, clients),
        Format::Markdown => diff_markdown::markdown(&found, words, names),
        Format::Sarif => diff_data::sarif(&found, words, &new.texts),
        Format::Ndjson => clients.map(|(matrix, _)| report::last_line(matrix)).unwrap_or_default(),
        _ => human::human(&found, words, names),
    };
    let more = clients.map(|(matrix, moved)| match args.format {
        Format::Human => report::human(matrix, moved),
        Format::Markdown => report::markdown(matrix, moved),
        _ => String::new(),
    });
    print(&(shown + more.unwrap_or_default().as_str()))?;
    let denied = match args.deny {
        None => false,
        Some(Deny::Loosening) => found.may_loosen(),
        Some(Deny::Any) => found.may_move(),
    };
    let unread = cohort.as_ref().is_some_and(|(matrix, _)| matrix.neither > 0);
    Ok(if denied || unread { Exit::Found } else { Exit::Done })
}

/// The records decided with both versions, if there are any.
fn cohort(args: &Args, sides: [Side<'_>; 2]) -> Result<Option<(Matrix, Vec<Moved>)>, Failure> {
    if args.clients.is_empty() {
        return Ok(None);
    }
    let treatment = pick::treatment(sides[1].book, args.treatment.as_deref())?;
    let [Some(old), Some(new)] = sides.map(|side| side.version(&treatment.id)) else {
        let id = &treatment.id;
        return Err(Failure::new(format!("the rules before have no treatment `{id}`")));
    };
    let Args { clients: files, input, visit, answered_on, .. } = args;
    let lines = args.format == Format::Ndjson;
    let (input, visit, answered_on) = (*input, *visit, *answered_on);
    // Programs are told of all.
    let listed = if args.format == Format::Json { usize::MAX } else { LISTED };
    Cohort { files, input, visit, answered_on, versions: [old, new], lines, listed }.run().map(Some)
}

/// The two versions that the arguments name.
fn sources(args: &Args, rules: &Path) -> Result<[Source; 2], Failure> {
    let one = |text: &str| source(text, rules);
    let head = |text: &str| if text.is_empty() { "HEAD".to_string() } else { text.to_string() };
    match (&args.new, args.old.split_once("...").filter(|_| !is_folder(&args.old))) {
        (Some(new), _) => Ok([one(&args.old)?, one(new)?]),
        (None, Some((a, b))) => {
            let (a, b) = (head(a), head(b));
            let fork = git::fork(rules, &a, &b)?;
            let new = git::revision(rules, &b)?;
            Ok([
                Source { name: format!("where {b} left {a}"), at: At::Revision(fork) },
                Source { name: b, at: At::Revision(new) },
            ])
        }
        (None, None) => match args.old.split_once("..").filter(|_| !is_folder(&args.old)) {
            Some((a, b)) => Ok([one(&head(a))?, one(&head(b))?]),
            None => Ok([one(&args.old)?, folder(rules)]),
        },
    }
}

fn is_folder(text: &str) -> bool {
    read::is_folder(Path::new(text))
}

fn folder(dir: &Path) -> Source {
    Source { name: dir.display().to_string(), at: At::Folder(dir.to_path_buf()) }
}

/// The version called `text`: a folder, or else a git revision.
pub(super) fn source(text: &str, rules: &Path) -> Result<Source, Failure> {
    if is_folder(text) {
        return Ok(folder(Path::new(text)));
    }
    let looks_like_a_path = text.contains(['/', '\\']) && !text.contains("..");
    let revision = git::revision(rules, text).map_err(|failure| match looks_like_a_path {
        true => failure.help(format!("there is no folder `{text}`")),
        false => failure,
    })?;
    Ok(Source { name: text.to_string(), at: At::Revision(revision) })
}

/// Reads one version. Errors in its rules end the command; its cases only lend their base client.
pub(super) fn load(source: &Source, rules: &Path) -> Result<Loaded, Failure> {
    let part = Part::RulesAndCases;
    let loaded = match &source.at {
        At::Folder(dir) => folder::load(dir, part)?,
        At::Revision(revision) => {
            let mut findings = Vec::new();
            let folder = git::read(rules, revision, true, &mut findings)?;
            loaded(folder, part, findings)
        }
    };
    let errors: Vec<Diagnostic> = loaded.rule_findings().cloned().collect();
    if findings::count(&errors, Severity::Error) == 0 {
        return Ok(loaded);
    }
    let shown = findings::human(&loaded.texts, &errors, Colour::Styled);
    let name = visible(&source.name);
    Err(Failure::Rules(format!("{shown}nothing was compared: the rules of {name} have errors\n")))
}

/// The base client of a page: that of the new version, or of the old one.
pub(super) fn base(old: &Loaded, new: &Loaded, id: &str) -> Option<(usize, String, Client)> {
    [(1, new), (0, old)].into_iter().find_map(|(side, loaded)| {
        let suite: &Suite = loaded.suites.get(id)?;
        let visit = suite.base.as_ref()?;
        let rules = Side { texts: &loaded.texts, book: &loaded.book, scripts: &loaded.scripts };
        let version = rules.version(id)?;
        let mut panel = Panel::new(version.book, version.treatment, version.scripts);
        let base = Base::of(Some(visit), version, &mut panel);
        Some((side, visit.0.clone(), base.client().clone()))
    })
}
