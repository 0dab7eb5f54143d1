//! `clearance verify`: who signed what the rules mean, and what is missing.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::folder;
use super::format::{Format, one_of};
use super::output::{complain, print};
use super::{diff, pick, sign};
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::disk::{Failed, write};
use crate::log::file::{self, Content, Entry};
use crate::log::ssh::NAMESPACE;
use crate::log::standing::Standing;
use crate::report::findings::{self, Colour};
use crate::report::signoff as report;
use crate::rulebook::{Loaded, Part};
use crate::written::signatures::SignatureFile;

/// What `verify` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with the rules, in place of `--rules`
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Only this treatment
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// The rules signed before, to find the verdict anew: a folder, or a git revision
    #[arg(long, value_name = "OLD")]
    against: Option<String>,
    /// Write what was signed to this folder, and print how `ssh-keygen` checks it
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, value_parser = one_of([Format::Human, Format::Json]), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rules = args.folder.as_deref().unwrap_or(rules);
    let mut loaded = folder::load(rules, Part::RulesAndCases)?;
    let errors: Vec<Diagnostic> = loaded.rule_findings().cloned().collect();
    if findings::count(&errors, Severity::Error) > 0 {
        let shown = findings::human(&loaded.texts, &errors, Colour::Styled);
        return Err(Failure::Rules(format!("{shown}nothing was verified: the rules have errors\n")));
    }
    if args.treatment.is_some() {
        let id = pick::treatment(&loaded.book, args.treatment.as_deref())?.id.clone();
        loaded.signing.standings.retain(|(standing, _)| standing.treatment == id);
    }
    let mut found = std::mem::take(&mut loaded.signing.findings);
    if let Some(against) = &args.against {
        recompute(against, rules, &loaded, &mut found)?;
    }
    diagnostic::sort(&mut found);
    let standings: Vec<Standing> =
        loaded.signing.standings.iter().map(|(standing, _)| standing.clone()).collect();
    let shown = findings::each(&loaded.texts, &found, Colour::Styled);
    match args.format {
        Format::Json => {
            complain(&shown);
            let failed = |error| Failure::unwritten("the answer", error);
            print(&report::json(&standings).map_err(failed)?)?;
        }
        _ => print(&(shown + report::human(&standings).as_str()))?,
    }
    if let Some(dir) = &args.write {
        complain(&written(dir, &loaded, &standings)?);
    }
    let wrong = findings::count(&found, Severity::Error) > 0;
    Ok(if wrong || standings.iter().any(|one| !one.signed) { Exit::Found } else { Exit::Done })
}

/// What is on file about the revision that a page has.
fn on_file(loaded: &Loaded, standing: &Standing) -> Option<(Content, Vec<Entry>)> {
    let mut files = loaded.signing.files.iter();
    file::content(files.find(|file| Some(&file.path) == standing.file.as_ref())?)
}

/// Compares anew with the rules signed before: the verdict must be the one that was signed.
fn recompute(
    against: &str,
    rules: &Path,
    loaded: &Loaded,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Failure> {
    let old = diff::load(&diff::source(against, rules)?, rules)?;
    for (standing, span) in &loaded.signing.standings {
        for then in old.signing.files.iter().filter(|file| file.treatment == standing.treatment) {
            let mut files = loaded.signing.files.iter();
            let now = files.find(|file| file.treatment == then.treatment && file.revision == then.revision);
            let digest = |file: &SignatureFile| file.digest.as_ref().map(|words| words.text.clone());
            if now.is_none_or(|now| digest(now) != digest(then)) {
                let message = format!(
                    "what was signed as revision {} in `{against}` is not in the folder",
                    then.revision
                );
                found.push(
                    Diagnostic::error(Code::BadSignature, message)
                        .at(*span, "")
                        .note("a sign-off follows what was signed before it, so nothing signed may go")
                        .help(format!("put back `{}` as it is there", then.path)),
                );
            }
        }
        let treatment = loaded.book.treatment(&standing.treatment);
        let Some((treatment, (content, _))) = treatment.zip(on_file(loaded, standing)) else { continue };
        if standing.before.is_none() || standing.differs.is_some() {
            continue;
        }
        let now = sign::compared(against, rules, loaded, treatment, &content.previous)?;
        if (now.verdict.as_str(), now.lifts) != (content.verdict.as_str(), content.lifts) {
            let lifts = |lifts: bool| if lifts { ", lifting a withdrawal" } else { "" };
            let message = format!(
                "revision {} was signed as `{}`{}, and is `{}`{}",
                standing.revision,
                content.verdict,
                lifts(content.lifts),
                now.verdict,
                lifts(now.lifts)
            );
            found.push(
                Diagnostic::error(Code::BadSignature, message)
                    .at(*span, "")
                    .note("the verdict decides how many have to approve")
                    .help("remove the signature file, and sign anew against the rules signed before"),
            );
        }
    }
    Ok(())
}

/// Writes each signed text with its signature, and says how `ssh-keygen` checks them.
fn written(dir: &Path, loaded: &Loaded, standings: &[Standing]) -> Result<String, Failure> {
    let failed = |error| Failed::unwritten(dir.display(), &error);
    write::folder(dir).map_err(failed)?;
    let put = |name: &str, text: &str| write::file(&dir.join(name), text).map_err(failed);
    let known = &loaded.signing.known;
    let allowed: String = known
        .iter()
        .map(|known| {
            let (who, key) = (principal(&known.signer.name), known.key.line());
            format!("{who} namespaces=\"{NAMESPACE}\" {key}\n")
        })
        .collect();
    put("allowed_signers", &allowed)?;
    let mut checks = Vec::new();
    for standing in standings {
        let Some((content, entries)) = on_file(loaded, standing) else { continue };
        let stem = format!("{}-{}", content.treatment, content.revision);
        put(&format!("{stem}-parts.txt"), &content.parts)?;
        put(&format!("{stem}-diff.txt"), &content.diff)?;
        for (at, entry) in entries.iter().enumerate() {
            let Entry { by, signs_as, role, registration, on, signature } = entry;
            let who = (by.as_str(), role.as_str(), registration.as_deref());
            let text = content.statement(signs_as, who, on).text();
            let name = format!("{stem}-{}", at + 1);
            put(&format!("{name}.txt"), &text)?;
            put(&format!("{name}.sig"), signature)?;
            checks.push((name, principal(by)));
        }
    }
    Ok(report::checks(&dir.display().to_string(), &checks))
}

/// A name as `ssh-keygen -I` takes it: `a-lead` for `A. Lead`.
fn principal(name: &str) -> String {
    let small = name.to_lowercase();
    let words: Vec<&str> =
        small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}
