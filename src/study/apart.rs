//! The client whom two versions of a page tell apart, or the proof that there is none.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::clients::Client;
use super::days;
use super::free::{self, Telling, Tries};
use super::near::{self, Rank};
use crate::book::condition::{Condition, ParameterId, SlotId};
use crate::book::fact::Facts;
use crate::book::{InForce, Outcome, Rule, Treatment};
use crate::decide::cells::{Asked, Reached, Version, cells, everyone, shape, surely};
use crate::decide::{Engine, Space};
use crate::value::{Day, Point, Truth};

/// Whether two versions ever decide differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apart {
    /// Never: it is proved for every fully known client on every visit.
    Same,
    /// About this client they do.
    Client(Client),
    /// They do, and this question shows it.
    Other(String),
    /// It is not known, and this is why.
    NotAnalysed(String),
}

impl Apart {
    /// Whether they do.
    pub fn truth(&self) -> Truth {
        match self {
            Apart::Same => Truth::No,
            Apart::Client(_) | Apart::Other(_) => Truth::Yes,
            Apart::NotAnalysed(_) => Truth::Unknown,
        }
    }
}

/// The direction in which two versions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Whichever.
    Any,
    /// The new one is stricter: it holds where the old one does not, decides worse or lasts longer.
    Tighter,
    /// The new one is less strict.
    Looser,
}

/// How often the space may be split for one pair of conditions on one day.
const MOST_SPLITS: u32 = 20_000;

/// How many clients are tried where splitting does not decide.
const MOST_TRIES: u32 = 4_000;

/// A condition or rule of one version, as it counts from day to day.
struct Part<'a> {
    version: Version<'a>,
    conditions: Vec<Dated<'a>>,
}

/// A condition with the days it counts on.
struct Dated<'a> {
    condition: &'a Condition,
    in_force: InForce,
    withdrawn: Option<Day>,
    /// What the rule decides; `None` for a condition that is no rule.
    outcome: Option<Outcome>,
}

impl<'a> Part<'a> {
    fn of_condition(version: Version<'a>, condition: Option<&'a Condition>) -> Part<'a> {
        let dated =
            |condition| Dated { condition, in_force: InForce::default(), withdrawn: None, outcome: None };
        Part { version, conditions: condition.map(dated).into_iter().collect() }
    }

    fn of_rules(version: Version<'a>, rules: &[&'a Rule]) -> Part<'a> {
        let dated = |rule: &&'a Rule| Dated {
            condition: &rule.condition,
            in_force: rule.in_force,
            withdrawn: rule.withdrawn.as_ref().map(|switch| switch.since),
            outcome: Some(rule.outcome),
        };
        Part { version, conditions: rules.iter().map(dated).collect() }
    }

    /// The condition that is in force on a day.
    fn on(&self, visit: Day) -> Option<&Dated<'a>> {
        self.conditions.iter().find(|one| one.in_force.covers(visit))
    }

    fn is_withdrawn(&self, visit: Day) -> bool {
        self.on(visit).and_then(|one| one.withdrawn).is_some_and(|since| since <= visit)
    }

    /// The condition on a day, whether withdrawn or not: waits look past that.
    fn asked(&self, visit: Day) -> Asked<'a> {
        match self.on(visit) {
            Some(one) => self.version.asked(one.condition, visit),
            None => self.version.always(false, visit),
        }
    }

    /// What these rules alone say about a client: the outcome and the wait.
    fn alone(&self, client: &Client) -> Option<(Outcome, Point)> {
        let Version { book, treatment, scripts } = self.version;
        let own =
            |rule: &&Rule| self.conditions.iter().any(|one| std::ptr::eq(one.condition, &rule.condition));
        let rules = treatment.rules.iter().filter(own).cloned().collect();
        let treatment = Treatment { rules, ..treatment.clone() };
        client.told(&mut Engine::new(book, &treatment, scripts))
    }

    fn outcome(&self, visit: Day) -> Option<Outcome> {
        self.on(visit).and_then(|one| one.outcome)
    }

    fn defers(&self) -> bool {
        self.conditions.iter().any(|one| one.outcome == Some(Outcome::Deferred))
    }

    fn marks(&self) -> impl Iterator<Item = Day> {
        self.conditions.iter().flat_map(|one| one.in_force.changes().chain(one.withdrawn))
    }

    fn in_force(&self) -> Vec<InForce> {
        self.conditions.iter().map(|one| one.in_force).collect()
    }

    fn says_the_same(&self, other: &Part<'_>) -> bool {
        let rest = |one: &Dated<'_>| (one.in_force, one.withdrawn, one.outcome);
        self.conditions.len() == other.conditions.len()
            && self.conditions.iter().zip(&other.conditions).all(|(a, b)| {
                rest(a) == rest(b) && alike((self.version, a.condition), (other.version, b.condition))
            })
    }
}

