//! What `diff` says about two versions of a page is what going through a grid of clients finds.

use std::cmp::Ordering;

use clearance::inside::book::{Book, InForce, Outcome, Treatment};
use clearance::inside::decide::Rules;
use clearance::inside::decide::cells::Version;
use clearance::inside::script::Scripts;
use clearance::inside::span::Texts;
use clearance::inside::study::diff::{self, Common, Diff, Example, Found, Side, State};
use clearance::inside::study::{Client, mutants};
use clearance::inside::value::Day;

use crate::apart::{changed, page, visits};
use crate::page::{Page, load};
use crate::random::{Random, cases};
use crate::record::domain;
use crate::told::Told;

fn compare(old: &Book, new: &Book, base: &Client) -> Diff {
    let scripts = [Scripts::none()];
    let texts = Texts::new();
    let side = |book| Side { texts: &texts, book, scripts: &scripts };
    diff::diff(side(old), side(new), &|_| Some((0, "base".to_string(), base.clone())))
}

/// A book that holds one rule alone, of which nothing else is withdrawn; all rules without a name.
fn alone(book: &Book, rule: Option<&str>) -> Book {
    let mut book = book.clone();
    if let Some(id) = rule {
        book.clinic.withdrawn = None;
        let treatment: &mut Treatment = &mut book.treatments[0];
        treatment.withdrawn = None;
        treatment.rules.retain(|rule| rule.id == id);
    }
    book
}

static NONE: std::sync::LazyLock<Scripts> = std::sync::LazyLock::new(Scripts::none);

fn on(book: &Book, day: Day) -> Rules<'_> {
    let version = Version { book, treatment: &book.treatments[0], scripts: &NONE };
    Rules::on(version.book, version.treatment, version.scripts, day)
}

