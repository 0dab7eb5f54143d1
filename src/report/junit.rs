//! Trials as JUnit XML, which nearly every CI system shows.

use super::findings::{self, Colour, safe};
use super::trial::Trial;
use crate::diagnostic::{Diagnostic, Severity};
use crate::prose;
use crate::span::Texts;

/// A suite for each group, in the order of their first trials.
pub fn junit(trials: &[Trial], texts: &Texts) -> String {
    let mut groups: Vec<(&str, Vec<&Trial>)> = Vec::new();
    for trial in trials {
        match groups.iter_mut().find(|(group, _)| *group == trial.group) {
            Some((_, list)) => list.push(trial),
            None => groups.push((&trial.group, vec![trial])),
        }
    }
    let all: Vec<&Trial> = trials.iter().collect();
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_string();
    xml += &format!("<testsuites name=\"clearance\" {}>\n", counts(&all));
    for (group, trials) in groups {
        xml += &format!("  <testsuite name={} {}>\n", quoted(group), counts(&trials));
        xml.extend(trials.iter().map(|trial| case(trial, texts)));
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn counts(trials: &[&Trial]) -> String {
    let failed = trials.iter().filter(|trial| !trial.passed()).count();
    format!("tests=\"{}\" failures=\"{failed}\" errors=\"0\"", trials.len())
}

fn case(trial: &Trial, texts: &Texts) -> String {
    let mut xml = format!("    <testcase name={} classname={}", quoted(&trial.name), quoted(&trial.group));
    if let Some(span) = trial.at {
        let file = texts.get(span.text).path();
        xml += &format!(" file={} line=\"{}\"", quoted(&file), texts.position(span).line);
    }
    let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        trial.findings.iter().cloned().partition(|finding| finding.severity == Severity::Error);
    let shown = |findings: &[Diagnostic]| escaped(findings::each(texts, findings, Colour::Plain).trim_end());
    let mut inside = String::new();
    if let Some((first, others)) = errors.split_first() {
        let more = match others.len() {
            0 => String::new(),
            more => format!(", and {}", prose::count(more as i64, "further error")),
        };
        let message = quoted(&format!("{}{more}", safe(&first.message)));
        let code = first.code.name();
        inside += &format!("      <failure message={message} type=\"{code}\">{}</failure>\n", shown(&errors));
    }
    if !warnings.is_empty() {
        inside += &format!("      <system-out>{}</system-out>\n", shown(&warnings));
    }
    match inside.as_str() {
        "" => xml + "/>\n",
        inside => format!("{xml}>\n{inside}    </testcase>\n"),
    }
}

/// The value of an attribute, on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(&prose::visible(text)))
}

/// A text between tags. What XML cannot hold, even escaped, becomes a sign of its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
