//! Findings as SARIF 2.1.0, which code hosts and editors read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::findings::{paragraphs, safe};
use super::{explain, json};
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::span::{Span, Texts};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The findings as one run.
pub fn sarif(texts: &Texts, findings: &[Diagnostic]) -> String {
    let codes: BTreeSet<Code> = findings.iter().map(|finding| finding.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let mut seen = BTreeMap::new();
    let results = findings.iter().map(|finding| {
        let index = codes.iter().position(|code| *code == finding.code).unwrap_or_default();
        result(texts, finding, index, &mut seen)
    });
    let run = Run {
        column_kind: "unicodeCodePoints",
        results: results.collect(),
        tool: Tool {
            driver: Driver {
                name: "clearance",
                version: env!("CARGO_PKG_VERSION"),
                rules: codes.iter().map(|code| rule(*code, findings)).collect(),
            },
        },
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    // Nothing here can fail to serialise: keys are texts and values are texts and numbers.
    json::pretty(&log).unwrap_or_default()
}

/// What the kind of finding is. Its level is that of the worst finding of the kind.
fn rule(code: Code, findings: &[Diagnostic]) -> Rule {
    let page = explain::page(code);
    // The first paragraph under the heading.
    let paragraph = page.split("\n\n").nth(1).unwrap_or_default().replace('\n', " ");
    let of_code = findings.iter().filter(|finding| finding.code == code);
    let worst = of_code.map(|finding| finding.severity).min().unwrap_or(Severity::Error);
    Rule {
        id: code.name(),
        short_description: Message { text: code.summary().to_string() },
        full_description: Message { text: paragraph },
        help: Help { text: page, markdown: page },
        default_configuration: Configuration { level: worst.word() },
    }
}

fn result(
    texts: &Texts,
    finding: &Diagnostic,
    rule_index: usize,
    seen: &mut BTreeMap<String, usize>,
) -> SarifResult {
    let place = |label: &Label, id: Option<usize>| Location {
        id,
        physical_location: physical(texts, label.span),
        message: Some(plain(&label.text)).filter(|text| !text.is_empty()).map(|text| Message { text }),
    };
    let (first, others) = match finding.labels.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let related = others.iter().enumerate().map(|(number, label)| place(label, Some(number + 1)));
    SarifResult {
        rule_id: finding.code.name(),
        rule_index,
        level: finding.severity.word(),
        message: Message { text: message(texts, finding) },
        locations: first.map(|label| place(label, None)).into_iter().collect(),
        related_locations: related.collect(),
        partial_fingerprints: Fingerprints { finding: fingerprint(texts, finding, seen) },
    }
}

/// What is wrong and all that goes with it, with a link to each further place.
fn message(texts: &Texts, finding: &Diagnostic) -> String {
    paragraphs(texts, finding, plain, |number, place| format!("[{}]({number})", link_text(&plain(place))))
        .join("\n")
}

/// A text in which no reader finds a link, `[words](address)`, or a place to fill in, `{0}`.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut before = ' ';
    for letter in safe(text).chars() {
        if matches!((before, letter), (']', '(') | ('{', '0'..='9')) {
            plain.push(' ');
        }
        plain.push(letter);
        before = letter;
    }
    plain
}

/// The words of a link.
fn link_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn physical(texts: &Texts, span: Span) -> Physical {
    let (start, end) = texts.ends(span);
    Physical {
        artifact_location: Artifact { uri: uri(&texts.get(span.text).path()) },
        region: Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        },
    }
}

/// A path with `/` as a reference: relative to where the command ran, or `file:` with the whole path.
fn uri(path: &str) -> String {
    let (drive, rest) = match path.as_bytes() {
        [letter, b':', b'/', ..] if letter.is_ascii_alphabetic() => path.split_at(2),
        _ => ("", path),
    };
    let scheme = match drive {
        "" if rest.starts_with("//") => "file:",
        "" if rest.starts_with('/') => "file://",
        "" => "",
        _ => "file:///",
    };
    let mut uri = format!("{scheme}{drive}");
    for byte in rest.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The same finding keeps its name when lines move. Of several alike each has its number.
fn fingerprint(texts: &Texts, finding: &Diagnostic, seen: &mut BTreeMap<String, usize>) -> String {
    let file = finding.span().map(|span| texts.get(span.text).name.as_str()).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [finding.code.name(), file, &finding.message] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let number = seen.entry(digest.clone()).or_default();
    *number += 1;
    format!("{digest}:{number}")
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'a str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "clearanceFinding/v1")]
    finding: String,
}
