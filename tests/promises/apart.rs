//! Two versions of a rule are told apart by a client, or there is no such client.

use clearance::inside::book::{Book, InForce, Rule};
use clearance::inside::decide::Rules;
use clearance::inside::decide::cells::Version;
use clearance::inside::script::Scripts;
use clearance::inside::study::mutants::equivalent;
use clearance::inside::study::{Apart, Client, apart, mutants};
use clearance::inside::value::Day;

use crate::calendar::days_in;
use crate::page::Page;
use crate::random::{Random, cases};
use crate::record::domain;
use crate::told::Told;

static NONE: std::sync::LazyLock<Scripts> = std::sync::LazyLock::new(Scripts::none);

fn version(book: &Book) -> Version<'_> {
    Version { book, treatment: &book.treatments[0], scripts: &NONE }
}

/// What a page says about a known client that two versions of a rule can change.
fn said(book: &Book, client: &Client) -> String {
    let version = version(book);
    let rules = Rules::on(version.book, version.treatment, version.scripts, client.visit);
    let told = Told::by(&rules);
    let holding: Vec<_> = told.holding(&client.values).map(|rule| (&rule.id, rule.outcome)).collect();
    let withdrawn: Vec<&str> = rules.withdrawn().collect();
    format!("{:?} {holding:?} {withdrawn:?}", told.verdict(&client.values))
}

/// Whether two pages say different things on the day.
fn differ([old, new]: &[Told<'_>; 2], values: &[i64]) -> bool {
    let names = |told: &Told<'_>| -> Vec<_> {
        told.holding(values).map(|rule| (rule.id.clone(), rule.outcome)).collect()
    };
    names(old) != names(new) || old.verdict(values) != new.verdict(values)
}

/// Days on which months end, years turn and things on the page change.
pub fn visits(random: &mut Random, page: &Page, in_force: &InForce) -> Vec<i64> {
    let mut days: Vec<i64> = (0..12).map(|_| page.visit + random.between(-30, 40)).collect();
    let fixed = [(2027, 1, 31), (2027, 2, 28), (2028, 2, 29), (2028, 3, 1), (2029, 8, 31), (2100, 3, 1)];
    days.extend(fixed.map(|(year, month, day)| days_in(year, month, day)));
    days.push(page.visit);
    let marks = page.params.iter().flat_map(|param| param.values.iter().map(|(day, _)| *day));
    let rules = page.rules.iter().flat_map(|rule| [rule.in_force.0, rule.in_force.1, rule.withdrawn]);
    let marks: Vec<i64> = marks.chain(rules.flatten()).collect();
    days.extend(marks.into_iter().flat_map(|day| [day - 1, day, day + 1]));
    days.retain(|day| in_force.covers(Day::from_point(*day)));
    days
}

/// A client about whom the books differ, looked for by brute force.
fn brute(random: &mut Random, page: &Page, old: &Book, new: &Book) -> Option<Client> {
    for visit in visits(random, page, &old.treatments[0].in_force) {
        let day = Day::from_point(visit);
        let rules = [old, new].map(|book| {
            let version = version(book);
            Rules::on(version.book, version.treatment, version.scripts, day)
        });
        if rules[0].withdrawn().ne(rules[1].withdrawn()) {
            return Some(Client::plain(&old.facts, day));
        }
        let told = rules.each_ref().map(Told::by);
        let slots: Vec<Vec<i64>> = page.facts.iter().flat_map(|fact| domain(fact, visit)).collect();
        for _ in 0..3 {
            for (at, points) in slots.iter().enumerate() {
                let mut values: Vec<i64> = slots.iter().map(|points| random.of(points)).collect();
                for point in points {
                    values[at] = *point;
                    if differ(&told, &values) {
                        return Some(Client { visit: day, values });
                    }
                }
            }
        }
    }
    None
}

/// The book with one rule changed a little, dropped, or exchanged for another's condition.
pub fn changed(random: &mut Random, book: &Book) -> (Book, String) {
    use clearance::inside::book::condition::{Condition, ConditionKind};
    let mut new = book.clone();
    let rules = &mut new.treatments[0].rules;
    let at = random.below(rules.len());
    let other = rules[random.below(rules.len())].condition.clone();
    let rule: &mut Rule = &mut rules[at];
    let span = rule.condition.span;
    let make = |kind| Condition { kind, span };
    let not = |condition: &Condition| make(ConditionKind::Not(Box::new(condition.clone())));
    let old = rule.condition.clone();
    rule.parts.clear();
    let what = match random.below(5) {
        0 => {
            rule.condition = not(&make(ConditionKind::And(vec![not(&old), not(&other)])));
            "or another"
        }
        1 => {
            rule.condition =
                make(ConditionKind::Or(vec![make(ConditionKind::And(vec![old.clone(), other])), old]));
            "the same, absorbed"
        }
        2 => {
            let split = vec![
                make(ConditionKind::And(vec![old.clone(), other.clone()])),
                make(ConditionKind::And(vec![old, not(&other)])),
            ];
            rule.condition = make(ConditionKind::Or(split));
            "the same, split"
        }
        3 => {
            rule.condition = make(ConditionKind::And(vec![old, not(&other)]));
            "and not another"
        }
        _ => {
            rules.remove(at);
            "dropped"
        }
    };
    (new, what.to_string())
}

