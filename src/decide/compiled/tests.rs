//! What is compiled says what the conditions say, for every completion.

use proptest::prelude::*;

use super::block::{Block, LANES, Layout};
use super::code::Code;
use super::lapse::Lapse;
use super::table::Table;
use super::tree::{self, Tree};
use super::{Fired, OPEN};
use crate::book;
use crate::book::condition::SlotId;
use crate::decide::Rules;
use crate::decide::prop::{Context, Prop};
use crate::diagnostic::Diagnostic;
use crate::source::Folder;
use crate::value::{Day, NEVER, Number, ONGOING, Point, Points, Truth};
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
    let page = "treatment: T\nrevision: 1\nin_force: {from: 2026-01-01}\n";
    read("a: {kind: yes/no, ask: Is it so?}\n", page).0
}

fn read(facts: &str, page: &str) -> (book::Book, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut folder = Folder::new();
    folder.add("facts.yaml", facts.as_bytes().to_vec(), &mut findings);
    folder.add("t.yaml", page.as_bytes().to_vec(), &mut findings);
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    (book, findings)
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
fn a_block_says_of_every_client_what_was_put_in() {
    let far = 1 << 45;
    let domains = vec![
        Points::of([(0, 1)]),
        Points::of([(NEVER, NEVER), (-400, 20_000), (ONGOING, ONGOING)]),
        Points::of([(-far, far)]),
    ];
    let mut block = Block::of(&Layout::of(&std::sync::Arc::new(domains.clone())));
    let near = |point: Point| [point - 1, point, point + 1];
    let answer = |lane: usize, domain: &Points| {
        let ends: Vec<Point> = domain.ranges().iter().flat_map(|(low, high)| [*low, *high]).collect();
        // A middle one in between, and now and then an open one.
        let choices = [&ends[..], &[ends[0] + 1, OPEN]].concat();
        let point = choices[lane * 7 / 3 % choices.len()];
        if point == OPEN || domain.contains(point) { point } else { ends[0] }
    };
    for lane in 0..LANES {
        let values: Vec<Point> = domains.iter().map(|domain| answer(lane, domain)).collect();
        block.put_points(lane, &values);
    }
    for (at, domain) in domains.iter().enumerate() {
        let slot = SlotId(at as u16);
        let ends = domain.ranges().iter().flat_map(|(low, high)| [*low, *high]);
        for cut in ends.flat_map(near) {
            let above = block.from(slot, cut);
            for lane in 0..LANES {
                let point = answer(lane, domain);
                let known = point != OPEN;
                assert_eq!(block.known(slot) >> lane & 1 == 1, known);
                assert_eq!(above >> lane & 1 == 1, known && point >= cut, "{lane} {point} from {cut}");
                assert!(!known || block.column(slot).point(lane) == point, "{lane} {point}");
            }
        }
    }
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

const FACTS: &str = "
d: {kind: date, ask: When was it?}
e: {kind: date, ask: When was the other?}
b: {kind: birth date, ask: When were you born?}
y: {kind: yes/no, ask: Is it so?}
n: {kind: number, ask: How many?, between: [0, 100]}
";

/// Deferrals of which several parts end, with waits and an age that change from a day on.
const SEVERAL: [&str; 13] = [
    "y && (n > 50 || years_between(b, visit) < 18)",
    "y && years_between(b, visit) <= age",
    "y && age > years_between(b, visit)",
    "visit < d + w || visit <= e + days(3)",
    "visit < d + w && years_between(b, visit) < age",
    "not(visit >= d + w) && (n > least || visit < e + months(1))",
    "n > least && (e + w >= visit || y)",
    "not(visit > d + w - days(3) || visit >= e + v)",
    "visit < d + v && not(y && visit > e + w)",
    "(y || visit < d + days(2)) && (not(y) || visit < e + w - weeks(1)) && visit < b + years(60)",
    "visit <= d && visit < latest(e + w, date(\"2026-03-20\"))",
    "visit < latest(d + w, e + weeks(1))",
    "n > least || years_between(b, visit) < 20",
];

fn several() -> book::Book {
    let values = |name: &str, between: &str, values: [&str; 3]| {
        let days = ["2026-01-01", "2026-03-10", "2026-03-12"];
        let each = days.iter().zip(values);
        let values: String = each
            .map(|(day, value)| format!("      {day}:\n        value: {value}\n        basis: Ours\n"))
            .collect();
        format!(
            "  {name}:\n    meaning: M\n    between: [{between}]\n    owner: lead\n    review_by: 2030-01-01\n    \
             values:\n{values}"
        )
    };
    let mut page = String::from("treatment: T\nrevision: 1\nin_force: {from: 2026-01-01}\nparameters:\n");
    page += &values("w", "1 day, 800 days", ["1 month", "5 days", "3 weeks"]);
    page += &values("v", "1 day, 800 days", ["10 days", "2 weeks", "1 year"]);
    page += &values("age", "10, 90", ["18", "21", "19"]);
    page += &values("least", "10, 90", ["50", "70", "30"]);
    page += "deferrals:\n";
    for (at, when) in SEVERAL.iter().enumerate() {
        page += &format!(
            "  r{at}:\n    when: '{when}'\n    cleared_when: it is over\n    because: B\n    basis: Ours\n"
        );
        if at % 4 == 1 {
            page += "    in_force:\n      last_day: 2026-03-16\n";
        }
    }
    let (book, findings) = read(FACTS, &page);
    let wrong = findings.iter().find(|one| one.code.name().contains("kind"));
    assert!(wrong.is_none() && book.treatments[0].rules.len() == SEVERAL.len(), "{wrong:?}");
    book
}

#[test]
fn an_end_worked_out_is_the_end_looked_for() {
    let book = several();
    let scripts = crate::script::Scripts::none();
    let near = |visit: Point| prop_oneof![6 => visit - 45..visit + 10, 1 => Just(NEVER), 1 => Just(ONGOING)];
    let client = (20_514..20_550i64).prop_flat_map(move |visit| {
        let birth =
            (17..23i64, -20..20i64).prop_map(move |(years, days)| visit - years * 365 - years / 4 + days);
        (Just(visit), near(visit), near(visit), birth, 0..2i64, 0..100i64, 0..60i64)
    });
    let config = ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let seen = std::cell::Cell::new([0; SEVERAL.len()]);
    let run = runner.run(&client, |(visit, d, e, b, y, n, floor)| {
        let rules = Rules::on(&book, &book.treatments[0], &scripts, Day::from_point(visit));
        let values = [d, e, b, y, Number::whole(n).point()];
        let value = |slot: SlotId| values[slot.index()];
        for (rule, lapse) in rules.compiled().lapses.iter().enumerate() {
            let Lapse::Parts(periods) = lapse else { continue };
            if rules.rules[rule].prop.known(&values, &rules.context()) != Truth::Yes {
                continue;
            }
            let looked_for = rules.lapse(rule, None, &value);
            let context = || format!("{} on {visit} for {values:?}", rules.rules[rule].rule.id);
            prop_assert_eq!(periods.end(&value, visit), looked_for, "{}", context());
            let floor = visit + floor;
            prop_assert_eq!(
                periods.end(&value, floor).max(floor),
                looked_for.max(floor),
                "{} after {}",
                context(),
                floor
            );
            let mut counted = seen.get();
            counted[rule] += 1;
            seen.set(counted);
        }
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    assert!(seen.get().iter().all(|times| *times > 50), "{:?}", seen.get());
}
