//! What is compiled says what the conditions say, for every completion.

use proptest::prelude::*;

use super::code::Code;
use super::table::Table;
use super::tree::{self, Tree};
use super::{Fired, OPEN};
use crate::book;
use crate::book::condition::SlotId;
use crate::decide::prop::{Context, Prop};
use crate::source::Folder;
use crate::value::{Day, Point, Points, Truth};
use crate::written;

const SLOTS: u16 = 4;
/// The points of every slot: two of them apart from the others.
const DOMAIN: [Point; 6] = [-5, 0, 1, 2, 3, 9];

fn prop(slots: u16) -> impl Strategy<Value = Prop> {
    let range = (0..slots, -6i64..4, -1i64..7)
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

/// A page, because conditions are read with one; the random ones look at none of it.
fn page() -> book::Book {
    let mut findings = Vec::new();
    let mut folder = Folder::new();
    let page = b"treatment: T\nrevision: 1\nin_force: {from: 2026-01-01}\n".to_vec();
    folder.add("facts.yaml", b"a: {kind: yes/no, ask: Is it so?}\n".to_vec(), &mut findings);
    folder.add("t.yaml", page, &mut findings);
    let rules = written::read(&folder, &mut findings);
    book::from_written(&rules, &folder.texts, &mut findings)
}

/// Every client that an open one may turn out to be.
fn completions(values: &[Point]) -> Vec<Vec<Point>> {
    values.iter().fold(vec![Vec::new()], |all, value| {
        let points = if *value == OPEN { &DOMAIN[..] } else { std::slice::from_ref(value) };
        all.iter().flat_map(|one| points.iter().map(move |point| [&one[..], &[*point]].concat())).collect()
    })
}

#[test]
fn what_is_compiled_says_what_every_completion_says() {
    let book = page();
    let scripts = crate::script::Scripts::none();
    let (facts, treatment, visit) = (&book.facts, &book.treatments[0], Day::from_point(0));
    let context = Context { facts, treatment, scripts: &scripts, visit };
    let domain = Points::of(DOMAIN.map(|point| (point, point)));
    let domains = vec![domain; usize::from(SLOTS)];
    // As on pages: several conditions at once, each about one answer or any of a few.
    let inside = (0..SLOTS, -6i64..4, 0i64..5)
        .prop_map(|(slot, low, longer)| Prop::In(SlotId(slot), low, low + longer));
    let any = prop_oneof![inside.clone(), prop::collection::vec(inside, 2..4).prop_map(Prop::Or)];
    let usual = prop::collection::vec(any, 2..4).prop_map(Prop::And);
    let rules = prop::collection::vec(prop_oneof![prop(1), prop(SLOTS), usual], 1..5);
    let answer = prop_oneof![2 => prop::sample::select(&DOMAIN[..]), 1 => Just(OPEN)];
    let clients = prop::collection::vec(prop::collection::vec(answer, usize::from(SLOTS)), 8);
    let config = ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let seen = std::cell::Cell::new([0; 4]);
    let run = runner.run(&(rules, clients), |(props, clients)| {
        let (trees, cells) = tree::trees(&props.iter().collect::<Vec<_>>(), &domains);
        let (table, code) = (Table::of(&trees, &cells), Code::of(&trees, &cells));
        for values in &clients {
            let mut fired = Fired::default();
            table.look(values, &mut fired.words);
            let completions = completions(values);
            for (at, prop) in props.iter().enumerate() {
                let has = |of: usize| u8::from(fired.words[0][of] >> at & 1 == 1) << of;
                let mut bits = has(0) | has(1) | has(2);
                let in_code = table.trees[0] >> at & 1 == 1;
                if in_code && bits != 0 {
                    let Some(asked) = code.rule(at, values, &context) else { continue };
                    bits = asked;
                }
                let truths = completions.iter().map(|one| prop.known(one, &context));
                let yes = truths.filter(|truth| *truth == Truth::Yes).count();
                let context = || format!("{prop:?} {:?} {values:?}", trees[at]);
                let mut counted = seen.get();
                match bits & 3 {
                    0 => prop_assert_eq!(yes, 0, "{}", context()),
                    3 => prop_assert_eq!(yes, completions.len(), "{}", context()),
                    // Not certain: unless it holds even at the quiet points, it is open indeed.
                    _ if bits & 4 == 0 => {
                        prop_assert!(yes != 0 && yes != completions.len(), "{}", context());
                        counted[2] += 1;
                    }
                    _ => counted[3] += 1,
                }
                counted[usize::from(in_code)] += 1;
                seen.set(counted);
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    let [in_table, in_code, open, left] = seen.get();
    assert!(in_table > 10_000 && in_code > 10_000 && open > 10_000 && left > 100, "{:?}", seen.get());
}

#[test]
fn a_list_of_sets_needs_no_code() {
    let domains = vec![Points::range(0, 9); 2];
    let inside = |slot| Prop::In(SlotId(slot), 1, 1);
    let list = |prop: Prop| {
        let (trees, _) = tree::trees(&[&prop], &domains);
        trees.iter().all(Tree::is_any_of_sets)
    };
    assert!(list(Prop::Or(vec![inside(0), inside(1)])));
    assert!(list(Prop::And(vec![Prop::Not(Box::new(inside(0))), Prop::In(SlotId(0), 0, 5)])));
    assert!(list(Prop::And(vec![inside(0), Prop::Not(Box::new(inside(0)))])));
    assert!(!list(Prop::And(vec![inside(0), inside(1)])));
}
