//! A condition for one visit day: every comparison with the visit or a constant has become a range of points.

use super::time::Moment;
use crate::book::Treatment;
use crate::book::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, NumberTerm, SlotId};
use crate::book::fact::{FactKind, Facts};
use crate::script::{ScriptFault, Scripts};
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, NO, Number, ONGOING, Point, Points, Truth};

/// A condition about slots, for one visit day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prop {
    /// The same for every client.
    Known(bool),
    /// The slot's point lies between two points, both inside.
    In(SlotId, Point, Point),
    /// The opposite.
    Not(Box<Prop>),
    /// All of these.
    And(Vec<Prop>),
    /// At least one of these.
    Or(Vec<Prop>),
    /// A comparison of two answers, or with a script's result: decided only when its answers are.
    Free(Box<Free>),
}

/// A comparison that does not split into ranges of one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Free {
    pub(super) condition: Condition,
    /// The slots it reads.
    pub(super) slots: Vec<SlotId>,
    /// Whether it calls a script, which may fail.
    pub(super) scripted: bool,
}

/// The page and the day that conditions are read for.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) facts: &'a Facts,
    pub(super) treatment: &'a Treatment,
    pub(super) scripts: &'a Scripts,
    pub(super) visit: Day,
}

/// A condition with the page and the day it is read for.
#[derive(Clone, Copy)]
pub(super) struct Posed<'p> {
    pub(super) prop: &'p Prop,
    /// The slots it reads, ascending.
    pub(super) slots: &'p [SlotId],
    pub(super) context: Context<'p>,
}

impl Posed<'_> {
    /// What [`Prop::truth`] says.
    pub(super) fn truth(&self, sets: &[Points]) -> Truth {
        self.prop.truth(sets, &self.context)
    }
}

impl<'a> Context<'a> {
    pub(super) fn moment<F: Fn(SlotId) -> Point>(&self, value: F) -> Moment<'a, F> {
        Moment {
            value,
            visit: self.visit,
            treatment: self.treatment,
            values_of: self.visit,
            facts: self.facts,
            scripts: Some(self.scripts),
        }
    }

    /// The condition on this visit day.
    pub(super) fn prop(&self, condition: &Condition) -> Prop {
        match &condition.kind {
            ConditionKind::Not(inner) => match self.prop(inner) {
                Prop::Known(known) => Prop::Known(!known),
                other => Prop::Not(Box::new(other)),
            },
            ConditionKind::And(parts) => Prop::And(parts.iter().map(|part| self.prop(part)).collect()),
            ConditionKind::Or(parts) => Prop::Or(parts.iter().map(|part| self.prop(part)).collect()),
            ConditionKind::Is(slot, low, high) => Prop::In(*slot, *low, *high),
            ConditionKind::AnyOption(fact) => {
                Prop::Or(self.facts.get(*fact).slots().map(|slot| Prop::In(slot, NO + 1, NO + 1)).collect())
            }
            ConditionKind::Dates(a, op, b) => self.dates(condition, a, *op, b),
            ConditionKind::Numbers(a, op, b) => self.numbers(condition, a, *op, b),
            ConditionKind::Call(call) => self.free(condition, call.reads.clone(), true),
        }
    }

    fn free(&self, condition: &Condition, slots: Vec<SlotId>, scripted: bool) -> Prop {
        Prop::Free(Box::new(Free { condition: condition.clone(), slots, scripted }))
    }

    fn dates(&self, condition: &Condition, a: &DateTerm, op: CompareOp, b: &DateTerm) -> Prop {
        let nowhere = |_: SlotId| NEVER;
        let (term, op, bound, slot) = match (a.slot(), b.slot()) {
            (None, None) => {
                let moment = self.moment(nowhere);
                return Prop::Known(op.holds(moment.date(a), moment.date(b)));
            }
            (Some(slot), None) => (a, op, self.moment(nowhere).date(b), slot),
            (None, Some(slot)) => (b, op.flipped(), self.moment(nowhere).date(a), slot),
            (Some(a), Some(b)) => return self.free(condition, vec![a, b], false),
        };
        let value = |point: Point| self.moment(|_| point).date(term);
        range(slot, op, bound, true, &value, (FIRST_DAY.point(), LAST_DAY.point()), 1)
    }

    fn numbers(&self, condition: &Condition, a: &NumberTerm, op: CompareOp, b: &NumberTerm) -> Prop {
        let scripted = [a, b].iter().any(|term| matches!(term, NumberTerm::Call(_)));
        let (left, right) = (a.slots(), b.slots());
        let (term, op, other, slot) = match (&left[..], &right[..]) {
            _ if scripted => return self.free(condition, [left, right].concat(), true),
            ([slot], []) => (a, op, b, *slot),
            ([], [slot]) => (b, op.flipped(), a, *slot),
            _ => return self.free(condition, [left, right].concat(), false),
        };
        let Some(bound) = self.moment(|_| NEVER).number(other) else {
            return self.free(condition, vec![slot], false);
        };
        let value = |point: Point| self.moment(|_| point).number(term).unwrap_or(point);
        match term {
            NumberTerm::DaysBetween(from, _) | NumberTerm::YearsBetween(from, _) => {
                let grows = from.base != DateBase::Slot(slot);
                let day = Number::whole(1).point();
                let day = if matches!(term, NumberTerm::YearsBetween(..)) { day / 365 } else { day };
                range(slot, op, bound, grows, &value, (FIRST_DAY.point(), LAST_DAY.point()), day)
            }
            _ => {
                let all = (-ONGOING * 1_000_000, ONGOING * 1_000_000);
                let found = range(slot, op, bound, true, &value, all, 1);
                match self.facts.fact_of(slot).kind {
                    FactKind::Number { whole: true, .. } => found.whole(),
                    _ => found,
                }
            }
        }
    }
}

