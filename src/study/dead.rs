//! Parts of conditions that say nothing: left out, the condition holds for the same clients on every visit.

use super::find::{Comes, Finder, Found, Of, Open, Wish};
use crate::book::InForce;
use crate::book::condition::{Condition, ConditionKind, SlotId};
use crate::decide::cells::Version;
use crate::span::Span;
use crate::value::{NEVER, ONGOING};

/// A part that can be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    /// Where it stands.
    pub part: Span,
    /// Whether it stands among things that must all hold; else among those of which one is enough.
    pub all: bool,
    /// Whether it comes to the same for everybody, by itself.
    pub alone: bool,
    /// What implies it, or what it implies.
    pub by: Vec<Span>,
}

/// A condition around a part, which must not decide, so that the part does.
struct Around {
    of: Of,
    comes: Comes,
    span: Span,
}

struct Parts<'p, 'a> {
    version: Version<'a>,
    finder: &'p mut Finder<'a>,
    in_force: InForce,
    visits: InForce,
    around: Vec<Around>,
    /// The answers that are compared with days: it is never too much to say what `never` and `ongoing` mean.
    compared: Vec<SlotId>,
    /// What stands beside each part around a part.
    branches: Vec<Vec<Condition>>,
    found: Vec<Result<Dead, Open>>,
}

/// The parts of a condition that can be left out, one at a time. Only parts that stand in its own text count,
/// not those of a derived fact or of `until`.
pub(super) fn parts<'a>(
    version: Version<'a>,
    finder: &mut Finder<'a>,
    condition: &Condition,
    in_force: InForce,
    visits: InForce,
) -> Vec<Result<Dead, Open>> {
    let (around, branches, found) = (Vec::new(), Vec::new(), Vec::new());
    let compared = condition.days_compared();
    let mut parts = Parts { version, finder, in_force, visits, around, compared, branches, found };
    parts.of(condition);
    parts.found
}

impl Parts<'_, '_> {
    /// The condition without its dead parts. Each part is looked at with all those gone that were found dead
    /// before it, so that all of them can be left out at once.
    fn of(&mut self, condition: &Condition) -> Condition {
        let (operands, all) = match &condition.kind {
            ConditionKind::Not(inner) if is_inside(inner.span, condition.span) => {
                let kind = ConditionKind::Not(Box::new(self.of(inner)));
                return Condition { kind, span: condition.span };
            }
            ConditionKind::And(operands) => (operands, true),
            ConditionKind::Or(operands) => (operands, false),
            _ => return condition.clone(),
        };
        let outer = self.around.len();
        let mut left: Vec<(Condition, Of)> =
            operands.iter().map(|one| (one.clone(), self.known(one))).collect();
        let mut at = 0;
        while at < left.len() {
            self.stand_around(outer, &left, at, all);
            let (operand, of) = left[at].clone();
            let beside: Vec<&Condition> = beside(&left, at).map(|(other, _)| other).collect();
            let may_go =
                is_inside(operand.span, condition.span) && !self.is_meant(of, &operand, &beside, all);
            if may_go && self.is_dead(of, &operand, all) {
                left.remove(at);
            } else {
                at += 1;
            }
        }
        for at in 0..left.len() {
            if !is_inside(left[at].0.span, condition.span) {
                continue;
            }
            self.stand_around(outer, &left, at, all);
            let found = self.found.len();
            self.branches.push(beside(&left, at).map(|(other, _)| other.clone()).collect());
            let inner = self.of(&left[at].0.clone());
            self.branches.pop();
            if self.found.len() > found {
                left[at] = (inner.clone(), self.known(&inner));
            }
        }
        self.around.truncate(outer);
        let operands = left.into_iter().map(|(operand, _)| operand).collect();
        let kind = if all { ConditionKind::And(operands) } else { ConditionKind::Or(operands) };
        Condition { kind, span: condition.span }
    }

    fn known(&mut self, condition: &Condition) -> Of {
        self.finder.condition(self.version, condition, InForce::default())
    }

    /// Around an operand the others do not decide: those of an `and` hold, those of an `or` do not.
    fn stand_around(&mut self, outer: usize, operands: &[(Condition, Of)], at: usize, all: bool) {
        self.around.truncate(outer);
        let comes = if all { Comes::NotNo } else { Comes::NotYes };
        let others = beside(operands, at).map(|(operand, of)| Around { of: *of, comes, span: operand.span });
        self.around.extend(others);
    }

