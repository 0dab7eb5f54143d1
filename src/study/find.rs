//! A client of whom certain conditions come out as wanted, on some visit day; or the proof that there is none.
//!
//! Wishes are added as they are needed: a client is looked for who is as the first of them wants, and only
//! those that this client is not as wanted are added. So what does not matter is never looked at, and what
//! was added in the end is why there is nobody. That is then shown again for each of the days that
//! these conditions rest on.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::clients::Client;
use super::{days, near};
use crate::book::InForce;
use crate::book::condition::{Condition, SlotId};
use crate::book::fact::Facts;
use crate::decide::cells::{Asked, Version, everyone, shape};
pub use crate::decide::solve::Work;
use crate::decide::solve::{Mend, Near, Solved, solve};
use crate::decide::wish;
pub use crate::decide::wish::Comes;
use crate::value::{Day, Point, Points};

/// A condition that a [`Finder`] knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Of(usize);

/// What is wanted of a client, on whichever day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A condition comes to this. On days on which it is not in force it comes to no.
    Comes(Of, Comes),
    /// All of these; everyone, if there are none.
    All(Vec<Wish>),
    /// At least one of these; nobody, if there are none.
    Any(Vec<Wish>),
    /// The wish, whatever is answered at these slots.
    Whatever(Vec<SlotId>, Box<Wish>),
    /// The visit is on one of these days.
    During(InForce),
}

impl Wish {
    /// The condition holds.
    pub fn holds(of: Of) -> Wish {
        Wish::Comes(of, Comes::Yes)
    }

    /// The condition does not hold, or a script in it fails.
    pub fn holds_not(of: Of) -> Wish {
        Wish::Comes(of, Comes::NotYes)
    }

    fn walk(&self, see: &mut dyn FnMut(&Wish)) {
        see(self);
        match self {
            Wish::All(parts) | Wish::Any(parts) => parts.iter().for_each(|part| part.walk(see)),
            Wish::Whatever(_, inner) => inner.walk(see),
            Wish::Comes(..) | Wish::During(_) => {}
        }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This client.
    Client(Client),
    /// There is none, because of these wishes: their places in the list.
    Nobody(Vec<usize>),
    /// It is not known.
    Open(Open),
}

/// Why something is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Scripts or comparisons of two answers decide it.
    Free,
    /// There are too many combinations of answers.
    Answers,
    /// There are too many visit days.
    Days,
    /// How long two deferrals last compares differently from client to client.
    Waits,
    /// It is about what is partly known, in a way that is not gone through.
    Partly,
}

impl Open {
    /// Why, in words.
    pub fn words(self) -> &'static str {
        match self {
            Open::Free => "two answers are compared, or a script is asked",
            Open::Answers => "there are too many combinations of answers",
            Open::Days => "there are too many visit days to try",
            Open::Waits => "which of two deferrals lasts longer differs from client to client",
            Open::Partly => "not every way of leaving questions open is gone through",
        }
    }
}

struct Known<'a> {
    version: Version<'a>,
    condition: Condition,
    in_force: InForce,
}

/// The most that one search may look at.
const MOST_WORK: u64 = 400_000;

/// The most that one search over all days may look at.
const MOST_WORK_EVER: u64 = 2_000_000;

/// What it costs to look at one more day.
const WORK_OF_A_DAY: u64 = 100;

/// What it costs to read a condition as it stands on a day.
const WORK_OF_A_CONDITION: u64 = 5;

/// How often a point is tried where scripts and comparisons of two answers decide.
const MOST_TRIES: u32 = 1_500;

/// So many wishes are added at once.
const MOST_ADDED: usize = 12;

/// For so many days the conditions are kept as they stand on them.
const MOST_DAYS_KEPT: usize = 64;

/// Looks for clients. Conditions may be of several versions of a page that ask the same questions.
pub struct Finder<'a> {
    facts: &'a Facts,
    base: Client,
    known: Vec<Known<'a>>,
    /// The conditions as they stand on a day.
    asked: BTreeMap<Day, Vec<Option<Rc<Asked<'a>>>>>,
    /// The base client on a day.
    bases: BTreeMap<Day, Client>,
    /// What all searches together may still look at.
    pub work: Work,
}

