//! The rules of one treatment as they stand on the day of a visit, ready to be asked about any client.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::prop::{Context, Posed, Prop};
use super::search::{Budget, Search};
use super::space::Space;
use super::time;
use crate::book::condition::CompareOp;
use crate::book::condition::{Condition, ConditionKind, DateBase, DateTerm, Length, SlotId};
use crate::book::{Book, Outcome, Quantity, Rule, Treatment, Withdrawn};
use crate::script::Scripts;
use crate::value::{Day, Duration, ONGOING, Point, Points, shift};

/// The rules of a treatment on one day. Make it once for a day and ask it about many clients.
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
    /// What is withdrawn on the day, with the id it is known by.
    pub(super) withdrawn: Vec<(String, &'b Withdrawn)>,
    /// Every point a slot can have.
    pub(super) domains: Arc<Vec<Points>>,
    /// The points at which some rule's answer can change, for each slot ascending.
    pub(super) cuts: Arc<Vec<Vec<Point>>>,
    /// For each rule whether splitting what is unknown stays within bounds, so that what is possible is exact.
    exact: OnceLock<Vec<bool>>,
}

/// One rule on one day.
pub(super) struct DayRule<'b> {
    pub(super) rule: &'b Rule,
    pub(super) prop: Prop,
    pub(super) slots: Vec<SlotId>,
    /// The slots that its scripts are given; `None` without scripts.
    pub(super) scripted: Option<Vec<SlotId>>,
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
    /// It takes a closer look. `in_order` if later answers never make it lapse sooner.
    Look { in_order: bool },
}

impl DayRule<'_> {
    /// Whether its wait depends on more than whether it holds: on which of its parts do.
    pub(super) fn waits_by_parts(&self) -> bool {
        matches!(self.wait, Wait::Look { .. })
    }

    /// Whether it surely holds for the same clients as another, on this day, and lasts as long.
    pub(super) fn says_the_same(&self, other: &DayRule<'_>) -> bool {
        // What takes a closer look may change on a later day, and what compares two answers may do so by a parameter.
        self.rule.id == other.rule.id
            && self.rule.outcome == other.rule.outcome
            && self.prop == other.prop
            && !self.prop.has_free()
            && self.wait == other.wait
            && !self.waits_by_parts()
    }

    /// Whether an answer tells how long it lasts.
    pub(super) fn waits_for_an_answer(&self) -> bool {
        matches!(self.wait, Wait::After(..) | Wait::Look { .. })
    }

    /// Whether later answers never make it lapse sooner, once its parts that time does not move are decided.
    pub(super) fn lapses_in_order(&self) -> bool {
        !matches!(self.wait, Wait::Look { in_order: false })
    }
}

impl<'b> Rules<'b> {
    /// The rules of `treatment` as they stand on `visit`.
    pub fn on(book: &'b Book, treatment: &'b Treatment, scripts: &'b Scripts, visit: Day) -> Rules<'b> {
        let context = Context { facts: &book.facts, treatment, scripts, visit };
        let mut withdrawn: Vec<(String, &Withdrawn)> = Vec::new();
        let mut note = |id: &str, switch: &'b Option<Withdrawn>| -> bool {
            let on = switch.as_ref().filter(|switch| switch.since <= visit);
            withdrawn.extend(on.map(|switch| (id.to_string(), switch)));
            on.is_some()
        };
        note("clinic", &book.clinic.withdrawn);
        note(&treatment.id, &treatment.withdrawn);
        let mut rules = Vec::new();
        for rule in treatment.rules.iter().filter(|rule| rule.in_force.covers(visit)) {
            if note(&rule.id, &rule.withdrawn) {
                continue;
            }
            let prop = context.prop(&rule.condition);
            let slots = prop.slots();
            let wait = wait_of(rule, treatment, visit);
            let scripted = prop.is_scripted().then(|| prop.scripted_slots());
            rules.push(DayRule { rule, prop, slots, scripted, wait });
        }
        let domains: Vec<Points> =
            (0..book.facts.slots.len()).map(|slot| book.facts.domain(SlotId(slot as u16), visit)).collect();
        let (domains, cuts) = (Arc::new(domains), Arc::default());
        let exact = OnceLock::new();
        let mut day = Rules { book, treatment, scripts, visit, cuts, rules, withdrawn, domains, exact };
        day.cuts = Arc::new(day.cuts_of(day.rules.iter().map(|rule| &rule.prop)));
        day
    }

    /// The rules in parts that share no slot, each with the places of its rules on the page.
    pub(super) fn apart(self) -> Vec<(Rules<'b>, Vec<u16>)> {
        // For each slot a rule that reads it, and for each rule another of its part; a root is its own.
        let mut reader: Vec<Option<usize>> = vec![None; self.domains.len()];
        let mut joined: Vec<usize> = (0..self.rules.len()).collect();
        let root = |joined: &[usize], mut at: usize| {
            while joined[at] != at {
                at = joined[at];
            }
            at
        };
        for (at, rule) in self.rules.iter().enumerate() {
            for slot in &rule.slots {
                match reader[slot.index()] {
                    Some(other) => {
                        let (one, two) = (root(&joined, other), root(&joined, at));
                        joined[one.max(two)] = one.min(two);
                    }
                    None => reader[slot.index()] = Some(at),
                }
            }
        }
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.rules.len() {
            parts.entry(root(&joined, at)).or_default().push(at);
        }
        let empty = self.without_rules();
        let mut page = self.treatment.rules.iter().enumerate();
        let place = |rule: &DayRule<'_>| page.find(|(_, other)| std::ptr::eq(rule.rule, *other));
        let places: Vec<u16> =
            self.rules.iter().map(place).map(|found| found.map_or(0, |(at, _)| at as u16)).collect();
        let mut rules: Vec<Option<DayRule<'b>>> = self.rules.into_iter().map(Some).collect();
        let parts = parts.into_values().map(|own| {
            let mut part = empty.without_rules();
            part.rules = own.iter().filter_map(|at| rules[*at].take()).collect();
            (part, own.iter().map(|at| places[*at]).collect())
        });
        parts.collect()
    }

