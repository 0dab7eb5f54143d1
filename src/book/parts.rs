//! What a signature is bound to: the meaning of a treatment as named parts, each in one canonical form.
//!
//! A part is a text of lines, `key value`; what people read stands in quotes. Names and dated values are
//! sorted, lists keep their order, and nothing is rewritten: `a && b` and `b && a` are two meanings. The parts
//! hold everything a decision, a timeline, a plan or a quote is made of or prints, and nothing else: no owner,
//! no review date, no guarantee, case or hazard, no comment and no place in a file.
//!
//! [`FORM`] is the version of the form. Whatever changes a line of it voids every signature ever made, so the
//! version is raised with it, and a test holds the form to a printed example.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write};

use super::condition::{Condition, FactId};
use super::fact::{Answers, Fact, FactKind, FactOption};
use super::print::{self, hex};
use super::{
    Activity, AftercareItem, Basis, Book, Ending, Extent, InForce, Matter, Parameter, Pricing, Rule, Section,
    Step, Treatment, Withdrawn,
};
use crate::value::{NEVER, NO, Number, ONGOING, YES};

/// The version of the canonical form.
pub const FORM: &str = "clearance meaning 1";

/// Every part of a treatment's meaning: its name and its text.
pub fn parts(book: &Book, treatment: &Treatment) -> BTreeMap<String, String> {
    let mut parts = Parts { book, treatment, cited: BTreeSet::new(), all: BTreeMap::new() };
    parts.around();
    for rule in &treatment.rules {
        parts.rule(rule);
    }
    for parameter in &treatment.parameters {
        parts.parameter(parameter);
    }
    for id in read(book, treatment) {
        let fact = book.facts.get(id);
        parts.add(format!("fact {}", fact.id), self::fact(fact));
    }
    parts.scripts();
    parts.visit();
    for item in &treatment.aftercare {
        parts.aftercare(item);
    }
    if let Some(pricing) = &treatment.pricing {
        parts.pricing(pricing);
    }
    parts.statements();
    parts.all
}

/// The text whose digest names the whole meaning: a line for each part with the digest of its text.
pub fn manifest(book: &Book, treatment: &Treatment) -> String {
    let mut text = format!("{FORM}\ntreatment {}\n", treatment.id);
    for (name, part) in parts(book, treatment) {
        let _ = writeln!(text, "{}  {name}", hex(&part));
    }
    text
}

/// Names a text: `sha256:9f3c...`.
pub fn named(text: &str) -> String {
    format!("sha256:{}", hex(text))
}

/// The facts that decisions, steps and prices of the treatment read.
fn read(book: &Book, treatment: &Treatment) -> BTreeSet<FactId> {
    let options = |id: FactId| book.facts.slots_of(id);
    let mut read = BTreeSet::new();
    let mut condition = |condition: &Condition| {
        read.extend(condition.slots(&options).into_iter().map(|slot| book.facts.slots[slot.index()].fact));
    };
    treatment.rules.iter().for_each(|rule| condition(&rule.condition));
    let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    steps.flat_map(|step| &step.not_for).for_each(|exclusion| condition(&exclusion.condition));
    let scripts = treatment.pricing.iter().filter_map(|pricing| pricing.script.as_ref());
    let taken = treatment.functions.iter().flat_map(|function| &function.takes);
    let taken = taken.chain(scripts.flat_map(|script| &script.takes));
    read.extend(taken.filter_map(|name| book.facts.named(name)));
    read.extend(treatment.pricing.iter().map(|pricing| pricing.by));
    read
}

/// The lines of one part.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A value that is no prose: a name, number, day, duration or condition.
    fn value(&mut self, key: &str, value: impl Display) -> &mut Self {
        let _ = writeln!(self.0, "{key} {value}");
        self
    }

    fn maybe(&mut self, key: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.value(key, value);
        }
        self
    }

    fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.value(key, quoted(text))
    }

    fn maybe_text(&mut self, key: &str, text: Option<&String>) -> &mut Self {
        self.maybe(key, text.map(|text| quoted(text)))
    }

    fn in_force(&mut self, days: InForce) -> &mut Self {
        self.maybe("in force from", days.from).maybe("in force until", days.last)
    }

    fn withdrawn(&mut self, withdrawn: Option<&Withdrawn>) -> &mut Self {
        let Some(Withdrawn { since, because, by, incident, at: _ }) = withdrawn else { return self };
        self.value("withdrawn since", since).text("withdrawn because", because);
        self.text("withdrawn by", by).maybe_text("withdrawn after", incident.as_ref())
    }
}

