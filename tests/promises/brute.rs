//! What the program says about all completions is what comes of trying each one.

use crate::page::rules_on;
use clearance::inside::book::Outcome;
use clearance::inside::decide::Affects;
use clearance::inside::value::{Day, Truth};

use crate::calendar::day_text;
use crate::naive::{Brute, Naive};
use crate::page::{Loaded, Page, Rule};
use crate::random::{Random, cases};
use crate::record::{Record, Review, Said, read, saw};

/// One page, several records.
const RECORDS: usize = 25;

fn explain(page: &Page, text: &str) -> String {
    format!("{}\n{}\n{text}", page.facts_yaml(), page.page_yaml(None))
}

/// A rule that a review quiets, as the record and the naive reading know it.
pub fn review(random: &mut Random, page: &Page, loaded: &Loaded, record: &mut Record) -> Vec<String> {
    let relative = page.rules.iter().find(|rule| rule.section == 1 && random.chance(3));
    let Some(rule) = relative else { return Vec::new() };
    let treatment = &loaded.book.treatments[0];
    let id = format!("page/{}", rule.name);
    let found = treatment.rules.iter().find(|known| known.id == id).expect("the rule");
    let visit = Day::from_point(record.visit);
    let meaning = clearance::inside::book::print::meaning(found, visit, &loaded.book.facts, treatment);
    let on = record.visit - random.between(0, 12);
    // What it saw is chosen beside the choices of the page and the record.
    let mut random = Random(random.0);
    let facts = &loaded.book.facts;
    let slots = found.condition.slots(&|fact| facts.slots_of(fact));
    let read = |name: &str| slots.iter().any(|slot| facts.fact_of(*slot).id == name);
    let said = || {
        page.facts.iter().zip(&record.facts).filter(|(fact, _)| read(fact.name)).flat_map(|(_, said)| said)
    };
    let day = |one: &Said| one.on.or(record.answered_on);
    // What was said on no day is given at the visit, on whatever day that is: a review that is to last saw it.
    let saw = (random.chance(2) || said().any(|one| day(one).is_none())).then(|| match random.below(4) {
        0 => "0123456789abcdef".to_string(),
        _ => saw(&record.yaml(page, None), &loaded.book, found),
    });
    let sees = match saw.as_deref() {
        Some(saw) => saw != "0123456789abcdef",
        None => said().all(|one| day(one).is_some_and(|day| day <= on)),
    };
    let counts = sees && record.visit <= on + 8;
    record.reviews.push(Review { rule: id, on, days: 8, meaning, saw });
    if counts { vec![rule.name.clone()] } else { Vec::new() }
}

#[derive(Default)]
struct Seen {
    exact: usize,
    /// Waits that lie further apart than need be, though the outcomes are exact.
    wider: usize,
    unknown: usize,
    waits: usize,
    several: usize,
    linked: usize,
    refused: usize,
    loads: usize,
    pages: usize,
    rules: usize,
    questions: usize,
    /// Questions about a wait too many.
    needless: usize,
}

