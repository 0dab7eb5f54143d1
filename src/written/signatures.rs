//! Signature files as written: `microneedling/signatures/2.yaml` holds what was approved of revision 2, and by
//! whom. Whether a signature is valid is found out in `log`.

use super::diags::Finding;
use super::fields::{Fields, Words};
use crate::diagnostic::Diagnostic;
use crate::source::{Folder, Kind, Node, yaml};
use crate::span::Span;

/// One signature file.
#[derive(Debug, Clone)]
pub struct SignatureFile {
    /// `microneedling/signatures/2.yaml`
    pub path: String,
    /// `microneedling`
    pub treatment: String,
    /// The revision, from the file's name.
    pub revision: u32,
    /// The start of the file.
    pub span: Span,
    /// Names the meaning that was signed.
    pub digest: Option<Words>,
    /// Names the meaning signed before, or `none`.
    pub previous: Option<Words>,
    /// How this revision stands to the one signed before.
    pub verdict: Option<Words>,
    /// Whether it lifts a withdrawal: `yes` or `no`.
    pub lifts: Option<Words>,
    /// The text that `digest` names: a line for each part of the meaning.
    pub parts: Option<Block>,
    /// What changed since the revision signed before, in words.
    pub diff: Option<Block>,
    /// Who signed, in order.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Debug, Clone)]
pub struct Signature {
    /// Where it stands.
    pub span: Span,
    /// Who signed.
    pub by: Option<Words>,
    /// `author` or `approver`.
    pub signs_as: Option<Words>,
    /// The person's role at the clinic.
    pub role: Option<Words>,
    /// The person's registration number.
    pub registration: Option<Words>,
    /// The day.
    pub on: Option<Words>,
    /// What `ssh-keygen -Y sign` made.
    pub signature: Option<Block>,
}

/// A text of several lines.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its lines, each with a line feed.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// The treatment and revision of a signature file: `microneedling` and 2 of `microneedling/signatures/2.yaml`.
pub fn of_path(path: &str) -> Option<(&str, u32)> {
    let (treatment, name) = path.split_once("/signatures/")?;
    let digits = name.strip_suffix(".yaml")?;
    let revision: u32 = digits.parse().ok().filter(|revision| *revision > 0)?;
    (revision.to_string() == digits && !treatment.contains('/')).then_some((treatment, revision))
}

/// The revisions of a treatment that have a signature file, ascending.
pub fn revisions(folder: &Folder, treatment: &str) -> Vec<u32> {
    let files = folder.paths().chain(folder.refused()).filter_map(of_path);
    let mut revisions: Vec<u32> =
        files.filter(|(of, _)| *of == treatment).map(|(_, revision)| revision).collect();
    revisions.sort_unstable();
    revisions.dedup();
    revisions
}

/// Reads the signature file of one revision.
pub fn read(
    folder: &Folder,
    treatment: &str,
    revision: u32,
    out: &mut Vec<Diagnostic>,
) -> Option<SignatureFile> {
    let path = format!("{treatment}/signatures/{revision}.yaml");
    let id = folder.get(&path)?;
    let span = Span::new(id, 0..0);
    let before = out.len();
    let Some(node) = yaml::read(&folder.texts, id, out) else {
        if out.len() == before {
            out.push(Finding::NotAMap { span, owner: &format!("`{path}`"), found: "nothing" }.into());
        }
        return None;
    };
    let mut fields = Fields::of(&node, span, format!("the signature file `{path}`"), out)?;
    if let Some(words) = fields.required("treatment", "a signature is for one treatment", out)
        && words.text != treatment
    {
        let message = format!("this file is for `{treatment}`, and says `{}`", words.text);
        let help = "put each signature file where `clearance sign` wrote it".to_string();
        out.push(Finding::BadValue { span: words.span, message, help }.into());
    }
    if let Some(words) = fields.required("revision", "a signature is for one revision", out)
        && words.text != revision.to_string()
    {
        let message = format!("this file is for revision {revision}, and says `{}`", words.text);
        let help = "put each signature file where `clearance sign` wrote it".to_string();
        out.push(Finding::BadValue { span: words.span, message, help }.into());
    }
    let digest = fields.required("digest", "it names what was signed", out);
    let previous = fields.required("previous", "it names what was signed before", out);
    let verdict = fields.required("verdict", "it tells how many have to approve", out);
    let lifts = fields.required("lifts_a_withdrawal", "it tells how many have to approve", out);
    let parts = block(&mut fields, "parts", "it shows what changed when a digest differs", out);
    let diff = block(&mut fields, "diff", "it is what was approved", out);
    let signatures = signatures(&mut fields, out);
    fields.finish(out);
    let (path, treatment) = (path.clone(), treatment.to_string());
    Some(SignatureFile {
        path,
        treatment,
        revision,
        span,
        digest,
        previous,
        verdict,
        lifts,
        parts,
        diff,
        signatures,
    })
}

fn signatures(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Vec<Signature> {
    let Some(entry) = fields.entry("signatures") else {
        fields.missing("signatures", "a signature file without a signature says nothing");
        return Vec::new();
    };
    match &entry.value.kind {
        Kind::List(items) => items.iter().filter_map(|item| signature(item, out)).collect(),
        _ => {
            let found = entry.value.shape();
            let (span, what) = (entry.key_span, "signatures");
            out.push(Finding::WrongShape { span, what, wanted: "a list", found }.into());
            Vec::new()
        }
    }
}

fn signature(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Signature> {
    let mut fields = Fields::of(node, node.span, "a signature", out)?;
    let signature = Signature {
        span: node.span,
        by: fields.required("by", "a signature is a person's", out),
        signs_as: fields.required("as", "the author and whoever approves are not the same", out),
        role: fields.required("role", "it was signed with the rest", out),
        registration: fields.words("registration", out),
        on: fields.required("on", "it was signed with the rest", out),
        signature: block(&mut fields, "signature", "it is the signature itself", out),
    };
    fields.finish(out);
    Some(signature)
}

/// A text whose lines count.
fn block(fields: &mut Fields<'_>, key: &'static str, why: &str, out: &mut Vec<Diagnostic>) -> Option<Block> {
    fields.required(key, why, out)?;
    let node = fields.node(key)?;
    Some(Block { text: format!("{}\n", node.text()?.trim_end_matches('\n')), span: node.span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_counted_file_beside_the_page_is_a_signature_file() {
        assert_eq!(of_path("peel/signatures/12.yaml"), Some(("peel", 12)));
        for path in [
            "peel/signatures/0.yaml",
            "peel/signatures/01.yaml",
            "peel/signatures/+1.yaml",
            "peel/signatures/a.yaml",
            "peel/signatures/1.rhai",
            "peel/old/signatures/1.yaml",
            "signatures/1.yaml",
        ] {
            assert_eq!(of_path(path), None, "{path}");
        }
    }
}