impl<'a> Finder<'a> {
    /// A finder of clients near to `base`, which may look so much.
    pub fn new(facts: &'a Facts, base: &Client, work: Work) -> Finder<'a> {
        let (known, asked, bases) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Finder { facts, base: base.clone(), known, asked, bases, work }
    }

    /// The client that others are near to.
    pub fn base(&self) -> &Client {
        &self.base
    }

    /// Makes a condition known, with the days it is in force.
    pub fn condition(&mut self, version: Version<'a>, condition: &Condition, in_force: InForce) -> Of {
        self.known.push(Known { version, condition: condition.clone(), in_force });
        Of(self.known.len() - 1)
    }

    /// The condition on a day.
    pub fn asked(&mut self, of: Of, visit: Day) -> Rc<Asked<'a>> {
        if self.asked.len() >= MOST_DAYS_KEPT && !self.asked.contains_key(&visit) {
            self.asked.retain(|day, _| *day == self.base.visit);
        }
        let on_day = self.asked.entry(visit).or_default();
        if on_day.len() <= of.0 {
            on_day.resize(self.known.len(), None);
        }
        if on_day[of.0].is_none() {
            self.work.0 = self.work.0.saturating_sub(WORK_OF_A_CONDITION);
        }
        let known = &self.known[of.0];
        let make = || match known.in_force.covers(visit) {
            true => known.version.asked(&known.condition, visit),
            false => known.version.always(false, visit),
        };
        Rc::clone(on_day[of.0].get_or_insert_with(|| Rc::new(make())))
    }