#[test]
fn what_is_possible_is_what_some_completion_gives() {
    let mut random = Random(0xb007);
    let mut seen = Seen::default();
    let mut done = 0;
    while done < cases(2_400) {
        let facts = 3 + random.below(4);
        let (page, loaded) = Page::random(&mut random, facts, 5);
        seen.rules += page.rules.len();
        seen.refused += page.refused;
        seen.loads += page.loads;
        seen.pages += 1;
        let visit = Day::from_point(page.visit);
        let rules = rules_on(&loaded.book, visit);
        let naive = Naive::new(&page);
        for _ in 0..RECORDS {
            let mut record = Record::random(&mut random, &page).narrowed(&mut random, &page, 600);
            let quiet = review(&mut random, &page, &loaded, &mut record);
            let text = record.yaml(&page, None);
            let (answers, findings) = read(&text, &loaded.book, page.visit);
            let Some(answers) = answers else { panic!("{}\n{findings:?}", explain(&page, &text)) };
            let brute = naive.brute(&record, page.visit, &quiet);
            let solution = rules.version().engine().possible(&answers);
            let context = || explain(&page, &text);
            seen.exact += usize::from(solution.exact);
            seen.waits += usize::from(solution.latest > page.visit);
            seen.several += usize::from(brute.possible.len() > 1);
            seen.linked += usize::from(!answers.space(&loaded.book.facts).links.is_empty());
            let spoken = solution.spoken();
            let page_rules = &loaded.book.treatments[0].rules;
            for (id, yes, no) in &brute.truths {
                let own = spoken.iter().find(|(place, ..)| page_rules[usize::from(*place)].id == *id);
                let truth = own.map_or(Truth::No, |(_, truth, _)| *truth);
                let both = yes & no;
                seen.unknown += usize::from(both);
                let expected = if both { Truth::Unknown } else { Truth::from(*yes) };
                let wider = !solution.exact && truth == Truth::Unknown;
                assert!(truth == expected || wider, "{id} is {truth:?}, not {expected:?}\n{}", context());
            }
            let possible: Vec<Outcome> = solution.possible.iter().collect();
            if solution.exact {
                assert_eq!(possible, brute.possible, "{}", context());
            } else {
                assert!(brute.possible.iter().all(|o| possible.contains(o)), "{}", context());
            }
            let said = (solution.earliest, solution.latest);
            let wider = said.0 <= brute.earliest && brute.latest <= said.1;
            let days = |(a, b)| format!("{} to {}", wait(a), wait(b));
            let expected = (brute.earliest, brute.latest);
            assert!(wider, "{}, not {}\n{}", days(said), days(expected), context());
            seen.wider += usize::from(solution.exact && said != expected);
            done += 1;
        }
    }
    println!("{} waits wider than need be", seen.wider);
    assert!(seen.wider * 50 < done);
    println!("{} pages, loaded {} times", seen.pages, seen.loads);
    let Seen { exact, unknown, waits, several, linked, refused, rules, .. } = seen;
    println!(
        "{done} cases: {exact} exact, {several} with several outcomes, {waits} with waits, {linked} linked"
    );
    println!("{unknown} rules unknown; {refused} rules refused on the way to {rules}");
    assert!(exact > done / 2 && several > done / 5 && waits > done / 5 && linked > done / 50);
}

fn wait(point: i64) -> String {
    if point >= clearance::inside::value::ONGOING { "open-ended".to_string() } else { day_text(point) }
}

#[test]
fn a_question_is_asked_exactly_if_its_answer_can_matter() {
    let mut random = Random(0xa5c);
    let mut seen = Seen::default();
    let mut done = 0;
    while done < cases(150) {
        let facts = 2 + random.below(3);
        let (page, loaded) = Page::random(&mut random, facts, 4);
        let visit = Day::from_point(page.visit);
        let rules = rules_on(&loaded.book, visit);
        let naive = Naive::new(&page);
        for _ in 0..RECORDS {
            let record = Record::random(&mut random, &page).narrowed(&mut random, &page, 300);
            let text = record.yaml(&page, None);
            let (answers, findings) = read(&text, &loaded.book, page.visit);
            let Some(answers) = answers else { panic!("{}\n{findings:?}", explain(&page, &text)) };
            let Brute { questions, .. } = naive.brute(&record, page.visit, &[]);
            let decision = rules.version().engine().decide(&answers);
            for (fact, (better, waits)) in page.facts.iter().zip(&questions) {
                let asked = decision.questions.iter().find(|question| question.fact == fact.name);
                let affects = |what| asked.is_some_and(|question| question.affects.contains(&what));
                let mut could = asked.map_or(Vec::new(), |question| question.could_become.clone());
                could.sort_unstable();
                seen.questions += usize::from(asked.is_some());
                let said = (could.clone(), affects(Affects::Outcome));
                let expected = (better.clone(), !better.is_empty());
                let wider = !decision.exact && better.iter().all(|o| could.contains(o));
                if decision.exact && affects(Affects::Wait) != *waits {
                    seen.needless += usize::from(!*waits);
                    assert!(!*waits, "{} moves the wait\n{}", fact.name, explain(&page, &text));
                }
                assert!(
                    said == expected || wider,
                    "{}: {said:?}, not {expected:?}\n{}",
                    fact.name,
                    explain(&page, &text)
                );
            }
            done += 1;
        }
    }
    let Seen { questions, needless, .. } = seen;
    println!("{done} cases, {questions} questions; of those about a wait {needless} needless");
    assert!(needless * 100 < done);
    assert!(seen.questions > done / 3);
}

