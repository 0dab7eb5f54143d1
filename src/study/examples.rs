//! Cases that would close a gap: a client or a question made up by the engine, near to the first base client,
//! whose answer a person still has to decide.

use std::collections::BTreeMap;

use super::apart::{self, Apart};
use super::case::Visit;
use super::clients::Client;
use super::coverage::{EdgeOf, Gap, Side, Wish, edges};
use super::run::Panel;
use crate::book::condition::{Condition, ConditionKind};
use crate::book::{AftercareItem, Extent, Matter, Treatment};
use crate::decide::cells::Version;
use crate::decide::extent::Length;
use crate::value::{Day, Duration, Number, Truth, Unit};

/// A case without its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Why it is wanted; it becomes the name of the case.
    pub says: String,
    /// What is asked.
    pub asks: Asks,
}

/// What an example asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// May this client have the treatment?
    Decide(Like),
    /// The same client for a quote, of so many sessions.
    Quote(Like, u32),
    /// Whether an activity is allowed so long after the treatment: `+2879m`.
    May {
        /// The activity.
        activity: String,
        /// How long after, as a case writes it.
        at: String,
    },
    /// All instructions.
    Timeline,
    /// The course from a day on.
    Plan(Day),
}

/// A client by what differs from a base client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    /// The name of the base client; without one all answers are written out.
    pub base: Option<String>,
    /// The day asked about, where it differs.
    pub visit: Option<Day>,
    /// The answers that differ: `acne_medications.isotretinoin` and `2025-09-04`.
    pub answers: Vec<(String, String)>,
}

/// Where examples start from.
pub struct Base {
    name: Option<String>,
    client: Client,
}

impl Base {
    /// The first base client of the cases; without one, a client to whom nothing applies.
    pub fn of(base: Option<&(String, Visit)>, version: Version<'_>, panel: &mut Panel<'_>) -> Base {
        let facts = &version.book.facts;
        let given = base.and_then(|(name, visit)| Some((name, visit, panel.answers(visit).ok()?)));
        let Some((name, visit, answers)) = given else {
            let client = Client::plain(facts, super::days::usual(version.treatment));
            return Base { name: None, client };
        };
        let mut client = Client::plain(facts, visit.day);
        let known = answers.space(facts).sets.into_iter().map(|set| set.single());
        for (value, known) in client.values.iter_mut().zip(known) {
            *value = known.unwrap_or(*value);
        }
        Base { name: Some(name.clone()), client }
    }

    /// The client that examples are near to.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A client by what differs from the base.
    pub fn like(&self, client: &Client, version: Version<'_>) -> Like {
        let named = self.name.is_some();
        let base = self.client.on(&version.book.facts, self.client.visit);
        let answers = client.answers(named.then_some(&base), &version.book.facts);
        let visit = (!named || client.visit != self.client.visit).then_some(client.visit);
        Like { base: self.name.clone(), visit, answers }
    }
}

/// A case for each gap that the engine can make one for, each once. A gap that no client can close is no gap: it
/// is given back by its place.
pub fn of(gaps: &[Gap], base: &Base, version: Version<'_>) -> (Vec<Example>, Vec<usize>) {
    let mut found: BTreeMap<String, Example> = BTreeMap::new();
    let mut needless = Vec::new();
    for (at, gap) in gaps.iter().enumerate() {
        match asks(&gap.wish, base, version) {
            Closed::By(asks) => {
                let example = Example { says: gap.says.clone(), asks };
                if !found.values().any(|other| other.asks == example.asks) {
                    found.insert(format!("{at:06}"), example);
                }
            }
            Closed::Never => needless.push(at),
            Closed::Unknown => {}
        }
    }
    (found.into_values().collect(), needless)
}

/// What closes a gap.
enum Closed {
    By(Asks),
    /// Nothing can: it is proved.
    Never,
    /// The engine cannot tell.
    Unknown,
}

fn asks(wish: &Wish, base: &Base, version: Version<'_>) -> Closed {
    let treatment = version.treatment;
    match wish {
        Wish::Comes(condition, Truth::Unknown) => unknown(condition, base, version),
        Wish::Comes(condition, truth) => comes(condition, *truth, base, version),
        Wish::Edge(condition, at, side) => edge(condition, *at, *side, base, version),
        Wish::Activity(at, which, side) => {
            let item = &treatment.aftercare[*at];
            match activity(item, *which, *side, treatment, base.client.visit) {
                Some(asks) => Closed::By(asks),
                None => Closed::Unknown,
            }
        }
        Wish::Quote(value, sessions) => quote(*value, *sessions, base, version),
        Wish::Timeline => Closed::By(Asks::Timeline),
        Wish::Plan => Closed::By(Asks::Plan(base.client.visit)),
        Wish::Nothing => Closed::Unknown,
    }
}

