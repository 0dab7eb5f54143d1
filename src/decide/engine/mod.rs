//! The engine: what the rules of a page say about a client, whoever asks and in whatever form.
//!
//! Rules that read the same answers are a part. What a part says depends only on its own answers and on the day, so
//! each part is solved once for each case of answers, by [`solve`](super::search::solve), and remembered with the days
//! between which it stays so. A client is put together from the parts; answers that are open and read by several
//! parts join them into one, which is solved and remembered like any other. Where there are too many cases to go
//! through together, each part stands for itself: then more may seem possible than is, never less, and the answer
//! says that it is not exact.
//!
//! The first day on which the answer differs by time alone follows from the days that the parts name.

mod brief;
mod crossings;
mod days;
mod explain;
mod hear;
mod meanings;
mod memo;
mod next;
mod part;
mod quiet;
mod roots;
mod sets;
mod state;
mod steps;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub use self::brief::{Asked, Brief, Places, StepTruths};
use self::crossings::Crossings;
use self::hear::{Heard, linked};
use self::meanings::Meanings;
pub use self::next::TEN_YEARS;
use self::part::{Ask, Part};
use self::roots::Roots;
use self::sets::{Sets, Token};
use self::state::{State, Stretch};
use self::steps::{Excluded, Price, Step};
use super::answers::Answers;
use super::day::Version;
use super::possible::Possible;
use super::search::Summary;
use crate::book::condition::{FactId, SlotId};
use crate::book::{Book, Outcome, Treatment};
use crate::script::Scripts;
use crate::value::{Day, NEVER, Point, Points, Truth};

/// So many rules on so many days are kept ready.
const MOST_RULES_READY: usize = 40_000;

/// Decides about clients under the rules of one treatment. What it finds out about one it remembers for the others;
/// the answer to each is as if it were the only one.
pub struct Engine<'b> {
    version: Version<'b>,
    sets: Sets,
    /// The parts of rules that read the same answers, and behind them those that open answers joined.
    parts: Vec<Part<'b>>,
    /// How many of the former there are.
    own: usize,
    /// For each slot the parts that read it.
    readers: Vec<Vec<u16>>,
    /// The slots that several parts read.
    shared: Vec<SlotId>,
    /// For each part of its own the first of those it is connected with, however far.
    connected: Vec<u16>,
    /// Whether connected parts can be gone through together whatever is open.
    together: BTreeMap<u16, bool>,
    joined: BTreeMap<Vec<u16>, u32>,
    crossings: Arc<Mutex<Crossings<'b>>>,
    /// For each rule its place among reasons.
    ranks: Vec<u16>,
    /// Days on which more or less is withdrawn, ascending.
    switches: Vec<Day>,
    /// The facts whose answers age.
    aging: Vec<FactId>,
    steps: Vec<Step<'b>>,
    price: Price<'b>,
    meanings: Meanings,
    client: Client,
    /// How many clients were asked about.
    asked: u32,
    /// For each part of its own what it said about the last client about whom each could be asked by itself, and the
    /// answers of that client: of the next most are the same.
    heard: Vec<Heard>,
    heard_of: Vec<Token>,
    said: Vec<Said>,
    /// What that makes possible together, and whether that is exact.
    total: Summary,
    exact: bool,
    later: next::Later,
    /// For each slot the set that was seen last: what is open is mostly open in the same way.
    last: Vec<(Points, Token)>,
}

/// A client's answers on a day.
#[derive(Debug, Clone, Default)]
struct Client {
    tokens: Vec<Token>,
    /// The facts of which the client is as one of several alternatives says.
    links: Vec<(FactId, u32)>,
    /// The rules that clinicians have quieted.
    quiet: Vec<u16>,
}

