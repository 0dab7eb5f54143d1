//! Whom a rule speaks for, and what would have to be otherwise, for programs.

use serde_json::{Value, json};

use super::answers;
use super::who::{Spoken, compared, example, groups};
use crate::book::condition::SlotId;
use crate::book::english::English;
use crate::book::fact::Facts;
use crate::decide::cells::Version;
use crate::study::apart::Apart;
use crate::study::clients::{Client, written};
use crate::study::region::Region;
use crate::study::who::{Change, Given, GivenKind, Needs, Waiting};
use crate::value::{Day, Points};

/// The clients whom the rules of one name speak for.
pub fn rule(spoken: &[Spoken<'_>], version: Version<'_>, like: (Option<&str>, &Client)) -> Value {
    let Version { book, treatment, .. } = version;
    let each = spoken.iter().map(|Spoken { rule, region, somebody }| {
        let day = region.as_ref().map_or(like.1.visit, |region| region.visit);
        let english = English { facts: &book.facts, treatment, day, with_later: false };
        let example = match somebody {
            Apart::Client(client) => {
                let answers = example(rule, client, like, &book.facts).into_iter();
                let answers: serde_json::Map<String, Value> =
                    answers.map(|(fact, answer)| (fact, json!(answer))).collect();
                json!({"like": like.0, "visit": client.visit, "answers": answers})
            }
            _ => Value::Null,
        };
        json!({
            "outcome": rule.outcome,
            "because": rule.because,
            "in_force": {"from": rule.in_force.from, "last_day": rule.in_force.last},
            "withdrawn": rule.withdrawn.as_ref().map(|switch| json!({
                "since": switch.since, "because": switch.because,
            })),
            "condition": english.condition(&rule.condition),
            "region": region.as_ref().map(|region| self::region(region, &english)),
            "example": example,
        })
    });
    let id = spoken.first().map(|one| one.rule.id.as_str());
    json!({"rule": id, "treatment": treatment.id, "rules": each.collect::<Vec<_>>()})
}

fn region(region: &Region, english: &English<'_>) -> Value {
    let facts = english.facts;
    let ways = region.ways.iter().map(|way| {
        let answers = way.answers.iter().map(|part| {
            json!({
                "any_of": part.slots.iter().map(|slot| facts.slot_name(*slot)).collect::<Vec<_>>(),
                "answers": of(part.slots[0], &part.answers, facts, region.visit),
            })
        });
        json!({
            "answers": answers.collect::<Vec<_>>(),
            "compared": way.compared.iter().map(|one| compared(one, english)).collect::<Vec<_>>(),
        })
    });
    json!({"visit": region.visit, "ways": ways.collect::<Vec<_>>(), "more": region.more})
}

fn of(slot: SlotId, set: &Points, facts: &Facts, visit: Day) -> Value {
    answers::data(facts.fact_of(slot), set, &facts.domain(slot, visit))
}

/// What is decided about a client, and what would have to be otherwise.
pub fn client(name: &str, treatment: &str, needs: &Needs, facts: &Facts) -> Value {
    let visit = needs.answers.visit;
    let better = needs.better.iter().map(|better| {
        let answers = match &better.answers {
            Change::To(given) => json!({"help": "yes", "changes": changes(given, facts, visit)}),
            Change::Never => json!({"help": "no"}),
            Change::NotAnalysed(why) => json!({"help": "unknown", "why": why}),
        };
        let waiting = better.waiting.as_ref().map(|waiting| match waiting {
            Waiting::Until(day, given) => {
                json!({"help": "yes", "visit": day, "changes": changes(given, facts, *day)})
            }
            Waiting::Never => json!({"help": "no"}),
            Waiting::NotAnalysed(why) => json!({"help": "unknown", "why": why}),
        });
        json!({"outcome": better.outcome, "answers": answers, "waiting": waiting})
    });
    json!({
        "client": name,
        "treatment": treatment,
        "visit": visit,
        "outcome": needs.outcome,
        "possible": needs.possible,
        "reviews": needs.reviews,
        "better": better.collect::<Vec<_>>(),
    })
}

fn changes(given: &[Given], facts: &Facts, visit: Day) -> Value {
    let each = groups(given, facts).into_iter().map(|group| {
        let one = group.given;
        let (kind, before, last) = match &one.kind {
            GivenKind::InsteadOf(known) => ("instead", Some(of(one.slot, known, facts, visit)), None),
            GivenKind::Open => ("open", None, None),
            GivenKind::Again(last) => ("again", None, Some(*last)),
        };
        let mut change = json!({
            "facts": group.slots.iter().map(|slot| facts.slot_name(*slot)).collect::<Vec<_>>(),
            "kind": kind,
            "answers": of(one.slot, &one.answers, facts, visit),
            "such_as": written(facts.fact_of(one.slot), one.such_as),
        });
        if let Some(before) = before {
            change["instead_of"] = before;
        }
        if let Some(last) = last {
            change["counts_until"] = json!(last);
        }
        change
    });
    Value::Array(each.collect())
}
