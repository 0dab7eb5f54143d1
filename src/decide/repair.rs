//! The search behind [`solve`](super::solve): cells of answers, closed step by step until every wish is so.

use super::forms::{Cells, FREE_CELLS, FREE_FAILS, FREE_NO, FREE_YES, Form, Forms, VarKind};
use super::solve::{Mend, Near, Work};
use crate::book::condition::{FactId, SlotId};
use crate::value::{Point, Points, Truth};

/// Which cells of each variable are still open, one bit each.
pub(super) type Open = Vec<u64>;

struct Var {
    at: usize,
    words: usize,
    cells: usize,
    /// The cell of the base client.
    base: usize,
    fact: Option<FactId>,
}

pub(super) struct Problem<'p, 'w> {
    pub(super) vars: &'p [VarKind<'w>],
    near: &'p Near<'p>,
    layout: Vec<Var>,
    pub(super) whole: Open,
    pub(super) clauses: Vec<Form>,
    /// The clauses that read a variable.
    readers: Vec<Vec<usize>>,
    /// The clauses that are being solved, with their variables.
    group: Vec<usize>,
    group_vars: Vec<usize>,
    pub(super) best: Option<(Cost, Vec<(usize, Point)>)>,
    /// What may still be spent on a nearer client, once there is one.
    extra: u64,
    pub(super) unmended: bool,
    pub(super) stopped: bool,
}

/// The facts that differ from the base: how many, and which.
pub(super) type Cost = (usize, Vec<FactId>);

/// How much is spent on looking for a nearer client.
const EXTRA: u64 = 20_000;

impl<'p, 'w> Problem<'p, 'w> {
    pub(super) fn new(forms: &'p Forms<'w>, near: &'p Near<'p>, clauses: Vec<Form>) -> Problem<'p, 'w> {
        let mut layout = Vec::new();
        let mut whole: Open = Vec::new();
        for var in &forms.vars {
            let (cells, base, fact) = match var {
                VarKind::Slot(slot, cells) => {
                    let value = near.base[slot.index()];
                    let base = cells.iter().position(|cell| cell.contains(value)).unwrap_or(0);
                    (cells.len(), base, Some(near.facts.slots[slot.index()].fact))
                }
                VarKind::Free(free, context, _) => {
                    let sets: Vec<Points> = near.base.iter().map(|value| Points::one(*value)).collect();
                    (FREE_CELLS, free_cell(free.truth(&sets, context)), None)
                }
            };
            let words = cells.div_ceil(64).max(1);
            let at = whole.len();
            whole.resize(at + words, 0);
            for cell in 0..cells {
                let fails = matches!(var, VarKind::Free(free, ..) if !free.scripted) && cell == FREE_FAILS;
                if !fails {
                    whole[at + cell / 64] |= 1 << (cell % 64);
                }
            }
            layout.push(Var { at, words, cells, base, fact });
        }
        let mut readers = vec![Vec::new(); layout.len()];
        for (at, clause) in clauses.iter().enumerate() {
            let mut vars = Vec::new();
            clause.vars(&mut vars);
            vars.sort_unstable();
            vars.dedup();
            vars.into_iter().for_each(|var| readers[var].push(at));
        }
        Problem {
            vars: &forms.vars,
            near,
            layout,
            whole,
            clauses,
            readers,
            group: Vec::new(),
            group_vars: Vec::new(),
            best: None,
            extra: EXTRA,
            unmended: false,
            stopped: false,
        }
    }

    fn is_open(&self, open: &Open, var: usize, cell: usize) -> bool {
        open[self.layout[var].at + cell / 64] & (1 << (cell % 64)) != 0
    }

    fn open_cells<'o>(&'o self, open: &'o Open, var: usize) -> impl Iterator<Item = usize> + 'o {
        (0..self.layout[var].cells).filter(move |cell| self.is_open(open, var, *cell))
    }

