//! The quick ways to decide agree with the search over all completions: one client at a time, and in columns.

use clearance::book::Outcome;
use clearance::decide::{self, Answers, Columns, Fired, OPEN, Rules, Spoken};
use clearance::value::{Day, Point, Truth};

use crate::page::{Page, rules_on};
use crate::random::{Random, cases};
use crate::record::{Record, read};

/// One page, several clients: more than fill a block.
const CLIENTS: usize = 70;

#[derive(Default)]
struct Seen {
    clients: usize,
    partly: usize,
    decided: usize,
    open: usize,
    inexact: usize,
    waits: usize,
    may: usize,
    /// Clients whom the columns leave to `judge`.
    handed_back: usize,
}

/// A client who leaves a share of the questions open, and answers the others.
fn answers(random: &mut Random, page: &Page, rules: &Rules<'_>) -> Answers {
    let mut record = Record::random(random, page).narrowed(random, page, 1);
    let open = random.below(3);
    for said in &mut record.facts {
        if random.below(3) < open {
            said.clear();
        }
    }
    let text = record.yaml(page, None);
    let (answers, findings) = read(&text, rules.book, rules.visit.point());
    answers.unwrap_or_else(|| panic!("{text}\n{findings:?}"))
}

#[test]
fn the_quick_ways_say_what_the_search_says() {
    let mut random = Random(0xc01);
    let mut seen = Seen::default();
    while seen.clients < cases(40_000) {
        let facts = 3 + random.below(5);
        let (page, loaded) = Page::random(&mut random, facts, 8);
        let rules = rules_on(&loaded.book, Day::from_point(page.visit));
        let columns = Columns::of(&rules);
        let (mut block, mut spoken) = (columns.block(), Spoken::default());
        let mut clients: Vec<(Answers, Vec<Point>)> = Vec::new();
        for _ in 0..CLIENTS {
            let answers = answers(&mut random, &page, &rules);
            match rules.points(&answers.space(&loaded.book.facts)) {
                Some(points) => clients.push((answers, points)),
                None => seen.partly += 1,
            }
        }
        for clients in clients.chunks(64) {
            block.clear();
            for (lane, (_, points)) in clients.iter().enumerate() {
                block.put_points(lane, points);
            }
            columns.judge(&block, &mut spoken);
            for (lane, (answers, points)) in clients.iter().enumerate() {
                let context = || format!("{}\n{}\n{points:?}", page.facts_yaml(), page.page_yaml(None));
                seen.on(&rules, answers, points, &spoken, lane, &context);
            }
        }
    }
    let Seen { clients, partly, decided, open, inexact, waits, may, handed_back } = seen;
    println!(
        "{clients} clients and {partly} partly known: {decided} decided, {open} of them with open answers"
    );
    println!(
        "{waits} wait, {may} with rules that may hold; {inexact} not exact; {handed_back} not in columns"
    );
    assert!(decided > clients / 2 && open > clients / 10 && waits > clients / 20 && may > clients / 10);
    assert!(handed_back < clients / 3);
}

impl Seen {
    fn on(
        &mut self,
        rules: &Rules<'_>,
        answers: &Answers,
        points: &[Point],
        spoken: &Spoken,
        lane: usize,
        context: &dyn Fn() -> String,
    ) {
        self.clients += 1;
        let mut fired = Fired::default();
        let verdict = rules.judge(points, &mut fired);
        let in_columns = spoken.verdict(lane);
        let Some(verdict) = verdict else {
            assert!(points.contains(&OPEN), "known answers are decided\n{}", context());
            assert_eq!(in_columns, None, "{}", context());
            return;
        };
        let solution = decide::possible(rules, answers);
        let truths: Vec<Truth> = (0..solution.truths.len())
            .map(|at| match at as u16 {
                at if fired.holds().any(|other| other == at) => Truth::Yes,
                at if fired.may_hold().any(|other| other == at) => Truth::Unknown,
                _ => Truth::No,
            })
            .collect();
        if solution.exact {
            let searched = (solution.headline(), solution.earliest, &solution.truths);
            assert_eq!((verdict.outcome, verdict.wait, &truths), searched, "{}", context());
        } else {
            self.inexact += 1;
            let narrower = |(a, b): (&Truth, &Truth)| a == b || *b == Truth::Unknown;
            assert!(truths.iter().zip(&solution.truths).all(narrower), "{}", context());
        }
        self.decided += 1;
        self.open += usize::from(points.contains(&OPEN));
        self.waits += usize::from(verdict.outcome == Outcome::Deferred);
        self.may += usize::from(fired.may_hold().next().is_some());
        let Some(said) = in_columns else {
            self.handed_back += 1;
            return;
        };
        assert_eq!(said, verdict, "{}", context());
        for (at, truth) in truths.iter().enumerate() {
            let has = |word: u64| word >> lane & 1 == 1;
            let own = match (has(spoken.holds(at)), has(spoken.may_hold(at))) {
                (true, _) => Truth::Yes,
                (_, true) => Truth::Unknown,
                _ => Truth::No,
            };
            assert_eq!(own, *truth, "rule {at}\n{}", context());
        }
    }
}
