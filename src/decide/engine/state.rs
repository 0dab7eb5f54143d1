//! What a part says in one case of answers, and for how long.

use super::super::day::{DayRule, Rules};
use super::super::possible::Possible;
use super::super::search::{Solution, Summary};
use super::super::space::Space;
use super::sets::small;
use crate::value::{NEVER, ONGOING, Point, Truth};

/// A time during which the same is said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: i32,
    /// The first day behind it.
    pub(super) to: i32,
    /// The first day on which more may differ than how late a wait may end.
    pub(super) alike_to: i32,
    /// The place of what is said.
    pub(super) state: u32,
    pub(super) glance: Glance,
}

impl Stretch {
    pub(super) fn has(&self, day: i32) -> bool {
        self.from <= day && day < self.to
    }

    /// Whether nothing is said, now and ever after.
    pub(super) fn is_quiet(&self) -> bool {
        self.glance.quiet && self.alike_to == i32::MAX
    }
}

/// What is looked at for every client, in little room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glance {
    pub(super) earliest: i32,
    pub(super) latest: i32,
    pub(super) possible: Possible,
    /// Whether an answer is open on which something depends.
    pub(super) open: bool,
    /// Whether no rule holds or may hold.
    pub(super) quiet: bool,
}

impl Glance {
    /// What the part makes possible; [`NEVER`] in place of a day is no wait.
    pub(super) fn total(&self) -> Summary {
        let point = |day: i32| match day {
            i32::MAX => ONGOING,
            i32::MIN => NEVER,
            day => Point::from(day),
        };
        let (earliest, latest) = (point(self.earliest), point(self.latest));
        Summary { possible: self.possible, earliest, latest }
    }
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// The rules that hold or may hold, by their place on the page.
    pub(super) truths: Vec<(u16, Truth)>,
    /// The first and the last day on which each deferral among them may lapse.
    pub(super) untils: Vec<(u16, (Point, Point))>,
    /// Those that hold or may hold and that no day may end.
    pub(super) open_ended: Vec<u16>,
    /// Those that nothing but a script that fails keeps from being decided: a clinician decides instead.
    pub(super) failed: Vec<u16>,
    /// Whether what is possible is exact.
    pub(super) exact: bool,
    pub(super) glance: Glance,
}

impl State {
    pub(super) fn of(rules: &Rules<'_>, solution: &Solution, space: &Space) -> State {
        let each = || rules.rules.iter().enumerate().map(|(at, rule)| (rule, solution.truths[at], at));
        let truths = each().filter(|(_, truth, _)| *truth != Truth::No);
        let truths: Vec<(u16, Truth)> = truths.map(|(rule, truth, _)| (rule.place, truth)).collect();
        let untils = each().filter_map(|(rule, truth, at)| {
            let until = solution.untils[at].filter(|_| truth != Truth::No)?;
            Some((rule.place, until))
        });
        let untils: Vec<(u16, (Point, Point))> = untils.collect();
        let endless = |place: &u16| {
            let own = untils.iter().find(|(own, _)| own == place);
            own.is_some_and(|(_, (_, latest))| *latest >= ONGOING)
        };
        let open_ended = each().filter(|(rule, ..)| rule.rule.ending.is_some() && endless(&rule.place));
        let open_ended = open_ended.map(|(rule, ..)| rule.place).collect();
        let context = rules.context();
        let fails = |(rule, truth, _): &(&DayRule<'_>, Truth, usize)| {
            *truth == Truth::Unknown && rule.scripted && rule.prop.may(&space.sets, &context).only_fails()
        };
        let failed = each().filter(fails).map(|(rule, ..)| rule.place).collect();
        let Solution { possible, earliest, latest, exact, .. } = *solution;
        let waits = |point: Point| if point > rules.visit.point() { small(point) } else { i32::MIN };
        let (earliest, latest) = (waits(earliest), waits(latest));
        let (open, quiet) = (!solution.groups.is_empty(), truths.is_empty());
        let glance = Glance { earliest, latest, possible, open, quiet };
        State { truths, untils, open_ended, failed, exact, glance }
    }

    /// Whether another says the same, up to how late a wait may end.
    pub(super) fn says_the_same(&self, other: &State) -> bool {
        self.truths == other.truths && self.open_ended == other.open_ended
    }

    /// Whether, beside that, another leaves the same outcomes, and as well nothing that defers, or something.
    pub(super) fn is_free_alike(&self, other: &State) -> bool {
        let free = |state: &State| state.glance.earliest == i32::MIN;
        self.says_the_same(other)
            && self.glance.possible == other.glance.possible
            && free(self) == free(other)
    }

    /// Whether, beside that, another leaves the same outcomes and the same first day.
    pub(super) fn is_like(&self, other: &State) -> bool {
        let (one, two) = (&self.glance, &other.glance);
        self.says_the_same(other) && (one.possible, one.earliest) == (two.possible, two.earliest)
    }
}
