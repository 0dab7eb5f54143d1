//! The rules with every name resolved, every kind checked and every condition typed.
//!
//! `from_written` is the step from text to meaning; `checks` finds what is written well and still wrong;
//! `english` and `print` say a condition in words and in one canonical form; `parts` says all that is signed.

mod checks;
pub mod condition;
mod dates;
mod days_from_written;
mod diags;
pub mod english;
pub mod fact;
mod facts_from_written;
mod from_written;
pub mod lower;
mod lower_calls;
mod numbers_from_written;
pub mod parts;
pub mod print;
pub mod review_dates;
mod rules_from_written;
mod sources;
pub mod syntax;
mod visit_from_written;

use std::fmt;

use condition::{Condition, Definition, FactId, ParameterId, SlotId};
use fact::Facts;

pub use dates::{Dated, InForce, Quantity, never_longer};
pub use from_written::{THRESHOLDS, from_written};
pub use sources::{Query, Statement};

use crate::span::{Span, TextId};
use crate::value::{Day, Duration, Number};
pub use crate::written::Section;
use crate::written::Words;

/// What a client is told, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nothing speaks against it.
    Eligible,
    /// Too little is known to say.
    MoreInformation,
    /// Later: from a day on, or when something is cleared or done.
    Deferred,
    /// A clinician decides.
    NeedsReview,
    /// Never.
    NotEligible,
}

impl Outcome {
    /// Every outcome, best first.
    pub const ALL: [Outcome; 5] = [
        Outcome::Eligible,
        Outcome::MoreInformation,
        Outcome::Deferred,
        Outcome::NeedsReview,
        Outcome::NotEligible,
    ];

    /// The phrase that stands for it everywhere.
    pub fn phrase(self) -> &'static str {
        match self {
            Outcome::Eligible => "eligible",
            Outcome::MoreInformation => "more information needed",
            Outcome::Deferred => "deferred",
            Outcome::NeedsReview => "needs review",
            Outcome::NotEligible => "not eligible",
        }
    }

    /// Whether a client who certainly gets it is not to be treated on that day.
    pub fn is_refusal(self) -> bool {
        match self {
            Outcome::NotEligible | Outcome::NeedsReview | Outcome::Deferred => true,
            Outcome::MoreInformation | Outcome::Eligible => false,
        }
    }

    /// The outcome with this phrase.
    pub fn named(phrase: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.phrase() == phrase)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase())
    }
}

/// Everything a rules folder says.
#[derive(Debug, Clone)]
pub struct Book {
    /// The clinic.
    pub clinic: Clinic,
    /// The questions.
    pub facts: Facts,
    /// The treatments, by id.
    pub treatments: Vec<Treatment>,
    /// What could go wrong.
    pub hazards: Vec<Hazard>,
}

impl Book {
    /// The treatment with this id.
    pub fn treatment(&self, id: &str) -> Option<&Treatment> {
        self.treatments.iter().find(|treatment| treatment.id == id)
    }
}

/// The clinic.
#[derive(Debug, Clone)]
pub struct Clinic {
    /// Its name.
    pub name: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// A three-letter currency code.
    pub currency: String,
    /// The smallest amount of money.
    pub rounding_to: Number,
    /// Whether half of it goes to the even neighbour, not up.
    pub rounding_half_even: bool,
    /// Who works here; nobody if the clinic does not say.
    pub people: Vec<Person>,
    /// Who may sign.
    pub signers: Vec<Signer>,
    /// CSV columns that are no answers.
    pub ignore_columns: Vec<String>,
    /// What `clearance test` must reach, in percent, by one of the names in [`THRESHOLDS`].
    pub thresholds: Vec<(String, Number)>,
    /// Set when every treatment is withdrawn.
    pub withdrawn: Option<Withdrawn>,
}

impl Clinic {
    /// What must be reached of something, in percent.
    pub fn threshold(&self, name: &str) -> Option<Number> {
        self.thresholds.iter().find(|(known, _)| known == name).map(|(_, percent)| *percent)
    }

    /// Whether somebody who is listed has a role.
    pub fn has(&self, role: &str) -> bool {
        self.people.iter().any(|person| person.is(role))
    }
}

/// Someone who works at the clinic.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub name: String,
    /// The roles, at least one.
    pub roles: Vec<String>,
    /// Where the name stands.
    pub span: Span,
}

impl Person {
    /// Whether the person has a role.
    pub fn is(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }
}

/// Someone who may sign.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The person.
    pub name: String,
    /// The role.
    pub role: String,
    /// The registration number.
    pub registration: Option<String>,
    /// The public SSH key.
    pub key: String,
    /// Where the name stands.
    pub span: Span,
    /// Where the key stands.
    pub key_span: Span,
}

/// What could go wrong and what guards against it.
#[derive(Debug, Clone)]
pub struct Hazard {
    /// `H1`
    pub id: String,
    /// What.
    pub hazard: String,
    /// Why.
    pub cause: Option<String>,
    /// The control.
    pub control: String,
    /// Rules that carry it.
    pub rules: Vec<String>,
    /// Guarantees that carry it.
    pub guarantees: Vec<String>,
    /// Cases that test it, by name.
    pub cases: Vec<Words>,
}

