//! Conditions asked about every client at once: the space of answers split along the constants that the
//! conditions name, until each condition is decided in each part.
//!
//! The conditions may be of different versions of a page, as long as both are about the same facts.

use std::ops::ControlFlow;

use super::cuts::Cuts;
use super::day::Rules;
pub use super::day::Version;
use super::prop::{Context, Free, Posed, Prop};
use super::search::{Budget, Search};
use super::space::Space;
use super::time::{self, Course, Drift};
use crate::book::condition::{
    Condition, ConditionKind, DateBase, DateTerm, FunctionId, NumberTerm, ParameterId, SlotId,
};
use crate::book::fact::Facts;
use crate::book::{InForce, Rule};
use crate::value::{Day, Number, Point, Points, Truth};

impl<'b> Version<'b> {
    /// The condition as it stands on the day of a visit.
    pub fn asked(&self, condition: &Condition, visit: Day) -> Asked<'b> {
        let Version { book, treatment, scripts } = *self;
        let context = Context { facts: &book.facts, treatment, scripts, visit };
        Asked::of(context, condition.clone())
    }

    /// The first day after `visit` on which a rule that holds for this fully known client no longer does.
    pub fn lapse(&self, rule: &Rule, visit: Day, values: &[Point]) -> Point {
        let Version { book, treatment, scripts } = *self;
        let rule = (rule, &Course::of(rule, treatment));
        time::lapse(rule, treatment, &book.facts, Some(scripts), visit, &|slot| values[slot.index()])
    }

    /// Whether a rule that holds no longer never begins to hold again, as days go by and answers stay.
    pub fn lapses_for_good(&self, rule: &Rule) -> bool {
        let steady = |id: ParameterId| self.treatment.parameter(id).values.all().len() == 1;
        rule.in_force.from.is_none()
            && rule.condition.parameters().into_iter().all(steady)
            && super::time::only_lapses(&rule.condition, true)
    }

    /// Whether a rule comes to the same on all days, as answers stay.
    pub fn stays(&self, rule: &Rule) -> bool {
        let steady = |id: ParameterId| self.treatment.parameter(id).values.all().len() == 1;
        let mut still = rule.in_force == InForce::default()
            && !rule.condition.is_scripted()
            && rule.condition.parameters().into_iter().all(steady);
        rule.condition.walk(&mut |part| still &= time::drift(&part.kind) == Drift::Still);
        still
    }

    /// Something that holds for every client, or for none.
    pub fn always(&self, holds: bool, visit: Day) -> Asked<'b> {
        let Version { book, treatment, scripts } = *self;
        let context = Context { facts: &book.facts, treatment, scripts, visit };
        Asked { context, condition: None, prop: Prop::Known(holds), slots: Vec::new() }
    }
}

/// A condition as it stands on the day of a visit, with the parameter values of that day.
#[derive(Clone)]
pub struct Asked<'b> {
    pub(super) context: Context<'b>,
    /// What it was made from; `None` for a constant.
    condition: Option<Condition>,
    pub(super) prop: Prop,
    slots: Vec<SlotId>,
}

impl<'b> Asked<'b> {
    fn of(context: Context<'b>, condition: Condition) -> Asked<'b> {
        let prop = context.prop(&condition);
        let slots = prop.slots();
        Asked { context, condition: Some(condition), prop, slots }
    }

    /// The facts it is about.
    pub fn facts(&self) -> &'b Facts {
        self.context.facts
    }

    /// The slots it reads, ascending.
    pub fn slots(&self) -> &[SlotId] {
        &self.slots
    }

    /// Yes if so for every choice of points from `sets`, no if for none. It may err towards unknown.
    pub fn truth(&self, sets: &[Points]) -> Truth {
        self.prop.truth(sets, &self.context)
    }

    /// Whether it holds for a fully known client; unknown only where a script fails.
    pub fn known(&self, values: &[Point]) -> Truth {
        self.prop.known(values, &self.context)
    }

    /// Whether splitting decides it: it compares no two answers and asks no script.
    pub fn is_split(&self) -> bool {
        !self.prop.has_free()
    }

