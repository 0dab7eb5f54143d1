//! The first later day on which the answer differs by time alone: of all days that the parts name, the first on which
//! what they say together differs.

use super::super::answers::Answers;
use super::super::search::Summary;
use super::brief::Brief;
use super::client::{Client, Later, Said};
use super::state::State;
use super::whole::Engine;
use crate::book::condition::FactId;
use crate::value::{Day, Duration, NEVER, ONGOING, Point, Unit};

/// How far ahead to look for a day on which an answer differs.
pub const TEN_YEARS: Duration = Duration { count: 10, unit: Unit::Years };
/// So many days are less than that.
pub(super) const LESS_THAN_TEN_YEARS: Point = 3_650;
/// In the place of a fact: reviews.
const REVIEWS: FactId = FactId(u16::MAX);

impl<'b> Engine<'b> {
    /// The day, or `None` if nothing changes within ten years. `brief` is the answer at the visit.
    pub(super) fn next_change(&mut self, answers: &Answers, brief: &Brief<'b>) -> Option<Day> {
        let mut later = std::mem::take(&mut self.later);
        let found = self.look_ahead(answers, brief, &mut later);
        let doubtful = later.doubtful;
        self.later = later;
        let endless = doubtful.and_then(|from| self.first_endless(answers, from, found));
        endless.or(found)
    }

    fn look_ahead(&mut self, answers: &Answers, brief: &Brief<'b>, later: &mut Later) -> Option<Day> {
        let visit = answers.visit;
        let last = visit.shift(&TEN_YEARS, false);
        let recedes = self.receding.after(visit);
        let now = shown(&self.total, visit, recedes);
        later.doubtful = (self.is_doubtful && self.is_told_by_none(&self.said)).then_some(visit);
        let is_far = self.total.earliest >= ONGOING;
        let is_endless = !recedes && self.total.latest >= ONGOING;
        let mut ends =
            is_endless.then(|| comes_within(self.total(&self.said, visit).latest, visit)).flatten();
        let mut near = if is_far { self.comes_near(visit, self.said.clone()) } else { None };
        self.turns(answers, last, &mut later.turns);
        later.said.clone_from(&self.said);
        let mut switch = self.switches.partition_point(|day| *day <= visit);
        // Whether the client's answers were copied, since some have aged.
        let mut aged = false;
        loop {
            let end = later.said.iter().map(|said| said.stretch.alike_to).min();
            let end = end.filter(|end| *end < i32::MAX).map(|end| Day::from_point(Point::from(end)));
            let turned = later.turns.last().map(|(day, _)| *day);
            let switched = self.switches.get(switch).copied();
            let named = [end, turned, switched, near, ends].into_iter().flatten();
            let day = named.min().filter(|day| *day <= last)?;
            if !self.version.treatment.in_force.covers(day) {
                return None;
            }
            if near == Some(day) {
                return near;
            }
            if switched == Some(day) {
                let ids = self.version.withdrawn(day).into_iter().map(|(id, _)| id);
                if !ids.eq(brief.withdrawn.iter().copied()) {
                    return Some(day);
                }
                switch += 1;
            }
            if turned == Some(day) {
                if !std::mem::replace(&mut aged, true) {
                    later.client.clone_from(&self.client);
                }
                if self.turn(answers, day, later) || recedes && self.ends_otherwise(day, later) {
                    return Some(day);
                }
                if is_far {
                    near = self.comes_near(day, later.said.clone());
                }
            } else if self.go_on(day, &mut later.said) {
                return Some(day);
            }
            let total = self.total(&later.said, day);
            if shown(&total, day, recedes) != now {
                return Some(day);
            }
            if !recedes {
                ends = comes_within(total.latest, day);
            }
        }
    }

    /// The later day on which the first free one, which lies too far ahead to be named, comes within ten years.
    fn comes_near(&mut self, day: Day, mut said: Vec<Said>) -> Option<Day> {
        let parts_name = self.total(&said, day).earliest;
        let free = match parts_name < ONGOING && self.receding.after(day) {
            true => {
                let last = day.shift(&TEN_YEARS, false).shift(&TEN_YEARS, false);
                self.free_days(&mut said, (day, last), (&mut Vec::new(), 0)).0
            }
            false => parts_name,
        };
        comes_within(free, day)
    }

    /// Whether the wait may end on another day, after answers have become too old or a plan has come true.
    fn ends_otherwise(&mut self, day: Day, later: &mut Later) -> bool {
        let mut said = later.said.clone();
        let days = (day, day.shift(&TEN_YEARS, false));
        let (first, all) = self.free_days(&mut said, days, (&mut Vec::new(), 0));
        if Self::is_doubtful(first, all, (&later.said, &said), day) && self.is_told_by_none(&later.said) {
            later.doubtful.get_or_insert(day);
        }
        self.total.earliest > day.point() && first != self.total.earliest
    }

    /// Asks those parts anew that named a day; says whether one of them says something else.
    fn go_on(&mut self, day: Day, said: &mut [Said]) -> bool {
        for one in said.iter_mut().filter(|one| Point::from(one.stretch.alike_to) <= day.point()) {
            let part = &mut self.parts[one.part as usize];
            let then = part.later(one.case, day, &self.sets);
            if !part.states[one.stretch.state as usize].says_the_same(&part.states[then.state as usize]) {
                return true;
            }
            one.stretch = then;
        }
        false
    }