fn order(told: &[Told<'_>; 2], values: &[i64]) -> Ordering {
    let [a, b] = told.each_ref().map(|told| told.verdict(values));
    match a.0.cmp(&b.0) {
        Ordering::Equal if a.0 == Outcome::NotEligible => Ordering::Equal,
        Ordering::Equal => a.1.cmp(&b.1),
        other => other,
    }
}

/// More clients than this on one day are drawn, not all gone through.
const MOST_CLIENTS: usize = 400;

/// Whether somebody on the grid is told something stricter, and something less strict.
fn brute(random: &mut Random, page: &Page, books: &[Book; 2], in_force: &InForce) -> (bool, bool) {
    let (mut tighter, mut looser) = (false, false);
    for visit in visits(random, page, in_force) {
        let day = Day::from_point(visit);
        let told = books.each_ref().map(|book| Told::by(&on(book, day)));
        let slots: Vec<Vec<i64>> = page.facts.iter().flat_map(|fact| domain(fact, visit)).collect();
        let all: usize = slots.iter().map(Vec::len).product();
        for at in 0..all.min(MOST_CLIENTS) {
            let mut rest = at;
            let values: Vec<i64> = slots
                .iter()
                .map(|points| match all > MOST_CLIENTS {
                    true => random.of(points),
                    false => {
                        let point = points[rest % points.len()];
                        rest /= points.len();
                        point
                    }
                })
                .collect();
            match order(&told, &values) {
                Ordering::Less => tighter = true,
                Ordering::Greater => looser = true,
                Ordering::Equal => {}
            }
        }
        if tighter && looser {
            break;
        }
    }
    (tighter, looser)
}

#[derive(Default)]
struct Seen {
    verdicts: std::collections::BTreeMap<&'static str, usize>,
    clients: usize,
    missed: usize,
    open: usize,
    whole: usize,
}

/// Compares one verdict with the grid.
fn check(
    random: &mut Random,
    page: &Page,
    books: [Book; 2],
    ways: &diff::Ways,
    seen: &mut Seen,
    explain: &dyn Fn() -> String,
) {
    let in_force = books[0].treatments[0].in_force;
    let (tighter, looser) = brute(random, page, &books, &in_force);
    let sides = [(&ways.tighter, tighter, Ordering::Less), (&ways.looser, looser, Ordering::Greater)];
    for (found, expected, wanted) in sides {
        match found {
            Found::Nobody => assert!(!expected, "{wanted:?} was said to be nobody\n{}", explain()),
            Found::Open(_) => seen.open += 1,
            Found::Client(example) => {
                let Example { client, before, after, .. } = &**example;
                seen.clients += 1;
                seen.missed += usize::from(!expected);
                assert!(in_force.covers(client.visit), "{client:?}\n{}", explain());
                assert!(client.is_possible(&books[0].facts), "{client:?}\n{}", explain());
                assert_ne!(before, after, "{}", explain());
                let told = books.each_ref().map(|book| Told::by(&on(book, client.visit)));
                let found = order(&told, &client.values);
                assert_eq!(found, wanted, "{client:?} {before:?} {after:?}\n{}", explain());
            }
        }
    }
}

#[test]
fn verdicts_are_those_of_a_grid_of_clients() {
    let mut random = Random(0xd1ff);
    let mut seen = Seen::default();
    let total = cases(20);
    for at in 0..total {
        let (page, old) = page(&mut random, at, 3);
        let mut what = Vec::new();
        let new = match random.below(3) {
            0 => {
                let (new, said) = changed(&mut random, &old);
                what.push(said);
                new
            }
            times => {
                let mut new = old.clone();
                for _ in 0..times {
                    let mut all = mutants(&new, &new.treatments[0]);
                    all.retain(|mutant| !mutant.what.starts_with("the page: in force"));
                    if !all.is_empty() {
                        let mutant = all.swap_remove(random.below(all.len()));
                        new = mutant.apply(&new);
                        what.push(mutant.what);
                    }
                }
                new
            }
        };
        let base = Client::plain(&old.facts, Day::from_point(page.visit));
        let found = compare(&old, &new, &base);
        let explain = || {
            format!(
                "{what:?} {:?}\n{}\n{}",
                found.pages[0].overall.verdict(),
                page.facts_yaml(),
                page.page_yaml(None)
            )
        };
        let whole = &found.pages[0];
        *seen.verdicts.entry(whole.overall.verdict().word()).or_default() += 1;
        seen.whole += usize::from(whole.overall.open().is_some());
        for id in old.treatments[0].rules.iter().chain(&new.treatments[0].rules).map(|rule| &rule.id) {
            let none = diff::Ways::NONE;
            let rule = whole.rules.iter().find(|rule| rule.id == *id && rule.was.is_none());
            if rule.is_none()
                && whole.rules.iter().any(|rule| rule.was.as_ref() == Some(id) || rule.id == *id)
            {
                continue;
            }
            let ways = rule.map_or(&none, |rule| &rule.ways);
            let books = [alone(&old, Some(id)), alone(&new, Some(id))];
            check(&mut random, &page, books, ways, &mut seen, &|| format!("{id} {}", explain()));
        }
        check(&mut random, &page, [old.clone(), new.clone()], &whole.overall, &mut seen, &explain);
    }
    let Seen { verdicts, clients, missed, open, whole } = &seen;
    println!(
        "{total} pairs: {verdicts:?}; {clients} examples, {missed} of them not on the grid; {open} directions not \
         analysed, {whole} pairs not as a whole"
    );
    assert!(*clients * 2 > total && *whole * 8 < total);
}

/// Questions in another order, and one that nobody reads, change nothing.
#[test]
fn the_order_of_questions_is_no_change() {
    let mut random = Random(0x0dde5);
    for at in 0..cases(8) {
        let (page, old) = page(&mut random, at, 3);
        let mut other = page.clone();
        random.shuffle(&mut other.facts);
        let (mut loaded, _) = load(&other.facts_yaml(), &other.page_yaml(None));
        loaded.book.treatments[0].in_force = old.treatments[0].in_force;
        let base = Client::plain(&old.facts, Day::from_point(page.visit));
        let found = compare(&old, &loaded.book, &base);
        assert!(found.is_empty(), "{found:?}\n{}", page.facts_yaml());
        let (new, what) = changed(&mut random, &loaded.book);
        let found = compare(&old, &new, &base);
        let common = Common::of(&old.facts, &new.facts);
        let mut seen = Seen::default();
        let books = [common.book(0, &old), common.book(1, &new)];
        let overall = &found.pages[0].overall;
        check(&mut random, &page, books, overall, &mut seen, &|| format!("{what} {}", page.page_yaml(None)));
        assert!(found.pages[0].rules.iter().all(|rule| rule.state != State::Added), "{what}");
    }
}
