//! Random records: known, partly known and unknown, from several sources, old, undated, and with slips.

use clearance::inside::book::{Book, Rule, print};
use clearance::inside::decide::Intake;
use clearance::inside::source::yaml;
use clearance::inside::span::Texts;
use clearance::inside::value::Day;
use clearance::inside::written::record;

use crate::calendar::day_text;
use crate::page::{Fact, Kind, Page};
use crate::random::Random;
use crate::tree::{Tree, map, word};

/// What programs write where they have no value.
const MISSING: [&str; 6] = ["None", "NaN", "N/A", "null", "#N/A", "1900-01-01"];

/// A record of one client.
pub fn record(random: &mut Random, page: &Page, book: &Book, client: usize) -> Tree {
    let visit = page.visit + if random.chance(3) { random.between(-3, 14) } else { 0 };
    let mut record = map([("client", word(format!("C{client}"))), ("visit", word(day_text(visit)))]);
    let Tree::Map(entries) = &mut record else { unreachable!("a record is a map") };
    if !random.chance(4) {
        let ago = if random.chance(40) { -1 } else { random.of(&[0, 0, 1, 4, 15, 40, 400]) };
        entries.push(("answered_on".to_string(), word(day_text(visit - ago))));
    }
    let answered = match entries.last() {
        Some((key, Tree::Word(day))) if key == "answered_on" => Day::parse(day).map_or(visit, Day::point),
        _ => visit,
    };
    let mut facts = Vec::new();
    for fact in &page.facts {
        let answer = match random.below(10) {
            0 => continue,
            1 => Tree::List((0..2 + random.below(2)).map(|_| dated(random, fact, visit, true)).collect()),
            2..=4 => dated(random, fact, visit, false),
            _ => answer(random, fact, answered.min(visit)),
        };
        facts.push((fact.name.to_string(), answer));
    }
    if random.chance(60) {
        facts.push(("yn_z".to_string(), word("no")));
    }
    random.shuffle(&mut facts);
    entries.push(("facts".to_string(), Tree::Map(facts)));
    if random.chance(6) {
        let plain = Tree::Map(entries.clone());
        let reviews = (0..1 + random.below(2)).filter_map(|_| review(random, page, book, (visit, &plain)));
        let reviews = reviews.collect();
        entries.push(("reviews".to_string(), Tree::List(reviews)));
    }
    record
}

fn review(random: &mut Random, page: &Page, book: &Book, (visit, plain): (i64, &Tree)) -> Option<Tree> {
    let treatment = &book.treatments[0];
    let rule = treatment.rules.get(random.below(treatment.rules.len().max(1)))?;
    let meaning = match random.below(5) {
        0 => "0123456789abcdef".to_string(),
        _ => print::meaning(rule, Day::from_point(visit.max(page.visit)), &book.facts, treatment),
    };
    let ago = if random.chance(20) { -2 } else { random.between(0, 12) };
    let mut review = map([
        ("rule", word(if random.chance(30) { "page/rule_99".to_string() } else { rule.id.clone() })),
        ("says", word(if random.chance(30) { "stop" } else { "go ahead" })),
        ("by", word(random.of(&["A. B", "A. B", "C. D", "E. F"]))),
        ("on", word(day_text(visit - ago))),
        ("good_for", word(random.of(&["3 days", "10 days", "1 months", "26 weeks"]))),
        ("meaning", word(meaning)),
    ]);
    if let (Tree::Map(entries), false) = (&mut review, random.chance(3)) {
        let saw = if random.chance(6) { "0123456789abcdef".to_string() } else { saw(plain, book, rule) };
        entries.push(("saw".to_string(), word(saw)));
    }
    Some(review)
}

/// The name of the answers in a record to the facts that a rule reads.
fn saw(record: &Tree, book: &Book, rule: &Rule) -> String {
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add("record", record.yaml());
    let node = yaml::read(&texts, id, &mut findings).expect("YAML");
    let record = record::from_node(&node, &mut findings).expect("a record");
    Intake::new(book, &book.treatments[0]).saw(rule, &record, None)
}

/// An answer with where or when it comes from.
fn dated(random: &mut Random, fact: &Fact, visit: i64, several: bool) -> Tree {
    let ago = if random.chance(60) { -1 } else { random.of(&[0, 1, 2, 3, 5, 7, 20, 31, 400]) };
    let on = (!random.chance(3)).then_some(visit - ago);
    // Now and then of a day that had not come.
    let asked = if random.chance(12) { visit } else { on.unwrap_or(visit).min(visit) };
    let mut entries = vec![("answer".to_string(), answer(random, fact, asked))];
    if let Some(on) = on {
        entries.push(("on".to_string(), word(day_text(on))));
    } else if random.chance(3) {
        entries.push(("on".to_string(), word(random.of(&MISSING))));
    }
    if several && !random.chance(4) || random.chance(4) {
        entries.push(("from".to_string(), word(random.of(&["nurse", "intake form", "phone"]))));
    }
    Tree::Map(entries)
}

