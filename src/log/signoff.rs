//! Sign-off: what is signed, and whether the signatures of a treatment hold and suffice.
//!
//! What a person signs is a short text, [`Statement::text`]. It names the meaning by its digest, and with it
//! everything else that must not change afterwards: who signs, as what, on which day, which meaning was signed
//! before, and how the two differ.

use std::collections::BTreeMap;

use super::signers::Known;
use super::ssh;
use super::standing::{Parts, Signed, Standing, approvers};
use crate::book::Treatment;
use crate::book::parts;
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::span::Span;
use crate::suggest;
use crate::value::Day;
use crate::written::Words;
use crate::written::signatures::{Signature, SignatureFile};

/// The version of the signed text.
const FORM: &str = "clearance sign-off 1";
/// What stands where there is no meaning before, and no registration number.
pub const NONE: &str = "none";
/// The verdict on a revision that nothing was signed before.
pub const FIRST: &str = "first";
/// The verdicts, and whether somebody may be told something less strict than before.
pub const VERDICTS: [(&str, bool); 6] = [
    (FIRST, false),
    ("equivalent", false),
    ("tightens", false),
    ("loosens", true),
    ("mixed", true),
    ("not analysed", true),
];
/// So many parts are named when a meaning changed; `clearance verify` names all.
const NAMED: usize = 12;

/// Everything that one signature says.
#[derive(Debug, Clone)]
pub struct Statement<'s> {
    /// The treatment.
    pub treatment: &'s str,
    /// Its revision.
    pub revision: u32,
    /// Names the meaning.
    pub digest: &'s str,
    /// Names the meaning signed before, or [`NONE`].
    pub previous: &'s str,
    /// One of [`VERDICTS`].
    pub verdict: &'s str,
    /// Whether it lifts a withdrawal.
    pub lifts: bool,
    /// What changed, in words.
    pub diff: &'s str,
    /// `author` or `approver`.
    pub signs_as: &'s str,
    /// Who signs.
    pub by: &'s str,
    /// The person's role.
    pub role: &'s str,
    /// The person's registration number.
    pub registration: Option<&'s str>,
    /// When.
    pub on: &'s str,
}

impl Statement<'_> {
    /// The text that is signed, byte for byte: lines `key: value` that end with a line feed.
    pub fn text(&self) -> String {
        let lines = [
            ("treatment", self.treatment),
            ("revision", &self.revision.to_string()),
            ("digest", self.digest),
            ("previous digest", self.previous),
            ("verdict", self.verdict),
            ("lifts a withdrawal", if self.lifts { "yes" } else { "no" }),
            ("diff", &parts::named(self.diff)),
            ("signed as", self.signs_as),
            ("by", self.by),
            ("role", self.role),
            ("registration", self.registration.unwrap_or(NONE)),
            ("on", self.on),
        ];
        let lines: String = lines.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
        format!("{FORM}\n{lines}")
    }
}

/// How many have to approve.
pub fn needed(verdict: &str, lifts: bool) -> usize {
    let loosens = VERDICTS.iter().find(|(known, _)| *known == verdict).is_none_or(|(_, loosens)| *loosens);
    if loosens || lifts { 2 } else { 1 }
}

/// A treatment with what was signed of it.
pub struct Case<'c> {
    /// The treatment.
    pub treatment: &'c Treatment,
    /// The text that its digest names.
    pub manifest: &'c dyn Fn() -> String,
    /// Where the page gives its revision.
    pub revision_span: Span,
    /// The revisions that have a signature file, ascending.
    pub revisions: &'c [u32],
    /// The files that were read: at least that of this revision and of the one before.
    pub files: &'c [SignatureFile],
    /// Who may sign.
    pub known: &'c [Known],
}

