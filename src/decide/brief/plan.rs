//! The rules of one day in parts, with the steps of the appointment and the price beside them.

use std::collections::BTreeMap;

use super::super::day::Rules;
use super::super::possible::Possible;
use super::super::prop::{Posed, Prop};
use super::super::questions::decides;
use super::super::quote::prices;
use super::super::search::Summary;
use super::super::space::Space;
use super::super::{exclusions, truth_of};
use super::change::Changes;
use super::grid::{Cells, Grid};
use super::idle::{self, Group};
use super::memo::Memo;
use super::part::{Ask, Glance, Part, QUIET};
use super::tokens::{Sets, Token, is_day, is_open};
use super::{Asked, note};
use crate::book::condition::{FactId, SlotId};
use crate::book::{Book, Outcome, Treatment, Withdrawn};
use crate::script::Scripts;
use crate::value::{Day, Point, Points, Truth};

/// Ten years are fewer days.
const MOST_OF_TEN_YEARS: Point = 3_654;

/// All that is remembered for one day.
pub(super) struct Plan<'b> {
    pub(super) visit: Day,
    book: &'b Book,
    treatment: &'b Treatment,
    pub(super) parts: Vec<Part<'b>>,
    /// The parts that have nothing to say.
    pub(super) groups: Vec<Group>,
    /// What was found out about answers that age.
    pub(super) aged: Vec<Aged>,
    /// Stands for which rules are in which parts.
    shape: usize,
    /// For each slot the token of every point it can have.
    pub(super) open: Vec<Token>,
    /// For each slot the part that reads it.
    pub(super) part_of: Vec<Option<u16>>,
    /// For each rule of the page its place among reasons.
    pub(super) ranks: Vec<u16>,
    pub(super) withdrawn: Vec<(String, &'b Withdrawn)>,
    /// At least ten years behind the visits it serves.
    pub(super) last: Point,
    /// The first later day on which the page itself changes.
    pub(super) page_changes: Point,
    /// Whether a part has too many cases to remember them.
    pub(super) has_large: bool,
    steps: Vec<Step<'b>>,
    price: Price,
}

/// What a part that reads one fact alone says once the answer has aged.
pub(super) struct Aged {
    pub(super) fact: FactId,
    pub(super) day: Point,
    /// What it says at the visit.
    pub(super) says: Glance,
    /// Whether it then says something else; nothing if the page has other rules then.
    pub(super) differs: Option<bool>,
}

/// A step's exclusion, with what was found out about it.
struct Step<'b> {
    rules: Rules<'b>,
    prop: Prop,
    slots: Vec<SlotId>,
    grid: Grid,
    memo: Memo,
    /// For each row of the memo its place.
    rows: Vec<usize>,
    known: Vec<(Truth, Vec<FactId>)>,
    key: Vec<Token>,
    /// Of a step that reads one slot the last answer, and its place.
    last: Option<(Token, usize)>,
}

struct Price {
    /// The fact that decides the band, with its slot.
    by: Option<(FactId, SlotId)>,
    /// Facts that a script is given.
    takes: Vec<FactId>,
    known: BTreeMap<Token, bool>,
}

