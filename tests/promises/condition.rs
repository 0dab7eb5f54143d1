//! Random conditions and rules for a page.

use crate::calendar::day_text;
use crate::page::{Fact, Kind, Page, Rule};
use crate::random::Random;

pub struct Conditions<'a> {
    pub page: &'a Page,
    pub random: &'a mut Random,
}

const COMPARES: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

impl Conditions<'_> {
    fn some(&mut self, wanted: impl Fn(Kind) -> bool) -> Option<Fact> {
        let found: Vec<&Fact> = self.page.facts.iter().filter(|fact| wanted(fact.kind)).collect();
        (!found.is_empty()).then(|| found[self.random.below(found.len())].clone())
    }

    pub fn rule(&mut self, at: usize) -> Rule {
        let visit = self.page.visit;
        let section = self.random.of(&[0, 1, 1, 2, 2, 2, 2, 3]);
        let mut rule = Rule { name: format!("rule_{at}"), section, ..Rule::default() };
        let has_date = self.some(|kind| matches!(kind, Kind::Date | Kind::History | Kind::Planned));
        if section == 3 {
            if has_date.is_none() {
                rule.section = 1;
            } else {
                let done = match self.random.chance(3) {
                    true => format!("latest({}, {})", self.date_fact(), self.date_fact()),
                    false => self.date_fact(),
                };
                let at_least = self.random.chance(2).then(|| self.length());
                let good_for = self.random.chance(2).then(|| self.length());
                rule.done = Some((done, at_least, good_for));
            }
        }
        if rule.section == 2 && has_date.is_some() && !self.random.chance(4) {
            rule.until = Some(match self.random.below(5) {
                0 => {
                    let (a, b) = (self.fact_term(), self.fact_term());
                    format!("latest({a}, {b})")
                }
                1 => {
                    let (a, b) = (self.fact_term(), self.fixed_day());
                    format!("latest({a}, {b})")
                }
                _ => self.fact_term(),
            });
        }
        if rule.done.is_none() && (rule.until.is_none() || self.random.chance(3)) {
            rule.when = Some(match self.random.below(5) {
                0 => ("when_any", (0..2).map(|_| self.yes_no(1)).collect()),
                1 => ("when_all", (0..2).map(|_| self.yes_no(1)).collect()),
                _ => ("when", vec![self.yes_no(2)]),
            });
        }
        if self.random.chance(6) {
            rule.in_force.0 = Some(visit + self.random.between(-5, 3));
        }
        if self.random.chance(6) {
            let least = rule.in_force.0.unwrap_or(visit - 3).max(visit - 3);
            rule.in_force.1 = Some(least + self.random.between(0, 12));
        }
        if self.random.chance(20) {
            rule.withdrawn = Some(visit + self.random.between(-3, 10));
        }
        rule
    }

    /// A condition of at most this depth.
    pub fn yes_no(&mut self, depth: usize) -> String {
        match if depth == 0 { 0 } else { self.random.below(9) } {
            0..=3 => self.leaf(),
            4 => format!("({} && {})", self.yes_no(depth - 1), self.yes_no(depth - 1)),
            5 => format!("({} || {})", self.yes_no(depth - 1), self.yes_no(depth - 1)),
            6 => format!("!({})", self.yes_no(depth - 1)),
            7 => format!("not({})", self.yes_no(depth - 1)),
            _ => {
                let op = self.random.of(&["!=", "=="]);
                format!("(({}) {op} ({}))", self.yes_no(depth - 1), self.yes_no(depth - 1))
            }
        }
    }

    fn leaf(&mut self) -> String {
        if self.random.chance(12)
            && let Some((name, ..)) = self.page.derived.first()
        {
            return name.to_string();
        }
        if !self.page.calls.is_empty() && self.random.chance(4) {
            return self.page.calls[self.random.below(self.page.calls.len())].clone();
        }
        let fact = self.some(|_| true).expect("a page has facts");
        let name = fact.name;
        let compare = self.random.of(&COMPARES);
        match fact.kind {
            Kind::YesNo => name.to_string(),
            Kind::Choice => format!("{name}.{}", self.random.of(fact.options)),
            Kind::Set => match self.random.below(4) {
                0 => format!("{name}.any"),
                1 => format!("{name}.none"),
                _ => format!("{name}.{}", self.random.of(fact.options)),
            },
            Kind::Number | Kind::Whole => {
                let other = match self.random.below(8) {
                    0 => self
                        .some(|kind| matches!(kind, Kind::Number | Kind::Whole))
                        .map_or("3".to_string(), |other| other.name.to_string()),
                    1 | 2 => "limit_a".to_string(),
                    _ => self.random.of(&["1", "2.5", "3", "4", "0", "6", "-1"]).to_string(),
                };
                match self.random.chance(3) {
                    true => format!("{other} {compare} {name}"),
                    false => format!("{name} {compare} {other}"),
                }
            }
            Kind::Birth if !self.random.chance(4) => match self.random.below(3) {
                0 => format!("days_between({name}, visit) {compare} {}", self.random.of(&["0", "7", "20"])),
                1 => format!("{} {compare} years_between({name}, visit)", self.random.of(&["18", "19"])),
                _ => format!("years_between({name}, visit) {compare} 18"),
            },
            _ => self.dates(compare),
        }
    }

    fn dates(&mut self, compare: &str) -> String {
        let base = self.date_fact();
        if self.random.chance(6) && !base.starts_with("planned") && !base.starts_with("birth") {
            return format!("{}({base})", self.random.of(&["ongoing", "never"]));
        }
        let term = self.moved(&base);
        let other = match self.random.below(9) {
            0 => self.fact_term(),
            1 => {
                let day = self.fixed_day();
                format!("latest({}, {day})", self.fact_term())
            }
            2..=4 => self.fixed_day(),
            5 => self.moved("visit"),
            _ => "visit".to_string(),
        };
        let text = match self.random.chance(2) {
            true => format!("{other} {compare} {term}"),
            false => format!("{term} {compare} {other}"),
        };
        if base.starts_with("planned") || base.starts_with("birth") {
            return text;
        }
        match self.random.below(4) {
            0 => text,
            1 => format!("({text} || never({base}))"),
            _ => format!("({text} && not(never({base})))"),
        }
    }

    /// A date fact or an option of a history.
    fn date_fact(&mut self) -> String {
        let dates = |kind| matches!(kind, Kind::Date | Kind::History | Kind::Planned | Kind::Birth);
        match self.some(dates) {
            Some(fact) if fact.kind == Kind::History => {
                format!("{}.{}", fact.name, self.random.of(fact.options))
            }
            Some(fact) => fact.name.to_string(),
            None => "visit".to_string(),
        }
    }

    fn fact_term(&mut self) -> String {
        let base = self.date_fact();
        self.moved(&base)
    }

    fn moved(&mut self, base: &str) -> String {
        if base.starts_with("birth") && self.random.chance(2) {
            return format!("{base} + years(18)");
        }
        match self.random.below(10) {
            0 => base.to_string(),
            1 => format!("{base} - days({})", self.random.between(1, 12)),
            2 => format!("{base} + weeks(1)"),
            3 => format!("{base} + months({})", self.random.between(1, 2)),
            4 => format!("{base} + days(2) + months(1)"),
            5 => format!("{base} + wait_b"),
            6 => format!("{base} + days({})", self.random.between(1, 12)),
            _ => format!("{base} + wait_a"),
        }
    }

    fn fixed_day(&mut self) -> String {
        match self.random.chance(3) {
            true => "day_a".to_string(),
            false => format!("date(\"{}\")", day_text(self.page.visit + self.random.between(-12, 8))),
        }
    }

    fn length(&mut self) -> String {
        match self.random.below(4) {
            0 => "wait_a".to_string(),
            1 => "wait_b".to_string(),
            2 => "1 months".to_string(),
            _ => format!("{} days", self.random.between(1, 12)),
        }
    }
}
