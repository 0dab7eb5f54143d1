//! What it costs to read rules as data: outcome, wait and rules of each client under the shipped rules, against the
//! same rules written by hand in Rust. Both must agree on every client before anything is timed.
//!
//! `--instructions known|open|large|large_open` decides a fixed number of clients once and prints how many, for
//! `.ci/instructions` to count.

mod cases;
mod expressions;
mod hand_written;
#[path = "../tests/large/pages.rs"]
mod pages;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use cases::{CLIENTS, Case, MIXES, Mix, OPEN, Page};
use clearance::book::Outcome;
use clearance::book::condition::{FactId, SlotId};
use clearance::decide::{self, Answers, Boxes, Rules, Solution};
use clearance::value::{ONGOING, Point, Points, Truth};
use divan::Bencher;
use divan::counter::ItemsCount;
use hand_written::Client;

/// How often each is timed, in turns.
const ROUNDS: usize = 11;
const OPEN_OR_NOT: [bool; 2] = [false, true];

static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| MIXES.iter().flat_map(|mix| OPEN_OR_NOT.map(|open| Case::new(*mix, open))).collect());

fn main() {
    assert_eq!(hand_written::decide(&Client::UNKNOWN, 0).outcome, Outcome::MoreInformation);
    CASES.iter().for_each(agree);
    let mut arguments = std::env::args().skip_while(|argument| argument != "--instructions").skip(1);
    if let Some(what) = arguments.next() {
        return instructions(&what);
    }
    divan::main();
    if std::env::args().any(|argument| argument == "--bench") {
        MIXES.iter().for_each(|mix| compare(*mix));
        large();
        expressions::print();
    }
}

fn case(mix: Mix, open: bool) -> &'static Case {
    &CASES[mix as usize * 2 + usize::from(open)]
}

#[divan::bench(args = [(Mix::Ordinary, false), (Mix::Ordinary, true), (Mix::Eventful, false), (Mix::Eventful, true)])]
fn one_at_a_time(bencher: Bencher, (mix, open): (Mix, bool)) {
    let case = case(mix, open);
    let rules = case.page.rules();
    bencher.counter(ItemsCount::new(CLIENTS)).bench_local(|| decide_all(&rules, &case.values));
}

#[divan::bench]
fn rules_on_a_day(bencher: Bencher) {
    let page = &case(Mix::Ordinary, false).page;
    bencher.bench_local(|| black_box(page.rules()));
}

#[divan::bench]
fn rules_on_a_day_and_first_client(bencher: Bencher) {
    let case = case(Mix::Ordinary, false);
    let client = &case.values[..case.page.slots()];
    bencher.bench_local(|| decided(&case.page.rules(), black_box(client)));
}

/// Decides one client, of whom `values` has a point or [`OPEN`] for every slot.
fn decided(rules: &Rules<'_>, values: &[Point]) -> Solution {
    let facts = &rules.book.facts;
    let answers = Answers::known("", rules.visit, values, facts);
    let open = |slot: &SlotId| values[slot.index()] == OPEN;
    let asked = (0..facts.facts.len()).map(|at| FactId(at as u16));
    let partly = asked.filter(|fact| facts.get(*fact).slots().any(|slot| open(&slot)));
    let given: Vec<(FactId, Boxes)> = partly
        .map(|fact| {
            let each = facts.get(fact).slots().map(|slot| match open(&slot) {
                true => facts.domain(slot, rules.visit),
                false => Points::one(values[slot.index()]),
            });
            (fact, vec![each.collect()])
        })
        .collect();
    match given.is_empty() {
        true => decide::possible(rules, &answers),
        false => decide::possible(rules, &answers.with(&given, rules.visit, facts)),
    }
}

#[inline(never)]
fn decide_all(rules: &Rules<'_>, values: &[Point]) {
    for values in values.chunks_exact(rules.book.facts.slots.len()) {
        black_box(decided(rules, black_box(values)));
    }
}

fn by_hand_all(case: &Case) {
    let visit = case.page.visit.point() as i32;
    for client in &case.clients {
        black_box(hand_written::decide(black_box(client), black_box(visit)));
    }
}

