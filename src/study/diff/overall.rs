//! Whole pages compared: whether anybody is told something stricter or less strict than before.

use std::cmp::Ordering;
use std::thread;

use super::rules::{Pair, Panels};
use super::{Found, RuleDiff, State, Ways};
use crate::book::condition::{Condition, ConditionKind};
use crate::book::{InForce, Outcome, Rule, Withdrawn};
use crate::decide::cells::Version;
use crate::span::Span;
use crate::study::apart::Way;
use crate::study::clients::Client;
use crate::study::find::{self, Finder, Of, Wish, Work};
use crate::value::Day;

/// How much a search for one page may look at.
const WORK: u64 = 20_000_000;

/// The room that a search has.
const STACK: usize = 256 << 20;

/// The whole page in both directions.
pub(super) fn ways(pair: &Pair<'_>, rules: &[RuleDiff], told: &mut Panels<'_, '_>) -> Ways {
    // The search goes as deep as the answers have cells, which is more than a small thread has room for.
    let found = thread::scope(|scope| {
        let room = thread::Builder::new().stack_size(STACK);
        let search = room.spawn_scoped(scope, || both_ways(pair, rules, told)).ok()?;
        search.join().ok()
    });
    let open = || Found::Open("there was no room to search in".to_string());
    found.unwrap_or_else(|| Ways { tighter: open(), looser: open() })
}

fn both_ways(pair: &Pair<'_>, rules: &[RuleDiff], told: &mut Panels<'_, '_>) -> Ways {
    Ways {
        tighter: towards(Way::Tighter, pair, rules, told),
        looser: towards(Way::Looser, pair, rules, told),
    }
}

fn towards(way: Way, pair: &Pair<'_>, rules: &[RuleDiff], told: &mut Panels<'_, '_>) -> Found {
    let wanted = if way == Way::Tighter { Ordering::Less } else { Ordering::Greater };
    let mut tells = |client: &Client| Pair::order(told.judged(0, client), told.judged(1, client)) == wanted;
    let examples = rules.iter().flat_map(|rule| rule.ways.examples());
    let mut best: Option<(usize, &Client)> = None;
    for (_, example) in examples {
        let count = example.answers.len();
        if best.as_ref().is_none_or(|(least, _)| count < *least) && tells(&example.client) {
            best = Some((count, &example.client));
        }
    }
    let found = match best {
        Some((_, client)) => Some(Ok(client.clone())),
        None => Search::new(way, pair, rules).run(&mut tells),
    };
    let mut found = match found {
        None => return Found::Nobody,
        Some(Err(why)) => return Found::Open(why),
        Some(Ok(client)) => Found::Client(Box::new(pair.example(client))),
    };
    told.confirm(&mut found);
    found
}

/// Looks for somebody of whom the stricter version says something worse.
struct Search<'s, 'p> {
    pair: &'s Pair<'p>,
    /// The version that may be stricter about somebody, and the other one.
    strict: usize,
    lax: usize,
    /// The ids of the rules that may be stricter there, and why it is not known.
    rules: Vec<&'s str>,
    /// Those that may make somebody wait longer there. A rule that defers now and took a review before is less
    /// strict, and still it may add a wait to the review that another rule takes.
    waits: Vec<&'s str>,
    open: Option<String>,
}

/// A rule as a finder knows it.
struct Known<'p> {
    rule: Option<&'p Rule>,
    outcome: Outcome,
    of: Of,
}

