//! Real records decided with both versions of the rules: who is told something else, and by which rule.

use crate::book::fact::Facts;
use crate::book::{Book, Outcome};
use crate::decide::cells::Version;
use crate::decide::{self, Difference, Fired, Rules, Solution};
use crate::value::{Day, ONGOING, Point, Truth};
use crate::written::record::Record;

/// How many clients had which outcome before, and which they have now: `[before][after]`, best first.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// The counts.
    pub counts: [[u64; 5]; 5],
    /// Records that only the new rules decide.
    pub only_after: u64,
    /// Records that only the old rules decide.
    pub only_before: u64,
    /// Records that neither decides.
    pub neither: u64,
    /// How many are told something else: another outcome or another wait.
    pub moved: u64,
    /// How many are told something better, or to wait less.
    pub better: u64,
}

/// What became of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Who.
    pub client: String,
    /// The day asked about.
    pub visit: Day,
    /// Before and after; `None` where the record could not be decided.
    pub told: [Option<Now>; 2],
    /// The rules that say something else than before.
    pub rules: Vec<String>,
    /// Why it was not decided before or after.
    pub why: Option<String>,
}

/// The outcome and how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now {
    /// The outcome.
    pub outcome: Outcome,
    /// Until when nobody is treated for sure, and until when perhaps not.
    pub wait: (Point, Point),
}

impl Now {
    /// The last day of the wait; `None` without a wait, or without a day.
    pub fn until(&self, visit: Day) -> Option<Day> {
        let (_, latest) = self.wait;
        (latest > visit.point() && latest < ONGOING).then(|| Day::from_point(latest))
    }
}

impl Matrix {
    /// Counts one client.
    pub fn count(&mut self, moved: &Moved) {
        match moved.told {
            [Some(before), Some(after)] => {
                self.counts[before.outcome as usize][after.outcome as usize] += 1;
                self.moved += u64::from(moved.is_moved());
                self.better += u64::from(moved.is_better());
            }
            [None, Some(_)] => self.only_after += 1,
            [Some(_), None] => self.only_before += 1,
            [None, None] => self.neither += 1,
        }
    }

    /// How many records there were.
    pub fn all(&self) -> u64 {
        let decided: u64 = self.counts.iter().flatten().sum();
        decided + self.only_after + self.only_before + self.neither
    }
}

impl Moved {
    /// Whether the client is told something else.
    pub fn is_moved(&self) -> bool {
        let [before, after] = self.told;
        before != after
    }

    /// Whether the client is told something better, or to wait less.
    pub fn is_better(&self) -> bool {
        matches!(self.told, [Some(before), Some(after)] if after < before)
    }
}

/// Both versions of a page on one day.
pub struct Pair<'b> {
    rules: [Rules<'b>; 2],
    /// Where they differ; `None` if they ask different questions, or differ in more than rules.
    difference: Option<Difference>,
}

