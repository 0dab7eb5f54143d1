//! The first later day on which the answer differs by time alone: of all days that the parts name, the first on which
//! what they say together differs.

use super::super::answers::Answers;
use super::super::search::Summary;
use super::{Brief, Client, Engine, Said};
use crate::book::condition::FactId;
use crate::value::{Day, Duration, NEVER, Point, Unit};

/// How far ahead to look.
const TEN_YEARS: Duration = Duration { count: 10, unit: Unit::Years };

impl<'b> Engine<'b> {
    /// The day, or `None` if nothing changes within ten years. `brief` is the answer at the visit.
    pub(super) fn next_change(&mut self, answers: &Answers, brief: &Brief<'b>) -> Option<Day> {
        let visit = answers.visit;
        let last = visit.shift(&TEN_YEARS, false);
        let turns = self.turns(answers, last);
        let now = shown(&self.total(&self.said, visit), visit);
        let mut turn = turns.iter().copied().peekable();
        let mut switch =
            self.switches.iter().copied().filter(|day| *day > visit).collect::<Vec<_>>().into_iter();
        let mut switched = switch.next();
        let mut said = self.said.clone();
        let mut later: Option<Client> = None;
        loop {
            let end = said.iter().map(|said| said.stretch.alike_to).min().map_or(Point::MAX, Point::from);
            let turned = turn.peek().map(|(day, _)| *day);
            let days = [Some(Day::from_point(end)).filter(|day| day.point() == end), turned, switched];
            let day = days.into_iter().flatten().min().filter(|day| *day <= last)?;
            if !self.version.treatment.in_force.covers(day) {
                return None;
            }
            if switched == Some(day) {
                let ids = self.version.withdrawn(day).into_iter().map(|(id, _)| id);
                if !ids.eq(brief.withdrawn.iter().copied()) {
                    return Some(day);
                }
                switched = switch.next();
            }
            if turned == Some(day) {
                let mut facts: Vec<FactId> = Vec::new();
                while let Some((_, fact)) = turn.next_if(|(then, _)| *then == day) {
                    facts.push(fact);
                }
                let mut client = later.take().unwrap_or_else(|| self.client.clone());
                self.read(answers, day, &mut client);
                let mut then = Vec::new();
                self.ask_parts(&client, day, &mut then);
                later = Some(client);
                if self.say_otherwise(&said, &then) {
                    return Some(day);
                }
                said = then;
            } else {
                for at in 0..said.len() {
                    let Said { part, case, stretch } = said[at];
                    if Point::from(stretch.alike_to) > day.point() {
                        continue;
                    }
                    let then = self.parts[part as usize].at(case, day, &self.sets);
                    let states = &self.parts[part as usize].states;
                    if !states[stretch.state as usize].says_the_same(&states[then.state as usize]) {
                        return Some(day);
                    }
                    said[at].stretch = then;
                }
            }
            if shown(&self.total(&said, day), day) != now {
                return Some(day);
            }
        }
    }

    /// The days after the visit on which answers or reviews count no more, with the fact.
    fn turns(&self, answers: &Answers, last: Day) -> Vec<(Day, FactId)> {
        let facts = &self.version.book.facts;
        let mut turns: Vec<(Day, FactId)> = Vec::new();
        for fact in &self.aging {
            let days = answers.turns(*fact, facts);
            turns.extend(days.into_iter().filter(|day| *day <= last).map(|day| (day, *fact)));
        }
        if !answers.reviews.is_empty() {
            let ends = self.review_turns(answers);
            turns.extend(ends.into_iter().map(|day| (day, FactId(u16::MAX))));
        }
        turns.retain(|(day, _)| *day > answers.visit);
        turns.sort_unstable();
        turns
    }

    /// Whether parts of a later day say something else about some rule.
    fn say_otherwise(&self, now: &[Said], then: &[Said]) -> bool {
        let alike = now.len() == then.len() && now.iter().zip(then).all(|(a, b)| a.part == b.part);
        if alike {
            return now.iter().zip(then).any(|(a, b)| !self.state(a).says_the_same(self.state(b)));
        }
        let all = |said: &[Said]| {
            let states = || said.iter().map(|said| self.state(said));
            let mut truths: Vec<_> = states().flat_map(|state| state.truths.clone()).collect();
            let mut open_ended: Vec<_> = states().flat_map(|state| state.open_ended.clone()).collect();
            truths.sort_unstable();
            open_ended.sort_unstable();
            (truths, open_ended)
        };
        all(now) != all(then)
    }
}

/// What is compared from day to day beside the rules. The visit itself moves on, so that no wait is no day, and a
/// latest day that moves along with it is no change.
fn shown(total: &Summary, day: Day) -> impl PartialEq + use<> {
    let earliest = if total.earliest > day.point() { total.earliest } else { NEVER };
    (total.possible, earliest)
}
