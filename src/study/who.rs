//! Whom a rule speaks for, and what is the least that would have to be otherwise for a better outcome.

use super::apart::{self, Apart};
use super::clients::Client;
use super::find::{Finder, Found, Wish, Work};
use crate::book::{InForce, Outcome, Rule};
use crate::decide::Rules;
use crate::decide::cells::Version;
use crate::value::{Day, ONGOING};

/// Somebody for whom a rule holds, the nearest to a base client: [`Apart::Same`] if there is nobody.
pub fn somebody(version: Version<'_>, rule: &Rule, base: &Client) -> Apart {
    apart::conditions((version, None), (version, Some(&rule.condition)), Some(base))
}

/// What would have to be otherwise for one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Better {
    /// The outcome.
    pub outcome: Outcome,
    /// The same client with the fewest other answers on the same day.
    pub answers: Change,
    /// The first later day on which the same answers get it; `None` if waiting does not help.
    pub waiting: Option<Day>,
}

/// Whether other answers help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These do.
    Client(Client),
    /// None do.
    Never,
    /// It is not known, and this is why.
    NotAnalysed(&'static str),
}

/// How much a search may look at.
const WORK: u64 = 5_000_000;

/// So many later days are looked at.
const MOST_DAYS: usize = 40;

/// For each outcome that is better than this client's: what would have to be otherwise. Best first.
pub fn better(version: Version<'_>, client: &Client) -> Vec<Better> {
    let Version { book, treatment, scripts } = version;
    let rules = Rules::on(book, treatment, scripts, client.visit);
    let told = outcome(&rules, client);
    let kinds = [Outcome::Eligible, Outcome::Deferred, Outcome::NeedsReview];
    let each = kinds.into_iter().filter(|kind| *kind < told).map(|kind| Better {
        outcome: kind,
        answers: answers(version, &rules, client, kind),
        waiting: waiting(version, client, kind),
    });
    each.collect()
}

/// The outcome of a client; a review where a script fails.
pub fn outcome(rules: &Rules<'_>, client: &Client) -> Outcome {
    let verdict = rules.judge(&client.values, &mut Vec::new());
    verdict.map_or(Outcome::NeedsReview, |verdict| verdict.outcome)
}

fn answers(version: Version<'_>, rules: &Rules<'_>, client: &Client, wanted: Outcome) -> Change {
    let withdrawn = rules.withdrawn().next().is_some();
    if withdrawn && wanted < Outcome::NeedsReview {
        return Change::Never;
    }
    let mut finder = Finder::new(&version.book.facts, client, Work(WORK));
    let (mut worse, mut equal) = (Vec::new(), Vec::new());
    for (rule, _) in rules.held() {
        let of = finder.condition(version, &rule.condition, InForce::default());
        match rule.outcome {
            outcome if outcome > wanted => worse.push(Wish::holds_not(of)),
            outcome if outcome == wanted => equal.push(Wish::holds(of)),
            _ => {}
        }
    }
    // Exactly this outcome: a rule of it holds, and none that is worse.
    if wanted > Outcome::Eligible && !(withdrawn && wanted == Outcome::NeedsReview) {
        worse.push(Wish::Any(equal));
    }
    match finder.on(&worse, client.visit, true) {
        Found::Client(found) if outcome(rules, &found) == wanted => Change::Client(found),
        Found::Client(_) => Change::NotAnalysed("a script fails"),
        Found::Nobody(_) => Change::Never,
        Found::Open(why) => Change::NotAnalysed(why.words()),
    }
}

fn waiting(version: Version<'_>, client: &Client, wanted: Outcome) -> Option<Day> {
    let Version { book, treatment, scripts } = version;
    let mut visit = client.visit;
    for _ in 0..MOST_DAYS {
        let rules = Rules::on(book, treatment, scripts, visit);
        let verdict = rules.judge(&client.values, &mut Vec::new())?;
        if verdict.outcome <= wanted {
            return (visit > client.visit && verdict.outcome == wanted).then_some(visit);
        }
        if verdict.wait <= visit.point() || verdict.wait >= ONGOING {
            return None;
        }
        visit = Day::from_point(verdict.wait);
        if !treatment.in_force.covers(visit) {
            return None;
        }
    }
    None
}