#[derive(Default)]
struct Seen {
    same: usize,
    clients: usize,
    late: usize,
    open: usize,
    other: usize,
}

impl Seen {
    fn all(&self) -> usize {
        self.same + self.clients + self.open + self.other
    }
}

/// Compares what is said about two books with what brute force finds.
fn compare(
    random: &mut Random,
    page: &Page,
    (old, new): (&Book, &Book),
    found: Apart,
    seen: &mut Seen,
    what: &str,
) {
    let in_force = old.treatments[0].in_force;
    let explain = || format!("{what} {in_force:?}\n{}\n{}", page.facts_yaml(), page.page_yaml(None));
    match found {
        Apart::Client(client) => {
            seen.clients += 1;
            seen.late += usize::from(client.visit.point() != page.visit);
            assert!(in_force.covers(client.visit), "{client:?}\n{}", explain());
            assert!(client.is_possible(&old.facts), "{client:?}\n{}", explain());
            assert_ne!(said(old, &client), said(new, &client), "{client:?}\n{}", explain());
            // Where two answers are compared clients are tried, and the nearest may be missed.
            if client.visit.point() == page.visit && !compares_facts(old) {
                let base = Client::plain(&old.facts, client.visit);
                let count = client.differs_in(&base, &old.facts).len();
                assert!(count < 2 || !one_fact_does(page, old, new, &base), "{client:?}\n{}", explain());
            }
        }
        Apart::Same => {
            seen.same += 1;
            if let Some(client) = brute(random, page, old, new) {
                panic!("{client:?}\n{}", explain());
            }
        }
        Apart::NotAnalysed(_) => seen.open += 1,
        Apart::Other(_) => seen.other += 1,
    }
}

fn compares_facts(book: &Book) -> bool {
    let visit = Day::from_point(0);
    let all = version(book);
    all.treatment.rules.iter().any(|rule| !all.asked(&rule.condition, visit).is_split())
}

/// Whether another answer at one slot of the base is enough to tell the books apart.
fn one_fact_does(page: &Page, old: &Book, new: &Book, base: &Client) -> bool {
    let slots: Vec<Vec<i64>> = page.facts.iter().flat_map(|fact| domain(fact, page.visit)).collect();
    slots.iter().enumerate().any(|(at, points)| {
        points.iter().any(|point| {
            let mut client = base.clone();
            client.values[at] = *point;
            said(old, &client) != said(new, &client)
        })
    })
}

/// A page in force always, from a day on, or for some weeks.
pub fn page(random: &mut Random, at: usize, rules: usize) -> (Page, Book) {
    let facts = if random.chance(5) { 5 + random.below(4) } else { 2 + random.below(3) };
    let (page, mut loaded) = Page::random(random, facts, rules);
    let day = |by: i64| Some(Day::from_point(page.visit + by));
    loaded.book.treatments[0].in_force = match at % 16 {
        0 => InForce::default(),
        1 => InForce { from: day(-20), last: None },
        _ => InForce { from: day(-20), last: day(40) },
    };
    (page, loaded.book)
}

#[test]
fn a_client_tells_two_versions_apart_or_there_is_none() {
    let mut random = Random(0xa9a47);
    let mut seen = Seen::default();
    let total = cases(160);
    for at in 0..total {
        let (page, old) = page(&mut random, at, 3);
        let (new, what) = changed(&mut random, &old);
        let base = Client::plain(&old.facts, Day::from_point(page.visit));
        let found = apart::pages(version(&old), version(&new), Some(&base));
        compare(&mut random, &page, (&old, &new), found, &mut seen, &what);
    }
    let Seen { same, clients, late, open, .. } = seen;
    println!(
        "{total} pairs: {same} the same, {clients} told apart, {late} of them on another day, {open} open"
    );
    assert!(same * 5 > total && clients * 5 > total && open * 10 < total);
}

#[test]
fn a_mutant_has_a_client_or_is_equivalent() {
    let mut random = Random(0x3174);
    let mut seen = Seen::default();
    let total = cases(250);
    for at in 0.. {
        if seen.all() >= total {
            break;
        }
        let (page, old) = page(&mut random, at, 3);
        let base = Client::plain(&old.facts, Day::from_point(page.visit));
        let mut all = mutants(&old, &old.treatments[0]);
        random.shuffle(&mut all);
        for mutant in all.iter().take(8) {
            let found = equivalent(&old, &old.treatments[0], &NONE, mutant, Some(&base));
            compare(&mut random, &page, (&old, &mutant.apply(&old)), found, &mut seen, &mutant.what);
        }
    }
    let Seen { same, clients, late, open, other } = seen;
    println!(
        "{total} mutants: {same} equivalent, {clients} with a client, {late} of them on another day, \
         {other} with a question, {open} open"
    );
    assert!(same * 50 > total && clients * 2 > total && open * 10 < total);
}
