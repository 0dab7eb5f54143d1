//! What it costs to read rules as data: outcome, wait and rules of each client under the shipped rules, against the
//! same rules written by hand in Rust. Both must agree on every client before anything is timed.
//!
//! `--instructions known|open|columns|large|large_open` decides a fixed number of clients once and prints how many, for
//! `.ci/instructions` to count.

mod cases;
mod expressions;
mod hand_written;
#[path = "../tests/large/pages.rs"]
mod pages;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use cases::{CLIENTS, Case, MIXES, Mix, Page};
use clearance::book::Outcome;
use clearance::decide::{Block, Columns, Fired, Rules, Spoken};
use clearance::value::{ONGOING, Point};
use divan::Bencher;
use divan::counter::ItemsCount;
use hand_written::Client;

/// How often each is timed, in turns.
const ROUNDS: usize = 41;
const OPEN: [bool; 2] = [false, true];

static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| MIXES.iter().flat_map(|mix| OPEN.map(|open| Case::new(*mix, open))).collect());

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
fn judge(bencher: Bencher, (mix, open): (Mix, bool)) {
    let case = case(mix, open);
    let rules = case.page.rules();
    let mut fired = Fired::default();
    bencher.counter(ItemsCount::new(CLIENTS)).bench_local(|| judge_all(&rules, &case.values, &mut fired));
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
    bencher.bench_local(|| case.page.rules().judge(black_box(client), &mut Fired::default()));
}

#[inline(never)]
fn judge_all(rules: &Rules<'_>, values: &[Point], fired: &mut Fired) {
    for values in values.chunks_exact(rules.book.facts.slots.len()) {
        black_box(rules.judge(black_box(values), fired));
        black_box(&*fired);
    }
}

#[inline(never)]
fn columns_all(columns: &Columns<'_, '_>, blocks: &[Block], spoken: &mut Spoken) {
    for block in blocks {
        columns.judge(black_box(block), spoken);
        black_box(&*spoken);
    }
}

fn fill_all(values: &[Point], slots: usize, blocks: &mut [Block]) {
    for (clients, block) in values.chunks(64 * slots).zip(blocks) {
        block.clear();
        for (lane, values) in clients.chunks_exact(slots).enumerate() {
            block.put_points(lane, values);
        }
    }
}

fn blocks(columns: &Columns<'_, '_>, values: &[Point], slots: usize) -> Vec<Block> {
    let mut blocks = vec![columns.block(); (values.len() / slots).div_ceil(64)];
    fill_all(values, slots, &mut blocks);
    blocks
}

fn by_hand_all(case: &Case) {
    let visit = case.page.visit.point() as i32;
    for client in &case.clients {
        black_box(hand_written::decide(black_box(client), black_box(visit)));
    }
}

