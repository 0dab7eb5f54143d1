//! Findings for people, with the lines they speak of, and for programs, as JSON.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::json;
use super::snippet::excerpts;
use super::trial::Trial;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::prose;
use crate::span::{Span, TextId, Texts};

/// Whether a text for people is coloured. The caller knows whether a terminal reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Letters only.
    Plain,
    /// With terminal colours.
    Styled,
}

/// A message holds words of the rules, which may be of any length.
const LONGEST_MESSAGE: usize = 400;

/// All findings for people, and their number in the last line.
pub fn human(texts: &Texts, findings: &[Diagnostic], colour: Colour) -> String {
    format!("{}{}\n", each(texts, findings, colour), summary(findings))
}

/// More findings than this are not shown at once.
const MOST_SHOWN: usize = 200;

/// The findings for people, each with an empty line after it. Of very many only the first are shown.
pub fn each(texts: &Texts, findings: &[Diagnostic], colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Styled => Renderer::styled(),
    };
    let mut shown: String =
        findings.iter().take(MOST_SHOWN).map(|finding| one(texts, finding, &renderer) + "\n\n").collect();
    if let Some(more) = findings.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        shown += &format!(
            "... and {}: correct those above first\n\n",
            prose::count(more as i64, "further finding")
        );
    }
    shown
}

/// `2 errors, 1 warning`
pub fn summary(findings: &[Diagnostic]) -> String {
    let (errors, warnings) = (count(findings, Severity::Error), count(findings, Severity::Warning));
    match (errors, warnings) {
        (0, 0) => "no errors".to_string(),
        (0, _) => format!("no errors, {}", prose::count(warnings, "warning")),
        (_, 0) => prose::count(errors, "error"),
        _ => format!("{}, {}", prose::count(errors, "error"), prose::count(warnings, "warning")),
    }
}

/// How many findings weigh that much.
pub fn count(findings: &[Diagnostic], severity: Severity) -> i64 {
    findings.iter().filter(|finding| finding.severity == severity).count() as i64
}

fn one(texts: &Texts, finding: &Diagnostic, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(safe(&finding.message)).id(finding.code.name());
    let mut group = Group::with_title(title);
    for (text, labels) in by_text(&finding.labels) {
        for excerpt in excerpts(texts.get(text), &labels) {
            let name = safe(&texts.get(text).path());
            let mut snippet = Snippet::source(excerpt.source).line_start(excerpt.first_line).path(name);
            for (place, number) in excerpt.places {
                let kind = if number == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let words = Some(safe(&finding.labels[number].text)).filter(|words| !words.is_empty());
                snippet = snippet.annotation(kind.span(place).label(words));
            }
            group = group.element(snippet);
        }
    }
    for note in &finding.notes {
        group = group.element(Level::NOTE.message(safe(note)));
    }
    for help in &finding.helps {
        group = group.element(Level::HELP.message(safe(help)));
    }
    renderer.render(&[group])
}

/// The labels with their numbers, those of one text together, in the order of the first of each.
fn by_text(labels: &[Label]) -> Vec<(TextId, Vec<(usize, &Label)>)> {
    let mut texts: Vec<(TextId, Vec<(usize, &Label)>)> = Vec::new();
    for (number, label) in labels.iter().enumerate() {
        match texts.iter_mut().find(|(text, _)| *text == label.span.text) {
            Some((_, list)) => list.push((number, label)),
            None => texts.push((label.span.text, vec![(number, label)])),
        }
    }
    texts
}

/// The finding where no lines are shown: what is wrong, the words at its places, why it matters and what to do.
/// `words` makes a text safe, and `place` names the place of a further label, given its number.
pub(super) fn paragraphs(
    texts: &Texts,
    finding: &Diagnostic,
    words: fn(&str) -> String,
    place: fn(usize, &str) -> String,
) -> Vec<String> {
    let mut paragraphs = vec![words(&finding.message)];
    for (number, label) in finding.labels.iter().enumerate() {
        let said = words(&label.text);
        match number {
            0 if said.is_empty() => {}
            0 => paragraphs.push(format!("here: {said}")),
            _ => {
                let place = place(number, &safe(&texts.line_reference(label.span)));
                paragraphs.push(if said.is_empty() { place } else { format!("{place}: {said}") });
            }
        }
    }
    paragraphs.extend(finding.notes.iter().map(|note| format!("note: {}", words(note))));
    paragraphs.extend(finding.helps.iter().map(|help| format!("help: {}", words(help))));
    paragraphs
}

/// A text that cannot drive a terminal, of a sensible length.
pub(super) fn safe(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((at, _)) => prose::visible(&text[..at]) + "...",
        None => prose::visible(text),
    }
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    code: &'a str,
    severity: &'a str,
    message: String,
    #[serde(flatten)]
    place: Option<JsonPlace>,
    labels: Vec<JsonLabel>,
    notes: Vec<String>,
    helps: Vec<String>,
}

#[derive(Serialize)]
struct JsonLabel {
    text: String,
    #[serde(flatten)]
    place: JsonPlace,
}

/// Lines and columns count from 1, columns in characters; the end lies just past the last one.
#[derive(Serialize)]
struct JsonPlace {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// The findings as a JSON array. A finding about the folder as a whole has no `file` and no `line`.
pub fn json(texts: &Texts, findings: &[Diagnostic]) -> String {
    pretty(&list(texts, findings))
}

fn list<'f>(texts: &Texts, findings: &'f [Diagnostic]) -> Vec<JsonFinding<'f>> {
    let list = findings.iter().map(|finding| JsonFinding {
        code: finding.code.name(),
        severity: finding.severity.word(),
        message: safe(&finding.message),
        place: finding.span().map(|span| place(texts, span)),
        labels: finding
            .labels
            .iter()
            .map(|label| JsonLabel { text: safe(&label.text), place: place(texts, label.span) })
            .collect(),
        notes: finding.notes.iter().map(|note| safe(note)).collect(),
        helps: finding.helps.iter().map(|help| safe(help)).collect(),
    });
    list.collect()
}

#[derive(Serialize)]
struct JsonTrial<'a> {
    name: String,
    group: String,
    passed: bool,
    #[serde(flatten)]
    place: Option<JsonPlace>,
    findings: Vec<JsonFinding<'a>>,
}

/// What was tried, as a JSON array: each with whether it passed and what was found.
pub fn trials_json(texts: &Texts, trials: &[Trial]) -> String {
    let list = trials.iter().map(|trial| JsonTrial {
        name: prose::visible(&trial.name),
        group: prose::visible(&trial.group),
        passed: trial.passed(),
        place: trial.at.map(|span| place(texts, span)),
        findings: list(texts, &trial.findings),
    });
    pretty(&list.collect::<Vec<_>>())
}

/// Nothing here can fail to serialise: keys are texts, and values are texts, numbers, yes and no.
fn pretty(list: &impl Serialize) -> String {
    json::pretty(list).unwrap_or_default()
}

fn place(texts: &Texts, span: Span) -> JsonPlace {
    let (start, end) = texts.ends(span);
    JsonPlace {
        file: prose::visible(&texts.get(span.text).path()),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

#[cfg(test)]
mod tests;
