//! Small changes of a page that its tests must notice: one number a step up, one comparison turned, one rule
//! dropped. Each is the typed book with one piece exchanged.

mod conditions;
mod equivalent;
mod steps;
mod visit;

use conditions::Changes;
pub use equivalent::equivalent;

use super::case::Question;
use crate::book::condition::{Condition, ConditionKind, ParameterId, SlotId};
use crate::book::fact::{self, Answers, Fact, Facts};
use crate::book::{
    AftercareItem, Appointment, Book, Course, Dated, InForce, Outcome, Parameter, ParameterValue, Pricing,
    Rule, Treatment, Withdrawn,
};
use crate::prose;
use crate::span::Span;
use crate::value::{Day, NEVER, ONGOING, YES};

/// What kind of thing a mutant changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MutantKind {
    /// A dated value of a parameter.
    Parameter,
    /// The day from which something counts, or to which.
    Day,
    /// A duration, number or day written in a condition.
    Constant,
    /// How two things are compared.
    Comparison,
    /// How conditions are joined or negated.
    Logic,
    /// An option of a set or choice.
    Option,
    /// A rule that is missing.
    Rule,
    /// What a rule decides.
    Outcome,
    /// A goal the page treats.
    Goal,
    /// How long an answer counts, or when it is asked.
    Fact,
    /// An instruction after the treatment.
    Aftercare,
    /// The planned series.
    Course,
    /// The appointment, and who a step is not for.
    Appointment,
    /// Prices.
    Price,
}

impl MutantKind {
    /// Every kind.
    pub const ALL: [MutantKind; 14] = [
        MutantKind::Parameter,
        MutantKind::Day,
        MutantKind::Constant,
        MutantKind::Comparison,
        MutantKind::Logic,
        MutantKind::Option,
        MutantKind::Rule,
        MutantKind::Outcome,
        MutantKind::Goal,
        MutantKind::Fact,
        MutantKind::Aftercare,
        MutantKind::Course,
        MutantKind::Appointment,
        MutantKind::Price,
    ];

    /// The kind in a word.
    pub fn word(self) -> &'static str {
        match self {
            MutantKind::Parameter => "parameter",
            MutantKind::Day => "day",
            MutantKind::Constant => "constant",
            MutantKind::Comparison => "comparison",
            MutantKind::Logic => "logic",
            MutantKind::Option => "option",
            MutantKind::Rule => "rule",
            MutantKind::Outcome => "outcome",
            MutantKind::Goal => "goal",
            MutantKind::Fact => "fact",
            MutantKind::Aftercare => "aftercare",
            MutantKind::Course => "course",
            MutantKind::Appointment => "appointment",
            MutantKind::Price => "price",
        }
    }
}

/// One small change of a page.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The change in plain words: `isotretinoin_washout: 180 days -> 179 days`.
    pub what: String,
    /// What it changes.
    pub kind: MutantKind,
    /// The rule it changes, if it changes one.
    pub rule: Option<String>,
    /// The place of what it changes; `None` for the days of the whole page or clinic.
    pub span: Option<Span>,
    treatment: String,
    piece: Piece,
}

/// The piece of the book that a mutant has in place of the old one.
#[derive(Debug, Clone)]
enum Piece {
    Parameter(usize, Box<Parameter>),
    /// `None` drops it.
    Rule(usize, Option<Box<Rule>>),
    Fact(usize, Box<Fact>),
    /// The same question, asked on the day or at any time.
    When(usize, Box<Fact>),
    /// `None` drops it.
    Aftercare(usize, Option<Box<AftercareItem>>),
    Course(Box<Course>),
    Appointment(Box<Appointment>),
    Pricing(Box<Pricing>),
    InForce(InForce),
    PageWithdrawn(Withdrawn),
    ClinicWithdrawn(Withdrawn),
}

impl Mutant {
    /// The book with the change.
    pub fn apply(&self, book: &Book) -> Book {
        let mut book = book.clone();
        match &self.piece {
            Piece::Fact(at, fact) | Piece::When(at, fact) => book.facts.facts[*at] = (**fact).clone(),
            Piece::ClinicWithdrawn(switch) => book.clinic.withdrawn = Some(switch.clone()),
            piece => {
                let treatment = book.treatments.iter_mut().find(|treatment| treatment.id == self.treatment);
                treatment.into_iter().for_each(|treatment| piece.put_into(treatment));
            }
        }
        book
    }

