//! What makes an outcome certain where no single rule does: rules of which one applies whatever is still answered.

use super::super::day::Rules;
use super::super::search::solve;
use super::brief::{Brief, Places};
use super::part::Part;
use super::sets::Sets;
use super::whole::Engine;
use crate::book::Outcome;
use crate::value::{Day, Truth};

/// Of more rules it is not looked which of them could be left out.
const MOST_WEIGHED: usize = 16;

impl<'b> Engine<'b> {
    /// Groups of rules of which one applies in every case and decides the headline, worst outcome first; none where
    /// a rule that holds decides it, or nothing is certain.
    pub(super) fn in_every_case(&mut self, brief: &Brief<'b>) -> Vec<Places> {
        let headline = brief.outcome;
        match headline {
            Outcome::Eligible | Outcome::MoreInformation => return Vec::new(),
            Outcome::Deferred | Outcome::NeedsReview | Outcome::NotEligible => {}
        }
        let own = |place: &u16| match brief.failed.contains(place) {
            true => Outcome::NeedsReview,
            false => self.version.treatment.rules[usize::from(*place)].outcome,
        };
        let quiet = |place: &u16| self.client.quiet.contains(place);
        let stopped = headline == Outcome::NeedsReview && !brief.withdrawn.is_empty();
        if stopped || brief.hold.iter().any(|place| own(place) == headline && !quiet(place)) {
            return Vec::new();
        }
        let mut groups = Vec::new();
        let Engine { said, parts, sets, ranks, .. } = self;
        for one in said.iter().filter(|one| one.stretch.glance.possible.best() == headline) {
            let part = &mut parts[one.part as usize];
            let mut group =
                Places::from_slice(part.certain((one.case, one.stretch.state, brief.visit), sets));
            group.sort_unstable_by_key(|place| ranks[usize::from(*place)]);
            groups.push(group);
        }
        groups.retain(|group| !group.is_empty());
        groups
    }
}

impl Part<'_> {
    /// Rules of which one applies whatever the open answers are, so that nothing better comes out than what is best
    /// here. Those that could be left out are.
    fn certain(&mut self, (case, state, day): (u32, u32, Day), sets: &Sets) -> &[u16] {
        if !self.certain.contains_key(&state) {
            let found = self.together(case, state, day, sets);
            self.certain.insert(state, found);
        }
        self.certain.get(&state).map_or(&[], Vec::as_slice)
    }

    fn together(&mut self, case: u32, state: u32, day: Day, sets: &Sets) -> Vec<u16> {
        let state = &self.states[state as usize];
        let best = state.glance.possible.best();
        let quiet = self.quiet(case, sets).to_vec();
        let all = &self.version.treatment.rules;
        let outcome = |place: &u16| {
            let rule = &all[usize::from(*place)];
            // A script that fails needs a review, whatever its rule decides.
            let fails = rule.condition.is_scripted();
            if fails { rule.outcome.max(Outcome::NeedsReview) } else { rule.outcome }
        };
        let spoken = state.truths.iter().filter(|(_, truth)| *truth != Truth::No).map(|(place, _)| *place);
        let mut places: Vec<u16> =
            spoken.filter(|place| !quiet.contains(place) && outcome(place) >= best).collect();
        if places.len() > MOST_WEIGHED {
            return places;
        }
        let space = self.space(case, sets);
        let decides = |places: &[u16]| {
            let mut rules = Rules::some(&self.version, places.iter().copied(), day);
            rules.splits = self.splits.unwrap_or(true);
            let outcomes: Vec<Outcome> = rules.rules.iter().map(|rule| rule.rule.outcome).collect();
            solve(&rules, &space, &outcomes).possible.best() >= best
        };
        // The worst can be left out where the others are enough.
        let mut order = places.clone();
        order.sort_by_key(|place| std::cmp::Reverse(outcome(place)));
        for place in order {
            let fewer: Vec<u16> = places.iter().copied().filter(|other| *other != place).collect();
            if decides(&fewer) {
                places = fewer;
            }
        }
        places
    }
}
