//! Random records: each answer as the text a record holds and as the points it stands for.

use std::collections::BTreeSet;
use std::fmt::Write;

use clearance::inside::book::Book;
use clearance::inside::decide::{self, Answers};
use clearance::inside::diagnostic::Diagnostic;
use clearance::inside::source::yaml;
use clearance::inside::span::Texts;
use clearance::inside::value::{Day, FIRST_DAY, LAST_DAY};
use clearance::inside::written;

use crate::calendar::{NEVER, ONGOING, add_months, date_of, day_text, days_in};
use crate::page::{Fact, Kind, Page};
use crate::random::Random;

/// For each slot of a fact the points it may have.
pub type Box = Vec<Vec<i64>>;

/// What an answer says of a slot.
#[derive(Debug, Clone)]
pub enum Value {
    /// One of these points, whenever it was said.
    Points(Vec<i64>),
    /// A day from the first to the second, and anything beyond an end that is open.
    Days(Option<i64>, Option<i64>),
}

#[derive(Debug, Clone)]
pub struct Said {
    pub text: String,
    /// Alternatives, each with a value for every slot; `None` for `unknown`.
    pub values: Option<Vec<Vec<Value>>>,
    pub on: Option<i64>,
    pub from: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub struct Record {
    pub visit: i64,
    pub answered_on: Option<i64>,
    /// For each fact of the page what was said.
    pub facts: Vec<Vec<Said>>,
    pub reviews: Vec<Review>,
}

#[derive(Debug, Clone)]
pub struct Review {
    pub rule: String,
    pub on: i64,
    pub days: i64,
    pub meaning: String,
    pub saw: Option<String>,
}

/// All points of a fact that can matter on a page, for each slot.
pub fn domain(fact: &Fact, visit: i64) -> Box {
    let first = FIRST_DAY.point();
    let points: Vec<i64> = match fact.kind {
        Kind::YesNo | Kind::Set => vec![0, 1],
        Kind::Choice => (0..fact.options.len() as i64).collect(),
        Kind::Whole => (0..=6).map(|n| n * 1_000_000).collect(),
        Kind::Number => {
            let consts = [0, 1_000_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000, 6_000_000];
            let near: BTreeSet<i64> = consts.iter().flat_map(|c| [c - 1, *c, c + 1]).collect();
            near.into_iter().filter(|n| (0..=6_000_000).contains(n)).collect()
        }
        Kind::Date | Kind::History => {
            let near = visit - 75..=visit;
            [NEVER, first, visit - 400].into_iter().chain(near).chain([ONGOING]).collect()
        }
        Kind::Planned => {
            let near = visit - 75..=visit + 80;
            [first, visit - 400].into_iter().chain(near).chain([LAST_DAY.point(), ONGOING]).collect()
        }
        Kind::Birth => {
            let years = [20, 19, 18].map(|years| add_months(visit, -12 * years));
            let near =
                years.into_iter().flat_map(|day| day - 16..=day + 16).chain(years[2] + 17..=years[2] + 66);
            [first].into_iter().chain(near).chain(visit - 75..=visit).collect()
        }
    };
    vec![points; fact.slots()]
}

impl Record {
    pub fn random(random: &mut Random, page: &Page) -> Record {
        let answered_on = (!random.chance(4)).then(|| page.visit - random.between(0, 4));
        let mut facts: Vec<Vec<Said>> = Vec::new();
        for fact in &page.facts {
            facts.push(match random.below(10) {
                0 => Vec::new(),
                1 => (0..2 + random.below(2)).map(|_| said(random, fact, page.visit)).collect(),
                _ => vec![said(random, fact, page.visit)],
            });
        }
        let mut record = Record { visit: page.visit, answered_on, facts, reviews: Vec::new() };
        record.tell_no_future(page);
        record
    }

    /// Whoever told of a day that had not come tells of it at the visit.
    pub fn tell_no_future(&mut self, page: &Page) {
        let Record { visit, answered_on, facts, .. } = self;
        for (fact, said) in page.facts.iter().zip(facts) {
            for one in said {
                let asked = one.on.or(*answered_on).unwrap_or(*visit);
                let ahead = |value: &Value| matches!(value, Value::Days(Some(low), _) if *low > asked);
                let may = fact.may_be_planned || fact.kind == Kind::Planned;
                if !may && one.values.iter().flatten().flatten().any(ahead) {
                    one.on = Some(*visit);
                }
            }
        }
    }