/// How the sign-off of a treatment stands; what is wrong with it is found.
pub fn judge(case: &Case<'_>, out: &mut Vec<Diagnostic>) -> Standing {
    let Case { treatment, revisions, files, .. } = case;
    let before_all = out.len();
    let revision = treatment.revision;
    let before = |of: u32| revisions.iter().rev().find(|other| **other < of).copied();
    let mut standing = Standing {
        treatment: treatment.id.clone(),
        revision,
        digest: treatment.digest.clone(),
        signed: false,
        file: None,
        before: before(revision),
        verdict: None,
        lifts_a_withdrawal: false,
        signatures: Vec::new(),
        differs: None,
        missing: Vec::new(),
    };
    if let Some(last) = revisions.last().filter(|last| **last > revision) {
        out.push(too_low(case, *last));
    }
    for file in files.iter() {
        let lower = before(file.revision);
        let other = lower.and_then(|lower| files.iter().find(|other| other.revision == lower));
        if file.revision <= revision && (lower.is_none() || other.is_some()) {
            chain(file, other, out);
        }
    }
    let Some(file) = files.iter().find(|file| file.revision == revision) else {
        if revisions.contains(&revision) {
            standing.missing.push("a signature file that can be read".to_string());
        } else {
            standing.missing.push("the author's signature".to_string());
            standing.missing.push(approvers(1));
        }
        return standing;
    };
    standing.file = Some(file.path.clone());
    standing.verdict = file.verdict.as_ref().map(|words| words.text.clone());
    standing.lifts_a_withdrawal = lifts(file, out);
    if let (Some(digest), Some(block)) = (&file.digest, &file.parts) {
        if parts::named(&block.text) != digest.text {
            let message = "the list of parts is not the one that the digest names";
            out.push(bad(message, block.span).help(RESTORE));
        }
        if digest.text != treatment.digest {
            let differs = differences(&block.text, &(case.manifest)());
            out.push(changed(case, file, digest, &differs));
            standing.differs = Some(differs);
        }
    }
    people(case, file, &mut standing, out);
    let wrong = out[before_all..].iter().any(|found| found.severity == crate::diagnostic::Severity::Error);
    standing.signed = standing.missing.is_empty() && !wrong;
    if wrong && standing.missing.is_empty() {
        let lacks = match standing.differs {
            Some(_) => "signatures for what the rules mean now",
            None => "a sign-off without mistakes",
        };
        standing.missing.push(lacks.to_string());
    }
    standing
}

const RESTORE: &str = "restore the file as it was signed, or remove it and sign anew";

fn bad(message: impl Into<String>, span: Span) -> Diagnostic {
    let note = "a sign-off counts only as it was signed, by those who may sign";
    Diagnostic::error(Code::BadSignature, message).at(span, "").note(note)
}

/// Whether the file says that it lifts a withdrawal; anything unclear counts as yes, for then two have to approve.
fn lifts(file: &SignatureFile, out: &mut Vec<Diagnostic>) -> bool {
    match file.lifts.as_ref().map(|words| (words, words.text.as_str())) {
        Some((_, "no")) => false,
        Some((_, "yes")) | None => true,
        Some((words, _)) => {
            out.push(bad("`lifts_a_withdrawal` is `yes` or `no`", words.span).help(RESTORE));
            true
        }
    }
}

