//! On fully known facts every condition gives what Rhai itself makes of it. Unknown never reaches Rhai.

use crate::page::rules_on;
use clearance::inside::value::Day;
use rhai::{Dynamic, Engine, ImmutableString, Map, Scope};
use rust_decimal::Decimal;

use crate::calendar::{NEVER, ONGOING, add_months, day_text, parse_day, years_between};
use crate::page::{Kind, Page, Rule};
use crate::random::{Random, cases};
use crate::record::{Record, known, read};
use crate::told::Told;

/// A day, `never` or `ongoing`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Date(i64);

/// So many days, and so many months.
#[derive(Debug, Clone, Copy)]
struct Length(i64, i64);

impl Date {
    fn plus(self, by: Length, sign: i64) -> Date {
        match self.0 {
            NEVER | ONGOING => self,
            day if by.1 == 0 => Date(day + sign * by.0),
            day => Date(add_months(day, by.1)),
        }
    }
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_fast_operators(false);
    engine
        .register_fn("+", |date: Date, by: Length| date.plus(by, 1))
        .register_fn("-", |date: Date, by: Length| date.plus(by, -1))
        .register_fn("==", |a: Date, b: Date| a == b)
        .register_fn("!=", |a: Date, b: Date| a != b)
        .register_fn("<", |a: Date, b: Date| a < b)
        .register_fn("<=", |a: Date, b: Date| a <= b)
        .register_fn(">", |a: Date, b: Date| a > b)
        .register_fn(">=", |a: Date, b: Date| a >= b)
        .register_fn("days", |n: i64| Length(n, 0))
        .register_fn("weeks", |n: i64| Length(7 * n, 0))
        .register_fn("months", |n: i64| Length(0, n))
        .register_fn("years", |n: i64| Length(0, 12 * n))
        .register_fn("date", |text: ImmutableString| Date(parse_day(&text)))
        .register_fn("latest", |a: Date, b: Date| if a < b { b } else { a })
        .register_fn("days_between", |a: Date, b: Date| b.0 - a.0)
        .register_fn("years_between", |a: Date, b: Date| years_between(a.0, b.0))
        .register_fn("ongoing", |date: Date| date.0 == ONGOING)
        .register_fn("never", |date: Date| date.0 == NEVER)
        .register_fn("not", |yes: bool| !yes);
    engine
}

/// The client's answers and the parameters of the day as variables.
fn scope(page: &Page, values: &[Vec<i64>]) -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push("visit", Date(page.visit));
    for (fact, values) in page.facts.iter().zip(values) {
        let named = |value: &dyn Fn(usize) -> Dynamic| -> Map {
            fact.options.iter().enumerate().map(|(at, option)| ((*option).into(), value(at))).collect()
        };
        let value = match fact.kind {
            Kind::YesNo => Dynamic::from(values[0] == 1),
            Kind::Number | Kind::Whole => Dynamic::from(Decimal::new(values[0], 6)),
            Kind::Date | Kind::Planned | Kind::Birth => Dynamic::from(Date(values[0])),
            Kind::Choice => Dynamic::from(named(&|at| Dynamic::from(values[0] == at as i64))),
            Kind::History => Dynamic::from(named(&|at| Dynamic::from(Date(values[at])))),
            Kind::Set => {
                let mut map = named(&|at| Dynamic::from(values[at] == 1));
                map.insert("any".into(), Dynamic::from(values.contains(&1)));
                map.insert("none".into(), Dynamic::from(!values.contains(&1)));
                Dynamic::from(map)
            }
        };
        scope.push_dynamic(fact.name, value);
    }
    for param in &page.params {
        let (_, text) = param.values.iter().rfind(|(from, _)| *from <= page.visit).expect("a value");
        let value = match text.split_once(' ') {
            Some((count, "days")) => Dynamic::from(Length(count.parse().expect("days"), 0)),
            Some((count, _)) => Dynamic::from(Length(0, count.parse().expect("months"))),
            None if text.len() == 10 => Dynamic::from(Date(parse_day(text))),
            None => Dynamic::from(text.parse::<Decimal>().expect("a number")),
        };
        scope.push_dynamic(param.name, value);
    }
    scope
}

/// What the rule asks, with derived facts written out.
fn texts(page: &Page, rule: &Rule) -> Vec<String> {
    let written_out = |text: &String| {
        let mut text = text.clone();
        for (name, derived, _) in page.derived.iter().rev() {
            text = text.replace(name, &format!("({derived})"));
        }
        text
    };
    let mut all = Vec::new();
    if let Some((key, conditions)) = &rule.when {
        let joint = if *key == "when_any" { " || " } else { " && " };
        let conditions: Vec<String> =
            conditions.iter().map(|text| format!("({})", written_out(text))).collect();
        all.push(conditions.join(joint));
    }
    all.extend(rule.until.iter().map(|until| format!("visit < {until}")));
    all
}

#[test]
fn conditions_give_what_rhai_makes_of_them() {
    let engine = engine();
    let mut random = Random(0x24a1);
    let (mut done, mut yes) = (0, 0);
    while done < cases(2_000) {
        let facts = 3 + random.below(8);
        let (page, loaded) = Page::random(&mut random, facts, 7);
        let rules = rules_on(&loaded.book, Day::from_point(page.visit));
        let told = Told::by(&rules);
        let counting: Vec<&Rule> = page
            .rules
            .iter()
            .filter(|rule| rule.done.is_none() && rule.withdrawn.is_none_or(|since| page.visit < since))
            .filter(|rule| rule.in_force.0.is_none_or(|from| from <= page.visit))
            .filter(|rule| rule.in_force.1.is_none_or(|last| page.visit <= last))
            .collect();
        for _ in 0..30 {
            let said: Vec<_> = page
                .facts
                .iter()
                .map(|fact| {
                    let mut one = known(&mut random, fact, page.visit);
                    one.on = Some(page.visit);
                    vec![one]
                })
                .collect();
            let record = Record { visit: page.visit, answered_on: None, facts: said, reviews: Vec::new() };
            let text = record.yaml(&page, None);
            let answers = read(&text, &loaded.book, page.visit).0.unwrap_or_else(|| panic!("{text}"));
            let values = answers.space(&loaded.book.facts).values().expect("all known");
            let holding: Vec<&str> = told.holding(&values).map(|rule| rule.id.as_str()).collect();
            let answered: Vec<Vec<i64>> =
                record.completions(&page, page.visit).into_iter().map(|mut one| one.remove(0)).collect();
            let mut scope = scope(&page, &answered);
            for rule in &counting {
                let rhai = texts(&page, rule).iter().all(|text| {
                    let found = engine.eval_expression_with_scope::<bool>(&mut scope, text);
                    found.unwrap_or_else(|error| panic!("{text}: {error}"))
                });
                let ours = holding.contains(&format!("page/{}", rule.name).as_str());
                let day = day_text(page.visit);
                assert_eq!(ours, rhai, "{:?} on {day}\n{}\n{text}", texts(&page, rule), page.page_yaml(None));
                done += 1;
                yes += usize::from(ours);
            }
        }
    }
    println!("{done} conditions of clients, {yes} yes");
    assert!(yes > done / 10 && yes < done * 9 / 10);
}
