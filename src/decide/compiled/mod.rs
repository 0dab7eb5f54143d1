//! The rules of a day in a form made to be asked quickly: what each says about a client of whom every answer is
//! known or open. Known and open go the same way; nothing is allocated for a client.
//!
//! `tree` brings a condition into sets of points under `and` and `or`, without a `not`. A slot's points fall into
//! cells in which no rule tells two points apart, and all that is open has a cell of its own. `table` says for each
//! cell which rules hold, so that a client is looked at slot by slot and not rule by rule; a rule that wants more
//! than one of several answers is looked at only if the answers it wants most can be so, by the `code` of its tree.
//! `columns` asks the same about 64 clients at once, as columns in a `block`, with `conditions` that any rules about
//! the same questions can ask. `lapse` and `moving` tell how long a deferral lasts.
//!
//! # Why one look is exact
//!
//! Without a `not`, a rule can only gain from an answer that lies in one of its sets. So it holds for certain if it
//! holds with every open answer outside, and may hold if it does with every open answer inside. The first is exact
//! if one point of each open slot lies outside all sets at once: each slot has a quiet point, which lies in as few
//! as can be, and where some rule that is not certain holds at the quiet points, no verdict is given. The second is
//! exact if the sets of one slot in one rule have a point in common; they are merged where they stand side by side,
//! and a rule in which they have none gives no verdict where it depends on that slot. The quiet client then has the
//! best outcome and the shortest wait of all.

mod block;
mod code;
mod columns;
mod conditions;
mod fired;
mod lapse;
mod moving;
mod table;
mod tree;
mod versions;

#[cfg(test)]
mod tests;

pub use block::Block;
pub use columns::{Columns, Spoken};
pub use conditions::{Conditions, Heard};
pub use fired::Fired;
pub use versions::Difference;

use self::code::Code;
use self::lapse::Lapse;
use self::table::{Table, Word};
use self::tree::{Cells, Tree};
use super::day::{DayRule, Rules, Verdict};
use super::prop::{Context, Prop};
use super::space::Space;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::value::{ONGOING, Point, Points};

/// In the place of a point: nothing is known but the points the slot has on the day.
pub const OPEN: Point = Point::MAX;

/// The rules of a day, compiled.
pub(super) struct Compiled {
    table: Table,
    code: Code,
    lapses: Vec<Lapse>,
    outcomes: Vec<Outcomes>,
    /// The trees and cells again, for the column form.
    trees: (Vec<Tree>, Vec<Cells>),
}

/// Of 64 rules those that decide alike.
#[derive(Debug, Clone, Copy, Default)]
struct Outcomes {
    never: u64,
    review: u64,
    /// Those that defer, and no day ends it.
    endless: u64,
    /// Those that defer until a day that an answer tells.
    until: u64,
}

impl Compiled {
    pub(super) fn of(rules: &[DayRule<'_>], context: &Context<'_>, domains: &[Points]) -> Compiled {
        let props: Vec<&Prop> = rules.iter().map(|rule| &rule.prop).collect();
        let (trees, cells) = tree::trees(&props, domains);
        let (table, code) = (Table::of(&trees, &cells), Code::of(&trees, &cells));
        let lapses: Vec<Lapse> = rules.iter().map(|rule| Lapse::of(rule, context, domains)).collect();
        let mut outcomes = vec![Outcomes::default(); rules.len().div_ceil(64).max(1)];
        for (at, rule) in rules.iter().enumerate() {
            let (word, bit) = (&mut outcomes[at / 64], 1 << (at % 64));
            match rule.rule.outcome {
                Outcome::Deferred if matches!(lapses[at], Lapse::Open) => word.endless |= bit,
                Outcome::Deferred => word.until |= bit,
                Outcome::NeedsReview => word.review |= bit,
                Outcome::NotEligible => word.never |= bit,
                Outcome::Eligible | Outcome::MoreInformation => {}
            }
        }
        Compiled { table, code, lapses, outcomes, trees: (trees, cells) }
    }
}

impl Rules<'_> {
    /// Decides one client; `values` has a point of the day, or [`OPEN`], for every slot. The rules that hold and
    /// those that may are written to `fired`. `None` where it takes the search of [`possible`](super::possible):
    /// if a script fails or a comparison of two answers is open, if no single client is the best of all
    /// completions, if open answers contradict each other within a rule, or if a wait that is certain counts from
    /// an open answer.
    pub fn judge(&self, values: &[Point], fired: &mut Fired) -> Option<Verdict> {
        let compiled = self.compiled();
        fired.words.clear();
        compiled.table.look(values, &mut fired.words);
        let mut hold = Outcomes::default();
        let mut open = 0;
        for (place, word) in fired.words.iter_mut().enumerate() {
            let asked = word[1] & compiled.table.trees[place];
            if asked != 0 {
                word[1] &= !asked;
                self.ask_trees(compiled, values, place, asked, word)?;
            }
            let [holds, possible, quiet, _] = *word;
            let may = possible & !holds;
            if may & quiet != 0 {
                return None;
            }
            word[1] = may;
            open |= may;
            let of = &compiled.outcomes[place];
            hold.never |= holds & of.never;
            hold.review |= holds & of.review;
            hold.endless |= holds & of.endless;
            hold.until |= holds & of.until;
        }
        let outcome = match () {
            () if hold.never != 0 => Outcome::NotEligible,
            () if hold.review != 0 || !self.withdrawn.is_empty() => Outcome::NeedsReview,
            () if hold.endless | hold.until != 0 => Outcome::Deferred,
            () if open != 0 => Outcome::MoreInformation,
            () => Outcome::Eligible,
        };
        let wait = match () {
            () if hold.endless != 0 => ONGOING,
            () if hold.until != 0 => self.wait(compiled, values, fired)?,
            () => self.visit.point(),
        };
        Some(Verdict { outcome, wait })
    }