    /// The points at which its answer can change, by slot: each begins a new part. What compares two
    /// answers or asks a script has none.
    pub fn cuts(&self) -> Vec<(SlotId, Point)> {
        let mut cuts = Vec::new();
        self.prop.walk(&mut |part| {
            if let Prop::In(slot, low, high) = part {
                cuts.extend([(*slot, *low), (*slot, *high + 1)]);
            }
        });
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    /// The slots of what splitting does not decide.
    pub fn free_slots(&self) -> Vec<SlotId> {
        let mut slots = Vec::new();
        self.prop.walk(&mut |part| {
            if let Prop::Free(free) = part {
                slots.extend(&free.slots);
            }
        });
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// The same for clients whose answer at `slot` is `point`, a day or a number: what compared it with
    /// another answer compares that one with a constant. Scripts stay as they are.
    pub fn fixing(&self, slot: SlotId, point: Point) -> Asked<'b> {
        match &self.condition {
            Some(condition) => Asked::of(self.context, fixed(condition, slot, point)),
            None => self.clone(),
        }
    }
}

fn fixed(condition: &Condition, slot: SlotId, point: Point) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|part| fixed(part, slot, point)).collect();
    let date = |term: &DateTerm| DateTerm {
        base: if term.slot() == Some(slot) { DateBase::Day(Day::from_point(point)) } else { term.base },
        offsets: term.offsets.clone(),
    };
    let number = |term: &NumberTerm| match term {
        NumberTerm::Slot(at) if *at == slot => NumberTerm::Fixed(Number::from_point(point)),
        NumberTerm::DaysBetween(a, b) => NumberTerm::DaysBetween(date(a), date(b)),
        NumberTerm::YearsBetween(a, b) => NumberTerm::YearsBetween(date(a), date(b)),
        other => other.clone(),
    };
    let kind = match &condition.kind {
        ConditionKind::Not(inner) => ConditionKind::Not(Box::new(fixed(inner, slot, point))),
        ConditionKind::And(parts) => ConditionKind::And(all(parts)),
        ConditionKind::Or(parts) => ConditionKind::Or(all(parts)),
        ConditionKind::Dates(a, op, b) => ConditionKind::Dates(date(a), *op, date(b)),
        ConditionKind::Numbers(a, op, b) => ConditionKind::Numbers(number(a), *op, number(b)),
        other => other.clone(),
    };
    Condition { kind, span: condition.span }
}

impl<'b> Rules<'b> {
    /// The condition as it stands on the day of these rules.
    pub fn asked(&self, condition: &Condition) -> Asked<'b> {
        self.version().asked(condition, self.visit)
    }

    /// The rules in force and not withdrawn, by id, each with its condition on the day.
    pub fn held(&self) -> impl Iterator<Item = (&'b Rule, Asked<'b>)> {
        let context = self.context();
        self.rules.iter().map(move |rule| {
            let (prop, slots) = (rule.prop.clone(), rule.slots.clone());
            (rule.rule, Asked { context, condition: Some(rule.rule.condition.clone()), prop, slots })
        })
    }

    /// What is withdrawn on the day, by the id it is known by.
    pub fn withdrawn(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        self.version().withdrawn(self.visit).into_iter().map(|(id, _)| id)
    }
}

/// Every client there can be on the day of a visit.
pub fn everyone(facts: &Facts, visit: Day) -> Space {
    let slots = (0..facts.slots.len()).map(|slot| SlotId(slot as u16));
    Space { sets: slots.map(|slot| facts.domain(slot, visit)).collect(), links: Vec::new() }
}

/// How far a search came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Every part was seen.
    All,
    /// Whoever looked had seen enough.
    Stopped,
    /// There were more parts than it was allowed to look at.
    Budget,
}