/// One treatment's page.
#[derive(Debug, Clone)]
pub struct Treatment {
    /// `microneedling`, from the file's name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Counts its signed versions.
    pub revision: u32,
    /// The days it is in force.
    pub in_force: InForce,
    /// The sources it cites, by path, each with its title.
    pub sources: Vec<(String, String)>,
    /// Their statements.
    pub statements: Vec<Statement>,
    /// The questions to their authors.
    pub queries: Vec<Query>,
    /// What is treated: each goal with the statement that names it.
    pub indications: Vec<(String, String)>,
    /// The clinic's numbers.
    pub parameters: Vec<Parameter>,
    /// Script functions.
    pub functions: Vec<Function>,
    /// Named conditions.
    pub definitions: Vec<Definition>,
    /// Its scripts, by path.
    pub scripts: Vec<Script>,
    /// The rules, by id.
    pub rules: Vec<Rule>,
    /// Set when the page is withdrawn.
    pub withdrawn: Option<Withdrawn>,
    /// The planned series of sessions.
    pub course: Option<Course>,
    /// The appointment.
    pub appointment: Option<Appointment>,
    /// Instructions after the treatment, in order.
    pub aftercare: Vec<AftercareItem>,
    /// Prices.
    pub pricing: Option<Pricing>,
    /// What must be true for every possible client.
    pub guarantees: Vec<Guarantee>,
    /// Where its name stands.
    pub span: Span,
    /// Names everything its decisions rest on.
    pub digest: String,
    /// Whether enough signatures for the digest are known, which whoever reads the folder finds out.
    pub signed: bool,
}

impl Treatment {
    /// The parameter with this id.
    pub fn parameter(&self, id: ParameterId) -> &Parameter {
        &self.parameters[usize::from(id.0)]
    }

    /// The conditions of all rules, and of whom the steps are not for.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let steps = self.appointment.iter().flat_map(|appointment| &appointment.steps);
        let exclusions = steps.flat_map(|step| step.not_for.iter().map(|exclusion| &exclusion.condition));
        self.rules.iter().map(|rule| &rule.condition).chain(exclusions)
    }
}

/// Where a rule, item or number comes from.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// Cited statements, by their place in [`Treatment::statements`].
    pub statements: Vec<usize>,
    /// The clinic's own decision.
    pub basis: Option<String>,
}

/// A number the clinic decides.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name conditions use.
    pub id: String,
    /// What it is.
    pub meaning: String,
    /// Who decides it.
    pub owner: String,
    /// When it must be looked at again.
    pub review_by: Day,
    /// Where that day stands.
    pub review_span: Span,
    /// The least and the greatest value that it may be given.
    pub bounds: Option<(Quantity, Quantity)>,
    /// Its values by day.
    pub values: Dated<ParameterValue>,
    /// Where its name stands.
    pub span: Span,
}

/// One dated value of a parameter.
#[derive(Debug, Clone)]
pub struct ParameterValue {
    /// The value.
    pub value: Quantity,
    /// Where it comes from.
    pub basis: Basis,
    /// Where the value stands.
    pub span: Span,
}

/// A script function a page declares.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub id: String,
    /// What it takes.
    pub takes: Vec<String>,
    /// The kind it gives.
    pub gives: String,
    /// The script that holds it, if the page names one.
    pub file: Option<String>,
    /// Where its name stands.
    pub span: Span,
}

/// A `.rhai` file of a treatment.
#[derive(Debug, Clone)]
pub struct Script {
    /// `microneedling/risk.rhai`
    pub path: String,
    /// Its text.
    pub text: TextId,
    /// Names what it says.
    pub digest: String,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `microneedling/pregnancy`
    pub id: String,
    /// The heading it stands under.
    pub section: Section,
    /// What it decides when it holds.
    pub outcome: Outcome,
    /// When it holds. Time is in it too: `until` is `visit < until`.
    pub condition: Condition,
    /// The conditions of `when_any` or `when_all`, reported one by one.
    pub parts: Vec<Condition>,
    /// What ends a deferral that no day ends.
    pub ending: Option<Ending>,
    /// The days it is in force.
    pub in_force: InForce,
    /// Why, for people.
    pub because: String,
    /// Where it comes from.
    pub basis: Basis,
    /// Who reviews it, and what to consider.
    pub review_by: Option<String>,
    /// What to consider.
    pub consider: Option<String>,
    /// Set when the rule is withdrawn.
    pub withdrawn: Option<Withdrawn>,
    /// Why it stays although a stricter rule hides it.
    pub keep: Option<String>,
    /// `microneedling.yaml:41`
    pub at: String,
    /// Where its name stands.
    pub span: Span,
}

/// What ends a deferral that no day ends, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It ends when this is so: `the wounds have healed`.
    ClearedWhen(String),
    /// Something goes on: `The wait starts with the last dose.`
    WhileOngoing(String),
    /// Something must be done first: `a patch test must be done first`.
    Missing(String),
}

