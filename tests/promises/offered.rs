//! `plan` beside `decide`, day by day: no day is offered on which the client is refused, and none is left out on which
//! the client is not.

use std::collections::BTreeMap;

use clearance::inside::decide::{Answers, Engine, plan};
use clearance::inside::value::{Day, LAST_DAY};

use crate::calendar::day_text;
use crate::facts::fact;
use crate::page::{Page, Rule, load, rules_on};
use crate::random::{Random, cases};
use crate::record::{Record, Review, read, saw};

/// So many records share a page.
const RECORDS: usize = 10;
/// The places of the facts `yn_a` and `planned_a`.
const YES_OR_NO: usize = 0;
const PLANNED: usize = 10;
/// Of a window without end so many days are looked at.
const DAYS: i64 = 60;

#[derive(Debug, Default)]
struct Seen {
    plans: usize,
    offered: usize,
    split: usize,
    left_out: usize,
    unfinished: usize,
    asked: usize,
    reviewed: usize,
}

#[test]
fn no_offered_day_is_refused() {
    let mut random = Random(0x91a2);
    let mut seen = Seen::default();
    let mut done = 0;
    while done < cases(800) {
        let (facts, most) = (1 + random.below(3), 1 + random.below(3));
        let (mut page, _) = Page::random(&mut random, facts, most);
        // Days that are refused between others: before an event, and while a rule is in force.
        for at in [YES_OR_NO, PLANNED] {
            let more = fact(&mut random, at);
            if random.chance(2) && page.facts.iter().all(|fact| fact.name != more.name) {
                page.facts.push(more);
            }
        }
        let named = |page: &Page, name: &str| page.facts.iter().any(|fact| fact.name == name);
        let deferral = |name: &str, when: String, until: &str| Rule {
            name: name.to_string(),
            section: 2,
            when: Some(("when", vec![when])),
            until: Some(until.to_string()),
            ..Rule::default()
        };
        if named(&page, "planned_a") {
            let when = format!("planned_a < visit + days({})", random.of(&[1, 4, 14]));
            page.rules.push(deferral("rule_event", when, "planned_a + days(1)"));
        }
        if named(&page, "yn_a") {
            let from = page.visit + random.between(1, 40);
            let in_force = (Some(from), Some(from + random.of(&[0, 3, 20])));
            let when = Some(("when", vec!["!yn_a".to_string()]));
            let section = random.below(2);
            page.rules.push(Rule {
                name: "rule_while".to_string(),
                section,
                when,
                in_force,
                ..Rule::default()
            });
        }
        let (least, more) = (random.of(&[1, 3, 7, 14]), random.of(&[0, 2, 9, 21]));
        let most = if random.chance(6) { "always".to_string() } else { format!("{} days", least + more) };
        let gap = format!("[{least} days, {most}]");
        let sessions = 2 + random.below(3);
        page.sections.push(format!("course:\n  sessions: {sessions}\n  gap: {gap}\n  basis: Ours\n"));
        if random.chance(6) {
            let last = day_text(page.visit + random.between(0, 40));
            page.sections
                .push(format!("in_force:\n  from: {}\n  last_day: {last}\n", day_text(page.visit - 500)));
        }
        let (loaded, findings) = load(&page.facts_yaml(), &page.page_yaml(None));
        if findings.iter().any(|finding| finding.is_error()) {
            continue;
        }
        let rules = rules_on(&loaded.book, Day::from_point(page.visit));
        let mut engine = rules.version().engine();
        for _ in 0..RECORDS {
            let mut record = Record::random(&mut random, &page).narrowed(&mut random, &page, 40);
            let relative = page.rules.iter().find(|rule| rule.section == 1);
            if let Some(rule) = relative.filter(|_| random.chance(2)) {
                let treatment = &loaded.book.treatments[0];
                let id = format!("page/{}", rule.name);
                let known = treatment.rules.iter().find(|known| known.id == id).expect("the rule");
                let visit = Day::from_point(page.visit);
                let meaning =
                    clearance::inside::book::print::meaning(known, visit, &loaded.book.facts, treatment);
                let saw = random.chance(2).then(|| saw(&record.yaml(&page, None), &loaded.book, known));
                let on = page.visit - random.between(0, 5);
                record.reviews.push(Review { rule: id, on, days: random.of(&[3, 20, 60]), meaning, saw });
                seen.reviewed += 1;
            }
            let text = record.yaml(&page, None);
            let (answers, _) = read(&text, &loaded.book, page.visit);
            let answers = answers.unwrap_or_else(|| panic!("{text}"));
            let outlook = plan::for_client(&mut engine, &answers, None);
            let context = || format!("{}\n{}\n{text}\n{outlook:#?}", page.facts_yaml(), page.page_yaml(None));
            check(&answers, &outlook, &loaded.book, &mut engine, &context, &mut seen);
            done += 1;
        }
    }
    println!("{done} records: {seen:?}");
    assert!(
        seen.plans * 4 > done && seen.offered > done && seen.left_out * 20 > done && seen.split * 100 > done
    );
    assert!(seen.asked * 20 > done && seen.unfinished > 0);
}

