//! The first day that may be promised: no answer that can be had before it can still move it.

use super::super::answers::Answers;
use super::super::possible::Possible;
use super::brief::Brief;
use super::sets::small;
use super::whole::Engine;
use crate::book::Outcome;
use crate::value::{Day, NEVER, ONGOING, Point};

impl<'b> Engine<'b> {
    /// The day; `None` while anything is open but checks on the day, while a clinician has to decide, where no day
    /// ends the wait, and where something else stands in the way by then.
    pub(super) fn book_from(&mut self, answers: &Answers, brief: &Brief<'b>) -> Option<Day> {
        let facts = &self.version.book.facts;
        let mut deciding = brief.questions.iter().filter(|asked| asked.decides());
        let open = deciding.any(|asked| !facts.get(asked.fact).on_the_day);
        if open || !(brief.settled || brief.on_the_day) {
            return None;
        }
        match brief.possible.best() {
            Outcome::NotEligible | Outcome::NeedsReview => return None,
            Outcome::Deferred | Outcome::MoreInformation | Outcome::Eligible => {}
        }
        let visit = brief.visit.point();
        let day = match brief.on_the_day && brief.latest >= ONGOING {
            true => self.if_checks_pass().max(brief.earliest),
            false => brief.latest,
        };
        let day = (day < ONGOING).then(|| Day::from_point(day.max(visit)))?;
        (day == brief.visit || self.may_be_treated(answers, day)).then_some(day)
    }

    /// When the wait ends, whatever a check on the day says that may leave it without a day: that one is passed.
    fn if_checks_pass(&self) -> Point {
        let ends = self.said.iter().filter(|said| !said.stretch.glance.quiet).map(|said| {
            let total = said.stretch.glance.total();
            match total.possible.best() {
                _ if total.latest < ONGOING => total.latest,
                Outcome::Eligible => NEVER,
                // Whoever waits least may be the one who is told worse.
                Outcome::Deferred if total.possible == Possible::only(Outcome::Deferred) => total.earliest,
                Outcome::Deferred
                | Outcome::MoreInformation
                | Outcome::NeedsReview
                | Outcome::NotEligible => ONGOING,
            }
        });
        ends.max().unwrap_or(NEVER)
    }

    /// Whether nothing stands in the way on a later day that is known or could be asked: by then other rules may
    /// count. Answers that will be too old can be given again; a review is another decision.
    fn may_be_treated(&mut self, answers: &Answers, day: Day) -> bool {
        if !self.version.treatment.in_force.covers(day) {
            return false;
        }
        let mut later = std::mem::take(&mut self.later);
        later.said.clone_from(&self.said);
        for one in later.said.iter_mut().filter(|one| !one.stretch.has(small(day.point()))) {
            one.stretch = self.parts[one.part as usize].later(one.case, day, &self.sets);
        }
        let then = self.total(&later.said, day).possible;
        let mut may = then.best() == Outcome::Eligible;
        if may && then != Possible::only(Outcome::Eligible) {
            let asks = self.asks(&later.said, day, false);
            let facts = &self.version.book.facts;
            may = asks.iter().all(|asked| !asked.decides() || facts.get(asked.fact).on_the_day);
        }
        // Of answers that disagree one may be too old by then, and a review too: what is left may refuse the client.
        if may {
            self.read(answers, day, &mut later.client);
            self.ask_parts(&later.client, day, &mut later.then);
            may = self.total(&later.then, day).possible.best() == Outcome::Eligible;
        }
        self.later = later;
        may
    }
}
