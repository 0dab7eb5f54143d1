//! What is said about a client, without the words.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::super::possible::Possible;
use crate::book::Outcome;
use crate::book::condition::FactId;
use crate::value::{Day, ONGOING, Point, Truth};

/// What is said about a client, without the words.
#[derive(Debug, Clone)]
pub struct Brief<'b> {
    /// The day asked about.
    pub visit: Day,
    /// The headline.
    pub outcome: Outcome,
    /// Every possible outcome.
    pub possible: Possible,
    /// Whether nothing can change the outcome and the wait any more.
    pub settled: bool,
    /// Whether what is possible is exact, not merely a superset.
    pub exact: bool,
    /// The earliest day over all completions on which nothing defers any more; the visit if one waits for nothing.
    pub earliest: Point,
    /// The latest such day; [`ONGOING`] if a completion has none.
    pub latest: Point,
    /// What is withdrawn, by the id it is known by.
    pub withdrawn: Vec<&'b str>,
    /// The rules that hold, by their place on the page, worst first; with them those of which a script fails.
    pub hold: Places,
    /// The rules that may hold.
    pub may_hold: Places,
    /// Those among the former that nothing but a script that fails keeps from being decided: a clinician decides.
    pub failed: Places,
    /// Those that hold or may hold and that no day may end.
    pub open_ended: Places,
    /// The first and the last day on which each deferral that holds or may hold may lapse.
    pub untils: Vec<(u16, Lapse)>,
    /// What is worth asking, most useful first.
    pub questions: Vec<Asked>,
    /// Whether all that is open can only be settled on the day.
    pub on_the_day: bool,
    /// For each step of the appointment whether it is excluded.
    pub excluded: StepTruths,
    /// Where the outcome is certain and no single rule is: groups of rules of which one applies in every case.
    pub in_every_case: Vec<Places>,
    /// The first day that may be promised; `None` while it may still move, and where there is none.
    pub book_from: Option<Day>,
    /// The first later day on which the answer differs by time alone.
    pub next_change: Option<Day>,
}

/// Rules by their place on the page; most lists are short and take no room of their own.
pub type Places = SmallVec<[u16; 8]>;

/// For each step of an appointment whether it is excluded.
pub type StepTruths = SmallVec<[Truth; 16]>;

/// The first and the last day on which a rule that defers may lapse.
pub type Lapse = (Point, Point);

impl Brief<'_> {
    /// The earliest day over all completions: the visit itself if one does not wait; `None` if all are open-ended.
    pub fn not_before(&self) -> Option<Day> {
        self.day(self.earliest)
    }

    /// The latest such day; `None` if one is open-ended.
    pub fn latest(&self) -> Option<Day> {
        self.day(self.latest)
    }

    /// The rules that hold or may hold in the order of the page, each by its place, with whether it holds and the
    /// first and the last day on which it may lapse if it defers.
    pub fn spoken(&self) -> Vec<(u16, Truth, Option<Lapse>)> {
        let untils: BTreeMap<u16, Lapse> = self.untils.iter().copied().collect();
        let holds = |place: u16| if self.failed.contains(&place) { Truth::Unknown } else { Truth::Yes };
        let hold = self.hold.iter().map(|place| (*place, holds(*place)));
        let all = hold.chain(self.may_hold.iter().map(|place| (*place, Truth::Unknown)));
        let mut all: Vec<_> = all.map(|(place, truth)| (place, truth, untils.get(&place).copied())).collect();
        all.sort_unstable_by_key(|(place, ..)| *place);
        all
    }

    /// The rules that may leave the wait without a day, in the order of the page.
    pub fn endless(&self) -> Places {
        let mut places = self.open_ended.clone();
        if places.len() > 1 {
            places.sort_unstable();
        }
        places
    }

    /// Whether some completion waits.
    pub fn waits(&self) -> bool {
        self.latest > self.visit.point()
    }

    fn day(&self, point: Point) -> Option<Day> {
        (point < ONGOING).then(|| Day::from_point(point))
    }
}

/// A fact worth asking.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The fact.
    pub fact: FactId,
    /// Outcomes that this answer alone could bring or avert.
    pub could_become: Possible,
    /// Whether it moves the wait.
    pub waits: bool,
    /// Whether a step depends on it.
    pub steps: bool,
    /// Whether the price depends on it.
    pub price: bool,
    /// How many undecided rules read it.
    pub(super) unknown: u32,
}

impl Asked {
    /// Whether the outcome or the wait depends on it.
    pub fn decides(&self) -> bool {
        self.waits || self.could_become != Possible::default()
    }
}
