//! What a change of the rules changes, for people, on 80 columns.

use super::lines::Lines;
use crate::book::Outcome;
use crate::book::english::words;
use crate::book::fact::Facts;
use crate::prose::{count, list, sentence_case, visible};
use crate::study::diff::{
    Change, Diff, Edit, Example, Found, PageDiff, RuleDiff, Section, State, Told, Verdict, Wait, Ways,
};
use crate::value::Day;

/// Says clients and answers in words: with the questions of the old version and of the new one.
#[derive(Clone, Copy)]
pub struct Words<'a>(pub [&'a Facts; 2]);

impl Words<'_> {
    /// `Isotretinoin (acne medications)` for `acne_medications.isotretinoin`.
    pub(super) fn name(&self, name: &str) -> String {
        let Some((fact, option)) = name.split_once('.') else { return words(name) };
        let text = self.0.iter().rev().find_map(|facts| {
            let fact = facts.get(facts.named(fact)?);
            fact.option(option).map(|at| fact.options[at].text.clone())
        });
        format!("{} ({})", text.unwrap_or_else(|| words(option)), words(fact))
    }

    /// Who the client is: `a client like `plain` with pregnant: yes, visit on 2 March 2026`.
    pub(super) fn client(&self, example: &Example) -> String {
        self.somebody(example.base.as_deref(), &example.answers, example.client.visit)
    }

    /// Somebody by what differs from a base client.
    pub(super) fn somebody(&self, base: Option<&str>, answers: &[(String, String)], visit: Day) -> String {
        let like = match (base, answers.is_empty()) {
            (Some(base), true) => format!("a client like `{base}`"),
            (Some(base), false) => format!("a client like `{base}` but with {}", self.answers(answers)),
            (None, true) => "a client to whom nothing applies".to_string(),
            (None, false) => format!("a client with {}", self.answers(answers)),
        };
        format!("{like}, on a visit on {}", visit.long())
    }

    /// `Isotretinoin (acne medications): 4 September 2025; pregnant: no`
    pub(super) fn answers(&self, answers: &[(String, String)]) -> String {
        let said = |(name, answer): &(String, String)| {
            let answer = Day::parse(answer).map_or_else(|| answer.clone(), Day::long);
            format!("{}: {answer}", self.name(name))
        };
        let said: Vec<String> = answers.iter().map(said).collect();
        said.join("; ")
    }
}

/// `not before 3 March 2026, by isotretinoin`
pub(super) fn told(told: &Told) -> String {
    let Told::Decided { outcome, wait, rules } = told else {
        return "one of these answers could not be given".to_string();
    };
    let outcome = match (outcome, wait) {
        (Outcome::Deferred, Wait::Until(day)) => format!("deferred until {}", day.long()),
        (Outcome::Deferred, _) => "deferred, and no day can be named".to_string(),
        (Outcome::NeedsReview, Wait::Until(day)) => format!("{outcome}, and a wait until {}", day.long()),
        (Outcome::NeedsReview, Wait::Open) => format!("{outcome}, and a wait without a day"),
        _ => outcome.to_string(),
    };
    match rules.is_empty() {
        true => outcome,
        false => format!("{outcome}, by {}", list(rules, "and")),
    }
}

/// What a verdict means for the clients.
pub(super) fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "proved for every client on every visit",
        Verdict::Tightens => "nobody is told anything less strict",
        Verdict::Loosens => "nobody is told anything stricter",
        Verdict::Mixed => "stricter for some, less strict for others",
        Verdict::TightensAtLeast => "stricter for some; whether less strict for others is not known",
        Verdict::LoosensAtLeast => "less strict for some; whether stricter for others is not known",
        Verdict::NotAnalysed => "it is not known who is told anything else",
    }
}

/// What the change means for the decisions, apart from all else.
pub(super) fn decisions(page: &PageDiff) -> String {
    let verdict = page.overall.verdict();
    match verdict == page.headline {
        true => format!("The decisions as a whole: {}", meaning(verdict)),
        false => format!("The decisions as a whole: {}, {}", verdict.word(), meaning(verdict)),
    }
}

/// What counts in the headline beside the decisions, if anything does.
pub(super) fn beside(page: &PageDiff) -> Option<String> {
    let moves = |verdict: Verdict| (verdict != Verdict::Equivalent).then_some(verdict.word());
    let rules = page.rules.iter().filter_map(|rule| Some((rule.id.clone(), moves(rule.verdict())?)));
    let changes = page.changes.iter().chain(&page.around);
    let changes = changes.filter_map(|change| Some((heading(change), moves(change.verdict?)?)));
    // The decisions are those of the rules.
    let rules = rules.filter(|_| page.overall.verdict() == Verdict::Equivalent);
    let all: Vec<String> = rules.chain(changes).map(|(name, word)| format!("{name} ({word})")).collect();
    (!all.is_empty()).then(|| format!("What else counts: {}", all.join(", ")))
}

