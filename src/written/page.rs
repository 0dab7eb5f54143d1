//! The page of a treatment: rules and the numbers they use.

use super::diags::Finding;
use super::fields::{Fields, Named, Words, named, words};
use super::visit::{self, AftercareItem, Appointment, Course, Pricing};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::RULES;
use crate::source::{Kind, Node};
use crate::span::Span;

/// One page, as written.
#[derive(Debug, Clone)]
pub struct Page {
    /// The file's path, which names the treatment's id.
    pub path: String,
    /// The start of the file, to point at when something is missing.
    pub span: Span,
    /// What the treatment is called.
    pub treatment: Option<Words>,
    /// Counts signed versions of the page.
    pub revision: Option<Words>,
    /// The days the page is in force.
    pub in_force: Option<InForce>,
    /// Cited sources by prefix.
    pub sources: Vec<Named<Words>>,
    /// Script functions that conditions may call.
    pub functions: Vec<Named<Function>>,
    /// Named conditions.
    pub conditions: Vec<Named<Definition>>,
    /// The numbers the clinic decides.
    pub parameters: Vec<Named<Parameter>>,
    /// Options of the fact `goals` that the treatment is for, with the statement for each.
    pub indications: Vec<Named<Words>>,
    /// Where the word `indications` stands, if the page has them.
    pub indications_span: Option<Span>,
    /// Rules of every section, in the order written.
    pub rules: Vec<Named<Rule>>,
    /// Facts and options no rule needs, each with why.
    pub not_used: Vec<Named<Words>>,
    /// Set when the whole page is withdrawn.
    pub withdrawn: Option<Withdrawn>,
    /// The planned series of sessions.
    pub course: Option<Course>,
    /// The appointment and its steps.
    pub appointment: Option<Appointment>,
    /// What to do and avoid after the treatment.
    pub aftercare: Vec<Named<AftercareItem>>,
    /// Prices.
    pub pricing: Option<Pricing>,
    /// What must be true for every possible client.
    pub guarantees: Vec<Named<Guarantee>>,
}

/// `in_force: {from: ..., last_day: ...}`
#[derive(Debug, Clone)]
pub struct InForce {
    /// The first day.
    pub from: Option<Words>,
    /// The last day, inside.
    pub last_day: Option<Words>,
}

/// `conditions: {smokes_much: {is: ..., meaning: ...}}`
#[derive(Debug, Clone)]
pub struct Definition {
    /// The expression it stands for.
    pub is: Node,
    /// What it means, for people.
    pub meaning: Option<Words>,
}

/// `functions: {risk: {takes: [...], gives: number}}`
#[derive(Debug, Clone)]
pub struct Function {
    /// The facts or parameters it is given.
    pub takes: Vec<Words>,
    /// The kind it returns.
    pub gives: Option<Words>,
    /// The script file, if not the treatment's own.
    pub file: Option<Words>,
}

/// A number the clinic decides.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// What it is, for people.
    pub meaning: Option<Words>,
    /// Least and greatest sensible value.
    pub between: Vec<Words>,
    /// Who decides it.
    pub owner: Option<Words>,
    /// When it must be looked at again.
    pub review_by: Option<Words>,
    /// Its values by the day they start to count.
    pub values: Vec<Named<ParameterValue>>,
}

/// One dated value.
#[derive(Debug, Clone)]
pub struct ParameterValue {
    /// The value.
    pub value: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
}

/// Where a rule, item or number comes from.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// Cited statements.
    pub source: Vec<Words>,
    /// The clinic's own decision.
    pub basis: Option<Words>,
}

/// The headings of the page, each an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Never treat.
    Absolute,
    /// A clinician decides.
    Relative,
    /// Treat later.
    Deferral,
    /// Must have been done first.
    Requirement,
}

