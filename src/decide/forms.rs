//! Wishes as forms over cells: each slot's points fall into finitely many cells, within which no comparison
//! changes, and a form says which cells are wanted.

use super::cells::same_free;
use super::cuts::{Cuts, parts};
use super::prop::{Context, Free, Prop};
use super::wish::{Comes, Wish};
use crate::book::condition::SlotId;
use crate::book::fact::{FactKind, Facts};
use crate::value::{Day, Points};

/// Some cells of one variable, from the first up to and without the second; `out` if the others are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cells {
    pub(super) var: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) out: bool,
}

impl Cells {
    pub(super) fn has(&self, cell: usize) -> bool {
        (self.from <= cell && cell < self.to) != self.out
    }
}

/// What is wanted of the cells. `All` of nothing holds for everyone, `Any` of nothing for nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Cells(Cells),
    All(Vec<Form>),
    Any(Vec<Form>),
}

impl Form {
    fn holds(holds: bool) -> Form {
        if holds { Form::All(Vec::new()) } else { Form::Any(Vec::new()) }
    }

    fn is(&self, holds: bool) -> bool {
        match self {
            Form::All(parts) => holds && parts.is_empty(),
            Form::Any(parts) => !holds && parts.is_empty(),
            Form::Cells(_) => false,
        }
    }

    /// All of these, or any of them, without what does not matter.
    fn join(all: bool, parts: impl IntoIterator<Item = Form>) -> Form {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                part if part.is(!all) => return Form::holds(!all),
                Form::All(inner) if all => kept.extend(inner),
                Form::Any(inner) if !all => kept.extend(inner),
                part => kept.push(part),
            }
        }
        match kept.len() {
            1 => kept.remove(0),
            _ if all => Form::All(kept),
            _ => Form::Any(kept),
        }
    }

    pub(super) fn vars(&self, vars: &mut Vec<usize>) {
        match self {
            Form::Cells(cells) => vars.push(cells.var),
            Form::All(parts) | Form::Any(parts) => parts.iter().for_each(|part| part.vars(vars)),
        }
    }
}

/// What a variable stands for.
pub(super) enum VarKind<'w> {
    /// An answer, with the points of each cell.
    Slot(SlotId, Vec<Points>),
    /// What a comparison of two answers or a script comes to: no, it fails, yes. A comparison whose answers
    /// are gone through one by one is another one for each of them.
    Free(&'w Free, Context<'w>, Vec<(SlotId, usize)>),
}

/// Cells of what comes to no, fails, or comes to yes.
pub(super) const FREE_CELLS: usize = 3;
pub(super) const FREE_NO: usize = 0;
pub(super) const FREE_FAILS: usize = 1;
pub(super) const FREE_YES: usize = 2;

/// More combinations of answers than this are not gone through one by one.
const MOST_COMBINATIONS: usize = 2_048;

/// Turns wishes into forms.
pub(super) struct Forms<'w> {
    facts: &'w Facts,
    pub(super) vars: Vec<VarKind<'w>>,
    /// The variable of each slot that has one.
    of_slot: Vec<Option<usize>>,
    domains: Vec<Points>,
    cuts: Cuts,
    /// The answers that are being gone through, each with its cell.
    fixed: Vec<(SlotId, usize)>,
    /// Whether something was too large.
    pub(super) too_large: bool,
}

