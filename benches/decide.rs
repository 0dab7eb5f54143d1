//! What it costs to read the shipped rules as data: outcome, wait and fired rules of one fully known client,
//! against the same rules written by hand in Rust. Both must agree on every client before anything is timed.

mod hand_written;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use clearance::book::{self, Book, Outcome, Treatment};
use clearance::decide::Rules;
use clearance::script::Scripts;
use clearance::source::Folder;
use clearance::value::{Day, NEVER, NO, ONGOING, Point, YES};
use clearance::written;
use divan::Bencher;
use divan::counter::ItemsCount;
use hand_written::{Client, Last, Tri};

const CLIENTS: usize = 10_000;
/// How often both are timed, in turns.
const ROUNDS: usize = 41;

/// Which clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mix {
    /// A yes is rare and most dates are never.
    Ordinary,
    /// Half of all dates are days, most of them recent or at a boundary: few branches can be foreseen.
    Eventful,
}

const MIXES: [Mix; 2] = [Mix::Ordinary, Mix::Eventful];

static CASES: LazyLock<[Case; 2]> = LazyLock::new(|| MIXES.map(Case::new));

fn main() {
    CASES.iter().for_each(agree);
    assert_eq!(hand_written::decide(&Client::UNKNOWN, 0).outcome, Outcome::MoreInformation);
    divan::main();
    if std::env::args().any(|argument| argument == "--bench") {
        CASES.iter().for_each(compare);
    }
}

#[divan::bench(args = MIXES)]
fn judge(bencher: Bencher, mix: Mix) {
    let case = &CASES[mix as usize];
    let rules = case.rules();
    let mut fired = Vec::new();
    bencher.counter(ItemsCount::new(CLIENTS)).bench_local(|| judge_all(&rules, case, &mut fired));
}

#[divan::bench(args = MIXES)]
fn by_hand(bencher: Bencher, mix: Mix) {
    let case = &CASES[mix as usize];
    bencher.counter(ItemsCount::new(CLIENTS)).bench_local(|| by_hand_all(case));
}

#[divan::bench]
fn rules_on_a_day(bencher: Bencher) {
    let case = &CASES[0];
    bencher.bench_local(|| {
        Rules::on(&case.book, black_box(case.treatment()), &case.scripts, case.visit);
    });
}

/// The shipped rules, a day and clients in both forms.
struct Case {
    mix: Mix,
    book: Book,
    scripts: Scripts,
    visit: Day,
    /// How many slots a client has.
    slots: usize,
    /// The points of every client, one client after the other.
    values: Vec<Point>,
    clients: Vec<Client>,
}

impl Case {
    fn new(mix: Mix) -> Case {
        let book = shipped();
        let visit = Day::parse("2026-03-02").expect("a day");
        let slots = book.facts.slots.len();
        let mut draw = Draw { state: 0x9E37_79B9_7F4A_7C15, mix };
        let mut values = Vec::with_capacity(CLIENTS * slots);
        let mut clients = Vec::with_capacity(CLIENTS);
        for _ in 0..CLIENTS {
            let client = draw.client(visit.point() as i32);
            values.extend(points(&book, &client));
            clients.push(client);
        }
        Case { mix, book, scripts: Scripts::none(), visit, slots, values, clients }
    }

    fn treatment(&self) -> &Treatment {
        self.book.treatment("microneedling").expect("microneedling ships")
    }

    fn rules(&self) -> Rules<'_> {
        Rules::on(&self.book, self.treatment(), &self.scripts, self.visit)
    }
}

/// The book of the folder `rules`.
fn shipped() -> Book {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut findings = Vec::new();
    let mut folder = Folder::new();
    for under in ["", "microneedling"] {
        for entry in fs::read_dir(root.join(under)).expect("the shipped rules") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.strip_prefix(&root).expect("a file beneath").to_str().expect("plain names");
                let name = name.replace('\\', "/");
                folder.add(&name, fs::read(&path).expect("a file"), &mut findings);
            }
        }
    }
    let rules = written::read(&folder, &mut findings);
    book::from_written(&rules, &folder.texts, &mut findings)
}

