//! A log in numbers: outcomes over time, and which rule cries wolf.

use super::lines::Lines;
use super::log::pretty;
use crate::book::Outcome;
use crate::log::entry::Cause;
use crate::log::tally::{ENOUGH, RuleTally, Tally};
use crate::prose::{count, visible};

/// For people.
pub fn human(tally: &Tally) -> String {
    let mut sheet = Lines::default();
    let mut head = count(tally.decisions as i64, "decision");
    for (number, words) in [(tally.unreadable, "not decided"), (tally.erased, "erased")] {
        if number > 0 {
            head += &format!(", {number} {words}");
        }
    }
    head += &format!(", {}", count(tally.overrides as i64, "override"));
    sheet.wrap(0, &head);
    if !tally.months.is_empty() {
        sheet.wrap(0, "OUTCOMES BY MONTH");
    }
    for (month, outcomes) in &tally.months {
        let ordered = Outcome::ALL.into_iter().map(Outcome::phrase);
        let parts: Vec<String> =
            ordered.filter_map(|outcome| Some(format!("{} {outcome}", outcomes.get(outcome)?))).collect();
        sheet.wrap(2, &visible(&format!("{month}: {}", parts.join(", "))));
    }
    if !tally.rules.is_empty() {
        sheet.wrap(0, "RULES (the one that is least followed first)");
    }
    let mut few = false;
    for rule in &tally.rules {
        if rule.held < ENOUGH && !few {
            few = true;
            sheet.wrap(0, &format!("RULES (that held less than {ENOUGH} times)"));
        }
        one(rule, &mut sheet);
    }
    if tally.overrides > 0 {
        sheet.wrap(0, "WHY DECISIONS WERE NOT FOLLOWED");
    }
    for (cause, number) in &tally.causes {
        sheet.wrap(2, &format!("{number} {}: {}", cause.name(), Cause::means(*cause)));
    }
    if tally.overrides_erased > 0 {
        let erased = count(tally.overrides_erased as i64, "override");
        sheet.wrap(2, &format!("What {erased} said is erased, so no rule is charged with it."));
    }
    sheet.0
}

fn one(rule: &RuleTally, sheet: &mut Lines) {
    let mut parts = vec![format!("held {}", times(rule.held))];
    if rule.overridden() > 0 {
        let share = rule.overridden() * 100 / rule.held.max(1);
        let named = match rule.named {
            0 => "none naming the rule".to_string(),
            named => format!("{named} naming the rule"),
        };
        parts.push(format!("not followed {} ({share}%), {named}", times(rule.overridden())));
    }
    if rule.reviewed > 0 {
        parts.push(format!("quieted by a review {}", times(rule.reviewed)));
    }
    if rule.open > 0 {
        parts.push(format!("too little known {}", times(rule.open)));
    }
    sheet.wrap(2, &visible(&format!("- {}: {}", rule.rule, parts.join("; "))));
    if !rule.outcomes.is_empty() {
        let ordered = Outcome::ALL.into_iter().map(Outcome::phrase);
        let outcomes: Vec<String> = ordered
            .filter_map(|outcome| Some(format!("{} {outcome}", rule.outcomes.get(outcome)?)))
            .collect();
        sheet.wrap(4, &visible(&format!("those decisions: {}", outcomes.join(", "))));
    }
}

fn times(number: u64) -> String {
    if number == 1 { "once".to_string() } else { format!("{number} times") }
}

/// As one JSON object.
pub fn json(tally: &Tally) -> String {
    pretty(tally)
}
