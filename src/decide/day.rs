//! The rules of one treatment as they stand on the day of a visit, ready to be asked about any client.

use super::cuts::Cuts;
use super::prop::{Context, Posed, Prop};
use super::space::Space;
use super::time::{self, Course};
use crate::book::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, Length, SlotId};
use crate::book::{Book, Outcome, Quantity, Rule, Treatment, Withdrawn};
use crate::script::Scripts;
use crate::value::{Day, Duration, ONGOING, Point, shift};

/// One version of a treatment's page, with the book it stands in and its scripts.
#[derive(Clone, Copy)]
pub struct Version<'b> {
    /// The book.
    pub book: &'b Book,
    /// The treatment.
    pub treatment: &'b Treatment,
    /// Its scripts.
    pub scripts: &'b Scripts,
}

/// Rules of a treatment on one day: all of the page, or some that are asked together.
pub struct Rules<'b> {
    /// The book.
    pub book: &'b Book,
    /// The treatment.
    pub treatment: &'b Treatment,
    /// Its scripts.
    pub scripts: &'b Scripts,
    /// The day.
    pub visit: Day,
    /// The rules in force and not withdrawn, by id.
    pub(super) rules: Vec<DayRule<'b>>,
    /// The points at which some rule's answer can change.
    pub(super) cuts: Cuts,
    /// Whether open answers are split between the cuts; else every rule that is undecided may hold or not.
    pub(super) splits: bool,
}

/// One rule on one day.
pub(super) struct DayRule<'b> {
    pub(super) rule: &'b Rule,
    /// Its place on the page.
    pub(super) place: u16,
    pub(super) prop: Prop,
    pub(super) slots: Vec<SlotId>,
    /// Whether it calls a script.
    pub(super) scripted: bool,
    wait: Wait,
}

/// How long a deferral lasts.
#[derive(PartialEq, Eq)]
enum Wait {
    /// It is none.
    None,
    /// No day ends it.
    Open,
    /// A time after an answer.
    After(SlotId, Vec<(Duration, bool)>),
    /// It takes a closer look.
    Look(Box<Look>),
}

/// What there is to know of a deferral whose end takes a closer look.
#[derive(PartialEq, Eq)]
struct Look {
    /// Whether later answers never make it lapse sooner.
    in_order: bool,
    course: Course,
    /// The slots it reads on any day: on this one it may read fewer.
    slots: Vec<SlotId>,
    /// Those of them that its scripts are given.
    scripted: Vec<SlotId>,
}

impl DayRule<'_> {
    /// Whether its wait depends on more than whether it holds: on which of its parts do.
    pub(super) fn waits_by_parts(&self) -> bool {
        matches!(self.wait, Wait::Look(_))
    }

    /// Whether an answer tells how long it lasts.
    pub(super) fn waits_for_an_answer(&self) -> bool {
        matches!(self.wait, Wait::After(..) | Wait::Look(_))
    }

    /// Whether later answers never make it lapse sooner, once its parts that time does not move are decided.
    pub(super) fn lapses_in_order(&self) -> bool {
        !matches!(&self.wait, Wait::Look(look) if !look.in_order)
    }

    /// The slots on which its end may depend.
    pub(super) fn waits_on(&self) -> &[SlotId] {
        match &self.wait {
            Wait::Look(look) => &look.slots,
            _ => &self.slots,
        }
    }
}

impl<'b> Version<'b> {
    /// What is withdrawn on a day, with the id it is known by.
    pub(super) fn withdrawn(&self, day: Day) -> Vec<(&'b str, &'b Withdrawn)> {
        let Version { book, treatment, .. } = *self;
        let rules = treatment.rules.iter().filter(|rule| rule.in_force.covers(day));
        let switches = [("clinic", &book.clinic.withdrawn), (treatment.id.as_str(), &treatment.withdrawn)];
        let switches = switches.into_iter().chain(rules.map(|rule| (rule.id.as_str(), &rule.withdrawn)));
        switches
            .filter_map(|(id, switch)| Some((id, switch.as_ref()?)))
            .filter(|(_, switch)| switch.since <= day)
            .collect()
    }
}

/// Whether a rule counts on a day: it is in force and not withdrawn.
pub(super) fn counts(rule: &Rule, day: Day) -> bool {
    rule.in_force.covers(day) && rule.withdrawn.as_ref().is_none_or(|switch| day < switch.since)
}