    /// The rules that may say something else: as they are in the page, and in the page with the change. `None` if
    /// the change is not one of rules alone.
    pub fn rules<'t>(&self, old: &'t Treatment, new: &'t Treatment) -> Option<[Vec<&'t Rule>; 2]> {
        let rules: [Vec<&Rule>; 2] = match &self.piece {
            Piece::Rule(at, changed) => {
                [vec![&old.rules[*at]], changed.iter().map(|_| &new.rules[*at]).collect()]
            }
            Piece::Parameter(at, _) => {
                // A script may be given the parameter.
                let reads = |rule: &&Rule| {
                    let condition = &rule.condition;
                    condition.is_scripted() || condition.parameters().contains(&ParameterId(*at as u16))
                };
                [old, new].map(|page| page.rules.iter().filter(reads).collect())
            }
            Piece::When(..)
            | Piece::Aftercare(..)
            | Piece::Course(_)
            | Piece::Appointment(_)
            | Piece::Pricing(_) => [Vec::new(), Vec::new()],
            Piece::Fact(..) | Piece::InForce(_) | Piece::PageWithdrawn(_) | Piece::ClinicWithdrawn(_) => {
                return None;
            }
        };
        // What is withdrawn speaks in another way.
        rules.iter().flatten().all(|rule| rule.withdrawn.is_none()).then_some(rules)
    }

    /// Whether the answer to a question may rest on what it changes. `open` if some answer of its client is.
    pub fn concerns(&self, question: &Question, open: bool) -> bool {
        match (&self.piece, question) {
            (Piece::Aftercare(..), question) => matches!(question, Question::Aftercare { .. }),
            (Piece::Course(_) | Piece::Appointment(_), Question::PlanFrom(_) | Question::PlanFor(_)) => true,
            (Piece::Course(_), _) => false,
            (Piece::Appointment(_), question) => matches!(question, Question::Decide(_)),
            // Both show only where a decision asks for what is open: when to ask it, and that it moves the price.
            (Piece::When(..) | Piece::Pricing(_), Question::Decide(_)) => open,
            (Piece::When(..), question) => matches!(question, Question::PlanFrom(_) | Question::PlanFor(_)),
            (Piece::Pricing(_), question) => matches!(question, Question::Quote(..) | Question::PlanFor(_)),
            _ => true,
        }
    }
}

impl Piece {
    fn put_into(&self, treatment: &mut Treatment) {
        match self {
            Piece::Parameter(at, parameter) => treatment.parameters[*at] = (**parameter).clone(),
            Piece::Rule(at, Some(rule)) => treatment.rules[*at] = (**rule).clone(),
            Piece::Rule(at, None) => drop(treatment.rules.remove(*at)),
            Piece::Aftercare(at, Some(item)) => treatment.aftercare[*at] = (**item).clone(),
            Piece::Aftercare(at, None) => drop(treatment.aftercare.remove(*at)),
            Piece::Course(course) => treatment.course = Some((**course).clone()),
            Piece::Appointment(appointment) => treatment.appointment = Some((**appointment).clone()),
            Piece::Pricing(pricing) => treatment.pricing = Some((**pricing).clone()),
            Piece::InForce(in_force) => treatment.in_force = *in_force,
            Piece::PageWithdrawn(switch) => treatment.withdrawn = Some(switch.clone()),
            Piece::Fact(..) | Piece::When(..) | Piece::ClinicWithdrawn(_) => {}
        }
    }
}

/// Every small change of a page, in the order in which the page is read: numbers, rules, questions, the visit.
/// Scripts are not changed.
pub fn mutants(book: &Book, treatment: &Treatment) -> Vec<Mutant> {
    let mut made = Maker { facts: &book.facts, treatment, mutants: Vec::new() };
    made.page_days(book);
    made.parameters();
    made.rules();
    made.questions();
    visit::course(&mut made);
    visit::appointment(&mut made);
    visit::aftercare(&mut made);
    visit::pricing(&mut made);
    made.mutants
}

/// Makes mutants.
struct Maker<'m> {
    facts: &'m Facts,
    treatment: &'m Treatment,
    mutants: Vec<Mutant>,
}

