//! `clearance check`: reads the rules and lists everything that is wrong with them.

use std::path::Path;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded, Part};
use super::output::print;
use crate::diagnostic::{Diagnostic, Severity};
use crate::prose;
use crate::report::findings::{self, Colour};

/// What `check` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Nothing: the rules are named by `--rules`
    #[arg(hide = true, value_name = "NOTHING")]
    folder: Option<String>,
    /// End with exit code 1 for these too
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Vec<Deny>,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Warnings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    if let Some(folder) = &args.folder {
        let folder = prose::visible(folder);
        return Err(Failure::new(format!("`check` takes no folder or file, such as `{folder}`"))
            .help(format!("to check the rules in it, write `clearance check --rules {folder}`")));
    }
    let loaded = folder::load(rules, Part::RulesAndCases)?;
    let Loaded { texts, findings, .. } = &loaded;
    print(&match args.format {
        Format::Json => findings::json(texts, findings),
        Format::Human if loaded.usable() => {
            findings::each(texts, findings, Colour::Styled) + sound(&loaded, rules).as_str()
        }
        Format::Human => findings::human(texts, findings, Colour::Styled) + more(findings).as_str(),
    })?;
    let denied = args.deny.contains(&Deny::Warnings) && findings::count(findings, Severity::Warning) > 0;
    Ok(if loaded.usable() && !denied { Exit::Done } else { Exit::Found })
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
    let guarantees: usize = book.treatments.iter().map(|treatment| treatment.guarantees.len()).sum();
    let unproved = match guarantees {
        0 => String::new(),
        _ => format!("{} read, which this version does not prove\n", count(guarantees, "guarantee")),
    };
    let rules_in_all = book.treatments.iter().map(|treatment| treatment.rules.len()).sum();
    format!(
        "{unproved}{}: {}, {}, {}, {}: {}\n",
        prose::visible(&rules.display().to_string()),
        count(book.treatments.len(), "treatment"),
        count(rules_in_all, "rule"),
        count(book.facts.facts.len(), "fact"),
        count(*statements, "statement"),
        findings::summary(findings)
    )
}