    /// Makes open answers known until there are at most `most` completions.
    pub fn narrowed(mut self, random: &mut Random, page: &Page, most: usize) -> Record {
        let mut open: Vec<usize> = self.completions(page, self.visit).iter().map(Vec::len).collect();
        while open.iter().product::<usize>() > most {
            let at = random.below(page.facts.len());
            open[at] = 1;
            let mut said = known(random, &page.facts[at], self.visit);
            said.on = Some(self.visit);
            self.facts[at] = vec![said];
        }
        self
    }

    /// The day asked about.
    pub fn visit_day(&self) -> Day {
        Day::from_point(self.visit)
    }

    /// For each fact the points it can have on a later day: every combination of its slots.
    pub fn completions(&self, page: &Page, day: i64) -> Vec<Vec<Vec<i64>>> {
        let facts = page.facts.iter().zip(&self.facts);
        facts.map(|(fact, said)| points_of(&self.counting(fact, said, day))).collect()
    }

    /// What counts on `day` of what was said, as alternatives.
    fn counting(&self, fact: &Fact, said: &[Said], day: i64) -> Vec<Box> {
        let on = |one: &Said| one.on.or(self.answered_on);
        let outdated = |one: &Said| {
            said.iter().any(|other| {
                one.from.is_some()
                    && one.from == other.from
                    && on(one).is_some_and(|day| on(other).is_some_and(|later| day < later))
            })
        };
        let mut counting = Vec::new();
        for one in said.iter().filter(|one| !outdated(one)) {
            let Some(values) = &one.values else { return vec![domain(fact, self.visit)] };
            let asked = on(one).unwrap_or(self.visit);
            let boxes: Vec<Box> = values
                .iter()
                .map(|slots| slots.iter().map(|value| meant(fact, value, asked, (self.visit, day))).collect())
                .collect();
            let is_old = |point: &i64| match limit(fact, *point) {
                None => false,
                Some(days) => on(one).is_none_or(|on| day > on + days),
            };
            let is_over = |points: &Vec<i64>| points.iter().all(is_old);
            if boxes.iter().flatten().all(is_over) {
                continue;
            }
            let open = domain(fact, self.visit);
            counting.extend(boxes.into_iter().map(|slots| {
                let slots = slots.into_iter().zip(&open);
                let each = slots.map(|(points, all)| if is_over(&points) { all.clone() } else { points });
                each.collect::<Box>()
            }));
        }
        if counting.is_empty() { vec![domain(fact, self.visit)] } else { counting }
    }

