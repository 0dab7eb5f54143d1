//! A client's record with every answer read: for each fact the values it may have, and where they come from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::combine::{self, Single};
use super::diags::Finding;
use super::space::{Link, Space};
pub use super::values::Boxes;
use super::values::{Reader, Reading};
use crate::book::condition::FactId;
use crate::book::fact::{FactKind, Facts};
use crate::book::{Book, Treatment};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Kind, Node};
use crate::span::Span;
use crate::value::{Day, Duration, Point, Points};
use crate::written::Words;
use crate::written::record::{Answered, Record, Review as WrittenReview};

/// A client's answers as they count on the day of the visit.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Who.
    pub client: String,
    /// The day asked about.
    pub visit: Day,
    /// The answer to each fact.
    pub facts: Vec<FactAnswer>,
    /// What clinicians decided.
    pub reviews: Vec<Review>,
    /// Every answer as given, for later days.
    pub(super) singles: Vec<Vec<Single>>,
}

/// What is known about one fact.
#[derive(Debug, Clone)]
pub struct FactAnswer {
    /// The values of its slots: the client is as one of these alternatives says.
    pub boxes: Boxes,
    /// How it came to that.
    pub standing: Standing,
    /// The answers it rests on, or that were set aside.
    pub said: Vec<Said>,
}

/// How an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The record does not name the fact.
    NeverAsked,
    /// The client, or one of the sources, does not know.
    NotKnown,
    /// Answered too long ago.
    Stale,
    /// Answered without a day, and only a dated answer counts.
    Undated,
    /// Sources that say different things.
    Disagreeing,
    /// Answered.
    Answered,
}

/// One answer as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The answer in short.
    pub answer: String,
    /// When it was given.
    pub on: Option<Day>,
    /// By whom, or where it was found.
    pub from: Option<String>,
}

/// A clinician's `go ahead`.
#[derive(Debug, Clone)]
pub struct Review {
    /// The rule reviewed.
    pub rule: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub on: Day,
    /// How long it counts.
    pub good_for: Duration,
    /// The meaning of the rule at the time.
    pub meaning: Option<String>,
}

impl Answers {
    /// A client who answered everything on the day of the visit; `values` has a point for every slot.
    pub fn known(client: &str, visit: Day, values: &[Point], facts: &Facts) -> Answers {
        Answers::known_but(client, visit, values, &[], facts)
    }

    /// A client who answered everything but these facts on the day of the visit.
    pub fn known_but(
        client: &str,
        visit: Day,
        values: &[Point],
        unanswered: &[FactId],
        facts: &Facts,
    ) -> Answers {
        let singles = facts.facts.iter().enumerate().map(|(at, fact)| {
            if unanswered.contains(&FactId(at as u16)) {
                return Vec::new();
            }
            let boxes: Boxes = vec![fact.slots().map(|slot| Points::one(values[slot.index()])).collect()];
            let answer = in_short(Some(&boxes), FactId(at as u16), facts);
            let said = Said { answer, on: Some(visit), from: None };
            if fact.kind == FactKind::Note { Vec::new() } else { vec![Single { boxes: Some(boxes), said }] }
        });
        let singles: Vec<Vec<Single>> = singles.collect();
        let combined = singles.iter().enumerate().map(|(at, given)| {
            let id = FactId(at as u16);
            combine::combine(facts.get(id), given, visit, &domain(facts, id, visit))
        });
        let facts = combined.collect();
        Answers { client: client.to_string(), visit, facts, reviews: Vec::new(), singles }
    }

    /// Every completion of the answers on the day of the visit.
    pub fn space(&self, facts: &Facts) -> Space {
        space(self.facts.iter().map(|answer| Cow::Borrowed(&answer.boxes)), facts)
    }

