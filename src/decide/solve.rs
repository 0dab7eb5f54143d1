//! Looks for a client of whom several things are wanted on one day, or shows that there is none.
//!
//! The search starts from a base client and mends what is not as wanted, one wish after the other, so that it
//! never goes through the combinations of answers that do not matter; wishes that share no fact are solved
//! apart. Comparisons of two answers and scripts are variables of their own: without a client for all
//! that they could come to there is none, and a client is tried before it is given out.

use super::cells::Asked;
use super::forms::{Cells, FREE_CELLS, FREE_FAILS, Form, Forms, VarKind};
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::Facts;
use crate::value::{Day, Point, Points, Truth};

/// What a condition is to come to. A script in it can fail, and then it is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It does not hold, or a script fails.
    NotYes,
    /// It holds, or a script fails.
    NotNo,
    /// A script fails.
    Fails,
}

impl Comes {
    /// What the opposite of a condition comes to.
    pub fn of_the_opposite(self) -> Comes {
        match self {
            Comes::Yes => Comes::No,
            Comes::No => Comes::Yes,
            Comes::NotYes => Comes::NotNo,
            Comes::NotNo => Comes::NotYes,
            Comes::Fails => Comes::Fails,
        }
    }

    /// Whether a condition that comes to `truth` for a fully known client comes so.
    pub fn is(self, truth: Truth) -> bool {
        match self {
            Comes::Yes => truth == Truth::Yes,
            Comes::No => truth == Truth::No,
            Comes::NotYes => truth != Truth::Yes,
            Comes::NotNo => truth != Truth::No,
            Comes::Fails => truth == Truth::Unknown,
        }
    }
}