fn check(
    answers: &Answers,
    outlook: &plan::Outlook,
    book: &clearance::inside::book::Book,
    engine: &mut Engine<'_>,
    context: &dyn Fn() -> String,
    seen: &mut Seen,
) {
    let Ok(plan) = &outlook.plan else { return };
    seen.plans += 1;
    let treatment = &book.treatments[0];
    let mut fresh = engine.version().engine();
    let mut refused = |day: Day| {
        let decision = fresh.decide(&answers.later(day, &book.facts));
        (decision.is_refused(), decision)
    };
    let days = |from: Day, to: Option<Day>| {
        let last = to.unwrap_or(LAST_DAY).point().min(from.point() + DAYS);
        (from.point()..=last).map(Day::from_point)
    };
    let mut stretches: BTreeMap<u32, Vec<(Day, Option<Day>)>> = BTreeMap::new();
    for session in &plan.sessions {
        stretches.entry(session.number).or_default().push((session.opens, session.closes));
        for day in days(session.opens, session.closes) {
            let (is_refused, decision) = refused(day);
            assert!(
                !is_refused,
                "session {} on {day}: {:?}\n{}",
                session.number,
                decision.outcome,
                context()
            );
            assert!(treatment.in_force.covers(day), "{day}\n{}", context());
            // Whatever is open by then is to be asked.
            for question in decision.questions.iter().filter(|one| !one.could_become.is_empty()) {
                let mut asks = plan.ask.iter().filter(|ask| ask.fact == question.fact);
                assert!(
                    asks.any(|ask| ask.sessions.contains(&session.number)),
                    "{} before session {} on {day}\n{}",
                    question.fact,
                    session.number,
                    context()
                );
                seen.asked += 1;
            }
            seen.offered += 1;
        }
    }
    for left_out in &plan.left_out {
        for day in days(left_out.from, left_out.to) {
            let (is_refused, decision) = refused(day);
            assert!(is_refused && decision.outcome == left_out.outcome, "left out {day}\n{}", context());
            seen.left_out += 1;
        }
    }
    for (number, stretches) in &stretches {
        seen.split += usize::from(stretches.len() > 1);
        // Between stretches every day is left out.
        for pair in stretches.windows(2) {
            let between = (pair[0].1.expect("an end").next().point()..pair[1].0.point()).map(Day::from_point);
            for day in between {
                assert!(
                    plan.left_out.iter().any(|one| one.session == *number
                        && one.from <= day
                        && one.to.is_none_or(|to| day <= to))
                        || !in_a_gap(plan, *number, day),
                    "{day} is neither offered nor left out\n{}",
                    context()
                );
            }
        }
    }
    seen.unfinished += usize::from((stretches.len() as u32) < plan.course);
}

/// Whether some day of the session before allows a day.
fn in_a_gap(plan: &plan::Plan, number: u32, day: Day) -> bool {
    let (Some(least), Some(most)) = (plan.gap.0.least(), plan.gap.1.most()) else { return true };
    let before = plan.sessions.iter().filter(|session| session.number + 1 == number);
    before.into_iter().any(|session| {
        let to = session.closes.unwrap_or(LAST_DAY);
        session.opens.shift(&least, false) <= day && day <= to.shift(&most, false)
    })
}
