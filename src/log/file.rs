//! Signature files as `clearance sign` writes them.

use std::fmt::Write;

use super::signoff::{NONE, Statement};
use crate::written::Words;
use crate::written::signatures::{Block, SignatureFile};

/// One more signature.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who.
    pub by: String,
    /// `author` or `approver`.
    pub signs_as: String,
    /// The role.
    pub role: String,
    /// The registration number.
    pub registration: Option<String>,
    /// When.
    pub on: String,
    /// What `ssh-keygen -Y sign` made.
    pub signature: String,
}

/// What a signature file holds beside the signatures.
#[derive(Debug, Clone)]
pub struct Content {
    /// The treatment.
    pub treatment: String,
    /// Its revision.
    pub revision: u32,
    /// Names the meaning.
    pub digest: String,
    /// Names the meaning signed before, or `none`.
    pub previous: String,
    /// How they differ, in a word.
    pub verdict: String,
    /// Whether it lifts a withdrawal.
    pub lifts: bool,
    /// The text that the digest names.
    pub parts: String,
    /// How they differ, in full.
    pub diff: String,
}

impl Content {
    /// What somebody signs on a day, as author or approver: `who` by name, role and registration number.
    pub fn statement<'s>(
        &'s self,
        signs_as: &'s str,
        (by, role, registration): (&'s str, &'s str, Option<&'s str>),
        on: &'s str,
    ) -> Statement<'s> {
        Statement {
            treatment: &self.treatment,
            revision: self.revision,
            digest: &self.digest,
            previous: &self.previous,
            verdict: &self.verdict,
            lifts: self.lifts,
            diff: &self.diff,
            signs_as,
            by,
            role,
            registration,
            on,
        }
    }
}

/// What a file that was read holds, if it is whole.
pub fn content(file: &SignatureFile) -> Option<(Content, Vec<Entry>)> {
    let text = |words: &Option<Words>| words.as_ref().map(|words| words.text.clone());
    let block = |block: &Option<Block>| block.as_ref().map(|block| block.text.clone());
    let content = Content {
        treatment: file.treatment.clone(),
        revision: file.revision,
        digest: text(&file.digest)?,
        previous: text(&file.previous)?,
        verdict: text(&file.verdict)?,
        lifts: text(&file.lifts)? != "no",
        parts: block(&file.parts)?,
        diff: block(&file.diff)?,
    };
    let entries = file.signatures.iter().map(|signature| {
        Some(Entry {
            by: text(&signature.by)?,
            signs_as: text(&signature.signs_as)?,
            role: text(&signature.role)?,
            registration: text(&signature.registration),
            on: text(&signature.on)?,
            signature: block(&signature.signature)?,
        })
    });
    Some((content, entries.collect::<Option<_>>()?))
}

/// The text of the file.
pub fn text(content: &Content, entries: &[Entry]) -> String {
    let Content { treatment, revision, digest, previous, verdict, lifts, parts, diff } = content;
    let mut text = String::from(
        "# Written by `clearance sign`, checked by `clearance verify`. Change nothing here: it would no longer\n\
         # be what was signed.\n\n",
    );
    let lifts = if *lifts { "yes" } else { "no" };
    let _ = write!(
        text,
        "treatment: {treatment}\nrevision: {revision}\ndigest: {digest}\nprevious: {previous}\n\
         verdict: {verdict}\nlifts_a_withdrawal: {lifts}\n\n"
    );
    text += "# What the digest names: the parts of the meaning, each with the SHA-256 of its text.\n";
    block(&mut text, "", "parts", parts);
    text += "\n# What was approved: what changed since the revision signed before.\n";
    block(&mut text, "", "diff", diff);
    text += "\nsignatures:\n";
    for entry in entries {
        let _ = write!(text, "  - by: {}\n    as: {}\n", in_yaml(&entry.by), in_yaml(&entry.signs_as));
        let _ = writeln!(text, "    role: {}", in_yaml(&entry.role));
        if let Some(number) = &entry.registration {
            let _ = writeln!(text, "    registration: {}", in_yaml(number));
        }
        let _ = writeln!(text, "    on: {}", in_yaml(&entry.on));
        block(&mut text, "    ", "signature", &entry.signature);
    }
    text
}

/// A text of several lines behind its key.
fn block(text: &mut String, indent: &str, key: &str, lines: &str) {
    let _ = writeln!(text, "{indent}{key}: |");
    for line in lines.lines() {
        let space = if line.is_empty() { "" } else { "  " };
        let _ = writeln!(text, "{}{space}{line}", if line.is_empty() { "" } else { indent });
    }
}

/// A text as YAML reads it back: in quotes unless it is plain words.
pub fn in_yaml(words: &str) -> String {
    let simple = |c: char| c.is_alphanumeric() || " ._/()'-".contains(c);
    let starts = words.starts_with(char::is_alphanumeric) && !words.ends_with(' ');
    match starts && words.chars().all(simple) {
        true => words.to_string(),
        false => serde_json::Value::from(words).to_string(),
    }
}

/// What the first signed revision differs from.
pub fn nothing_before() -> (String, String) {
    (
        NONE.to_string(),
        "This is the first signed revision: there is nothing to compare it with.\n".to_string(),
    )
}