/// Whether two conditions are written alike, over parameters with the same values.
fn alike((old, a): (Version<'_>, &Condition), (new, b): (Version<'_>, &Condition)) -> bool {
    let values = |version: Version<'_>, id: ParameterId| {
        let parameter = version.treatment.parameters.get(usize::from(id.0))?;
        let all = parameter.values.all().iter();
        Some(all.map(|(from, value)| (*from, value.value)).collect::<Vec<_>>())
    };
    let scripts = |version: Version<'_>| {
        let treatment = version.treatment;
        let digests: Vec<String> = treatment.scripts.iter().map(|one| one.digest.clone()).collect();
        let functions = treatment.functions.iter();
        let functions: Vec<_> = functions.map(|f| (f.id.clone(), f.takes.clone(), f.file.clone())).collect();
        (digests, functions)
    };
    a.says_the_same(b)
        && a.parameters().into_iter().all(|id| values(old, id) == values(new, id))
        && (!a.is_scripted() || scripts(old) == scripts(new))
}

/// Whether the facts have the same slots with the same points, so that one client answers both.
pub fn same_questions(old: &Facts, new: &Facts) -> bool {
    let asks = |facts: &Facts| -> Vec<_> {
        let options = |fact: &crate::book::fact::Fact| -> Vec<String> {
            fact.options.iter().map(|option| option.id.clone()).collect()
        };
        facts.facts.iter().map(|fact| (fact.id.clone(), fact.kind, options(fact), fact.first_slot)).collect()
    };
    asks(old) == asks(new)
}

