//! `clearance check`: reads the rules and lists everything that is wrong with them.

use std::path::Path;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder;
use super::format::{FINDINGS, Format, one_of};
use super::output::print;
use super::pick;
use crate::book::review_dates::review_dates;
use crate::decide::cells::Version;
use crate::diagnostic::{Diagnostic, Severity};
use crate::log::signoff;
use crate::prose;
use crate::report;
use crate::report::findings::{self, Colour};
use crate::report::trial::Trial;
use crate::report::{github, junit, sarif};
use crate::rulebook::{Loaded, Part, Signing};
use crate::span::{Span, Texts};
use crate::study::examples::Base;
use crate::study::proof_diags;
use crate::study::proofs::{self, Proofs};
use crate::study::run::Panel;

/// What `check` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Nothing: the rules are named by `--rules`
    #[arg(hide = true, value_name = "NOTHING")]
    folder: Option<String>,
    /// End with exit code 1 for these too
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Vec<Deny>,
    /// Every page must have the signatures it needs
    #[arg(long)]
    require_signed: bool,
    /// Judge review dates on this day, or `today`; without it no clock is read
    #[arg(long, value_name = "DATE", value_parser = pick::on)]
    on: Option<pick::On>,
    /// How to print the findings
    #[arg(long, value_parser = one_of(FINDINGS), default_value = "human")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Warnings,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    if let Some(folder) = &args.folder {
        let folder = prose::visible(folder);
        return Err(Failure::new(format!("`check` takes no folder or file, such as `{folder}`"))
            .help(format!("to check the rules in it, write `clearance check --rules {folder}`")));
    }
    let mut loaded = folder::load(rules, Part::RulesAndCases)?;
    let proved = if loaded.usable() { prove(&mut loaded)? } else { Vec::new() };
    signed(&mut loaded, args.require_signed);
    if let Some(on) = args.on {
        let day = pick::day_of(on, &loaded.book)?;
        loaded.add(review_dates(&loaded.book, day));
    }
    let Loaded { texts, findings, .. } = &loaded;
    print(&match args.format {
        Format::Json => findings::json(texts, findings),
        Format::Sarif => sarif::sarif(texts, findings),
        // The marks show the findings beside their lines, and the log shows them to whoever reads on there.
        Format::Github => {
            let human = human(&loaded, &proved, rules, Colour::Plain);
            github::github(texts, findings) + github::quoted(&human).as_str()
        }
        Format::Junit => junit::junit(&trials(texts, findings), texts),
        _ => human(&loaded, &proved, rules, Colour::Styled),
    })?;
    let denied = args.deny.contains(&Deny::Warnings) && findings::count(findings, Severity::Warning) > 0;
    Ok(if loaded.usable() && !denied { Exit::Done } else { Exit::Found })
}

/// Adds what is wrong with the sign-off; if it is required, also what is missing.
fn signed(loaded: &mut Loaded, required: bool) {
    let Signing { standings, findings, .. } = &loaded.signing;
    let mut found = findings.clone();
    if required {
        let missing = standings.iter().filter_map(|(standing, span)| signoff::required(standing, *span));
        found.extend(missing);
    }
    loaded.add(found);
}

/// Proves what can be proved about every treatment, and adds what is found.
pub(super) fn prove(loaded: &mut Loaded) -> Result<Vec<Proofs>, Failure> {
    let Loaded { book, scripts, suites, .. } = &*loaded;
    let (mut proved, mut findings) = (Vec::new(), Vec::new());
    for (treatment, scripts) in book.treatments.iter().zip(scripts.iter()) {
        let version = Version { book, treatment, scripts };
        let mut panel = Panel::new(book, treatment, scripts);
        let base = suites.get(&treatment.id).and_then(|suite| suite.base.as_ref());
        let base = Base::of(base, version, &mut panel);
        let proofs = proofs::prove(version, base.client(), proofs::MOST_WORK);
        pick::in_time(scripts)?;
        findings.extend(proof_diags::findings(&proofs, version, &base));
        proved.push(proofs);
    }
    loaded.add(findings);
    Ok(proved)
}

fn human(loaded: &Loaded, proved: &[Proofs], rules: &Path, colour: Colour) -> String {
    let Loaded { texts, findings, .. } = loaded;
    match loaded.usable() {
        true => {
            findings::each(texts, findings, colour)
                + report::proofs::summary(&loaded.book, proved).as_str()
                + sound(loaded, rules).as_str()
        }
        false => findings::human(texts, findings, colour) + more(findings).as_str(),
    }
}

/// Each file that was read or should have been, in order; and the folder, if something is wrong with it as a whole.
fn trials(texts: &Texts, findings: &[Diagnostic]) -> Vec<Trial> {
    let with = |at: Option<Span>| -> Vec<Diagnostic> {
        let text = at.map(|span| span.text);
        findings.iter().filter(|finding| finding.span().map(|span| span.text) == text).cloned().collect()
    };
    let trial = |name: &str, at| Trial { name: name.into(), group: "rules".into(), at, findings: with(at) };
    let files = texts.all().map(|(id, text)| trial(&text.name, Some(Span::new(id, 0..0))));
    let mut trials: Vec<Trial> = files.collect();
    trials.sort_by(|a, b| a.name.cmp(&b.name));
    trials.extend(Some(trial("rules", None)).filter(|trial| !trial.findings.is_empty()));
    trials
}

/// Where to read on.
fn more(findings: &[Diagnostic]) -> String {
    let code = findings.iter().find(|finding| finding.severity == Severity::Error).map(|f| f.code.name());
    code.map(|code| format!("`clearance explain {code}` says more, as for every code\n")).unwrap_or_default()
}

/// `rules: 1 treatment, 12 rules, 10 facts, 41 statements: no errors, 1 warning`
fn sound(loaded: &Loaded, rules: &Path) -> String {
    let Loaded { book, findings, statements, .. } = loaded;
    let count = |number: usize, noun: &str| prose::count(number as i64, noun);
    let rules_in_all = book.treatments.iter().map(|treatment| treatment.rules.len()).sum();
    format!(
        "{}: {}, {}, {}, {}: {}\n",
        prose::visible(&rules.display().to_string()),
        count(book.treatments.len(), "treatment"),
        count(rules_in_all, "rule"),
        count(book.facts.facts.len(), "fact"),
        count(*statements, "statement"),
        findings::summary(findings)
    )
}