impl<'b> Plan<'b> {
    pub(super) fn on(
        book: &'b Book,
        treatment: &'b Treatment,
        scripts: &'b Scripts,
        visit: Day,
        (sets, shapes, changes): (&mut Sets, &mut Vec<Vec<u16>>, &Changes),
    ) -> Plan<'b> {
        let rules = Rules::on(book, treatment, scripts, visit);
        let open: Vec<Token> = rules.domains.iter().map(|domain| sets.token(domain)).collect();
        let withdrawn = rules.withdrawn.clone();
        let steps = Step::all(&rules, &open);
        let mut order: Vec<u16> = (0..treatment.rules.len() as u16).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&treatment.rules[usize::from(*a)], &treatment.rules[usize::from(*b)]);
            b.outcome.cmp(&a.outcome).then_with(|| a.id.cmp(&b.id))
        });
        let mut ranks = vec![0; order.len()];
        for (rank, place) in (0..).zip(order) {
            ranks[usize::from(place)] = rank;
        }
        let mut parts: Vec<Part<'b>> =
            rules.apart().into_iter().map(|(rules, places)| Part::new(rules, places, &open)).collect();
        let mut part_of = vec![None; book.facts.slots.len()];
        for (at, part) in (0..).zip(&parts) {
            part.slots.iter().for_each(|slot| part_of[slot.index()] = Some(at));
        }
        let price = Price::of(book, treatment);
        let rules = parts.iter().flat_map(|part| part.places.iter().copied().chain([u16::MAX])).collect();
        let shape = shapes.iter().position(|other| *other == rules).unwrap_or_else(|| {
            shapes.push(rules);
            shapes.len() - 1
        });
        let groups = idle::groups(parts.iter().map(|part| &part.slots[..]), &book.facts);
        let last = visit.point() + MOST_OF_TEN_YEARS;
        let page_changes = changes.of_page(visit.point());
        for slot in &changes.drifting {
            part_of[slot.index()].iter().for_each(|part: &u16| parts[usize::from(*part)].drifts = true);
        }
        let has_large = parts.iter().any(Part::is_large);
        Plan {
            visit,
            book,
            treatment,
            shape,
            parts,
            groups,
            aged: Vec::new(),
            open,
            part_of,
            ranks,
            withdrawn,
            last,
            page_changes,
            has_large,
            steps,
            price,
        }
    }

    /// What is so without any rule.
    pub(super) fn start(&self) -> Summary {
        let start = if self.withdrawn.is_empty() { Outcome::Eligible } else { Outcome::NeedsReview };
        let visit = self.visit.point();
        Summary { possible: Possible::only(start), earliest: visit, latest: visit }
    }

    /// Whether the parts of another day hold the same rules.
    pub(super) fn is_like(&self, other: &Plan<'_>) -> bool {
        self.shape == other.shape
    }

    /// What the parts say is worth asking; each looks at the best outcome and the earliest day of the others.
    pub(super) fn ask(&mut self, states: &[u32], sets: &Sets, asks: &mut Vec<Asked>) {
        let start = self.start();
        let (mut best, mut earliest) = (TopTwo::of(start.possible.best()), TopTwo::of(start.earliest));
        for (at, (part, state)) in self.parts.iter().zip(states).enumerate() {
            if *state != QUIET {
                let total = part.glances[*state as usize].total();
                best.see(at, total.possible.best());
                earliest.see(at, total.earliest);
            }
        }
        for (at, (part, state)) in self.parts.iter_mut().zip(states).enumerate() {
            if *state != QUIET && part.glances[*state as usize].open {
                let asked = part.ask(*state, best.without(at), earliest.without(at), sets);
                asked.iter().for_each(|ask| note(asks, ask, false));
            }
        }
    }

    /// Whether each step is excluded, and what it takes to tell.
    pub(super) fn steps(
        &mut self,
        tokens: &[Token],
        sets: &Sets,
        excluded: &mut Vec<Truth>,
        asks: &mut Vec<Asked>,
    ) {
        for step in &mut self.steps {
            let (truth, facts) = step.look(tokens, sets);
            excluded.push(*truth);
            for fact in facts {
                note(asks, &Ask::about(*fact), true);
            }
        }
    }

    /// The answers that the price waits for.
    pub(super) fn price(&mut self, tokens: &[Token], sets: &Sets, asks: &mut Vec<Asked>) {
        let facts = &self.book.facts;
        for fact in &self.price.takes {
            if facts.get(*fact).slots().any(|slot| is_open(tokens[slot.index()])) {
                note(asks, &Ask::about(*fact), true);
            }
        }
        let Some((fact, slot)) = self.price.by else { return };
        let token = tokens[slot.index()];
        if !is_open(token) || self.price.takes.contains(&fact) {
            return;
        }
        let several = *self.price.known.entry(token).or_insert_with(|| {
            let lists = self.treatment.pricing.as_ref().map(|pricing| pricing.lists.on(self.visit).1);
            lists.is_some_and(|list| prices(&sets.points(token), &list.bands).len() > 1)
        });
        if several {
            note(asks, &Ask::about(fact), true);
        }
    }
}

