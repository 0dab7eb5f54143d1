//! What it costs to read rules as data: outcome, wait and rules of each client under the shipped rules, against the
//! same rules written by hand in Rust. Both must agree on every client before anything is timed.
//!
//! `--instructions known|open|large|large_open N` decides a fixed number of clients N times after a first time, and
//! prints how many; `.ci/instructions` counts what one time more takes.

mod cases;
mod expressions;
mod hand_written;
#[path = "../tests/library/large/pages.rs"]
mod pages;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use cases::{CLIENTS, Case, MIXES, Mix, OPEN, Page};
use clearance::inside::book::Outcome;
use clearance::inside::book::condition::{FactId, SlotId};
use clearance::inside::decide::{Answers, Boxes, Engine};
use clearance::inside::value::{ONGOING, Point, Points};
use divan::Bencher;
use divan::counter::ItemsCount;
use hand_written::Client;

/// How often each is timed, in turns.
const ROUNDS: usize = 41;
const OPEN_OR_NOT: [bool; 2] = [false, true];

static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| MIXES.iter().flat_map(|mix| OPEN_OR_NOT.map(|open| Case::new(*mix, open))).collect());

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--instructions").skip(1);
    if let (Some(what), Some(times)) = (arguments.next(), arguments.next()) {
        return instructions(&what, times.parse().expect("how often"));
    }
    assert_eq!(hand_written::decide(&Client::UNKNOWN, 0).outcome, Outcome::MoreInformation);
    CASES.iter().for_each(agree);
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
    let (mut engine, answers) = (case.page.engine(), answers(&case.page, &case.values));
    bencher.counter(ItemsCount::new(CLIENTS)).bench_local(|| decide_all(&mut engine, &answers));
}

#[divan::bench]
fn an_engine_and_its_first_client(bencher: Bencher) {
    let case = case(Mix::Ordinary, false);
    let client = answers(&case.page, &case.values[..case.page.slots()]);
    bencher.bench_local(|| decide_all(&mut case.page.engine(), &client));
}

/// Clients of whom `values` has a point or [`OPEN`] for every slot.
fn answers(page: &Page, values: &[Point]) -> Vec<Answers> {
    let facts = &page.book.facts;
    let one = |values: &[Point]| {
        let answers = Answers::known("", page.visit, values, facts);
        let open = |slot: &SlotId| values[slot.index()] == OPEN;
        let asked = (0..facts.facts.len()).map(|at| FactId(at as u16));
        let partly = asked.filter(|fact| facts.get(*fact).slots().any(|slot| open(&slot)));
        let given = partly.map(|fact| {
            let each = facts.get(fact).slots().map(|slot| match open(&slot) {
                true => facts.domain(slot, page.visit),
                false => Points::one(values[slot.index()]),
            });
            (fact, Boxes::from_elem(each.collect(), 1))
        });
        answers.with(&given.collect::<Vec<_>>(), page.visit, facts)
    };
    values.chunks_exact(page.slots()).map(one).collect()
}

#[inline(never)]
fn decide_all(engine: &mut Engine<'_>, clients: &[Answers]) {
    for answers in clients {
        black_box(engine.possible(black_box(answers)));
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
    let mut engine = case.page.engine();
    let rules = &case.page.book.treatments[0].rules;
    let visit = case.page.visit.point() as i32;
    for (client, answers) in case.clients.iter().zip(answers(&case.page, &case.values)) {
        let by_hand = hand_written::decide(client, visit);
        let wait = if by_hand.wait == hand_written::OPEN { ONGOING } else { Point::from(by_hand.wait) };
        let named = |word: u16| {
            let rules = hand_written::RULES.into_iter().enumerate();
            rules.filter(move |(at, _)| word >> at & 1 == 1).map(|(_, id)| id).collect::<Vec<&str>>()
        };
        let by_hand = (by_hand.outcome, wait, named(by_hand.fired), named(by_hand.open));

        let brief = engine.possible(&answers);
        let names = |places: &[u16]| {
            let mut places = places.to_vec();
            places.sort_unstable();
            places.iter().map(|place| rules[usize::from(*place)].id.as_str()).collect()
        };
        let one = (brief.outcome, brief.earliest, names(&brief.hold), names(&brief.may_hold));
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
    let [known_answers, open_answers] = [known, open].map(|case| answers(&case.page, &case.values));
    let (mut engine, mut other) = (known.page.engine(), open.page.engine());
    let [one, one_open, hand, hand_open] = times(
        CLIENTS,
        [
            &mut || decide_all(&mut engine, &known_answers),
            &mut || decide_all(&mut other, &open_answers),
            &mut || by_hand_all(known),
            &mut || by_hand_all(open),
        ],
    );
    let name = format!("{mix:?}").to_lowercase();
    println!("\n12 rules, {name} clients, in nanoseconds a client");
    println!("  by hand        {hand:8.1} known  {hand_open:8.1} with a third of the answers open");
    println!("  one at a time  {one:8.1} known  {one_open:8.1} with a third of the answers open");
    println!("(a) known: {:.2}x by hand (at most 5x)", one / hand);
    println!(
        "(b) a third open: {:.2}x of known; {:.2}x by hand on the same clients",
        one_open / one,
        one_open / hand_open
    );
}

/// What a rule costs on large pages against the shipped one, and where a hundred rules read one answer.
fn large() {
    for mix in MIXES {
        let shipped = case(mix, false);
        let pages = [Page::large(100), Page::large(1_000), Page::of_one_answer(100)];
        let values = pages.each_ref().map(|page| page.clients(mix, false, CLIENTS / 10));
        let each = [&shipped.page, &pages[0], &pages[1], &pages[2]];
        let all = [&shipped.values, &values[0], &values[1], &values[2]];
        let costs = [0, 1, 2, 3].map(|at| {
            let clients = answers(each[at], all[at]);
            let mut engine = each[at].engine();
            let rules = each[at].book.treatments[0].rules.len() as f64;
            times(clients.len(), [&mut || decide_all(&mut engine, &clients)])[0] / rules
        });
        let name = format!("{mix:?}").to_lowercase();
        let [one, hundred, thousand, together] = costs;
        println!("\n(c) a rule for one of the {name} clients, in nanoseconds: {one:.3} of 12 rules");
        println!("  {hundred:.3} of 100, {thousand:.3} of 1,000: {:.2}x", thousand / one);
        println!("  {together:.3} of 100 that all read one answer: {:.2}x (at most 3x)", together / one);
    }
}

/// What `.ci/instructions` counts, for clients of the eventful mix, who take every path.
fn instructions(what: &str, times: usize) {
    let mix = Mix::Eventful;
    match what {
        "known" | "open" => {
            let case = case(mix, what == "open");
            count(&case.page, &case.values, times);
        }
        "large" | "large_open" => {
            let page = Page::large(1_000);
            count(&page, &page.clients(mix, what == "large_open", CLIENTS / 100), times);
        }
        other => panic!("`{other}` is none of known, open, large, large_open"),
    }
}

fn count(page: &Page, values: &[Point], times: usize) {
    let (mut engine, clients) = (page.engine(), answers(page, values));
    // What is remembered of these clients is remembered before.
    decide_all(&mut engine, &clients);
    (0..times).for_each(|_| decide_all(&mut engine, &clients));
    println!("{} clients", clients.len());
}
