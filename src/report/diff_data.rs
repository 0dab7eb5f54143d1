//! What a change of the rules changes, for programs: JSON and SARIF.

use serde::Serialize;

use super::cohort::{self, JsonCohort};
use super::diff::{Words, edit, heading, told};
use super::{json, sarif};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Texts;
use crate::study::cohort::{Matrix, Moved};
use crate::study::diff::{Change, Diff, Edit, Example, Found, PageDiff, Place, State, Told, Wait, Ways};

#[derive(Serialize)]
struct JsonDiff<'a> {
    contract: u32,
    old: &'a str,
    new: &'a str,
    loosens: bool,
    pages: Vec<JsonPage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<JsonCohort<'a>>,
    changes: Vec<JsonChange<'a>>,
}

#[derive(Serialize)]
struct JsonPage<'a> {
    treatment: &'a str,
    /// Of everything that counts.
    verdict: &'static str,
    /// Of the outcomes and waits alone.
    decisions: &'static str,
    #[serde(flatten)]
    ways: JsonWays<'a>,
    unchanged: usize,
    rules: Vec<JsonRule<'a>>,
    changes: Vec<JsonChange<'a>>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    rule: &'a str,
    was: Option<&'a str>,
    state: &'static str,
    verdict: &'static str,
    #[serde(flatten)]
    ways: JsonWays<'a>,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonWays<'a> {
    loosens: JsonFound<'a>,
    tightens: JsonFound<'a>,
}

/// `found` is yes, no (which is proved) or unknown.
#[derive(Serialize)]
struct JsonFound<'a> {
    found: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<JsonClient<'a>>,
}

#[derive(Serialize)]
struct JsonClient<'a> {
    visit: String,
    like: Option<&'a str>,
    answers: Vec<JsonAnswer<'a>>,
    before: JsonTold<'a>,
    after: JsonTold<'a>,
}

#[derive(Serialize)]
struct JsonAnswer<'a> {
    fact: &'a str,
    answer: &'a str,
}

/// Without an outcome one of the answers could not be given.
#[derive(Serialize)]
struct JsonTold<'a> {
    outcome: Option<&'static str>,
    until: Option<String>,
    open_ended: bool,
    rules: &'a [String],
}

#[derive(Serialize)]
struct JsonChange<'a> {
    section: &'static str,
    name: &'a str,
    state: &'static str,
    verdict: Option<&'static str>,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    what: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

fn state(state: State) -> &'static str {
    match state {
        State::Kept => "kept",
        State::Added => "added",
        State::Dropped => "dropped",
    }
}

fn edits(edits: &[Edit]) -> Vec<JsonEdit<'_>> {
    let each = edits.iter().map(|one| JsonEdit {
        what: &one.what,
        before: one.before.as_deref(),
        after: one.after.as_deref(),
    });
    each.collect()
}

fn ways(ways: &Ways) -> JsonWays<'_> {
    JsonWays { loosens: found(&ways.looser), tightens: found(&ways.tighter) }
}

fn found(found: &Found) -> JsonFound<'_> {
    match found {
        Found::Nobody => JsonFound { found: "no", why: None, client: None },
        Found::Open(why) => JsonFound { found: "unknown", why: Some(why), client: None },
        Found::Client(example) => JsonFound { found: "yes", why: None, client: Some(client(example)) },
    }
}

fn client(example: &Example) -> JsonClient<'_> {
    let answers = example.answers.iter().map(|(fact, answer)| JsonAnswer { fact, answer });
    JsonClient {
        visit: example.client.visit.to_string(),
        like: example.base.as_deref(),
        answers: answers.collect(),
        before: decided(&example.before),
        after: decided(&example.after),
    }
}

fn decided(told: &Told) -> JsonTold<'_> {
    match told {
        Told::NoSuchAnswer => JsonTold { outcome: None, until: None, open_ended: false, rules: &[] },
        Told::Decided { outcome, wait, rules } => JsonTold {
            outcome: Some(outcome.phrase()),
            until: match wait {
                Wait::Until(day) => Some(day.to_string()),
                _ => None,
            },
            open_ended: *wait == Wait::Open,
            rules,
        },
    }
}

