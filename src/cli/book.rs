//! `clearance book`: the rule book, as one page of HTML or as Markdown.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::folder;
use super::format::{Format, one_of};
use super::on::{self, On};
use super::output::print;
use super::pick;
use crate::book::Treatment;
use crate::decide::cells::Version;
use crate::diagnostic;
use crate::disk::{Failed, write};
use crate::report::book::{self, Studied, Subject, html, markdown};
use crate::report::findings::{self, Colour};
use crate::rulebook::{Loaded, Part, scripts_of};
use crate::study::case::Suite;
use crate::study::coverage::{Coverage, coverage};
use crate::study::examples::{self, Base};
use crate::study::proof_diags;
use crate::study::proofs::{self, Proofs};
use crate::study::run::Panel;
use crate::study::verdict::{self, Ran};

/// What `book` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The treatment; all if none is named
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// The day the book stands on: what is in force, and what is scheduled
    #[arg(long, value_name = "DATE", value_parser = on::read, default_value = "today")]
    on: On,
    /// One page of HTML, or Markdown
    #[arg(long, value_parser = one_of([Format::Html, Format::Markdown]), default_value = "html")]
    format: Format,
    /// Write it to this file instead of printing it
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What was studied about one treatment.
struct Study<'l> {
    treatment: &'l Treatment,
    proofs: Proofs,
    ran: Vec<Ran<'l>>,
    left_out: usize,
    coverage: Coverage,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let loaded = folder::load(rules, Part::RulesAndCases)?;
    if !loaded.usable() {
        let shown = findings::human(&loaded.texts, &loaded.findings, Colour::Styled);
        return Err(Failure::Rules(format!("{shown}no book was written: the rules have errors\n")));
    }
    let on = args.on.day(&loaded.book)?;
    let treatments: Vec<&Treatment> = match &args.treatment {
        Some(name) => vec![pick::treatment(&loaded.book, Some(name))?],
        None => loaded.book.treatments.iter().collect(),
    };
    let empty = Suite::default();
    let mut found = loaded.findings.clone();
    found.extend(loaded.signing.findings.iter().cloned());
    let mut studies = Vec::new();
    for treatment in treatments {
        let suite = loaded.suites.get(&treatment.id).unwrap_or(&empty);
        studies.push(study(&loaded, treatment, suite, &mut found)?);
    }
    found.extend(crate::book::review_dates::review_dates(&loaded.book, on));
    diagnostic::sort(&mut found);
    let Loaded { book, written, texts, signing, .. } = &loaded;
    let pages = studies.iter().filter_map(|study| {
        let mut standings = signing.standings.iter().map(|(standing, _)| standing);
        let standing = standings.find(|standing| standing.treatment == study.treatment.id)?;
        Some(Studied {
            treatment: study.treatment,
            proofs: &study.proofs,
            ran: &study.ran,
            left_out: study.left_out,
            coverage: &study.coverage,
            standing,
        })
    });
    let subject = Subject { book, written, texts, findings: &found, pages: pages.collect(), on };
    let document = book::document(&subject);
    let text = match args.format {
        Format::Markdown => markdown::text(&document),
        _ => html::page(&document),
    };
    match &args.output {
        None => print(&text)?,
        Some(path) => {
            write::file(path, &text).map_err(|error| Failed::unwritten(path.display(), &error))?;
        }
    }
    Ok(Exit::Done)
}

/// Proves what can be proved about a treatment and runs its cases.
fn study<'l>(
    loaded: &'l Loaded,
    treatment: &'l Treatment,
    suite: &'l Suite,
    found: &mut Vec<diagnostic::Diagnostic>,
) -> Result<Study<'l>, Failure> {
    let book = &loaded.book;
    let scripts = scripts_of(book, &loaded.scripts, treatment);
    let version = Version { book, treatment, scripts };
    let mut panel = Panel::new(book, treatment, scripts);
    let base = Base::of(suite.base.as_ref(), version, &mut panel);
    let proofs = proofs::prove(version, base.client(), proofs::MOST_WORK);
    found.extend(proof_diags::findings(&proofs, version, &base));
    let ran = verdict::run(suite, &mut panel);
    let mut coverage = coverage(treatment, &ran, &mut panel);
    let (_, needless) = examples::of(&coverage.gaps, &base, version);
    coverage.forget(&needless);
    pick::in_time(scripts)?;
    let left_out = suite.names.len() - suite.cases.len();
    Ok(Study { treatment, proofs, ran, left_out, coverage })
}