/// What a part says about the client.
#[derive(Debug, Clone, Copy)]
struct Said {
    part: u32,
    case: u32,
    stretch: Stretch,
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
        let part = |(slots, places)| Part::new(version, places, slots, (most_days, crossings.clone()));
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
            aging: facts.filter(|(_, fact)| !fact.good_for.is_empty()).map(|(id, _)| id).collect(),
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
            later: next::Later::default(),
            last: vec![(Points::EMPTY, NEVER); book.facts.slots.len()],
        }
    }

    /// The page that is asked.
    pub fn version(&self) -> Version<'b> {
        self.version
    }

    /// What the rules say about a client, without the words.
    pub fn brief(&mut self, answers: &Answers) -> Brief<'b> {
        self.ask(answers);
        let mut brief = self.put_together(answers.visit);
        self.questions(&mut brief);
        brief.next_change = self.next_change(answers, &brief);
        brief
    }

    /// The same without what is worth asking and when it changes.
    pub fn possible(&mut self, answers: &Answers) -> Brief<'b> {
        self.ask(answers);
        self.put_together(answers.visit)
    }

    /// The first later day on which the answer differs by time alone.
    pub fn changes(&mut self, answers: &Answers) -> Option<Day> {
        self.ask(answers);
        let brief = self.put_together(answers.visit);
        self.next_change(answers, &brief)
    }

    /// What all parts make possible together.
    fn total(&self, said: &[Said], day: Day) -> Summary {
        let stopped = !self.switches.is_empty() && !self.version.withdrawn(day).is_empty();
        said.iter().fold(nothing_said(stopped), |all, said| match said.stretch.glance.quiet {
            true => all,
            false => all.and(said.stretch.glance.total()),
        })
    }

    fn put_together(&self, visit: Day) -> Brief<'b> {
        let total = self.total;
        let [mut hold, mut may_hold, mut open_ended, mut failed] = [const { Places::new_const() }; 4];
        let mut untils = Vec::new();
        let mut exact = self.exact;
        for said in self.said.iter().filter(|said| !said.stretch.glance.quiet) {
            let state = self.state(said);
            exact &= state.exact;
            for (place, truth) in &state.truths {
                let holds = *truth == Truth::Yes || state.failed.contains(place);
                if holds { &mut hold } else { &mut may_hold }.push(*place);
            }
            failed.extend_from_slice(&state.failed);
            open_ended.extend_from_slice(&state.open_ended);
            untils.extend_from_slice(&state.untils);
        }
        for list in [&mut hold, &mut may_hold, &mut open_ended].into_iter().filter(|list| list.len() > 1) {
            match failed.is_empty() {
                true => list.sort_unstable_by_key(|place: &u16| self.ranks[usize::from(*place)]),
                // A failed script puts a rule among those that need review.
                false => list.sort_by_key(|place| {
                    let rule = &self.version.treatment.rules[usize::from(*place)];
                    let own = if failed.contains(place) { Outcome::NeedsReview } else { rule.outcome };
                    (std::cmp::Reverse(own), &rule.id)
                }),
            }
        }
        let possible = total.possible;
        let [earliest, latest] = [total.earliest, total.latest].map(|point| point.max(visit.point()));
        let one = possible.best() == possible.worst();
        let stopped = if self.switches.is_empty() { Vec::new() } else { self.version.withdrawn(visit) };
        Brief {
            visit,
            outcome: possible.headline(),
            possible,
            settled: one && (possible.best() == Outcome::NotEligible || earliest == latest),
            exact,
            earliest,
            latest,
            withdrawn: stopped.into_iter().map(|(id, _)| id).collect(),
            hold,
            may_hold,
            failed,
            open_ended,
            untils,
            questions: Vec::new(),
            on_the_day: false,
            excluded: StepTruths::new(),
            next_change: None,
        }
    }

    fn state(&self, said: &Said) -> &State {
        &self.parts[said.part as usize].states[said.stretch.state as usize]
    }

    /// Adds what is worth asking, and the steps.
    fn questions(&mut self, brief: &mut Brief<'b>) {
        let mut asks: Vec<Asked> = Vec::new();
        let said = std::mem::take(&mut self.said);
        if said.iter().any(|said| said.stretch.glance.open) {
            let stopped = !brief.withdrawn.is_empty();
            let (mut best, mut earliest) = (TopTwo::of(start(stopped)), TopTwo::of(NEVER));
            for (at, said) in said.iter().enumerate() {
                let total = said.stretch.glance.total();
                best.see(at, total.possible.best());
                earliest.see(at, total.earliest);
            }
            for (at, said) in said.iter().enumerate().filter(|(_, said)| said.stretch.glance.open) {
                let part = &mut self.parts[said.part as usize];
                for ask in part.asks((said.case, said.stretch.state, brief.visit), &self.sets) {
                    note(&mut asks, ask, (best.without(at), earliest.without(at)));
                }
            }
        }
        self.said = said;
        for at in 0..self.steps.len() {
            let excluded = self.step(at, brief.visit);
            brief.excluded.push(excluded.truth);
            if !excluded.facts.is_empty() {
                excluded.facts.iter().for_each(|fact| noted(&mut asks, *fact).steps = true);
            }
        }
        // Room is taken only where something is open.
        let mut priced = Vec::new();
        self.price.waits_for(&self.client.tokens, brief.visit, &self.sets, &mut priced);
        priced.into_iter().for_each(|fact| noted(&mut asks, fact).price = true);
        if asks.is_empty() {
            return;
        }
        asks.retain(|ask| ask.steps || ask.price || ask.decides());
        let facts = &self.version.book.facts;
        asks.sort_by(|a, b| {
            let worst = |ask: &Asked| ask.could_become.iter().next_back();
            (worst(b), b.unknown, &facts.get(a.fact).id).cmp(&(worst(a), a.unknown, &facts.get(b.fact).id))
        });
        let mut deciding = asks.iter().filter(|ask| ask.decides()).peekable();
        brief.on_the_day = deciding.peek().is_some() && deciding.all(|ask| facts.get(ask.fact).on_the_day);
        brief.questions = asks;
    }

    /// What is known of the step at a place.
    fn step(&mut self, at: usize, day: Day) -> &Excluded {
        let Client { tokens, links, .. } = &self.client;
        let links = match links.is_empty() {
            true => Vec::new(),
            false => linked(links, self.steps[at].slots(), &self.version.book.facts),
        };
        let beside = if links.is_empty() { 0 } else { self.sets.beside(links.clone(), Vec::new()) };
        self.steps[at].look(tokens, (&links, beside), day, &self.sets)
    }
}

