//! Random pages as texts: every kind of fact, section and construct, with small domains.

use std::collections::BTreeSet;
use std::fmt::Write;

use clearance::inside::diagnostic::{Diagnostic, Severity};
use clearance::inside::span::Texts;

use crate::calendar::{day_text, days_in};
use crate::condition::Conditions;
use crate::facts::{count, fact, params};
use crate::random::Random;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    YesNo,
    Choice,
    Set,
    Number,
    Whole,
    Date,
    Planned,
    Birth,
    History,
}

#[derive(Debug, Clone)]
pub struct Fact {
    pub name: &'static str,
    pub kind: Kind,
    pub options: &'static [&'static str],
    /// An answer, or nothing for every answer, and how many days it counts.
    pub good_for: Vec<(&'static str, i64)>,
    pub may_be_planned: bool,
    pub on_the_day: bool,
}

#[derive(Debug, Clone)]
pub struct Param {
    pub name: &'static str,
    /// Ascending by day.
    pub values: Vec<(i64, String)>,
}

#[derive(Debug, Clone, Default)]
pub struct Rule {
    pub name: String,
    /// 0 absolute, 1 relative, 2 deferral, 3 requirement.
    pub section: usize,
    /// `when`, `when_any` or `when_all`, and the conditions behind it.
    pub when: Option<(&'static str, Vec<String>)>,
    pub until: Option<String>,
    pub done: Option<(String, Option<String>, Option<String>)>,
    pub in_force: (Option<i64>, Option<i64>),
    pub withdrawn: Option<i64>,
    /// Who reviews it, if it is one that decides so.
    pub review_by: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub struct Page {
    pub visit: i64,
    pub facts: Vec<Fact>,
    pub params: Vec<Param>,
    /// Names with what they stand for; the first are facts, the others conditions of the page.
    pub derived: Vec<(&'static str, String, bool)>,
    pub rules: Vec<Rule>,
    pub not_used: BTreeSet<String>,
    pub withdrawn: Option<i64>,
    /// Calls of scripts that give yes or no.
    pub calls: Vec<String>,
    /// Further sections, as they stand on the page.
    pub sections: Vec<String>,
    /// How many rules were refused on the way.
    pub refused: usize,
    /// How often it was loaded until nothing was refused.
    pub loads: usize,
}

const SECTIONS: [&str; 4] =
    ["absolute_contraindications", "relative_contraindications", "deferrals", "requirements"];

/// Names that no fact may use.
const ONLY_ON_PAGES: [&str; 6] = ["wait_a", "wait_b", "limit_a", "day_a", "derived", "call_"];

/// Days around which months end, years turn and February is long.
const VISITS: [(i16, i8, i8); 6] =
    [(2026, 3, 2), (2026, 1, 31), (2026, 2, 28), (2028, 2, 29), (2026, 8, 31), (2026, 12, 31)];

impl Page {
    /// A page of the usual facts, which may be refused.
    pub fn draft(random: &mut Random, facts: usize, rules: usize) -> Page {
        let visit = Page::visit(random);
        let mut chosen: BTreeSet<usize> = BTreeSet::new();
        while chosen.len() < facts {
            chosen.insert(random.below(count()));
        }
        let facts: Vec<Fact> = chosen.into_iter().map(|at| fact(random, at)).collect();
        Page::of(random, visit, facts, Vec::new(), rules)
    }

    /// A day on which all is asked.
    pub fn visit(random: &mut Random) -> i64 {
        let (year, month, day) = random.of(&VISITS);
        days_in(year, month, day)
    }

    /// A page of these facts, whose conditions may make these calls.
    pub fn of(random: &mut Random, visit: i64, facts: Vec<Fact>, calls: Vec<String>, rules: usize) -> Page {
        let mut page = Page {
            visit,
            facts,
            params: params(random, visit),
            derived: Vec::new(),
            rules: Vec::new(),
            not_used: BTreeSet::new(),
            withdrawn: random.chance(25).then(|| visit + random.between(-3, 12)),
            calls,
            sections: Vec::new(),
            refused: 0,
            loads: 0,
        };
        for name in ["derived_a", "derived_b"] {
            if random.chance(3) {
                let text = Conditions { page: &page, random }.yes_no(1);
                page.derived.push((name, text, random.chance(2)));
            }
        }
        page.derived
            .retain(|(_, text, in_facts)| !in_facts || !ONLY_ON_PAGES.iter().any(|name| text.contains(name)));
        for at in 0..1 + random.below(rules) {
            let rule = Conditions { page: &page, random }.rule(at);
            page.rules.push(rule);
        }
        page
    }

    /// Leaves out what was refused; whether nothing was.
    pub fn mend(&mut self, findings: &[Diagnostic], texts: &Texts) -> bool {
        self.loads += 1;
        let bad: Vec<&Diagnostic> = findings
            .iter()
            .filter(|f| f.severity == Severity::Error || f.code.name() == "unused-parameter")
            .collect();
        let (facts, text) = (self.facts_yaml(), self.page_yaml(None));
        for finding in &bad {
            let quoted = finding.message.split('`').skip(1).step_by(2).last().unwrap_or_default();
            let quoted = quoted.to_string();
            let place = finding.span().map(|span| texts.reference(span)).unwrap_or_default();
            let line: usize = place.split(':').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
            match finding.code.name() {
                "unread-option" | "unread-fact" => {
                    self.not_used.insert(quoted);
                }
                "needless-not-used" => {
                    self.not_used.remove(&quoted);
                }
                "unused-parameter" => self.params.retain(|param| param.name != quoted),
                _ if place.starts_with("page.yaml") => {
                    let before: Vec<&str> = text.lines().take(line).collect();
                    let named = |line: &&&str| line.starts_with("  ") && !line.starts_with("   ");
                    let owner = before.iter().rev().find(named).unwrap_or(&"").trim();
                    let owner = owner.trim_end_matches(':').to_string();
                    if owner.starts_with("derived") {
                        self.derived.retain(|(name, ..)| *name != owner);
                    } else {
                        let count = self.rules.len();
                        self.rules.retain(|rule| rule.name != owner);
                        self.refused += count - self.rules.len();
                        self.sections.retain(|section| !section.contains(&format!("\n  {owner}:")));
                    }
                }
                _ => {
                    let before: Vec<&str> = facts.lines().take(line).collect();
                    let owner = before.iter().rev().find(|line| !line.starts_with(' ')).unwrap_or(&"");
                    self.derived.retain(|(name, ..)| !owner.starts_with(name));
                }
            }
        }
        bad.is_empty()
    }

    pub fn facts_yaml(&self) -> String {
        let mut out = String::new();
        for Fact { name, kind, options, good_for, may_be_planned, on_the_day } in &self.facts {
            let word = match kind {
                Kind::YesNo => "yes/no",
                Kind::Choice => "choice",
                Kind::Set => "set",
                Kind::Number | Kind::Whole => "number",
                Kind::Date => "date",
                Kind::Planned => "planned date",
                Kind::Birth => "birth date",
                Kind::History => "history",
            };
            let _ = writeln!(out, "{name}:\n  kind: {word}\n  ask: What about {name}?");
            match kind {
                Kind::Number => out.push_str("  between: [0, 6]\n"),
                Kind::Whole => out.push_str("  between: [0, 6]\n  whole: yes\n"),
                _ => {}
            }
            if *on_the_day {
                out.push_str("  asked: on the day\n");
            }
            if *may_be_planned {
                out.push_str("  may_be_planned: yes\n");
            }
            if !options.is_empty() {
                out.push_str("  of:\n");
                options.iter().for_each(|option| {
                    let _ = writeln!(out, "    {option}: Option {option}");
                });
            }
            match &good_for[..] {
                // Said or not, it means the same.
                [] if name.len() % 2 == 0 => out.push_str("  good_for: always\n  why: It stays so\n"),
                [] => {}
                [("", days)] => {
                    let _ = writeln!(out, "  good_for: {days} days");
                }
                limits => {
                    out.push_str("  good_for:\n");
                    for (answer, days) in limits {
                        let _ = writeln!(out, "    {answer}: {days} days");
                    }
                }
            }
        }
        for (name, text, _) in self.derived.iter().filter(|(.., in_facts)| *in_facts) {
            let _ = writeln!(out, "{name}:\n  is: {text}\n  meaning: Something derived");
        }
        out
    }

    /// The page; with `shuffle` its sections and rules stand in another order.
    pub fn page_yaml(&self, mut shuffle: Option<&mut Random>) -> String {
        let mut parts = vec!["treatment: Page\nrevision: 1\n".to_string()];
        if let Some(since) = self.withdrawn {
            parts.push(format!("withdrawn:\n  since: {}\n  because: Stop\n  by: A. B\n", day_text(since)));
        }
        let mut params = String::from("parameters:\n");
        for Param { name, values } in &self.params {
            let _ = writeln!(params, "  {name}:\n    meaning: Some number\n    owner: lead");
            let between = match values[0].1.as_str() {
                text if text.ends_with("days") => "[0 days, 400 days]",
                text if text.contains("month") => "[0 months, 20 months]",
                text if text.contains('-') => "[2000-01-01, 2100-01-01]",
                _ => "[0, 100]",
            };
            let _ = writeln!(params, "    between: {between}\n    review_by: 2030-01-01\n    values:");
            for (from, value) in values {
                let _ = writeln!(
                    params,
                    "      {}:\n        value: {value}\n        basis: Ours",
                    day_text(*from)
                );
            }
        }
        if !self.params.is_empty() {
            parts.push(params);
        }
        let mut conditions = String::from("conditions:\n");
        for (name, text, _) in self.derived.iter().filter(|(.., in_facts)| !in_facts) {
            let _ = writeln!(conditions, "  {name}:\n    is: {text}");
        }
        if conditions.lines().count() > 1 {
            parts.push(conditions);
        }
        for (section, heading) in SECTIONS.iter().enumerate() {
            let mut rules: Vec<String> =
                self.rules.iter().filter(|rule| rule.section == section).map(Rule::yaml).collect();
            if let Some(random) = shuffle.as_deref_mut() {
                random.shuffle(&mut rules);
            }
            if !rules.is_empty() {
                parts.push(format!("{heading}:\n{}", rules.concat()));
            }
        }
        if !self.not_used.is_empty() {
            let mut text = String::from("not_used:\n");
            self.not_used.iter().for_each(|name| {
                let _ = writeln!(text, "  {name}: Nothing here needs it");
            });
            parts.push(text);
        }
        parts.extend(self.sections.iter().cloned());
        if let Some(random) = shuffle {
            random.shuffle(&mut parts);
        }
        parts.concat()
    }
}

impl Rule {
    fn yaml(&self) -> String {
        let mut out = format!("  {}:\n", self.name);
        match &self.when {
            Some(("when", conditions)) => {
                let _ = writeln!(out, "    when: {}", quoted(&conditions[0]));
            }
            Some((key, conditions)) => {
                let _ = writeln!(out, "    {key}:");
                conditions.iter().for_each(|condition| {
                    let _ = writeln!(out, "      - {}", quoted(condition));
                });
            }
            None => {}
        }
        if let Some(until) = &self.until {
            let _ = writeln!(out, "    until: {}\n    while_ongoing: It starts later", quoted(until));
        } else if self.section == 2 {
            out.push_str("    cleared_when: it has ended\n");
        }
        if let Some((done, at_least, good_for)) = &self.done {
            let _ = writeln!(out, "    done: {done}\n    missing: do it first");
            at_least.iter().for_each(|text| out.push_str(&format!("    at_least: {text}\n")));
            good_for.iter().for_each(|text| out.push_str(&format!("    good_for: {text}\n")));
        }
        let _ = writeln!(out, "    because: Because of {}.\n    basis: Ours", self.name);
        for role in self.review_by.iter().filter(|_| self.section == 1) {
            let _ = writeln!(out, "    review:\n      by: {role}");
        }
        let (from, last) = self.in_force;
        if from.is_some() || last.is_some() {
            out.push_str("    in_force:\n");
            from.iter().for_each(|day| out.push_str(&format!("      from: {}\n", day_text(*day))));
            last.iter().for_each(|day| out.push_str(&format!("      last_day: {}\n", day_text(*day))));
        }
        if let Some(since) = self.withdrawn {
            let _ = writeln!(
                out,
                "    withdrawn:\n      since: {}\n      because: Stop\n      by: A. B",
                day_text(since)
            );
        }
        out
    }
}

/// In single quotes, so that `!` and `"` are no YAML.
fn quoted(text: &str) -> String {
    format!("'{text}'")
}
