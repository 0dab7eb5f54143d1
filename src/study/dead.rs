//! Parts of conditions that say nothing: left out, the condition holds for the same clients on every visit.

use super::find::{Comes, Finder, Found, Of, Open, Wish};
use crate::book::InForce;
use crate::book::condition::{Condition, ConditionKind};
use crate::decide::cells::Version;
use crate::span::Span;

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
    let (around, found) = (Vec::new(), Vec::new());
    let mut parts = Parts { version, finder, in_force, visits, around, found };
    parts.of(condition);
    parts.found
}

impl Parts<'_, '_> {
    fn of(&mut self, condition: &Condition) {
        let (operands, all) = match &condition.kind {
            ConditionKind::Not(inner) => return self.of(inner),
            ConditionKind::And(operands) => (operands, true),
            ConditionKind::Or(operands) => (operands, false),
            _ => return,
        };
        let outer = self.around.len();
        let known: Vec<Of> = operands
            .iter()
            .map(|operand| self.finder.condition(self.version, operand, InForce::default()))
            .collect();
        // The others of an `and` hold, those of an `or` do not.
        let (comes, missed) = if all { (Comes::NotNo, Comes::NotYes) } else { (Comes::NotYes, Comes::NotNo) };
        let mut gone: Vec<usize> = Vec::new();
        for (at, operand) in operands.iter().enumerate() {
            self.around.truncate(outer);
            for (other, of) in known.iter().enumerate().filter(|(other, _)| *other != at) {
                if !gone.contains(&other) {
                    self.around.push(Around { of: *of, comes, span: operands[other].span });
                }
            }
            let stands_here = is_inside(operand.span, condition.span);
            if stands_here && self.is_dead(known[at], missed, operand, all) {
                gone.push(at);
                continue;
            }
            self.of(operand);
        }
        self.around.truncate(outer);
    }

    fn is_dead(&mut self, of: Of, missed: Comes, operand: &Condition, all: bool) -> bool {
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

/// Whether a part stands in the text of the whole, not in that of a derived fact.
fn is_inside(part: Span, whole: Span) -> bool {
    let (inner, outer) = (part.range(), whole.range());
    part.text == whole.text && outer.start <= inner.start && inner.end <= outer.end && inner != outer
}