/// `+ ` for what is new, `- ` for what is gone, else nothing.
fn sign(state: State) -> &'static str {
    match state {
        State::Added => "new ",
        State::Dropped => "dropped ",
        State::Kept => "",
    }
}

/// How a rule is called, and how it was called before.
pub(super) fn title(rule: &RuleDiff) -> String {
    let was = rule.was.as_ref().map(|was| format!(" (renamed, was {was})")).unwrap_or_default();
    format!("{}{}{was}", sign(rule.state), rule.id)
}

/// What a change is about.
pub(super) fn heading(change: &Change) -> String {
    let kind = change.section.word();
    let name = if change.name == kind { String::new() } else { format!(" {}", change.name) };
    let section = match change.section {
        // Such as a person.
        Section::Metadata if change.state != State::Kept => change.name.clone(),
        Section::Metadata | Section::InForce => format!("{kind} the{name}"),
        _ => format!("{kind}{name}"),
    };
    let section = section.replace("days the", "days of the");
    format!("{}{section}", sign(change.state))
}

/// `value: 180 days -> 179 days`
pub(super) fn edit(edit: &Edit) -> String {
    let what = if edit.what.is_empty() { String::new() } else { format!("{}: ", edit.what) };
    match (&edit.before, &edit.after) {
        (Some(before), Some(after)) => format!("{what}{before} -> {after}"),
        (Some(before), None) if edit.what.is_empty() => before.clone(),
        (Some(before), None) => format!("{what}{before} -> nothing"),
        (None, Some(after)) if edit.what.is_empty() => after.clone(),
        (None, Some(after)) => format!("{what}nothing -> {after}"),
        (None, None) => edit.what.clone(),
    }
}

/// The whole comparison.
pub fn human(diff: &Diff, words: Words<'_>, names: [&str; 2]) -> String {
    let mut sheet = Sheet { lines: Lines::default(), words };
    let [old, new] = names.map(visible);
    sheet.line(0, &format!("From {old} to {new}"));
    if diff.is_empty() {
        sheet.line(0, "Nothing changed: the rules say the same, to everybody.");
        return sheet.lines.0;
    }
    for page in &diff.pages {
        sheet.page(page);
    }
    if !diff.changes.is_empty() {
        sheet.lines.0.push('\n');
        sheet.line(0, "AROUND THE PAGES");
        for change in &diff.changes {
            sheet.change(change);
        }
    }
    sheet.lines.0
}

struct Sheet<'w> {
    lines: Lines,
    words: Words<'w>,
}

impl Sheet<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        self.lines.wrap(indent, &visible(text));
    }

    fn page(&mut self, page: &PageDiff) {
        self.lines.0.push('\n');
        self.line(0, &format!("{}: {}", page.name, page.headline.word().to_uppercase()));
        self.line(2, &format!("{}.", decisions(page)));
        self.ways(&page.overall, 2);
        if let Some(others) = beside(page) {
            self.line(2, &format!("{others}."));
        }
        let changed = count(page.rules.len() as i64, "rule");
        let same = match (page.rules.is_empty(), page.unchanged) {
            (true, _) => "No rule changed".to_string(),
            (_, 0) => format!("{changed} changed"),
            (_, same) => format!("{changed} changed, {same} did not"),
        };
        self.line(0, &format!("RULES: {same}"));
        for rule in &page.rules {
            self.rule(rule);
        }
        if !page.changes.is_empty() {
            self.line(0, "ALSO ON THE PAGE");
            for change in &page.changes {
                self.change(change);
            }
        }
    }

    fn rule(&mut self, rule: &RuleDiff) {
        let verdict = rule.verdict();
        let proved = if verdict == Verdict::Equivalent { ", for every client on every visit" } else { "" };
        self.line(2, &format!("{}: {}{proved}", title(rule), verdict.word()));
        for one in &rule.edits {
            self.line(6, &edit(one));
        }
        self.ways(&rule.ways, 6);
    }

    fn ways(&mut self, ways: &Ways, indent: usize) {
        for (way, example) in ways.examples() {
            let client = self.words.client(example);
            self.line(indent, &format!("- {} for {client}.", sentence_case(way.word())));
            self.line(indent + 2, &format!("Before: {}", told(&example.before)));
            self.line(indent + 2, &format!("After: {}", told(&example.after)));
        }
        for (found, what) in [(&ways.looser, "loosens"), (&ways.tighter, "tightens")] {
            if let Found::Open(why) = found {
                self.line(indent, &format!("- Not analysed whether it {what}: {why}."));
            }
        }
    }

    fn change(&mut self, change: &Change) {
        let verdict = change.verdict.map(|verdict| format!(": {}", verdict.word())).unwrap_or_default();
        self.line(2, &format!("{}{verdict}", heading(change)));
        for one in &change.edits {
            self.line(6, &edit(one));
        }
    }
}