impl Maker<'_> {
    fn add(&mut self, kind: MutantKind, span: Option<Span>, what: String, piece: Piece) {
        let treatment = self.treatment.id.clone();
        let rule = match &piece {
            Piece::Rule(at, _) => Some(self.treatment.rules[*at].id.clone()),
            _ => None,
        };
        self.mutants.push(Mutant { what, kind, rule, span, treatment, piece });
    }

    fn page_days(&mut self, book: &Book) {
        for (what, in_force) in moved(self.treatment.in_force) {
            self.add(MutantKind::Day, None, format!("the page: {what}"), Piece::InForce(in_force));
        }
        for (what, switch) in self.treatment.withdrawn.iter().flat_map(switched) {
            self.add(MutantKind::Day, None, format!("the page: {what}"), Piece::PageWithdrawn(switch));
        }
        for (what, switch) in book.clinic.withdrawn.iter().flat_map(switched) {
            self.add(MutantKind::Day, None, format!("the clinic: {what}"), Piece::ClinicWithdrawn(switch));
        }
    }

    fn parameters(&mut self) {
        for (place, parameter) in self.treatment.parameters.iter().enumerate() {
            let mut put = |kind, span, what: String, values: Vec<(Day, ParameterValue)>| {
                let Some(values) = Dated::new(values) else { return };
                let changed = Parameter { values, ..parameter.clone() };
                let piece = Piece::Parameter(place, Box::new(changed));
                self.add(kind, Some(span), format!("{}: {what}", parameter.id), piece);
            };
            let all = parameter.values.all();
            for (at, (from, value)) in all.iter().enumerate() {
                let since = if all.len() > 1 { format!(" from {from}") } else { String::new() };
                for step in steps::quantity(value.value) {
                    let mut values = all.to_vec();
                    values[at].1.value = step;
                    put(
                        MutantKind::Parameter,
                        value.span,
                        format!("{}{since} -> {step}", value.value),
                        values,
                    );
                }
            }
            for (day, values) in later_days(all) {
                put(MutantKind::Day, parameter.span, day, values);
            }
        }
    }

    fn rules(&mut self) {
        let (facts, treatment) = (self.facts, self.treatment);
        let changes = Changes { facts, treatment };
        for (at, rule) in treatment.rules.iter().enumerate() {
            let mut put = |kind, span, what: String, changed: Rule| {
                let piece = Piece::Rule(at, Some(Box::new(changed)));
                self.add(kind, Some(span), format!("{}: {what}", rule.id), piece);
            };
            for change in changes.of_rule(rule, indicated(treatment, rule, facts)) {
                put(change.kind, change.span, change.what, change.rule);
            }
            for outcome in [Outcome::NeedsReview, Outcome::Deferred] {
                if outcome < rule.outcome {
                    let what = format!("{} -> {outcome}", rule.outcome);
                    put(MutantKind::Outcome, rule.span, what, Rule { outcome, ..rule.clone() });
                }
            }
            for (what, in_force) in moved(rule.in_force) {
                put(MutantKind::Day, rule.span, what, Rule { in_force, ..rule.clone() });
            }
            for (what, switch) in rule.withdrawn.iter().flat_map(switched) {
                put(MutantKind::Day, rule.span, what, Rule { withdrawn: Some(switch), ..rule.clone() });
            }
            let dropped = format!("{}: dropped", rule.id);
            self.add(MutantKind::Rule, Some(rule.span), dropped, Piece::Rule(at, None));
        }
    }

    fn questions(&mut self) {
        for (place, fact) in self.facts.facts.iter().enumerate() {
            if fact.kind == fact::FactKind::Note {
                continue;
            }
            let mut put = |what: String, piece: Piece| {
                self.add(MutantKind::Fact, Some(fact.span), format!("{}: {what}", fact.id), piece);
            };
            let lasting = |good_for| Piece::Fact(place, Box::new(Fact { good_for, ..fact.clone() }));
            for (at, (answers, duration)) in fact.good_for.iter().enumerate() {
                let said = said(fact, *answers);
                for step in steps::duration(*duration) {
                    let mut good_for = fact.good_for.clone();
                    good_for[at].1 = step;
                    let what = format!("{said} good for {duration} -> {step}");
                    put(what, lasting(good_for));
                }
                let mut good_for = fact.good_for.clone();
                good_for.remove(at);
                put(format!("{said} good for {duration} -> good for ever"), lasting(good_for));
            }
            let times = ["asked at any time", "asked on the day"];
            let (from, to) = (times[usize::from(fact.on_the_day)], times[usize::from(!fact.on_the_day)]);
            let changed = Fact { on_the_day: !fact.on_the_day, ..fact.clone() };
            put(format!("{from} -> {to}"), Piece::When(place, Box::new(changed)));
        }
    }
}

