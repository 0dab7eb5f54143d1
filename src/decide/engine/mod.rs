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

mod axes;
mod brief;
mod certain;
mod client;
mod crossings;
mod days;
mod endless;
mod explain;
mod hear;
mod meanings;
mod memo;
mod next;
mod part;
mod promise;
mod quiet;
mod roots;
mod sets;
mod state;
mod steps;
mod wait;
mod whole;

pub use self::brief::{Asked, Brief, Places, StepTruths};
use self::client::{Client, Said};
pub use self::next::TEN_YEARS;
use self::part::Ask;
use self::state::State;
use self::steps::Excluded;
pub use self::whole::Engine;
use self::whole::start;
use super::answers::Answers;
use super::possible::Possible;
use crate::book::Outcome;
use crate::book::condition::FactId;
use crate::value::{Day, NEVER, ONGOING, Point, Truth};

impl<'b> Engine<'b> {
    /// What the rules say about a client, without the words.
    pub fn brief(&mut self, answers: &Answers) -> Brief<'b> {
        self.ask(answers);
        let mut brief = self.put_together(answers.visit);
        self.questions(&mut brief);
        brief.in_every_case = self.in_every_case(&brief);
        brief.book_from = self.book_from(answers, &brief);
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
        let later = self.ends_later.iter().filter(|place| !open_ended.contains(place));
        open_ended.extend(later.copied().collect::<Places>());
        // A rule may have no end for some answers, and nobody come to wait for it.
        if total.latest < ONGOING {
            open_ended.clear();
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
            in_every_case: Vec::new(),
            book_from: None,
            next_change: None,
        }
    }

    /// What is worth asking where this is said on a day.
    fn asks(&mut self, said: &[Said], day: Day, stopped: bool) -> Vec<Asked> {
        let mut asks: Vec<Asked> = Vec::new();
        if !said.iter().any(|said| said.stretch.glance.open) {
            return asks;
        }
        let (mut best, mut earliest) = (TopTwo::of(start(stopped)), TopTwo::of(NEVER));
        for (at, said) in said.iter().enumerate() {
            let total = said.stretch.glance.total();
            best.see(at, total.possible.best());
            earliest.see(at, total.earliest);
        }
        for (at, said) in said.iter().enumerate().filter(|(_, said)| said.stretch.glance.open) {
            let part = &mut self.parts[said.part as usize];
            for ask in part.asks((said.case, said.stretch.state, day), &self.sets) {
                note(&mut asks, ask, (best.without(at), earliest.without(at)));
            }
        }
        asks
    }

    fn state(&self, said: &Said) -> &State {
        &self.parts[said.part as usize].states[said.stretch.state as usize]
    }

    /// Adds what is worth asking, and the steps.
    fn questions(&mut self, brief: &mut Brief<'b>) {
        let said = std::mem::take(&mut self.said);
        let mut asks = self.asks(&said, brief.visit, !brief.withdrawn.is_empty());
        self.said = said;
        if self.receding.after(brief.visit) {
            asks.iter_mut().for_each(|ask| ask.waits = false);
            self.moved_by.iter().for_each(|fact| noted(&mut asks, *fact).waits = true);
        }
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
            false => self.client.links_of(self.steps[at].slots(), &self.version.book.facts),
        };
        let beside = if links.is_empty() { 0 } else { self.sets.beside(links.clone(), Vec::new()) };
        self.steps[at].look(tokens, (&links, beside), day, &self.sets)
    }
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
