//! The answer in brief, for many clients: what a table shows, without the words. It says what [`decide`] says.
//!
//! Rules that share no answer with each other are a part of their own. What a part says depends only on where
//! the client's answers lie between the points at which one of its rules can change, and on the very points
//! where a wait counts from them. So each part is solved once for each such case, as `decide` solves it, and
//! remembered; clients are put together from their parts.
//!
//! [`decide`]: super::decide

mod change;
mod grid;
mod idle;
mod memo;
mod part;
mod plan;
mod read;
mod steady;
mod tokens;
mod walk;

use std::collections::BTreeMap;

use self::change::Changes;
use self::part::{Ask, Next, QUIET};
use self::plan::Plan;
use self::read::FactWords;
pub use self::read::{Form, Read, Sheet, Taken};
use self::tokens::Sets;
pub use self::tokens::Token;
use self::walk::Drifting;
use super::next_change::TEN_YEARS;
use super::possible::Possible;
use crate::book::condition::FactId;
use crate::book::fact::Facts;
use crate::book::{Book, Outcome, Treatment};
use crate::script::Scripts;
use crate::value::{Day, LAST_DAY, ONGOING, Point, Truth};

/// So many rules are kept ready, over all days that were looked at.
const MOST_RULES: usize = 80_000;
/// And so many days.
const MOST_PLANS: usize = 1_500;
/// So many days are found at once.
const RECENT: usize = 512;

/// Ten years are at least so many days, and at most a few more.
const NEARLY_TEN_YEARS: Point = 3_650;

/// What a table shows of a decision.
#[derive(Debug)]
pub struct Brief {
    /// The headline.
    pub outcome: Outcome,
    /// Every possible outcome.
    pub possible: Possible,
    /// Whether nothing can change the outcome and the wait any more.
    pub settled: bool,
    /// The earliest day, if it lies after the visit.
    pub not_before: Option<Day>,
    /// The latest day.
    pub latest: Option<Day>,
    /// What is withdrawn, by the id it is known by.
    pub withdrawn: Vec<String>,
    /// The rules that hold, by their place on the page, worst first.
    pub hold: Vec<u16>,
    /// Those among them that no day ends.
    pub open_ended: Vec<u16>,
    /// The rules that may hold.
    pub may_hold: Vec<u16>,
    /// What is worth asking, most useful first.
    pub questions: Vec<FactId>,
    /// Whether all that is open can only be settled on the day.
    pub on_the_day: bool,
    /// For each step of the appointment whether it is excluded.
    pub excluded: Vec<Truth>,
    /// The first later day on which the answer differs by time alone.
    pub next_change: Option<Day>,
}

impl Brief {
    fn empty() -> Brief {
        Brief {
            outcome: Outcome::Eligible,
            possible: Possible::default(),
            settled: true,
            not_before: None,
            latest: None,
            withdrawn: Vec::new(),
            hold: Vec::new(),
            open_ended: Vec::new(),
            may_hold: Vec::new(),
            questions: Vec::new(),
            on_the_day: false,
            excluded: Vec::new(),
            next_change: None,
        }
    }
}

/// Decides many clients in brief.
pub struct Engine<'b> {
    book: &'b Book,
    treatment: &'b Treatment,
    scripts: &'b Scripts,
    sets: Sets,
    changes: Changes,
    plans: Vec<Plan<'b>>,
    days: BTreeMap<Day, usize>,
    /// The days that were looked at last, with their plans.
    recent: Vec<(Day, usize)>,
    drifting: Vec<Drifting>,
    /// From this day on a plan serves many days.
    steady_from: Option<Point>,
    /// Each such span of days, with its plan.
    spans: Vec<(Point, usize)>,
    /// Which rules the plans have in which parts.
    shapes: Vec<Vec<u16>>,
    /// For each fact how its usual answers are taken.
    words: Vec<FactWords>,
    /// The facts whose answers age.
    aging: Vec<FactId>,
    brief: Brief,
    /// Given back once a client is decided.
    scratch: Option<Box<Scratch>>,
}

