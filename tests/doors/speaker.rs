//! Somebody who answers by chance, and what each line means.

use clearance::inside::book::fact::{Fact, FactKind};
use clearance::inside::rulebook::{Asking, Stage};
use clearance::inside::value::{Day, FIRST_DAY, NEVER, Number, ONGOING, Points};

use crate::random::Random;

/// A line and what it means; nothing if it is no answer.
pub struct Line {
    pub text: String,
    pub means: Option<Meaning>,
}

#[derive(Debug, Clone)]
pub enum Meaning {
    /// Nothing more is known.
    Unknown,
    /// What each slot may be; nothing is said of some.
    Slots(Vec<Option<Points>>),
    /// It should be refused.
    Odd,
    /// Whatever it says.
    Any,
}

const WRONG: [&str; 16] = [
    "maybe",
    "help",
    "purple",
    "170cm",
    "1.70 m",
    "35.13.2026",
    "1.2.2026",
    "13.5.26",
    "2026-02-30",
    "\u{1b}[31mred",
    "1,5",
    "99999",
    "3000",
    "no no no",
    "{answer: no}",
    "..",
];

/// Pieces of lines that nobody would write.
const PIECES: [&str; 24] = [
    "instead ",
    " and ",
    " or ",
    "..",
    "-",
    ",",
    "\u{e9}",
    "\u{130}",
    "Option x",
    "option p",
    "red",
    "2026-01",
    "none",
    " ? ",
    ":",
    "\u{202e}",
    "7",
    " between ",
    " to ",
    "at least ",
    "\u{2013}",
    ";",
    "march ",
    "_",
];

pub fn line(random: &mut Random, fact: &Fact, asking: &Asking, visit: Day, today: Day) -> Line {
    let line = |text: &str, means: Option<Meaning>| Line { text: text.to_string(), means };
    if asking.said.is_some() && random.chance(4) {
        return line("", None);
    }
    match random.below(24) {
        0..2 => return line(random.of(&["back", "Back", "go back", " < "]), None),
        2 if random.chance(2) => {
            let text: String = (0..1 + random.below(6)).map(|_| random.of(&PIECES)).collect();
            return line(&text, Some(Meaning::Any));
        }
        2..4 => return line(random.of(&WRONG), Some(Meaning::Odd)),
        4 => return line(random.of(&["", " ", "\t"]), None),
        5 if random.chance(4) => return line(random.of(&["quit", "exit"]), None),
        6 | 7 => {
            let words = ["?", "don't know", "Don\u{2019}t know", "not sure", "unknown", "no more is known"];
            return line(random.of(&words), Some(Meaning::Unknown));
        }
        _ => {}
    }
    let (text, means) = answer(random, fact, asking, visit, today);
    let text = if random.chance(12) { format!("instead {text}") } else { text };
    Line { text, means: Some(Meaning::Slots(means)) }
}

/// A name of an option in some letters.
fn name(random: &mut Random, fact: &Fact, option: usize) -> String {
    let option = &fact.options[option];
    match random.below(4) {
        0 => option.text.clone(),
        1 => option.text.to_uppercase(),
        2 => option.id.replace('_', " "),
        _ => option.id.clone(),
    }
}

fn answer(
    random: &mut Random,
    fact: &Fact,
    asking: &Asking,
    visit: Day,
    today: Day,
) -> (String, Vec<Option<Points>>) {
    let count = fact.options.len();
    match fact.kind {
        FactKind::YesNo => {
            let yes = random.chance(2);
            let words = if yes { ["yes", "y", "YES"] } else { ["no", "N", "No."] };
            (random.of(&words).to_string(), vec![Some(Points::one(i64::from(yes)))])
        }
        FactKind::Choice => {
            let (one, other) = (random.below(count), random.below(count));
            if one == other || random.chance(2) {
                return (name(random, fact, one), vec![Some(Points::one(one as i64))]);
            }
            let text = format!("{} or {}", name(random, fact, one), name(random, fact, other));
            (text, vec![Some(Points::of([one, other].map(|at| (at as i64, at as i64))))])
        }
        FactKind::Set => set(random, fact, asking),
        FactKind::Number { .. } => {
            let (text, points) = number(random);
            (text, vec![Some(points)])
        }
        FactKind::History => history(random, fact, asking, visit, today),
        FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate | FactKind::Note => {
            let (text, points) = days(random, fact, visit, today);
            (text, vec![Some(points)])
        }
    }
}

fn number(random: &mut Random) -> (String, Points) {
    let point = |n: i64| Number::whole(n).point();
    let low = random.between(0, 5);
    let high = random.between(low + 1, 6);
    match random.below(8) {
        0 => (format!("{low}..{high}"), Points::range(point(low), point(high))),
        1 => (format!("{low} to {high}"), Points::range(point(low), point(high))),
        2 => (format!("{low}-{high}"), Points::range(point(low), point(high))),
        3 => (format!("at least {low}"), Points::range(point(low), ONGOING)),
        4 => (format!("At most {high}"), Points::range(NEVER, point(high))),
        _ => (low.to_string(), Points::one(point(low))),
    }
}

