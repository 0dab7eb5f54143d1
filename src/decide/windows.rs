//! The days in which the sessions of a client's course may lie: those that the course allows, without those on which the
//! client is refused. A day is refused if on it, with the answers as they were cut off at the visit and as they have aged
//! by then, the client is certainly not eligible, certainly to be reviewed or certainly deferred.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answers, Standing};
use super::day::Version;
use super::decision::Decision;
use super::engine::{Engine, Places, TEN_YEARS};
use super::plan::{Ask, LeftOut, Session, closes, opens};
use crate::book::condition::FactId;
use crate::book::{Course, Outcome};
use crate::value::Day;

/// So many days of a window without end are looked at one by one, before days are passed over on which nothing changes.
const EACH_DAY: i64 = 400;

/// A client on the days of a course.
pub(super) struct Days<'d, 'e, 'b> {
    pub(super) engine: &'d mut Engine<'b>,
    pub(super) answers: &'e Answers,
    pub(super) known: BTreeMap<Day, Looked>,
}

/// A day that was looked at.
pub(super) struct Looked {
    refusal: Option<Refusal>,
    /// What is worth asking, and whether it was answered before.
    asks: Vec<(FactId, bool)>,
}

/// What is certain on a day on which a client is refused, and the rules that hold.
type Refusal = (Outcome, Places);

impl Days<'_, '_, '_> {
    /// The client's answers as they count on a day.
    fn on(&self, day: Day) -> Answers {
        self.answers.later(day, &self.engine.version().book.facts)
    }

    /// The answer on a day.
    pub(super) fn decision(&mut self, day: Day) -> Decision {
        let answers = self.on(day);
        self.engine.decide(&answers)
    }

    pub(super) fn is_refused(&mut self, day: Day) -> bool {
        self.refusal(day).is_some()
    }

    /// The facts that the rules read for which days were refused.
    pub(super) fn refusing(&self) -> BTreeSet<FactId> {
        let Version { book, treatment, .. } = self.engine.version();
        let places =
            self.known.values().filter_map(|looked| looked.refusal.as_ref()).flat_map(|(_, places)| places);
        let slots = places.flat_map(|place| {
            treatment.rules[usize::from(*place)].condition.slots(&|fact| book.facts.slots_of(fact))
        });
        slots.map(|slot| book.facts.slots[slot.index()].fact).collect()
    }

    /// Whether an answer to one of these facts has become too old by a day, so that it must be asked again.
    pub(super) fn is_forgotten(&mut self, day: Day, facts: &BTreeSet<FactId>) -> bool {
        let _ = self.refusal(day);
        let asks = self.known.get(&day).map_or(&[][..], |looked| &looked.asks);
        asks.iter().any(|(fact, is_answered)| *is_answered && facts.contains(fact))
    }

    fn refusal(&mut self, day: Day) -> Option<Refusal> {
        if let Some(known) = self.known.get(&day) {
            return known.refusal.clone();
        }
        let answers = self.on(day);
        let brief = self.engine.brief(&answers);
        let refusal = brief.outcome.is_refusal().then_some((brief.outcome, brief.hold));
        let asks = brief.questions.iter().filter(|asked| asked.decides()).map(|asked| {
            let standing = answers.facts[usize::from(asked.fact.0)].standing;
            (asked.fact, standing != Standing::NeverAsked)
        });
        self.known.insert(day, Looked { refusal: refusal.clone(), asks: asks.collect() });
        refusal
    }

    /// The next day that has to be looked at.
    fn next(&mut self, day: Day, from: Day, is_open: bool) -> Option<Day> {
        if !is_open || day.point() - from.point() < EACH_DAY {
            return Some(day.next());
        }
        let answers = self.on(day);
        self.engine.changes(&answers)
    }
}

/// The sessions of a course.
#[derive(Default)]
pub(super) struct Found {
    pub(super) sessions: Vec<Session>,
    pub(super) left_out: Vec<LeftOut>,
    /// The first session that may lie behind the last day on which the page is in force.
    pub(super) not_in_force: Option<u32>,
    /// The first session for which there is no day.
    pub(super) without_a_day: Option<u32>,
}