/// Room that is used again for each client.
#[derive(Default)]
struct Scratch {
    later: Vec<Token>,
    states: Vec<u32>,
    other: Vec<u32>,
    asks: Vec<Asked>,
    candidates: Vec<(Point, u16)>,
    /// Parts of which nothing is remembered about when they say something else.
    unasked: Vec<usize>,
}

/// A fact worth asking, so far.
struct Asked {
    fact: FactId,
    could_become: Possible,
    moves: bool,
    unknown: u32,
    /// Whether a step or the price depends on it.
    matters: bool,
}

impl<'b> Engine<'b> {
    /// For the rules of one treatment; `None` if some of them compare answers with each other or ask a script:
    /// such pages take the long way.
    pub fn new(book: &'b Book, treatment: &'b Treatment, scripts: &'b Scripts) -> Option<Engine<'b>> {
        let changes = Changes::of(book, treatment)?;
        let facts = (0..).map(FactId).zip(&book.facts.facts);
        let aging = facts.filter(|(_, fact)| !fact.good_for.is_empty()).map(|(id, _)| id).collect();
        Some(Engine {
            book,
            treatment,
            scripts,
            sets: Sets::default(),
            changes,
            plans: Vec::new(),
            days: BTreeMap::new(),
            recent: vec![(LAST_DAY, usize::MAX); RECENT],
            drifting: walk::drifting(book, treatment),
            steady_from: steady::steady_from(book, treatment),
            spans: Vec::new(),
            shapes: Vec::new(),
            words: book.facts.facts.iter().map(FactWords::of).collect(),
            aging,
            brief: Brief::empty(),
            scratch: None,
        })
    }

    /// The plan of a day.
    fn plan(&mut self, day: Day) -> usize {
        let recent = day.point() as usize % RECENT;
        if self.recent[recent].0 == day && self.recent[recent].1 < self.plans.len() {
            return self.recent[recent].1;
        }
        if let Some(at) = self.days.get(&day) {
            self.recent[recent] = (day, *at);
            return *at;
        }
        let plan = Plan::on(
            self.book,
            self.treatment,
            self.scripts,
            day,
            (&mut self.sets, &mut self.shapes, &self.changes),
        );
        self.plans.push(plan);
        self.days.insert(day, self.plans.len() - 1);
        self.plans.len() - 1
    }

    /// Starts afresh once too much is remembered.
    fn make_room(&mut self) {
        let most = (MOST_RULES / self.treatment.rules.len().max(1)).clamp(8, MOST_PLANS);
        if self.plans.len() > most || self.sets.is_full() || self.changes.is_full() {
            self.plans.clear();
            self.days.clear();
            self.spans.clear();
            self.recent.fill((LAST_DAY, usize::MAX));
            self.sets = Sets::default();
            self.changes.clear();
        }
    }

    /// Decides for answers that were taken from a record; `None` for what takes the long way.
    pub fn decide(&mut self, taken: &Taken) -> Option<&Brief> {
        let (visit, at) = (taken.visit?, taken.plan);
        let plan_visit = self.plans[at].visit;
        let mut scratch = self.scratch.take().unwrap_or_default();
        let done = self.fill(taken, plan_visit, at, &mut scratch);
        self.scratch = Some(scratch);
        done?;
        self.brief.move_days(-taken.by);
        let far = |day: &Day| day.point() - visit.point() > NEARLY_TEN_YEARS;
        self.brief.next_change =
            self.brief.next_change.filter(|day| !far(day) || *day <= visit.shift(&TEN_YEARS, false));
        Some(&self.brief)
    }

    fn fill(&mut self, taken: &Taken, visit: Day, at: usize, scratch: &mut Scratch) -> Option<()> {
        let Scratch { states, asks, unasked, .. } = scratch;
        let tokens = &taken.tokens;
        let plan = &mut self.plans[at];
        states.clear();
        states.resize(plan.parts.len(), QUIET);
        let mut total = plan.start();
        let mut open = false;
        let brief = &mut self.brief;
        brief.hold.clear();
        brief.may_hold.clear();
        brief.open_ended.clear();
        let mut first = plan.page_changes;
        unasked.clear();
        for (first_part, group) in (0..).step_by(64).zip(&mut plan.groups) {
            let (applies, mut look) = group.look(tokens);
            while look != 0 {
                let bit = look.trailing_zeros();
                look &= look - 1;
                let at = first_part + bit as usize;
                let part = &mut plan.parts[at];
                let (state, next) = part.look(tokens, &self.sets);
                states[at] = state;
                match next {
                    Next::On(day) => first = first.min(Point::from(day)),
                    Next::Never => {}
                    Next::Unasked | Next::Look if part.drifts => unasked.push(at),
                    Next::Unasked | Next::Look => {}
                }
                if state == QUIET {
                    if (next == Next::Never || !part.drifts) && applies >> bit & 1 == 0 {
                        group.learn(bit);
                    }
                    continue;
                }
                let glance = &part.glances[state as usize];
                total = total.and(glance.total());
                open |= glance.open;
                if glance.more {
                    let state = &part.states[state as usize];
                    for (rule, truth) in &state.truths {
                        if *truth == Truth::Yes { &mut brief.hold } else { &mut brief.may_hold }.push(*rule);
                    }
                    brief.open_ended.extend(&state.open_ended);
                    continue;
                }
                for spoken in &glance.spoken[..usize::from(glance.count)] {
                    if spoken % 2 == 1 { &mut brief.hold } else { &mut brief.may_hold }.push(spoken / 2);
                }
            }
        }
        brief.possible = total.possible;
        brief.outcome = total.possible.headline();
        brief.withdrawn.clear();
        brief.withdrawn.extend(plan.withdrawn.iter().map(|(id, _)| id.clone()));
        let one = total.possible.best() == total.possible.worst();
        brief.settled =
            one && (total.possible.best() == Outcome::NotEligible || total.earliest == total.latest);
        let waits = total.latest > visit.point();
        let day = |point: Point| (waits && point < ONGOING).then(|| Day::from_point(point));
        brief.not_before = day(total.earliest).filter(|day| *day > visit);
        brief.latest = day(total.latest);
        for list in [&mut brief.hold, &mut brief.may_hold, &mut brief.open_ended] {
            if list.len() > 1 {
                list.sort_unstable_by_key(|rule| plan.ranks[usize::from(*rule)]);
            }
        }
        asks.clear();
        if open {
            plan.ask(states, &self.sets, asks);
        }
        brief.excluded.clear();
        plan.steps(tokens, &self.sets, &mut brief.excluded, asks);
        plan.price(tokens, &self.sets, asks);
        brief.questions.clear();
        brief.on_the_day = false;
        if !asks.is_empty() {
            brief.ask(asks, &self.book.facts);
        }
        self.brief.next_change = match self.soon(taken, at, first, scratch) {
            Some(soon) => soon,
            None if self.plans[at].has_large => self.walk(taken, visit, at, total, scratch)?,
            None => self.next_change(taken, visit, at, total, scratch)?,
        };
        Some(())
    }
}

impl Brief {
    /// Puts what is worth asking in order.
    fn ask(&mut self, asks: &mut Vec<Asked>, facts: &Facts) {
        asks.retain(|ask| ask.matters || ask.moves || ask.could_become != Possible::default());
        asks.sort_by(|a, b| {
            let worst = |ask: &Asked| ask.could_become.iter().next_back();
            let key =
                |one: &Asked, other: &Asked| (worst(other), other.unknown).cmp(&(worst(one), one.unknown));
            key(a, b).then_with(|| facts.get(a.fact).id.cmp(&facts.get(b.fact).id))
        });
        self.questions.extend(asks.iter().map(|ask| ask.fact));
        let mut moving =
            asks.iter().filter(|ask| ask.moves || ask.could_become != Possible::default()).peekable();
        self.on_the_day = moving.peek().is_some() && moving.all(|ask| facts.get(ask.fact).on_the_day);
    }
}

/// Adds what a part says about a fact.
fn note(asks: &mut Vec<Asked>, ask: &Ask, matters: bool) {
    let Ask { fact, could_become, moves, unknown } = *ask;
    match asks.iter_mut().find(|other| other.fact == fact) {
        Some(other) => {
            other.could_become = other.could_become.or(could_become);
            other.moves |= moves;
            other.unknown += unknown;
            other.matters |= matters;
        }
        None => asks.push(Asked { fact, could_become, moves, unknown, matters }),
    }
}