/// The points of a slot at which `value(point) op bound`, for a value that never falls (or never grows) as
/// the point does. Found by trying, so that calendar rules need no inverse: from a guess outwards, which takes
/// it that the value moves by `step` with each point. A bad guess only takes longer.
fn range(
    slot: SlotId,
    op: CompareOp,
    bound: Point,
    grows: bool,
    value: &dyn Fn(Point) -> Point,
    (low, high): (Point, Point),
    step: Point,
) -> Prop {
    let op = if grows { op } else { op.flipped() };
    let sign = if grows { 1 } else { -1 };
    let start = bound.clamp(low, high);
    let guess = (start - (sign * value(start) - sign * bound) / step).clamp(low, high);
    let last = |op: CompareOp| {
        let holds = |point: Point| op.holds(sign * value(point), sign * bound);
        // The last point at which it holds lies between these, both inside; just below `low` if there is none.
        let (mut from, mut to) = (low - 1, high);
        let mut stride = 1;
        if holds(guess) {
            from = guess;
            while from + stride <= to {
                if holds(from + stride) {
                    from += stride;
                    stride *= 2;
                } else {
                    to = from + stride - 1;
                }
            }
        } else {
            to = guess - 1;
            while to + 1 - stride > from {
                if holds(to + 1 - stride) {
                    from = to + 1 - stride;
                } else {
                    to -= stride;
                    stride *= 2;
                }
            }
        }
        while from < to {
            let middle = from + (to - from + 1) / 2;
            if holds(middle) {
                from = middle;
            } else {
                to = middle - 1;
            }
        }
        from
    };
    let (bottom, top) = (NEVER.min(low), ONGOING.max(high));
    match op {
        CompareOp::Less => Prop::In(slot, bottom, last(CompareOp::Less)),
        CompareOp::LessOrEqual => Prop::In(slot, bottom, last(CompareOp::LessOrEqual)),
        CompareOp::Greater => Prop::In(slot, last(CompareOp::LessOrEqual) + 1, top),
        CompareOp::GreaterOrEqual => Prop::In(slot, last(CompareOp::Less) + 1, top),
        CompareOp::Equal | CompareOp::NotEqual => {
            let (from, to) = (last(CompareOp::Less) + 1, last(CompareOp::LessOrEqual));
            match (from <= to, op) {
                (true, CompareOp::Equal) => Prop::In(slot, from, to),
                (true, _) => Prop::Not(Box::new(Prop::In(slot, from, to))),
                (false, _) => Prop::Known(op == CompareOp::NotEqual),
            }
        }
    }
}

impl Prop {
    /// The same for a slot whose points are whole numbers: a range starts at one and ends just before one,
    /// so that no cut leaves a part without any.
    fn whole(self) -> Prop {
        match self {
            Prop::In(slot, low, high) => {
                let low = Number::from_point(low).whole_around().0.point();
                let end = Number::from_point(high).whole_around().1.point();
                let next = end + Number::whole(1).point();
                if low < next { Prop::In(slot, low, next - 1) } else { Prop::Known(false) }
            }
            Prop::Not(inner) => match inner.whole() {
                Prop::Known(known) => Prop::Known(!known),
                other => Prop::Not(Box::new(other)),
            },
            other => other,
        }
    }

