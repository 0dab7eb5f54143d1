//! The steps of the appointment, and the price: which answers they wait for.

use std::collections::BTreeMap;

use super::super::day::Version;
use super::super::prop::{Context, Prop};
use super::super::questions::{decides, truth_of};
use super::super::quote::prices;
use super::super::time;
use super::memo::Memo;
use super::sets::{Beside, Sets, Token, is_open};
use crate::book::condition::{FactId, SlotId};
use crate::value::{Day, Truth};

/// A step's exclusions, with what was found out about them.
pub(super) struct Step<'b> {
    version: Version<'b>,
    exclusions: &'b [crate::book::Exclusion],
    slots: Vec<SlotId>,
    /// Whether the day of the visit matters.
    timed: bool,
    memo: Memo,
    /// For each row of the memo.
    known: Vec<Excluded>,
}

/// What is known of a step.
#[derive(Debug, Clone)]
pub(super) struct Excluded {
    /// Whether it is excluded.
    pub(super) truth: Truth,
    /// Whether each of its exclusions holds.
    pub(super) each: Vec<Truth>,
    /// The facts on which it depends.
    pub(super) facts: Vec<FactId>,
}

impl<'b> Step<'b> {
    /// All steps of the page.
    pub(super) fn all(version: Version<'b>) -> Vec<Step<'b>> {
        let steps = version.treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
        let slots_of = |fact| version.book.facts.slots_of(fact);
        steps
            .map(|step| {
                let conditions = || step.not_for.iter().map(|exclusion| &exclusion.condition);
                let mut slots: Vec<SlotId> = conditions().flat_map(|one| one.slots(&slots_of)).collect();
                slots.sort_unstable();
                slots.dedup();
                let timed = conditions().any(|one| !time::is_still(one) || !one.parameters().is_empty());
                let memo = Memo::new(slots.len() + 2);
                // A step for everyone needs no look at the client.
                let never = Excluded { truth: Truth::No, each: Vec::new(), facts: Vec::new() };
                let known = if step.not_for.is_empty() { vec![never] } else { Vec::new() };
                Step { version, exclusions: &step.not_for, slots, timed, memo, known }
            })
            .collect()
    }

    pub(super) fn slots(&self) -> &[SlotId] {
        &self.slots
    }

    /// What is so for a client on a day; `links` are numbers of links between answers.
    pub(super) fn look(
        &mut self,
        tokens: &[Token],
        (links, beside): (&[u32], Beside),
        day: Day,
        sets: &Sets,
    ) -> &Excluded {
        if self.exclusions.is_empty() {
            return &self.known[0];
        }
        let (slots, timed) = (self.slots.iter(), if self.timed { day.point() } else { 0 });
        let key = slots.map(|slot| tokens[slot.index()]).chain([beside, timed]);
        if self.memo.is_full() {
            self.memo.clear();
            self.known.clear();
        }
        let row = match self.memo.get(key) {
            Some(row) => row,
            None => {
                let found = self.find(tokens, links, day, sets);
                self.known.push(found);
                self.memo.add()
            }
        };
        &self.known[row as usize]
    }

    fn find(&self, tokens: &[Token], links: &[u32], day: Day, sets: &Sets) -> Excluded {
        let Version { book, treatment, scripts } = self.version;
        let facts = &book.facts;
        let context = Context { facts, treatment, scripts, visit: day };
        let answers = self.slots.iter().map(|slot| (*slot, tokens[slot.index()]));
        let space = sets.space(answers, links, facts.slots.len());
        let each = self.exclusions.iter().map(|exclusion| context.prop(&exclusion.condition));
        let each: Vec<Prop> = each.collect();
        let truths = each.iter().map(|prop| truth_of(&context, &space, prop)).collect();
        let any = Prop::Or(each);
        let open = self.slots.iter().filter(|slot| is_open(tokens[slot.index()]));
        let mut open: Vec<FactId> = open.map(|slot| facts.slots[slot.index()].fact).collect();
        open.dedup();
        open.retain(|fact| {
            let own = facts.get(*fact).slots().filter(|slot| self.slots.contains(slot));
            let own: Vec<SlotId> = own.filter(|slot| is_open(tokens[slot.index()])).collect();
            decides(&context, &space, &any, &own)
        });
        Excluded { truth: truth_of(&context, &space, &any), each: truths, facts: open }
    }
}

/// What the price waits for.
pub(super) struct Price<'b> {
    version: Version<'b>,
    /// The facts that a script is given.
    takes: Vec<FactId>,
    /// Whether answers and a day leave several prices.
    known: BTreeMap<(Token, Day), bool>,
}

/// More is not kept.
const MOST_KNOWN: usize = 4_096;

impl<'b> Price<'b> {
    pub(super) fn of(version: Version<'b>) -> Price<'b> {
        let script = version.treatment.pricing.iter().flat_map(|pricing| &pricing.script);
        let takes = script.flat_map(|script| &script.takes);
        let takes = takes.filter_map(|name| version.book.facts.named(name)).collect();
        Price { version, takes, known: BTreeMap::new() }
    }

    /// Adds the facts that it waits for on a day.
    pub(super) fn waits_for(&mut self, tokens: &[Token], day: Day, sets: &Sets, found: &mut Vec<FactId>) {
        let facts = &self.version.book.facts;
        let open = |slot: SlotId| is_open(tokens[slot.index()]);
        found.extend(self.takes.iter().filter(|fact| facts.get(**fact).slots().any(open)));
        let Some(pricing) = &self.version.treatment.pricing else { return };
        if !open(pricing.slot) || self.takes.contains(&pricing.by) {
            return;
        }
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        let token = tokens[pricing.slot.index()];
        let several = *self.known.entry((token, day)).or_insert_with(|| {
            let (_, list) = pricing.lists.on(day);
            prices(&sets.points(token), &list.bands).len() > 1
        });
        found.extend(several.then_some(pricing.by));
    }
}