impl<'s, 'p> Search<'s, 'p> {
    fn new(way: Way, pair: &'s Pair<'p>, rules: &'s [RuleDiff]) -> Search<'s, 'p> {
        let (strict, lax) = if way == Way::Tighter { (1, 0) } else { (0, 1) };
        let of =
            |rule: &'s RuleDiff| if way == Way::Tighter { &rule.ways.tighter } else { &rule.ways.looser };
        let open = rules.iter().find_map(|rule| match of(rule) {
            Found::Open(why) => Some(format!("`{}`: {why}", rule.id)),
            _ => None,
        });
        let may = rules.iter().filter(|rule| !matches!(of(rule), Found::Nobody));
        let id = |rule: &'s RuleDiff| match (&rule.was, strict, rule.state) {
            (Some(was), 0, State::Kept) => was.as_str(),
            _ => rule.id.as_str(),
        };
        let defers = |side: usize, rule: &RuleDiff| -> Vec<(Outcome, Option<Day>)> {
            let was = rule.was.as_deref().filter(|_| side == 0).unwrap_or(&rule.id);
            let each = pair.called(side, Some(was)).into_iter();
            each.map(|rule| (rule.outcome, rule.withdrawn.as_ref().map(|switch| switch.since))).collect()
        };
        let turned = |rule: &&'s RuleDiff| {
            let (here, there) = (defers(strict, rule), defers(lax, rule));
            here.iter().any(|(outcome, _)| *outcome == Outcome::Deferred) && here != there
        };
        let rules_of: Vec<&str> = may.map(id).collect();
        let mut waits = rules_of.clone();
        waits.extend(rules.iter().filter(turned).map(id));
        Search { pair, strict, lax, rules: rules_of, waits, open }
    }

    /// Somebody, or why that is not known; `None` if there is nobody.
    fn run(self, tells: &mut dyn FnMut(&Client) -> bool) -> Option<Result<Client, String>> {
        let [old, new] = self.pair.versions;
        let switched = self.switched();
        if self.rules.is_empty() && self.waits.is_empty() && !switched {
            return None;
        }
        if self.open.is_some() {
            return self.open.map(Err);
        }
        let page = both(old.treatment.in_force, new.treatment.in_force);
        let mut finder = Finder::new(self.pair.common.facts(), &self.pair.base, Work(WORK));
        let strict = known(&mut finder, self.pair.versions[self.strict]);
        let lax = known(&mut finder, self.pair.versions[self.lax]);
        let mut open = None;
        let concerned = |one: &&Known<'_>| match one.rule {
            Some(rule) => self.rules.contains(&rule.id.as_str()),
            None => true,
        };
        for one in strict.iter().filter(concerned) {
            let mut wishes = vec![Wish::holds(one.of)];
            let worse = lax.iter().filter(|other| other.outcome >= one.outcome);
            wishes.extend(worse.map(|other| Wish::holds_not(other.of)));
            // Somebody, and then the nearest: only the first must be found.
            let somebody = match finder.ever(&wishes, page, false) {
                find::Found::Client(any) => match finder.ever(&wishes, page, true) {
                    find::Found::Client(nearest) => find::Found::Client(nearest),
                    _ => find::Found::Client(any),
                },
                other => other,
            };
            match somebody {
                find::Found::Client(client) if tells(&client) => return Some(Ok(client)),
                find::Found::Client(_) => open = Some("the example found was not confirmed".to_string()),
                find::Found::Nobody(_) => {}
                find::Found::Open(why) => open = Some(why.words().to_string()),
            }
        }
        let waits = |one: &&Known<'_>| {
            one.outcome == Outcome::Deferred
                && one.rule.is_some_and(|rule| self.waits.contains(&rule.id.as_str()))
        };
        for one in strict.iter().filter(waits) {
            match self.wait(&mut finder, one, [&strict, &lax], page, tells) {
                Some(Ok(client)) => return Some(Ok(client)),
                Some(Err(why)) => open = open.or(Some(why)),
                None => {}
            }
        }
        open.map(Err)
    }

    /// Somebody whose wait is longer in the stricter version because of one rule, although the outcome is the
    /// same. On the day on which the other version no longer defers, the rule still does; if the outcome is
    /// then the same, both take a review.
    fn wait(
        &self,
        finder: &mut Finder<'p>,
        one: &Known<'p>,
        [strict, lax]: [&[Known<'p>]; 2],
        page: InForce,
        tells: &mut dyn FnMut(&Client) -> bool,
    ) -> Option<Result<Client, String>> {
        let version = self.pair.versions[self.lax];
        let of = |outcome: Outcome| lax.iter().filter(move |other| other.outcome == outcome);
        let withdrawn = |other: &Known<'_>| other.rule.is_some_and(|rule| rule.withdrawn.is_some());
        let lapses = |other: &Known<'_>| other.rule.is_none_or(|rule| version.lapses_for_good(rule));
        // What no longer holds must not begin to hold again, else this is no proof.
        let steady = of(Outcome::Deferred).chain(of(Outcome::NotEligible)).all(lapses)
            && !of(Outcome::Deferred).chain([one]).any(withdrawn);
        let unknown =
            || Some(Err("whether another rule always hides the longer wait is not known".to_string()));
        let mut wishes = vec![Wish::holds(one.of)];
        wishes.extend(of(Outcome::Deferred).map(|other| Wish::holds_not(other.of)));
        if let Some(last) = page.last {
            let after = InForce { from: Some(last.next()), last: None };
            if !matches!(finder.ever(&wishes, after, false), find::Found::Nobody(_)) {
                return unknown();
            }
        }
        wishes.extend(of(Outcome::NotEligible).map(|other| Wish::holds_not(other.of)));
        for rules in [strict, lax] {
            let reviews = rules.iter().filter(|other| other.outcome == Outcome::NeedsReview);
            wishes.push(Wish::Any(reviews.map(|other| Wish::holds(other.of)).collect()));
        }
        match finder.ever(&wishes, page, true) {
            find::Found::Client(client) if tells(&client) => Some(Ok(client)),
            find::Found::Nobody(_) if steady => None,
            find::Found::Open(why) => Some(Err(why.words().to_string())),
            _ => unknown(),
        }
    }

    /// Whether the page or the clinic is withdrawn on other days in the stricter version.
    fn switched(&self) -> bool {
        let since = |side: usize| {
            let Version { book, treatment, .. } = self.pair.versions[side];
            let all = [&treatment.withdrawn, &book.clinic.withdrawn].into_iter().flatten();
            all.map(|switch| switch.since).min()
        };
        match (since(self.strict), since(self.lax)) {
            (Some(strict), Some(lax)) => strict < lax,
            (strict, None) => strict.is_some(),
            (None, Some(_)) => false,
        }
    }
}

/// Makes the rules of a version known, and the reviews that stand in for what is withdrawn.
fn known<'p>(finder: &mut Finder<'p>, version: Version<'p>) -> Vec<Known<'p>> {
    let Version { book, treatment, .. } = version;
    let mut all = Vec::new();
    let mut switched = |finder: &mut Finder<'p>, switch: &Withdrawn, span: Span, days: InForce| {
        let everybody = Condition { kind: ConditionKind::And(Vec::new()), span };
        let from = days.from.map_or(switch.since, |from| from.max(switch.since));
        let of = finder.condition(version, &everybody, InForce { from: Some(from), last: days.last });
        all.push(Known { rule: None, outcome: Outcome::NeedsReview, of });
    };
    let Some(span) = treatment.rules.first().map(|rule| rule.span) else { return all };
    for switch in [&treatment.withdrawn, &book.clinic.withdrawn].into_iter().flatten() {
        switched(finder, switch, span, InForce::default());
    }
    for rule in &treatment.rules {
        if let Some(switch) = &rule.withdrawn {
            switched(finder, switch, rule.span, rule.in_force);
        }
    }
    for rule in &treatment.rules {
        let before = rule.withdrawn.as_ref().map(|switch| switch.since.before());
        let last = match (rule.in_force.last, before) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let of = finder.condition(version, &rule.condition, InForce { from: rule.in_force.from, last });
        all.push(Known { rule: Some(rule), outcome: rule.outcome, of });
    }
    all
}

/// The days inside both.
pub(super) fn both(a: InForce, b: InForce) -> InForce {
    let last = match (a.last, b.last) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    InForce { from: a.from.max(b.from), last }
}