/// The days of each session, if the first is on `first`.
pub(super) fn of(days: &mut Days<'_, '_, '_>, course: &Course, first: Day) -> Found {
    let treatment = days.engine.version().treatment;
    let mut found = Found::default();
    // What has to be asked by then is of interest, whatever the answer.
    let _ = days.refusal(first);
    let mut before = vec![(first, Some(first))];
    found.sessions.push(Session { number: 1, opens: first, closes: Some(first) });
    for number in 2..=course.sessions {
        let mut allowed: Vec<Window> = Vec::new();
        for (from, to) in before {
            let Some(opens) = opens(from, &course.gap_least, treatment) else { continue };
            let closes = to.and_then(|day| closes(day, &course.gap_most, treatment));
            allowed.push((opens, closes));
        }
        before = Vec::new();
        for window in joined(allowed) {
            narrow(days, number, window, &mut found, &mut before);
        }
        if before.is_empty() {
            found.without_a_day = Some(number);
            break;
        }
        let own = before.iter().map(|(opens, closes)| Session { number, opens: *opens, closes: *closes });
        found.sessions.extend(own);
    }
    found
}

/// The first day and the last, if there is one.
type Window = (Day, Option<Day>);

/// Windows that overlap or lie side by side become one.
fn joined(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable();
    let mut all: Vec<Window> = Vec::new();
    for (opens, closes) in windows {
        match all.last_mut() {
            Some((_, last)) if last.is_none_or(|last| opens <= last.next()) => {
                *last = last.zip(closes).map(|(a, b)| a.max(b));
            }
            _ => all.push((opens, closes)),
        }
    }
    all
}

/// Leaves out the days of a window on which the client is refused.
fn narrow(
    days: &mut Days<'_, '_, '_>,
    number: u32,
    (opens, closes): Window,
    found: &mut Found,
    windows: &mut Vec<Window>,
) {
    let horizon = days.answers.visit.shift(&TEN_YEARS, false);
    let in_force = days.engine.version().treatment.in_force;
    let mut last = closes.unwrap_or(horizon);
    if let Some(end) = in_force.last.filter(|end| closes.is_none_or(|closes| closes > *end)) {
        found.not_in_force.get_or_insert(number);
        last = last.min(end);
    }
    // Where nothing ends it within ten years, nothing is known to.
    let end = |day: Day| (closes.is_some() || in_force.last.is_some() || day < last).then_some(day);
    let mut day = opens;
    while day <= last {
        let now = days.refusal(day);
        let mut until = day;
        let next = loop {
            let next = days.next(until, opens, closes.is_none()).filter(|next| *next <= last);
            match next {
                Some(next) if days.refusal(next) == now => until = next,
                Some(next) => break Some(next),
                None => break None,
            }
        };
        let to = end(next.map_or(last, Day::before));
        match now {
            None => windows.push((day, to)),
            Some((outcome, _)) => {
                let because = days.decision(day).because();
                found.left_out.push(LeftOut { session: number, from: day, to, outcome, because });
            }
        }
        match next {
            Some(next) => day = next,
            None => break,
        }
    }
}

/// What has to be asked before the sessions, since answers will have aged by then or were never given.
pub(super) fn asked(days: &Days<'_, '_, '_>, sessions: &[Session]) -> Vec<Ask> {
    let facts = &days.engine.version().book.facts;
    let mut found: BTreeMap<FactId, Ask> = BTreeMap::new();
    for Session { number, opens, closes } in sessions {
        let looked =
            days.known.range(*opens..).take_while(|(day, _)| closes.is_none_or(|last| **day <= last));
        for (id, again) in looked.filter(|(_, one)| one.refusal.is_none()).flat_map(|(_, one)| &one.asks) {
            let fact = facts.get(*id);
            let ask = found.entry(*id).or_insert_with(|| Ask {
                fact: fact.id.clone(),
                ask: fact.ask.clone(),
                again: *again,
                on_the_day: fact.on_the_day,
                sessions: Vec::new(),
            });
            if ask.sessions.last() != Some(number) {
                ask.sessions.push(*number);
            }
        }
    }
    found.into_values().collect()
}