fn answer(random: &mut Random, fact: &Fact, visit: i64) -> Tree {
    match random.below(80) {
        0..=6 => return word("unknown"),
        7 => return word("purple"),
        8..=10 => return word(random.of(&MISSING)),
        _ => {}
    }
    let partly = random.chance(3);
    match fact.kind {
        Kind::YesNo => word(if random.chance(2) { "yes" } else { "no" }),
        Kind::Choice if partly && fact.options.len() > 1 => map([("some", Tree::List(some(random, fact)))]),
        Kind::Choice => word(random.of(fact.options)),
        Kind::Set => set(random, fact, partly),
        Kind::Number | Kind::Whole => {
            let values: &[&str] = if fact.kind == Kind::Whole {
                &["0", "2", "3", "4", "6"]
            } else {
                &["0", "2.5", "3", "3.51", "6"]
            };
            if random.chance(60) {
                return word(random.of(&["7", "-1", "2,5"]));
            }
            let at = random.below(values.len());
            match partly {
                false => word(values[at]),
                true => {
                    let high = random.below(values.len() - at) + at;
                    range(random, values[at].to_string(), values[high].to_string())
                }
            }
        }
        Kind::History => {
            let mut entries = Vec::new();
            for option in fact.options {
                if random.chance(if fact.options.len() > 9 { 6 } else { 2 }) {
                    entries.push((option.to_string(), days(random, fact, visit, partly)));
                }
            }
            if random.chance(2) || entries.is_empty() {
                entries.push((
                    "rest".to_string(),
                    if partly { days(random, fact, visit, true) } else { word("never") },
                ));
            }
            if random.chance(60) {
                entries.push(("zz".to_string(), word("never")));
            }
            if random.chance(4) { word(random.of(&["none", "never", "no"])) } else { Tree::Map(entries) }
        }
        Kind::Date | Kind::Planned | Kind::Birth => days(random, fact, visit, partly),
    }
}

fn some(random: &mut Random, fact: &Fact) -> Vec<Tree> {
    let first = random.below(fact.options.len() - 1);
    vec![word(fact.options[first]), word(fact.options[first + 1])]
}

fn set(random: &mut Random, fact: &Fact, partly: bool) -> Tree {
    let option = random.of(fact.options);
    match random.below(5) {
        // One of forty is as many alternatives.
        0 if partly && fact.options.len() < 9 => word("some"),
        1 if partly => map([(option, word("yes")), ("rest", word("no"))]),
        2 if partly => map([(option, word(random.of(&["no", "unknown", "yes"])))]),
        3 if partly => map([(option, word("unknown")), ("rest", word("no"))]),
        4 if partly && fact.options.len() > 2 => {
            map([("some", Tree::List(some(random, fact))), ("rest", word("no"))])
        }
        0 | 1 => word("none"),
        _ => {
            let mut chosen: Vec<Tree> =
                fact.options.iter().filter(|_| random.chance(4)).map(|option| word(*option)).collect();
            if chosen.is_empty() {
                chosen.push(word(option));
            }
            Tree::List(chosen)
        }
    }
}

/// A day, or some of the days: a month, a year or a range.
fn days(random: &mut Random, fact: &Fact, visit: i64, partly: bool) -> Tree {
    let ends = matches!(fact.kind, Kind::Date | Kind::History);
    let day = match random.below(8) {
        0 if ends => return word("never"),
        1 if ends => return word("ongoing"),
        0 | 1 if fact.kind == Kind::Planned => return word("none"),
        2 | 3 if fact.may_be_planned => visit + random.between(-4, 20),
        2..=4 if fact.kind == Kind::Planned => visit + random.between(0, 30),
        0..=4 if fact.kind == Kind::Birth => visit - 6575 + random.between(-8, 8),
        5 => visit - random.between(0, 50),
        6 if random.chance(30) => visit + 3,
        _ => visit - random.between(0, 16),
    };
    let text = day_text(day);
    if !partly {
        return word(text);
    }
    match random.below(4) {
        0 => word(&text[..7]),
        1 => word(&text[..4]),
        _ => {
            let last = day_text(day + random.between(0, 12));
            range(random, text, last)
        }
    }
}

fn range(random: &mut Random, low: String, high: String) -> Tree {
    match random.below(4) {
        0 => map([("at_least", word(low))]),
        1 => map([("at_most", word(high))]),
        _ => map([("at_least", word(low)), ("at_most", word(high))]),
    }
}