    /// The same answers as they count on a later `day`, which becomes the visit: some have become too old. What
    /// is partly known stays cut at the visit it was read for.
    pub fn later(&self, day: Day, facts: &Facts) -> Answers {
        let on_day = |at: usize| {
            let id = FactId(at as u16);
            combine::combine(facts.get(id), &self.singles[at], day, &domain(facts, id, day))
        };
        let facts_answers = (0..facts.facts.len()).map(on_day).collect();
        Answers { visit: day, facts: facts_answers, ..self.clone() }
    }

    /// The same client with other answers to these facts, given on the day `on` in place of what was said.
    pub fn with(&self, given: &[(FactId, Boxes)], on: Day, facts: &Facts) -> Answers {
        let mut other = self.clone();
        for (id, boxes) in given {
            let said = Said { answer: in_short(Some(boxes), *id, facts), on: Some(on), from: None };
            let single = Single { boxes: Some(boxes.clone()), said };
            let at = usize::from(id.0);
            other.singles[at] = vec![single];
            let domain = domain(facts, *id, self.visit);
            other.facts[at] = combine::combine(facts.get(*id), &other.singles[at], self.visit, &domain);
        }
        other
    }

    /// The days after the visit on which an answer or review stops to count.
    pub fn expiries(&self, facts: &Facts) -> Vec<Day> {
        let answers = facts.facts.iter().zip(&self.singles).flat_map(|(fact, singles)| {
            combine::expiries(fact, singles.iter().map(|one| one.said.on))
        });
        let reviews = self.reviews.iter().map(|review| review.on.shift(&review.good_for, false).next());
        answers.chain(reviews).filter(|day| *day > self.visit).collect()
    }
}

pub(super) fn domain(facts: &Facts, id: FactId, visit: Day) -> Vec<Points> {
    facts.get(id).slots().map(|slot| facts.domain(slot, visit)).collect()
}

/// What the boxes of all facts leave open.
fn space<'b>(boxes: impl Iterator<Item = Cow<'b, Boxes>>, facts: &Facts) -> Space {
    let mut sets = Vec::with_capacity(facts.slots.len());
    let mut links = Vec::new();
    for (fact, boxes) in facts.facts.iter().zip(boxes) {
        if boxes.len() == 1 {
            match boxes {
                Cow::Borrowed(boxes) => sets.extend_from_slice(&boxes[0]),
                Cow::Owned(boxes) => sets.extend(boxes.into_iter().flatten()),
            }
            continue;
        }
        let slots: Vec<_> = fact.slots().collect();
        for at in 0..slots.len() {
            sets.push(boxes.iter().fold(Points::EMPTY, |all, one| all.union(&one[at])));
        }
        links.push(Link { slots, boxes: boxes.into_owned() });
    }
    Space { sets, links }
}

/// Reads a record for a visit of `treatment` on `visit`. `answered_on` is the day of answers that carry none,
/// unless the record gives one. All mistakes at once; warnings are returned beside the answers.
pub fn from_written(
    record: &Record,
    client: &str,
    visit: Day,
    answered_on: Option<Day>,
    book: &Book,
    treatment: &Treatment,
) -> (Option<Answers>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let out = &mut findings;
    let facts = &book.facts;
    if !treatment.in_force.covers(visit) {
        let days = match (treatment.in_force.from, treatment.in_force.last) {
            (Some(from), Some(last)) => format!("from {from} to {last}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(last)) => format!("until {last}"),
            (None, None) => "always".to_string(),
        };
        let message =
            format!("the visit on {visit} lies outside the days `{}` is in force: {days}", treatment.id);
        let span = record.visit.as_ref().map_or(record.span, |words| words.span);
        out.push(Finding::NotInForce { client, span, message }.into());
    }
    let answered_on = match &record.answered_on {
        Some(words) => past_day(words, "answered_on", client, visit, out),
        None => answered_on,
    };
    let mut singles: Vec<Vec<Single>> = vec![Vec::new(); facts.facts.len()];
    let mut dates: BTreeMap<&str, Day> = BTreeMap::new();
    for (fact, words) in &record.dated {
        if facts.named(fact).is_none() {
            unknown_fact(client, fact, words.span, facts, out);
        } else if let Some(day) = past_day(words, fact, client, visit, out) {
            dates.insert(fact, day);
        }
    }
    for (id, nodes) in by_fact(record, facts, client, out) {
        let default = dates.get(facts.get(id).id.as_str()).copied().or(answered_on);
        for node in nodes {
            singles[usize::from(id.0)].extend(answers(&node, id, facts, client, visit, default, out));
        }
    }
    let reviews =
        record.reviews.iter().filter_map(|one| review(one, client, visit, treatment, out)).collect();
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return (None, findings);
    }
    let facts_answers = (0..facts.facts.len())
        .map(|at| {
            let id = FactId(at as u16);
            combine::combine(facts.get(id), &singles[at], visit, &domain(facts, id, visit))
        })
        .collect();
    let answers = Answers { client: client.to_string(), visit, facts: facts_answers, reviews, singles };
    (Some(answers), findings)
}

