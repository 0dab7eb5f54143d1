//! The rules of a day for fully known clients, as one list of ranges in contiguous memory: a rule holds if
//! one of its steps does. The steps say what [`Prop::known`] says.

use super::prop::Prop;
use crate::book::condition::SlotId;
use crate::value::{Point, Points};

/// A rule holds if the slot's point lies between two points, both inside.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) slot: SlotId,
    /// The rule's place.
    pub(super) rule: u16,
    pub(super) low: Point,
    pub(super) high: Point,
}

/// The steps of rules, in the order of the rules, and the places of the rules that have none: those that
/// join different slots by more than an `or`, compare answers with each other or ask a script.
pub(super) fn of<'p>(props: impl Iterator<Item = &'p Prop>) -> (Vec<Step>, Vec<u16>) {
    let (mut steps, mut trees) = (Vec::new(), Vec::new());
    for (rule, prop) in (0..).zip(props) {
        let Some(sets) = any_of(prop) else {
            trees.push(rule);
            continue;
        };
        for (slot, points) in sets {
            let ranges = points.ranges().iter();
            steps.extend(ranges.map(|(low, high)| Step { slot, rule, low: *low, high: *high }));
        }
    }
    (steps, trees)
}

/// Slots of which at least one has a point in its set exactly if the condition holds.
fn any_of(prop: &Prop) -> Option<Vec<(SlotId, Points)>> {
    if prop.has_free() {
        return None;
    }
    match (&prop.slots()[..], prop) {
        ([], _) => points(prop).is_empty().then(Vec::new),
        ([slot], _) => Some(vec![(*slot, points(prop))]),
        (_, Prop::Or(parts)) => {
            Some(parts.iter().map(any_of).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// The points for which a condition about one slot holds.
fn points(prop: &Prop) -> Points {
    let all = Points::range(Point::MIN, Point::MAX);
    match prop {
        Prop::Known(true) => all,
        Prop::Known(false) | Prop::Free(_) => Points::EMPTY,
        Prop::In(_, low, high) => Points::range(*low, *high),
        Prop::Not(inner) => {
            let inner = points(inner);
            let starts = std::iter::once(Some(Point::MIN));
            let starts = starts.chain(inner.ranges().iter().map(|(_, high)| high.checked_add(1)));
            let ends = inner.ranges().iter().map(|(low, _)| low.checked_sub(1));
            let ends = ends.chain(std::iter::once(Some(Point::MAX)));
            Points::of(starts.zip(ends).filter_map(|(start, end)| start.zip(end)))
        }
        Prop::And(parts) => parts.iter().fold(all, |both, part| both.intersect(&points(part))),
        Prop::Or(parts) => parts.iter().fold(Points::EMPTY, |either, part| either.union(&points(part))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decide::prop::Context;
    use crate::source::Folder;
    use crate::value::{Day, Truth};
    use crate::{book, written};

    fn prop(slots: u16) -> impl Strategy<Value = Prop> {
        let range = (0..slots, -3i64..4, -1i64..5)
            .prop_map(|(slot, low, longer)| Prop::In(SlotId(slot), low, low + longer));
        let leaf = prop_oneof![9 => range, 1 => any::<bool>().prop_map(Prop::Known)];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let parts = prop::collection::vec(inner.clone(), 0..5);
            prop_oneof![
                inner.prop_map(|inner| Prop::Not(Box::new(inner))),
                parts.clone().prop_map(Prop::And),
                parts.prop_map(Prop::Or),
            ]
        })
    }

    /// A page, because trees are read with one; the random conditions look at none of it.
    fn page() -> book::Book {
        let mut findings = Vec::new();
        let mut folder = Folder::new();
        let page = b"treatment: T\nrevision: 1\nin_force: {from: 2026-01-01}\n".to_vec();
        folder.add("facts.yaml", b"a: {kind: yes/no, ask: Is it so?}\n".to_vec(), &mut findings);
        folder.add("t.yaml", page, &mut findings);
        folder.add("facts.yaml", b"a: {kind: yes/no, ask: A?}".to_vec(), &mut findings);
        let rules = written::read(&folder, &mut findings);
        book::from_written(&rules, &folder.texts, &mut findings)
    }

    #[test]
    fn steps_say_what_the_trees_say() {
        let book = page();
        let scripts = crate::script::Scripts::none();
        let context = Context {
            facts: &book.facts,
            treatment: &book.treatments[0],
            scripts: &scripts,
            visit: Day::from_point(0),
        };
        let rule = prop_oneof![prop(1), prop(4), prop::collection::vec(prop(1), 1..4).prop_map(Prop::Or)];
        let clients = prop::collection::vec(prop::collection::vec(-5i64..9, 4), 20);
        let config = ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let mut in_steps = 0;
        let run = runner.run(&(rule, clients), |(rule, clients)| {
            let (steps, trees) = of([&rule].into_iter());
            for values in clients.iter().filter(|_| trees.is_empty()) {
                let inside = |step: &Step| (step.low..=step.high).contains(&values[step.slot.index()]);
                let tree = rule.known(values, &context);
                prop_assert_eq!(Truth::from(steps.iter().any(inside)), tree, "{:?} {:?}", rule, values);
            }
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{error}"));
        let mut seen = |rule: Prop| in_steps += usize::from(of([&rule].into_iter()).1.is_empty());
        let inside = |slot| Prop::In(SlotId(slot), 1, 1);
        seen(Prop::Or(vec![inside(0), inside(1)]));
        seen(Prop::And(vec![Prop::Not(Box::new(inside(0))), Prop::In(SlotId(0), 0, 5)]));
        seen(Prop::And(vec![inside(0), inside(1)]));
        assert_eq!(in_steps, 2, "an `or` and one slot have steps, an `and` of two slots has none");
    }
}
