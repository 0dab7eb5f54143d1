//! Findings as the commands by which a GitHub workflow marks lines of a change. A runner reads every line of the
//! log, so no word of a rule may reach it as a command of its own.

use sha2::{Digest, Sha256};

use super::findings::{paragraphs, safe};
use crate::diagnostic::Diagnostic;
use crate::prose;
use crate::span::Texts;

/// One command for each finding.
pub fn github(texts: &Texts, findings: &[Diagnostic]) -> String {
    findings.iter().map(|finding| command(texts, finding)).collect()
}

/// A text for people in the same log. Whatever looks like a command in it is not obeyed: the runner is told to
/// stop, until it meets a word that the text cannot hold, as it is the digest of that very text.
pub fn quoted(text: &str) -> String {
    let digest = Sha256::digest(text);
    let word: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("::stop-commands::{word}\n{text}{end}::{word}::\n")
}

fn command(texts: &Texts, finding: &Diagnostic) -> String {
    let mut properties = Vec::new();
    if let Some(span) = finding.span() {
        let (start, end) = texts.ends(span);
        let file = prose::visible(&texts.get(span.text).path());
        properties.push(("file", file));
        properties.push(("line", start.line.to_string()));
        // A runner takes no columns for a place over several lines.
        let columns = start.line == end.line;
        properties.extend(columns.then(|| ("col", start.column.to_string())));
        properties.push(("endLine", end.line.to_string()));
        properties.extend(columns.then(|| ("endColumn", end.column.to_string())));
    }
    properties.push(("title", finding.code.name().to_string()));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let words = paragraphs(texts, finding, safe, |_, place| place.to_string()).join("\n");
    format!("::{} {}::{}\n", finding.severity.word(), properties.join(","), data(&words))
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind `name=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