    /// Whether a part says something as the page is meant, though every client could do without it today: it says
    /// what `never` or `ongoing` means, or it chooses between branches, of which another one is for other answers.
    fn is_meant(&mut self, of: Of, operand: &Condition, beside: &[&Condition], all: bool) -> bool {
        if self.is_guard(operand) {
            return true;
        }
        // Such as for those who never did, apart from those for whom it is too long ago.
        if let (ConditionKind::And(parts), false) = (&operand.kind, all)
            && parts.iter().any(|part| self.is_guard(part))
        {
            return true;
        }
        let facts = &self.version.book.facts;
        let slots = |condition: &Condition| condition.slots(&|fact| facts.slots_of(fact));
        let own = slots(operand);
        let mut choosing: Vec<Condition> = Vec::new();
        for branch in self.branches.iter().flatten() {
            let parts = parts_of(branch);
            let others = parts.iter().filter(|part| slots(part) == own);
            choosing.extend(others.filter(|other| !same_parts(beside, &parts, other)).cloned());
        }
        let both_ways = [Comes::NotNo, Comes::NotYes];
        // What is so for everybody, or for nobody, chooses nothing.
        if choosing.is_empty() || both_ways.iter().any(|comes| self.is_nobody(&[Wish::Comes(of, *comes)])) {
            return false;
        }
        choosing.iter().any(|other| {
            let other = self.known(other);
            both_ways
                .iter()
                .any(|comes| self.is_nobody(&[Wish::Comes(of, *comes), Wish::Comes(other, *comes)]))
        })
    }

    fn is_nobody(&mut self, wishes: &[Wish]) -> bool {
        matches!(self.finder.ever(wishes, self.visits, false), Found::Nobody(_))
    }

    /// Whether a part says what `never` or `ongoing` means for a day that is compared.
    fn is_guard(&self, part: &Condition) -> bool {
        match &part.kind {
            ConditionKind::Not(inner) => self.is_guard(inner),
            ConditionKind::Is(slot, NEVER, NEVER) | ConditionKind::Is(slot, ONGOING, ONGOING) => {
                self.compared.contains(slot)
            }
            _ => false,
        }
    }

    fn is_dead(&mut self, of: Of, operand: &Condition, all: bool) -> bool {
        let missed = if all { Comes::NotYes } else { Comes::NotNo };
        let mut wishes = vec![Wish::Comes(of, missed)];
        wishes.extend(self.around.iter().map(|around| Wish::Comes(around.of, around.comes)));
        wishes.push(Wish::During(self.in_force));
        let why = match self.finder.ever(&wishes, self.visits, false) {
            Found::Client(_) | Found::Open(Open::Free) => return false,
            Found::Open(open) => {
                self.found.push(Err(open));
                return false;
            }
            Found::Nobody(why) => why,
        };
        let mut needed: Vec<usize> =
            why.into_iter().filter(|at| (1..=self.around.len()).contains(at)).collect();
        let mut place = 0;
        while place < needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(place);
            let mut left = vec![wishes[0].clone(), Wish::During(self.in_force)];
            left.extend(fewer.iter().map(|at| wishes[*at].clone()));
            match self.finder.ever(&left, self.visits, false) {
                Found::Nobody(_) => needed = fewer,
                _ => place += 1,
            }
        }
        let by = needed.iter().map(|at| self.around[at - 1].span).collect();
        self.found.push(Ok(Dead { part: operand.span, all, alone: needed.is_empty(), by }));
        true
    }
}

/// All operands but the one at a place.
fn beside(operands: &[(Condition, Of)], at: usize) -> impl Iterator<Item = &(Condition, Of)> {
    operands.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, operand)| operand)
}

/// The parts of a branch, which may be the opposite of several.
fn parts_of(branch: &Condition) -> Vec<Condition> {
    match &branch.kind {
        ConditionKind::Not(inner) => parts_of(inner),
        ConditionKind::And(parts) | ConditionKind::Or(parts) => parts.clone(),
        _ => vec![branch.clone()],
    }
}

/// Whether beside one part stands what stands beside another: then nothing hangs on which of the two it is.
fn same_parts(beside: &[&Condition], parts: &[Condition], other: &Condition) -> bool {
    let theirs: Vec<&Condition> = parts.iter().filter(|part| part.span != other.span).collect();
    beside.len() == theirs.len()
        && beside.iter().all(|one| theirs.iter().any(|their| one.says_the_same(their)))
}

/// Whether a part stands in the text of the whole, not in that of a derived fact.
fn is_inside(part: Span, whole: Span) -> bool {
    let (inner, outer) = (part.range(), whole.range());
    part.text == whole.text && outer.start <= inner.start && inner.end <= outer.end && inner != outer
}
