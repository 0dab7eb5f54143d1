//! The smallest case of each mistake that the properties found.

use clearance::inside::decide::Decision;
use clearance::inside::value::Day;

use crate::calendar::parse_day;
use crate::page::{load, rules_on};
use crate::record::read;

const VISIT: &str = "2026-03-02";

fn decided(facts: &str, page: &str, record: &str) -> Decision {
    let (loaded, findings) = load(facts, &format!("treatment: P\nrevision: 1\n{page}"));
    assert!(findings.is_empty(), "{findings:?}");
    let visit = parse_day(VISIT);
    let (answers, findings) = read(&format!("answered_on: {VISIT}\n{record}"), &loaded.book, visit);
    let answers = answers.unwrap_or_else(|| panic!("{findings:?}"));
    rules_on(&loaded.book, Day::from_point(visit)).version().engine().decide(&answers)
}

fn wait(decision: &Decision) -> (String, String) {
    let wait = decision.wait.as_ref().expect("a wait");
    let text = |day: Option<Day>| day.map_or("open-ended".to_string(), |day| day.to_string());
    (text(wait.not_before), text(wait.latest))
}

const REST: &str = "    because: It matters.\n    basis: Ours\n";

#[test]
fn between_two_whole_numbers_there_is_none() {
    let facts = "n:\n  kind: number\n  ask: N?\n  between: [0, 9]\n  whole: yes\n";
    let page = format!("absolute_contraindications:\n  r:\n    when: 'n > 3 && n < 4'\n{REST}");
    let decision = decided(facts, &page, "facts:\n  n: {at_least: 2}\n");
    assert!(decision.settled && decision.reasons.is_empty(), "{:?}", decision.possible);
}

#[test]
fn a_fixed_day_among_several_is_a_change() {
    let facts = "d:\n  kind: date\n  ask: D?\n";
    let until = "until: latest(d + days(2), date(\"2026-03-09\"))\n    while_ongoing: Later";
    let page = format!("deferrals:\n  r:\n    {until}\n{REST}");
    let decision = decided(facts, &page, "facts:\n  d: 2026-02-01\n");
    assert_eq!(decision.next_change.map(|day| day.to_string()).as_deref(), Some("2026-03-09"));
}

/// While two sources differ, rules that read what they say are asked together; once one has aged, by themselves.
#[test]
fn an_answer_that_ages_changes_nothing_where_the_rules_say_the_same() {
    let facts = "x:\n  kind: yes/no\n  ask: X?\ny:\n  kind: yes/no\n  ask: Y?\n\
        p:\n  kind: planned date\n  ask: P?\n  good_for:\n    none: 9 days\n";
    let after = "p > date(\"2026-03-20\")";
    let page = format!(
        "relative_contraindications:\n  r:\n    when_any:\n      - 'x'\n      - '{after}'\n{REST}  s:\n    when: 'y && {after}'\n{REST}"
    );
    let record = "facts:\n  x: yes\n  y: no\n  p: [{answer: 2026-04-11, from: phone}, {answer: none}]\n";
    assert_eq!(decided(facts, &page, record).next_change, None);
}

/// The rule holds for every completion, but how long depends on which of its parts hold.
#[test]
fn a_rule_that_surely_holds_may_lapse_early_or_never() {
    let facts = "x:\n  kind: yes/no\n  ask: X?\nd:\n  kind: date\n  ask: D?\n";
    let page = format!(
        "deferrals:\n  r:\n    when_any:\n      - not(x)\n      - visit < d + days(9)\n    cleared_when: it has ended\n{REST}"
    );
    let record = "facts:\n  d: {at_least: 2026-02-25, at_most: 2026-02-27}\n";
    assert_eq!(wait(&decided(facts, &page, record)), ("2026-03-06".into(), "open-ended".into()));
}

/// One source gives the early day of x with the late one of y, the other the opposite: nobody has both early.
#[test]
fn sources_are_not_mixed_in_a_wait() {
    let facts = "h:\n  kind: history\n  ask: H?\n  of:\n    x: The one\n    y: The other\n";
    let rule =
        |name: &str| format!("  {name}:\n    until: h.{name} + days(30)\n    while_ongoing: Later\n{REST}");
    let page = format!("deferrals:\n{}{}", rule("x"), rule("y"));
    let record = "facts:\n  h: [{answer: {x: 2026-02-10, y: 2026-02-20}, from: a}, \
                  {answer: {x: 2026-02-20, y: 2026-02-10}, from: b}]\n";
    assert_eq!(wait(&decided(facts, &page, record)), ("2026-03-22".into(), "2026-03-22".into()));
}

/// The number does not move with time, but what it is compared with changes on a day.
#[test]
fn a_parameter_may_end_a_wait_that_time_does_not() {
    let facts = "n:\n  kind: number\n  ask: N?\n  between: [0, 9]\n";
    let value = |day: &str, value| format!("      {day}:\n        value: {value}\n        basis: Ours\n");
    let page = format!(
        "parameters:\n  p:\n    meaning: Some number\n    owner: lead\n    between: [0, 9]\n    \
         review_by: 2030-01-01\n    values:\n{}{}deferrals:\n  r:\n    when: n != p\n    \
         cleared_when: it has ended\n{REST}",
        value("2026-01-01", 1),
        value("2026-03-05", 3)
    );
    let record = "facts:\n  n: {at_least: 2, at_most: 4}\n";
    assert_eq!(wait(&decided(facts, &page, record)), ("2026-03-05".into(), "open-ended".into()));
}