fn change(change: &Change) -> JsonChange<'_> {
    JsonChange {
        section: change.section.word(),
        name: &change.name,
        state: state(change.state),
        verdict: change.verdict.map(|verdict| verdict.word()),
        edits: edits(&change.edits),
    }
}

/// The whole comparison as one object, with the records that were decided.
pub fn json(diff: &Diff, names: [&str; 2], clients: Option<(&Matrix, &[Moved])>) -> String {
    let pages = diff.pages.iter().map(|page| JsonPage {
        treatment: &page.id,
        verdict: page.headline.word(),
        decisions: page.overall.verdict().word(),
        ways: ways(&page.overall),
        unchanged: page.unchanged,
        rules: page
            .rules
            .iter()
            .map(|one| JsonRule {
                rule: &one.id,
                was: one.was.as_deref(),
                state: state(one.state),
                verdict: one.verdict().word(),
                ways: ways(&one.ways),
                edits: edits(&one.edits),
            })
            .collect(),
        changes: page.changes.iter().map(change).collect(),
    });
    let whole = JsonDiff {
        contract: 1,
        old: names[0],
        new: names[1],
        loosens: diff.may_loosen(),
        pages: pages.collect(),
        clients: clients.map(|(matrix, moved)| cohort::json(matrix, moved)),
        changes: diff.changes.iter().map(change).collect(),
    };
    // Nothing here can fail to serialise: keys are texts and values are texts and numbers.
    json::pretty(&whole).unwrap_or_default()
}

/// A finding for each rule that changed and each change that is stricter or less strict, at its place in the
/// new version.
pub fn findings(diff: &Diff, words: Words<'_>) -> Vec<Diagnostic> {
    // What is gone, or stands nowhere in particular, is told where the page begins.
    let at = |finding: Diagnostic, place: Place, page: Option<&PageDiff>| match (place, page) {
        (Place::New(span), _) => finding.at(span, ""),
        (Place::Old(_) | Place::None, Some(page)) => finding.at(page.at, ""),
        (Place::Old(_) | Place::None, None) => finding,
    };
    let code = |loosens: bool| if loosens { Code::RuleLoosens } else { Code::RuleChanges };
    let mut all = Vec::new();
    for page in &diff.pages {
        for rule in &page.rules {
            let message = format!("`{}`: {}", rule.id, rule.verdict().word());
            let mut finding = at(Diagnostic::warning(code(rule.may_loosen()), message), rule.at, Some(page));
            for one in &rule.edits {
                finding = finding.note(edit(one));
            }
            for (way, example) in rule.ways.examples() {
                finding = finding.note(format!(
                    "{} for {}: before {}; after {}",
                    way.word(),
                    words.client(example),
                    told(&example.before),
                    told(&example.after)
                ));
            }
            if let Some(why) = rule.ways.open() {
                finding = finding.note(format!("not analysed: {why}"));
            }
            all.push(finding);
        }
    }
    let own = diff.pages.iter().flat_map(|page| page.changes.iter().map(move |change| (change, Some(page))));
    let around = diff.changes.iter().map(|change| (change, diff.pages.first()));
    for (change, page) in own.chain(around) {
        let Some(verdict) = change.verdict else { continue };
        let loosens = change.may_loosen();
        let message = format!("{}: {}", heading(change), verdict.word());
        let mut finding = at(Diagnostic::warning(code(loosens), message), change.at, page);
        for one in &change.edits {
            finding = finding.note(edit(one));
        }
        all.push(finding);
    }
    all
}

/// The findings as SARIF. `texts` are those of the new version.
pub fn sarif(diff: &Diff, words: Words<'_>, texts: &Texts) -> String {
    sarif::sarif(texts, &findings(diff, words))
}