/// Each file names the meaning signed before it, so that none can be taken out or slipped in.
fn chain(file: &SignatureFile, before: Option<&SignatureFile>, out: &mut Vec<Diagnostic>) {
    let (Some(previous), Some(verdict)) = (&file.previous, &file.verdict) else { return };
    if !VERDICTS.iter().any(|(known, _)| *known == verdict.text) {
        let words = VERDICTS.map(|(word, _)| word);
        let help = format!("the verdicts are {}", prose::list(&words, "and"));
        out.push(bad(format!("`{}` is no verdict", verdict.text), verdict.span).help(help));
    } else if (verdict.text == FIRST) != (previous.text == NONE) {
        let message = "only the first signed revision has the verdict `first` and nothing before it";
        out.push(bad(message, verdict.span).help(RESTORE));
    }
    let revision = file.revision;
    match before {
        None if previous.text != NONE => {
            let message = format!("the revision signed before revision {revision} is not in the folder");
            let help = format!("put back the file `{}/signatures/...` that was there", file.treatment);
            out.push(bad(message, previous.span).help(help));
        }
        Some(before) => {
            let named = before.digest.as_ref().map(|words| words.text.as_str());
            if named.is_some_and(|named| named != previous.text) {
                let message =
                    format!("revision {revision} was not signed as following revision {}", before.revision);
                let found = bad(message, previous.span).at(before.span, "signed before it");
                out.push(found.help("restore both files as they were signed"));
            }
            let approvals = approvals(before, out);
            let verdict = before.verdict.as_ref().map_or("", |words| words.text.as_str());
            if approvals < needed(verdict, before.lifts.as_ref().is_none_or(|words| words.text != "no")) {
                let message = format!(
                    "revision {} was never approved, and revision {revision} follows it",
                    before.revision
                );
                let found = bad(message, before.span);
                out.push(found.help("have it approved, or remove both files and sign anew"));
            }
        }
        None => {}
    }
}

fn is(words: &Option<Words>, text: &str) -> bool {
    words.as_ref().is_some_and(|words| words.text == text)
}

/// Which signatures of a file count, and what is still missing.
fn people(case: &Case<'_>, file: &SignatureFile, standing: &mut Standing, out: &mut Vec<Diagnostic>) {
    let mut authors: Vec<(&str, Option<Day>)> = Vec::new();
    let mut approved: Vec<(&str, Option<Day>)> = Vec::new();
    for signature in &file.signatures {
        let text = |words: &Option<Words>| words.as_ref().map(|words| words.text.clone()).unwrap_or_default();
        let held = holds(case, file, signature, out);
        let day = signature.on.as_ref().and_then(|words| Day::parse(&words.text));
        let name = signature.by.as_ref().map(|words| words.text.as_str()).unwrap_or_default();
        let is_author = is(&signature.signs_as, "author");
        let mut valid = held.is_some();
        if valid {
            let first = authors.iter().chain(&approved).any(|(other, _)| *other == name);
            let refused = match (is_author, authors.first(), first) {
                (true, Some(_), _) => Some(format!("`{name}` signs as a second author")),
                (false, None, _) => Some(format!("`{name}` approves what no author has signed")),
                (false, Some((author, _)), _) if *author == name => {
                    Some(format!("`{name}` approves their own change"))
                }
                (false, _, true) => Some(format!("`{name}` approves twice")),
                (false, Some((_, Some(written))), _) if day.is_some_and(|day| day < *written) => {
                    Some(format!("`{name}` approves before the author has signed"))
                }
                _ => None,
            };
            valid = refused.is_none();
            if let Some(message) = refused {
                let help = "one person is the author, and others approve after that";
                out.push(bad(message, signature.span).help(help));
            } else if is_author {
                authors.push((name, day));
            } else {
                approved.push((name, day));
            }
        }
        standing.signatures.push(Signed {
            by: name.to_string(),
            signs_as: text(&signature.signs_as),
            role: text(&signature.role),
            registration: signature.registration.as_ref().map(|words| words.text.clone()),
            on: text(&signature.on),
            key: held,
            valid,
        });
    }
    if authors.is_empty() {
        standing.missing.push("the author's signature".to_string());
    }
    let needed = needed(standing.verdict.as_deref().unwrap_or_default(), standing.lifts_a_withdrawal);
    if approved.len() < needed {
        let lacking = needed - approved.len();
        let again = if lacking < needed { "another approver".to_string() } else { approvers(lacking) };
        standing.missing.push(again);
    }
}

