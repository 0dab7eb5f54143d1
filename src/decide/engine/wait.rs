//! How long a client waits: until the first day, from the visit on, on which nothing defers any more.
//!
//! Where no deferral of the page can begin on a later day, the last to lapse says it. Where one can, since its
//! numbers change, it is not in force yet or something becomes too old meanwhile, the days are gone through that the
//! parts name. While answers are open that gives the first day that some completion may come to, and a day on which
//! all have come; how late one of them really comes, and which answers move it, is tried on single completions.

use std::collections::BTreeMap;

use super::super::possible::Possible;
use super::super::search::Summary;
use super::axes::Axes;
use super::client::{Client, Said};
use super::next::{TEN_YEARS, is_within_ten_years};
use super::sets::is_open;
use super::whole::Engine;
use crate::book::Outcome;
use crate::value::{Day, NEVER, ONGOING, Point};

/// So often the open answers of one client are divided to see how late the wait can end, and so many parts asked.
const MOST_DIVISIONS: usize = 96;
const MOST_ASKED: usize = 10_000;
/// Nothing defers.
const NO_WAIT: Summary =
    Summary { possible: Possible::only(Outcome::Eligible), earliest: NEVER, latest: NEVER };

impl Engine<'_> {
    /// Works out from what was said about the client on the day of the visit how long it waits.
    pub(super) fn find_wait(&mut self, visit: Day) {
        self.moved_by.clear();
        self.ends_later.clear();
        self.is_doubtful = false;
        self.far_ends.clear();
        if self.total.latest <= visit.point() {
            return;
        }
        if self.receding.after(visit) {
            self.look_for_days(visit);
        }
        let within = |point: Point| if is_within_ten_years(point, visit) { point } else { ONGOING };
        self.total.earliest = within(self.total.earliest);
        self.total.latest = within(self.total.latest);
    }

    fn look_for_days(&mut self, visit: Day) {
        let waiting: Vec<u32> = (0..self.own as u32).filter(|at| self.parts[*at as usize].waits).collect();
        let tokens = &self.client.tokens;
        let open = |at: &u32| self.parts[*at as usize].slots.iter().any(|slot| is_open(tokens[slot.index()]));
        let (open, settled): (Vec<u32>, Vec<u32>) = waiting.into_iter().partition(open);
        let mut looked_at = Vec::new();
        let mut said = self.said.clone();
        let days = (visit, visit.shift(&TEN_YEARS, false));
        let (first, all) = self.free_days(&mut said, days, (&mut looked_at, Axes::most_days(open.len())));
        (self.total.earliest, self.total.latest) = (first, all);
        if all >= ONGOING {
            let open_ended = said.iter().flat_map(|said| self.state(said).open_ended.iter().copied());
            self.ends_later = open_ended.collect();
        }
        self.is_doubtful = Self::is_doubtful(first, all, (&self.said, &said), visit);
        if self.is_doubtful {
            self.far_ends = said.iter().map(|said| said.stretch.glance.total().latest).collect();
        }
        // Between the two nothing is left to be tried.
        if first == all {
            return;
        }
        let client = std::mem::take(&mut self.client);
        let mut always = Vec::new();
        settled.into_iter().for_each(|at| self.hear(at, &client, visit, &mut always));
        let tried = self.try_completions(&client, days, (&open, &always), &looked_at);
        self.total.latest = self.longest(&client, days, (&open, &always), (tried.max(first), all));
        self.client = client;
        if self.total.latest < ONGOING {
            self.ends_later.clear();
        }
    }

    /// The first day from one up to another on which nothing may defer, and the first on which surely nothing does.
    /// What is `said` is then what was said last of waits. At most so many days are looked at one by one, and kept;
    /// else none is before those that hold now have lapsed.
    pub(super) fn free_days(
        &mut self,
        said: &mut Vec<Said>,
        (from, last): (Day, Day),
        (one_by_one, most): (&mut Vec<Day>, usize),
    ) -> (Point, Point) {
        said.retain(|said| self.parts[said.part as usize].waits);
        let mut first = None;
        let mut day = from.point();
        loop {
            let total = said.iter().map(|said| said.stretch.glance.total()).fold(NO_WAIT, Summary::and);
            // While it is alike, a day that it named may have moved along; that it names one has not changed.
            if total.earliest == NEVER {
                first.get_or_insert(day);
            }
            if total.latest == NEVER {
                return (first.unwrap_or(day), day);
            }
            let end = said.iter().map(|said| said.stretch.alike_to).min().unwrap_or(i32::MAX);
            day = match one_by_one.len() < most {
                true => {
                    one_by_one.push(Day::from_point(day));
                    Point::from(end)
                }
                false => {
                    let lapsed = if first.is_none() { total.earliest } else { total.latest };
                    // What is withdrawn counts no more, lapsed or not.
                    let switch =
                        self.switches.iter().map(|switch| switch.point()).find(|switch| *switch > day);
                    lapsed.min(switch.unwrap_or(ONGOING)).max(Point::from(end))
                }
            };
            if day > last.point() {
                return (first.unwrap_or(ONGOING), ONGOING);
            }
            for one in said.iter_mut().filter(|one| Point::from(one.stretch.alike_to) <= day) {
                one.stretch = self.parts[one.part as usize].later(one.case, Day::from_point(day), &self.sets);
            }
        }
    }

    /// Goes through completions that differ where a rule can; finds the answers that move the wait, and says how long
    /// one of them waits at most.
    fn try_completions(
        &mut self,
        client: &Client,
        days: (Day, Day),
        (open, always): (&[u32], &[Said]),
        looked_at: &[Day],
    ) -> Point {
        let axes = Axes::of(self, client, open, looked_at);
        let mut waits = Vec::with_capacity(axes.count());
        let mut one = Client { tokens: client.tokens.clone(), ..Client::default() };
        for at in 0..axes.count() {
            axes.put(at, &mut one.tokens);
            // Of whom all that matters is known the one day is the other.
            waits.push(self.free_days_of(&one, days, open, always).1);
        }
        for fact in axes.facts() {
            let mut seen: BTreeMap<usize, Point> = BTreeMap::new();
            let differs =
                |(at, wait): (usize, &Point)| *seen.entry(axes.without(at, fact)).or_insert(*wait) != *wait;
            // What was left out might have told them apart.
            if waits.iter().enumerate().any(differs) || !axes.complete || axes.compared.contains(&fact) {
                self.moved_by.push(fact);
            }
        }
        waits.into_iter().max().unwrap_or(NEVER)
    }

    /// The free days of a client of whom more is known.
    fn free_days_of(
        &mut self,
        client: &Client,
        days: (Day, Day),
        open: &[u32],
        always: &[Said],
    ) -> (Point, Point) {
        let mut said = always.to_vec();
        open.iter().for_each(|at| self.hear(*at, client, days.0, &mut said));
        self.free_days(&mut said, days, (&mut Vec::new(), 0))
    }

    /// How long a completion waits at most, which lies between the two: open answers are divided where it may still
    /// be later, until no part of them reaches further than one that was tried.
    fn longest(
        &mut self,
        client: &Client,
        days: (Day, Day),
        (open, always): (&[u32], &[Said]),
        (mut tried, all): (Point, Point),
    ) -> Point {
        let most = MOST_DIVISIONS.min(MOST_ASKED / (open.len() + always.len()).max(1));
        let mut divisions = 0;
        let mut parts = vec![(all, client.clone())];
        while let Some(at) = (0..parts.len()).max_by_key(|at| parts[*at].0) {
            let (bound, part) = parts.swap_remove(at);
            if bound <= tried {
                return tried;
            }
            let divided = if divisions < most { self.divided(&part, open) } else { Vec::new() };
            if divided.is_empty() {
                return bound;
            }
            divisions += 1;
            for smaller in divided {
                let (first, all) = self.free_days_of(&smaller, days, open, always);
                tried = tried.max(first);
                parts.push((all, smaller));
            }
        }
        tried
    }
}
