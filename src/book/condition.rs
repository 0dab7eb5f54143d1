//! Conditions as typed trees: names resolved to slots and parameters, kinds checked, derived facts substituted.

pub use super::syntax::CompareOp;
use crate::span::Span;
use crate::value::{Day, Duration, Number, Point};

/// Names one answerable part of a fact: a yes/no, number, date or choice, or one option of a set or history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub u16);

impl SlotId {
    /// The slot's place in a list of all slots.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Names a fact: its place in `facts.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub u16);

/// Names a parameter of the treatment: its place on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub u16);

/// Names a script function of the treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u16);

/// A condition with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What it says.
    pub kind: ConditionKind,
    /// Where.
    pub span: Span,
}

/// What has a name of its own and stands for an expression: a named condition of a page, or a derived fact.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name conditions use.
    pub id: String,
    /// What it means, for people.
    pub meaning: Option<String>,
    /// What it stands for, if that says yes or no.
    pub condition: Option<Condition>,
    /// Where its name stands.
    pub span: Span,
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionKind {
    /// The opposite.
    Not(Box<Condition>),
    /// All of these.
    And(Vec<Condition>),
    /// At least one of these.
    Or(Vec<Condition>),
    /// The value at a slot lies between two points, both inside: an option chosen, `never`, `ongoing`.
    Is(SlotId, Point, Point),
    /// At least one option of a set.
    AnyOption(FactId),
    /// Two dates compared.
    Dates(DateTerm, CompareOp, DateTerm),
    /// Two numbers compared.
    Numbers(NumberTerm, CompareOp, NumberTerm),
    /// A script function that gives yes or no.
    Call(Call),
}

impl CompareOp {
    /// Whether `left` stands so to `right`.
    pub fn holds(self, left: Point, right: Point) -> bool {
        match self {
            CompareOp::Equal => left == right,
            CompareOp::NotEqual => left != right,
            CompareOp::Less => left < right,
            CompareOp::LessOrEqual => left <= right,
            CompareOp::Greater => left > right,
            CompareOp::GreaterOrEqual => left >= right,
        }
    }

    /// The comparison that holds exactly when this one does not.
    pub fn opposite(self) -> CompareOp {
        match self {
            CompareOp::Equal => CompareOp::NotEqual,
            CompareOp::NotEqual => CompareOp::Equal,
            CompareOp::Less => CompareOp::GreaterOrEqual,
            CompareOp::LessOrEqual => CompareOp::Greater,
            CompareOp::Greater => CompareOp::LessOrEqual,
            CompareOp::GreaterOrEqual => CompareOp::Less,
        }
    }

    /// The comparison with its sides exchanged.
    pub fn flipped(self) -> CompareOp {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
            same => same,
        }
    }
}

/// A date: where it starts from, and what is added to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTerm {
    /// Where it starts from.
    pub base: DateBase,
    /// What is added, in order.
    pub offsets: Vec<Offset>,
}

/// Where a date starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateBase {
    /// An answer.
    Slot(SlotId),
    /// The day asked about.
    Visit,
    /// A fixed day.
    Day(Day),
    /// A parameter that is a day.
    Parameter(ParameterId),
}

/// A duration added to a date, or taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// How long.
    pub by: Length,
    /// Whether it is taken away.
    pub back: bool,
    /// Whether it is how long something counts, so that months end on the earlier day where one lacks the day.
    pub counts: bool,
}

/// A duration: written out, or a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// `days(180)`
    Fixed(Duration),
    /// `isotretinoin_washout`
    Parameter(ParameterId),
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberTerm {
    /// An answer.
    Slot(SlotId),
    /// A fixed number.
    Fixed(Number),
    /// A parameter.
    Parameter(ParameterId),
    /// Whole days from the first date to the second.
    DaysBetween(DateTerm, DateTerm),
    /// Whole years from the first date to the second.
    YearsBetween(DateTerm, DateTerm),
    /// A script function that gives a number.
    Call(Call),
}

/// A call of a script function with the facts and parameters it declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which function.
    pub function: FunctionId,
    /// The slots its arguments read.
    pub reads: Vec<SlotId>,
    /// The parameters among its arguments.
    pub parameters: Vec<ParameterId>,
}

impl DateTerm {
    /// The date `base` with nothing added.
    pub fn of(base: DateBase) -> DateTerm {
        DateTerm { base, offsets: Vec::new() }
    }

    /// The slot the date starts from, if it is an answer.
    pub fn slot(&self) -> Option<SlotId> {
        match self.base {
            DateBase::Slot(slot) => Some(slot),
            _ => None,
        }
    }

    fn parameters(&self) -> impl Iterator<Item = ParameterId> + '_ {
        let base = match self.base {
            DateBase::Parameter(id) => Some(id),
            _ => None,
        };
        base.into_iter().chain(self.offsets.iter().filter_map(|offset| match offset.by {
            Length::Parameter(id) => Some(id),
            Length::Fixed(_) => None,
        }))
    }
}