/// A client's point in every slot.
fn points(book: &Book, client: &Client) -> Vec<Point> {
    let tri = |answer: Tri| match answer {
        Tri::Yes => YES,
        Tri::No => NO,
        Tri::Unknown => panic!("an unknown answer"),
    };
    let last = |answer: Last| match answer {
        Last::Never => NEVER,
        Last::On(day) => Point::from(day),
        Last::Ongoing => ONGOING,
        Last::Unknown => panic!("an unknown answer"),
    };
    let names =
        (0..book.facts.slots.len()).map(|at| book.facts.slot_name(book::condition::SlotId(at as u16)));
    names
        .map(|name| match name.as_str() {
            "pregnant" => tri(client.pregnant),
            "skin_diseases.psoriasis" => tri(client.psoriasis),
            "skin_diseases.eczema" => tri(client.eczema),
            "skin_diseases.unlisted" => tri(client.unlisted_skin_disease),
            "open_wounds" => tri(client.open_wounds),
            "keloid_history" => tri(client.keloid_history),
            "goals.unlisted" => tri(client.unlisted_goal),
            "last_radiation_on" => last(client.radiation),
            "acne_medications.isotretinoin" => last(client.isotretinoin),
            "acne_medications.tretinoin" => last(client.tretinoin),
            "acne_medications.adapalene" => last(client.adapalene),
            "acne_medications.benzoyl_peroxide" => last(client.benzoyl_peroxide),
            "acne_medications.unlisted" => last(client.unlisted_acne_medicine),
            "last_session.microneedling" => last(client.last_session),
            // No rule reads the other goals, the area and the allergy.
            _ => NO,
        })
        .collect()
}

/// Pseudo-random clients, the same in every run (xorshift64*).
struct Draw {
    state: u64,
    mix: Mix,
}

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn tri(&mut self) -> Tri {
        let one_in = if self.mix == Mix::Ordinary { 200 } else { 20 };
        if self.below(one_in) == 0 { Tri::Yes } else { Tri::No }
    }

    /// Mostly never; else some ongoing, some any time ago, the others within two days of the boundary.
    fn last(&mut self, visit: i32, boundary: i32) -> Last {
        let drawn = if self.mix == Mix::Ordinary { 200 } else { 20 };
        match self.below(drawn) {
            0 => Last::Ongoing,
            1..6 => Last::On(visit - self.below(1_000) as i32),
            6..10 => Last::On(visit - (boundary - 2 + self.below(5) as i32)),
            _ => Last::Never,
        }
    }

    fn client(&mut self, visit: i32) -> Client {
        let gap = if self.below(2) == 0 { 28 } else { 42 };
        Client {
            pregnant: self.tri(),
            psoriasis: self.tri(),
            eczema: self.tri(),
            unlisted_skin_disease: self.tri(),
            open_wounds: self.tri(),
            keloid_history: self.tri(),
            unlisted_goal: self.tri(),
            radiation: self.last(visit, 180),
            isotretinoin: self.last(visit, 180),
            tretinoin: self.last(visit, 7),
            adapalene: self.last(visit, 7),
            benzoyl_peroxide: self.last(visit, 7),
            unlisted_acne_medicine: self.last(visit, 7),
            last_session: self.last(visit, gap),
        }
    }
}

fn judge_all(rules: &Rules<'_>, case: &Case, fired: &mut Vec<u16>) {
    for values in case.values.chunks_exact(case.slots) {
        black_box(rules.judge(black_box(values), fired));
        black_box(&*fired);
    }
}

fn by_hand_all(case: &Case) {
    let visit = case.visit.point() as i32;
    for client in &case.clients {
        black_box(hand_written::decide(black_box(client), black_box(visit)));
    }
}

/// Panics at the first client about whom the two differ.
fn agree(case: &Case) {
    let rules = case.rules();
    let visit = case.visit.point() as i32;
    let mut fired = Vec::new();
    for (client, values) in case.clients.iter().zip(case.values.chunks_exact(case.slots)) {
        let verdict = rules.judge(values, &mut fired).expect("no script");
        let ids: Vec<&str> = fired.iter().map(|at| rules.rule_id(*at)).collect();

        let by_hand = hand_written::decide(client, visit);
        let wait = if by_hand.wait == hand_written::OPEN { ONGOING } else { Point::from(by_hand.wait) };
        let holding = (0..12).filter(|at| by_hand.fired >> at & 1 == 1);
        let by_hand_ids: Vec<&str> = holding.map(|at| hand_written::RULES[at]).collect();
        assert_eq!(
            (verdict.outcome, verdict.wait, ids),
            (by_hand.outcome, wait, by_hand_ids),
            "rules as data (left) and by hand (right) differ about {client:?}"
        );
    }
}

/// Times both in turns, so that whatever else the machine does hits both, and prints the ratio.
fn compare(case: &Case) {
    let rules = case.rules();
    let mut fired = Vec::new();
    let each = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_nanos() as u64 as f64 / CLIENTS as f64
    };
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| (each(&mut || judge_all(&rules, case, &mut fired)), each(&mut || by_hand_all(case))))
        .collect();
    let sorted = |of: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let (data, hand, ratio) = (sorted(|r| r.0), sorted(|r| r.1), sorted(|r| r.0 / r.1));
    let middle = ROUNDS / 2;
    println!(
        "decide core: {:.1}x hand-written ({:.1} ns vs {:.1} ns), at best {:.1}x ({:.1} ns vs {:.1} ns): {} clients",
        ratio[middle],
        data[middle],
        hand[middle],
        data[0] / hand[0],
        data[0],
        hand[0],
        format!("{:?}", case.mix).to_lowercase(),
    );
}
