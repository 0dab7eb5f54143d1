//! The first later day on which the answer differs by time alone, from days on which something can change.

use super::super::next_change::{counts_months, static_days};
use super::super::search::Summary;
use super::super::time::{self, Drift};
use super::memo::Memo;
use super::part::Next;
use super::plan::{Aged, Plan, ends};
use super::read::Taken;
use super::tokens::{Sets, Token, is_day, is_open, moved};
use super::{Engine, Scratch, steady};
use crate::book::condition::{Condition, ConditionKind as Kind, SlotId};
use crate::book::{Book, Treatment};
use crate::value::{Day, FIRST_DAY, NEVER, Point, Truth};

/// No part in particular.
const ANY: u16 = u16::MAX;
/// So much is kept about answers that age.
const MOST_AGED: usize = 16;
/// So many days are looked at one by one before the long way is taken.
const MOST_DAYS: usize = 100;

/// When comparisons change.
pub(super) struct Changes {
    /// Days on which the page itself changes, ascending.
    pub(super) days: Vec<Point>,
    /// From which day on other parameter values count.
    eras: Vec<Day>,
    /// For each slot the comparisons with the visit that read it.
    compared: Vec<Vec<Condition>>,
    /// Comparisons with the visit that no answer moves.
    fixed: Vec<Flip>,
    counts_months: bool,
    /// The slots that such comparisons read.
    pub(super) drifting: Vec<SlotId>,
    memo: Memo,
    known: Vec<Vec<Flip>>,
    /// For each slot and day from `near_from` on the days of its flips, where they are few and the same for all
    /// visits.
    near: Vec<Vec<Near>>,
    near_from: Point,
    /// No visit lies before it.
    in_force: Point,
}

/// What a part says on a later day, beside what it says at the visit.
struct Later {
    /// About each rule.
    says_the_same: bool,
    /// About what is possible and how long to wait.
    waits_the_same: bool,
}

/// The flips of a day.
#[derive(Clone, Copy)]
enum Near {
    /// Not looked up yet.
    Unknown,
    /// These, with gaps of the least point.
    Few([i32; 3]),
    /// Too many, or different ones for different visits.
    Many,
}

/// So many days have a place each.
const NEAR: usize = 1 << 13;

/// A day on which a comparison changes with the parameter values of an era.
#[derive(Clone, Copy)]
struct Flip {
    day: Point,
    /// The era's first day, and the first day of the next.
    era: (Point, Point),
}

impl Flip {
    /// Whether it counts for a client who asks about this day.
    fn counts(&self, visit: Point) -> bool {
        self.era.1 > visit && self.day > visit.max(self.era.0)
    }
}

impl Changes {
    /// Of a page; `None` if one of its rules compares answers with each other or asks a script.
    pub(super) fn of(book: &Book, treatment: &Treatment) -> Option<Changes> {
        let mut compared: Vec<Vec<Condition>> = vec![Vec::new(); book.facts.slots.len()];
        let mut alone = Vec::new();
        let mut plain = true;
        let mut sort = |condition: &Condition, rule: bool| {
            condition.walk(&mut |part| {
                let slots = match part.kind {
                    Kind::Call(_) => {
                        plain = false;
                        return;
                    }
                    Kind::Dates(..) | Kind::Numbers(..) => part.slots(&|fact| book.facts.slots_of(fact)),
                    _ => return,
                };
                plain &= slots.len() <= 1 && !time::asks_script(&part.kind);
                if !rule || time::drift(&part.kind) == Drift::Still {
                    return;
                }
                match slots[..] {
                    [slot] => compared[slot.index()].push(part.clone()),
                    _ => alone.push(part.clone()),
                }
            });
        };
        treatment.rules.iter().for_each(|rule| sort(&rule.condition, true));
        let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
        steps.flat_map(|step| &step.not_for).for_each(|excluded| sort(&excluded.condition, false));
        if !plain {
            return None;
        }
        let mut eras: Vec<Day> =
            treatment.parameters.iter().flat_map(|one| one.values.all()).map(|(from, _)| *from).collect();
        eras.push(FIRST_DAY);
        eras.sort_unstable();
        eras.dedup();
        let days: Vec<Point> = static_days(book, treatment).iter().map(|day| day.point()).collect();
        let counts_months = treatment.rules.iter().any(|rule| counts_months(&rule.condition, treatment));
        let read = |slot: &SlotId| !compared[slot.index()].is_empty();
        let drifting = (0..compared.len()).map(|at| SlotId(at as u16)).filter(read).collect();
        let (fixed, memo, known) = (Vec::new(), Memo::new(2), Vec::new());
        let (near, near_from) = (Vec::new(), Point::MAX);
        let in_force = treatment.in_force.from.map_or(Point::MIN, |day| day.point());
        let mut changes = Changes {
            days,
            eras,
            compared,
            fixed,
            counts_months,
            drifting,
            memo,
            known,
            near,
            near_from,
            in_force,
        };
        changes.fixed = changes.flips(&alone, NEVER, book, treatment);
        Some(changes)
    }