#[test]
fn the_next_change_is_the_first_day_that_decides_differently() {
    let mut random = Random(0xc4a9e);
    let (mut done, mut changes, mut reasons) = (0, 0, 0);
    while done < cases(150) {
        let facts = 2 + random.below(3);
        let (page, loaded) = Page::random(&mut random, facts, 3);
        let visit = Day::from_point(page.visit);
        let rules = rules_on(&loaded.book, visit);
        let naive = Naive::new(&page);
        for _ in 0..10 {
            let record = Record::random(&mut random, &page).narrowed(&mut random, &page, 24);
            let text = record.yaml(&page, None);
            let (answers, _) = read(&text, &loaded.book, page.visit);
            let answers = answers.unwrap_or_else(|| panic!("{}", explain(&page, &text)));
            let decision = rules.version().engine().decide(&answers);
            if !decision.exact || loaded.compares_facts {
                continue;
            }
            // On a later day an aged answer is open again: too many completions say nothing here.
            let most: usize = record.completions(&page, page.visit + 30).iter().map(Vec::len).product();
            if most > 400 {
                continue;
            }
            let said = decision.next_change.map(Day::point);
            let now = seen_on(&page, &naive, &record, page.visit);
            let last = page.visit + 400;
            let until = said.map_or(last, |day| day.min(last));
            let found = (page.visit + 1..=until).find(|day| seen_on(&page, &naive, &record, *day) != now);
            let said = said.filter(|day| *day <= last);
            // A reason that names a day no more, or now names one, is another reason.
            let endless = |day| naive.endless(&record, day);
            let is_other = |day| endless(page.visit) != endless(day);
            if found.is_none() && said.is_some_and(is_other) {
                reasons += 1;
                continue;
            }
            assert_eq!(found.map(day_text), said.map(day_text), "{}", explain(&page, &text));
            changes += usize::from(found.is_some());
            done += 1;
        }
    }
    println!("{done} cases, {changes} changes; {reasons} more that only a reason sees");
    assert!(changes > done / 4 && reasons * 1_000 < done.max(1_000));
}

/// What is compared from day to day: the visit itself moves on, so "no wait" is no day.
#[derive(PartialEq, Debug)]
struct OneDay {
    truths: Vec<(String, bool, bool)>,
    possible: Vec<Outcome>,
    earliest: Option<i64>,
    /// Whether some client among them waits without an end: then it is said what ends it.
    open_ended: bool,
    /// Whether the page is stopped, and which of its rules.
    stopped: (bool, Vec<String>),
}

fn seen_on(page: &Page, naive: &Naive<'_>, record: &Record, day: i64) -> OneDay {
    let since = |day_of: Option<i64>| day_of.is_some_and(|since| since <= day);
    let in_force = |rule: &&Rule| {
        rule.in_force.0.is_none_or(|from| from <= day) && rule.in_force.1.is_none_or(|last| day <= last)
    };
    let stopped = page.rules.iter().filter(in_force).filter(|rule| since(rule.withdrawn));
    let brute = naive.brute(record, day, &[]);
    let moving = |point: i64| (point != day).then_some(point);
    OneDay {
        truths: brute.truths.into_iter().filter(|(_, yes, _)| *yes).collect(),
        possible: brute.possible,
        earliest: moving(brute.earliest),
        stopped: (since(page.withdrawn), stopped.map(|rule| rule.name.clone()).collect()),
        open_ended: brute.latest >= clearance::inside::value::ONGOING,
    }
}