/// The answers that a time limit is about, in words.
fn said(fact: &Fact, answers: Answers) -> String {
    match answers {
        Answers::All => "any answer".to_string(),
        Answers::Nothing => "`none`".to_string(),
        Answers::Something => "any but `none`".to_string(),
        Answers::At(NEVER) => "`never`".to_string(),
        Answers::At(ONGOING) => "`ongoing`".to_string(),
        Answers::At(at) => match fact.options.get(at as usize) {
            Some(option) => format!("`{}`", prose::visible(&option.id)),
            None if at == YES => "`yes`".to_string(),
            None => "`no`".to_string(),
        },
    }
}

/// The days in force with one end a day earlier or later.
fn moved(in_force: InForce) -> Vec<(String, InForce)> {
    let mut all = Vec::new();
    for (day, is_from) in [(in_force.from, true), (in_force.last, false)] {
        for step in day.into_iter().flat_map(steps::day) {
            let new = match is_from {
                true => InForce { from: Some(step), ..in_force },
                false => InForce { last: Some(step), ..in_force },
            };
            let empty = matches!((new.from, new.last), (Some(from), Some(last)) if last < from);
            let word = if is_from { "from" } else { "to" };
            let old = day.map(|day| day.to_string()).unwrap_or_default();
            all.extend((!empty).then(|| (format!("in force {word} {old} -> {word} {step}"), new)));
        }
    }
    all
}

/// The switch a day earlier or later.
fn switched(switch: &Withdrawn) -> Vec<(String, Withdrawn)> {
    let each = steps::day(switch.since).into_iter().map(|since| {
        let what = format!("withdrawn since {} -> since {since}", switch.since);
        (what, Withdrawn { since, ..switch.clone() })
    });
    each.collect()
}

/// Dated values of which a later one counts from a day earlier or later.
fn later_days<T: Clone>(all: &[(Day, T)]) -> Vec<(String, Vec<(Day, T)>)> {
    let mut found = Vec::new();
    for (at, (from, _)) in all.iter().enumerate().skip(1) {
        for step in steps::day(*from) {
            if all.iter().any(|(day, _)| *day == step) {
                continue;
            }
            let mut values = all.to_vec();
            values[at].0 = step;
            found.push((format!("the value from {from} -> from {step}"), values));
        }
    }
    found
}

/// If the rule is the one made from `indications`: for each goal whether it is indicated.
fn indicated(treatment: &Treatment, rule: &Rule, facts: &Facts) -> Option<Vec<(SlotId, bool)>> {
    let made = rule.id == format!("{}/indications", treatment.id);
    let goals = facts.named("goals").map(|id| facts.get(id)).filter(|_| made)?;
    let mut outside = Vec::new();
    let mut plain = true;
    rule.condition.walk(&mut |part| match &part.kind {
        ConditionKind::Is(slot, YES, YES) => outside.push(*slot),
        ConditionKind::Or(_) => {}
        _ => plain = false,
    });
    let goals: Vec<(SlotId, bool)> = goals.slots().map(|slot| (slot, !outside.contains(&slot))).collect();
    let others = outside.iter().any(|slot| goals.iter().all(|(goal, _)| goal != slot));
    (plain && !others).then_some(goals)
}

/// A condition that holds where the client has one of these goals.
fn any_of(slots: &[SlotId], span: Span) -> Option<Condition> {
    let is = |slot: &SlotId| Condition { kind: ConditionKind::Is(*slot, YES, YES), span };
    match slots {
        [] => None,
        [one] => Some(is(one)),
        many => Some(Condition { kind: ConditionKind::Or(many.iter().map(is).collect()), span }),
    }
}