impl<'b> Rules<'b> {
    /// The rules of `treatment` as they stand on `visit`.
    pub fn on(book: &'b Book, treatment: &'b Treatment, scripts: &'b Scripts, visit: Day) -> Rules<'b> {
        let all = 0..treatment.rules.len() as u16;
        Rules::some(&Version { book, treatment, scripts }, all, visit)
    }

    /// Those at these places of the page, as they stand on a day.
    pub(super) fn some(version: &Version<'b>, places: impl Iterator<Item = u16>, visit: Day) -> Rules<'b> {
        let Version { book, treatment, scripts } = *version;
        let context = Context { facts: &book.facts, treatment, scripts, visit };
        let rules = places.map(|place| (place, &treatment.rules[usize::from(place)]));
        let rules = rules.filter(|(_, rule)| counts(rule, visit)).map(|(place, rule)| {
            let prop = context.prop(&rule.condition);
            let slots = prop.slots();
            let wait = wait_of(rule, version, visit);
            let scripted = prop.is_scripted();
            DayRule { rule, place, prop, slots, scripted, wait }
        });
        let rules: Vec<DayRule<'b>> = rules.collect();
        let cuts = Cuts::of(rules.iter().map(|rule| &rule.prop));
        Rules { book, treatment, scripts, visit, rules, cuts, splits: true }
    }

    pub(super) fn context(&self) -> Context<'b> {
        let Rules { book, treatment, scripts, visit, .. } = *self;
        Context { facts: &book.facts, treatment, scripts, visit }
    }

    /// The version of the page that the rules are of.
    pub fn version(&self) -> Version<'b> {
        Version { book: self.book, treatment: self.treatment, scripts: self.scripts }
    }

    /// Nothing known about the client at all.
    pub fn unknown(&self) -> Space {
        let facts = &self.book.facts;
        let slots = (0..facts.slots.len()).map(|slot| SlotId(slot as u16));
        Space { sets: slots.map(|slot| facts.domain(slot, self.visit)).collect(), links: Vec::new() }
    }

    /// The conditions of the rules at these places.
    pub(super) fn posed(&self, at: &[usize]) -> Vec<Posed<'_>> {
        let context = self.context();
        at.iter()
            .map(|at| &self.rules[*at])
            .map(|rule| Posed { prop: &rule.prop, slots: &rule.slots, context })
            .collect()
    }

    /// For each rule whether its parts must be decided too.
    pub(super) fn by_parts(&self, at: &[usize]) -> Vec<bool> {
        at.iter().map(|at| self.rules[*at].waits_by_parts()).collect()
    }

    /// The first day after the visit on which rule `at`, which holds, no longer does. `sets` are the answers
    /// that `value` draws its points from: a script is asked only about known ones, else it counts as open.
    pub(super) fn lapse(
        &self,
        at: usize,
        sets: &[crate::value::Points],
        value: &impl Fn(SlotId) -> Point,
    ) -> Point {
        let rule = &self.rules[at];
        match &rule.wait {
            Wait::None => self.visit.point(),
            Wait::Open => ONGOING,
            Wait::After(slot, offsets) => {
                offsets.iter().fold(value(*slot), |point, (by, back)| shift(point, by, *back))
            }
            Wait::Look(look) => {
                let open = |slot: &SlotId| sets[slot.index()].single().is_none();
                let scripts = (!look.scripted.iter().any(open)).then_some(self.scripts);
                let rule = (rule.rule, &look.course);
                time::lapse(rule, self.treatment, &self.book.facts, scripts, self.visit, value)
            }
        }
    }

    /// The id of the rule at a place among the rules that count on the day.
    pub fn rule_id(&self, at: u16) -> &'b str {
        &self.rules[usize::from(at)].rule.id
    }
}

/// The short ways to a wait, where nothing about the rule changes later but time.
fn wait_of(rule: &Rule, version: &Version<'_>, visit: Day) -> Wait {
    let treatment = version.treatment;
    if rule.outcome != Outcome::Deferred {
        return Wait::None;
    }
    let changes =
        |part: &Condition| time::parameter_changes(part, treatment).into_iter().any(|day| day > visit);
    // A comparison that time alone does not move can still change with a parameter.
    let mut in_order = time::only_lapses(&rule.condition, true);
    rule.condition.walk(&mut |part| {
        let compares = matches!(part.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..));
        in_order &= !(compares && time::drift(&part.kind) == time::Drift::Still && changes(part));
    });
    let look = || {
        Wait::Look(Box::new(Look {
            in_order,
            course: Course::of(rule, treatment),
            slots: rule.condition.slots(&|fact| version.book.facts.slots_of(fact)),
            scripted: rule.condition.calls().into_iter().flat_map(|call| call.reads.clone()).collect(),
        }))
    };
    if rule.in_force.last.is_some() || changes(&rule.condition) {
        return look();
    }
    if time::is_still(&rule.condition) {
        return Wait::Open;
    }
    match after(&rule.condition, treatment, visit) {
        Some((slot, offsets)) => Wait::After(slot, offsets),
        None => look(),
    }
}

/// The answer, and the time after it, until which a condition holds.
fn after(
    condition: &Condition,
    treatment: &Treatment,
    visit: Day,
) -> Option<(SlotId, Vec<(Duration, bool)>)> {
    let ConditionKind::Dates(DateTerm { base: DateBase::Visit, offsets: none }, CompareOp::Less, term) =
        &condition.kind
    else {
        return None;
    };
    let slot = term.slot().filter(|_| none.is_empty())?;
    let lengths = term.offsets.iter().map(|offset| match offset.by {
        Length::Fixed(duration) => Some((duration, offset.back)),
        Length::Parameter(id) => match treatment.parameter(id).values.on(visit).1.value {
            Quantity::Duration(duration) => Some((duration, offset.back)),
            _ => None,
        },
    });
    Some((slot, lengths.collect::<Option<Vec<_>>>()?))
}