    /// Yes if so for every choice of points from `sets`, no if for none. Exact where each slot stands once;
    /// else it may err towards unknown.
    pub(super) fn truth(&self, sets: &[Points], context: &Context<'_>) -> Truth {
        match self {
            Prop::Known(known) => (*known).into(),
            Prop::In(slot, low, high) => {
                let mut inside = false;
                let mut outside = false;
                for (from, to) in sets[slot.index()].ranges() {
                    inside |= from <= high && low <= to;
                    outside |= from < low || to > high;
                }
                match (inside, outside) {
                    (true, true) => Truth::Unknown,
                    (inside, _) => inside.into(),
                }
            }
            Prop::Not(inner) => inner.truth(sets, context).negate(),
            Prop::And(parts) => {
                let mut least = Truth::Yes;
                for part in parts {
                    least = least.min(part.truth(sets, context));
                    if least == Truth::No {
                        break;
                    }
                }
                least
            }
            Prop::Or(parts) => {
                let mut most = Truth::No;
                for part in parts {
                    most = most.max(part.truth(sets, context));
                    if most == Truth::Yes {
                        break;
                    }
                }
                most
            }
            Prop::Free(free) => free.truth(sets, context),
        }
    }

    /// The same with what does not split taken from `come_to` where that knows it.
    pub(super) fn assuming(
        &self,
        sets: &[Points],
        context: &Context<'_>,
        come_to: &dyn Fn(&Free) -> Option<Truth>,
    ) -> Truth {
        let each = |parts: &[Prop]| -> Vec<Truth> {
            parts.iter().map(|part| part.assuming(sets, context, come_to)).collect()
        };
        match self {
            Prop::Not(inner) => inner.assuming(sets, context, come_to).negate(),
            Prop::And(parts) => each(parts).into_iter().min().unwrap_or(Truth::Yes),
            Prop::Or(parts) => each(parts).into_iter().max().unwrap_or(Truth::No),
            Prop::Free(free) => come_to(free).unwrap_or_else(|| free.truth(sets, context)),
            other => other.truth(sets, context),
        }
    }

    /// The condition for known answers; unknown only where a script's result is needed.
    pub(super) fn known(&self, values: &[Point], context: &Context<'_>) -> Truth {
        match self {
            Prop::Known(known) => (*known).into(),
            Prop::In(slot, low, high) => {
                (*low <= values[slot.index()] && values[slot.index()] <= *high).into()
            }
            Prop::Not(inner) => inner.known(values, context).negate(),
            Prop::And(parts) => {
                parts.iter().map(|part| part.known(values, context)).min().unwrap_or(Truth::Yes)
            }
            Prop::Or(parts) => {
                parts.iter().map(|part| part.known(values, context)).max().unwrap_or(Truth::No)
            }
            Prop::Free(free) => context.moment(|slot| values[slot.index()]).truth(&free.condition),
        }
    }

    /// Calls `see` for every part, outermost first.
    pub(super) fn walk<'p>(&'p self, see: &mut impl FnMut(&'p Prop)) {
        see(self);
        match self {
            Prop::Not(inner) => inner.walk(see),
            Prop::And(parts) | Prop::Or(parts) => parts.iter().for_each(|part| part.walk(see)),
            _ => {}
        }
    }

    /// The slots it reads, ascending.
    pub(super) fn slots(&self) -> Vec<SlotId> {
        let mut slots = Vec::new();
        self.walk(&mut |part| match part {
            Prop::In(slot, ..) => slots.push(*slot),
            Prop::Free(free) => slots.extend(&free.slots),
            _ => {}
        });
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Whether a script is called, or two answers compared.
    pub(super) fn has_free(&self) -> bool {
        let mut found = false;
        self.walk(&mut |part| found |= matches!(part, Prop::Free(_)));
        found
    }

    /// Whether a script is called, which may fail.
    pub(super) fn is_scripted(&self) -> bool {
        let mut found = false;
        self.walk(&mut |part| found |= matches!(part, Prop::Free(free) if free.scripted));
        found
    }

    /// What it can come to over all choices of points from `sets`: what is settled without a script that
    /// fails did not need it.
    pub(super) fn may(&self, sets: &[Points], context: &Context<'_>) -> May {
        match self {
            Prop::Not(inner) => {
                let May { yes, no, fails } = inner.may(sets, context);
                May { yes: no, no: yes, fails }
            }
            Prop::And(parts) => parts.iter().fold(May { yes: true, no: false, fails: false }, |all, part| {
                all.and(part.may(sets, context))
            }),
            Prop::Or(parts) => parts.iter().fold(May { yes: false, no: true, fails: false }, |all, part| {
                let May { yes, no, fails } = all.flipped().and(part.may(sets, context).flipped());
                May { yes: no, no: yes, fails }
            }),
            other => {
                let truth = other.truth(sets, context);
                let scripted = truth == Truth::Unknown && other.is_scripted();
                let failed =
                    scripted && self.slots().iter().all(|slot| sets[slot.index()].single().is_some());
                May {
                    yes: truth != Truth::No && !failed,
                    no: truth != Truth::Yes && !failed,
                    fails: scripted,
                }
            }
        }
    }

    /// How the scripts fail that are given known answers.
    pub(super) fn faults(&self, sets: &[Points], context: &Context<'_>) -> Vec<ScriptFault> {
        let mut faults = Vec::new();
        self.walk(&mut |part| {
            if let Prop::Free(free) = part
                && free.scripted
                && free.slots.iter().all(|slot| sets[slot.index()].single().is_some())
            {
                let value = |slot: SlotId| sets[slot.index()].single().unwrap_or(NEVER);
                faults.extend(context.moment(value).faults(&free.condition));
            }
        });
        faults
    }
}

/// What a condition can come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct May {
    /// It holds.
    pub(super) yes: bool,
    /// It does not.
    pub(super) no: bool,
    /// A script that it needs fails.
    pub(super) fails: bool,
}