    /// The first day behind the visit on which the page itself, or a comparison that no answer moves, changes.
    pub(super) fn of_page(&self, visit: Point) -> Point {
        let fixed = self.fixed.iter().filter(|flip| flip.counts(visit)).map(|flip| flip.day);
        let days = self.days.iter().copied().filter(|day| *day > visit);
        days.chain(fixed).min().unwrap_or(Point::MAX)
    }

    pub(super) fn clear(&mut self) {
        self.memo.clear();
        self.known.clear();
    }

    pub(super) fn is_full(&self) -> bool {
        self.memo.is_full()
    }

    fn flips(&self, conditions: &[Condition], point: Point, book: &Book, treatment: &Treatment) -> Vec<Flip> {
        let mut flips = Vec::new();
        for (at, era) in self.eras.iter().enumerate() {
            let next = self.eras.get(at + 1).map_or(Point::MAX, |next| next.point());
            let mut days = Vec::new();
            for condition in conditions {
                let moment = |visit: Day| time::Moment {
                    value: move |_: SlotId| point,
                    visit,
                    treatment,
                    values_of: *era,
                    facts: &book.facts,
                    scripts: None,
                };
                time::flips(condition, &moment, FIRST_DAY, &mut days);
            }
            flips.extend(days.into_iter().map(|day| Flip { day, era: (era.point(), next) }));
        }
        flips
    }

    /// The flips as they count for every visit, if that is so.
    fn few(&self, flips: &[Flip]) -> Near {
        let mut days = [i32::MIN; 3];
        let mut found = flips.iter().filter(|flip| flip.era.1 > self.in_force);
        for place in &mut days {
            let Some(flip) = found.next() else { return Near::Few(days) };
            let Ok(day) = i32::try_from(flip.day) else { return Near::Many };
            if flip.era.0 > self.in_force || flip.era.1 < Point::MAX {
                return Near::Many;
            }
            *place = day;
        }
        if found.next().is_some() { Near::Many } else { Near::Few(days) }
    }

    /// Adds the days after the visit on which a slot with this token makes a difference.
    fn of_slot(
        &mut self,
        slot: usize,
        token: Token,
        (sets, book, treatment): (&Sets, &Book, &Treatment),
        see: &mut impl FnMut(Point),
        visit: Point,
    ) {
        if !(is_open(token) || is_day(token)) {
            return;
        }
        if self.near.is_empty() {
            self.near = self
                .compared
                .iter()
                .map(|all| vec![Near::Unknown; if all.is_empty() { 0 } else { NEAR }])
                .collect();
            self.near_from = visit - NEAR as Point * 3 / 4;
        }
        let place = usize::try_from(token.saturating_sub(self.near_from)).ok().filter(|place| *place < NEAR);
        match place.map(|place| self.near[slot][place]) {
            Some(Near::Few(days)) => {
                days.iter().map(|day| Point::from(*day)).filter(|day| *day > visit).for_each(&mut *see);
                return;
            }
            Some(Near::Unknown) => {
                let flips = self.flips(&self.compared[slot], token, book, treatment);
                if let Some(place) = place {
                    self.near[slot][place] = self.few(&flips);
                }
            }
            Some(Near::Many) | None => {}
        }
        let key = [slot as Token, token];
        if self.memo.get(&key).is_none() {
            let points = sets.set(token).map_or_else(|| vec![token], ends);
            let conditions = &self.compared[slot];
            let flips = points.into_iter().flat_map(|point| self.flips(conditions, point, book, treatment));
            let flips = flips.collect();
            self.known.push(flips);
            self.memo.add(&key);
        }
        let at = self.memo.get(&key).unwrap_or_default() as usize;
        self.known[at].iter().filter(|flip| flip.counts(visit)).for_each(|flip| see(flip.day));
    }
}