/// Panics at the first client about whom the two differ.
fn agree(case: &Case) {
    let rules = case.page.rules();
    let visit = case.page.visit.point() as i32;
    for (client, values) in case.clients.iter().zip(case.values.chunks_exact(case.page.slots())) {
        let by_hand = hand_written::decide(client, visit);
        let wait = if by_hand.wait == hand_written::OPEN { ONGOING } else { Point::from(by_hand.wait) };
        let named = |word: u16| {
            let rules = hand_written::RULES.into_iter().enumerate();
            rules.filter(move |(at, _)| word >> at & 1 == 1).map(|(_, id)| id).collect::<Vec<&str>>()
        };
        let by_hand = (by_hand.outcome, wait, named(by_hand.fired), named(by_hand.open));

        let solution = decided(&rules, values);
        let that_are = |wanted: Truth| {
            let truths = (0..).zip(&solution.truths).filter(move |(_, truth)| **truth == wanted);
            truths.map(|(at, _)| rules.rule_id(at)).collect()
        };
        let (holds, may) = (that_are(Truth::Yes), that_are(Truth::Unknown));
        let one = (solution.headline(), solution.earliest, holds, may);
        assert_eq!(one, by_hand, "rules as data (left) and by hand (right) differ about {client:?}");
    }
}

/// The times of some pieces of work, in nanoseconds for each of so many clients: all in turns, so that whatever else
/// the machine does hits each; for each the middle of its rounds.
fn times<const N: usize>(clients: usize, mut work: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut rounds: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (work, times) in work.iter_mut().zip(&mut rounds) {
            let start = Instant::now();
            work();
            times.push(start.elapsed().as_nanos() as f64 / clients as f64);
        }
    }
    rounds.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}

fn compare(mix: Mix) {
    let [known, open] = OPEN_OR_NOT.map(|open| case(mix, open));
    let rules = known.page.rules();
    let [one, one_open, hand, hand_open] = times(
        CLIENTS,
        [
            &mut || decide_all(&rules, &known.values),
            &mut || decide_all(&rules, &open.values),
            &mut || by_hand_all(known),
            &mut || by_hand_all(open),
        ],
    );
    let name = format!("{mix:?}").to_lowercase();
    println!("\n12 rules, {name} clients, in nanoseconds a client");
    println!("  by hand        {hand:8.1} known  {hand_open:8.1} with a third of the answers open");
    println!("  one at a time  {one:8.1} known  {one_open:8.1} with a third of the answers open");
    println!("(a) known: {:.2}x by hand", one / hand);
    println!(
        "(b) a third open: {:.2}x of known; {:.2}x by hand on the same clients",
        one_open / one,
        one_open / hand_open
    );
}

/// What a rule costs on large pages against the shipped one.
fn large() {
    for mix in MIXES {
        let shipped = case(mix, false);
        let pages = [100, 1_000].map(Page::large);
        let values = pages.each_ref().map(|page| page.clients(mix, false, CLIENTS / 10));
        let rules = [shipped.page.rules(), pages[0].rules(), pages[1].rules()];
        let all = [&shipped.values, &values[0], &values[1]];
        let counts = rules.each_ref().map(|rules| rules.held().count() as f64);
        let [one, hundred, thousand] = [0, 1, 2].map(|at| {
            let clients = all[at].len() / rules[at].book.facts.slots.len();
            times(clients, [&mut || decide_all(&rules[at], all[at])])[0] / counts[at]
        });
        let name = format!("{mix:?}").to_lowercase();
        println!("\n(c) a rule for one of the {name} clients, in nanoseconds, with {counts:?} rules");
        println!("  {one:.3}, {hundred:.3}, {thousand:.3}: {:.2}x (at most 2x)", thousand / one);
    }
}

/// What `.ci/instructions` counts, for clients of the eventful mix, who take every path.
fn instructions(what: &str) {
    let mix = Mix::Eventful;
    match what {
        "known" | "open" => {
            let case = case(mix, what == "open");
            count(&case.page.rules(), &case.values);
        }
        "large" | "large_open" => {
            let page = Page::large(1_000);
            count(&page.rules(), &page.clients(mix, what == "large_open", CLIENTS / 10));
        }
        other => panic!("`{other}` is none of known, open, large, large_open"),
    }
}

fn count(rules: &Rules<'_>, values: &[Point]) {
    let slots = rules.book.facts.slots.len();
    // What is made once is made before.
    decide_all(rules, &values[..slots]);
    counted(&mut || decide_all(rules, values));
    println!("{} clients", values.len() / slots);
}

/// Instructions are counted in here, and nowhere else.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    black_box(work)();
}
