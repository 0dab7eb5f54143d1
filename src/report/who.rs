//! Whom a rule speaks for, and what would have to be otherwise, for people.

use super::answers;
use super::diff::Words;
use super::lines::Lines;
use crate::book::condition::{Condition, ConditionKind, SlotId};
use crate::book::english::{English, words};
use crate::book::fact::{FactKind, Facts};
use crate::book::{Rule, Treatment};
use crate::decide::cells::Version;
use crate::prose::{count, list, visible};
use crate::study::apart::Apart;
use crate::study::clients::Client;
use crate::study::region::{AnyOf, Region, Way};
use crate::study::who::{Better, Change, Given, GivenKind, Needs, Waiting};
use crate::value::{Day, NO, Points, YES};

/// So many ways are told; more of them nobody reads.
const MOST_TOLD: usize = 12;

/// One of the rules of a name, with whom it speaks for.
pub struct Spoken<'s> {
    /// The rule.
    pub rule: &'s Rule,
    /// Whom it speaks for on a day of its own; `None` if it is never in force.
    pub region: Option<Region>,
    /// Somebody it speaks for, near to the base client.
    pub somebody: Apart,
}

/// The clients whom a rule speaks for. `like` is the base client that the example is near to.
pub fn rule(
    spoken: &[Spoken<'_>],
    asked: Day,
    version: Version<'_>,
    like: (Option<&str>, &Client),
) -> String {
    let mut sheet = Sheet { lines: Lines::default(), facts: &version.book.facts };
    let several = spoken.len() > 1;
    if let (Some(first), true) = (spoken.first(), several) {
        sheet.line(0, &format!("{}: {} rules, each for its own days", first.rule.id, spoken.len()));
    }
    for one in spoken {
        let Spoken { rule, region, somebody } = one;
        let days = in_force(rule, version.treatment);
        match several {
            true => sheet.line(0, &format!("{}, {days}", rule.outcome)),
            false => sheet.line(0, &format!("{}: {}, {days}", rule.id, rule.outcome)),
        }
        sheet.line(2, &format!("Because: {}", rule.because));
        if let Some(switch) = &rule.withdrawn {
            sheet.line(
                2,
                &format!(
                    "WITHDRAWN since {}: everybody needs a review then. {}",
                    switch.since.long(),
                    switch.because
                ),
            );
        }
        let Some(region) = region else {
            sheet.line(2, "It speaks for nobody: the page is never in force while it is.");
            continue;
        };
        sheet.region(region, rule, asked, version);
        match somebody {
            Apart::Client(client) if !region.ways.is_empty() || region.more => {
                let answers = example(rule, client, like, sheet.facts);
                let facts = Words([sheet.facts, sheet.facts]);
                sheet.line(2, &format!("Such as {}.", facts.somebody(like.0, &answers, client.visit)));
            }
            Apart::NotAnalysed(why) | Apart::Other(why) => sheet.line(2, &format!("No example: {why}.")),
            Apart::Client(_) | Apart::Same => {}
        }
    }
    sheet.lines.0
}

/// The answers of an example by what differs from the base client; where there is none, every answer that the rule
/// reads: somebody of whom one of them is not known comes under it as little as anybody.
pub(super) fn example(
    rule: &Rule,
    client: &Client,
    (name, base): (Option<&str>, &Client),
    facts: &Facts,
) -> Vec<(String, String)> {
    if name.is_some() {
        return client.answers(Some(&base.on(facts, client.visit)), facts);
    }
    let read = rule.condition.slots(&|fact| facts.slots_of(fact));
    let answers = client.answers(None, facts).into_iter();
    answers.filter(|(slot, _)| read.iter().any(|read| facts.slot_name(*read) == *slot)).collect()
}

fn in_force(rule: &Rule, treatment: &Treatment) -> String {
    let days = if rule.in_force == Default::default() { treatment.in_force } else { rule.in_force };
    match (days.from, days.last) {
        (None, None) => "in force always".to_string(),
        (Some(from), None) => format!("in force from {}", from.long()),
        (None, Some(last)) => format!("in force up to {}", last.long()),
        (Some(from), Some(last)) => format!("in force from {} to {}", from.long(), last.long()),
    }
}

/// What is decided about a client, and the least that would have to be otherwise for each better outcome.
pub fn client(name: &str, needs: &Needs, facts: &Facts) -> String {
    let mut sheet = Sheet { lines: Lines::default(), facts };
    let visit = needs.answers.visit;
    sheet.line(0, &format!("{name}, visit on {}: {}", visit.long(), needs.outcome));
    for review in needs.reviews.iter().filter(|review| review.counts) {
        sheet.line(
            2,
            &format!(
                "{} said go ahead for {}; it counts up to {}.",
                review.by,
                review.rule,
                review.until.long()
            ),
        );
    }
    for review in needs.reviews.iter().filter(|review| !review.counts) {
        let why = review.why.as_deref().unwrap_or("it cannot be used");
        sheet.line(2, &format!("{}'s go ahead for {} does not count: {why}.", review.by, review.rule));
    }
    if needs.better.is_empty() {
        sheet.line(2, "There is no better outcome.");
    }
    let mut taking_no_less = Vec::new();
    for (at, better) in needs.better.iter().enumerate() {
        if needs.better[..at].iter().any(|best| no_less(best, better)) {
            taking_no_less.push(format!("\u{201c}{}\u{201d}", better.outcome));
            continue;
        }
        sheet.line(2, &format!("To be told \u{201c}{}\u{201d}:", better.outcome));
        sheet.better(better, visit);
    }
    if !taking_no_less.is_empty() {
        let rest = list(&taking_no_less, "and");
        sheet.line(2, &format!("To be told {rest} would take no less."));
    }
    sheet.lines.0
}

/// Whether the worse of two outcomes takes at least as many other answers, and as long a wait, as the better one.
fn no_less(best: &Better, worse: &Better) -> bool {
    let answers = match (&best.answers, &worse.answers) {
        (Change::To(best), Change::To(worse)) => given_up(best).len() <= given_up(worse).len(),
        (_, Change::Never) => true,
        _ => false,
    };
    let waiting = match (&best.waiting, &worse.waiting) {
        (Some(Waiting::Until(best, _)), Some(Waiting::Until(worse, _))) => best <= worse,
        (_, Some(Waiting::Never)) => true,
        _ => false,
    };
    answers && waiting
}

/// The parts of facts that would have to be otherwise than they are known.
fn given_up(given: &[Given]) -> Vec<SlotId> {
    let other = given.iter().filter(|one| matches!(one.kind, GivenKind::InsteadOf(_)));
    other.map(|one| one.slot).collect()
}

/// Answers of the same kind to parts of one fact.
pub(super) struct Group<'g> {
    pub(super) slots: Vec<SlotId>,
    pub(super) given: &'g Given,
}

