//! Clients about whom conditions differ that compare two answers or ask a script: looked for, never proved
//! absent.

use super::apart::Way;
use super::clients::Client;
use super::near::{self, Rank};
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::book::fact::Facts;
use crate::decide::cells::Asked;
use crate::value::{Number, Points, Truth};

/// What the search may still try.
pub(super) struct Tries(pub(super) u32);

/// Two conditions on one day.
#[derive(Clone, Copy)]
pub(super) struct Sides<'s, 'b> {
    pub(super) old: &'s Asked<'b>,
    pub(super) new: &'s Asked<'b>,
    /// What counts as a difference.
    pub(super) telling: Telling,
}

/// Which differences between two conditions count.
#[derive(Clone, Copy)]
pub(super) struct Telling {
    pub(super) way: Way,
    /// What each decides when it holds; `None` for a condition that is no rule.
    pub(super) outcomes: [Option<Outcome>; 2],
}

impl Telling {
    /// Whether it counts that the old condition comes to `old` and the new one to `new`.
    pub(super) fn tells(&self, old: Truth, new: Truth) -> bool {
        let [before, after] = self.outcomes;
        let weight = |outcome: Option<Outcome>, truth: Truth| match truth {
            Truth::No => Outcome::Eligible,
            Truth::Yes => outcome.unwrap_or(Outcome::Deferred),
            // A script failed, which takes a review.
            Truth::Unknown => Outcome::NeedsReview,
        };
        match self.way {
            Way::Any => old != new || before != after && old == Truth::Yes,
            Way::Tighter => weight(before, old) < weight(after, new),
            Way::Looser => weight(before, old) > weight(after, new),
        }
    }
}

/// A client within `sets` about whom the two conditions differ, with as many answers of `base` as possible.
pub(super) fn client(
    sides: Sides<'_, '_>,
    sets: &[Points],
    start: &Client,
    base: &Client,
    facts: &Facts,
    tries: &mut Tries,
) -> Option<Client> {
    let Sides { old, new, .. } = sides;
    let mut slots = old.free_slots();
    slots.extend(new.free_slots());
    slots.sort_unstable();
    slots.dedup();
    let mut search = Search { sides, sets, base, facts, tries, found: None };
    search.look(start);
    let candidates = |slot: SlotId| {
        let base = base.values[slot.index()];
        near::several(&sets[slot.index()], base, facts.fact_of(slot), start.visit)
    };
    for slot in &slots {
        let step = Number::whole(1).point();
        for point in candidates(*slot) {
            let mut client = start.clone();
            client.values[slot.index()] = point;
            search.look(&client);
            let fixed = [old, new].map(|asked| asked.fixing(*slot, point));
            let cuts = fixed
                .iter()
                .flat_map(Asked::cuts)
                .filter(|(other, _)| other != slot && slots.contains(other));
            for (other, cut) in cuts {
                let fact = facts.fact_of(other);
                for near in [cut - 1, cut, cut + 1, cut - step, cut + step] {
                    if near::fits(near, fact) && sets[other.index()].contains(near) {
                        let mut client = client.clone();
                        client.values[other.index()] = near;
                        search.look(&client);
                    }
                }
            }
        }
    }
    for (at, slot) in slots.iter().enumerate() {
        for other in &slots[at + 1..] {
            for (a, b) in candidates(*slot)
                .into_iter()
                .flat_map(|a| candidates(*other).into_iter().map(move |b| (a, b)))
            {
                let mut client = start.clone();
                (client.values[slot.index()], client.values[other.index()]) = (a, b);
                search.look(&client);
            }
        }
    }
    search.found.map(|(_, client)| client)
}

struct Search<'s, 'b> {
    sides: Sides<'s, 'b>,
    sets: &'s [Points],
    base: &'s Client,
    facts: &'s Facts,
    tries: &'s mut Tries,
    found: Option<(Rank, Client)>,
}

impl Search<'_, '_> {
    /// Keeps the client if the conditions differ about it and it is nearer to the base than what was found.
    fn look(&mut self, client: &Client) {
        if self.tries.0 == 0 {
            return;
        }
        self.tries.0 -= 1;
        let Sides { old, new, telling } = self.sides;
        debug_assert!(
            old.slots().iter().all(|slot| self.sets[slot.index()].contains(client.values[slot.index()]))
        );
        if !telling.tells(old.known(&client.values), new.known(&client.values)) {
            return;
        }
        let rank = Rank::of(client, self.base, self.facts);
        if self.found.as_ref().is_none_or(|(least, _)| rank < *least) {
            self.found = Some((rank, client.clone()));
        }
    }
}