fn unknown_fact(client: &str, name: &str, span: Span, facts: &Facts, out: &mut Vec<Diagnostic>) {
    let known: Vec<String> = facts.facts.iter().map(|fact| fact.id.clone()).collect();
    out.push(Finding::UnknownFact { client, span, name, known: &known }.into());
}

/// The answers to each fact; `fact.option` entries become one map.
fn by_fact(
    record: &Record,
    facts: &Facts,
    client: &str,
    out: &mut Vec<Diagnostic>,
) -> BTreeMap<FactId, Vec<Node>> {
    let mut whole: BTreeMap<FactId, Vec<Node>> = BTreeMap::new();
    let mut parts: BTreeMap<FactId, Vec<crate::source::Entry>> = BTreeMap::new();
    for Answered { fact, span, value } in &record.facts {
        let (name, option) = match fact.split_once('.') {
            Some((name, option)) => (name, Some(option)),
            None => (fact.as_str(), None),
        };
        let Some(id) = facts.named(name) else {
            unknown_fact(client, name, *span, facts, out);
            continue;
        };
        match option {
            None => whole.entry(id).or_default().push(value.clone()),
            Some(option) => parts.entry(id).or_default().push(crate::source::Entry {
                key: option.to_string(),
                key_span: *span,
                value: value.clone(),
            }),
        }
    }
    for (id, entries) in parts {
        let span = entries[0].key_span;
        if whole.contains_key(&id) {
            let fact = &facts.get(id).id;
            let message = format!("`{fact}` is answered as a whole and by option");
            let help = "answer it in one of the two ways".to_string();
            out.push(Finding::BadAnswer { client, span, message, help }.into());
            continue;
        }
        whole.insert(id, vec![Node { span, kind: Kind::Map(entries) }]);
    }
    whole
}

