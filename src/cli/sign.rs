//! `clearance sign`: an author or an approver signs what the rules of a treatment mean.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder;
use super::on::{self, On};
use super::output::{complain, print};
use super::{check, diff, pick};
use crate::book::{Treatment, parts};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::disk::{self, Failed, keygen, read};
use crate::limits::SMALL_FILE;
use crate::log::file::{self, Content, Entry};
use crate::log::signers::Known;
use crate::log::signoff;
use crate::log::verdict;
use crate::prose::{self, visible};
use crate::report::diff::{self as human, Words};
use crate::report::findings::{self, Colour};
use crate::report::signoff as report;
use crate::rulebook::{Loaded, Part, loaded};
use crate::study::diff::{self as study, Side};
use crate::suggest;

/// What `sign` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with the rules, in place of `--rules`
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// Whether you wrote the change or approve it; the author signs first
    #[arg(long = "as", value_enum, value_name = "WHAT")]
    signs_as: SignsAs,
    /// Your name, as in clinic.yaml
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The day of the signature
    #[arg(long, value_name = "DATE|today", value_parser = on::read)]
    on: On,
    /// The rules signed before: a folder, or a git revision
    #[arg(long, value_name = "OLD")]
    against: Option<String>,
    /// Your private SSH key, for `ssh-keygen`; without it the text to sign is printed
    #[arg(long, value_name = "FILE", conflicts_with = "signature")]
    key: Option<PathBuf>,
    /// The signature of that text, made elsewhere
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SignsAs {
    Author,
    Approver,
}

impl SignsAs {
    fn word(self) -> &'static str {
        match self {
            SignsAs::Author => "author",
            SignsAs::Approver => "approver",
        }
    }
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rules = args.folder.as_deref().unwrap_or(rules);
    let loaded = sound(rules)?;
    let treatment = pick::treatment(&loaded.book, args.treatment.as_deref())?;
    open_queries(&loaded, treatment)?;
    let Known { signer, .. } = signer(&loaded, &args.by)?;
    let on = args.on.day(&loaded.book)?.to_string();
    let (content, mut entries) = draft(args, rules, &loaded, treatment)?;
    let registration = signer.registration.as_deref();
    let signs_as = args.signs_as.word();
    let who = (signer.name.as_str(), signer.role.as_str(), registration);
    let text = content.statement(signs_as, who, &on).text();
    let signature = match (&args.key, &args.signature) {
        (Some(key), _) => {
            print(&content.diff)?;
            print("\n")?;
            keygen::sign(key, &text)?
        }
        (None, Some(path)) => read::text(path, SMALL_FILE)?,
        (None, None) => {
            complain(&format!("{}\n", visible_lines(&content.diff)));
            complain(&report::by_hand(&content.treatment, content.revision, signs_as, &signer.name, &on));
            print(&text)?;
            return Ok(Exit::Done);
        }
    };
    entries.push(Entry {
        by: signer.name.clone(),
        signs_as: signs_as.to_string(),
        role: signer.role.clone(),
        registration: signer.registration.clone(),
        on,
        signature,
    });
    write(rules, treatment, &file::text(&content, &entries), &signer.name)
}

/// Text for a terminal, line by line.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| visible(line) + "\n").collect()
}

/// Reads the rules as `check` does. Any error ends the command.
fn sound(rules: &Path) -> Result<Loaded, Failure> {
    let mut loaded = folder::load(rules, Part::RulesAndCases)?;
    if loaded.usable() {
        check::prove(&mut loaded)?;
    }
    loaded.findings.extend(loaded.signing.findings.iter().cloned());
    refuse(&loaded, "nothing was signed: the rules have errors")?;
    Ok(loaded)
}