/// What is wanted of a client on one day.
#[derive(Clone)]
pub enum Wish<'b> {
    /// The condition comes to this.
    Comes(std::rc::Rc<Asked<'b>>, Comes),
    /// All of these; everyone, if there are none.
    All(Vec<Wish<'b>>),
    /// At least one of these; nobody, if there are none.
    Any(Vec<Wish<'b>>),
    /// The wish, whatever is answered at these slots.
    Whatever(Vec<SlotId>, Box<Wish<'b>>),
}

impl<'b> Wish<'b> {
    /// Whether it is so for a fully known client. `Whatever` looks at all answers at once, and may say no
    /// where going through them would say yes.
    pub fn is(&self, values: &[Point], facts: &Facts, visit: Day) -> bool {
        match self {
            Wish::Comes(asked, comes) => comes.is(asked.known(values)),
            Wish::All(parts) => parts.iter().all(|part| part.is(values, facts, visit)),
            Wish::Any(parts) => parts.iter().any(|part| part.is(values, facts, visit)),
            Wish::Whatever(slots, inner) => {
                let mut sets: Vec<Points> = values.iter().map(|value| Points::one(*value)).collect();
                for slot in slots {
                    sets[slot.index()] = facts.domain(*slot, visit);
                }
                inner.surely(&sets)
            }
        }
    }

    /// Whether it is surely so for every choice from `sets`.
    fn surely(&self, sets: &[Points]) -> bool {
        match self {
            Wish::Comes(asked, comes) => match asked.truth(sets) {
                Truth::Unknown => false,
                truth => comes.is(truth),
            },
            Wish::All(parts) => parts.iter().all(|part| part.surely(sets)),
            Wish::Any(parts) => parts.iter().any(|part| part.surely(sets)),
            Wish::Whatever(..) => false,
        }
    }

    /// Calls `see` for every condition in it.
    pub fn walk<'w>(&'w self, see: &mut dyn FnMut(&'w Asked<'b>)) {
        match self {
            Wish::Comes(asked, _) => see(asked),
            Wish::All(parts) | Wish::Any(parts) => parts.iter().for_each(|part| part.walk(see)),
            Wish::Whatever(_, inner) => inner.walk(see),
        }
    }

    /// Whether splitting decides all of it.
    pub fn is_split(&self) -> bool {
        let mut split = true;
        self.walk(&mut |asked| split &= asked.is_split());
        split
    }
}

/// How much may still be looked at. One unit is one look at one wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work(pub u64);

impl Work {
    fn take(&mut self, units: u64) -> bool {
        self.0 = self.0.saturating_sub(units);
        self.0 > 0
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Solved {
    /// A point for every slot.
    Values(Vec<Point>),
    /// There is no such client.
    Nobody,
    /// Every client that was tried differs from what comparisons of answers and scripts would have to
    /// come to.
    Free,
    /// It took too long.
    Budget,
}

/// Where to search from, and which points to prefer.
pub struct Near<'n> {
    /// The questions.
    pub facts: &'n Facts,
    /// The day.
    pub visit: Day,
    /// A possible client of that day.
    pub base: &'n [Point],
    /// The point of a set, which is not empty, that an example client gets.
    pub point: &'n dyn Fn(SlotId, &Points) -> Point,
    /// Whether the client is to be the nearest; else any will do.
    pub nearest: bool,
    /// Looks for other values within the sets that fit, where scripts and comparisons of answers did not come
    /// out as wanted. The slots are those that they read.
    pub mend: &'n dyn Fn(Mend<'_>) -> Option<Vec<Point>>,
}

/// Values that do not fit yet.
pub struct Mend<'m> {
    /// The slots that scripts and comparisons of answers read.
    pub slots: &'m [SlotId],
    /// A point for every slot.
    pub values: Vec<Point>,
    /// The points that each slot may have.
    pub sets: &'m [Points],
    /// Whether values fit.
    pub fits: &'m mut dyn FnMut(&[Point]) -> bool,
}

/// A client for whom all wishes are so.
pub fn solve(wishes: &[&Wish<'_>], near: &Near<'_>, work: &mut Work) -> Solved {
    let mut forms = Forms::new(near.facts, near.visit, wishes);
    let mut clauses: Vec<Form> = Vec::new();
    for wish in wishes {
        match forms.form(wish) {
            Form::All(parts) => clauses.extend(parts),
            form => clauses.push(form),
        }
    }
    if forms.too_large {
        return Solved::Budget;
    }
    let mut problem = Problem::new(&forms, near, clauses);
    let mut start = problem.whole.clone();
    let all: Vec<usize> = (0..problem.clauses.len()).collect();
    if !problem.propagate(&mut start, all, work) {
        return if work.0 == 0 { Solved::Budget } else { Solved::Nobody };
    }
    let mut values = near.base.to_vec();
    let (mut free, mut exhausted) = (false, false);
    for group in problem.groups() {
        problem.begin(group);
        problem.search(&start, work);
        match problem.best.take() {
            Some((_, found)) => {
                for (var, point) in found {
                    if let VarKind::Slot(slot, _) = &problem.vars[var] {
                        values[slot.index()] = point;
                    }
                }
            }
            None if problem.unmended => free = true,
            None if work.0 == 0 || problem.stopped => exhausted = true,
            None => return Solved::Nobody,
        }
    }
    match (exhausted, free) {
        (true, _) => Solved::Budget,
        (_, true) => Solved::Free,
        _ => Solved::Values(values),
    }
}

/// Which cells of each variable are still open, one bit each.
type Open = Vec<u64>;

struct Var {
    at: usize,
    words: usize,
    cells: usize,
    /// The cell of the base client.
    base: usize,
    fact: Option<FactId>,
}

struct Problem<'p, 'w> {
    vars: &'p [VarKind<'w>],
    near: &'p Near<'p>,
    layout: Vec<Var>,
    whole: Open,
    clauses: Vec<Form>,
    /// The clauses that read a variable.
    readers: Vec<Vec<usize>>,
    /// The clauses that are being solved, with their variables.
    group: Vec<usize>,
    group_vars: Vec<usize>,
    best: Option<(Cost, Vec<(usize, Point)>)>,
    /// What may still be spent on a nearer client, once there is one.
    extra: u64,
    unmended: bool,
    stopped: bool,
}

/// The facts that differ from the base: how many, and which.
type Cost = (usize, Vec<FactId>);

/// How much is spent on looking for a nearer client.
const EXTRA: u64 = 20_000;

impl<'p, 'w> Problem<'p, 'w> {
    fn new(forms: &'p Forms<'w>, near: &'p Near<'p>, clauses: Vec<Form>) -> Problem<'p, 'w> {
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
    fn propagate(&self, open: &mut Open, mut queue: Vec<usize>, work: &mut Work) -> bool {
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
    fn groups(&self) -> Vec<Vec<usize>> {
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

    fn begin(&mut self, group: Vec<usize>) {
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
    fn search(&mut self, open: &Open, work: &mut Work) {
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
        let mut ways: Vec<Form> = match &self.clauses[broken] {
            Form::Any(parts) => parts.clone(),
            form => vec![form.clone()],
        };
        ways.retain(|part| self.truth(&open, part) != Truth::No);
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
        Truth::No => 0,
        Truth::Unknown => FREE_FAILS,
        Truth::Yes => 2,
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
