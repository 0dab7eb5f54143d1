//! What is the least that would have to be otherwise for a client to get a better outcome.
//!
//! Facts of which something is known stay as they are known unless they are given up, and the fewest are: as
//! long as nobody can be found who keeps to the others, why there is nobody names facts of which one must be
//! given up too. What is not known is never taken to clear anybody; it is said how it would have to be
//! answered. Whatever is shown has been decided.

use std::cell::RefCell;

use smallvec::smallvec;

use super::apart::{self, Apart};
use super::clients::Client;
use super::find::{Comes, Finder, Found, Wish, Work};
use super::near;
use crate::book::condition::{Condition, ConditionKind, FactId, SlotId};
use crate::book::fact::{FactKind, Facts};
use crate::book::{InForce, Outcome, Rule};
use crate::decide::cells::{Version, everyone};
use crate::decide::{
    Alternative, Answers, Boxes, Engine, Possible, ReviewNote, Rules, Standing, TEN_YEARS, spread,
};
use crate::value::{Day, Number, Point, Points};

/// Somebody for whom a rule holds, the nearest to a base client: [`Apart::Same`] if there is nobody.
pub fn somebody(version: Version<'_>, rule: &Rule, base: &Client) -> Apart {
    apart::conditions((version, None), (version, Some(&rule.condition)), Some(base))
}

/// What is decided about a client, and what would have to be otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Needs {
    /// The answers as they are.
    pub answers: Answers,
    /// What is decided now.
    pub outcome: Outcome,
    /// What is possible now, worst first.
    pub possible: Vec<Outcome>,
    /// The reviews of the record.
    pub reviews: Vec<ReviewNote>,
    /// For each better outcome what would have to be otherwise, the best first.
    pub better: Vec<Better>,
}

/// What would have to be otherwise for one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Better {
    /// The outcome.
    pub outcome: Outcome,
    /// Other answers on the same day.
    pub answers: Change,
    /// The same answers on a later day; `None` if what is open may already give it on the same day.
    pub waiting: Option<Waiting>,
}

/// Whether other answers help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These do, and no fewer.
    To(Vec<Given>),
    /// None do.
    Never,
    /// It is not known, and this is why.
    NotAnalysed(&'static str),
}

/// Whether waiting helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// On this day, with what has to be answered by then.
    Until(Day, Vec<Given>),
    /// Not within ten years, or not while the page is in force.
    Never,
    /// It is not known, and this is why.
    NotAnalysed(&'static str),
}

/// How a part of a fact has to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The part of the fact.
    pub slot: SlotId,
    /// Any of these answers does, together with the others that are given.
    pub answers: Points,
    /// One of them.
    pub such_as: Point,
    /// In place of what.
    pub kind: GivenKind,
}

/// What an answer is given in place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenKind {
    /// What is known says otherwise.
    InsteadOf(Points),
    /// It is not known, or not well enough.
    Open,
    /// The same answer again: it counts up to the day.
    Again(Day),
}

/// How much a search may look at.
const WORK: u64 = 5_000_000;

/// So many later days are looked at.
const MOST_DAYS: usize = 60;

/// So often it is asked who can be found with other facts given up.
const MOST_TRIES: usize = 60;

/// More facts than these are not given up together.
const MOST_FACTS: usize = 6;

/// What is decided about a client on the day of the visit, and for each better outcome what would have to be
/// otherwise.
pub fn needs(version: Version<'_>, answers: &Answers) -> Needs {
    let Version { book, treatment, scripts } = version;
    let rules = Rules::on(book, treatment, scripts, answers.visit);
    let engine = RefCell::new(version.engine());
    let now = engine.borrow_mut().possible(answers);
    let outcome = now.outcome;
    let kinds = [Outcome::Eligible, Outcome::Deferred, Outcome::NeedsReview];
    let better = kinds.into_iter().filter(|kind| *kind < outcome).map(|wanted| {
        let known: Vec<Boxes> = answers.all_boxes().cloned().collect();
        let search = Search { version, engine: &engine, rules: &rules, answers, known: &known, wanted };
        let answers_change = search.change(true);
        let same = |change: &Change| {
            matches!(change, Change::To(given)
                if given.iter().all(|one| !matches!(one.kind, GivenKind::InsteadOf(_))))
        };
        let waiting = (!same(&answers_change)).then(|| waiting(version, &engine, answers, wanted));
        Better { outcome: wanted, answers: answers_change, waiting }
    });
    let better = better.collect();
    let reviews = engine.borrow_mut().reviews(answers);
    Needs {
        better,
        outcome,
        possible: now.possible.iter().rev().collect(),
        reviews,
        answers: answers.clone(),
    }
}