fn days(random: &mut Random, fact: &Fact, visit: Day, today: Day) -> (String, Points) {
    let ends = matches!(fact.kind, FactKind::Date | FactKind::History);
    let day = match (fact.kind, random.below(8)) {
        (FactKind::Date | FactKind::History, 0) => return ("never".to_string(), Points::one(NEVER)),
        (FactKind::Date | FactKind::History, 1) => return ("Ongoing".to_string(), Points::one(ONGOING)),
        (FactKind::PlannedDate, 0 | 1) => return ("none".to_string(), Points::one(ONGOING)),
        (FactKind::PlannedDate, 2..=4) => visit.point() + random.between(0, 30),
        (FactKind::BirthDate, 0..=5) => visit.point() - 6575 + random.between(-8, 8),
        _ => today.point() - random.between(0, 40),
    };
    let first = Day::from_point(day);
    let text = first.to_string();
    let part = |form: &str| {
        let (first, last) = Day::parse_partial(form).expect("a month or a year");
        Points::range(first.point(), last.point())
    };
    let (year, month, of_month) = first.civil();
    let long = first.long();
    match random.below(12) {
        0 => (text[..7].to_string(), part(&text[..7])),
        1 => (long.split_once(' ').expect("a month").1.to_string(), part(&text[..7])),
        2 => (format!("{month}/{year}"), part(&text[..7])),
        3 => (text[..4].to_string(), part(&text[..4])),
        4 => {
            let last = Day::from_point(day + random.between(0, 12));
            let sign = random.of(&["..", " to ", " - "]);
            (format!("{text}{sign}{last}"), Points::range(day, last.point()))
        }
        // All that ends or goes on may be what is meant by an open end.
        5 => (format!("at least {text}"), Points::range(day, ONGOING)),
        6 if ends => (format!("..{text}"), Points::range(NEVER, day)),
        7 => (long, Points::one(day)),
        8 if of_month > 12 => (format!("{of_month}.{month}.{year}"), Points::one(day)),
        _ => (text, Points::one(day)),
    }
}

fn set(random: &mut Random, fact: &Fact, asking: &Asking) -> (String, Vec<Option<Points>>) {
    let count = fact.options.len();
    let mut means: Vec<Option<Points>> = vec![None; count];
    let no = |means: &mut Vec<Option<Points>>| {
        asking.options.iter().for_each(|at| means[*at] = Some(Points::one(0)));
    };
    match random.below(6) {
        0 if count < 9 => (random.of(&["some", "yes"]).to_string(), means),
        1 => {
            // Of what is known already nothing is said.
            no(&mut means);
            (random.of(&["none", "No", "none of them", "no others"]).to_string(), means)
        }
        kind => {
            no(&mut means);
            let mut parts = Vec::new();
            for (option, means) in means.iter_mut().enumerate() {
                if random.chance(count.min(6)) {
                    let name = name(random, fact, option);
                    let is_open = kind == 2 && !parts.is_empty() && random.chance(2);
                    *means = (!is_open).then(|| Points::one(1));
                    parts.push(if is_open { format!("{name} not sure") } else { name });
                }
            }
            if parts.is_empty() {
                let option = random.below(count);
                means[option] = Some(Points::one(1));
                parts.push(name(random, fact, option));
            }
            (parts.join(random.of(&[", ", "; ", " and ", ","])), means)
        }
    }
}

fn history(
    random: &mut Random,
    fact: &Fact,
    asking: &Asking,
    visit: Day,
    today: Day,
) -> (String, Vec<Option<Points>>) {
    let count = fact.options.len();
    let mut means: Vec<Option<Points>> = vec![None; count];
    if let Stage::Closer(Some(option)) = asking.stage {
        let (text, points) = days(random, fact, visit, today);
        means[option] = Some(points);
        return (text, means);
    }
    if random.chance(4) {
        means[0] = (count == 1).then(|| Points::one(NEVER));
        return ("none".to_string(), means);
    }
    let option = random.of(&asking.options);
    if count == 1 && random.chance(2) {
        let (text, points) = days(random, fact, visit, today);
        means[0] = Some(points);
        return (text, means);
    }
    let mut parts = Vec::new();
    for (at, means) in means.iter_mut().enumerate() {
        if at != option && !random.chance(8) {
            continue;
        }
        let name = name(random, fact, at);
        let (text, points) = match random.below(8) {
            0 => (String::new(), Points::range(FIRST_DAY.point(), ONGOING)),
            _ => days(random, fact, visit, today),
        };
        *means = Some(points);
        let sign = random.of(&[" ", ": "]);
        parts.push(format!("{name}{}{text}", if text.is_empty() { "" } else { sign }));
    }
    let mut text = parts.join(random.of(&[", ", " and ", "; "]));
    if random.chance(6) {
        text += ", none";
    }
    (text, means)
}