    pub fn yaml(&self, page: &Page, shuffle: Option<&mut Random>) -> String {
        let mut keys = vec!["client: C\n".to_string(), format!("visit: {}\n", day_text(self.visit))];
        keys.extend(self.answered_on.map(|day| format!("answered_on: {}\n", day_text(day))));
        let mut facts: Vec<String> = Vec::new();
        for (fact, said) in page.facts.iter().zip(&self.facts) {
            let name = fact.name;
            match &said[..] {
                [] => {}
                [one] if one.on.is_none() && one.from.is_none() => {
                    facts.push(format!("  {name}: {}\n", one.text));
                }
                [one] => facts.push(format!("  {name}: {}\n", one.yaml())),
                several => {
                    let several: Vec<String> = several.iter().map(Said::yaml).collect();
                    facts.push(format!("  {name}: [{}]\n", several.join(", ")));
                }
            }
        }
        if let Some(random) = shuffle {
            random.shuffle(&mut facts);
            random.shuffle(&mut keys);
        }
        let mut out = keys.concat();
        if !facts.is_empty() {
            let _ = write!(out, "facts:\n{}", facts.concat());
        }
        if !self.reviews.is_empty() {
            out.push_str("reviews:\n");
        }
        for Review { rule, on, days, meaning, saw } in &self.reviews {
            let on = day_text(*on);
            let saw = saw.as_ref().map(|saw| format!(", saw: '{saw}'")).unwrap_or_default();
            let _ = writeln!(
                out,
                "  - {{rule: {rule}, says: go ahead, by: A. B, on: {on}, good_for: {days} days, meaning: '{meaning}'{saw}}}"
            );
        }
        out
    }
}

impl Said {
    fn yaml(&self) -> String {
        let mut out = format!("{{answer: {}", self.text);
        self.on.iter().for_each(|day| out.push_str(&format!(", on: {}", day_text(*day))));
        self.from.iter().for_each(|from| out.push_str(&format!(", from: {from}")));
        out + "}"
    }
}

/// Every combination of the slots, from any of the alternatives.
pub fn points_of(boxes: &[Box]) -> Vec<Vec<i64>> {
    let mut all: BTreeSet<Vec<i64>> = BTreeSet::new();
    for one in boxes {
        let mut rows: Vec<Vec<i64>> = vec![Vec::new()];
        for points in one {
            rows = rows
                .iter()
                .flat_map(|row| points.iter().map(move |point| [&row[..], &[*point]].concat()))
                .collect();
        }
        all.extend(rows);
    }
    all.into_iter().collect()
}

/// What a value said on the day `asked` means for a visit, and on a day from it on: nobody knows what was to come, and
/// what was to end may have ended on that day, later, or not at all.
fn meant(fact: &Fact, value: &Value, asked: i64, (visit, day): (i64, i64)) -> Vec<i64> {
    let (low, high) = match value {
        Value::Points(points) => return points.clone(),
        Value::Days(low, high) => (*low, *high),
    };
    let ends = [low, high, Some(asked), Some(visit)].into_iter().flatten();
    let is_day = |point: &i64| *point > NEVER && *point < ONGOING;
    let days: BTreeSet<i64> = domain(fact, visit)
        .remove(0)
        .into_iter()
        .chain(visit - 75..=visit)
        .chain(ends)
        .filter(is_day)
        .collect();
    let said = |day: &i64| low.is_none_or(|low| low <= *day) && high.is_none_or(|high| *day <= high);
    let said: BTreeSet<i64> = days.iter().copied().filter(said).collect();
    let goes_on = matches!(fact.kind, Kind::Date | Kind::History);
    let mut points: BTreeSet<i64> = BTreeSet::new();
    if fact.kind == Kind::Planned {
        points.extend(said);
        points.extend(high.is_none().then_some(ONGOING));
        return points.into_iter().collect();
    }
    points.extend(said.iter().copied().filter(|day| *day <= asked));
    points.extend((goes_on && low.is_none()).then_some(NEVER));
    points.extend((goes_on && high.is_none()).then_some(ONGOING));
    let is_ahead = high.is_some_and(|high| high > asked) || low.is_some_and(|low| low > asked);
    if fact.may_be_planned && is_ahead {
        let first = low.unwrap_or(asked + 1).max(asked + 1);
        points.insert(ONGOING);
        points.extend(days.into_iter().filter(|day| *day >= first && *day <= visit));
        // Seen from the visit it goes on; once its day has come, it may have ended.
        points.extend((low == Some(first) && first > visit && first <= day).then_some(first));
    }
    points.into_iter().collect()
}

/// How many days this value of a slot counts.
fn limit(fact: &Fact, value: i64) -> Option<i64> {
    let key = match fact.kind {
        Kind::YesNo => ["no", "yes"][value as usize],
        Kind::Choice => fact.options[value as usize],
        Kind::Set if value == 0 => "none",
        Kind::History if value == NEVER => "none",
        Kind::Set | Kind::History => "any",
        Kind::Date if value == NEVER => "never",
        Kind::Date if value == ONGOING => "ongoing",
        Kind::Planned if value == ONGOING => "none",
        _ => "-",
    };
    fact.good_for.iter().find(|(name, _)| name.is_empty() || *name == key).map(|(_, days)| *days)
}

fn said(random: &mut Random, fact: &Fact, visit: i64) -> Said {
    let mut one = match random.below(5) {
        0 => Said { text: "unknown".to_string(), values: None, on: None, from: None },
        1 | 2 => partly(random, fact, visit),
        _ => known(random, fact, visit),
    };
    if one.text == "unknown" && random.chance(2) {
        one = known(random, fact, visit);
    }
    one.on = random.chance(2).then(|| visit - random.between(0, 25));
    one.from = random.chance(2).then(|| random.of(&["nurse", "form", "phone"]));
    one
}

fn plain(text: impl Into<String>, boxes: Vec<Box>) -> Said {
    let values = boxes.into_iter().map(|slots| slots.into_iter().map(Value::Points).collect());
    with(text, values.collect())
}

fn with(text: impl Into<String>, values: Vec<Vec<Value>>) -> Said {
    Said { text: text.into(), values: Some(values), on: None, from: None }
}

/// One value for every slot.
pub fn known(random: &mut Random, fact: &Fact, visit: i64) -> Said {
    match fact.kind {
        Kind::YesNo => {
            let yes = random.chance(2);
            plain(if yes { "yes" } else { "no" }, vec![vec![vec![i64::from(yes)]]])
        }
        Kind::Choice => {
            let at = random.below(fact.options.len());
            plain(fact.options[at], vec![vec![vec![at as i64]]])
        }
        Kind::Set => {
            let chosen: Vec<bool> = fact.options.iter().map(|_| random.chance(3)).collect();
            let names = fact.options.iter().zip(&chosen).filter(|(_, yes)| **yes);
            let names: Vec<&str> = names.map(|(name, _)| *name).collect();
            let text = if names.is_empty() { "none".to_string() } else { format!("[{}]", names.join(", ")) };
            plain(text, vec![chosen.iter().map(|yes| vec![i64::from(*yes)]).collect()])
        }
        Kind::Number | Kind::Whole => {
            let whole = fact.kind == Kind::Whole;
            let text =
                random.of(if whole { &["0", "2", "3", "4", "6"] } else { &["0", "2.5", "3", "3.51", "6"] });
            let point = (text.parse::<f64>().expect("a number") * 1e6).round() as i64;
            plain(text, vec![vec![vec![point]]])
        }
        Kind::History => {
            let parts: Vec<(String, Value)> =
                fact.options.iter().map(|_| one_day(random, fact, visit)).collect();
            let values = parts.iter().map(|(_, value)| value.clone()).collect();
            let text = fact.options.iter().zip(&parts).map(|(name, (text, _))| format!("{name}: {text}"));
            with(format!("{{{}}}", text.collect::<Vec<_>>().join(", ")), vec![values])
        }
        _ => {
            let (text, value) = one_day(random, fact, visit);
            with(text, vec![vec![value]])
        }
    }
}

fn one_day(random: &mut Random, fact: &Fact, visit: i64) -> (String, Value) {
    let ends = matches!(fact.kind, Kind::Date | Kind::History);
    let one = |text: &str, point: i64| (text.to_string(), Value::Points(vec![point]));
    let day = match random.below(8) {
        0 if ends => return one("never", NEVER),
        1 if ends => return one("ongoing", ONGOING),
        0 | 1 if fact.kind == Kind::Planned => return one("none", ONGOING),
        2 | 3 if fact.may_be_planned => visit + random.between(-4, 12),
        2..=4 if fact.kind == Kind::Planned => visit + random.between(0, 30),
        0..=4 if fact.kind == Kind::Birth => add_months(visit, -216) + random.between(-8, 8),
        5 => visit - random.between(0, 50),
        _ => visit - random.between(0, 16),
    };
    (day_text(day), Value::Days(Some(day), Some(day)))
}

/// Some of the days: a month, a year, or a range.
fn some_days(random: &mut Random, fact: &Fact, visit: i64) -> (String, Value) {
    let ahead = fact.kind == Kind::Planned || fact.may_be_planned && random.chance(3);
    let around = visit - random.between(0, 45) + if ahead { 20 } else { 0 };
    let date = date_of(around.min(if ahead { around } else { visit }));
    let (text, low, high) = match random.below(6) {
        0 | 1 => {
            let first = days_in(date.year(), date.month(), 1);
            (date.to_string()[..7].to_string(), Some(first), Some(add_months(first, 1) - 1))
        }
        2 => {
            let year = date.year();
            (year.to_string(), Some(days_in(year, 1, 1)), Some(days_in(year, 12, 31)))
        }
        3 => (format!("{{at_most: {date}}}"), None, Some(crate::calendar::days_of(date))),
        4 => (format!("{{at_least: {date}}}"), Some(crate::calendar::days_of(date)), None),
        _ => {
            let low = crate::calendar::days_of(date);
            let high = low + random.between(0, 9);
            (format!("{{at_least: {date}, at_most: {}}}", day_text(high)), Some(low), Some(high))
        }
    };
    (text, Value::Days(low, high))
}

fn partly(random: &mut Random, fact: &Fact, visit: i64) -> Said {
    match fact.kind {
        Kind::YesNo => known(random, fact, visit),
        Kind::Choice => {
            let some = [[0, 1], [1, 2], [0, 2]][random.below(3)];
            let text = format!("{{some: [{}, {}]}}", fact.options[some[0]], fact.options[some[1]]);
            plain(text, vec![vec![some.map(|at| at as i64).to_vec()]])
        }
        Kind::Set => match random.below(4) {
            0 => plain("some", (0..3).map(|at| one_of(at, vec![vec![0, 1]; 3])).collect()),
            1 => plain("{p: yes, rest: no}", vec![vec![vec![1], vec![0], vec![0]]]),
            2 => plain("{p: no, q: unknown}", vec![vec![vec![0], vec![0, 1], vec![0, 1]]]),
            _ => {
                let base = vec![vec![0, 1], vec![0, 1], vec![0]];
                plain("{some: [p, q], r: no}", (0..2).map(|at| one_of(at, base.clone())).collect())
            }
        },
        Kind::Number | Kind::Whole => {
            let (low, high) = [(0, 3), (1, 4), (2, 3), (3, 6), (2, 6)][random.below(5)];
            let mut points = domain(fact, visit).remove(0);
            points.retain(|point| (low * 1_000_000..=high * 1_000_000).contains(point));
            let text = match (low, high) {
                (0, high) => format!("{{at_most: {high}}}"),
                (low, 6) => format!("{{at_least: {low}}}"),
                _ => format!("{{at_least: {low}, at_most: {high}}}"),
            };
            plain(text, vec![vec![points]])
        }
        Kind::History => {
            let (text, days) = some_days(random, fact, visit);
            let never = Value::Points(vec![NEVER]);
            let open = Value::Points(domain(fact, visit).remove(0));
            match random.below(3) {
                0 => with(format!("{{x: {text}, rest: never}}"), vec![vec![days, never]]),
                1 => with(format!("{{y: {text}}}"), vec![vec![open, days]]),
                _ => {
                    let (other, day) = one_day(random, fact, visit);
                    with(format!("{{x: {other}, rest: {text}}}"), vec![vec![day, days]])
                }
            }
        }
        _ => {
            let (text, days) = some_days(random, fact, visit);
            with(text, vec![vec![days]])
        }
    }
}

fn one_of(at: usize, mut base: Box) -> Box {
    base[at] = vec![1];
    base
}

/// The name of the answers in a record to the facts that a rule reads.
pub fn saw(text: &str, book: &Book, rule: &clearance::inside::book::Rule) -> String {
    let (mut findings, mut texts) = (Vec::new(), Texts::new());
    let id = texts.add("record.yaml", text.to_string());
    let node = yaml::read(&texts, id, &mut findings).expect("YAML");
    let record = written::record::from_node(&node, &mut findings).expect("a record");
    decide::Intake::new(book, &book.treatments[0]).saw(rule, &record, None)
}

/// The record as the program reads it.
pub fn read(text: &str, book: &Book, visit: i64) -> (Option<Answers>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut texts = Texts::new();
    let id = texts.add("record.yaml", text.to_string());
    let node = yaml::read(&texts, id, &mut findings).unwrap_or_else(|| panic!("{text}\n{findings:?}"));
    let record = written::record::from_node(&node, &mut findings).expect("a record");
    assert!(findings.is_empty(), "{text}\n{findings:?}");
    decide::from_written(&record, "C", Day::from_point(visit), None, book, &book.treatments[0])
}