impl Section {
    /// The sections with their headings.
    pub const ALL: [(Section, &'static str); 4] = [
        (Section::Absolute, "absolute_contraindications"),
        (Section::Relative, "relative_contraindications"),
        (Section::Deferral, "deferrals"),
        (Section::Requirement, "requirements"),
    ];
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The heading it stands under.
    pub section: Section,
    /// When it holds.
    pub when: Option<When>,
    /// The first day it no longer holds.
    pub until: Option<Node>,
    /// What ends an open-ended deferral.
    pub cleared_when: Option<Words>,
    /// What starts the wait of something that goes on.
    pub while_ongoing: Option<Words>,
    /// Why, for the client and the front desk.
    pub because: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
    /// Who reviews it and what to consider.
    pub review: Option<Review>,
    /// The days it is in force.
    pub in_force: Option<InForce>,
    /// Set when the rule is withdrawn.
    pub withdrawn: Option<Withdrawn>,
    /// Why the rule stays although a stricter one hides it.
    pub keep: Option<Words>,
    /// Requirement: the day it was done.
    pub done: Option<Node>,
    /// Requirement: how long before the visit it must have been done.
    pub at_least: Option<Words>,
    /// Requirement: how long it counts.
    pub good_for: Option<Words>,
    /// Requirement: what is missing, in words.
    pub missing: Option<Words>,
}

/// `when:`, `when_any:` or `when_all:`
#[derive(Debug, Clone)]
pub enum When {
    /// One condition.
    One(Node),
    /// At least one of these.
    Any(Vec<Node>),
    /// All of these.
    All(Vec<Node>),
}

/// `review: {by: ..., consider: ...}`
#[derive(Debug, Clone)]
pub struct Review {
    /// Who decides.
    pub by: Option<Words>,
    /// What to look at.
    pub consider: Option<Words>,
}

/// `withdrawn: {since, because, by, incident}`
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// Where it stands.
    pub span: Span,
    /// The first day it counts.
    pub since: Option<Words>,
    /// Why.
    pub because: Option<Words>,
    /// Who withdrew it.
    pub by: Option<Words>,
    /// The incident's number or name.
    pub incident: Option<Words>,
}

/// What must hold for every possible client.
#[derive(Debug, Clone)]
pub struct Guarantee {
    /// The clients it speaks of.
    pub when: Option<Node>,
    /// The facts that have no answer.
    pub unanswered: Vec<Words>,
    /// Outcomes these clients never get.
    pub never: Vec<Words>,
    /// The hazard it guards against.
    pub hazard: Option<Words>,
    /// The days it counts.
    pub in_force: Option<InForce>,
}

/// Reads a page.
pub(super) fn read(path: &str, node: &Node, out: &mut Vec<Diagnostic>) -> Option<Page> {
    let start = Span { end: node.span.start, ..node.span };
    let mut fields = Fields::of(node, start, format!("the page `{path}`"), out)?;
    let fields_mut = &mut fields;
    let mut rules = Vec::new();
    let (mut above, mut full) = (None, false);
    for (section, heading) in Section::ALL {
        for Named { name, span, value } in fields_mut.named(heading, out) {
            let versions = match &value.kind {
                Kind::List(items) => items.iter().collect(),
                _ => vec![value],
            };
            if RULE_KEYS.contains(&name.as_str()) {
                // The rule above lost this line; that the key is missing there is the same mistake.
                let lost = format!("has no `{name}`");
                out.retain(|f| !(f.span() == above && f.message.ends_with(&lost)));
            }
            above = Some(span);
            for version in versions {
                if rules.len() >= RULES {
                    if !std::mem::replace(&mut full, true) {
                        let found = Diagnostic::error(
                            Code::BadValue,
                            format!("the page has more than {RULES} rules"),
                        )
                        .at(span, "one too many")
                        .note("this rule and those after it have not been read");
                        out.push(found.help("check that the right file lies there"));
                    }
                    break;
                }
                if let Some(value) = rule(section, &name, span, version, out) {
                    rules.push(Named { name: name.clone(), span, value });
                }
            }
        }
    }
    let page = Page {
        path: path.to_string(),
        span: start,
        treatment: fields_mut.required("treatment", "it is the name people read", out),
        revision: fields_mut.required("revision", "an answer names the revision it rests on", out),
        in_force: in_force(fields_mut, out),
        sources: fields_mut.named("sources", out).into_iter().filter_map(|n| word(n, out)).collect(),
        functions: fields_mut.named("functions", out).into_iter().filter_map(|n| function(n, out)).collect(),
        conditions: fields_mut
            .named("conditions", out)
            .into_iter()
            .filter_map(|n| definition(n, out))
            .collect(),
        parameters: fields_mut
            .named("parameters", out)
            .into_iter()
            .filter_map(|n| parameter(n, out))
            .collect(),
        indications_span: fields_mut.entry("indications").map(|entry| entry.key_span),
        indications: fields_mut.named("indications", out).into_iter().filter_map(|n| word(n, out)).collect(),
        rules,
        not_used: fields_mut.named("not_used", out).into_iter().filter_map(|n| word(n, out)).collect(),
        withdrawn: withdrawn(fields_mut, out),
        course: visit::course(fields_mut, out),
        appointment: visit::appointment(fields_mut, out),
        aftercare: visit::aftercare(fields_mut, out),
        pricing: visit::pricing(fields_mut, out),
        guarantees: fields_mut
            .named("guarantees", out)
            .into_iter()
            .filter_map(|n| guarantee(n, out))
            .collect(),
    };
    fields.finish(out);
    Some(page)
}