/// How a fact is answered, part by part; `None` if it stays as it is.
type Said = Option<Alternative>;

/// Looks for the least that would have to be otherwise on one day.
struct Search<'s, 'b> {
    version: Version<'b>,
    engine: &'s RefCell<Engine<'b>>,
    rules: &'s Rules<'b>,
    /// The answers as they count on the day.
    answers: &'s Answers,
    /// What is known of each fact, including answers that are too old by now.
    known: &'s [Boxes],
    wanted: Outcome,
}

impl<'b> Search<'_, 'b> {
    fn facts(&self) -> &'b Facts {
        &self.version.book.facts
    }

    /// The least change; if nothing may be given up, only what is open is answered.
    fn change(&self, give_up: bool) -> Change {
        let facts = self.facts();
        let visit = self.rules.visit;
        let mut base = Client::plain(facts, visit);
        for (fact, boxes) in facts.facts.iter().zip(self.known) {
            for (slot, set) in fact.slots().zip(boxes.first().into_iter().flatten()) {
                if let (Some(least), value) = (set.min(), &mut base.values[slot.index()])
                    && !set.contains(*value)
                {
                    let near = near::point(set, *value, fact, visit);
                    *value = if set.contains(near) { near } else { least };
                }
            }
        }
        let mut finder = Finder::new(facts, &base, Work(WORK));
        let Some(mut wishes) = self.wishes(&mut finder) else { return Change::Never };
        let first = wishes.len();
        let mut kept: Vec<FactId> = Vec::new();
        for at in self.constrained() {
            let id = FactId(at as u16);
            let stays = self.stays(id);
            kept.push(id);
            wishes.push(Wish::holds(finder.condition(self.version, &stays, InForce::default())));
        }
        let mut cores: Vec<Vec<usize>> = Vec::new();
        for _ in 0..MOST_TRIES {
            let Some(given_up) = hitting(&cores, kept.len()) else {
                return Change::NotAnalysed("there are too many answers that matter");
            };
            if !given_up.is_empty() && !give_up {
                return Change::Never;
            }
            let loose: Vec<usize> = (0..kept.len()).filter(|at| !given_up.contains(at)).collect();
            let asked: Vec<Wish> =
                wishes[..first].iter().chain(loose.iter().map(|at| &wishes[first + at])).cloned().collect();
            match finder.on(&asked, visit, true) {
                Found::Client(found) => {
                    let given_up: Vec<FactId> = given_up.iter().map(|at| kept[*at]).collect();
                    return self.told(&found, &given_up);
                }
                Found::Nobody(why) => {
                    let core: Vec<usize> =
                        why.into_iter().filter(|at| *at >= first).map(|at| loose[at - first]).collect();
                    if core.is_empty() {
                        return Change::Never;
                    }
                    cores.push(core);
                }
                Found::Open(why) => return Change::NotAnalysed(why.words()),
            }
        }
        Change::NotAnalysed("there are too many answers that matter")
    }

    /// What has to come out for exactly the outcome; `None` if it never can.
    fn wishes(&self, finder: &mut Finder<'b>) -> Option<Vec<Wish>> {
        let withdrawn = self.rules.withdrawn().next().is_some();
        if withdrawn && self.wanted < Outcome::NeedsReview {
            return None;
        }
        let notes = self.engine.borrow_mut().reviews(self.answers);
        let quiet = |rule: &Rule| notes.iter().any(|note| note.counts && note.rule == rule.id);
        let (mut wishes, mut equal) = (Vec::new(), Vec::new());
        for (rule, asked) in self.rules.held() {
            let quiet = rule.outcome == Outcome::NeedsReview && quiet(rule);
            let of = finder.condition(self.version, &rule.condition, InForce::default());
            let scripted = rule.condition.is_scripted() && !asked.is_split();
            match rule.outcome {
                outcome if outcome > self.wanted && !quiet => wishes.push(match self.wanted {
                    Outcome::NeedsReview => Wish::holds_not(of),
                    _ => Wish::Comes(of, Comes::No),
                }),
                outcome => {
                    // A review counts no more once other answers are given.
                    if outcome == self.wanted {
                        equal.push(Wish::holds(of));
                    }
                    // A script that fails asks for a review.
                    if scripted && self.wanted < Outcome::NeedsReview {
                        wishes.push(Wish::Any(vec![Wish::holds(of), Wish::Comes(of, Comes::No)]));
                    }
                }
            }
            if scripted && self.wanted == Outcome::NeedsReview {
                equal.push(Wish::Comes(of, Comes::Fails));
            }
        }
        if self.wanted > Outcome::Eligible && !withdrawn {
            wishes.insert(0, Wish::Any(equal));
        }
        Some(wishes)
    }

    /// The facts of which something is known that some rule reads.
    fn constrained(&self) -> Vec<usize> {
        let everyone = everyone(self.facts(), self.rules.visit);
        let mut read: Vec<SlotId> = self.rules.held().flat_map(|(_, asked)| asked.slots().to_vec()).collect();
        read.sort_unstable();
        read.dedup();
        let facts = self.facts().facts.iter().zip(self.known).enumerate();
        let known = facts.filter(|(_, (fact, boxes))| {
            let sets = || fact.slots().map(|slot| &everyone.sets[slot.index()]);
            fact.slots().any(|slot| read.binary_search(&slot).is_ok())
                && !boxes.iter().any(|one| one.iter().zip(sets()).all(|(set, all)| set == all))
        });
        known.map(|(at, _)| at).collect()
    }

    /// That a fact is as it is known.
    fn stays(&self, id: FactId) -> Condition {
        let fact = self.facts().get(id);
        let make = |kind| Condition { kind, span: fact.span };
        let ranges = |slot: SlotId, set: &Points| {
            let each = set.ranges().iter().map(|(low, high)| make(ConditionKind::Is(slot, *low, *high)));
            make(ConditionKind::Or(each.collect()))
        };
        let boxes = self.known[usize::from(id.0)].iter().map(|one| {
            let slots = fact.slots().zip(one).map(|(slot, set)| ranges(slot, set));
            make(ConditionKind::And(slots.collect()))
        });
        make(ConditionKind::Or(boxes.collect()))
    }

    /// The change that makes the answers those of `found`, with no more in it than it needs.
    fn told(&self, found: &Client, given_up: &[FactId]) -> Change {
        let facts = self.facts();
        let visit = self.rules.visit;
        let mut sets: Vec<Said> = Vec::new();
        for (at, fact) in facts.facts.iter().enumerate() {
            let id = FactId(at as u16);
            let one: Alternative = fact.slots().map(|slot| Points::one(found.values[slot.index()])).collect();
            let is_now = self.answers.boxes(id)[..] == [one.clone()];
            sets.push((given_up.contains(&id) || !is_now).then_some(one));
        }
        let with = |sets: &[Said]| {
            let given = sets.iter().enumerate().filter_map(|(at, set)| {
                let set = set.as_ref()?;
                Some((FactId(at as u16), smallvec![set.clone()]))
            });
            self.answers.with(&given.collect::<Vec<_>>(), visit, facts)
        };
        let decides = |answers: &Answers| {
            self.engine.borrow_mut().possible(answers).possible == Possible::only(self.wanted)
        };
        let fine = |sets: &[Said]| decides(&with(sets));
        if !fine(&sets) {
            return Change::NotAnalysed("what was found is decided otherwise");
        }
        // What can be left as it is said now is.
        for (at, fact) in facts.facts.iter().enumerate() {
            if sets[at].is_none() {
                continue;
            }
            if given_up.contains(&FactId(at as u16)) {
                for (place, slot) in fact.slots().enumerate() {
                    let known = self.known_of(at, place);
                    if known.contains(found.values[slot.index()]) {
                        self.try_set(&mut sets, (at, place), known, &fine);
                    }
                }
                continue;
            }
            let tried = sets[at].take();
            if fine(&sets) {
                continue;
            }
            sets[at] = tried;
            if let [now] = &self.answers.boxes(FactId(at as u16))[..] {
                for (place, now) in now.iter().enumerate() {
                    self.try_set(&mut sets, (at, place), now.clone(), &fine);
                }
            }
        }
        self.widen(&mut sets, found, given_up, &fine);
        if !fine(&sets) {
            return Change::NotAnalysed("what was found is decided otherwise");
        }
        Change::To(self.given(&sets, found, given_up))
    }

    /// What is known of a part of a fact.
    fn known_of(&self, at: usize, place: usize) -> Points {
        spread(&self.known[at], place)
    }

    fn try_set(
        &self,
        sets: &mut [Said],
        (at, place): (usize, usize),
        wider: Points,
        fine: &dyn Fn(&[Said]) -> bool,
    ) -> bool {
        let Some(set) = &mut sets[at] else { return false };
        let before = std::mem::replace(&mut set[place], wider);
        if fine(sets) {
            return true;
        }
        if let Some(set) = &mut sets[at] {
            set[place] = before;
        }
        false
    }

    /// As many answers as will do: what is given up may be anything, the rest what is known of it.
    fn widen(&self, sets: &mut [Said], found: &Client, given_up: &[FactId], fine: &dyn Fn(&[Said]) -> bool) {
        let facts = self.facts();
        let mut cuts: Vec<Vec<Point>> = vec![Vec::new(); facts.slots.len()];
        for (_, asked) in self.rules.held() {
            asked.cuts().into_iter().for_each(|(slot, cut)| cuts[slot.index()].push(cut));
        }
        for (at, fact) in facts.facts.iter().enumerate() {
            if sets[at].is_none() {
                continue;
            }
            for (place, slot) in fact.slots().enumerate() {
                let known = self.known_of(at, place);
                let value = found.values[slot.index()];
                let all = match given_up.contains(&FactId(at as u16)) {
                    // Of a part that is as it is known nothing else is said.
                    true if known.contains(value) => continue,
                    true => facts.domain(slot, self.rules.visit),
                    false => known,
                };
                let cuts = &mut cuts[slot.index()];
                cuts.extend(all.ranges().iter().flat_map(|(low, high)| [*low, *high + 1]));
                cuts.sort_unstable();
                cuts.dedup();
                let whole = matches!(fact.kind, FactKind::Number { whole: true, .. });
                let cells: Vec<Points> = cuts
                    .windows(2)
                    .map(|pair| Points::range(pair[0], pair[1] - 1).intersect(&all))
                    .filter(|cell| !cell.is_empty())
                    .filter(|cell| !whole || holds_a_whole(cell))
                    .collect();
                for cell in cells {
                    let now = sets[at].as_ref().map_or(Points::EMPTY, |set| set[place].clone());
                    if !cell.is_within(&now) {
                        self.try_set(sets, (at, place), now.union(&cell), fine);
                    }
                }
            }
        }
    }

    fn given(&self, sets: &[Said], found: &Client, given_up: &[FactId]) -> Vec<Given> {
        let facts = self.facts();
        let mut all = Vec::new();
        for (at, fact) in facts.facts.iter().enumerate() {
            let Some(set) = &sets[at] else { continue };
            let now = self.answers.boxes(FactId(at as u16));
            for (place, slot) in fact.slots().enumerate() {
                let known = self.known_of(at, place);
                if now.len() == 1 && set[place] == now[0][place] {
                    continue;
                }
                let is_known = self.known[at] != *now && known.is_within(&set[place]);
                let kind = match given_up.contains(&FactId(at as u16)) {
                    true if known.intersect(&set[place]).is_empty() => GivenKind::InsteadOf(known),
                    false if is_known => GivenKind::Again(self.rules.visit),
                    _ => GivenKind::Open,
                };
                all.push(Given {
                    slot,
                    answers: set[place].clone(),
                    such_as: found.values[slot.index()],
                    kind,
                });
            }
        }
        all
    }
}