    /// Takes the answers as they count from a day on, on which some have aged; says whether some part says something
    /// else.
    fn turn(&mut self, answers: &Answers, day: Day, later: &mut Later) -> bool {
        let Later { said, then, client, turns, facts, .. } = later;
        facts.clear();
        while let Some((_, fact)) = turns.pop_if(|(then, _)| *then == day) {
            facts.push(fact);
        }
        let plain = client.links.is_empty() && client.quiet.is_empty() && !facts.contains(&REVIEWS);
        // What joined parts said is told by each of them otherwise, though it be the same.
        let alone = said.iter().all(|one| (one.part as usize) < self.own);
        if plain && alone && self.read_again(answers, day, facts, client) {
            return self.say_otherwise_about(day, facts, client, said);
        }
        self.read(answers, day, client);
        self.ask_parts(client, day, then);
        let otherwise = self.say_otherwise(said, then);
        std::mem::swap(said, then);
        otherwise
    }

    /// Reads some answers as they count on a day; false if the whole client must be asked about, since answers that
    /// several parts read are open.
    fn read_again(&mut self, answers: &Answers, day: Day, facts: &[FactId], client: &mut Client) -> bool {
        let all = &self.version.book.facts;
        for id in facts {
            let boxes = answers.boxes_on(*id, day, all);
            let [one] = &boxes[..] else { return false };
            for (slot, points) in all.get(*id).slots().zip(one) {
                let place = &mut self.last[slot.index()];
                client.tokens[slot.index()] = self.sets.again(points, place);
            }
        }
        self.is_apart(client)
    }

    /// Asks the parts that read some facts anew, and those that named the day; says whether one of them says
    /// something else.
    fn say_otherwise_about(
        &mut self,
        day: Day,
        facts: &[FactId],
        client: &Client,
        said: &mut Vec<Said>,
    ) -> bool {
        let all = &self.version.book.facts;
        for slot in facts.iter().flat_map(|fact| all.get(*fact).slots()) {
            for at in 0..self.readers[slot.index()].len() {
                let part = u32::from(self.readers[slot.index()][at]);
                let then = self.ask_part(part, client, day);
                match said.iter_mut().find(|one| one.part == part) {
                    Some(one) => {
                        let states = &self.parts[part as usize].states;
                        let [now, then_state] = [one.stretch, then.stretch].map(|one| one.state as usize);
                        if !states[now].says_the_same(&states[then_state]) {
                            return true;
                        }
                        *one = then;
                    }
                    None if !then.stretch.glance.quiet => return true,
                    None => said.push(then),
                }
            }
        }
        self.go_on(day, said)
    }

    /// The days after the visit on which answers or reviews count no more, with the fact; the last first.
    pub(super) fn turns(&self, answers: &Answers, last: Day, turns: &mut Vec<(Day, FactId)>) {
        turns.clear();
        let facts = &self.version.book.facts;
        for fact in &self.aging {
            answers.turns(*fact, facts, &mut |day| turns.push((day, *fact)));
        }
        if !answers.reviews.is_empty() {
            turns.extend(self.review_turns(answers).into_iter().map(|day| (day, REVIEWS)));
        }
        turns.retain(|(day, _)| *day > answers.visit && *day <= last);
        turns.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Whether parts of a later day say something else about some rule.
    fn say_otherwise(&self, now: &[Said], then: &[Said]) -> bool {
        let all = |said: &[Said]| {
            let states = || said.iter().map(|said| self.state(said));
            let mut truths: Vec<_> = states().flat_map(|state: &State| state.truths.clone()).collect();
            let mut open_ended: Vec<_> = states().flat_map(|state| state.open_ended.clone()).collect();
            truths.sort_unstable();
            open_ended.sort_unstable();
            (truths, open_ended)
        };
        all(now) != all(then)
    }
}

/// What is compared from day to day beside the rules. The visit itself moves on, so that no wait is no day, and a
/// latest day that moves along with it is no change. Where a deferral may begin later, the first day on which nothing
/// may defer stays the same up to that day, whatever those that hold before name.
///
/// Where none may begin later, what the parts name also tells whether some client waits for more than ten years.
fn shown(total: &Summary, day: Day, recedes: bool) -> impl PartialEq + use<> {
    let earliest = match total.earliest > day.point() {
        true if recedes || !is_within_ten_years(total.earliest, day) => ONGOING,
        true => total.earliest,
        false => NEVER,
    };
    (total.possible, earliest, !recedes && !is_within_ten_years(total.latest, day))
}

/// The later day on which an end that lies more than ten years ahead of a day lies so no more.
pub(super) fn comes_within(end: Point, day: Day) -> Option<Day> {
    if end >= ONGOING || is_within_ten_years(end, day) {
        return None;
    }
    let mut within = Day::from_point(end).shift(&TEN_YEARS, true);
    while is_within_ten_years(end, within.before()) {
        within = within.before();
    }
    // Ten years after 28 February may be the day before a leap day.
    while !is_within_ten_years(end, within) {
        within = within.next();
    }
    Some(within)
}

/// Whether a wait that begins on a day and ends on another ends within ten years.
pub(super) fn is_within_ten_years(end: Point, day: Day) -> bool {
    // Mostly it is not far, and the calendar is not asked.
    end - day.point() <= LESS_THAN_TEN_YEARS || end <= day.shift(&TEN_YEARS, false).point()
}