impl<'b> Pair<'b> {
    /// Both versions as they stand on the day of a visit.
    pub fn on(versions: [Version<'b>; 2], visit: Day) -> Pair<'b> {
        let [old, new] = versions;
        let in_force = versions.iter().all(|one| one.treatment.in_force.covers(visit));
        let rules = versions.map(|one| Rules::on(one.book, one.treatment, one.scripts, visit));
        let alike = in_force && are_alike(&old.book.facts, &new.book.facts);
        let difference = if alike { Difference::between(&rules[0], &rules[1]) } else { None };
        Pair { rules, difference }
    }

    /// What a client is told by both, if it is quickly seen that they say the same.
    fn same(&self, record: &Record<'_>, visit: Day, answered_on: Option<Day>) -> Option<Now> {
        let difference = self.difference.as_ref().filter(|_| record.reviews.is_empty())?;
        let [old, new] = &self.rules;
        let (answers, _) = decide::from_written(record, "", visit, answered_on, new.book, new.treatment);
        let answers = answers?;
        let space = answers.space(&new.book.facts);
        let (points, mut fired) = (new.points(&space)?, Fired::default());
        old.points(&space)?;
        let verdict = difference.same_for([old, new], &points, &mut fired)?;
        if fired.may_hold().next().is_some() {
            return Some(now(&decide::possible(new, &answers), visit));
        }
        let wait = if verdict.outcome == Outcome::NotEligible { visit.point() } else { verdict.wait };
        Some(Now { outcome: verdict.outcome, wait: (wait, wait) })
    }
}

/// Whether answers to two lists of questions are read alike.
fn are_alike(old: &Facts, new: &Facts) -> bool {
    let options = |facts: &Facts, at: usize| -> Vec<(String, String)> {
        let options = facts.facts[at].options.iter();
        options.map(|option| (option.id.clone(), option.text.clone())).collect()
    };
    old.facts.len() == new.facts.len()
        && old.facts.iter().zip(&new.facts).enumerate().all(|(at, (one, two))| {
            let same = one.id == two.id && one.kind == two.kind && one.good_for == two.good_for;
            same && one.first_slot == two.first_slot && options(old, at) == options(new, at)
        })
}

fn now(solution: &Solution, visit: Day) -> Now {
    let outcome = solution.headline();
    let wait = match outcome {
        Outcome::NotEligible => (visit.point(), visit.point()),
        _ => (solution.earliest, solution.latest),
    };
    Now { outcome, wait }
}

/// Decides a record with both versions, as they stand on the day.
pub fn decided(
    record: &Record<'_>,
    client: &str,
    visit: Day,
    answered_on: Option<Day>,
    pair: &Pair<'_>,
) -> Moved {
    if let Some(now) = pair.same(record, visit, answered_on) {
        let client = client.to_string();
        return Moved { client, visit, told: [Some(now); 2], rules: Vec::new(), why: None };
    }
    let rules = [&pair.rules[0], &pair.rules[1]];
    let mut solved: [Option<Solution>; 2] = [None, None];
    let mut why = None;
    for side in [0, 1] {
        let Version { book, treatment, .. } = rules[side].version();
        let other = rules[1 - side].book;
        let own = known(record, book, other);
        let record = own.as_ref().unwrap_or(record);
        let (answers, found) = decide::from_written(record, client, visit, answered_on, book, treatment);
        match answers {
            Some(answers) => solved[side] = Some(decide::possible(rules[side], &answers)),
            None => why = found.first().map(|finding| finding.message.clone()),
        }
    }
    let told = [0, 1].map(|side| solved[side].as_ref().map(|solution| now(solution, visit)));
    let mut rules_named = Vec::new();
    if let ([Some(before), Some(after)], true) = (&solved, told[0] != told[1]) {
        rules_named = differing([(rules[0], before), (rules[1], after)]);
    }
    Moved { client: client.to_string(), visit, told, rules: rules_named, why }
}

/// The record without answers to questions that only the other version asks; `None` if there are none.
fn known<'t>(record: &Record<'t>, own: &Book, other: &Book) -> Option<Record<'t>> {
    let asks = |book: &Book, name: &str| {
        let fact = name.split('.').next().unwrap_or(name);
        book.facts.named(fact).is_some()
    };
    let foreign = |name: &str| !asks(own, name) && asks(other, name);
    let any = record.facts.iter().any(|one| foreign(&one.fact))
        || record.dated.iter().any(|(fact, _)| foreign(fact));
    any.then(|| {
        let mut record = record.clone();
        record.facts.retain(|one| !foreign(&one.fact));
        record.dated.retain(|(fact, _)| !foreign(fact));
        record
    })
}

/// What a rule says: its id, outcome, whether it holds, and the days on which it may lapse.
type Said = (String, Outcome, Truth, Option<(Point, Point)>);

/// The rules that say something else in one version than in the other.
fn differing(sides: [(&Rules<'_>, &Solution); 2]) -> Vec<String> {
    let of = |(rules, solution): (&'_ Rules<'_>, &'_ Solution)| -> Vec<Said> {
        let each = rules.held().zip(solution.truths.iter().zip(&solution.untils));
        let holding = each.filter(|(_, (truth, _))| **truth != Truth::No);
        let mut all: Vec<_> = holding
            .map(|((rule, _), (truth, until))| (rule.id.clone(), rule.outcome, *truth, *until))
            .collect();
        all.extend(
            rules.withdrawn().map(|id| (format!("{id} (withdrawn)"), Outcome::NeedsReview, Truth::Yes, None)),
        );
        all
    };
    let [before, after] = sides.map(of);
    let mut names: Vec<String> = before
        .iter()
        .filter(|one| !after.contains(one))
        .chain(after.iter().filter(|one| !before.contains(one)))
        .map(|one| one.0.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}