fn holds_a_whole(cell: &Points) -> bool {
    cell.ranges().iter().any(|(low, high)| {
        Number::from_point(*low).whole_around().0 <= Number::from_point(*high).whole_around().1
    })
}

/// The fewest places that meet each of these lists, the first in order; `None` if they are too many.
fn hitting(cores: &[Vec<usize>], places: usize) -> Option<Vec<usize>> {
    fn meet(cores: &[Vec<usize>], chosen: &mut Vec<usize>, most: usize, best: &mut Option<Vec<usize>>) {
        let Some(open) = cores.iter().find(|core| !core.iter().any(|at| chosen.contains(at))) else {
            let mut found = chosen.clone();
            found.sort_unstable();
            if best.as_ref().is_none_or(|best| found < *best) {
                *best = Some(found);
            }
            return;
        };
        if chosen.len() == most {
            return;
        }
        for at in open {
            chosen.push(*at);
            meet(cores, chosen, most, best);
            chosen.pop();
        }
    }
    (0..=places.min(MOST_FACTS)).find_map(|most| {
        let mut best = None;
        meet(cores, &mut Vec::new(), most, &mut best);
        best
    })
}

/// The first later day on which the same answers get the outcome.
fn waiting<'b>(
    version: Version<'b>,
    engine: &RefCell<Engine<'b>>,
    answers: &Answers,
    wanted: Outcome,
) -> Waiting {
    let Version { book, treatment, scripts } = version;
    let facts = &book.facts;
    let end = answers.visit.shift(&TEN_YEARS, false);
    let mut expiries = answers.expiries(facts);
    expiries.sort_unstable();
    let mut day = answers.visit;
    let mut open = None;
    for _ in 0..MOST_DAYS {
        let rules = Rules::on(book, treatment, scripts, day);
        let on_day = answers.later(day, facts);
        // An answer that has become too old is asked for again, and comes out the same.
        let again = |at: usize| {
            let [was, is] = [answers, &on_day].map(|answers| {
                matches!(answers.facts[at].standing, Standing::Answered | Standing::Disagreeing)
            });
            was && !is
        };
        let again: Vec<FactId> =
            (0..answers.facts.len()).filter(|at| again(*at)).map(|at| FactId(at as u16)).collect();
        let known: Vec<Boxes> = (0..answers.facts.len() as u16)
            .map(FactId)
            .map(|id| {
                let counting = if again.contains(&id) { answers } else { &on_day };
                counting.boxes(id).clone()
            })
            .collect();
        let every = known.iter().enumerate().filter(|(at, _)| {
            matches!(answers.facts[*at].standing, Standing::Answered | Standing::Disagreeing)
        });
        let lasting: Vec<(FactId, Boxes)> =
            every.map(|(at, boxes)| (FactId(at as u16), boxes.clone())).collect();
        let lasting = on_day.lasting(&lasting, &again, day, facts);
        let possible = engine.borrow_mut().possible(&lasting).possible;
        if day > answers.visit && possible.has(wanted) {
            let search = Search { version, engine, rules: &rules, answers: &on_day, known: &known, wanted };
            match search.change(false) {
                Change::To(given) => return Waiting::Until(day, aged(given, answers, facts, day)),
                Change::NotAnalysed(why) => open = Some(why),
                Change::Never => {}
            }
        }
        let change = engine.borrow_mut().changes(&lasting);
        let aged = expiries.iter().find(|expiry| **expiry > day).copied();
        let next = [change, aged].into_iter().flatten().min();
        match next.filter(|next| *next <= end && treatment.in_force.covers(*next)) {
            Some(next) => day = next,
            None => return open.map_or(Waiting::Never, Waiting::NotAnalysed),
        }
    }
    Waiting::NotAnalysed("there are too many days on which something changes")
}

/// Answers that are given again, each with the last day on which it counted.
fn aged(given: Vec<Given>, answers: &Answers, facts: &Facts, by: Day) -> Vec<Given> {
    let again = |mut one: Given| {
        if matches!(one.kind, GivenKind::Again(_)) {
            let id = facts.slots[one.slot.index()].fact;
            let at = usize::from(id.0);
            let stands = |day: Day| {
                let then = answers.later(day, facts);
                matches!(then.facts[at].standing, Standing::Answered | Standing::Disagreeing)
            };
            let mut expiries: Vec<Day> = answers.expiries(facts);
            expiries.retain(|day| *day <= by);
            expiries.sort_unstable();
            let last = expiries.into_iter().find(|day| !stands(*day)).unwrap_or(by);
            one.kind = GivenKind::Again(last.before());
        }
        one
    };
    given.into_iter().map(again).collect()
}