/// The fingerprint of the key, if the signature is of this file and by someone who may sign.
fn holds(
    case: &Case<'_>,
    file: &SignatureFile,
    signature: &Signature,
    out: &mut Vec<Diagnostic>,
) -> Option<String> {
    let (by, signs_as) = (signature.by.as_ref()?, signature.signs_as.as_ref()?);
    let (role, on, block) = (signature.role.as_ref()?, signature.on.as_ref()?, signature.signature.as_ref()?);
    let mut right = true;
    if !matches!(signs_as.text.as_str(), "author" | "approver") {
        let message = format!("`{}` is neither `author` nor `approver`", signs_as.text);
        out.push(bad(message, signs_as.span).help(RESTORE));
        right = false;
    }
    if Day::parse(&on.text).is_none() {
        out.push(bad(format!("`{}` is no day of the calendar", on.text), on.span).help(RESTORE));
        right = false;
    }
    let registration = signature.registration.as_ref().map(|words| words.text.as_str());
    let known = case.known.iter().find(|known| known.signer.name == by.text);
    let Some(known) = known else {
        out.push(unknown(by, case.known));
        return None;
    };
    let signer = &known.signer;
    if signer.role != role.text || signer.registration.as_deref() != registration {
        let said = |role: &str, number: Option<&str>| {
            format!("{role}, {}", number.unwrap_or("without a registration number"))
        };
        let message = format!("`{}` signed as {}", by.text, said(&role.text, registration));
        let now = said(&signer.role, signer.registration.as_deref());
        let found = Diagnostic::error(Code::UnknownSigner, message).at(role.span, "");
        let found = found.at(signer.span, format!("in clinic.yaml: {now}"));
        let found = found.note("a signature is a person's, in a role that the clinic gave them");
        out.push(found.help("sign anew, or correct clinic.yaml if the entry is wrong"));
        right = false;
    }
    match ssh::signer(&block.text, statement(file, signature)?.text().as_bytes()) {
        Err(why) => {
            out.push(
                bad(format!("the signature of `{}` does not count: {why}", by.text), block.span)
                    .help(RESTORE),
            );
            None
        }
        Ok(key) if key != known.key => {
            let message = format!("the signature of `{}` was made with another key", by.text);
            let found = bad(message, block.span).at(signer.key_span, "the key in clinic.yaml");
            out.push(found.help("sign with the key that clinic.yaml gives for that person"));
            None
        }
        Ok(key) => right.then(|| key.fingerprint()),
    }
}

/// What a signature signs, if all of it is there.
fn statement<'f>(file: &'f SignatureFile, signature: &'f Signature) -> Option<Statement<'f>> {
    let text = |words: &'f Option<Words>| words.as_ref().map(|words| words.text.as_str());
    Some(Statement {
        treatment: &file.treatment,
        revision: file.revision,
        digest: text(&file.digest)?,
        previous: text(&file.previous)?,
        verdict: text(&file.verdict)?,
        lifts: !is(&file.lifts, "no"),
        diff: &file.diff.as_ref()?.text,
        signs_as: text(&signature.signs_as)?,
        by: text(&signature.by)?,
        role: text(&signature.role)?,
        registration: text(&signature.registration),
        on: text(&signature.on)?,
    })
}

/// How many others than the author approved an earlier revision. Its signers may have left since, so each
/// signature must hold by the key in it, whoever `clinic.yaml` names today.
fn approvals(file: &SignatureFile, out: &mut Vec<Diagnostic>) -> usize {
    let (mut authors, mut approvers) = (Vec::new(), Vec::new());
    for signature in &file.signatures {
        let (Some(block), Some(statement)) = (&signature.signature, statement(file, signature)) else {
            continue;
        };
        match ssh::signer(&block.text, statement.text().as_bytes()) {
            Err(why) => {
                let (by, revision) = (statement.by, file.revision);
                let message =
                    format!("the signature of `{by}` under revision {revision} does not count: {why}");
                out.push(bad(message, block.span).help(RESTORE));
            }
            Ok(key) if statement.signs_as == "author" => authors.push(key.fingerprint()),
            Ok(key) => approvers.push(key.fingerprint()),
        }
    }
    approvers.sort_unstable();
    approvers.dedup();
    approvers.retain(|key| !authors.contains(key));
    if authors.is_empty() { 0 } else { approvers.len() }
}