impl Engine<'_> {
    /// The day, or `None` within if nothing changes within ten years, as far as parts tell by themselves; `None` if
    /// it takes a look at the whole page. `first` is the first day on which the page or a part of which that is
    /// remembered changes.
    pub(super) fn soon(
        &mut self,
        taken: &Taken,
        at: usize,
        mut first: Point,
        scratch: &mut Scratch,
    ) -> Option<Option<Day>> {
        let Scratch { later, states, candidates, unasked, .. } = scratch;
        let tokens = &taken.tokens;
        let Plan { visit, last, page_changes, has_large, .. } = self.plans[at];
        let from = visit.point();
        let expiries = self.aging.iter().filter_map(|fact| taken.ages(*fact, from, last));
        let expiry = expiries.min().unwrap_or(Point::MAX);
        let months = self.changes.counts_months;
        if has_large || (months && (expiry < Point::MAX || tokens.iter().any(|token| is_open(*token)))) {
            return None;
        }
        for part in unasked.iter().copied() {
            let next = self.next_of(at, part, (tokens, states), candidates);
            self.plans[at].parts[part].set_next(tokens, next);
            match next {
                Next::On(day) => first = first.min(Point::from(day)),
                Next::Never => {}
                Next::Unasked | Next::Look => return None,
            }
        }
        let day = first.min(expiry);
        if day > last {
            return Some(None);
        }
        if day == page_changes {
            return None;
        }
        if day == expiry {
            self.ages(taken, at, day, (tokens, states, later))?.then_some(())?;
        }
        Some(Some(Day::from_point(day)))
    }

    /// Whether a part that reads an answer says something else on the day that answer has aged; `None` if the page
    /// has other rules on that day.
    fn ages(
        &mut self,
        taken: &Taken,
        at: usize,
        day: Point,
        (tokens, states, later): (&[Token], &[u32], &mut Vec<Token>),
    ) -> Option<bool> {
        let mut facts = self.aging.iter().copied().filter(|fact| taken.ages_on(*fact, day));
        let (fact, more) = (facts.next()?, facts.next().is_some());
        let plan = &self.plans[at];
        let slots = self.book.facts.get(fact).slots();
        let mut parts = slots.filter_map(|slot| plan.part_of[slot.index()]).map(usize::from);
        let part = parts.next();
        let alone = |part: &usize| {
            let own = |slot: &SlotId| self.book.facts.slots[slot.index()].fact == fact;
            plan.parts[*part].slots.iter().all(own) && parts.all(|other| other == *part)
        };
        let Some(part) = part.filter(|_| !more).filter(alone) else {
            return self.have_aged(taken, at, day, (tokens, states, later));
        };
        let says = plan.parts[part].glances[states[part] as usize];
        let same = |aged: &&Aged| aged.fact == fact && aged.day == day && aged.says == says;
        if let Some(aged) = plan.aged.iter().find(same) {
            return aged.differs;
        }
        let differs = self.have_aged(taken, at, day, (tokens, states, later));
        let aged = &mut self.plans[at].aged;
        if aged.len() < MOST_AGED && !says.more {
            aged.push(Aged { fact, day, says, differs });
        }
        differs
    }

    /// The same, looked up.
    fn have_aged(
        &mut self,
        taken: &Taken,
        at: usize,
        day: Point,
        (tokens, states, later): (&[Token], &[u32], &mut Vec<Token>),
    ) -> Option<bool> {
        later.clear();
        later.extend_from_slice(tokens);
        let facts = &self.book.facts;
        let aged = self.aging.iter().filter(|fact| taken.ages_on(**fact, day));
        let slots: Vec<SlotId> = aged.flat_map(|fact| facts.get(*fact).slots()).collect();
        slots.iter().for_each(|slot| later[slot.index()] = self.plans[at].open[slot.index()]);
        for slot in slots {
            if let Some(part) = self.plans[at].part_of[slot.index()].map(usize::from)
                && !self.on_day(at, part, Day::from_point(day), later, states[part])?.says_the_same
            {
                return Some(true);
            }
        }
        Some(false)
    }

    /// What a part says on a later day about answers as they are known then, beside what it says at the visit; `None`
    /// if the page has other rules on that day.
    fn on_day(&mut self, at: usize, part: usize, day: Day, tokens: &[Token], state: u32) -> Option<Later> {
        let visit = self.plans[at].visit;
        let own = &mut self.plans[at].parts[part];
        let now = own.glances[state as usize];
        if self.steady_from.is_some_and(|from| steady::serves(from, visit)) && !now.more && own.has_room() {
            // The same as at the visit about answers that lie as much further back.
            let by = visit.point() - day.point();
            let mut later = tokens.to_vec();
            let dated = |slot: &&SlotId| self.book.facts.fact_of(**slot).kind.is_date();
            for slot in own.slots.iter().filter(dated) {
                later[slot.index()] = self.sets.moved(tokens[slot.index()], by);
            }
            let then = own.state(&later, &self.sets);
            let then = own.glances[then as usize];
            if !then.more {
                let says_the_same = now.says_what(&then);
                let mut total = then.total();
                total.earliest = moved(total.earliest, -by);
                total.latest = moved(total.latest, -by);
                let waits_the_same = snapshot(now.total(), visit.point()) == snapshot(total, day.point());
                return Some(Later { says_the_same, waits_the_same });
            }
        }
        let other = self.plan(day);
        let [now, then] = self.plans.get_disjoint_mut([at, other]).ok()?;
        now.is_like(then).then_some(())?;
        let then_state = then.parts[part].state(tokens, &self.sets);
        let [one, two] = [(&now.parts[part], state), (&then.parts[part], then_state)]
            .map(|(part, state)| part.glances[state as usize].total());
        Some(Later {
            says_the_same: then.parts[part].says_the_same(then_state, &now.parts[part], state),
            waits_the_same: snapshot(one, visit.point()) == snapshot(two, day.point()),
        })
    }

    /// When one part by itself says something else, if no answer ages.
    fn next_of(
        &mut self,
        at: usize,
        part: usize,
        (tokens, states): (&[Token], &[u32]),
        days: &mut Vec<(Point, u16)>,
    ) -> Next {
        let Plan { visit, last, page_changes, .. } = self.plans[at];
        let with = (&self.sets, self.book, self.treatment);
        days.clear();
        for place in 0..self.changes.drifting.len() {
            let slot = self.changes.drifting[place].index();
            if self.plans[at].part_of[slot].is_some_and(|of| usize::from(of) == part) {
                let see = &mut |day| days.push((day, ANY));
                self.changes.of_slot(slot, tokens[slot], with, see, visit.point());
            }
        }
        // What is open may move a wait from day to day, which is seen on whatever day something else is looked at.
        let open = |slot: &SlotId| is_open(tokens[slot.index()]);
        if self.plans[at].parts[part].slots.iter().any(open) {
            let next = visit.next();
            let later = self.on_day(at, part, next, tokens, states[part]);
            if !matches!(later, Some(Later { says_the_same: true, waits_the_same: true })) {
                return Next::Look;
            }
        }
        // The page itself is looked at on its own days.
        days.retain(|(day, _)| *day > visit.point() && *day <= last && *day < page_changes);
        days.sort_unstable();
        days.dedup();
        for (day, _) in days.iter() {
            let later = self.on_day(at, part, Day::from_point(*day), tokens, states[part]);
            match later {
                Some(Later { says_the_same: false, .. }) => {
                    return i32::try_from(*day).map_or(Next::Look, Next::On);
                }
                Some(Later { waits_the_same: true, .. }) => {}
                _ => return Next::Look,
            }
        }
        Next::Never
    }

    /// The day, or `None` within if nothing changes within ten years; `None` for what takes the long way.
    pub(super) fn next_change(
        &mut self,
        taken: &Taken,
        visit: Day,
        at: usize,
        total: Summary,
        scratch: &mut Scratch,
    ) -> Option<Option<Day>> {
        let Scratch { later, states, other, candidates, .. } = scratch;
        let tokens = &taken.tokens;
        let facts = &self.book.facts;
        let with = (&self.sets, self.book, self.treatment);
        let (from, last) = (visit.point(), self.plans[at].last);
        candidates.clear();
        let mut opens = false;
        let plan = &self.plans[at];
        let part_of = |slot: usize| plan.part_of[slot].unwrap_or(ANY);
        for at in 0..self.changes.drifting.len() {
            let slot = self.changes.drifting[at].index();
            let part = part_of(slot);
            let see = &mut |day| candidates.push((day, part));
            self.changes.of_slot(slot, tokens[slot], with, see, from);
        }
        if self.changes.counts_months {
            opens = tokens.iter().any(|token| is_open(*token));
        }
        for fact in &self.aging {
            let Some(expiry) = taken.ages(*fact, from, last) else { continue };
            opens = true;
            for slot in facts.get(*fact).slots() {
                let part = part_of(slot.index());
                candidates.push((expiry, part));
                if self.changes.drifting.contains(&slot) {
                    let see = &mut |day| candidates.push((day, part));
                    self.changes.of_slot(slot.index(), plan.open[slot.index()], with, see, from);
                }
            }
        }
        let fixed = self.changes.fixed.iter().filter(|flip| flip.counts(from)).map(|flip| flip.day);
        candidates.extend(self.changes.days.iter().copied().chain(fixed).map(|day| (day, ANY)));
        candidates.retain(|(day, _)| *day > from && *day <= last);
        let every = opens && self.changes.counts_months;
        if every && let Some((end, _)) = candidates.iter().max() {
            let end = (*end).min(from + MOST_DAYS as Point + 1);
            candidates.extend((from + 1..end).map(|day| (day, ANY)));
        }
        candidates.sort_unstable();
        candidates.dedup();
        for group in candidates.chunk_by(|(one, _), (two, _)| one == two) {
            let day = Day::from_point(group[0].0);
            if every && day.point() > from + MOST_DAYS as Point {
                return None;
            }
            if !self.treatment.in_force.covers(day) {
                return Some(None);
            }
            if self.differs(taken, at, day, group, total, (states, other, later))? {
                return Some(Some(day));
            }
        }
        Some(None)
    }

    /// Whether the answer differs on a later day, on which these parts are the first to look at.
    pub(super) fn differs(
        &mut self,
        taken: &Taken,
        at: usize,
        day: Day,
        first: &[(Point, u16)],
        total: Summary,
        (states, other, later): (&[u32], &mut Vec<u32>, &mut Vec<Token>),
    ) -> Option<bool> {
        let other_at = self.plan(day);
        let [now, then] = self.plans.get_disjoint_mut([at, other_at]).ok()?;
        taken.on(day, &now.open, &self.aging, &self.book.facts, later);
        let same = now.is_like(then);
        if same {
            for part in first.iter().map(|(_, part)| *part).filter(|part| *part != ANY) {
                let part = usize::from(part);
                let state = then.parts[part].state(later, &self.sets);
                if !then.parts[part].says_the_same(state, &now.parts[part], states[part]) {
                    return Some(true);
                }
            }
        }
        other.clear();
        let mut then_total = then.start();
        for (at, part) in then.parts.iter_mut().enumerate() {
            let state = part.state(later, &self.sets);
            other.push(state);
            if same && !part.says_the_same(state, &now.parts[at], states[at]) {
                return Some(true);
            }
            then_total = then_total.and(part.glances[state as usize].total());
        }
        let visit = self.plans[at].visit.point();
        Some(
            snapshot(total, visit) != snapshot(then_total, day.point())
                || (!same && self.spoken(at, states) != self.spoken(other_at, other)),
        )
    }

    /// The rules that hold or may hold, by id.
    fn spoken(&self, at: usize, states: &[u32]) -> Vec<(&str, Truth)> {
        let parts = self.plans[at].parts.iter().zip(states);
        let truths = parts.flat_map(|(part, state)| &part.states[*state as usize].truths);
        let mut truths: Vec<(&str, Truth)> = truths
            .map(|(rule, truth)| (self.treatment.rules[usize::from(*rule)].id.as_str(), *truth))
            .collect();
        truths.sort_unstable();
        truths
    }
}

/// What is compared from day to day beside the rules.
fn snapshot(total: Summary, visit: Point) -> impl PartialEq {
    let moving = |point: Point| (point != visit).then_some(point);
    (total.possible, total.possible.headline(), moving(total.earliest), moving(total.latest))
}