/// Panics at the first client about whom two of the three differ.
fn agree(case: &Case) {
    let rules = case.page.rules();
    let columns = Columns::of(&rules);
    let blocks = blocks(&columns, &case.values, case.page.slots());
    let visit = case.page.visit.point() as i32;
    let (mut fired, mut spoken) = (Fired::default(), Spoken::default());
    let each = case.clients.iter().zip(case.values.chunks_exact(case.page.slots()));
    for (at, (client, values)) in each.enumerate() {
        if at % 64 == 0 {
            columns.judge(&blocks[at / 64], &mut spoken);
        }
        let by_hand = hand_written::decide(client, visit);
        let wait = if by_hand.wait == hand_written::OPEN { ONGOING } else { Point::from(by_hand.wait) };
        let named = |word: u16| {
            let rules = hand_written::RULES.into_iter().enumerate();
            rules.filter(move |(at, _)| word >> at & 1 == 1).map(|(_, id)| id).collect::<Vec<&str>>()
        };
        let by_hand = (by_hand.outcome, wait, named(by_hand.fired), named(by_hand.open));

        let verdict = rules.judge(values, &mut fired).expect("no search is needed");
        let ids = |places: &mut dyn Iterator<Item = u16>| places.map(|at| rules.rule_id(at)).collect();
        let one = (verdict.outcome, verdict.wait, ids(&mut fired.holds()), ids(&mut fired.may_hold()));
        assert_eq!(one, by_hand, "rules as data (left) and by hand (right) differ about {client:?}");

        let lane = at % 64;
        let verdict = spoken.verdict(lane).expect("nothing is handed back");
        let has = |word: u64| word >> lane & 1 == 1;
        let all = 0..hand_written::RULES.len() as u16;
        let holds = ids(&mut all.clone().filter(|at| has(spoken.holds(usize::from(*at)))));
        let may = ids(&mut all.filter(|at| has(spoken.may_hold(usize::from(*at)))));
        let columns = (verdict.outcome, verdict.wait, holds, may);
        assert_eq!(columns, by_hand, "columns (left) and by hand (right) differ about {client:?}");
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
    let [known, open] = OPEN.map(|open| case(mix, open));
    let rules = known.page.rules();
    let columns = Columns::of(&rules);
    let slots = known.page.slots();
    let [known_blocks, open_blocks] = [known, open].map(|case| blocks(&columns, &case.values, slots));
    let mut filled = known_blocks.clone();
    let mut fired = [Fired::default(), Fired::default()];
    let mut spoken = [Spoken::default(), Spoken::default(), Spoken::default()];
    let [fired_known, fired_open] = &mut fired;
    let [spoken_known, spoken_open, spoken_filled] = &mut spoken;
    let [one, one_open, hand, hand_open, block, block_open, with_filling] = times(
        CLIENTS,
        [
            &mut || judge_all(&rules, &known.values, fired_known),
            &mut || judge_all(&rules, &open.values, fired_open),
            &mut || by_hand_all(known),
            &mut || by_hand_all(open),
            &mut || columns_all(&columns, &known_blocks, spoken_known),
            &mut || columns_all(&columns, &open_blocks, spoken_open),
            &mut || {
                fill_all(&known.values, slots, &mut filled);
                columns_all(&columns, &filled, spoken_filled);
            },
        ],
    );
    let name = format!("{mix:?}").to_lowercase();
    println!("\n12 rules, {name} clients, in nanoseconds a client");
    println!("  by hand               {hand:6.1} known  {hand_open:6.1} with a third of the answers open");
    println!("  one at a time         {one:6.1} known  {one_open:6.1} with a third of the answers open");
    println!("  in columns            {block:6.1} known  {block_open:6.1} with a third of the answers open");
    println!("  filled, then columns  {with_filling:6.1} known");
    println!("(a) known, one at a time: {:.2}x by hand (at most 3x)", one / hand);
    println!("(b) known, in columns: {:.2}x by hand (at most 1x)", block / hand);
    println!(
        "(c) a third open: one at a time {:.2}x of known, in columns {:.2}x of known (at most 1.5x); {:.2}x and {:.2}x by hand on the same clients",
        one_open / one,
        block_open / block,
        one_open / hand_open,
        block_open / hand_open,
    );
}

/// What a rule costs on large pages against the shipped one.
fn large() {
    for mix in MIXES {
        let shipped = case(mix, false);
        let pages = [100, 1_000].map(Page::large);
        let values = pages.each_ref().map(|page| page.clients(mix, false, CLIENTS / 10));
        let rules = [shipped.page.rules(), pages[0].rules(), pages[1].rules()];
        let columns = rules.each_ref().map(Columns::of);
        let all = [&shipped.values, &values[0], &values[1]];
        let counts = rules.each_ref().map(|rules| rules.held().count() as f64);
        let in_blocks: Vec<Vec<Block>> =
            (0..3).map(|at| blocks(&columns[at], &all[at][..], rules[at].book.facts.slots.len())).collect();
        let (mut fired, mut spoken) = (Fired::default(), Spoken::default());
        let one = [0, 1, 2].map(|at| {
            let clients = all[at].len() / rules[at].book.facts.slots.len();
            times(clients, [&mut || judge_all(&rules[at], all[at], &mut fired)])[0] / counts[at]
        });
        let block = [0, 1, 2].map(|at| {
            let clients = all[at].len() / rules[at].book.facts.slots.len();
            times(clients, [&mut || columns_all(&columns[at], &in_blocks[at], &mut spoken)])[0] / counts[at]
        });
        let name = format!("{mix:?}").to_lowercase();
        println!("\n(d) a rule for one of the {name} clients, in nanoseconds, with {counts:?} rules");
        println!(
            "  one at a time {:.3}, {:.3}, {:.3}: {:.2}x (at most 2x)",
            one[0],
            one[1],
            one[2],
            one[2] / one[0]
        );
        println!(
            "  in columns    {:.3}, {:.3}, {:.3}: {:.2}x",
            block[0],
            block[1],
            block[2],
            block[2] / block[0]
        );
    }
}

/// What `.ci/instructions` counts, for clients of the eventful mix, who take every path.
fn instructions(what: &str) {
    let mix = Mix::Eventful;
    match what {
        "known" | "open" | "columns" => {
            let case = case(mix, what == "open");
            count(&case.page.rules(), &case.values, what == "columns");
        }
        "large" | "large_open" => {
            let page = Page::large(1_000);
            count(&page.rules(), &page.clients(mix, what == "large_open", CLIENTS / 10), false);
        }
        other => panic!("`{other}` is none of known, open, columns, large, large_open"),
    }
}

fn count(rules: &Rules<'_>, values: &[Point], in_columns: bool) {
    let slots = rules.book.facts.slots.len();
    let columns = Columns::of(rules);
    let (mut fired, mut spoken) = (Fired::default(), Spoken::default());
    // What is made once is made before.
    judge_all(rules, &values[..slots], &mut fired);
    let blocks = blocks(&columns, values, slots);
    columns.judge(&blocks[0], &mut spoken);
    match in_columns {
        true => counted(&mut || columns_all(&columns, &blocks, &mut spoken)),
        false => counted(&mut || judge_all(rules, values, &mut fired)),
    }
    println!("{} clients", values.len() / slots);
}

/// Instructions are counted in here, and nowhere else.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    black_box(work)();
}