impl<'b> Step<'b> {
    fn all(rules: &Rules<'b>, open: &[Token]) -> Vec<Step<'b>> {
        exclusions(rules)
            .into_iter()
            .map(|prop| {
                let slots = prop.slots();
                let cells = |slot: &SlotId| (*slot, Cells::of_prop(rules, &prop, *slot, open[slot.index()]));
                let grid = Grid::of(slots.iter().map(cells).collect());
                let (rules, memo) = (rules.without_rules(), Memo::new(slots.len()));
                let (rows, known, key) = (Vec::new(), Vec::new(), Vec::new());
                Step { rules, prop, slots, grid, memo, rows, known, key, last: None }
            })
            .collect()
    }

    fn look(&mut self, tokens: &[Token], sets: &Sets) -> &(Truth, Vec<FactId>) {
        let one = match self.slots[..] {
            [slot] => Some(tokens[slot.index()]),
            _ => None,
        };
        let at = match self.last {
            Some((token, at)) if one == Some(token) => at,
            _ => {
                let at = self.place(tokens, sets);
                self.last = one.map(|token| (token, at));
                at
            }
        };
        &self.known[at]
    }

    /// The place of what is known for these answers.
    fn place(&mut self, tokens: &[Token], sets: &Sets) -> usize {
        if let Some(choice) = self.grid.choice(tokens) {
            if self.grid.numbers[choice] == 0 {
                self.known.push(self.find(tokens, sets));
                self.grid.numbers[choice] = self.known.len() as u32;
            }
            return self.grid.numbers[choice] as usize - 1;
        }
        self.key.clear();
        self.grid.key(tokens, &mut self.key);
        if let Some(row) = self.memo.get(&self.key) {
            return self.rows[row as usize];
        }
        if self.memo.is_full() {
            self.memo.clear();
            self.rows.clear();
            self.known.clear();
            self.grid.numbers.fill(0);
        }
        self.known.push(self.find(tokens, sets));
        self.memo.add(&self.key);
        self.rows.push(self.known.len() - 1);
        self.known.len() - 1
    }

    fn find(&self, tokens: &[Token], sets: &Sets) -> (Truth, Vec<FactId>) {
        let mut space = Space { sets: vec![Points::EMPTY; self.rules.domains.len()], links: Vec::new() };
        for slot in &self.slots {
            space.sets[slot.index()] = sets.points(tokens[slot.index()]);
        }
        let facts = &self.rules.book.facts;
        let mut open: Vec<FactId> = self
            .slots
            .iter()
            .filter(|slot| is_open(tokens[slot.index()]))
            .map(|slot| facts.slots[slot.index()].fact)
            .collect();
        open.dedup();
        open.retain(|fact| {
            let slots: Vec<SlotId> =
                facts.get(*fact).slots().filter(|slot| is_open(tokens[slot.index()])).collect();
            decides(&self.rules, &space, &self.prop, &slots)
        });
        let posed = Posed { prop: &self.prop, slots: &self.slots, context: self.rules.context() };
        (truth_of(&self.rules, &space, posed), open)
    }
}

impl Price {
    fn of(book: &Book, treatment: &Treatment) -> Price {
        let pricing = treatment.pricing.as_ref();
        let script = pricing.and_then(|pricing| pricing.script.as_ref());
        let takes = script.iter().flat_map(|script| &script.takes);
        let takes = takes.filter_map(|name| book.facts.named(name)).collect();
        let by = pricing.map(|pricing| (pricing.by, pricing.slot));
        Price { by, takes, known: BTreeMap::new() }
    }
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

/// The points of a set between which others can lie: its ends and their neighbours.
pub(super) fn ends(points: &Points) -> Vec<Point> {
    let ends = points.ranges().iter().flat_map(|(low, high)| [*low, *low + 1, *high - 1, *high]);
    ends.filter(|point| is_day(*point) && points.contains(*point)).collect()
}