/// What is decided before any rule is asked: where something is withdrawn, a clinician decides.
fn start(stopped: bool) -> Outcome {
    if stopped { Outcome::NeedsReview } else { Outcome::Eligible }
}

/// What that makes possible.
fn nothing_said(stopped: bool) -> Summary {
    Summary { possible: Possible::only(start(stopped)), earliest: NEVER, latest: NEVER }
}

/// Adds what a part says about a fact, beside other parts whose best outcome and earliest day these are.
fn note(asks: &mut Vec<Asked>, ask: &Ask, (best, earliest): (Outcome, Point)) {
    let own = noted(asks, ask.fact);
    let (could_become, moves) = ask.matters.beside(best, earliest);
    own.could_become = own.could_become.or(could_become);
    own.waits |= moves;
    own.unknown += ask.unknown;
}

fn noted(asks: &mut Vec<Asked>, fact: FactId) -> &mut Asked {
    let at = asks.iter().position(|ask| ask.fact == fact).unwrap_or_else(|| {
        let could_become = Possible::default();
        asks.push(Asked { fact, could_become, waits: false, steps: false, price: false, unknown: 0 });
        asks.len() - 1
    });
    &mut asks[at]
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

/// The greatest of many, also without one of them.
struct TopTwo<T> {
    first: (Option<usize>, T),
    second: T,
}

impl<T: Copy + Ord> TopTwo<T> {
    fn of(start: T) -> TopTwo<T> {
        TopTwo { first: (None, start), second: start }
    }

    fn see(&mut self, at: usize, one: T) {
        if one > self.first.1 {
            self.second = std::mem::replace(&mut self.first, (Some(at), one)).1;
        } else {
            self.second = self.second.max(one);
        }
    }

    fn without(&self, at: usize) -> T {
        if self.first.0 == Some(at) { self.second } else { self.first.1 }
    }
}
