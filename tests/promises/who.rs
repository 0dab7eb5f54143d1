//! Whom a rule speaks for is whom it holds for, and what a client would need is what trying other answers shows.

use std::sync::LazyLock;

use clearance::inside::book::Outcome;
use clearance::inside::book::fact::Facts;
use clearance::inside::decide::cells::Version;
use clearance::inside::decide::{Boxes, Rules};
use clearance::inside::script::Scripts;
use clearance::inside::study::Client;
use clearance::inside::study::region::region;
use clearance::inside::study::who::{Change, Given, GivenKind, Needs, Waiting, needs};
use clearance::inside::value::{Day, Points, Truth};
use smallvec::smallvec;

use crate::brute::review;
use crate::calendar::day_text;
use crate::page::{Loaded, Page};
use crate::random::{Random, cases};
use crate::record::{Record, domain, points_of, read};
use crate::told::Told;

static NONE: LazyLock<Scripts> = LazyLock::new(Scripts::none);

fn version(loaded: &Loaded) -> Version<'_> {
    Version { book: &loaded.book, treatment: &loaded.book.treatments[0], scripts: &NONE }
}

fn rules_on(loaded: &Loaded, day: i64) -> Rules<'_> {
    let Version { book, treatment, scripts } = version(loaded);
    Rules::on(book, treatment, scripts, Day::from_point(day))
}

/// More clients than this are drawn at random.
const MOST_CLIENTS: usize = 4_000;

/// Calls `see` with each choice of one row from each list, or with as many drawn at random.
fn each(random: &mut Random, rows: &[Vec<Vec<i64>>], see: &mut dyn FnMut(Vec<i64>)) {
    let total = rows.iter().map(Vec::len).fold(1usize, usize::saturating_mul);
    let all = total <= MOST_CLIENTS;
    for at in 0..total.min(MOST_CLIENTS) {
        let mut left = at;
        let mut values = Vec::new();
        for row in rows {
            let place = if all { left % row.len() } else { random.below(row.len()) };
            left /= row.len();
            values.extend(&row[place]);
        }
        see(values);
    }
}

#[test]
fn the_ways_into_a_rule_are_whom_it_holds_for() {
    let mut random = Random(0x3a75);
    let (mut regions, mut ways, mut compared, mut more, mut inside, mut outside) = (0, 0, 0, 0, 0, 0);
    while regions < cases(600) {
        let facts = 2 + random.below(4);
        let (page, loaded) = Page::random(&mut random, facts, 4);
        let version = version(&loaded);
        let day = Day::from_point(page.visit);
        let rows: Vec<Vec<Vec<i64>>> =
            page.facts.iter().map(|fact| points_of(&[domain(fact, page.visit)])).collect();
        for rule in &version.treatment.rules {
            let found = region(version, rule, day);
            regions += 1;
            ways += found.ways.len();
            more += usize::from(found.more);
            compared += usize::from(found.ways.iter().any(|way| !way.compared.is_empty()));
            let asked = version.asked(&rule.condition, day);
            each(&mut random, &rows, &mut |values| {
                let client = Client { visit: day, values };
                let holds = asked.known(&client.values);
                let in_a_way = found.ways.iter().map(|way| way.has(version, &client)).max();
                let told = in_a_way.unwrap_or(Truth::No);
                let fine = told == holds || found.more && holds == Truth::Yes;
                assert!(
                    fine,
                    "{} {holds:?} {told:?} {client:?} {found:?}\n{}\n{}",
                    rule.id,
                    page.facts_yaml(),
                    page.page_yaml(None)
                );
                *(if holds == Truth::Yes { &mut inside } else { &mut outside }) += 1;
            });
        }
    }
    println!("{regions} regions, {ways} ways, {compared} with comparisons, {more} with more ways");
    println!("{inside} clients inside, {outside} outside");
    assert!(compared * 100 > regions && more * 20 < regions && ways < 4 * regions && inside * 10 > outside);
}

struct World<'w> {
    page: &'w Page,
    loaded: &'w Loaded,
    record: &'w Record,
    /// The rules that a review quiets on the day of the visit, and up to which day.
    quiet: &'w [String],
}