/// The nearest client for whom the condition comes out so.
fn comes(condition: &Condition, truth: Truth, base: &Base, version: Version<'_>) -> Closed {
    let wanted = match truth {
        Truth::No => {
            Condition { kind: ConditionKind::Not(Box::new(condition.clone())), span: condition.span }
        }
        _ => condition.clone(),
    };
    match apart::conditions((version, Some(&wanted)), (version, None), Some(&base.client)) {
        Apart::Same => Closed::Never,
        Apart::Client(client) => Closed::By(Asks::Decide(base.like(&client, version))),
        Apart::Other(_) | Apart::NotAnalysed(_) => Closed::Unknown,
    }
}

/// The base client without the answers that the condition reads.
fn unknown(condition: &Condition, base: &Base, version: Version<'_>) -> Closed {
    let facts = &version.book.facts;
    let slots = condition.slots(&|fact| facts.slots_of(fact));
    let mut answers: Vec<(String, String)> = Vec::new();
    for slot in &slots {
        let fact = facts.fact_of(*slot);
        let whole = fact.slots().all(|other| slots.contains(&other));
        let name = if whole { fact.id.clone() } else { facts.slot_name(*slot) };
        if !answers.iter().any(|(known, _)| *known == name) {
            answers.push((name, "unknown".to_string()));
        }
    }
    let mut like = base.like(&base.client, version);
    like.answers.retain(|(name, _)| {
        !answers.iter().any(|(open, _)| open == name || name.starts_with(&format!("{open}.")))
    });
    like.answers.extend(answers);
    Closed::By(Asks::Decide(like))
}

/// The base client with the last value before the edge, or the first after it.
fn edge(condition: &Condition, at: usize, side: Side, base: &Base, version: Version<'_>) -> Closed {
    let facts = &version.book.facts;
    let day = base.client.visit;
    let asked = version.asked(condition, day);
    let edges = edges(&asked, day);
    let Some(edge) = edges.get(at) else { return Closed::Unknown };
    let mut client = base.client.clone();
    client.values[edge.slot.index()] = match side {
        Side::Before => edge.point - 1,
        Side::After => edge.point,
    };
    // A decimal just past the edge, with few digits.
    if side == Side::After && !facts.fact_of(edge.slot).kind.is_date() {
        client.values[edge.slot.index()] = edge.point - 1 + edge.step / 100;
    }
    match client.is_possible(facts) {
        true => Closed::By(Asks::Decide(base.like(&client, version))),
        false => Closed::Unknown,
    }
}

fn quote(value: Number, sessions: u32, base: &Base, version: Version<'_>) -> Closed {
    let Some(pricing) = &version.treatment.pricing else { return Closed::Unknown };
    let mut client = base.client.clone();
    client.values[pricing.slot.index()] = value.point();
    // What the fact's range does not reach needs no price.
    match client.is_possible(&version.book.facts) {
        true => Closed::By(Asks::Quote(base.like(&client, version), sessions)),
        false => Closed::Never,
    }
}

/// A question about the first activity of an item, at the minute that counts.
fn activity(
    item: &AftercareItem,
    which: EdgeOf,
    side: Side,
    treatment: &Treatment,
    day: Day,
) -> Option<Asks> {
    let (Matter::Avoid(list) | Matter::Do(list) | Matter::May(list)) = &item.matter else { return None };
    let extent: &Extent = match which {
        EdgeOf::Start => item.from.as_ref()?,
        EdgeOf::End => item.lasts_for.as_ref()?,
    };
    let minutes = minutes(Length::of(extent, treatment, day).most()?);
    let minutes = if side == Side::Before { minutes.checked_sub(1)? } else { minutes };
    Some(Asks::May { activity: list.first()?.id.clone(), at: format!("+{minutes}m") })
}

/// So many minutes, on days without a change of the clocks.
fn minutes(duration: Duration) -> i64 {
    let count = i64::from(duration.count);
    match duration.unit {
        Unit::Minutes => count,
        Unit::Hours => count * 60,
        _ => duration.longest_days() * 1_440,
    }
}