    /// The points of a client as [`Rules::judge`] takes them; `None` if an answer that a rule reads is partly known.
    pub fn points(&self, space: &Space) -> Option<Vec<Point>> {
        let read = |slot: &SlotId| self.rules.iter().any(|rule| rule.slots.contains(slot));
        if space.links.iter().any(|link| link.boxes.len() > 1 && link.slots.iter().any(read)) {
            return None;
        }
        let each = space.sets.iter().zip(self.domains.iter()).enumerate();
        let points = each.map(|(at, (set, domain))| match set.single() {
            Some(point) => Some(point),
            None if set == domain || !read(&SlotId(at as u16)) => Some(OPEN),
            None => None,
        });
        points.collect()
    }

    /// The last end of the deferrals that hold until a day; `None` if that depends on what is open.
    #[inline(always)]
    fn wait(&self, compiled: &Compiled, values: &[Point], fired: &Fired) -> Option<Point> {
        let mut wait = self.visit.point();
        for (place, word) in fired.words.iter().enumerate() {
            let mut waiting = word[0] & compiled.outcomes[place].until;
            while waiting != 0 {
                let at = place * 64 + waiting.trailing_zeros() as usize;
                waiting &= waiting - 1;
                wait = wait.max(self.lapse_known(&compiled.lapses[at], at, values, wait)?);
                if wait == ONGOING {
                    return Some(wait);
                }
            }
        }
        Some(wait)
    }

    fn ask_trees(
        &self,
        compiled: &Compiled,
        values: &[Point],
        place: usize,
        mut asked: u64,
        word: &mut Word,
    ) -> Option<()> {
        while asked != 0 {
            let bit = asked.trailing_zeros();
            asked &= asked - 1;
            let bits = compiled.code.rule(place * 64 + bit as usize, values, &self.context())?;
            let of = |place: u8| u64::from(bits >> place & 1) << bit;
            *word = [word[0] | of(0), word[1] | of(1), word[2] | of(2), word[3]];
        }
        Some(())
    }

    /// The end of a deferral that holds, or any day up to `floor` in place of such a day; `None` if that depends on
    /// what is open.
    fn lapse_known(&self, lapse: &Lapse, at: usize, values: &[Point], floor: Point) -> Option<Point> {
        let value = |slot: SlotId| values[slot.index()];
        let known = || self.rules[at].slots.iter().all(|slot| value(*slot) != OPEN);
        match lapse {
            Lapse::None => Some(self.visit.point()),
            Lapse::Open => Some(ONGOING),
            Lapse::After(slot, after) => (value(*slot) != OPEN).then(|| after.end(value(*slot), floor)),
            Lapse::Parts(periods) => known().then(|| periods.end(&value, floor)),
            Lapse::Look => known().then(|| self.lapse(at, None, &value)),
        }
    }
}
