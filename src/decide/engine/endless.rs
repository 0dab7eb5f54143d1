//! On which later day a wait that had an end has none for some completion, or the other way round. Where some day may
//! be free and none surely is, only what completions come to tells, so that no part names such a day.

use super::super::answers::Answers;
use super::client::{Client, Said};
use super::next::{LESS_THAN_TEN_YEARS, TEN_YEARS, comes_within};
use super::whole::Engine;
use crate::value::{Day, ONGOING, Point};

/// More days are not looked at.
const MOST_DAYS: usize = 400;
/// An end that moves along with the days lies no further ahead: a planned day and what stands around it.
const MOST_THAT_MOVES: Point = 400;

impl Engine<'_> {
    /// Whether no rule that says something now tells already that there may be no end.
    pub(super) fn is_told_by_none(&self, said: &[Said]) -> bool {
        said.iter().all(|said| self.state(said).open_ended.is_empty())
    }

    /// Whether, as seen from a day, some day may be free, none surely is within ten years, and something ends later or
    /// not at all: of what is said now, or of what was said of waits last, unless that only moves along with the days.
    pub(super) fn is_doubtful(first: Point, all: Point, (now, last): (&[Said], &[Said]), day: Day) -> bool {
        let latest = |said: &Said| said.stretch.glance.total().latest;
        let is_far = |said: &Said| latest(said) - day.point() > LESS_THAN_TEN_YEARS;
        let is_long = |said: &Said| latest(said) - Point::from(said.stretch.from) > MOST_THAT_MOVES;
        first < ONGOING && all >= ONGOING && (now.iter().any(is_far) || last.iter().any(is_long))
    }

    /// The first day, from one on and before `found`, on which a wait without end is possible and was not at the visit,
    /// or is no more. Where too many would have to be looked at, the first that was not.
    pub(super) fn first_endless(&mut self, answers: &Answers, from: Day, found: Option<Day>) -> Option<Day> {
        let was = self.total.latest >= ONGOING;
        let visit = self.client.clone();
        let kept = (self.said.clone(), self.total, self.moved_by.clone(), self.ends_later.clone());
        let last = answers.visit.shift(&TEN_YEARS, false);
        let end = found.map_or(last.next(), |found| found.min(last.next()));
        let mut turns = Vec::new();
        self.turns(answers, last, &mut turns);
        let mut day = from;
        let mut otherwise = None;
        for looked_at in 0.. {
            if day >= end {
                break;
            }
            if looked_at == MOST_DAYS || self.is_endless_on(answers, day) != was {
                otherwise = Some(day);
                break;
            }
            let parts = self.said.iter().map(|said| said.stretch.to).min();
            let parts = parts.filter(|to| *to < i32::MAX).map(|to| Day::from_point(Point::from(to)));
            let turned = turns.iter().rev().map(|(turned, _)| *turned).find(|turned| *turned > day);
            let switched = self.switches.iter().copied().find(|switched| *switched > day);
            let latest = self.said.iter().map(|said| said.stretch.glance.total().latest);
            let within = latest.chain(self.far_ends.iter().copied()).filter_map(|end| comes_within(end, day));
            let Some(next) = [parts, turned, switched, within.min()].into_iter().flatten().min() else {
                break;
            };
            day = next;
        }
        self.client = visit;
        (self.said, self.total, self.moved_by, self.ends_later) = kept;
        otherwise
    }

    fn is_endless_on(&mut self, answers: &Answers, day: Day) -> bool {
        let (mut client, mut said) = (Client::default(), Vec::new());
        self.read(answers, day, &mut client);
        self.ask_parts(&client, day, &mut said);
        self.total = self.total(&said, day);
        (self.client, self.said) = (client, said);
        self.find_wait(day);
        self.total.latest >= ONGOING
    }
}