/// Ends the command if anything is wrong.
fn refuse(loaded: &Loaded, why: &str) -> Result<(), Failure> {
    let wrong = |finding: &&Diagnostic| finding.severity == Severity::Error;
    let errors: Vec<Diagnostic> = loaded.findings.iter().filter(wrong).cloned().collect();
    if errors.is_empty() {
        return Ok(());
    }
    let shown = findings::human(&loaded.texts, &errors, Colour::Styled);
    Err(Failure::Rules(format!("{shown}{why}\n")))
}

/// A question that is open may mean that the rules lack something.
fn open_queries(loaded: &Loaded, treatment: &Treatment) -> Result<(), Failure> {
    let own = |finding: &&Diagnostic| {
        let place = finding.span().map(|span| loaded.texts.get(span.text).name.as_str());
        finding.code == Code::OpenQuery
            && treatment.statements.iter().any(|statement| Some(statement.source.as_str()) == place)
    };
    let open: Vec<Diagnostic> = loaded.findings.iter().filter(own).cloned().collect();
    if open.is_empty() {
        return Ok(());
    }
    let shown = findings::each(&loaded.texts, &open, Colour::Styled);
    let open = prose::count(open.len() as i64, "question");
    let why = format!("nothing was signed: {open} to the author of a source still open\n");
    Err(Failure::Rules(shown + why.as_str()))
}

fn signer<'l>(loaded: &'l Loaded, name: &str) -> Result<&'l Known, Failure> {
    let known = &loaded.signing.known;
    known.iter().find(|known| known.signer.name == name).ok_or_else(|| {
        let failure = Failure::new(format!("`{name}` is none of the signers in clinic.yaml"));
        match suggest::nearest(name, known.iter().map(|known| known.signer.name.as_str())) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("name the person there under `signers:` with role, registration and key"),
        }
    })
}

/// What is to be signed, and the signatures it has.
fn draft(
    args: &Args,
    rules: &Path,
    loaded: &Loaded,
    treatment: &Treatment,
) -> Result<(Content, Vec<Entry>), Failure> {
    let (id, revision) = (&treatment.id, treatment.revision);
    let mut files = loaded.signing.files.iter().filter(|file| file.treatment == *id);
    let current = files.clone().find(|file| file.revision == revision).and_then(file::content);
    if let (Some((content, entries)), SignsAs::Approver) = (&current, args.signs_as) {
        if let Some(entry) = entries.iter().find(|entry| entry.by == args.by) {
            let Entry { signs_as, .. } = entry;
            return Err(Failure::new(format!(
                "`{}` has signed revision {revision} already, as its {signs_as}",
                args.by
            ))
            .help("somebody else approves"));
        }
        if let Some(against) = &args.against {
            let fresh = compared(against, rules, loaded, treatment, &content.previous)?;
            if (fresh.verdict.as_str(), fresh.lifts) != (content.verdict.as_str(), content.lifts) {
                let message = format!(
                    "the author signed the verdict `{}`, and against `{against}` it is `{}`",
                    content.verdict, fresh.verdict
                );
                return Err(
                    Failure::new(message).help("remove the signature file, and let the author sign anew")
                );
            }
        }
        return Ok((content.clone(), entries.clone()));
    }
    match (&current, args.signs_as) {
        (Some((_, entries)), _) => {
            let author = entries.first().map_or("somebody", |entry| entry.by.as_str());
            return Err(Failure::new(format!("revision {revision} of `{id}` has its author: `{author}`"))
                .help("others sign with `--as approver`")
                .help("after a change raise `revision` on the page, and sign that"));
        }
        (None, SignsAs::Approver) => {
            return Err(Failure::new(format!("no author has signed revision {revision} of `{id}` yet"))
                .help("the author signs first, with `--as author`"));
        }
        (None, SignsAs::Author) => {}
    }
    let before = files.by_ref().filter(|file| file.revision < revision).max_by_key(|file| file.revision);
    let before = before.and_then(|file| Some((file.revision, &file.digest.as_ref()?.text)));
    let changed = match (before, &args.against) {
        (None, None) => {
            let (previous, diff) = file::nothing_before();
            Changed { previous, verdict: signoff::FIRST.to_string(), lifts: false, diff }
        }
        (None, Some(_)) => {
            return Err(Failure::new("no revision was signed before: there is nothing to compare with")
                .help("leave `--against` out"));
        }
        (Some((before, _)), None) => {
            return Err(Failure::new(format!("revision {before} was signed before this one"))
                .help("`--against` with the folder or git revision that holds it shows what is approved"));
        }
        (Some((before, digest)), Some(against)) => compared(against, rules, loaded, treatment, digest)
            .map_err(|failure| failure.help(format!("revision {before} is the one to compare with")))?,
    };
    let Changed { previous, verdict, lifts, diff } = changed;
    let content = Content {
        treatment: id.clone(),
        revision,
        digest: treatment.digest.clone(),
        previous,
        verdict,
        lifts,
        parts: parts::manifest(&loaded.book, treatment),
        diff,
    };
    Ok((content, Vec::new()))
}

