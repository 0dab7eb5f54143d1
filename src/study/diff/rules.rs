//! One page compared rule by rule, and as a whole.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::common::Common;
use super::overall;
use super::steps::Exclusions;
use super::texts::{Edits, conditions, days, either, withdrawn};
use super::{Change, Edit, Example, Found, Place, RuleDiff, Section, Side, State, Told, Verdict, Wait, Ways};
use crate::book::condition::Condition;
use crate::book::english::English;
use crate::book::{Book, Outcome, Rule, Treatment};
use crate::decide::Engine;
use crate::decide::cells::Version;
use crate::script::{self, Scripts};
use crate::span::Span;
use crate::study::apart::{self, Apart, Way};
use crate::study::clients::Client;
use crate::study::days as visits;
use crate::value::{Day, ONGOING, Point};

/// What a page's rules come to.
pub(super) struct Compared {
    pub(super) rules: Vec<RuleDiff>,
    pub(super) overall: Ways,
    pub(super) unchanged: usize,
    /// How the exclusions of steps changed.
    pub(super) exclusions: Exclusions,
    /// What changed beside the rules and still matters to them.
    pub(super) others: Vec<Change>,
}

/// A page in both versions.
pub(super) struct Pair<'p> {
    /// About their own questions.
    pub(super) real: [Version<'p>; 2],
    /// About the common ones.
    pub(super) common: &'p Common,
    pub(super) versions: [Version<'p>; 2],
    pub(super) base: Client,
    name: Option<String>,
    same_scripts: bool,
}

/// Compares a page. `base` is the base client, with the side it is of and its name.
pub(super) fn compare(
    sides: [Side<'_>; 2],
    real: [Version<'_>; 2],
    common: &Common,
    books: &[Book; 2],
    base: Option<(usize, String, Client)>,
) -> Compared {
    let treatments = [0, 1].map(|side| books[side].treatment(&real[side].treatment.id));
    let [Some(old), Some(new)] = treatments else {
        let (rules, exclusions, others) = (Vec::new(), Exclusions::new(), Vec::new());
        return Compared { rules, overall: Ways::NONE, unchanged: 0, exclusions, others };
    };
    let compile = |side: usize, treatment: &Treatment| {
        script::compile(sides[side].texts, treatment, common.facts(), &mut Vec::new())
    };
    let compiled: Option<[Scripts; 2]> = (!common.is_same()).then(|| [compile(0, old), compile(1, new)]);
    let same_scripts = scripts(old) == scripts(new);
    let scripts = |side: usize| -> &Scripts {
        // Scripts that say the same are the same.
        let side = if same_scripts { 0 } else { side };
        compiled.as_ref().map_or(real[side].scripts, |both| &both[side])
    };
    let versions = [
        Version { book: &books[0], treatment: old, scripts: scripts(0) },
        Version { book: &books[1], treatment: new, scripts: scripts(1) },
    ];
    let (name, base) = match base {
        Some((side, name, client)) => (Some(name), common.adopt(side, &client, &real[side].book.facts)),
        None => (None, Client::plain(common.facts(), visits::usual(new))),
    };
    Pair { real, common, versions, base, name, same_scripts }.compare()
}

/// The scripts and how they are called: what each file and function is known by.
fn scripts(treatment: &Treatment) -> Vec<[String; 3]> {
    let files = treatment.scripts.iter().map(|one| [one.path.clone(), one.digest.clone(), String::new()]);
    let functions = treatment.functions.iter();
    let functions = functions.map(|one| [one.id.clone(), one.takes.join(", "), one.gives.clone()]);
    files.chain(functions).collect()
}

/// A rule's id in both versions; `None` where it is not there.
struct Named<'p> {
    before: Option<&'p str>,
    after: Option<&'p str>,
}

impl<'p> Pair<'p> {
    fn compare(&self) -> Compared {
        let named = self.named();
        let judged: Vec<Option<RuleDiff>> = named.par_iter().map(|one| self.rule(one)).collect();
        let unchanged = judged.iter().filter(|one| one.is_none()).count();
        let mut told = Panels::new(self);
        let mut rules: Vec<RuleDiff> = judged.into_iter().flatten().collect();
        for rule in &mut rules {
            for found in [&mut rule.ways.tighter, &mut rule.ways.looser] {
                told.confirm(found);
            }
        }
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let overall = overall::ways(self, &rules, &mut told);
        let (exclusions, others) = (self.exclusions(), self.readers());
        Compared { rules, overall, unchanged, exclusions, others }
    }

    /// How the exclusions changed that a step has in both versions: one that holds for more clients is stricter.
    fn exclusions(&self) -> Exclusions {
        let [a, b] = self.versions;
        let after = apart::exclusions(b.treatment);
        let both = apart::exclusions(a.treatment).into_iter().filter_map(|(name, old)| {
            let (_, new) = after.iter().find(|(other, _)| *other == name)?;
            Some((name, old, *new))
        });
        let judged = both.map(|(name, old, new)| match self.is_comparable([old, new]) {
            true => (name, conditions((a, old), (b, new))),
            false => (name, Verdict::NotAnalysed),
        });
        judged.collect()
    }

    /// Whether what scripts say of these conditions is the same in both versions.
    fn is_comparable(&self, conditions: [&Condition; 2]) -> bool {
        self.same_scripts || !conditions.into_iter().any(Condition::is_scripted)
    }

    /// The rules of one version called `id`.
    pub(super) fn called(&self, side: usize, id: Option<&str>) -> Vec<&'p Rule> {
        let rules = self.versions[side].treatment.rules.iter();
        rules.filter(|rule| Some(rule.id.as_str()) == id).collect()
    }

    /// Which rules belong together: those with the same id, and those that were renamed.
    fn named(&self) -> Vec<Named<'p>> {
        let ids = |side: usize| -> BTreeSet<&'p str> {
            self.versions[side].treatment.rules.iter().map(|rule| rule.id.as_str()).collect()
        };
        let (before, after) = (ids(0), ids(1));
        let mut named: Vec<Named<'p>> =
            before.intersection(&after).map(|id| Named { before: Some(id), after: Some(id) }).collect();
        let mut dropped: Vec<&str> = before.difference(&after).copied().collect();
        let mut added: Vec<&str> = after.difference(&before).copied().collect();
        let alike = |a: &str, b: &str| self.alike(Some(a), Some(b));
        let because = |a: &str, b: &str| {
            let says =
                |side, id| self.called(side, Some(id)).first().map(|rule| (&rule.because, rule.outcome));
            says(0, a) == says(1, b)
        };
        for same in [&alike as &dyn Fn(&str, &str) -> bool, &because] {
            dropped.retain(|old| match added.iter().position(|new| same(old, new)) {
                Some(at) => {
                    named.push(Named { before: Some(old), after: Some(added.remove(at)) });
                    false
                }
                None => true,
            });
        }
        named.extend(dropped.into_iter().map(|id| Named { before: Some(id), after: None }));
        named.extend(added.into_iter().map(|id| Named { before: None, after: Some(id) }));
        named
    }

    fn alike(&self, before: Option<&str>, after: Option<&str>) -> bool {
        let [old, new] = self.versions;
        apart::same_words((old, &self.called(0, before)), (new, &self.called(1, after)))
    }

    /// What changed about a rule; `None` if nothing did.
    fn rule(&self, named: &Named<'_>) -> Option<RuleDiff> {
        let (before, after) = (self.called(0, named.before), self.called(1, named.after));
        let edits = self.edits(named);
        let ways = match self.alike(named.before, named.after) {
            true => Ways::NONE,
            false => Ways {
                tighter: self.towards(Way::Tighter, &before, &after),
                looser: self.towards(Way::Looser, &before, &after),
            },
        };
        let state = match (before.is_empty(), after.is_empty()) {
            (true, _) => State::Added,
            (_, true) => State::Dropped,
            _ => State::Kept,
        };
        let id = named.after.or(named.before).unwrap_or_default().to_string();
        let was = named.before.filter(|before| named.after.is_some_and(|after| after != *before));
        let quiet = edits.is_empty() && was.is_none() && state == State::Kept;
        let still = matches!((&ways.tighter, &ways.looser), (Found::Nobody, Found::Nobody));
        let at = match (after.first(), before.first()) {
            (Some(rule), _) => Place::New(rule.span),
            (None, Some(rule)) => Place::Old(rule.span),
            (None, None) => Place::None,
        };
        let was = was.map(str::to_string);
        let review = self.review(&before, &after);
        (!quiet || !still).then_some(RuleDiff { id, was, state, ways, review, edits, at })
    }

    /// How a change of who may review a rule away stands to the clients.
    fn review(&self, before: &[&Rule], after: &[&Rule]) -> Option<Verdict> {
        let roles = |rules: &[&Rule]| rules.iter().map(|rule| rule.review_by.clone()).collect::<Vec<_>>();
        let (was, is) = (roles(before), roles(after));
        if was == is || was.is_empty() || is.is_empty() {
            return None;
        }
        let (any_before, any_after) = (was.contains(&None), is.contains(&None));
        let may = |side: usize, roles: &[Option<String>]| -> BTreeSet<String> {
            let people = self.real[side].book.clinic.people.iter();
            let may = people.filter(|one| roles.iter().flatten().any(|role| one.is(role)));
            may.map(|one| one.name.clone()).collect()
        };
        let (some_before, some_after) = (may(0, &was), may(1, &is));
        // Where a clinic lists nobody, anybody says which role they have.
        let unlisted = self.real.iter().any(|version| version.book.clinic.people.is_empty());
        match (any_before, any_after) {
            (false, true) => Some(Verdict::Loosens),
            (true, false) => Some(Verdict::Tightens),
            (true, true) => None,
            (false, false) if unlisted => Some(Verdict::NotAnalysed),
            (false, false) => {
                either(!some_before.is_subset(&some_after), !some_after.is_subset(&some_before))
            }
        }
    }

    /// The way in which rules surely do not differ, whether or not their conditions can be split: what is added or made
    /// stricter never loosens, what is dropped or made less strict never tightens.
    fn surely_not(&self, before: &[&Rule], after: &[&Rule]) -> Option<Way> {
        let [old, new] = self.versions;
        match (before, after) {
            ([], [_, ..]) => Some(Way::Looser),
            ([_, ..], []) => Some(Way::Tighter),
            ([a], [b]) => {
                let like = Rule { outcome: a.outcome, ..(*b).clone() };
                match apart::same_words((old, before), (new, &[&like])) {
                    true if b.outcome > a.outcome => Some(Way::Looser),
                    true if b.outcome < a.outcome => Some(Way::Tighter),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn towards(&self, way: Way, before: &[&Rule], after: &[&Rule]) -> Found {
        let [old, new] = self.versions;
        if self.surely_not(before, after) == Some(way) {
            return Found::Nobody;
        }
        let scripted = before.iter().chain(after).any(|rule| rule.condition.is_scripted());
        if scripted && !self.same_scripts {
            return Found::Open("a script it asks changed".to_string());
        }
        if !old.treatment.in_force.overlaps(&new.treatment.in_force) {
            return Found::Open("the two pages are in force on no common day".to_string());
        }
        match apart::rules_towards(way, (old, before), (new, after), Some(&self.base)) {
            Apart::Same => Found::Nobody,
            Apart::Client(client) => Found::Client(Box::new(self.example(client))),
            Apart::NotAnalysed(why) | Apart::Other(why) => Found::Open(why),
        }
    }

    /// The example of a client, before anybody decided about it.
    pub(super) fn example(&self, client: Client) -> Example {
        let facts = self.common.facts();
        let base = self.name.is_some().then(|| self.base.on(facts, client.visit));
        let plain = Client::plain(facts, client.visit);
        let answers = client.answers(Some(base.as_ref().unwrap_or(&plain)), facts);
        let (before, after) = (Told::NoSuchAnswer, Told::NoSuchAnswer);
        Example { client, base: self.name.clone(), answers, before, after }
    }

    /// What is written differently about a rule.
    fn edits(&self, named: &Named<'_>) -> Vec<Edit> {
        let of = |side: usize, id: Option<&str>| -> Vec<&'p Rule> {
            let rules = self.real[side].treatment.rules.iter();
            rules.filter(|rule| Some(rule.id.as_str()) == id).collect()
        };
        let (before, after) = (of(0, named.before), of(1, named.after));
        let mut edits = Edits::default();
        let [old, new] = self.real.map(|version| version.treatment);
        let says = |side: usize, rule: &Rule| {
            let Version { book, treatment, .. } = self.real[side];
            let english =
                English { facts: &book.facts, treatment, day: visits::usual(treatment), with_later: false };
            english.condition(&rule.condition)
        };
        for at in 0..before.len().max(after.len()) {
            let (a, b) = (before.get(at).copied(), after.get(at).copied());
            edits.maybe("when", a.map(|rule| says(0, rule)), b.map(|rule| says(1, rule)));
            edits.maybe("outcome", a.map(|r| r.outcome.to_string()), b.map(|r| r.outcome.to_string()));
            edits.maybe("in force", a.and_then(|r| days(r.in_force)), b.and_then(|r| days(r.in_force)));
            edits.maybe(
                "withdrawn",
                a.and_then(|rule| withdrawn(rule.withdrawn.as_ref())),
                b.and_then(|rule| withdrawn(rule.withdrawn.as_ref())),
            );
            let (Some(a), Some(b)) = (a, b) else { continue };
            let ending = |rule: &Rule| rule.ending.as_ref().map(|ending| ending.text().to_string());
            edits.maybe("ends", ending(a), ending(b));
            edits.text("because", &a.because, &b.because);
            edits.maybe("review by", a.review_by.clone(), b.review_by.clone());
            edits.maybe("to consider", a.consider.clone(), b.consider.clone());
            edits.maybe("keep", a.keep.clone(), b.keep.clone());
            edits.basis((old, &a.basis), (new, &b.basis));
        }
        edits.0
    }

    /// Questions that rules read now and did not before: records without them are told less.
    fn readers(&self) -> Vec<Change> {
        let read = |side: usize| -> BTreeMap<String, Span> {
            let Version { book, treatment, .. } = self.real[side];
            let options = |fact| book.facts.slots_of(fact);
            let slots = treatment.rules.iter().flat_map(|rule| rule.condition.slots(&options));
            slots.map(|slot| (book.facts.slot_name(slot), book.facts.fact_of(slot).span)).collect()
        };
        let (before, after) = (read(0), read(1));
        let newly = after.iter().filter(|(name, _)| !before.contains_key(*name)).map(|(name, span)| Change {
            section: Section::Fact,
            name: name.clone(),
            state: State::Kept,
            verdict: Some(Verdict::Tightens),
            edits: vec![Edit {
                what: "rules read it now: records without an answer need more information".to_string(),
                before: None,
                after: None,
            }],
            at: Place::New(*span),
        });
        newly.collect()
    }

    /// Whether the outcome of the first is better or worse; the wait decides between equal ones.
    pub(super) fn order(a: (Outcome, Point), b: (Outcome, Point)) -> Ordering {
        match a.0.cmp(&b.0) {
            Ordering::Equal if a.0 == Outcome::NotEligible => Ordering::Equal,
            Ordering::Equal => a.1.cmp(&b.1),
            other => other,
        }
    }
}

/// Whoever decides under both versions.
pub(super) struct Panels<'p, 'q> {
    pair: &'q Pair<'p>,
    real: [Engine<'p>; 2],
    common: [Engine<'p>; 2],
}

impl<'p, 'q> Panels<'p, 'q> {
    fn new(pair: &'q Pair<'p>) -> Panels<'p, 'q> {
        let engines = |versions: [Version<'p>; 2]| versions.map(|version| version.engine());
        Panels { pair, real: engines(pair.real), common: engines(pair.versions) }
    }

    /// Decides about the client of an example with both versions, and takes it back if they say the same.
    pub(super) fn confirm(&mut self, found: &mut Found) {
        let Found::Client(example) = found else { return };
        [example.before, example.after] = [0, 1].map(|side| self.told(side, &example.client));
        if example.before == example.after && example.before != Told::NoSuchAnswer {
            *found = Found::Open("deciding the example did not confirm it".to_string());
        }
    }

    /// What a version decides about a client.
    fn told(&mut self, side: usize, client: &Client) -> Told {
        let version = self.pair.real[side];
        let facts = &version.book.facts;
        let Some(own) = self.pair.common.client(side, client, facts) else { return Told::NoSuchAnswer };
        let brief = self.real[side].possible(&own.known("example", facts));
        let rules = &version.treatment.rules;
        let held = brief.hold.iter().map(|place| rules[usize::from(*place)].id.clone());
        let mut names: Vec<String> = held.chain(brief.withdrawn.iter().map(|id| id.to_string())).collect();
        names.sort();
        let wait = match brief.latest {
            ONGOING => Wait::Open,
            day if day > client.visit.point() => Wait::Until(Day::from_point(day)),
            _ => Wait::None,
        };
        Told::Decided { outcome: brief.outcome, wait, rules: names }
    }

    /// The outcome and wait of a client about the common questions.
    pub(super) fn judged(&mut self, side: usize, client: &Client) -> (Outcome, Point) {
        client.told(&mut self.common[side]).unwrap_or((Outcome::NeedsReview, client.visit.point()))
    }
}