/// Whether two conditions ever differ; `None` is a condition that holds for nobody.
pub fn conditions(
    old: (Version<'_>, Option<&Condition>),
    new: (Version<'_>, Option<&Condition>),
    base: Option<&Client>,
) -> Apart {
    between(&Part::of_condition(old.0, old.1), &Part::of_condition(new.0, new.1), Way::Any, base)
}

/// The same in one direction: `Tighter` finds a client for whom only the new one holds.
pub fn conditions_towards(
    way: Way,
    old: (Version<'_>, Option<&Condition>),
    new: (Version<'_>, Option<&Condition>),
    base: Option<&Client>,
) -> Apart {
    between(&Part::of_condition(old.0, old.1), &Part::of_condition(new.0, new.1), way, base)
}

/// Whether two versions of a rule ever differ: in whom they hold for, in their outcome, in how long they
/// defer. A rule may be several with the same id, in force on different days, or not be there at all.
pub fn rules(old: (Version<'_>, &[&Rule]), new: (Version<'_>, &[&Rule]), base: Option<&Client>) -> Apart {
    between(&Part::of_rules(old.0, old.1), &Part::of_rules(new.0, new.1), Way::Any, base)
}

/// The same in one direction.
pub fn rules_towards(
    way: Way,
    old: (Version<'_>, &[&Rule]),
    new: (Version<'_>, &[&Rule]),
    base: Option<&Client>,
) -> Apart {
    between(&Part::of_rules(old.0, old.1), &Part::of_rules(new.0, new.1), way, base)
}

/// Whether two versions of a rule are written alike, over parameters with the same values.
pub fn same_words(old: (Version<'_>, &[&Rule]), new: (Version<'_>, &[&Rule])) -> bool {
    Part::of_rules(old.0, old.1).says_the_same(&Part::of_rules(new.0, new.1))
}

/// Whether two versions of a page ever decide differently about a client: rule by rule, and then which steps
/// of the appointment are left out. Of several clients it is the nearest to the base.
pub fn pages(old: Version<'_>, new: Version<'_>, base: Option<&Client>) -> Apart {
    if old.treatment.in_force != new.treatment.in_force {
        return Apart::NotAnalysed("the page is in force on other days".to_string());
    }
    let mut all = Nearest { facts: &old.book.facts, base, client: None, open: None };
    for id in ids(old.treatment.rules.iter().chain(&new.treatment.rules).map(|rule| rule.id.as_str())) {
        all.note(rules(
            (old, &rules_called(old.treatment, id)),
            (new, &rules_called(new.treatment, id)),
            base,
        ));
    }
    if all.client.is_none() {
        let (before, after) = (exclusions(old.treatment), exclusions(new.treatment));
        for name in ids(before.iter().chain(&after).map(|(name, _)| name.as_str())) {
            let find = |all: &[(String, &'_ Condition)]| all.iter().position(|(other, _)| other == name);
            let a = find(&before).map(|at| before[at].1);
            let b = find(&after).map(|at| after[at].1);
            all.note(conditions((old, a), (new, b), base));
        }
    }
    match (all.client, all.open) {
        (Some((_, client)), _) => Apart::Client(client),
        (None, Some(why)) => Apart::NotAnalysed(why),
        (None, None) => Apart::Same,
    }
}

/// The nearest of several clients.
struct Nearest<'n> {
    facts: &'n Facts,
    base: Option<&'n Client>,
    client: Option<(Rank, Client)>,
    open: Option<String>,
}

impl Nearest<'_> {
    fn note(&mut self, found: Apart) {
        match found {
            Apart::Client(client) => {
                let base = self.base.unwrap_or(&client).on(self.facts, client.visit);
                let rank = Rank::of(&client, &base, self.facts);
                if self.client.as_ref().is_none_or(|(least, _)| rank < *least) {
                    self.client = Some((rank, client));
                }
            }
            Apart::NotAnalysed(why) => self.open = self.open.take().or(Some(why)),
            Apart::Same | Apart::Other(_) => {}
        }
    }
}

fn ids<'a>(all: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    all.collect()
}

fn rules_called<'a>(treatment: &'a Treatment, id: &str) -> Vec<&'a Rule> {
    treatment.rules.iter().filter(|rule| rule.id == id).collect()
}

/// The conditions that leave out a step, by `step/exclusion`.
pub fn exclusions(treatment: &Treatment) -> Vec<(String, &Condition)> {
    let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    let all = steps
        .flat_map(|step| step.not_for.iter().map(|one| (format!("{}/{}", step.id, one.id), &one.condition)));
    all.collect()
}

fn between(old: &Part<'_>, new: &Part<'_>, way: Way, base: Option<&Client>) -> Apart {
    let facts = &old.version.book.facts;
    if !same_questions(facts, &new.version.book.facts) {
        return Apart::NotAnalysed("the questions are not the same".to_string());
    }
    if old.says_the_same(new) {
        return Apart::Same;
    }
    let near = base.map_or_else(|| days::usual(old.version.treatment), |base| base.visit);
    let plain = Client::plain(facts, near);
    let page = both(old.version.treatment.in_force, new.version.treatment.in_force);
    // A wait looks at days on which the page may no longer be in force.
    let defers = old.defers() || new.defers();
    let visits = InForce { from: page.from, last: page.last.filter(|_| !defers) };
    let each = |part: &Part<'_>| part.conditions.len();
    let mut posed: Vec<(Version<'_>, &Condition)> = Vec::with_capacity(each(old) + each(new));
    for part in [old, new] {
        posed.extend(part.conditions.iter().map(|one| (part.version, one.condition)));
    }
    let marks: Vec<Day> =
        old.marks().chain(new.marks()).chain(page.last.map(Day::next).filter(|_| defers)).collect();
    let tried = days::among(visits, &posed, &marks, near);
    let mut look = Look {
        old,
        new,
        way,
        base: base.unwrap_or(&plain),
        facts,
        page,
        defers,
        seen: BTreeSet::new(),
        tries: Tries(MOST_TRIES),
        open: None,
        later: None,
    };
    let first = Some(near).filter(|near| visits.covers(*near));
    for visit in first.into_iter().chain(tried.few).chain(tried.rest) {
        if let Some(client) = look.on(visit) {
            return Apart::Client(client);
        }
    }
    // A wait ends with the rule that it is of, even if another of the same name follows.
    let several = old.conditions.len() > 1 || new.conditions.len() > 1;
    let why = match (&look.later, look.open) {
        (Some(later), _) => match look.waits_apart(later) {
            Some(client) => return Apart::Client(client),
            None => "they differ only on days on which neither decides".to_string(),
        },
        (None, Some(why)) => why.to_string(),
        (None, None) if tried.visits.is_none() => "there are too many visit days to try".to_string(),
        (None, None) if defers && several && old.in_force() != new.in_force() => {
            "the waits of a rule that is in force on other days are not compared".to_string()
        }
        (None, None) => return Apart::Same,
    };
    Apart::NotAnalysed(why)
}

/// The days inside both.
fn both(a: InForce, b: InForce) -> InForce {
    let last = match (a.last, b.last) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    InForce { from: a.from.max(b.from), last }
}

/// Looks for a client, one visit day after the other.
struct Look<'l> {
    old: &'l Part<'l>,
    new: &'l Part<'l>,
    way: Way,
    base: &'l Client,
    facts: &'l Facts,
    /// The visits that both pages decide about.
    page: InForce,
    defers: bool,
    /// What days looked like on which nobody was found.
    seen: BTreeSet<Vec<usize>>,
    tries: Tries,
    /// Why it is not proved that there is nobody.
    open: Option<&'static str>,
    /// Somebody about whom they differ on a day on which the rule decides nothing.
    later: Option<Client>,
}

impl Look<'_> {
    fn decides(&self, visit: Day) -> bool {
        self.page.covers(visit) && !self.old.is_withdrawn(visit)
    }

    /// What is asked of a side on a day, and what it decides when it holds: of what is withdrawn a review of
    /// everybody.
    fn side<'p>(&self, part: &Part<'p>, visit: Day) -> (Asked<'p>, Option<Outcome>) {
        match self.page.covers(visit) && part.is_withdrawn(visit) {
            true => (part.version.always(true, visit), Some(Outcome::NeedsReview)),
            false => (part.asked(visit), part.outcome(visit)),
        }
    }

    fn on(&mut self, visit: Day) -> Option<Client> {
        if self.page.covers(visit) && self.old.is_withdrawn(visit) != self.new.is_withdrawn(visit) {
            if self.way == Way::Any {
                return Some(self.base.on(self.facts, visit));
            }
            let ((old, before), (new, after)) = (self.side(self.old, visit), self.side(self.new, visit));
            let space = everyone(self.facts, visit);
            return self.nearest(&old, &new, [before, after], &space, visit);
        }
        let decides = self.decides(visit);
        if !decides && (!self.defers || self.later.is_some()) {
            return None;
        }
        let (old, new) = (self.old.asked(visit), self.new.asked(visit));
        let space = everyone(self.facts, visit);
        let outcomes = (self.old.outcome(visit), self.new.outcome(visit));
        if let Some(mut shape) = shape(&[&old, &new], &space) {
            shape.extend([outcomes.0, outcomes.1].map(|outcome| outcome.map_or(9, |one| one as usize)));
            if !self.seen.insert(shape) {
                return None;
            }
        }
        let found = self.nearest(&old, &new, [outcomes.0, outcomes.1], &space, visit)?;
        if decides {
            return Some(found);
        }
        self.later = Some(found);
        None
    }

    /// The nearest client about whom the two differ on a day. `outcomes` are what they decide.
    fn nearest(
        &mut self,
        old: &Asked<'_>,
        new: &Asked<'_>,
        outcomes: [Option<Outcome>; 2],
        space: &Space,
        visit: Day,
    ) -> Option<Client> {
        let start = self.base.on(self.facts, visit);
        let mut best: Option<(Rank, Client)> = None;
        let telling = Telling { way: self.way, outcomes };
        let slots: BTreeSet<SlotId> = old.slots().iter().chain(new.slots()).copied().collect();
        let reached = cells(&[old, new], space, MOST_SPLITS, &mut |part, truths| {
            let (a, b) = (truths[0], truths[1]);
            let decided = a != Truth::Unknown && b != Truth::Unknown;
            let fine = |a: Truth, b: Truth| !telling.tells(a, b);
            if decided && fine(a, b) || surely(old, new, &part.sets, &fine) {
                return ControlFlow::Continue(());
            }
            let mut client = start.clone();
            for slot in &slots {
                let value = &mut client.values[slot.index()];
                *value = near::point(&part.sets[slot.index()], *value, self.facts.fact_of(*slot), visit);
            }
            let found = match decided {
                true => Some(client),
                false => {
                    let sides = free::Sides { old, new, telling };
                    free::client(sides, &part.sets, &client, &start, self.facts, &mut self.tries)
                }
            };
            match found {
                None => {
                    self.open = Some(
                        "two answers are compared, or a script is asked, and no client was found about \
                         whom they differ",
                    );
                }
                Some(client) => {
                    let rank = Rank::of(&client, &start, self.facts);
                    if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                        best = Some((rank, client));
                    }
                }
            }
            ControlFlow::Continue(())
        });
        if reached == Reached::Budget {
            self.open = Some("there are too many combinations of answers");
        }
        best.map(|(_, client)| client)
    }

    /// A client with the answers of `later` who is told different waits at an earlier visit.
    fn waits_apart(&self, later: &Client) -> Option<Client> {
        let marks = self.old.marks().chain(self.new.marks()).chain(self.page.last.map(Day::next));
        let mut visits: Vec<Day> = marks
            .map(|mark| Day::from_point(mark.point() - 1))
            .chain([self.base.visit])
            .filter(|day| *day < later.visit && self.decides(*day))
            .collect();
        visits.sort_unstable();
        let [mut old, mut new] = [self.old, self.new].map(|part| part.version.engine());
        visits.into_iter().rev().find_map(|visit| {
            let client = later.on(self.facts, visit);
            let apart = match self.way {
                Way::Any => client.told(&mut old) != client.told(&mut new),
                way => {
                    let [old, new] = [self.old, self.new].map(|part| part.alone(&client));
                    old.is_some()
                        && new.is_some()
                        && (if way == Way::Tighter { old < new } else { old > new })
                }
            };
            apart.then_some(client)
        })
    }
}