/// How the rules differ from those signed before.
pub(super) struct Changed {
    pub(super) previous: String,
    pub(super) verdict: String,
    pub(super) lifts: bool,
    pub(super) diff: String,
}

/// Compares with the rules called `against`, which must be those that `digest` names.
pub(super) fn compared(
    against: &str,
    rules: &Path,
    loaded: &Loaded,
    treatment: &Treatment,
    digest: &str,
) -> Result<Changed, Failure> {
    let old = diff::load(&diff::source(against, rules)?, rules)?;
    let id = &treatment.id;
    let before = old.book.treatment(id).filter(|old| old.digest == digest).ok_or_else(|| {
        Failure::new(format!("the rules in `{against}` are not those that were signed before"))
            .help(format!("what was signed before has the digest {digest}"))
    })?;
    let sides = [&old, loaded].map(|loaded| Side {
        texts: &loaded.texts,
        book: &loaded.book,
        scripts: &loaded.scripts,
    });
    let found = study::diff(sides[0], sides[1], &|id| diff::base(&old, loaded, id));
    let [then, now] = [parts::parts(&old.book, before), parts::parts(&loaded.book, treatment)];
    let found = verdict::about(found, id, &|part| then.contains_key(part) || now.contains_key(part));
    let names = [before.revision, treatment.revision].map(|revision| format!("revision {revision}"));
    let words = Words([&old.book.facts, &loaded.book.facts]);
    let text = human::human(&found, words, [&names[0], &names[1]]);
    Ok(Changed {
        previous: digest.to_string(),
        verdict: verdict::word(&found).to_string(),
        lifts: verdict::lifts(&old.book, &loaded.book, id),
        diff: anstream::adapter::strip_str(&text).to_string(),
    })
}

/// Writes the signature file, unless it would not hold.
fn write(rules: &Path, treatment: &Treatment, text: &str, by: &str) -> Result<Exit, Failure> {
    let path = format!("{}/signatures/{}.yaml", treatment.id, treatment.revision);
    let mut found = Vec::new();
    let mut folder = disk::folder::read(rules, true, &mut found)?;
    folder.add(&path, text.as_bytes().to_vec(), &mut found);
    let mut after = loaded(folder, Part::RulesAndCases, found);
    after.findings = std::mem::take(&mut after.signing.findings);
    refuse(&after, "nothing was signed: the signature would not count")?;
    let standing = after.signing.standings.iter().find(|(standing, _)| standing.treatment == treatment.id);
    let file = rules.join(&path);
    let failed = |error| Failed::unwritten(file.display(), &error);
    if let Some(folder) = file.parent() {
        disk::write::folder(folder).map_err(failed)?;
    }
    disk::write::file(&file, text).map_err(failed)?;
    if let Some((standing, _)) = standing {
        print(&report::done(standing, by, &file.display().to_string()))?;
    }
    Ok(Exit::Done)
}
