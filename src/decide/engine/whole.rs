//! The whole of an engine: the parts of a page, how they hang together, and what is remembered from one client to
//! the next.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::super::day::Version;
use super::super::possible::Possible;
use super::super::search::Summary;
use super::client::{Client, Heard, Later, Said};
use super::crossings::Crossings;
use super::days::Receding;
use super::meanings::Meanings;
use super::part::Part;
use super::roots::Roots;
use super::sets::{Sets, Token};
use super::steps::{Price, Step};
use crate::book::condition::{FactId, SlotId};
use crate::book::{Book, Outcome, Treatment};
use crate::script::Scripts;
use crate::value::{Day, NEVER, Point, Points};

/// So many rules on so many days are kept ready.
const MOST_RULES_READY: usize = 40_000;

/// Decides about clients under the rules of one treatment. What it finds out about one it remembers for the others;
/// the answer to each is as if it were the only one.
pub struct Engine<'b> {
    pub(super) version: Version<'b>,
    pub(super) sets: Sets,
    /// The parts of rules that read the same answers, and behind them those that open answers joined.
    pub(super) parts: Vec<Part<'b>>,
    /// How many of the former there are.
    pub(super) own: usize,
    /// For each slot the parts that read it.
    pub(super) readers: Vec<Vec<u16>>,
    /// The slots that several parts read.
    pub(super) shared: Vec<SlotId>,
    /// For each part of its own the first of those it is connected with, however far.
    pub(super) connected: Vec<u16>,
    /// Whether connected parts can be gone through together whatever is open.
    pub(super) together: BTreeMap<u16, bool>,
    pub(super) joined: BTreeMap<Vec<u16>, u32>,
    pub(super) crossings: Arc<Mutex<Crossings<'b>>>,
    /// For each rule its place among reasons.
    pub(super) ranks: Vec<u16>,
    /// Days on which more or less is withdrawn, ascending.
    pub(super) switches: Vec<Day>,
    /// The facts whose answers count otherwise as days go by.
    pub(super) aging: Vec<FactId>,
    pub(super) steps: Vec<Step<'b>>,
    pub(super) price: Price<'b>,
    pub(super) meanings: Meanings,
    pub(super) client: Client,
    /// How many clients were asked about.
    pub(super) asked: u32,
    /// For each part of its own what it said about the last client about whom each could be asked by itself, and the
    /// answers of that client: of the next most are the same.
    pub(super) heard: Vec<Heard>,
    pub(super) heard_of: Vec<Token>,
    pub(super) said: Vec<Said>,
    /// What that makes possible together, and whether that is exact.
    pub(super) total: Summary,
    pub(super) exact: bool,
    /// Up to when a deferral may begin.
    pub(super) receding: Receding,
    /// Where one may, the facts whose answers move the wait.
    pub(super) moved_by: Vec<FactId>,
    /// And the rules that have no end when they have begun, though others may lapse.
    pub(super) ends_later: Vec<u16>,
    /// And whether some day may be free and none surely is.
    pub(super) is_doubtful: bool,
    /// Then the last days on which something may defer that begins by the tenth year.
    pub(super) far_ends: Vec<Point>,
    pub(super) later: Later,
    /// For each slot the set that was seen last: what is open is mostly open in the same way.
    pub(super) last: Vec<(Points, Token)>,
}

impl<'b> Version<'b> {
    /// Whoever decides about clients under this version.
    pub fn engine(&self) -> Engine<'b> {
        Engine::new(self.book, self.treatment, self.scripts)
    }
}

