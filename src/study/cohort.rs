//! Real records decided with both versions of the rules: who is told something else, and by which rule.

use crate::book::{Book, Outcome, Treatment};
use crate::decide::Brief;
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

fn now(brief: &Brief<'_>) -> Now {
    let visit = brief.visit.point();
    let wait = match brief.outcome {
        Outcome::NotEligible => (visit, visit),
        Outcome::NeedsReview | Outcome::Deferred | Outcome::MoreInformation | Outcome::Eligible => {
            (brief.earliest, brief.latest)
        }
    };
    Now { outcome: brief.outcome, wait }
}

/// What becomes of a client, of whom each version says this, or why it cannot read the record.
pub fn moved(
    client: String,
    visit: Day,
    [before, after]: [Result<Brief<'_>, Option<String>>; 2],
    treatments: [&Treatment; 2],
) -> Moved {
    let told = [&before, &after].map(|solved| solved.as_ref().ok().map(now));
    let mut rules = Vec::new();
    if let (Ok(before), Ok(after), true) = (&before, &after, told[0] != told[1]) {
        rules = differing([(treatments[0], before), (treatments[1], after)]);
    }
    let why = after.err().or(before.err()).flatten();
    Moved { client, visit, told, rules, why }
}

/// The record without answers to questions that only the other version asks; `None` if there are none.
pub fn known<'r>(record: &Record<'r>, own: &Book, other: &Book) -> Option<Record<'r>> {
    let asks = |book: &Book, name: &str| {
        let fact = name.split('.').next().unwrap_or(name);
        book.facts.named(fact).is_some()
    };
    let foreign = |name: &str| !asks(own, name) && asks(other, name);
    let any = record.facts.iter().any(|one| foreign(&one.key))
        || record.dated.iter().any(|(fact, _)| foreign(fact));
    any.then(|| {
        let mut record = record.clone();
        record.facts.retain(|one| !foreign(&one.key));
        record.dated.retain(|(fact, _)| !foreign(fact));
        record
    })
}

/// What a rule says: its id, outcome, whether it holds, and the days on which it may lapse.
type Said = (String, Outcome, Truth, Option<(Point, Point)>);

/// The rules that say something else in one version than in the other.
fn differing(sides: [(&Treatment, &Brief<'_>); 2]) -> Vec<String> {
    let of = |(treatment, brief): (&Treatment, &Brief<'_>)| -> Vec<Said> {
        let spoken = brief.spoken().into_iter().map(|(place, truth, until)| {
            let rule = &treatment.rules[usize::from(place)];
            (rule.id.clone(), rule.outcome, truth, until)
        });
        let stopped = brief.withdrawn.iter();
        let stopped = stopped.map(|id| (format!("{id} (withdrawn)"), Outcome::NeedsReview, Truth::Yes, None));
        spoken.chain(stopped).collect()
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