/// A text in quotes, on one line: `"` and `\` behind a `\`, control characters as `\u{a}`.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A name as it is, or in quotes if it is not made of letters, digits and `_-./`.
fn plain(name: &str) -> String {
    let simple = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
    if !name.is_empty() && name.bytes().all(simple) { name.to_string() } else { quoted(name) }
}

/// The parts as far as they are made.
struct Parts<'p> {
    book: &'p Book,
    treatment: &'p Treatment,
    /// The statements that were cited so far.
    cited: BTreeSet<usize>,
    all: BTreeMap<String, String>,
}

impl Parts<'_> {
    /// Adds a part. Versions of a rule share its name; they come in the order of their days.
    fn add(&mut self, name: String, lines: Lines) {
        self.all.entry(name).or_default().push_str(&lines.0);
    }

    fn basis(&mut self, lines: &mut Lines, basis: &Basis) {
        self.cited.extend(&basis.statements);
        for at in &basis.statements {
            lines.value("source", &self.treatment.statements[*at].id);
        }
        lines.maybe_text("basis", basis.basis.as_ref());
    }

    fn condition(&self, condition: &Condition) -> String {
        print::condition(condition, &self.book.facts, self.treatment)
    }

    fn extent(&self, extent: &Extent) -> String {
        match extent {
            Extent::Range(from, to) if from == to => from.to_string(),
            Extent::Range(from, to) => format!("{from} to {to}"),
            Extent::AtLeast(duration) => format!("at least {duration}"),
            Extent::Parameter(id) => self.treatment.parameter(*id).id.clone(),
            Extent::Always => "always".to_string(),
        }
    }

    fn maybe_extent(&self, lines: &mut Lines, key: &str, extent: Option<&Extent>) {
        lines.maybe(key, extent.map(|extent| self.extent(extent)));
    }

    /// The clinic and the page as a whole.
    fn around(&mut self) {
        let clinic = &self.book.clinic;
        let mut lines = Lines::default();
        lines.text("time zone", &clinic.time_zone).text("currency", &clinic.currency);
        lines.value("rounding to", clinic.rounding_to);
        lines.value("rounding of a half", if clinic.rounding_half_even { "even" } else { "up" });
        lines.withdrawn(clinic.withdrawn.as_ref());
        self.add("clinic".to_string(), lines);
        self.people();
        let mut lines = Lines::default();
        lines.text("name", &self.treatment.name).in_force(self.treatment.in_force);
        lines.withdrawn(self.treatment.withdrawn.as_ref());
        self.add("page".to_string(), lines);
    }

    /// Who may review, where the clinic says who works there.
    fn people(&mut self) {
        let mut lines = Lines::default();
        let mut roles: Vec<&String> =
            self.treatment.rules.iter().filter_map(|rule| rule.review_by.as_ref()).collect();
        roles.sort();
        roles.dedup();
        let people = &self.book.clinic.people;
        for role in roles.into_iter().filter(|_| !people.is_empty()) {
            lines.text("role", role);
            let mut names: Vec<&String> =
                people.iter().filter(|person| person.is(role)).map(|person| &person.name).collect();
            names.sort();
            for name in names {
                lines.text("by", name);
            }
        }
        if !lines.0.is_empty() {
            self.add("people".to_string(), lines);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let Rule { section, outcome, condition, parts, ending, in_force, because, .. } = rule;
        let made = rule.id == format!("{}/indications", self.treatment.id);
        let mut lines = Lines::default();
        let heading = Section::ALL.iter().find(|(known, _)| known == section).map(|(_, heading)| *heading);
        lines.maybe("section", heading).value("outcome", outcome).in_force(*in_force);
        let mut basis = rule.basis.clone();
        if made {
            // It is made from a map of goals, whose order means nothing.
            let mut goals: Vec<String> = alternatives(condition).map(|goal| self.condition(goal)).collect();
            goals.sort();
            lines.value("when any", goals.join(" || "));
            basis.statements.sort_by_key(|at| &self.treatment.statements[*at].id);
        } else {
            lines.value("when", self.condition(condition));
        }
        for part in parts {
            lines.value("reported", self.condition(part));
        }
        if let Some(ending) = ending {
            let key = match ending {
                Ending::ClearedWhen(_) => "cleared when",
                Ending::WhileOngoing(_) => "while ongoing",
                Ending::Missing(_) => "missing",
            };
            lines.text(key, ending.text());
        }
        lines.text("because", because);
        self.basis(&mut lines, &basis);
        lines.maybe_text("review by", rule.review_by.as_ref());
        lines.maybe_text("consider", rule.consider.as_ref());
        lines.withdrawn(rule.withdrawn.as_ref());
        self.add(format!("rule {}", rule.id), lines);
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let mut lines = Lines::default();
        lines.text("meaning", &parameter.meaning);
        for (from, value) in parameter.values.all() {
            lines.value("from", from).value("value", value.value);
            self.basis(&mut lines, &value.basis);
        }
        self.add(format!("parameter {}", parameter.id), lines);
    }

    fn scripts(&mut self) {
        for function in &self.treatment.functions {
            let mut lines = Lines::default();
            lines.value("takes", function.takes.join(", ")).value("gives", &function.gives);
            lines.maybe_text("file", function.file.as_ref());
            self.add(format!("function {}", function.id), lines);
        }
        for script in &self.treatment.scripts {
            let mut lines = Lines::default();
            lines.value("sha256", &script.digest);
            self.add(format!("script {}", plain(&script.path)), lines);
        }
    }

    /// The course, the appointment and its steps.
    fn visit(&mut self) {
        if let Some(course) = &self.treatment.course {
            let mut lines = Lines::default();
            lines.value("sessions", course.sessions);
            lines.value("gap from", self.extent(&course.gap_least));
            lines.value("gap to", self.extent(&course.gap_most));
            self.maybe_extent(&mut lines, "results", course.results.as_ref());
            self.basis(&mut lines, &course.basis);
            self.add("course".to_string(), lines);
        }
        if let Some(appointment) = &self.treatment.appointment {
            let mut lines = Lines::default();
            lines.value("duration", self.extent(&appointment.duration));
            self.basis(&mut lines, &appointment.basis);
            self.add("appointment".to_string(), lines);
            appointment.steps.iter().for_each(|step| self.step(step));
        }
    }

    fn step(&mut self, step: &Step) {
        let mut lines = Lines::default();
        lines.text("do", &step.action);
        self.maybe_extent(&mut lines, "before", step.before.as_ref());
        if step.optional {
            lines.value("optional", "yes");
        }
        self.basis(&mut lines, &step.basis);
        for exclusion in sorted(&step.not_for, |exclusion| &exclusion.id) {
            lines.value("not for", &exclusion.id).value("when", self.condition(&exclusion.condition));
            lines.text("because", &exclusion.because);
            self.basis(&mut lines, &exclusion.basis);
        }
        self.add(format!("step {}", step.id), lines);
    }

    fn aftercare(&mut self, item: &AftercareItem) {
        let mut lines = Lines::default();
        match &item.matter {
            Matter::Avoid(these) => activities(&mut lines, "avoid", these),
            Matter::Do(these) => activities(&mut lines, "do", these),
            Matter::May(these) => activities(&mut lines, "may", these),
            Matter::Expect(text) => {
                lines.text("expect", text);
            }
        }
        self.maybe_extent(&mut lines, "from", item.from.as_ref());
        self.maybe_extent(&mut lines, "for", item.lasts_for.as_ref());
        lines.maybe_text("lasts", item.lasts.as_ref());
        self.basis(&mut lines, &item.basis);
        self.add(format!("aftercare {}", item.id), lines);
    }

    fn pricing(&mut self, pricing: &Pricing) {
        let mut lines = Lines::default();
        lines.value("by", &self.book.facts.get(pricing.by).id).text("per", &pricing.per);
        if let Some((sessions, percent)) = pricing.course_discount {
            lines.value("discount sessions", sessions).value("discount percent", percent);
        }
        self.basis(&mut lines, &pricing.basis);
        if let Some(script) = &pricing.script {
            lines.text("script", &script.file).text("function", &script.function);
            lines.value("takes", script.takes.join(", "));
        }
        self.add("pricing".to_string(), lines);
        for (from, list) in pricing.lists.all() {
            let mut lines = Lines::default();
            self.basis(&mut lines, &list.basis);
            for band in &list.bands {
                lines.maybe("up to", band.up_to).value("price", band.price);
            }
            self.add(format!("prices {from}"), lines);
        }
    }

    /// The statements that anything cites.
    fn statements(&mut self) {
        for at in std::mem::take(&mut self.cited) {
            let statement = &self.treatment.statements[at];
            let mut lines = Lines::default();
            lines.text("of", &statement.source).value("line", statement.line).text("says", &statement.says);
            lines.maybe("supports", statement.supports);
            if !statement.client_text {
                lines.value("client text", "no");
            }
            self.add(format!("statement {}", plain(&statement.id)), lines);
        }
    }
}