impl Ending {
    /// The words.
    pub fn text(&self) -> &str {
        match self {
            Ending::ClearedWhen(text) | Ending::WhileOngoing(text) | Ending::Missing(text) => text,
        }
    }
}

/// An incident switch.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// The first day it counts.
    pub since: Day,
    /// Why.
    pub because: String,
    /// Who decided.
    pub by: String,
    /// The incident.
    pub incident: Option<String>,
    /// `microneedling.yaml:3`
    pub at: String,
}

/// A duration, a range of them, a minimum, or without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// From the first to the second; equal for one value.
    Range(Duration, Duration),
    /// At least so long.
    AtLeast(Duration),
    /// The value of a parameter.
    Parameter(ParameterId),
    /// Without end.
    Always,
}

/// The planned series of sessions.
#[derive(Debug, Clone)]
pub struct Course {
    /// How many.
    pub sessions: u32,
    /// The least gap.
    pub gap_least: Extent,
    /// The greatest gap.
    pub gap_most: Extent,
    /// When results can be expected.
    pub results: Option<Extent>,
    /// Where it comes from.
    pub basis: Basis,
    /// Where it stands.
    pub span: Span,
}

/// The appointment.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// How long it takes.
    pub duration: Extent,
    /// Where it comes from.
    pub basis: Basis,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Where it stands.
    pub span: Span,
}

/// One step of the appointment.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name.
    pub id: String,
    /// What is done.
    pub action: String,
    /// How long before the procedure.
    pub before: Option<Extent>,
    /// Whether it is done only now and then.
    pub optional: bool,
    /// Where it comes from.
    pub basis: Basis,
    /// Who it is not for.
    pub not_for: Vec<Exclusion>,
    /// Where its name stands.
    pub span: Span,
}

/// Clients a step is not for.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// Its name.
    pub id: String,
    /// Which clients.
    pub condition: Condition,
    /// Why.
    pub because: String,
    /// Where it comes from.
    pub basis: Basis,
    /// Where its name stands.
    pub span: Span,
}

/// One instruction after the treatment.
#[derive(Debug, Clone)]
pub struct AftercareItem {
    /// Its name.
    pub id: String,
    /// What it is about.
    pub matter: Matter,
    /// When it starts; at once if absent.
    pub from: Option<Extent>,
    /// How long it counts.
    pub lasts_for: Option<Extent>,
    /// How long, in words.
    pub lasts: Option<String>,
    /// Where it comes from.
    pub basis: Basis,
    /// Where its name stands.
    pub span: Span,
}

/// What an instruction is about.
#[derive(Debug, Clone)]
pub enum Matter {
    /// Leave these out.
    Avoid(Vec<Activity>),
    /// Do this.
    Do(Vec<Activity>),
    /// This is allowed.
    May(Vec<Activity>),
    /// This will happen.
    Expect(String),
}

/// Something a client may ask about.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Its name.
    pub id: String,
    /// What it is, for people.
    pub says: String,
    /// Other words for it.
    pub also: Vec<String>,
}

/// Prices.
#[derive(Debug, Clone)]
pub struct Pricing {
    /// The number fact the price depends on.
    pub by: FactId,
    /// The slot of that fact.
    pub slot: SlotId,
    /// What one price is for.
    pub per: String,
    /// Where it comes from.
    pub basis: Basis,
    /// From how many sessions, and how many percent less.
    pub course_discount: Option<(u32, Number)>,
    /// Price lists by day.
    pub lists: Dated<PriceList>,
    /// The script that runs after the discount.
    pub script: Option<PriceScript>,
    /// Where it stands.
    pub span: Span,
}

/// One dated price list.
#[derive(Debug, Clone)]
pub struct PriceList {
    /// Where it comes from.
    pub basis: Basis,
    /// Smallest first; the last has no end.
    pub bands: Vec<Band>,
    /// Where its day stands.
    pub span: Span,
}

/// One price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The greatest value it is for, that one included; `None` without end.
    pub up_to: Option<Number>,
    /// The price.
    pub price: Number,
    /// Where it stands.
    pub span: Span,
}

/// A pricing script.
#[derive(Debug, Clone)]
pub struct PriceScript {
    /// Its file.
    pub file: String,
    /// The function in it.
    pub function: String,
    /// What it is given.
    pub takes: Vec<String>,
    /// Where its name stands.
    pub span: Span,
}

/// What must be true for every possible client.
#[derive(Debug, Clone)]
pub struct Guarantee {
    /// `microneedling/pregnancy_is_never_treated`
    pub id: String,
    /// The clients it speaks of.
    pub when: Option<Condition>,
    /// The facts that have no answer.
    pub unanswered: Vec<FactId>,
    /// Outcomes they never get.
    pub never: Vec<Outcome>,
    /// The hazard it guards against.
    pub hazard: Option<String>,
    /// The days it counts.
    pub in_force: InForce,
    /// Where its name stands.
    pub span: Span,
}