impl May {
    /// Whether nothing but a failure is possible.
    pub(super) fn only_fails(self) -> bool {
        self.fails && !self.yes && !self.no
    }

    fn flipped(self) -> May {
        May { yes: self.no, no: self.yes, fails: self.fails }
    }

    /// Both at once, independently: a `no` settles it, and then a failure matters before a `yes`.
    fn and(self, other: May) -> May {
        May {
            yes: self.yes && other.yes,
            no: self.no || other.no,
            fails: self.fails && (other.yes || other.fails) || other.fails && (self.yes || self.fails),
        }
    }
}

impl Free {
    pub(super) fn truth(&self, sets: &[Points], context: &Context<'_>) -> Truth {
        if self.scripted {
            let known = |slot: SlotId| sets[slot.index()].single();
            if self.slots.iter().any(|slot| known(*slot).is_none()) {
                return Truth::Unknown;
            }
            return context.moment(|slot| known(slot).unwrap_or(NEVER)).truth(&self.condition);
        }
        let low = |slot: SlotId| sets[slot.index()].min().unwrap_or(NEVER);
        let high = |slot: SlotId| sets[slot.index()].max().unwrap_or(ONGOING);
        let (least, most) = (context.moment(low), context.moment(high));
        let (op, left, right) = match &self.condition.kind {
            ConditionKind::Dates(a, op, b) => {
                (*op, (least.date(a), most.date(a)), (least.date(b), most.date(b)))
            }
            ConditionKind::Numbers(a, op, b) => {
                let bounds = |term: &NumberTerm| between(term, &low, &high, context);
                match (bounds(a), bounds(b)) {
                    (Some(left), Some(right)) => (*op, left, right),
                    _ => return Truth::Unknown,
                }
            }
            _ => return Truth::Unknown,
        };
        let always = |op: CompareOp| match op {
            CompareOp::Less | CompareOp::LessOrEqual => op.holds(left.1, right.0),
            CompareOp::Greater | CompareOp::GreaterOrEqual => op.holds(left.0, right.1),
            CompareOp::Equal => left.0 == left.1 && left == right,
            CompareOp::NotEqual => left.1 < right.0 || right.1 < left.0,
        };
        match (always(op), always(op.opposite())) {
            (true, _) => Truth::Yes,
            (_, true) => Truth::No,
            _ => Truth::Unknown,
        }
    }
}

/// The least and greatest value of a number over ranges of its answers.
fn between(
    term: &NumberTerm,
    low: &impl Fn(SlotId) -> Point,
    high: &impl Fn(SlotId) -> Point,
    context: &Context<'_>,
) -> Option<(Point, Point)> {
    let (NumberTerm::DaysBetween(a, b) | NumberTerm::YearsBetween(a, b)) = term else {
        return Some((context.moment(low).number(term)?, context.moment(high).number(term)?));
    };
    // The distance is least with a late start and an early end. One slot on both sides gets both ends,
    // which only widens the range.
    let ends = |late_start: bool| {
        let start = context.moment(|slot| if late_start { high(slot) } else { low(slot) }).date(a);
        let end = context.moment(|slot| if late_start { low(slot) } else { high(slot) }).date(b);
        let fixed = |point: Point| DateTerm::of(DateBase::Day(Day::from_point(point)));
        let fixed_term = match term {
            NumberTerm::DaysBetween(..) => NumberTerm::DaysBetween(fixed(start), fixed(end)),
            _ => NumberTerm::YearsBetween(fixed(start), fixed(end)),
        };
        context.moment(low).number(&fixed_term)
    };
    Some((ends(true)?, ends(false)?))
}