/// A question, its options and how long its answers count.
fn fact(fact: &Fact) -> Lines {
    let mut lines = Lines::default();
    lines.value("kind", fact.kind.word()).text("ask", &fact.ask);
    if let FactKind::Number { whole, low, high } = fact.kind {
        lines.value("between", Number::from_point(low)).value("and", Number::from_point(high));
        if whole {
            lines.value("whole", "yes");
        }
    }
    lines.maybe_text("unit", fact.unit.as_ref());
    for FactOption { id, text } in sorted(&fact.options, |option| &option.id) {
        lines.text(&format!("option {id}"), text);
    }
    let limits = fact.good_for.iter().map(|(answers, duration)| (answer(fact, *answers), duration));
    for (answer, duration) in limits.collect::<BTreeMap<_, _>>() {
        lines.value(&format!("{answer} good for"), duration);
    }
    lines.maybe_text("good for ever", fact.always.as_ref());
    if fact.may_be_planned {
        lines.value("may be planned", "yes");
    }
    if fact.on_the_day {
        lines.value("asked", "on the day");
    }
    lines.maybe_text("not sure", fact.not_sure.as_ref());
    lines
}

/// The answers a time limit is about.
fn answer(fact: &Fact, answers: Answers) -> String {
    match (fact.kind, answers) {
        (_, Answers::All) => "every answer".to_string(),
        (_, Answers::Nothing) => "none".to_string(),
        (_, Answers::Something) => "any".to_string(),
        (FactKind::Choice, Answers::At(at)) => {
            let option = usize::try_from(at).ok().and_then(|at| fact.options.get(at));
            option.map_or_else(|| at.to_string(), |option| option.id.clone())
        }
        (FactKind::YesNo, Answers::At(YES)) => "yes".to_string(),
        (FactKind::YesNo, Answers::At(NO)) => "no".to_string(),
        (_, Answers::At(NEVER)) => "never".to_string(),
        (_, Answers::At(ONGOING)) => "ongoing".to_string(),
        (_, Answers::At(point)) => point.to_string(),
    }
}

fn activities(lines: &mut Lines, key: &str, these: &[Activity]) {
    for activity in sorted(these, |activity| &activity.id) {
        lines.text(&format!("{key} {}", activity.id), &activity.says);
        for word in &activity.also {
            lines.text("also", word);
        }
    }
}

/// The parts of an `||`, or the condition itself.
fn alternatives(condition: &Condition) -> impl Iterator<Item = &Condition> {
    match &condition.kind {
        super::condition::ConditionKind::Or(parts) => parts.iter(),
        _ => std::slice::from_ref(condition).iter(),
    }
}

fn sorted<T>(items: &[T], name: impl Fn(&T) -> &String) -> Vec<&T> {
    let mut items: Vec<&T> = items.iter().collect();
    items.sort_by(|a, b| name(a).cmp(name(b)));
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(quoted("a \"b\" \\ c\nd\u{85}é"), "\"a \\\"b\\\" \\\\ c\\u{a}d\\u{85}é\"");
    }
}