/// The answers behind one fact: one, or several from different sources.
fn answers(
    node: &Node,
    id: FactId,
    facts: &Facts,
    client: &str,
    visit: Day,
    default: Option<Day>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Single> {
    let several = match &node.kind {
        Kind::List(items) if !items.is_empty() && items.iter().all(|item| item.get("answer").is_some()) => {
            items.iter().collect()
        }
        _ => vec![node],
    };
    several.into_iter().filter_map(|one| single(one, id, facts, client, visit, default, out)).collect()
}

fn single(
    node: &Node,
    id: FactId,
    facts: &Facts,
    client: &str,
    visit: Day,
    default: Option<Day>,
    out: &mut Vec<Diagnostic>,
) -> Option<Single> {
    let fact = facts.get(id);
    let (mut answer, mut on, mut from) = (node, default, None);
    if let (Kind::Map(entries), Some(given)) = (&node.kind, node.get("answer")) {
        answer = given;
        for entry in entries {
            let words = entry
                .value
                .text()
                .map(|text| Words { text: text.trim().to_string(), span: entry.value.span });
            match (entry.key.as_str(), words) {
                ("answer", _) => {}
                ("on", Some(words)) if words.text.is_empty() => {}
                ("on", Some(words)) => on = Some(past_day(&words, &fact.id, client, visit, out)?),
                ("from", Some(words)) => from = Some(words.text).filter(|text| !text.is_empty()),
                (key, _) => {
                    let message = format!("`{key}` has no meaning beside `answer`");
                    let help = "write `{answer: ..., on: a day, from: who said so}`".to_string();
                    out.push(Finding::BadAnswer { client, span: entry.key_span, message, help }.into());
                    return None;
                }
            }
        }
    }
    let reading = Reader { client, visit, out }.read(fact, answer)?;
    let boxes = match reading {
        Reading::Unknown => None,
        Reading::Values(boxes) => Some(boxes),
    };
    if fact.kind == FactKind::Note {
        return None;
    }
    let said = Said { answer: in_short(boxes.as_ref(), id, facts), on, from };
    Some(Single { boxes, said })
}

/// The answer in a few words.
fn in_short(boxes: Option<&Boxes>, id: FactId, facts: &Facts) -> String {
    let Some(boxes) = boxes else { return "unknown".to_string() };
    let alternatives: Vec<String> =
        boxes.iter().map(|one| super::words::fact_answer(facts.get(id), one)).collect();
    alternatives.join(" or ")
}

fn past_day(words: &Words, what: &str, client: &str, visit: Day, out: &mut Vec<Diagnostic>) -> Option<Day> {
    match Day::parse(&words.text) {
        Some(day) if day <= visit => Some(day),
        Some(day) => {
            let message = format!("`{what}` was answered on {day}, after the visit on {visit}");
            out.push(Finding::FutureAnswer { client, span: words.span, message }.into());
            None
        }
        None => {
            let message = format!("`{}` is no day", words.text);
            let help = "write year-month-day, such as 2026-03-02".to_string();
            out.push(Finding::BadRecord { client, span: words.span, message, help }.into());
            None
        }
    }
}

fn review(
    written: &WrittenReview,
    client: &str,
    visit: Day,
    treatment: &Treatment,
    out: &mut Vec<Diagnostic>,
) -> Option<Review> {
    let rule = written.rule.as_ref()?;
    if rule.text.split('/').next() != Some(treatment.id.as_str()) {
        return None;
    }
    if !treatment.rules.iter().any(|known| known.id == rule.text) {
        let near = crate::suggest::nearest(&rule.text, treatment.rules.iter().map(|known| known.id.as_str()));
        let help = near.map_or("name the rule as a decision prints it".to_string(), |near| {
            format!("did you mean `{near}`?")
        });
        let message = format!("there is no rule `{}` to review", rule.text);
        out.push(Finding::ReviewNotUsable { client, span: rule.span, message, help }.into());
        return None;
    }
    let says = written.says.as_ref()?;
    if says.text != "go ahead" {
        let message = format!("a review cannot say `{}`", says.text);
        let help = "write `says: go ahead`; without a review the rule counts as it is".to_string();
        out.push(Finding::ReviewNotUsable { client, span: says.span, message, help }.into());
        return None;
    }
    let good_for = written.good_for.as_ref()?;
    let Some(limit) = Duration::parse(&good_for.text).filter(|limit| limit.unit.is_calendar()) else {
        let message = format!("`{}` does not say how long the review counts", good_for.text);
        let help = "write a duration such as `26 weeks`".to_string();
        out.push(Finding::ReviewNotUsable { client, span: good_for.span, message, help }.into());
        return None;
    };
    let on = past_day(written.on.as_ref()?, "the review", client, visit, out)?;
    Some(Review {
        rule: rule.text.clone(),
        by: written.by.as_ref()?.text.clone(),
        on,
        good_for: limit,
        meaning: written.meaning.as_ref().map(|words| words.text.clone()),
    })
}