impl NumberTerm {
    /// The slots the number depends on.
    pub fn slots(&self) -> Vec<SlotId> {
        match self {
            NumberTerm::Slot(slot) => vec![*slot],
            NumberTerm::Fixed(_) | NumberTerm::Parameter(_) => Vec::new(),
            NumberTerm::DaysBetween(a, b) | NumberTerm::YearsBetween(a, b) => {
                a.slot().into_iter().chain(b.slot()).collect()
            }
            NumberTerm::Call(call) => call.reads.clone(),
        }
    }

    fn parameters(&self) -> Vec<ParameterId> {
        match self {
            NumberTerm::Parameter(id) => vec![*id],
            NumberTerm::DaysBetween(a, b) | NumberTerm::YearsBetween(a, b) => {
                a.parameters().chain(b.parameters()).collect()
            }
            NumberTerm::Call(call) => call.parameters.clone(),
            _ => Vec::new(),
        }
    }
}

impl Condition {
    /// Calls `see` for this condition and every one inside it, outermost first.
    pub fn walk<'c>(&'c self, see: &mut impl FnMut(&'c Condition)) {
        see(self);
        match &self.kind {
            ConditionKind::Not(inner) => inner.walk(see),
            ConditionKind::And(all) | ConditionKind::Or(all) => all.iter().for_each(|c| c.walk(see)),
            _ => {}
        }
    }

    /// Calls `see` with each part that is no `not`, `and` or `or`, and with whether it is to hold for the whole to.
    pub fn walk_parts<'c>(&'c self, see: &mut impl FnMut(&'c Condition, bool)) {
        self.walk_turned(true, see);
    }

    fn walk_turned<'c>(&'c self, wanted: bool, see: &mut impl FnMut(&'c Condition, bool)) {
        match &self.kind {
            ConditionKind::Not(inner) => inner.walk_turned(!wanted, see),
            ConditionKind::And(all) | ConditionKind::Or(all) => {
                all.iter().for_each(|part| part.walk_turned(wanted, see));
            }
            _ => see(self, wanted),
        }
    }

    /// The answers that are compared with days.
    pub fn days_compared(&self) -> Vec<SlotId> {
        let mut slots = Vec::new();
        self.walk(&mut |part| {
            if let ConditionKind::Dates(a, _, b) = &part.kind {
                slots.extend(a.slot().into_iter().chain(b.slot()));
            }
        });
        slots
    }

    /// Whether both are written alike, wherever they stand.
    pub fn says_the_same(&self, other: &Condition) -> bool {
        let all = |a: &[Condition], b: &[Condition]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_the_same(b))
        };
        match (&self.kind, &other.kind) {
            (ConditionKind::Not(a), ConditionKind::Not(b)) => a.says_the_same(b),
            (ConditionKind::And(a), ConditionKind::And(b)) | (ConditionKind::Or(a), ConditionKind::Or(b)) => {
                all(a, b)
            }
            (a, b) => a == b,
        }
    }

    /// Every slot the condition reads, ascending. `options` gives the slots of a set.
    pub fn slots(&self, options: &dyn Fn(FactId) -> Vec<SlotId>) -> Vec<SlotId> {
        let mut slots = Vec::new();
        self.walk(&mut |condition| match &condition.kind {
            ConditionKind::Is(slot, ..) => slots.push(*slot),
            ConditionKind::AnyOption(fact) => slots.extend(options(*fact)),
            ConditionKind::Dates(a, _, b) => slots.extend(a.slot().into_iter().chain(b.slot())),
            ConditionKind::Numbers(a, _, b) => slots.extend(a.slots().into_iter().chain(b.slots())),
            ConditionKind::Call(call) => slots.extend(&call.reads),
            _ => {}
        });
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Every call of a script.
    pub fn calls(&self) -> Vec<&Call> {
        let mut calls = Vec::new();
        self.walk(&mut |condition| match &condition.kind {
            ConditionKind::Call(call) => calls.push(call),
            ConditionKind::Numbers(a, _, b) => {
                calls.extend([a, b].into_iter().filter_map(|term| match term {
                    NumberTerm::Call(call) => Some(call),
                    _ => None,
                }));
            }
            _ => {}
        });
        calls
    }

    /// Whether a script decides a part of the condition.
    pub fn is_scripted(&self) -> bool {
        !self.calls().is_empty()
    }

    /// Every script function the condition calls.
    pub fn functions(&self) -> Vec<FunctionId> {
        self.calls().into_iter().map(|call| call.function).collect()
    }

    /// Every parameter the condition uses, ascending.
    pub fn parameters(&self) -> Vec<ParameterId> {
        let mut parameters = Vec::new();
        self.walk(&mut |condition| match &condition.kind {
            ConditionKind::Dates(a, _, b) => parameters.extend(a.parameters().chain(b.parameters())),
            ConditionKind::Numbers(a, _, b) => {
                parameters.extend(a.parameters().into_iter().chain(b.parameters()));
            }
            ConditionKind::Call(call) => parameters.extend(&call.parameters),
            _ => {}
        });
        parameters.sort_unstable();
        parameters.dedup();
        parameters
    }
}