impl<'b> Engine<'b> {
    /// For the rules of one treatment.
    pub fn new(book: &'b Book, treatment: &'b Treatment, scripts: &'b Scripts) -> Engine<'b> {
        let version = Version { book, treatment, scripts };
        let slots_of = |fact| book.facts.slots_of(fact);
        let mut alike: BTreeMap<Vec<SlotId>, Vec<u16>> = BTreeMap::new();
        for (place, rule) in (0..).zip(&treatment.rules) {
            alike.entry(rule.condition.slots(&slots_of)).or_default().push(place);
        }
        let most_days = (MOST_RULES_READY / treatment.rules.len().max(1)).clamp(4, 1_024);
        // By the first of their rules, so that the order is that of the page.
        let mut alike: Vec<(Vec<SlotId>, Vec<u16>)> = alike.into_iter().collect();
        alike.sort_by_key(|(_, places)| places[0]);
        let crossings = Arc::new(Mutex::new(Crossings::of(version)));
        let receding = Receding::of(&version);
        let part =
            |(slots, places)| Part::new(version, places, slots, (most_days, receding, crossings.clone()));
        let parts: Vec<Part<'b>> = alike.into_iter().map(part).collect();
        let mut readers: Vec<Vec<u16>> = vec![Vec::new(); book.facts.slots.len()];
        for (at, part) in (0..).zip(&parts) {
            part.slots.iter().for_each(|slot| readers[slot.index()].push(at));
        }
        let several = |slot: &SlotId| readers[slot.index()].len() > 1;
        let shared: Vec<SlotId> = (0..readers.len()).map(|at| SlotId(at as u16)).filter(several).collect();
        let mut roots = Roots::of(parts.len());
        shared.iter().for_each(|slot| roots.join(&readers[slot.index()]));
        let connected = (0..parts.len() as u16).map(|at| roots.of_part(at)).collect();
        let mut order: Vec<u16> = (0..treatment.rules.len() as u16).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&treatment.rules[usize::from(*a)], &treatment.rules[usize::from(*b)]);
            b.outcome.cmp(&a.outcome).then_with(|| a.id.cmp(&b.id))
        });
        let mut ranks = vec![0; order.len()];
        for (rank, place) in (0..).zip(order) {
            ranks[usize::from(place)] = rank;
        }
        let facts = (0..).map(FactId).zip(&book.facts.facts);
        let own = parts.len();
        Engine {
            version,
            sets: Sets::default(),
            own,
            parts,
            readers,
            shared,
            connected,
            together: BTreeMap::new(),
            joined: BTreeMap::new(),
            crossings,
            ranks,
            switches: switches(&version),
            aging: facts
                .filter(|(_, fact)| !fact.good_for.is_empty() || fact.may_be_planned)
                .map(|(id, _)| id)
                .collect(),
            steps: Step::all(version),
            price: Price::of(version),
            meanings: Meanings::default(),
            client: Client::default(),
            asked: 0,
            heard: vec![Heard::UNKNOWN; own],
            heard_of: vec![NEVER; book.facts.slots.len()],
            said: Vec::new(),
            total: nothing_said(false),
            exact: true,
            receding,
            moved_by: Vec::new(),
            ends_later: Vec::new(),
            is_doubtful: false,
            far_ends: Vec::new(),
            later: Later::default(),
            last: vec![(Points::EMPTY, NEVER); book.facts.slots.len()],
        }
    }

    /// The page that is asked.
    pub fn version(&self) -> Version<'b> {
        self.version
    }

    /// What all parts make possible together.
    pub(super) fn total(&self, said: &[Said], day: Day) -> Summary {
        let stopped = !self.switches.is_empty() && !self.version.withdrawn(day).is_empty();
        said.iter().fold(nothing_said(stopped), |all, said| match said.stretch.glance.quiet {
            true => all,
            false => all.and(said.stretch.glance.total()),
        })
    }
}

/// What is decided before any rule is asked: where something is withdrawn, a clinician decides.
pub(super) fn start(stopped: bool) -> Outcome {
    if stopped { Outcome::NeedsReview } else { Outcome::Eligible }
}

/// What that makes possible.
fn nothing_said(stopped: bool) -> Summary {
    Summary { possible: Possible::only(start(stopped)), earliest: NEVER, latest: NEVER }
}

/// The days on which more or less of a page is withdrawn.
fn switches(version: &Version<'_>) -> Vec<Day> {
    let Version { book, treatment, .. } = version;
    let rules = treatment.rules.iter().filter(|rule| rule.withdrawn.is_some());
    let all = [&book.clinic.withdrawn, &treatment.withdrawn].into_iter().flatten();
    let mut days: Vec<Day> = all.map(|switch| switch.since).collect();
    for rule in rules {
        // A rule that is not in force is not withdrawn either.
        days.extend(rule.withdrawn.iter().map(|switch| switch.since).chain(rule.in_force.changes()));
    }
    days.sort_unstable();
    days.dedup();
    days
}
