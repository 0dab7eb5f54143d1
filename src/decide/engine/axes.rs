//! Known completions of a client's open answers, one on either side of every point at which a rule can change.

use super::super::space::Link;
use super::super::waits::halve;
use super::client::Client;
use super::part::Compared;
use super::sets::{Token, is_open};
use super::whole::Engine;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::FactKind;
use crate::value::{Day, Number, Point, Points};

/// More completions are not tried, nor are parts asked about them more often.
const MOST_COMPLETIONS: usize = 512;
const MOST_ASKED: usize = 20_000;
/// So many answers of one fact whose options are linked are tried.
const MOST_LINKED: usize = 64;
/// Where rules cut the answers is looked at on so many days, of many parts on fewer.
const MOST_DAYS: usize = 32;
const MOST_LOOKS: usize = 2_048;

/// What open answers may be, answer by answer.
pub(super) struct Axes {
    axes: Vec<Axis>,
    /// Whether none was left out for their number.
    pub(super) complete: bool,
    /// The facts of which an answer is compared with another in a way that does not tell where to cut it.
    pub(super) compared: Vec<FactId>,
}

/// What may be answered at slots that nothing else decides.
struct Axis {
    fact: FactId,
    slots: Vec<SlotId>,
    choices: Vec<Vec<Point>>,
}

impl Axes {
    /// On how many days it is looked at where the rules of so many parts cut.
    pub(super) fn most_days(parts: usize) -> usize {
        MOST_LOOKS.checked_div(parts).map_or(0, |looks| looks.clamp(1, MOST_DAYS))
    }

    /// For the answers that some parts read, where the rules cut them on some days.
    pub(super) fn of(engine: &mut Engine<'_>, client: &Client, parts: &[u32], days: &[Day]) -> Axes {
        let most = Axes::most_days(parts.len());
        let complete = most == MOST_DAYS || days.len() < most;
        let mut all = Axes { axes: Vec::new(), complete, compared: Vec::new() };
        let facts = &engine.version.book.facts;
        let slots = parts.iter().flat_map(|at| engine.parts[*at as usize].slots.iter().copied());
        let mut open: Vec<SlotId> = slots.filter(|slot| is_open(client.tokens[slot.index()])).collect();
        open.sort_unstable();
        open.dedup();
        let linked: Vec<(FactId, Link)> =
            client.links.iter().map(|(fact, number)| (*fact, engine.sets.link_of(*number).clone())).collect();
        let mut compared: Vec<Compared> = Vec::new();
        parts.iter().for_each(|at| compared.extend_from_slice(engine.parts[*at as usize].compared()));
        for slot in open {
            let fact = facts.slots[slot.index()].fact;
            let crossed = crossed(slot, client, &compared);
            let is_linked = linked.iter().any(|(own, _)| *own == fact);
            if crossed.as_ref().is_none_or(|points| is_linked && !points.is_empty()) {
                all.compared.push(fact);
            }
            if let Some((_, link)) = linked.iter().find(|(own, _)| *own == fact) {
                if all.axes.iter().all(|axis| axis.fact != fact) {
                    let axis = all.of_link(engine, fact, link, (parts, days));
                    all.axes.push(axis);
                }
                continue;
            }
            let set = engine.sets.points(client.tokens[slot.index()]);
            let points = either_side(engine, slot, &set, &crossed.unwrap_or_default(), (parts, days));
            let choices = points.into_iter().map(|point| vec![point]).collect();
            all.axes.push(Axis { fact, slots: vec![slot], choices });
        }
        all.thin_out(MOST_COMPLETIONS.min(MOST_ASKED / parts.len().max(1)).max(1));
        all
    }

    fn of_link(
        &mut self,
        engine: &mut Engine<'_>,
        fact: FactId,
        link: &Link,
        (parts, days): (&[u32], &[Day]),
    ) -> Axis {
        let mut choices: Vec<Vec<Point>> = Vec::new();
        for one in &link.boxes {
            let mut rows: Vec<Vec<Point>> = vec![Vec::new()];
            for (slot, points) in link.slots.iter().zip(one) {
                let points = either_side(engine, *slot, points, &[], (parts, days));
                let longer = |row: &Vec<Point>| {
                    let row = row.clone();
                    points.iter().map(move |point| [&row[..], &[*point]].concat()).collect::<Vec<_>>()
                };
                rows = rows.iter().flat_map(longer).collect();
                if rows.len() > MOST_LINKED {
                    rows.truncate(MOST_LINKED);
                    self.complete = false;
                }
            }
            choices.extend(rows);
        }
        choices.sort_unstable();
        choices.dedup();
        Axis { fact, slots: link.slots.clone(), choices }
    }