pub(super) fn word(named: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Words>> {
    let value = words(named.value, &named.name, named.span, out)?;
    Some(Named { name: named.name, span: named.span, value })
}

pub(super) fn basis(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Basis {
    Basis { source: fields.list("source", out), basis: fields.words("basis", out) }
}

pub(super) fn in_force(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Option<InForce> {
    let entry = fields.entry("in_force")?;
    let mut inner = Fields::of(&entry.value, entry.key_span, "`in_force`", out)?;
    let days = InForce { from: inner.words("from", out), last_day: inner.words("last_day", out) };
    inner.finish(out);
    Some(days)
}

pub(super) fn withdrawn(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Option<Withdrawn> {
    let entry = fields.entry("withdrawn")?;
    let mut inner = Fields::of(&entry.value, entry.key_span, "`withdrawn`", out)?;
    let withdrawn = Withdrawn {
        span: entry.key_span,
        since: inner.required("since", "it counts for visits from that day on", out),
        because: inner.required("because", "it is the first reason every client is given", out),
        by: inner.required("by", "someone must have decided it", out),
        incident: inner.words("incident", out),
    };
    inner.finish(out);
    Some(withdrawn)
}

fn function(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Function>> {
    let mut fields = Fields::of(n.value, n.span, format!("function `{}`", n.name), out)?;
    let value = Function {
        takes: fields.list("takes", out),
        gives: fields.required("gives", "a condition can only use a value whose kind is known", out),
        file: fields.words("file", out),
    };
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

fn definition(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Definition>> {
    let mut fields = Fields::of(n.value, n.span, format!("condition `{}`", n.name), out)?;
    let is = fields.expression("is", out);
    if !fields.has("is") {
        fields.missing("is", "a named condition stands for the expression behind `is`");
    }
    let meaning = fields.words("meaning", out);
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value: Definition { is: is?, meaning } })
}

fn parameter(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Parameter>> {
    let mut fields = Fields::of(n.value, n.span, format!("parameter `{}`", n.name), out)?;
    let mut values = Vec::new();
    for dated in fields.named("values", out) {
        let Some(mut inner) =
            Fields::of(dated.value, dated.span, format!("the value of {}", dated.name), out)
        else {
            continue;
        };
        let value = ParameterValue {
            value: inner.required("value", "the number itself", out),
            basis: basis(&mut inner, out),
        };
        inner.finish(out);
        values.push(Named { name: dated.name, span: dated.span, value });
    }
    if !fields.has("values") {
        fields.missing("values", "a parameter is a value from a day on");
    }
    let value = Parameter {
        meaning: fields.required("meaning", "the rule book prints it", out),
        between: fields.list("between", out),
        owner: fields.required("owner", "someone must answer for the number", out),
        review_by: fields.required("review_by", "a number nobody looks at again goes stale", out),
        values,
    };
    if !fields.has("between") {
        fields.missing("between", "a value outside its range is a slip, not a decision");
    }
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

pub(super) fn when(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Option<When> {
    let one = fields.expression("when", out).map(When::One);
    let mut several = |key: &'static str, out: &mut Vec<Diagnostic>| -> Option<Vec<Node>> {
        let entry = fields.entry(key)?;
        let Kind::List(items) = &entry.value.kind else {
            let found = entry.value.shape();
            out.push(Finding::WrongShape { span: entry.key_span, what: key, wanted: "a list", found }.into());
            return None;
        };
        if items.is_empty() {
            out.push(Finding::EmptyValue { span: entry.key_span, key }.into());
        }
        Some(items.iter().filter(|item| words(item, key, item.span, out).is_some()).cloned().collect())
    };
    let any = several("when_any", out).map(When::Any);
    let all = several("when_all", out).map(When::All);
    let given: Vec<When> = [one, any, all].into_iter().flatten().collect();
    if given.len() > 1 {
        let message = "a rule has one of `when`, `when_any` and `when_all`".to_string();
        let help = "join the conditions with `&&` or `||`".to_string();
        out.push(Finding::BadValue { span: fields.span, message, help }.into());
    }
    given.into_iter().next()
}

/// The keys of a rule, which make poor names for rules.
const RULE_KEYS: [&str; 16] = [
    "when",
    "when_any",
    "when_all",
    "until",
    "cleared_when",
    "while_ongoing",
    "because",
    "source",
    "basis",
    "review",
    "in_force",
    "withdrawn",
    "keep",
    "done",
    "good_for",
    "missing",
];

fn rule(section: Section, name: &str, span: Span, node: &Node, out: &mut Vec<Diagnostic>) -> Option<Rule> {
    if RULE_KEYS.contains(&name) {
        out.push(Finding::RuleNamedLikeKey { span, name }.into());
        return None;
    }
    let mut fields = Fields::of(node, span, format!("rule `{name}`"), out)?;
    let requirement = section == Section::Requirement;
    let review = fields.entry("review").and_then(|entry| {
        let mut inner = Fields::of(&entry.value, entry.key_span, "`review`", out)?;
        let review = Review { by: inner.words("by", out), consider: inner.words("consider", out) };
        inner.finish(out);
        Some(review)
    });
    let rule = Rule {
        section,
        because: fields.required("because", "a reason is what the client and the front desk read", out),
        basis: basis(&mut fields, out),
        in_force: in_force(&mut fields, out),
        withdrawn: withdrawn(&mut fields, out),
        keep: fields.words("keep", out),
        review,
        when: if requirement { None } else { when(&mut fields, out) },
        until: if section == Section::Deferral { fields.expression("until", out) } else { None },
        cleared_when: if section == Section::Deferral { fields.words("cleared_when", out) } else { None },
        while_ongoing: if section == Section::Deferral { fields.words("while_ongoing", out) } else { None },
        done: if requirement { fields.expression("done", out) } else { None },
        at_least: if requirement { fields.words("at_least", out) } else { None },
        good_for: if requirement { fields.words("good_for", out) } else { None },
        missing: if requirement {
            fields.required("missing", "it tells what must be done first", out)
        } else {
            None
        },
    };
    let has_condition = fields.has_any(&["when", "when_any", "when_all"]);
    match section {
        Section::Absolute | Section::Relative if !has_condition => {
            fields.missing("when", "a rule without a condition would never speak")
        }
        Section::Deferral if !has_condition && !fields.has("until") => {
            fields.missing("until", "a deferral needs a day, or a condition with `when` and `cleared_when`")
        }
        Section::Deferral if !fields.has("until") && !fields.has("cleared_when") => {
            fields.missing("cleared_when", "without a day the client must hear what ends the wait")
        }
        Section::Requirement if !fields.has("done") => {
            fields.missing("done", "it names the date by which the requirement is met")
        }
        _ => {}
    }
    fields.finish(out);
    Some(rule)
}

fn guarantee(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Guarantee>> {
    let mut fields = Fields::of(n.value, n.span, format!("guarantee `{}`", n.name), out)?;
    let value = Guarantee {
        when: fields.expression("when", out),
        unanswered: fields.list("unanswered", out),
        never: fields.list("never", out),
        hazard: fields.words("hazard", out),
        in_force: in_force(&mut fields, out),
    };
    if !fields.has("never") {
        fields.missing("never", "it names the outcomes that must not happen");
    }
    if !fields.has("when") && !fields.has("unanswered") {
        fields.missing("when", "it names the clients the guarantee is about");
    }
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

/// The entries of a map with names, each read by `read`.
pub(super) fn each<'n, T>(
    node: &'n Node,
    what: &str,
    key: Span,
    out: &mut Vec<Diagnostic>,
    mut read: impl FnMut(Named<&'n Node>, &mut Vec<Diagnostic>) -> Option<T>,
) -> Vec<T> {
    named(node, what, key, out).into_iter().filter_map(|n| read(n, out)).collect()
}