impl<'w> Forms<'w> {
    pub(super) fn new(facts: &'w Facts, visit: Day, wishes: &[&'w Wish<'w>]) -> Forms<'w> {
        let mut props: Vec<&Prop> = Vec::new();
        for wish in wishes {
            wish.walk(&mut |asked| props.push(&asked.prop));
        }
        let slots = (0..facts.slots.len()).map(|slot| SlotId(slot as u16));
        let domains: Vec<Points> = slots.map(|slot| facts.domain(slot, visit)).collect();
        let cuts = Cuts::of(props.into_iter());
        let of_slot = vec![None; domains.len()];
        Forms { facts, vars: Vec::new(), of_slot, domains, cuts, fixed: Vec::new(), too_large: false }
    }

    /// The variable of a slot.
    pub(super) fn slot(&mut self, slot: SlotId) -> usize {
        if let Some(var) = self.of_slot[slot.index()] {
            return var;
        }
        let whole = matches!(self.facts.fact_of(slot).kind, FactKind::Number { whole: true, .. });
        let cells = parts(&self.domains[slot.index()], self.cuts.at(slot), whole);
        self.vars.push(VarKind::Slot(slot, cells));
        self.of_slot[slot.index()] = Some(self.vars.len() - 1);
        self.vars.len() - 1
    }

    fn cells_of(&self, var: usize) -> &[Points] {
        match &self.vars[var] {
            VarKind::Slot(_, cells) => cells,
            VarKind::Free(..) => &[],
        }
    }

    pub(super) fn form(&mut self, wish: &'w Wish<'w>) -> Form {
        match wish {
            Wish::Comes(asked, comes) => self.prop(&asked.prop, asked.context, *comes),
            Wish::All(parts) => Form::join(true, parts.iter().map(|part| self.form(part))),
            Wish::Any(parts) => Form::join(false, parts.iter().map(|part| self.form(part))),
            Wish::Whatever(slots, inner) => self.whatever(slots, inner),
        }
    }

    fn prop(&mut self, prop: &'w Prop, context: Context<'w>, comes: Comes) -> Form {
        if comes == Comes::Fails {
            let parts = [Comes::NotYes, Comes::NotNo].map(|comes| self.prop(prop, context, comes));
            return Form::join(true, parts);
        }
        let yes = matches!(comes, Comes::Yes | Comes::NotNo);
        match prop {
            Prop::Known(known) => Form::holds(*known == yes),
            Prop::In(slot, low, high) => {
                let var = self.slot(*slot);
                let cells = self.cells_of(var);
                let from = cells.partition_point(|cell| cell.min() < Some(*low));
                let to = cells.partition_point(|cell| cell.min() <= Some(*high)).max(from);
                if let Some((_, at)) = self.fixed.iter().find(|(fixed, _)| fixed == slot) {
                    return Form::holds((from <= *at && *at < to) == yes);
                }
                match (from == to, from == 0 && to == cells.len()) {
                    (true, _) => Form::holds(!yes),
                    (_, true) => Form::holds(yes),
                    _ => Form::Cells(Cells { var, from, to, out: !yes }),
                }
            }
            Prop::Not(inner) => self.prop(inner, context, comes.of_the_opposite()),
            Prop::And(parts) => Form::join(yes, parts.iter().map(|part| self.prop(part, context, comes))),
            Prop::Or(parts) => Form::join(!yes, parts.iter().map(|part| self.prop(part, context, comes))),
            Prop::Free(free) => {
                let var = self.free(free, context);
                let (from, to) = match comes {
                    Comes::Yes => (FREE_YES, FREE_CELLS),
                    Comes::No => (FREE_NO, FREE_FAILS),
                    Comes::NotYes => (FREE_NO, FREE_YES),
                    _ => (FREE_FAILS, FREE_CELLS),
                };
                Form::Cells(Cells { var, from, to, out: false })
            }
        }
    }

    fn free(&mut self, free: &'w Free, context: Context<'w>) -> usize {
        let fixed: Vec<(SlotId, usize)> =
            self.fixed.iter().filter(|(slot, _)| free.slots.contains(slot)).copied().collect();
        for slot in &free.slots {
            self.slot(*slot);
        }
        let known = self.vars.iter().position(|var| match var {
            VarKind::Free(other, other_context, at) => {
                *at == fixed && same_free((other, other_context), (free, &context))
            }
            VarKind::Slot(..) => false,
        });
        known.unwrap_or_else(|| {
            self.vars.push(VarKind::Free(free, context, fixed));
            self.vars.len() - 1
        })
    }

    /// The wish for every choice of answers at `slots`.
    fn whatever(&mut self, slots: &[SlotId], inner: &'w Wish<'w>) -> Form {
        if let Wish::All(parts) = inner {
            return Form::join(true, parts.iter().map(|part| self.whatever(slots, part)));
        }
        let mut read: Vec<SlotId> = Vec::new();
        inner.walk(&mut |asked| read.extend(asked.slots().iter().filter(|slot| slots.contains(slot))));
        read.sort_unstable();
        read.dedup();
        let counts: Vec<usize> = read
            .iter()
            .map(|slot| {
                let var = self.slot(*slot);
                self.cells_of(var).len()
            })
            .collect();
        let many = counts.iter().try_fold(1_usize, |all, count| all.checked_mul(*count));
        if many.is_none_or(|many| many > MOST_COMBINATIONS) {
            self.too_large = true;
            return Form::holds(false);
        }
        let outer = self.fixed.len();
        let mut all = Vec::new();
        for mut at in 0..many.unwrap_or(0) {
            self.fixed.truncate(outer);
            for (slot, count) in read.iter().zip(&counts) {
                self.fixed.push((*slot, at % count));
                at /= count;
            }
            let form = self.form(inner);
            if !all.contains(&form) {
                all.push(form);
            }
        }
        self.fixed.truncate(outer);
        Form::join(true, all)
    }
}