/// Splits `space` until every condition is decided, or nothing but comparisons of two answers and scripts is
/// left undecided, and shows each part with what the conditions come to in it. The parts shown do not
/// overlap, and together they are the whole space if all of it was reached. `budget` is how often the space
/// may be split.
pub fn cells(
    asked: &[&Asked<'_>],
    space: &Space,
    budget: u32,
    see: &mut dyn FnMut(&Space, &[Truth]) -> ControlFlow<()>,
) -> Reached {
    let Some(first) = asked.first() else {
        return match see(space, &[]) {
            ControlFlow::Continue(()) => Reached::All,
            ControlFlow::Break(()) => Reached::Stopped,
        };
    };
    let mut order: Vec<SlotId> = asked.iter().flat_map(|one| one.slots.iter().copied()).collect();
    order.sort_unstable();
    order.dedup();
    let cuts = Cuts::of(asked.iter().map(|one| &one.prop));
    let posed: Vec<Posed<'_>> =
        asked.iter().map(|one| Posed { prop: &one.prop, slots: &one.slots, context: one.context }).collect();
    let search = Search { facts: first.context.facts, props: &posed, whole: &[], order: &order, cuts: &cuts };
    let looks = budget.max(1).saturating_mul(asked.len() as u32);
    let (mut budget, mut stopped) = (Budget::of(looks), false);
    search.run(&mut space.clone(), &mut budget, &mut |part, truths, budget| {
        if !stopped && see(part, truths).is_break() {
            stopped = true;
            budget.spend_all();
        }
    });
    match (stopped, budget.is_left()) {
        (true, _) => Reached::Stopped,
        (false, true) => Reached::All,
        (false, false) => Reached::Budget,
    }
}

/// What the conditions look like, but for where exactly their cuts lie: on two days with the same shape the
/// same combinations of truths have clients. `None` if something does not split.
pub fn shape(asked: &[&Asked<'_>], space: &Space) -> Option<Vec<usize>> {
    let mut cuts = Cuts::of(asked.iter().map(|one| &one.prop));
    for (slot, cut) in &mut cuts.0 {
        let ranges = space.sets[slot.index()].ranges().iter();
        cut.extend(ranges.flat_map(|(low, high)| [*low, *high + 1]));
        cut.sort_unstable();
        cut.dedup();
    }
    let rank = |slot: SlotId, point: Point| cuts.at(slot).partition_point(|cut| *cut < point);
    let mut shape = Vec::new();
    let mut splits = true;
    for one in asked {
        for slot in &one.slots {
            let ends = space.sets[slot.index()].ranges().iter();
            shape.extend(ends.flat_map(|(low, high)| [rank(*slot, *low), rank(*slot, *high + 1)]));
        }
        one.prop.walk(&mut |part| match part {
            Prop::Known(known) => shape.extend([0, usize::from(*known)]),
            Prop::In(slot, low, high) => shape.extend([1, rank(*slot, *low), rank(*slot, *high + 1)]),
            Prop::Not(_) => shape.push(2),
            Prop::And(parts) => shape.extend([3, parts.len()]),
            Prop::Or(parts) => shape.extend([4, parts.len()]),
            Prop::Free(_) => splits = false,
        });
    }
    splits.then_some(shape)
}

/// Comparisons that are left undecided are gone through one by one up to this many.
const MOST_FREE: usize = 7;

/// Whether what two conditions come to is `fine` for every choice from `sets` because it is so whatever the
/// comparisons of two answers and the scripts in them come to. `false` says nothing.
pub fn surely(a: &Asked<'_>, b: &Asked<'_>, sets: &[Points], fine: &dyn Fn(Truth, Truth) -> bool) -> bool {
    let mut frees: Vec<(&Free, &Context<'_>)> = Vec::new();
    for one in [a, b] {
        one.prop.walk(&mut |part| {
            if let Prop::Free(free) = part
                && free.truth(sets, &one.context) == Truth::Unknown
                && !frees.iter().any(|other| same_free(*other, (free, &one.context)))
            {
                frees.push((free, &one.context));
            }
        });
    }
    if frees.len() > MOST_FREE {
        return false;
    }
    let mut assigned = vec![Truth::No; frees.len()];
    loop {
        let come_to = |one: &Asked<'_>| {
            one.prop.assuming(sets, &one.context, &|free| {
                let at = frees.iter().position(|other| same_free(*other, (free, &one.context)));
                at.map(|at| assigned[at])
            })
        };
        if !fine(come_to(a), come_to(b)) {
            return false;
        }
        // The next assignment: a script may also fail, anything else is yes or no.
        let mut at = 0;
        loop {
            let Some((free, _)) = frees.get(at) else { return true };
            assigned[at] = match assigned[at] {
                Truth::No => Truth::Yes,
                Truth::Yes if free.scripted => Truth::Unknown,
                _ => Truth::No,
            };
            if assigned[at] != Truth::No {
                break;
            }
            at += 1;
        }
    }
}

/// Whether both compare the same answers in the same way, with the same values of parameters.
pub(super) fn same_free((a, a_day): (&Free, &Context<'_>), (b, b_day): (&Free, &Context<'_>)) -> bool {
    let values =
        |day: &Context<'_>, id: ParameterId| day.treatment.parameter(id).values.on(day.visit).1.value;
    let function = |day: &Context<'_>, id: FunctionId| {
        let function = &day.treatment.functions[usize::from(id.0)];
        (function.id.clone(), function.takes.clone())
    };
    let parameters = a.condition.parameters();
    let scripts = !a.scripted
        || std::ptr::eq(a_day.scripts, b_day.scripts)
            && a.condition.functions().into_iter().all(|id| function(a_day, id) == function(b_day, id));
    a.condition.kind == b.condition.kind
        && a_day.visit == b_day.visit
        && scripts
        && parameters.into_iter().all(|id| values(a_day, id) == values(b_day, id))
}