    /// The same day with no rule at all.
    pub(super) fn without_rules(&self) -> Rules<'b> {
        let Rules { book, treatment, scripts, visit, .. } = *self;
        Rules {
            book,
            treatment,
            scripts,
            visit,
            rules: Vec::new(),
            withdrawn: self.withdrawn.clone(),
            domains: self.domains.clone(),
            cuts: self.cuts.clone(),
            exact: OnceLock::new(),
        }
    }

    pub(super) fn context(&self) -> Context<'b> {
        let Rules { book, treatment, scripts, visit, .. } = *self;
        Context { facts: &book.facts, treatment, scripts, visit }
    }

    /// What every rule decides when it holds and nothing quiets it.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        self.rules.iter().map(|rule| rule.rule.outcome).collect()
    }

    /// Nothing known about the client at all.
    pub fn unknown(&self) -> Space {
        Space { sets: self.domains.to_vec(), links: Vec::new() }
    }

    /// For each slot the points at which one of `props` can change.
    pub(super) fn cuts_of<'p>(&self, props: impl Iterator<Item = &'p Prop>) -> Vec<Vec<Point>> {
        super::search::cuts(props, self.domains.len())
    }

    /// Whether a rule can be split exactly: with nothing known, so that it depends on the rules alone and never
    /// on a record.
    pub(super) fn is_exact(&self, at: usize) -> bool {
        self.exact.get_or_init(|| self.bound_splitting())[at]
    }

    /// Takes over from another day how far splitting stays within bounds, if the same rules stand on both: finding
    /// it out anew for each of many days takes long.
    pub(super) fn bound_like(&self, other: &Rules<'_>) {
        let ids = |rules: &Rules<'_>| rules.rules.iter().map(|rule| rule.rule.id.clone()).collect::<Vec<_>>();
        if !self.rules.is_empty() && ids(self) == ids(other) {
            let _ = self.exact.set(other.exact.get_or_init(|| other.bound_splitting()).clone());
        }
    }

    fn bound_splitting(&self) -> Vec<bool> {
        let mut all_exact = vec![true; self.rules.len()];
        let all: Vec<usize> = (0..self.rules.len()).collect();
        let unknown = self.unknown();
        for group in super::search::groups(self, &all, &unknown) {
            let cells: f64 =
                group.slots.iter().map(|slot| self.cuts[slot.index()].len() as f64 + 1.0).product();
            let exact = cells <= 256.0 || {
                let props = self.posed(&group.rules);
                let mut budget = Budget::new();
                let search = Search {
                    facts: &self.book.facts,
                    props: &props,
                    whole: &self.by_parts(&group.rules),
                    order: &group.slots,
                    cuts: &self.cuts,
                };
                search.run(&mut unknown.clone(), &mut budget, &mut |_, _, _| {});
                budget.is_left()
            };
            group.rules.iter().for_each(|at| all_exact[*at] = exact);
        }
        all_exact
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
        sets: Option<&[Points]>,
        value: &impl Fn(SlotId) -> Point,
    ) -> Point {
        let rule = &self.rules[at];
        match &rule.wait {
            Wait::None => self.visit.point(),
            Wait::Open => ONGOING,
            Wait::After(slot, offsets) => {
                offsets.iter().fold(value(*slot), |point, (by, back)| shift(point, by, *back))
            }
            Wait::Look { .. } => {
                let open = |slot: &SlotId| sets.is_some_and(|sets| sets[slot.index()].single().is_none());
                let scripts = match &rule.scripted {
                    Some(slots) if slots.iter().any(open) => None,
                    _ => Some(self.scripts),
                };
                time::lapse(rule.rule, self.treatment, &self.book.facts, scripts, self.visit, value)
            }
        }
    }

    /// The id of the rule at a place among those in force.
    pub fn rule_id(&self, at: u16) -> &'b str {
        &self.rules[usize::from(at)].rule.id
    }
}

/// The short ways to a wait, where nothing about the rule changes later but time.
fn wait_of(rule: &Rule, treatment: &Treatment, visit: Day) -> Wait {
    if rule.outcome != Outcome::Deferred {
        return Wait::None;
    }
    let changes = |part: &Condition| {
        let parameters = part.parameters();
        let mut values = parameters.iter().flat_map(|id| treatment.parameter(*id).values.all());
        values.any(|(from, _)| *from > visit)
    };
    // A comparison that time alone does not move can still change with a parameter.
    let mut in_order = time::only_lapses(&rule.condition, true);
    rule.condition.walk(&mut |part| {
        let compares = matches!(part.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..));
        in_order &= !(compares && time::drift(&part.kind) == time::Drift::Still && changes(part));
    });
    if rule.in_force.last.is_some() {
        return Wait::Look { in_order };
    }
    if !changes(&rule.condition) {
        let mut still = true;
        rule.condition.walk(&mut |part| still &= time::drift(&part.kind) == time::Drift::Still);
        if still {
            return Wait::Open;
        }
        if let Some((slot, offsets)) = after(&rule.condition, treatment, visit) {
            return Wait::After(slot, offsets);
        }
    }
    Wait::Look { in_order }
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