    /// Leaves out every second choice where there are most until there are so many completions at most.
    fn thin_out(&mut self, most: usize) {
        while self.axes.iter().map(|axis| axis.choices.len() as f64).product::<f64>() > most as f64 {
            let Some(longest) = self.axes.iter_mut().max_by_key(|axis| axis.choices.len()) else { return };
            self.complete = false;
            let last = longest.choices.len() - 1;
            let mut at = 0..;
            // Of two the later stays: dates that are later wait longer.
            let stays = |at: usize| if last == 1 { at == 1 } else { at.is_multiple_of(2) || at == last };
            longest.choices.retain(|_| at.next().is_some_and(stays));
        }
    }

    /// How many completions there are.
    pub(super) fn count(&self) -> usize {
        self.axes.iter().map(|axis| axis.choices.len()).product()
    }

    /// Puts down one of them.
    pub(super) fn put(&self, mut at: usize, tokens: &mut [Token]) {
        for Axis { slots, choices, .. } in &self.axes {
            let choice = &choices[at % choices.len()];
            slots.iter().zip(choice).for_each(|(slot, point)| tokens[slot.index()] = *point);
            at /= choices.len();
        }
    }

    /// The facts whose answers are open.
    pub(super) fn facts(&self) -> Vec<FactId> {
        let mut facts: Vec<FactId> = self.axes.iter().map(|axis| axis.fact).collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// The number of the completion that differs from this one in nothing but its answer to a fact, which is the first.
    pub(super) fn without(&self, mut at: usize, fact: FactId) -> usize {
        let (mut without, mut stride) = (0, 1);
        for axis in &self.axes {
            let own = if axis.fact == fact { 0 } else { at % axis.choices.len() };
            without += own * stride;
            stride *= axis.choices.len();
            at /= axis.choices.len();
        }
        without
    }
}

/// The ends of a set, and the points in it on either side of where a rule cuts it, and more.
fn either_side(
    engine: &mut Engine<'_>,
    slot: SlotId,
    set: &Points,
    more: &[Point],
    (parts, days): (&[u32], &[Day]),
) -> Vec<Point> {
    let mut points: Vec<Point> = set.ranges().iter().flat_map(|(low, high)| [*low, *high]).collect();
    for at in parts {
        let part = &mut engine.parts[*at as usize];
        if part.slots.contains(&slot) {
            for day in days {
                points.extend(part.on(*day).cuts.at(slot).iter().flat_map(|cut| [*cut - 1, *cut]));
            }
        }
    }
    points.extend(more);
    let kind = engine.version.book.facts.fact_of(slot).kind;
    if matches!(kind, FactKind::Number { whole: true, .. }) {
        points.iter_mut().for_each(|point| *point = Number::from_point(*point).whole_around().1.point());
    }
    points.retain(|point| set.contains(*point));
    points.sort_unstable();
    points.dedup();
    points
}

/// The points around those answers, all known, that an answer is compared with; `None` if it is compared otherwise.
fn crossed(slot: SlotId, client: &Client, compared: &[Compared]) -> Option<Vec<Point>> {
    let (one, mut points) = (Number::whole(1).point(), Vec::new());
    for Compared { numbers, .. } in compared.iter().filter(|one| one.slots.contains(&slot)) {
        let (a, b) = (*numbers)?;
        let other = client.tokens[if a == slot { b } else { a }.index()];
        if is_open(other) {
            return None;
        }
        points.extend([other - one, other - 1, other, other + 1]);
    }
    Some(points)
}

impl Engine<'_> {
    /// The same client in smaller parts, of the answers that some parts of the page read; none if all is known.
    pub(super) fn divided(&mut self, client: &Client, parts: &[u32]) -> Vec<Client> {
        let facts = &self.version.book.facts;
        let slots = || parts.iter().flat_map(|at| self.parts[*at as usize].slots.iter().copied());
        let read = |fact: FactId| facts.get(fact).slots().any(|own| slots().any(|slot| slot == own));
        if let Some(at) = client.links.iter().position(|(fact, _)| read(*fact)) {
            let link = self.sets.link_of(client.links[at].1).clone();
            let each = link.boxes.iter().map(|one| {
                let mut smaller = client.clone();
                smaller.links.remove(at);
                for (slot, points) in link.slots.iter().zip(one) {
                    smaller.tokens[slot.index()] = self.sets.token(points);
                }
                smaller
            });
            return each.collect();
        }
        let open = slots().filter(|slot| is_open(client.tokens[slot.index()]));
        let widest = open.max_by_key(|slot| {
            let set = self.sets.points(client.tokens[slot.index()]);
            set.min().zip(set.max()).map_or(0, |(low, high)| high - low)
        });
        let halves =
            widest.and_then(|slot| Some((slot, halve(&self.sets.points(client.tokens[slot.index()]))?)));
        let Some((slot, halves)) = halves else { return Vec::new() };
        let each = halves.into_iter().map(|half| {
            let mut smaller = client.clone();
            smaller.tokens[slot.index()] = self.sets.token(&half);
            smaller
        });
        each.collect()
    }
}