/// What has to be answered, parts of a fact with the same answers together.
pub(super) fn groups<'g>(given: &'g [Given], facts: &Facts) -> Vec<Group<'g>> {
    let mut groups: Vec<Group<'g>> = Vec::new();
    let fact = |slot: SlotId| facts.slots[slot.index()].fact;
    for one in given {
        let same = |group: &&mut Group<'_>| {
            let other = group.given;
            fact(other.slot) == fact(one.slot) && other.answers == one.answers && other.kind == one.kind
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.slots.push(one.slot),
            None => groups.push(Group { slots: vec![one.slot], given: one }),
        }
    }
    groups
}

/// A comparison of two answers, or what a script says, as it has to come to.
pub(super) fn compared((condition, wanted): &(Condition, bool), english: &English<'_>) -> String {
    match wanted {
        true => english.condition(condition),
        false => english.condition(&Condition {
            kind: ConditionKind::Not(Box::new(condition.clone())),
            span: condition.span,
        }),
    }
}

struct Sheet<'s> {
    lines: Lines,
    facts: &'s Facts,
}

impl Sheet<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        self.lines.wrap(indent, &visible(text));
    }

    fn region(&mut self, region: &Region, rule: &Rule, asked: Day, version: Version<'_>) {
        let day = region.visit;
        let english = English { facts: self.facts, treatment: version.treatment, day, with_later: false };
        let near = if asked == day { "" } else { ", the nearest day it is in force," };
        let on = format!("On a visit on {}{near}", day.long());
        let said = english.condition(&rule.condition);
        let (ways, more) = (&region.ways[..], region.more);
        match ways {
            [] if more => {
                self.line(2, &format!("{on} it speaks for every client of whom this is so: {said}."))
            }
            [] => self.line(2, &format!("{on} it speaks for nobody.")),
            [one] if one.answers.is_empty() && one.compared.is_empty() => {
                self.line(2, &format!("{on} it speaks for everybody."));
            }
            [_] if !more => self.line(2, &format!("{on} it speaks for every client with:")),
            ways if more => self
                .line(2, &format!("{on} there are more than {} ways to come under it, such as:", ways.len())),
            ways => self.line(2, &format!("{on} there are {} ways to come under it:", ways.len())),
        }
        if ways.iter().any(|way| way.answers.is_empty() && way.compared.is_empty()) {
            return;
        }
        for way in ways.iter().take(MOST_TOLD) {
            let text = self.way(way, &english, day);
            self.line(2, &format!("- {text}"));
        }
        if ways.len() > MOST_TOLD {
            let rest = count((ways.len() - MOST_TOLD) as i64, "more way");
            self.line(2, &format!("- and {rest}. In one sentence: {said}."));
        }
    }

    fn way(&self, way: &Way, english: &English<'_>, day: Day) -> String {
        let mut parts: Vec<String> = way.answers.iter().map(|part| self.any_of(part, day)).collect();
        for one in &way.compared {
            let where_ = match one.0.is_scripted() {
                true => "where a script says so",
                false => "where two answers are compared",
            };
            parts.push(format!("{where_}: {}", compared(one, english)));
        }
        parts.join("; and ")
    }

    fn any_of(&self, part: &AnyOf, day: Day) -> String {
        let fact = self.facts.fact_of(part.slots[0]);
        let yes = fact.kind == FactKind::Set && part.answers == Points::one(YES);
        let names = list(&self.options(&part.slots), "or");
        let answers = answers::words(fact, &part.answers, day);
        match (&part.slots[..], yes) {
            ([_], _) => format!("{}: {answers}", self.name(&part.slots)),
            (_, true) => format!("{}: at least one of {names}", words(&fact.id)),
            _ => format!("at least one of {names} ({}): {answers}", words(&fact.id)),
        }
    }

    fn options(&self, slots: &[SlotId]) -> Vec<String> {
        let options = slots.iter().filter_map(|slot| {
            let option = self.facts.slots[slot.index()].option?;
            Some(self.facts.fact_of(*slot).options[usize::from(option)].text.clone())
        });
        options.collect()
    }

    /// Parts of one fact.
    fn name(&self, slots: &[SlotId]) -> String {
        let fact = self.facts.fact_of(slots[0]);
        let name = words(&fact.id);
        match fact.kind.slot_per_option() {
            false => name,
            true if slots.len() > 1 && slots.len() == usize::from(fact.slot_count) => {
                format!("each of the {name}")
            }
            true => format!("{} ({name})", list(&self.options(slots), "and")),
        }
    }

    fn better(&mut self, better: &Better, visit: Day) {
        match &better.answers {
            Change::Never => self.line(2, "- with no other answers on the same day"),
            Change::NotAnalysed(why) => {
                self.line(2, &format!("- whether other answers help on the same day is not known: {why}"));
            }
            Change::To(given) => {
                let mut facts: Vec<_> =
                    given_up(given).iter().map(|slot| self.facts.slots[slot.index()].fact).collect();
                facts.dedup();
                let (other, open): (Vec<_>, Vec<_>) = groups(given, self.facts)
                    .into_iter()
                    .partition(|group| matches!(group.given.kind, GivenKind::InsteadOf(_)));
                let what = match facts.len() {
                    0 if given.is_empty() => "nothing has to be otherwise",
                    0 => "no answer has to be otherwise; still to be answered so:",
                    1 => "one answer would have to be otherwise:",
                    n => &format!("{n} answers would have to be otherwise, and no fewer will do:"),
                };
                self.line(2, &format!("- on the same day {what}"));
                self.given(&other, visit);
                if !other.is_empty() && !open.is_empty() {
                    self.line(4, "and still to be answered so:");
                }
                self.given(&open, visit);
            }
        }
        match &better.waiting {
            None => {}
            Some(Waiting::Never) => self.line(2, "- waiting alone does not help"),
            Some(Waiting::NotAnalysed(why)) => {
                self.line(2, &format!("- whether waiting helps is not known: {why}"));
            }
            Some(Waiting::Until(day, given)) => {
                let groups = groups(given, self.facts);
                let open = groups.iter().any(|group| group.given.kind == GivenKind::Open);
                let end = match (given.is_empty(), open) {
                    (true, _) => "",
                    (_, true) => ", if it is then answered so:",
                    (_, false) => ", if what is asked again comes out the same:",
                };
                self.line(2, &format!("- or by waiting until {}, with the same answers{end}", day.long()));
                self.given(&groups, *day);
            }
        }
    }

    fn given(&mut self, groups: &[Group<'_>], visit: Day) {
        for Group { slots, given } in groups {
            let fact = self.facts.fact_of(given.slot);
            let answers = answers::words(fact, &given.answers, visit);
            let tail = match &given.kind {
                GivenKind::InsteadOf(known) => {
                    format!(", instead of {}", short(&answers::words(fact, known, visit)))
                }
                GivenKind::Open => String::new(),
                GivenKind::Again(last) => format!(" (the answer counts up to {}: ask again)", last.long()),
            };
            let none = slots.len() == usize::from(fact.slot_count) && given.answers == Points::one(NO);
            match fact.kind == FactKind::Set && none {
                true => self.line(6, &format!("{}: none{tail}", words(&fact.id))),
                false => self.line(6, &format!("{}: {answers}{tail}", self.name(slots))),
            }
        }
    }
}

/// Of what a single day was, only the day.
fn short(text: &str) -> &str {
    text.strip_prefix("on ").unwrap_or(text)
}