/// Somebody whom `clinic.yaml` does not name.
pub fn unknown(by: &Words, known: &[Known]) -> Diagnostic {
    let message = format!("`{}` is none of the signers in clinic.yaml", by.text);
    let found = Diagnostic::error(Code::UnknownSigner, message)
        .at(by.span, "")
        .note("anybody can make a key; the clinic decides whose signature counts");
    match suggest::nearest(&by.text, known.iter().map(|known| known.signer.name.as_str())) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("name the person under `signers:` with role, registration number and key"),
    }
}

fn too_low(case: &Case<'_>, last: u32) -> Diagnostic {
    let message = format!("revision {} lies below {last}, which was signed", case.treatment.revision);
    Diagnostic::error(Code::RevisionTooLow, message)
        .at(case.revision_span, "")
        .note("a decision names its revision, so each number stands for one meaning only")
        .help(format!("write `revision: {}` for what comes after it", last + 1))
}

fn changed(case: &Case<'_>, file: &SignatureFile, digest: &Words, differs: &Parts) -> Diagnostic {
    let revision = case.treatment.revision;
    let message = format!("the rules no longer mean what was signed as revision {revision}");
    let mut found = Diagnostic::error(Code::ChangedSinceSigned, message)
        .at(case.revision_span, "still the same number")
        .at(digest.span, "signed");
    for (word, parts) in differs.each() {
        let more = parts.len().saturating_sub(NAMED);
        let mut named: Vec<&str> = parts.iter().take(NAMED).map(String::as_str).collect();
        let rest = prose::count(more as i64, "other part");
        if more > 0 {
            named.push(&rest);
        }
        found = found.note(format!("{word}: {}", prose::list(&named, "and")));
    }
    if differs.each().next().is_none() {
        found = found.note("no part says anything else: the list of parts was changed");
    }
    let next = revision.saturating_add(1);
    let help = match approved(file) {
        true => format!("write `revision: {next}` and have it signed, or take the change back"),
        false => {
            format!(
                "nobody has approved it yet: remove `{}` and sign anew, or write `revision: {next}`",
                file.path
            )
        }
    };
    found.help(help)
}

fn approved(file: &SignatureFile) -> bool {
    file.signatures.iter().any(|signature| is(&signature.signs_as, "approver"))
}

/// The error of a page that must be signed and is not.
pub fn required(standing: &Standing, revision: Span) -> Option<Diagnostic> {
    (!standing.signed).then(|| {
        let Standing { treatment, revision: number, missing, .. } = standing;
        let message = format!("revision {number} of `{treatment}` is not signed");
        Diagnostic::error(Code::NotSigned, message)
            .at(revision, "")
            .note(format!("it lacks {}", prose::list(missing, "and")))
            .note("`--require-signed` lets only rules pass that an author and others answer for")
            .help("`clearance sign` signs, `clearance verify` says who has")
    })
}

/// How two lists of parts differ.
fn differences(signed: &str, now: &str) -> Parts {
    let (signed, now) = (named(signed), named(now));
    let names = |of: &BTreeMap<&str, &str>, keep: &dyn Fn(&str, &str) -> bool| -> Vec<String> {
        let kept = of.iter().filter(|(name, digest)| keep(name, digest));
        kept.map(|(name, _)| name.to_string()).collect()
    };
    Parts {
        changed: names(&signed, &|name, digest| now.get(name).is_some_and(|other| *other != digest)),
        added: names(&now, &|name, _| !signed.contains_key(name)),
        removed: names(&signed, &|name, _| !now.contains_key(name)),
    }
}

/// The parts of a list, each by its name.
fn named(manifest: &str) -> BTreeMap<&str, &str> {
    manifest.lines().filter_map(|line| line.split_once("  ")).map(|(digest, name)| (name, digest)).collect()
}