impl World<'_> {
    fn explain(&self, needs: &Needs) -> String {
        let (facts, page) = (self.page.facts_yaml(), self.page.page_yaml(None));
        format!("{:#?}\n{facts}\n{page}\n{}", needs.better, self.record.yaml(self.page, None))
    }

    /// What a fully known client is told.
    fn told(&self, rules: &Rules<'_>, values: &[i64]) -> Outcome {
        let told = Told::by(rules);
        let day = rules.visit.point();
        let quiet = |id: &str| {
            let reviews = self.record.reviews.iter();
            let mut counting = reviews.filter(|one| one.rule == id && day <= one.on + one.days);
            let name = id.trim_start_matches("page/");
            counting.any(|one| {
                let known = self.loaded.book.treatments[0].rules.iter().find(|rule| rule.id == id);
                let known = known.expect("the rule");
                let facts = &self.loaded.book.facts;
                let treatment = &self.loaded.book.treatments[0];
                let now = clearance::inside::book::print::meaning(known, rules.visit, facts, treatment);
                self.quiet.iter().any(|quiet| quiet == name) && one.meaning == now
            })
        };
        let counting =
            told.holding(values).filter(|rule| rule.outcome != Outcome::NeedsReview || !quiet(&rule.id));
        counting.map(|rule| rule.outcome).fold(told.start(), Outcome::max)
    }

    /// Whether somebody gets the outcome who differs from what is known in these facts only.
    fn reached(&self, random: &mut Random, rules: &Rules<'_>, changed: &[usize], wanted: Outcome) -> bool {
        let mut rows = self.record.completions(self.page, self.record.visit);
        for at in changed {
            rows[*at] = points_of(&[domain(&self.page.facts[*at], self.record.visit)]);
        }
        let mut found = false;
        each(random, &rows, &mut |values| found = found || self.told(rules, &values) == wanted);
        found
    }
}

fn changed(given: &[Given], facts: &Facts) -> Vec<usize> {
    let other = given.iter().filter(|one| matches!(one.kind, GivenKind::InsteadOf(_)));
    let mut found: Vec<usize> = other.map(|one| usize::from(facts.slots[one.slot.index()].fact.0)).collect();
    found.dedup();
    found
}

/// The answers that are given, for each fact that they are about.
fn boxes(
    given: &[Given],
    now: &[Boxes],
    facts: &Facts,
) -> Vec<(clearance::inside::book::condition::FactId, Boxes)> {
    let mut all: Vec<(_, Boxes)> = Vec::new();
    for one in given {
        let id = facts.slots[one.slot.index()].fact;
        let fact = facts.get(id);
        let start = || {
            let slots = 0..usize::from(fact.slot_count);
            let known = &now[usize::from(id.0)];
            let set = |at: usize| known.iter().fold(Points::EMPTY, |all, one| all.union(&one[at]));
            smallvec![slots.map(set).collect()]
        };
        if all.iter().all(|(known, _)| *known != id) {
            all.push((id, start()));
        }
        let place = usize::from(one.slot.0 - fact.first_slot.0);
        let own = all.iter_mut().find(|(known, _)| *known == id).expect("it was added");
        own.1[0][place] = one.answers.clone();
        assert!(one.answers.contains(one.such_as));
    }
    all
}

#[derive(Default, Debug)]
struct Seen {
    records: usize,
    open: usize,
    answers: usize,
    two: usize,
    never: usize,
    not_analysed: usize,
    reviewed: usize,
    waits: usize,
    again: usize,
    no_wait: usize,
}

#[test]
fn what_a_client_would_need_is_the_least_that_helps() {
    let mut random = Random(3);
    let mut seen = Seen::default();
    while seen.records < cases(2_000) {
        let facts = 2 + random.below(4);
        let (page, loaded) = Page::random(&mut random, facts, 5);
        let rules = rules_on(&loaded, page.visit);
        for _ in 0..8 {
            let most = random.of(&[1, 12, 12]);
            let mut record = Record::random(&mut random, &page).narrowed(&mut random, &page, most);
            let mut quiet = review(&mut random, &page, &loaded, &mut record);
            // Others are void as soon as an answer is given again.
            if record.reviews.iter().any(|one| one.saw.is_none()) {
                record.reviews.clear();
                quiet.clear();
            }
            let (answers, _) = read(&record.yaml(&page, None), &loaded.book, page.visit);
            let answers = answers.expect("a record that can be read");
            let found = needs(version(&loaded), &answers);
            let world = World { page: &page, loaded: &loaded, record: &record, quiet: &quiet };
            seen.records += 1;
            seen.open += usize::from(found.possible.len() > 1);
            seen.reviewed += usize::from(!quiet.is_empty() && !found.better.is_empty());
            for better in &found.better {
                assert!(better.outcome < found.outcome, "{}", world.explain(&found));
                same_day(&mut random, &world, &rules, &found, better.outcome, &better.answers, &mut seen);
                if let Some(waiting) = &better.waiting {
                    later(&world, &found, better.outcome, waiting, &mut seen);
                }
            }
        }
    }
    println!("{seen:?}");
    assert!(seen.two * 100 > seen.records && seen.waits * 20 > seen.records && seen.again * 50 > seen.waits);
    assert!(
        seen.not_analysed * 5 < seen.answers
            && seen.open * 20 > seen.records
            && seen.reviewed * 30 > seen.records
    );
}