    fn truth_of(&self, open: &Open, cells: &Cells) -> Truth {
        let (mut inside, mut outside) = (false, false);
        let var = &self.layout[cells.var];
        for word in 0..var.words {
            let mask = mask(cells.from, cells.to, word);
            inside |= open[var.at + word] & mask != 0;
            outside |= open[var.at + word] & !mask != 0;
        }
        match (inside, outside) {
            (true, true) => Truth::Unknown,
            (inside, _) => Truth::from(inside != cells.out),
        }
    }

    fn truth(&self, open: &Open, form: &Form) -> Truth {
        match form {
            Form::Cells(cells) => self.truth_of(open, cells),
            Form::All(parts) => {
                let mut least = Truth::Yes;
                for part in parts {
                    least = least.min(self.truth(open, part));
                    if least == Truth::No {
                        break;
                    }
                }
                least
            }
            Form::Any(parts) => {
                let mut most = Truth::No;
                for part in parts {
                    most = most.max(self.truth(open, part));
                    if most == Truth::Yes {
                        break;
                    }
                }
                most
            }
        }
    }

    /// Closes what cannot be where `form` is so; false if nothing is left.
    fn force(&self, open: &mut Open, form: &Form, changed: &mut Vec<usize>) -> bool {
        match form {
            Form::Cells(cells) => {
                let var = &self.layout[cells.var];
                let (mut left, mut less) = (false, false);
                for word in 0..var.words {
                    let mask = mask(cells.from, cells.to, word);
                    let mask = if cells.out { !mask } else { mask };
                    let old = open[var.at + word];
                    open[var.at + word] = old & mask;
                    left |= old & mask != 0;
                    less |= old & !mask != 0;
                }
                if less {
                    changed.push(cells.var);
                }
                left
            }
            Form::All(parts) => parts.iter().all(|part| self.force(open, part, changed)),
            Form::Any(parts) => {
                let mut possible = None;
                for part in parts {
                    match self.truth(open, part) {
                        Truth::Yes => return true,
                        Truth::No => {}
                        Truth::Unknown if possible.is_some() => return true,
                        Truth::Unknown => possible = Some(part),
                    }
                }
                possible.is_some_and(|part| self.force(open, part, changed))
            }
        }
    }

    /// Closes all that follows from these clauses; false if nothing is left, or no work may be done any more.
    pub(super) fn propagate(&self, open: &mut Open, mut queue: Vec<usize>, work: &mut Work) -> bool {
        let mut queued = vec![false; self.clauses.len()];
        queue.iter().for_each(|at| queued[*at] = true);
        let mut changed = Vec::new();
        while let Some(at) = queue.pop() {
            queued[at] = false;
            if !work.take(1) || !self.force(open, &self.clauses[at], &mut changed) {
                return false;
            }
            for var in changed.drain(..) {
                for reader in &self.readers[var] {
                    if *reader != at && !queued[*reader] {
                        queued[*reader] = true;
                        queue.push(*reader);
                    }
                }
            }
        }
        true
    }

