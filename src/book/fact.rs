//! Facts: what a client may be asked, the kinds of answer, and the slots that hold them.

use std::ops::Range;

use super::condition::{Definition, FactId, SlotId};
use crate::span::Span;
use crate::value::{Day, Duration, FIRST_DAY, LAST_DAY, NEVER, NO, ONGOING, Point, Points, YES};

/// What an answer to a fact looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// Yes or no.
    YesNo,
    /// One of the options.
    Choice,
    /// Any of the options, or none.
    Set,
    /// An exact decimal between two points, both inside.
    Number {
        /// Only whole numbers.
        whole: bool,
        /// The least.
        low: Point,
        /// The greatest.
        high: Point,
    },
    /// A day up to the visit, `never` or `ongoing`.
    Date,
    /// Any day, or `none`, which lies after every day.
    PlannedDate,
    /// A day up to the visit.
    BirthDate,
    /// For each option a date.
    History,
    /// Words for people; no rule reads them.
    Note,
}

impl FactKind {
    /// The word for the kind, as in `facts.yaml`.
    pub fn word(self) -> &'static str {
        match self {
            FactKind::YesNo => "yes/no",
            FactKind::Choice => "choice",
            FactKind::Set => "set",
            FactKind::Number { .. } => "number",
            FactKind::Date => "date",
            FactKind::PlannedDate => "planned date",
            FactKind::BirthDate => "birth date",
            FactKind::History => "history",
            FactKind::Note => "note",
        }
    }

    /// Whether the kind has options.
    pub fn has_options(self) -> bool {
        matches!(self, FactKind::Choice | FactKind::Set | FactKind::History)
    }

    /// Whether each option has a slot of its own.
    pub fn slot_per_option(self) -> bool {
        matches!(self, FactKind::Set | FactKind::History)
    }

    /// Whether something that happens may still go on, and be planned to end.
    pub fn may_go_on(self) -> bool {
        matches!(self, FactKind::Date | FactKind::History)
    }

    /// Whether answers are days.
    pub fn is_date(self) -> bool {
        matches!(self, FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate | FactKind::History)
    }
}

/// One of the options of a choice, set or history.
#[derive(Debug, Clone)]
pub struct FactOption {
    /// The name rules use.
    pub id: String,
    /// The words people read.
    pub text: String,
}

/// The answers a time limit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Every answer.
    All,
    /// The answer at this point: a yes, a no, an option of a choice, `never` or `ongoing`.
    At(Point),
    /// A set or history of which nothing applies.
    Nothing,
    /// A set or history of which something applies.
    Something,
}

/// A question a client may be asked.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The name rules use.
    pub id: String,
    /// What an answer looks like.
    pub kind: FactKind,
    /// The question.
    pub ask: String,
    /// The options, if the kind has them.
    pub options: Vec<FactOption>,
    /// How long answers count; those that are not named count for ever.
    pub good_for: Vec<(Answers, Duration)>,
    /// Why all of them count for ever, if that is said.
    pub always: Option<String>,
    /// Whether a day after that of its answer is a plan.
    pub may_be_planned: bool,
    /// Whether it can only be settled on the day.
    pub on_the_day: bool,
    /// What to do when the client does not know.
    pub not_sure: Option<String>,
    /// The unit of a number.
    pub unit: Option<String>,
    /// The first of its slots.
    pub first_slot: SlotId,
    /// How many slots it has.
    pub slot_count: u16,
    /// Where its name stands.
    pub span: Span,
}

impl Fact {
    /// Its slots.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> + use<> {
        (self.first_slot.0..self.first_slot.0 + self.slot_count).map(SlotId)
    }

    /// The places of its slots among all.
    pub fn places(&self) -> Range<usize> {
        let first = self.first_slot.index();
        first..first + usize::from(self.slot_count)
    }

    /// The option called `id`.
    pub fn option(&self, id: &str) -> Option<usize> {
        self.options.iter().position(|option| option.id == id)
    }
}

/// A part of a fact that has an answer of its own.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The fact it belongs to.
    pub fact: FactId,
    /// The option, for sets and histories.
    pub option: Option<u16>,
}

/// Every fact and its slots.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The facts in the order of `facts.yaml`.
    pub facts: Vec<Fact>,
    /// The slots, by id.
    pub slots: Vec<Slot>,
    /// The derived facts.
    pub definitions: Vec<Definition>,
}

impl Facts {
    /// The fact with this id.
    pub fn get(&self, id: FactId) -> &Fact {
        &self.facts[usize::from(id.0)]
    }

    /// The fact called `name`.
    pub fn named(&self, name: &str) -> Option<FactId> {
        self.facts.iter().position(|fact| fact.id == name).map(|at| FactId(at as u16))
    }

    /// The fact a slot belongs to.
    pub fn fact_of(&self, slot: SlotId) -> &Fact {
        self.get(self.slots[slot.index()].fact)
    }

    /// The slots of a fact.
    pub fn slots_of(&self, id: FactId) -> Vec<SlotId> {
        self.get(id).slots().collect()
    }

    /// `acne_medications.isotretinoin`, or the fact's name if it has one slot.
    pub fn slot_name(&self, slot: SlotId) -> String {
        let Slot { fact, option } = self.slots[slot.index()];
        let fact = self.get(fact);
        match option {
            Some(option) => format!("{}.{}", fact.id, fact.options[usize::from(option)].id),
            None => fact.id.clone(),
        }
    }

    /// Every point a slot can have, for a visit on `visit`.
    pub fn domain(&self, slot: SlotId, visit: Day) -> Points {
        let fact = self.fact_of(slot);
        match fact.kind {
            FactKind::YesNo | FactKind::Set => Points::range(NO, YES),
            FactKind::Choice => Points::range(0, fact.options.len() as Point - 1),
            FactKind::Number { low, high, .. } => Points::range(low, high),
            FactKind::Date | FactKind::History => {
                Points::of([(NEVER, NEVER), (FIRST_DAY.point(), visit.point()), (ONGOING, ONGOING)])
            }
            FactKind::PlannedDate => Points::of([(FIRST_DAY.point(), LAST_DAY.point()), (ONGOING, ONGOING)]),
            FactKind::BirthDate => Points::range(FIRST_DAY.point(), visit.point()),
            FactKind::Note => Points::EMPTY,
        }
    }
}