fn same_day(
    random: &mut Random,
    world: &World<'_>,
    rules: &Rules<'_>,
    needs: &Needs,
    wanted: Outcome,
    change: &Change,
    seen: &mut Seen,
) {
    let facts = &world.loaded.book.facts;
    let fewer = match change {
        Change::NotAnalysed(_) => {
            seen.not_analysed += 1;
            return;
        }
        Change::Never => {
            seen.never += 1;
            3
        }
        Change::To(given) => {
            seen.answers += 1;
            let now: Vec<Boxes> = needs.answers.all_boxes().cloned().collect();
            let boxes = boxes(given, &now, facts);
            let other = needs.answers.with(&boxes, rules.visit, facts);
            let decided = rules.version().engine().decide(&other);
            assert_eq!(
                (decided.outcome, &decided.possible[..]),
                (wanted, &[wanted][..]),
                "{}",
                world.explain(needs)
            );
            let points: Vec<_> = given
                .iter()
                .map(|one| {
                    let mut one = one.clone();
                    one.answers = Points::one(one.such_as);
                    one
                })
                .collect();
            let other = needs.answers.with(&self::boxes(&points, &now, facts), rules.visit, facts);
            assert_eq!(
                rules.version().engine().decide(&other).possible,
                [wanted],
                "{}",
                world.explain(needs)
            );
            let changed = changed(given, facts);
            seen.two += usize::from(changed.len() > 1);
            changed.len()
        }
    };
    let all = 0..world.page.facts.len();
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    sets.extend(all.clone().map(|at| vec![at]));
    sets.extend(all.clone().flat_map(|a| all.clone().filter(move |b| a < *b).map(move |b| vec![a, b])));
    for set in sets.into_iter().filter(|set| set.len() < fewer) {
        assert!(!world.reached(random, rules, &set, wanted), "{wanted} {set:?}\n{}", world.explain(needs));
    }
}

/// How many days are gone through one by one.
const DAYS: i64 = 70;

fn later(world: &World<'_>, needs: &Needs, wanted: Outcome, waiting: &Waiting, seen: &mut Seen) {
    let World { page, loaded, record, .. } = world;
    let facts = &loaded.book.facts;
    if let Waiting::Until(day, given) = waiting {
        seen.waits += 1;
        seen.again += usize::from(given.iter().any(|one| matches!(one.kind, GivenKind::Again(_))));
        let on_day = needs.answers.later(*day, facts);
        let rules = rules_on(loaded, day.point());
        let now: Vec<Boxes> = on_day.all_boxes().cloned().collect();
        let other = on_day.with(&boxes(given, &now, facts), *day, facts);
        assert_eq!(
            rules.version().engine().decide(&other).possible,
            [wanted],
            "{day} {}",
            world.explain(needs)
        );
        for one in given {
            if let GivenKind::Again(last) = one.kind {
                assert!(last >= record.visit_day() && last < *day, "{last} {}", world.explain(needs));
            }
        }
    }
    // Day by day only for somebody of whom one thing is said of each fact, and that is known.
    let values = record.completions(page, record.visit);
    if record.facts.iter().any(|said| said.len() != 1) || values.iter().any(|rows| rows.len() != 1) {
        return;
    }
    let values: Vec<i64> = values.iter().flat_map(|rows| rows[0].clone()).collect();
    // What is planned is another answer from its own day on.
    let planned = |said: &Vec<crate::record::Said>| said.iter().any(|one| one.text.contains("20"));
    if page.facts.iter().zip(&record.facts).any(|(fact, said)| fact.may_be_planned && planned(said)) {
        return;
    }
    let found = (record.visit + 1..=record.visit + DAYS)
        .find(|day| world.told(&rules_on(loaded, *day), &values) == wanted);
    let told = match waiting {
        Waiting::Until(day, _) => Some(day.point()),
        Waiting::Never => None,
        Waiting::NotAnalysed(_) => return,
    };
    seen.no_wait += usize::from(told.is_none());
    let within = told.filter(|day| *day <= record.visit + DAYS);
    // An answer that is given again is taken for another one than the one a review saw.
    let again = |given: &[Given]| given.iter().any(|one| matches!(one.kind, GivenKind::Again(_)));
    if let Waiting::Until(day, given) = waiting
        && !world.quiet.is_empty()
        && again(given)
    {
        assert!(found.is_none_or(|found| found <= day.point()), "{wanted} {}", world.explain(needs));
        return;
    }
    assert_eq!(found.map(day_text), within.map(day_text), "{wanted} {}", world.explain(needs));
}
