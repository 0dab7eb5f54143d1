//! What every chapter of one treatment needs: places, anchors, and the words for what is cited.

use super::model::{Place, Row, Text};
use super::{Studied, Subject};
use crate::book::condition::{FactId, ParameterId};
use crate::book::english::{English, words};
use crate::book::{Basis, Extent, InForce, Rule, Statement, Treatment};
use crate::decide::extent::Length;
use crate::prose::sentence_case;
use crate::span::{Span, Texts};
use crate::value::Day;
use crate::written;

/// One treatment with what was studied about it.
pub(super) struct Page<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) studied: &'a Studied<'a>,
    pub(super) treatment: &'a Treatment,
    /// The page as its author wrote it.
    pub(super) written: &'a written::Page,
    /// The day whose numbers the sentences name.
    pub(super) day: Day,
}

impl<'a> Page<'a> {
    pub(super) fn english(&self) -> English<'a> {
        English {
            facts: &self.subject.book.facts,
            treatment: self.treatment,
            day: self.day,
            with_later: true,
        }
    }

    /// Where something stands; `holds` is found on that line.
    pub(super) fn place(&self, span: Span, holds: &str) -> Place {
        place(self.subject.texts, span, holds)
    }

    /// A value as written, with its place.
    pub(super) fn value(&self, value: &written::Words) -> Text {
        Text::of(&value.text).place(self.place(value.span, &value.text))
    }

    /// An anchor of this treatment.
    pub(super) fn anchor(&self, kind: &str, name: &str) -> String {
        anchor(&[&self.treatment.id, kind, name])
    }

    /// The anchor of a section of this treatment.
    pub(super) fn section(&self, name: &str) -> String {
        anchor(&[&self.treatment.id, name])
    }

    /// The anchor of a rule. Of two that are in force one after the other the later one is told apart.
    pub(super) fn rule_anchor(&self, rule: &Rule) -> String {
        let same = self.treatment.rules.iter().filter(|other| other.id == rule.id);
        let before = same.take_while(|other| other.span != rule.span).count();
        let base = self.anchor("rule", short(&rule.id));
        if before == 0 { base } else { format!("{base}-{}", before + 1) }
    }

    pub(super) fn rule_link(&self, rule: &Rule) -> Text {
        Text::default().link(self.rule_anchor(rule), title(&rule.id))
    }

    pub(super) fn parameter_link(&self, id: ParameterId) -> Text {
        let parameter = self.treatment.parameter(id);
        Text::default().link(self.anchor("number", &parameter.id), words(&parameter.id))
    }

    pub(super) fn guarantee_link(&self, id: &str) -> Text {
        Text::default().link(self.anchor("guarantee", short(id)), title(id))
    }

    pub(super) fn statement_anchor(&self, at: usize) -> String {
        let id = &self.treatment.statements[at].id;
        let before = self.treatment.statements[..at].iter().filter(|other| other.id == *id).count();
        let base = self.anchor("statement", id);
        if before == 0 { base } else { format!("{base}-{}", before + 1) }
    }

    pub(super) fn statement_link(&self, at: usize) -> Text {
        Text::default().link(self.statement_anchor(at), &self.treatment.statements[at].id)
    }

    pub(super) fn question_link(&self, id: FactId) -> Text {
        question_link(&self.subject.book.facts.get(id).id)
    }

    pub(super) fn hazard_link(&self, id: &str) -> Text {
        Text::default().link(anchor(&["hazard", id]), id)
    }

    /// The statement with where it stands, in the source and in the rules.
    pub(super) fn cited(&self, at: usize) -> Text {
        let Statement { id, says, line, span, .. } = &self.treatment.statements[at];
        self.statement_link(at)
            .words(format!(": {says} (line {line} of the original)"))
            .place(self.place(*span, id))
    }

    /// The rows for what something rests on.
    pub(super) fn basis(&self, basis: &Basis) -> Vec<Row> {
        let mut rows = Vec::new();
        if !basis.statements.is_empty() {
            let says = basis.statements.iter().map(|at| self.cited(*at)).collect();
            rows.push(Row::all("Source", says));
        }
        rows.push(Row::one(
            "Basis",
            match &basis.basis {
                Some(basis) => Text::of(basis),
                None => Text::of("The source alone; the clinic adds no decision of its own."),
            },
        ));
        rows
    }

    /// How long something is, in words: `4 weeks`, with the parameter behind it.
    pub(super) fn extent(&self, extent: &Extent) -> Text {
        let length = Length::of(extent, self.treatment, self.day).to_string();
        match extent {
            Extent::Parameter(id) => Text::of(format!("{length}, by ")).text(self.parameter_link(*id)),
            _ => Text::of(length),
        }
    }

    /// The line of the page that a span starts on, up to the end of the span.
    pub(super) fn snippet(&self, span: Span) -> Place {
        snippet(self.subject.texts, span)
    }
}

/// The line that a span starts on, holding what of the span stands there.
pub(super) fn snippet(texts: &Texts, span: Span) -> Place {
    let slice = texts.get(span.text).content.get(span.range()).unwrap_or_default();
    place(texts, span, slice.lines().next().unwrap_or_default().trim())
}

/// Where something stands.
pub(super) fn place(texts: &Texts, span: Span, holds: &str) -> Place {
    Place { at: texts.line_reference(span), holds: holds.to_string() }
}

/// A name for links that any page and any viewer takes: letters, digits, `_`, `-` and dots between its parts.
pub(super) fn anchor(parts: &[&str]) -> String {
    let clean = |part: &&str| -> String {
        part.chars()
            .map(|c| match c.is_ascii_alphanumeric() || "_-".contains(c) {
                true => c.to_string(),
                false => format!("~{:x}", u32::from(c)),
            })
            .collect()
    };
    parts.iter().map(clean).collect::<Vec<_>>().join(".")
}

pub(super) fn question_link(id: &str) -> Text {
    Text::default().link(anchor(&["question", id]), words(id))
}

/// `pregnancy` for `microneedling/pregnancy`.
pub(super) fn short(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// `Open wounds` for `microneedling/open_wounds`.
pub(super) fn title(id: &str) -> String {
    sentence_case(&words(short(id)))
}

/// The text as a sentence of its own.
pub(super) fn sentence(text: &str) -> String {
    let text = sentence_case(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// The days something counts, in words; `None` if no day is named.
pub(super) fn days(in_force: &InForce) -> Option<String> {
    match (in_force.from, in_force.last) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {} on", from.long())),
        (None, Some(last)) => Some(format!("up to {}", last.long())),
        (Some(from), Some(last)) => Some(format!("from {} to {}", from.long(), last.long())),
    }
}