    /// The clauses, those together that share a fact.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut parent: Vec<usize> = (0..self.layout.len()).collect();
        fn root(parent: &mut [usize], mut at: usize) -> usize {
            while parent[at] != at {
                parent[at] = parent[parent[at]];
                at = parent[at];
            }
            at
        }
        let mut join = |a: usize, b: usize| {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            parent[a] = b;
        };
        let mut of_fact: Vec<(FactId, usize)> = Vec::new();
        let mut of_slot = vec![None; self.near.base.len()];
        for (at, var) in self.vars.iter().enumerate() {
            if let VarKind::Slot(slot, _) = var {
                of_slot[slot.index()] = Some(at);
            }
            if let Some(fact) = self.layout[at].fact {
                match of_fact.iter().find(|(known, _)| *known == fact) {
                    Some((_, first)) => join(at, *first),
                    None => of_fact.push((fact, at)),
                }
            }
        }
        for (at, var) in self.vars.iter().enumerate() {
            if let VarKind::Free(free, ..) = var {
                free.slots.iter().filter_map(|slot| of_slot[slot.index()]).for_each(|slot| join(at, slot));
            }
        }
        let mut vars_of = Vec::new();
        for clause in &self.clauses {
            let mut vars = Vec::new();
            clause.vars(&mut vars);
            vars.windows(2).for_each(|pair| join(pair[0], pair[1]));
            vars_of.push(vars.first().copied());
        }
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for (at, first) in vars_of.into_iter().enumerate() {
            let Some(first) = first else { continue };
            let name = root(&mut parent, first);
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, clauses)) => clauses.push(at),
                None => groups.push((name, vec![at])),
            }
        }
        groups.into_iter().map(|(_, clauses)| clauses).collect()
    }

    pub(super) fn begin(&mut self, group: Vec<usize>) {
        let mut vars = Vec::new();
        group.iter().for_each(|at| self.clauses[*at].vars(&mut vars));
        let read: Vec<SlotId> = vars
            .iter()
            .filter_map(|var| match &self.vars[*var] {
                VarKind::Free(free, ..) => Some(free.slots.clone()),
                VarKind::Slot(..) => None,
            })
            .flatten()
            .collect();
        let of_read = self
            .vars
            .iter()
            .enumerate()
            .filter(|(_, var)| matches!(var, VarKind::Slot(slot, _) if read.contains(slot)));
        vars.extend(of_read.map(|(at, _)| at));
        vars.sort_unstable();
        vars.dedup();
        (self.group, self.group_vars) = (group, vars);
        (self.best, self.extra) = (None, EXTRA);
        (self.unmended, self.stopped) = (false, false);
    }

    /// The facts that cannot be as the base answers them.
    fn cost(&self, open: &Open) -> Cost {
        let forced = self.group_vars.iter().filter(|var| !self.is_open(open, **var, self.layout[**var].base));
        let mut facts: Vec<FactId> = forced.filter_map(|var| self.layout[*var].fact).collect();
        facts.sort_unstable();
        facts.dedup();
        (facts.len(), facts)
    }

    /// Looks for a client within what is open, which is as far as it can be closed.
    pub(super) fn search(&mut self, open: &Open, work: &mut Work) {
        if !work.take(1 + self.group.len() as u64 / 8) {
            self.stopped = true;
            return;
        }
        if let Some((best, _)) = &self.best {
            self.extra = self.extra.saturating_sub(1 + self.group.len() as u64);
            if !self.near.nearest || self.extra == 0 || self.cost(open) >= *best {
                return;
            }
        }
        let mut open = open.clone();
        if !self.settle_free(&mut open, work) {
            return;
        }
        let model = self.model(&open);
        let broken = self.group.iter().copied().filter(|at| !self.is_so(&self.clauses[*at], &model));
        // The one with the fewest ways out first.
        let broken = broken.min_by_key(|at| match &self.clauses[*at] {
            Form::Any(parts) => parts.iter().filter(|part| self.truth(&open, part) != Truth::No).count(),
            _ => 0,
        });
        let Some(broken) = broken else {
            self.leaf(&open, &model, work);
            return;
        };
        let ways = self.ways(&open, &self.clauses[broken], &model);
        for way in ways {
            let (mut inside, mut changed) = (open.clone(), Vec::new());
            if self.force(&mut inside, &way, &mut changed) {
                let mut queue: Vec<usize> =
                    changed.iter().flat_map(|var| self.readers[*var].iter().copied()).collect();
                queue.sort_unstable();
                queue.dedup();
                if self.propagate(&mut inside, queue, work) {
                    self.search(&inside, work);
                }
            }
            if self.stopped || work.0 == 0 {
                self.stopped = true;
                return;
            }
            if self.best.is_some() && !self.near.nearest {
                return;
            }
            // Whoever is found further on need not be as this way wants.
            if let Form::Cells(cells) = way {
                let mut changed = Vec::new();
                let other = Form::Cells(Cells { out: !cells.out, ..cells });
                let queue = self.readers[cells.var].clone();
                if !self.force(&mut open, &other, &mut changed) || !self.propagate(&mut open, queue, work) {
                    return;
                }
            }
        }
    }

    /// What could be done so that `form`, which is not so in the model, is. Each of these closes something.
    fn ways(&self, open: &Open, form: &Form, model: &[(usize, Point)]) -> Vec<Form> {
        match form {
            Form::Cells(_) => vec![form.clone()],
            Form::Any(parts) => {
                let possible = parts.iter().filter(|part| self.truth(open, part) != Truth::No);
                possible.flat_map(|part| self.ways(open, part, model)).collect()
            }
            Form::All(parts) => {
                let Some(broken) = parts.iter().position(|part| !self.is_so(part, model)) else {
                    return Vec::new();
                };
                let with = |way: Form| {
                    let mut parts = parts.clone();
                    parts[broken] = way;
                    Form::All(parts)
                };
                self.ways(open, &parts[broken], model).into_iter().map(with).collect()
            }
        }
    }

    /// Comparisons of answers that are decided by what is open.
    fn settle_free(&self, open: &mut Open, work: &mut Work) -> bool {
        let mut queue = Vec::new();
        for var in &self.group_vars {
            let VarKind::Free(free, ..) = &self.vars[*var] else { continue };
            if free.scripted {
                continue;
            }
            let truth = self.free_truth(*var, &self.sets(open));
            if truth == Truth::Unknown {
                continue;
            }
            let cell = free_cell(truth);
            if !self.is_open(open, *var, cell) {
                return false;
            }
            if self.open_cells(open, *var).count() > 1 {
                let only = Form::Cells(Cells { var: *var, from: cell, to: cell + 1, out: false });
                if !self.force(open, &only, &mut Vec::new()) {
                    return false;
                }
                queue.extend(self.readers[*var].iter().copied());
            }
        }
        queue.is_empty() || self.propagate(open, queue, work)
    }

    /// The points that are open at each slot; the base's where nothing says.
    fn sets(&self, open: &Open) -> Vec<Points> {
        let mut sets: Vec<Points> = self.near.base.iter().map(|value| Points::one(*value)).collect();
        for var in &self.group_vars {
            if let VarKind::Slot(slot, cells) = &self.vars[*var] {
                let open = self.open_cells(open, *var);
                sets[slot.index()] = Points::of(open.flat_map(|cell| cells[cell].ranges().iter().copied()));
            }
        }
        sets
    }

    /// A cell for every variable, with the point chosen in it: the base's where it can be.
    fn model(&self, open: &Open) -> Vec<(usize, Point)> {
        let mut model: Vec<(usize, Point)> = self.layout.iter().map(|var| (var.base, 0)).collect();
        let mut values = self.near.base.to_vec();
        for var in &self.group_vars {
            let VarKind::Slot(slot, cells) = &self.vars[*var] else { continue };
            let base = self.layout[*var].base;
            let point = match self.is_open(open, *var, base) {
                true => self.near.base[slot.index()],
                false => {
                    let inside = self.open_cells(open, *var);
                    let ranges = inside.flat_map(|cell| cells[cell].ranges().iter().copied());
                    (self.near.point)(*slot, &Points::of(ranges))
                }
            };
            let cell = cells.iter().position(|cell| cell.contains(point)).unwrap_or(base);
            model[*var] = (cell, point);
            values[slot.index()] = point;
        }
        let sets: Vec<Points> = values.iter().map(|value| Points::one(*value)).collect();
        for var in &self.group_vars {
            let VarKind::Free(..) = &self.vars[*var] else { continue };
            let actual = free_cell(self.free_truth(*var, &sets));
            let open_one = self.open_cells(open, *var).next().unwrap_or(actual);
            let cell = if self.is_open(open, *var, actual) { actual } else { open_one };
            model[*var] = (cell, 0);
        }
        model
    }

    fn is_so(&self, form: &Form, model: &[(usize, Point)]) -> bool {
        match form {
            Form::Cells(cells) => cells.has(model[cells.var].0),
            Form::All(parts) => parts.iter().all(|part| self.is_so(part, model)),
            Form::Any(parts) => parts.iter().any(|part| self.is_so(part, model)),
        }
    }

    /// What a comparison of answers or a script comes to; its answers that are gone through lie in their cells.
    fn free_truth(&self, var: usize, sets: &[Points]) -> Truth {
        let VarKind::Free(free, context, fixed) = &self.vars[var] else { return Truth::Unknown };
        if fixed.is_empty() {
            return free.truth(sets, context);
        }
        let mut sets = sets.to_vec();
        for other in self.vars {
            if let VarKind::Slot(slot, cells) = other
                && let Some((_, cell)) = fixed.iter().find(|(fixed, _)| fixed == slot)
            {
                sets[slot.index()] = cells[*cell].clone();
            }
        }
        free.truth(&sets, context)
    }

    fn is_free(&self, var: usize) -> bool {
        matches!(self.vars[var], VarKind::Free(..))
    }

    /// Whether every clause of the group is so for these values, with what comparisons and scripts say.
    fn fits(&self, values: &[Point]) -> bool {
        let sets: Vec<Points> = values.iter().map(|value| Points::one(*value)).collect();
        let mut model: Vec<(usize, Point)> = self.layout.iter().map(|var| (var.base, 0)).collect();
        for var in &self.group_vars {
            model[*var].0 = match &self.vars[*var] {
                VarKind::Slot(slot, cells) => {
                    let value = values[slot.index()];
                    match cells.iter().position(|cell| cell.contains(value)) {
                        Some(cell) => cell,
                        None => return false,
                    }
                }
                VarKind::Free(..) => free_cell(self.free_truth(*var, &sets)),
            };
        }
        self.group.iter().all(|at| self.is_so(&self.clauses[*at], &model))
    }

    /// Every clause is so in the model: keeps the client if scripts and comparisons come out as they do there.
    fn leaf(&mut self, open: &Open, model: &[(usize, Point)], work: &mut Work) {
        let mut values = self.near.base.to_vec();
        for var in &self.group_vars {
            if let VarKind::Slot(slot, _) = &self.vars[*var] {
                values[slot.index()] = model[*var].1;
            }
        }
        let frees = self.group_vars.iter().any(|var| self.is_free(*var));
        let values = match !frees || self.fits(&values) {
            true => Some(values),
            false => {
                let mut slots: Vec<SlotId> = Vec::new();
                for var in &self.group_vars {
                    if let VarKind::Free(free, ..) = &self.vars[*var] {
                        slots.extend(&free.slots);
                    }
                }
                slots.sort_unstable();
                slots.dedup();
                let sets = self.sets(open);
                let mut fits = |values: &[Point]| work.take(1 + self.group.len() as u64) && self.fits(values);
                (self.near.mend)(Mend { slots: &slots, values, sets: &sets, fits: &mut fits })
            }
        };
        let Some(values) = values else {
            self.unmended = true;
            return;
        };
        let mut facts: Vec<FactId> = Vec::new();
        let mut found = Vec::new();
        for var in &self.group_vars {
            if let VarKind::Slot(slot, _) = &self.vars[*var] {
                found.push((*var, values[slot.index()]));
                if values[slot.index()] != self.near.base[slot.index()] {
                    facts.extend(self.layout[*var].fact);
                }
            }
        }
        facts.sort_unstable();
        facts.dedup();
        let cost = (facts.len(), facts);
        if self.best.as_ref().is_none_or(|(least, _)| cost < *least) {
            self.best = Some((cost, found));
        }
    }
}

fn free_cell(truth: Truth) -> usize {
    match truth {
        Truth::No => FREE_NO,
        Truth::Unknown => FREE_FAILS,
        Truth::Yes => FREE_YES,
    }
}

/// The bits of one word that lie between two cells.
fn mask(from: usize, to: usize, word: usize) -> u64 {
    let bits = |cell: usize| match cell.saturating_sub(word * 64) {
        0 => 0,
        n if n >= 64 => u64::MAX,
        n => (1 << n) - 1,
    };
    bits(to) & !bits(from)
}
