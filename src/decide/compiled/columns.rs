//! The rules asked about 64 clients at once.

use super::super::day::{Rules, Verdict};
use super::Compiled;
use super::block::{Block, LANES, Layout};
use super::conditions::{Conditions, Heard};
use super::fired::bits;
use super::lapse::Lapse;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::value::{ONGOING, Point};

/// The rules of a day to be asked about 64 clients at once. Say what [`Rules::judge`] says; what asks a script or
/// compares two answers is left to it.
pub struct Columns<'r, 'b> {
    rules: &'r Rules<'b>,
    /// The condition of each rule.
    conditions: Conditions,
    asked: Vec<(Outcome, &'r Lapse)>,
}

/// What the rules say about the clients of a block.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    /// The clients who are decided; the others take [`Rules::judge`] or the search.
    pub decided: u64,
    /// For each rule the clients for whom it holds and those for whom it may.
    rules: Vec<(u64, u64)>,
    /// The clients with an outcome as bad as `deferred`, `needs review` and `not eligible`; and those for whom some
    /// rule may hold.
    deferred: u64,
    review: u64,
    never: u64,
    open: u64,
    waits: Vec<Point>,
    marks: Vec<u64>,
}

impl Spoken {
    /// The clients for whom a rule holds.
    pub fn holds(&self, rule: usize) -> u64 {
        self.rules[rule].0
    }

    /// The clients for whom it may hold.
    pub fn may_hold(&self, rule: usize) -> u64 {
        self.rules[rule].1
    }

    /// What is said about one client of the block; `None` if that is not decided here.
    pub fn verdict(&self, lane: usize) -> Option<Verdict> {
        let has = |word: u64| word >> lane & 1 == 1;
        let outcome = match () {
            () if !has(self.decided) => return None,
            () if has(self.never) => Outcome::NotEligible,
            () if has(self.review) => Outcome::NeedsReview,
            () if has(self.deferred) => Outcome::Deferred,
            () if has(self.open) => Outcome::MoreInformation,
            () => Outcome::Eligible,
        };
        Some(Verdict { outcome, wait: self.waits[lane] })
    }
}

impl<'r, 'b> Columns<'r, 'b> {
    /// Of the rules of a day.
    pub fn of(rules: &'r Rules<'b>) -> Columns<'r, 'b> {
        let Compiled { trees: (trees, cells), lapses, .. } = rules.compiled();
        let conditions = Conditions::from_trees(&Layout::of(&rules.domains), trees, cells);
        let asked = rules.rules.iter().map(|rule| rule.rule.outcome).zip(lapses).collect();
        Columns { rules, conditions, asked }
    }

    /// Room for 64 clients.
    pub fn block(&self) -> Block {
        self.conditions.block()
    }

    /// Decides the clients of a block.
    pub fn judge(&self, block: &Block, spoken: &mut Spoken) {
        let visit = self.rules.visit.point();
        let Spoken { rules, waits, marks, .. } = spoken;
        rules.clear();
        waits.clear();
        waits.resize(LANES, visit);
        self.conditions.look(block, marks);
        let (mut undecided, mut open) = (0, 0);
        let (mut deferred, mut review, mut never) = (0, 0, 0);
        for (at, (outcome, lapse)) in self.asked.iter().enumerate() {
            let heard = self.conditions.ask(at, block, marks);
            let Heard { holds, may, .. } = heard;
            undecided |= heard.undecided;
            open |= may;
            match outcome {
                Outcome::NotEligible => never |= holds,
                Outcome::NeedsReview => review |= holds,
                Outcome::Deferred => {
                    deferred |= holds;
                    if holds != 0 {
                        undecided |= self.wait(lapse, at, holds, block, waits);
                    }
                }
                Outcome::Eligible | Outcome::MoreInformation => {}
            }
            rules.push((holds, may));
        }
        if !self.rules.withdrawn.is_empty() {
            review = u64::MAX;
        }
        spoken.decided = block.lanes() & !undecided;
        (spoken.deferred, spoken.review, spoken.never, spoken.open) = (deferred, review, never, open);
    }

    /// The waits of the clients for whom a deferral holds; the clients of whom that is not decided here.
    fn wait(&self, lapse: &Lapse, at: usize, holds: u64, block: &Block, waits: &mut [Point]) -> u64 {
        match lapse {
            Lapse::None => 0,
            Lapse::Open => {
                bits(holds).for_each(|lane| waits[usize::from(lane)] = ONGOING);
                0
            }
            Lapse::After(slot, after) => {
                let (known, column) = (block.known(*slot), block.column(*slot));
                for lane in bits(holds & known) {
                    let lane = usize::from(lane);
                    waits[lane] = waits[lane].max(after.end(column.point(lane), waits[lane]));
                }
                holds & !known
            }
            Lapse::Parts(_) | Lapse::Look => {
                let read = &self.rules.rules[at].slots;
                let known = read.iter().fold(u64::MAX, |known, slot| known & block.known(*slot));
                for lane in bits(holds & known) {
                    let lane = usize::from(lane);
                    let point = |slot: SlotId| block.column(slot).point(lane);
                    let end = match lapse {
                        Lapse::Parts(periods) => periods.end(&point, waits[lane]),
                        _ => self.rules.lapse(at, None, &point),
                    };
                    waits[lane] = waits[lane].max(end);
                }
                holds & !known
            }
        }
    }
}