    fn on_day(&mut self, wish: &Wish, visit: Day) -> wish::Wish<'a> {
        match wish {
            Wish::Comes(of, comes) => wish::Wish::Comes(self.asked(*of, visit), *comes),
            Wish::All(parts) => wish::Wish::All(parts.iter().map(|part| self.on_day(part, visit)).collect()),
            Wish::Any(parts) => wish::Wish::Any(parts.iter().map(|part| self.on_day(part, visit)).collect()),
            Wish::Whatever(slots, inner) => {
                wish::Wish::Whatever(slots.clone(), Box::new(self.on_day(inner, visit)))
            }
            Wish::During(days) => match days.covers(visit) {
                true => wish::Wish::All(Vec::new()),
                false => wish::Wish::Any(Vec::new()),
            },
        }
    }

    fn base_on(&mut self, visit: Day) -> Client {
        let (base, facts) = (&self.base, self.facts);
        self.bases.entry(visit).or_insert_with(|| base.on(facts, visit)).clone()
    }

    /// A client on this day of whom all wishes come true: the nearest to the base, or any.
    pub fn on(&mut self, wishes: &[Wish], visit: Day, nearest: bool) -> Found {
        let first = (!wishes.is_empty()).then_some(0).into_iter().collect();
        self.adding(wishes, first, visit, nearest)
    }

    fn adding(&mut self, wishes: &[Wish], first: BTreeSet<usize>, visit: Day, nearest: bool) -> Found {
        let most = Work(MOST_WORK.min(self.work.0));
        let (mut work, mut added) = (most, first.clone());
        let mut ready: BTreeMap<usize, wish::Wish<'a>> = BTreeMap::new();
        let base = self.base_on(visit);
        let found = loop {
            for at in &added {
                if !ready.contains_key(at) {
                    ready.insert(*at, self.on_day(&wishes[*at], visit));
                }
            }
            let wanted: Vec<&wish::Wish<'_>> = added.iter().map(|at| &ready[at]).collect();
            let values = match self.solve(&wanted, &base, nearest, &mut work) {
                Solved::Nobody => {
                    let loose: Vec<usize> = added.difference(&first).copied().collect();
                    let mut why: Vec<&wish::Wish<'_>> = first.iter().map(|at| &ready[at]).collect();
                    let needed = self.needed(&mut why, &loose, &ready, &base, &mut work);
                    break Found::Nobody(first.into_iter().chain(needed).collect());
                }
                Solved::Free => break Found::Open(Open::Free),
                Solved::Budget => break Found::Open(Open::Answers),
                Solved::Values(values) => values,
            };
            let mut missed = Vec::new();
            for (at, wish) in wishes.iter().enumerate() {
                if !added.contains(&at) && !self.is(wish, &values, visit) {
                    missed.push(at);
                    if missed.len() == MOST_ADDED {
                        break;
                    }
                }
            }
            work.0 = work.0.saturating_sub(wishes.len() as u64);
            if missed.is_empty() {
                break Found::Client(Client { visit, values });
            }
            added.extend(missed);
        };
        self.work.0 = self.work.0.saturating_sub(most.0 - work.0);
        found
    }

    /// Those of `loose` that are needed beside `with` so that there is nobody; together there is nobody. Halves
    /// are tried, so that it takes few searches where few are needed.
    fn needed<'w>(
        &self,
        with: &mut Vec<&'w wish::Wish<'a>>,
        loose: &[usize],
        ready: &'w BTreeMap<usize, wish::Wish<'a>>,
        base: &Client,
        work: &mut Work,
    ) -> Vec<usize> {
        let known = with.len();
        let nobody =
            |with: &[&wish::Wish<'a>], work: &mut Work| self.solve(with, base, false, work) == Solved::Nobody;
        if loose.is_empty() || nobody(with, work) {
            return Vec::new();
        }
        if let [one] = loose {
            return vec![*one];
        }
        let (first, second) = loose.split_at(loose.len() / 2);
        with.extend(first.iter().map(|at| &ready[at]));
        let of_second = self.needed(with, second, ready, base, work);
        with.truncate(known);
        with.extend(of_second.iter().map(|at| &ready[at]));
        let of_first = self.needed(with, first, ready, base, work);
        with.truncate(known);
        of_first.into_iter().chain(of_second).collect()
    }

    /// Whether a wish is so for a fully known client.
    pub fn is(&mut self, wish: &Wish, values: &[Point], visit: Day) -> bool {
        match wish {
            Wish::Comes(of, comes) => comes.is(self.asked(*of, visit).known(values)),
            Wish::All(parts) => parts.iter().all(|part| self.is(part, values, visit)),
            Wish::Any(parts) => parts.iter().any(|part| self.is(part, values, visit)),
            Wish::During(days) => days.covers(visit),
            Wish::Whatever(..) => {
                let facts = self.facts;
                self.on_day(wish, visit).is(values, facts, visit)
            }
        }
    }

    fn solve(&self, wanted: &[&wish::Wish<'_>], base: &Client, nearest: bool, work: &mut Work) -> Solved {
        let facts = self.facts;
        let point = |slot: SlotId, set: &Points| {
            near::point(set, base.values[slot.index()], facts.fact_of(slot), base.visit)
        };
        let mend = |mend: Mend<'_>| mended(mend, base, facts);
        let near = Near { facts, visit: base.visit, base: &base.values, point: &point, nearest, mend: &mend };
        solve(wanted, &near, work)
    }

    /// A client on one of the visits of whom all wishes come true, or the proof that there is none on any.
    /// The wishes are looked at in their order, so the one that says most comes first.
    pub fn ever(&mut self, wishes: &[Wish], visits: InForce, nearest: bool) -> Found {
        let near = self.base.visit;
        let clamped = [visits.from, visits.last]
            .into_iter()
            .flatten()
            .min_by_key(|day| (day.point() - near.point()).abs());
        let start = if visits.covers(near) { near } else { clamped.unwrap_or(near) };
        let mut added: BTreeSet<usize> = (!wishes.is_empty()).then_some(0).into_iter().collect();
        let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
        let mut open = None;
        let left = self.work.0.saturating_sub(MOST_WORK_EVER);
        let mut days_of: Option<BTreeSet<usize>> = None;
        // With each wish that turns out to matter the days are chosen again.
        while days_of.as_ref() != Some(&added) {
            days_of = Some(added.clone());
            let tried = self.days(wishes, &added, visits, start);
            let exact = tried.visits.is_some();
            for visit in std::iter::once(start).chain(tried.few).chain(tried.rest) {
                if !visits.covers(visit) {
                    continue;
                }
                self.work.0 = self.work.0.saturating_sub(WORK_OF_A_DAY);
                if self.work.0 <= left {
                    return Found::Open(Open::Answers);
                }
                if let Some(shape) = self.shape(wishes, &added, visit)
                    && !seen.insert(shape)
                {
                    continue;
                }
                match self.adding(wishes, added.clone(), visit, nearest) {
                    Found::Client(client) => return Found::Client(client),
                    Found::Nobody(why) => added.extend(why),
                    Found::Open(Open::Free) => open = Some(Open::Free),
                    Found::Open(why) => return Found::Open(why),
                }
                if days_of.as_ref() != Some(&added) {
                    break;
                }
            }
            if days_of.as_ref() == Some(&added) && !exact {
                return Found::Open(Open::Days);
            }
        }
        open.map_or(Found::Nobody(added.into_iter().collect()), Found::Open)
    }

    fn days(&self, wishes: &[Wish], added: &BTreeSet<usize>, visits: InForce, near: Day) -> days::Days {
        let (mut posed, mut marks) = (Vec::new(), Vec::new());
        for at in added {
            wishes[*at].walk(&mut |wish| match wish {
                Wish::Comes(of, _) => {
                    let known = &self.known[of.0];
                    posed.push((known.version, &known.condition));
                    marks.extend(known.in_force.changes());
                }
                Wish::During(days) => marks.extend(days.changes()),
                _ => {}
            });
        }
        days::among(visits, &posed, &marks, near)
    }

    /// What the added wishes look like on a day: on days that look alike the same is found. `None` where
    /// that does not say everything.
    fn shape(&mut self, wishes: &[Wish], added: &BTreeSet<usize>, visit: Day) -> Option<Vec<usize>> {
        let mut of: Vec<Of> = Vec::new();
        let mut shape_of: Vec<usize> = Vec::new();
        for at in added {
            shape_of.push(*at);
            wishes[*at].walk(&mut |wish| match wish {
                Wish::Comes(one, _) => of.push(*one),
                Wish::During(days) => shape_of.push(usize::from(days.covers(visit))),
                _ => {}
            });
        }
        let asked: Vec<Rc<Asked<'a>>> = of.into_iter().map(|one| self.asked(one, visit)).collect();
        let asked: Vec<&Asked<'_>> = asked.iter().map(Rc::as_ref).collect();
        shape_of.extend(shape(&asked, &everyone(self.facts, visit))?);
        Some(shape_of)
    }
}

/// Tries values for what scripts and comparisons of two answers read.
fn mended(mend: Mend<'_>, base: &Client, facts: &Facts) -> Option<Vec<Point>> {
    let Mend { slots, values, sets, fits } = mend;
    let mut tries = MOST_TRIES;
    let mut fits = |values: &[Point]| {
        tries = tries.saturating_sub(1);
        tries > 0 && fits(values)
    };
    let points = |slot: &SlotId| {
        let others = slots.iter().filter(|other| *other != slot).map(|other| values[other.index()]);
        let beside: Vec<Point> = others.flat_map(|point| [point - 1, point, point + 1]).collect();
        let set = &sets[slot.index()];
        let fact = facts.fact_of(*slot);
        let beside = beside.into_iter().filter(move |point| set.contains(*point) && near::fits(*point, fact));
        let mut points = near::several(set, base.values[slot.index()], fact, base.visit);
        points.extend(beside);
        points
    };
    for slot in slots {
        for point in points(slot) {
            let mut tried = values.clone();
            tried[slot.index()] = point;
            if fits(&tried) {
                return Some(tried);
            }
        }
    }
    for (at, slot) in slots.iter().enumerate() {
        for other in &slots[at + 1..] {
            for (a, b) in
                points(slot).into_iter().flat_map(|a| points(other).into_iter().map(move |b| (a, b)))
            {
                let mut tried = values.clone();
                (tried[slot.index()], tried[other.index()]) = (a, b);
                if fits(&tried) {
                    return Some(tried);
                }
            }
        }
    }
    None
}
