//! From syntax to typed conditions: every name is looked up, every kind checked, and nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::condition::{
    CompareOp, Condition, ConditionKind, DateBase, DateTerm, FactId, FunctionId, Length, NumberTerm, Offset,
    ParameterId, SlotId,
};
use super::diags::Finding;
use super::fact::{FactKind, Facts};
use super::syntax::{self, Tree, TreeKind};
use crate::diagnostic::Diagnostic;
use crate::source::Node;
use crate::span::Span;
use crate::value::{Number, Unit, YES};

/// What a name can stand for, beside the facts.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Parameters of the page, by name.
    pub parameters: BTreeMap<String, (ParameterId, ParameterKind)>,
    /// Script functions of the page, by name.
    pub functions: BTreeMap<String, (FunctionId, Signature)>,
    /// Facts, parameters and derived facts that are declared and could not be read, which was said where they are.
    pub broken: BTreeSet<String>,
    /// Derived facts and named conditions that are already read, by name.
    pub derived: BTreeMap<String, Meaning>,
}

/// What a parameter's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A duration; whether every value counts days or weeks only, which can be taken away again.
    Duration {
        /// Whether it can be subtracted.
        subtractable: bool,
    },
    /// A number.
    Number,
    /// A day.
    Day,
}

/// What a script function takes and gives.
#[derive(Debug, Clone)]
pub struct Signature {
    /// The names of what it takes.
    pub takes: Vec<String>,
    /// The slots those read.
    pub reads: Vec<SlotId>,
    /// The parameters among them.
    pub parameters: Vec<ParameterId>,
    /// Whether it gives yes or no; else a number.
    pub gives_yes_no: bool,
}

/// What an expression means.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// Yes or no.
    Condition(Condition),
    /// The latest of these dates.
    Date(Vec<DateTerm>),
    /// A number.
    Number(NumberTerm),
    /// A length of time.
    Duration(Length),
    /// A choice, set or history as a whole.
    Whole(FactId),
}

impl Meaning {
    fn word(&self) -> &'static str {
        match self {
            Meaning::Condition(_) => "yes or no",
            Meaning::Date(_) => "a date",
            Meaning::Number(_) => "a number",
            Meaning::Duration(_) => "a duration",
            Meaning::Whole(_) => "a fact with options",
        }
    }
}

/// Functions of the language itself.
pub const FUNCTIONS: [&str; 11] = [
    "not",
    "ongoing",
    "never",
    "days",
    "weeks",
    "months",
    "years",
    "days_between",
    "years_between",
    "date",
    "latest",
];

/// Reads `node` as a condition.
pub fn condition(node: &Node, facts: &Facts, names: &Names, out: &mut Vec<Diagnostic>) -> Option<Condition> {
    let mut lower = Lower { node, facts, names, out };
    let tree = lower.parse()?;
    let meaning = lower.meaning(&tree)?;
    lower.as_condition(meaning, &tree)
}

/// Reads `node` as a date: the latest of one or more.
pub fn date(node: &Node, facts: &Facts, names: &Names, out: &mut Vec<Diagnostic>) -> Option<Vec<DateTerm>> {
    let mut lower = Lower { node, facts, names, out };
    let tree = lower.parse()?;
    let meaning = lower.meaning(&tree)?;
    lower.as_date(meaning, &tree.range)
}

/// Reads `node` as whatever it means: a derived fact.
pub fn any(node: &Node, facts: &Facts, names: &Names, out: &mut Vec<Diagnostic>) -> Option<Meaning> {
    let mut lower = Lower { node, facts, names, out };
    let tree = lower.parse()?;
    lower.meaning(&tree)
}

/// The condition `left op right`, which is exact also where a side is the latest of several dates.
pub fn compare_dates(left: &[DateTerm], op: CompareOp, right: &[DateTerm], span: Span) -> Condition {
    let make = |kind| Condition { kind, span };
    let all = |mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> ConditionKind| match parts.len() {
        1 => parts.remove(0),
        _ => make(join(parts)),
    };
    match op {
        CompareOp::Less | CompareOp::LessOrEqual => {
            let some = right.iter().map(|r| {
                let every =
                    left.iter().map(|l| make(ConditionKind::Dates(l.clone(), op, r.clone()))).collect();
                all(every, ConditionKind::And)
            });
            all(some.collect(), ConditionKind::Or)
        }
        CompareOp::Greater | CompareOp::GreaterOrEqual => compare_dates(right, op.flipped(), left, span),
        CompareOp::Equal | CompareOp::NotEqual if left.len() == 1 && right.len() == 1 => {
            make(ConditionKind::Dates(left[0].clone(), op, right[0].clone()))
        }
        CompareOp::Equal => make(ConditionKind::And(vec![
            compare_dates(left, CompareOp::LessOrEqual, right, span),
            compare_dates(right, CompareOp::LessOrEqual, left, span),
        ])),
        CompareOp::NotEqual => {
            make(ConditionKind::Not(Box::new(compare_dates(left, CompareOp::Equal, right, span))))
        }
    }
}

pub(super) struct Lower<'a> {
    pub(super) node: &'a Node,
    pub(super) facts: &'a Facts,
    pub(super) names: &'a Names,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

impl Lower<'_> {
    fn parse(&mut self) -> Option<Tree> {
        match syntax::parse(self.node.text()?) {
            Ok(tree) => Some(tree),
            Err(errors) => {
                for error in errors {
                    let span = self.span(&error.range);
                    self.out.push(Finding::Syntax { span, error }.into());
                }
                None
            }
        }
    }

    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        self.node.place(range.start, range.end)
    }

    pub(super) fn mixed(
        &mut self,
        range: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = self.span(range);
        self.out.push(Finding::MixedKinds { span, message: message.into(), help: help.into() }.into());
    }

    pub(super) fn meaning(&mut self, tree: &Tree) -> Option<Meaning> {
        let span = self.span(&tree.range);
        let condition = |kind| Some(Meaning::Condition(Condition { kind, span }));
        match &tree.kind {
            TreeKind::Name(name) => self.name(name, &tree.range),
            TreeKind::Member { base, base_range, member, member_range } => {
                self.member(base, base_range, member, member_range)
            }
            TreeKind::Number(text) => match Number::parse(text) {
                Some(number) => Some(Meaning::Number(NumberTerm::Fixed(number))),
                None => {
                    let help = "numbers have at most twelve digits and six decimals";
                    self.mixed(&tree.range, format!("`{text}` is too long a number"), help);
                    None
                }
            },
            TreeKind::Negative(text) => match Number::parse(&format!("-{text}")) {
                Some(number) => Some(Meaning::Number(NumberTerm::Fixed(number))),
                None => {
                    let help = "numbers have at most twelve digits and six decimals";
                    self.mixed(&tree.range, format!("`-{text}` is too long a number"), help);
                    None
                }
            },
            TreeKind::Text(text) => {
                let help = format!("a day is written `date(\"{text}\")`; an option is `fact.option`");
                self.mixed(&tree.range, "a text in quotes has no meaning here", help);
                None
            }
            TreeKind::Call { name, name_range, args } => self.call(name, name_range, args, &tree.range),
            TreeKind::Not(inner) => {
                let inner = self.condition_of(inner)?;
                condition(ConditionKind::Not(Box::new(inner)))
            }
            TreeKind::And(parts) => condition(ConditionKind::And(self.conditions_of(parts)?)),
            TreeKind::Or(parts) => condition(ConditionKind::Or(self.conditions_of(parts)?)),
            TreeKind::Compare { op, left, right, .. } => {
                for (fact, word) in [(left, right), (right, left)] {
                    if let Some(yes) = self.yes_or_no(word) {
                        return self.compared_with_word(fact, *op, word, yes);
                    }
                    if let Some(help) = self.option_compared(fact, *op, word) {
                        let message = format!("`{fact}` is compared with one of its options");
                        self.mixed(&tree.range, message, help);
                        return None;
                    }
                }
                let (a, b) = (self.meaning(left), self.meaning(right));
                self.compare(a?, *op, b?, left, right, &tree.range).map(Meaning::Condition)
            }
            TreeKind::Plus(left, right) => {
                let (a, b) = (self.meaning(left), self.meaning(right));
                self.add(a?, b?, false, &tree.range)
            }
            TreeKind::Minus(left, right) => {
                let (a, b) = (self.meaning(left), self.meaning(right));
                self.add(a?, b?, true, &tree.range)
            }
        }
    }

    /// Whether the tree is `yes` (or `no`) as a word, which has no meaning in a condition.
    fn yes_or_no(&self, tree: &Tree) -> Option<bool> {
        let (TreeKind::Name(word) | TreeKind::Text(word)) = &tree.kind else { return None };
        let known = self.facts.named(word).is_some()
            || self.names.derived.contains_key(word)
            || self.names.parameters.contains_key(word)
            || self.names.broken.contains(word);
        match word.to_lowercase().as_str() {
            _ if known => None,
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        }
    }

    /// What to write in place of `skin_type == dark`, however the option is written.
    fn option_compared(&self, fact: &Tree, op: CompareOp, option: &Tree) -> Option<String> {
        let TreeKind::Name(name) = &fact.kind else { return None };
        let option = match &option.kind {
            TreeKind::Name(option) | TreeKind::Text(option) | TreeKind::Member { member: option, .. } => {
                option
            }
            _ => return None,
        };
        let has = self.facts.facts.iter().any(|fact| &fact.id == name && fact.option(option).is_some());
        let not = if op == CompareOp::NotEqual { "!" } else { "" };
        has.then(|| format!("write `{not}{name}.{option}`"))
    }

    /// `open_wounds == yes`: a yes/no fact stands alone.
    fn compared_with_word<T>(&mut self, fact: &Tree, op: CompareOp, word: &Tree, yes: bool) -> Option<T> {
        let meaning = self.meaning(fact)?;
        self.as_condition(meaning, fact)?;
        let help = match op {
            CompareOp::Equal => syntax::stands_alone(fact, yes),
            CompareOp::NotEqual => syntax::stands_alone(fact, !yes),
            _ => syntax::stands_alone(fact, true),
        };
        self.mixed(&word.range, format!("`{fact}` is yes or no by itself, and compared with a word"), help);
        None
    }

    fn conditions_of(&mut self, trees: &[Tree]) -> Option<Vec<Condition>> {
        let parts: Vec<Option<Condition>> = trees.iter().map(|tree| self.condition_of(tree)).collect();
        parts.into_iter().collect()
    }

    pub(super) fn condition_of(&mut self, tree: &Tree) -> Option<Condition> {
        let meaning = self.meaning(tree)?;
        self.as_condition(meaning, tree)
    }

    fn as_condition(&mut self, meaning: Meaning, tree: &Tree) -> Option<Condition> {
        match meaning {
            Meaning::Condition(condition) => Some(condition),
            Meaning::Whole(fact) => {
                let fact = self.facts.get(fact);
                let help = match fact.kind {
                    FactKind::Set => format!(
                        "write `{0}.any`, `{0}.none` or one option, such as `{0}.{1}`",
                        fact.id, fact.options[0].id
                    ),
                    FactKind::History => {
                        format!("write a comparison of `{}.{}`", fact.id, fact.options[0].id)
                    }
                    _ => format!("write one option, such as `{}.{}`", fact.id, fact.options[0].id),
                };
                self.mixed(&tree.range, format!("`{}` as a whole is neither yes nor no", fact.id), help);
                None
            }
            other => {
                let help = match other {
                    Meaning::Date(_) => {
                        "compare it with another date, or write `ongoing(...)` or `never(...)`"
                    }
                    Meaning::Number(_) => "compare it with another number",
                    _ => "add it to a date and compare that",
                };
                self.mixed(&tree.range, format!("{} where yes or no is needed", other.word()), help);
                None
            }
        }
    }

    pub(super) fn as_date(&mut self, meaning: Meaning, range: &Range<usize>) -> Option<Vec<DateTerm>> {
        match meaning {
            Meaning::Date(terms) => Some(terms),
            other => {
                let help = match &other {
                    Meaning::Whole(fact) if self.facts.get(*fact).kind == FactKind::History => {
                        format!("write `{}.` and one of its options", self.facts.get(*fact).id)
                    }
                    _ => "dates are date facts, options of a history, `visit`, and these plus a duration"
                        .to_string(),
                };
                self.mixed(range, format!("{} where a date is needed", other.word()), help);
                None
            }
        }
    }

    fn name(&mut self, name: &str, range: &Range<usize>) -> Option<Meaning> {
        let span = self.span(range);
        if name == "visit" {
            return Some(Meaning::Date(vec![DateTerm::of(DateBase::Visit)]));
        }
        if let Some(id) = self.facts.named(name) {
            let fact = self.facts.get(id);
            let slot = fact.first_slot;
            return match fact.kind {
                FactKind::YesNo => {
                    Some(Meaning::Condition(Condition { kind: ConditionKind::Is(slot, YES, YES), span }))
                }
                FactKind::Number { .. } => Some(Meaning::Number(NumberTerm::Slot(slot))),
                FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate => {
                    Some(Meaning::Date(vec![DateTerm::of(DateBase::Slot(slot))]))
                }
                FactKind::Choice | FactKind::Set | FactKind::History => Some(Meaning::Whole(id)),
                FactKind::Note => {
                    self.mixed(
                        range,
                        format!("`{name}` is a note, which no rule reads"),
                        "use a fact of another kind",
                    );
                    None
                }
            };
        }
        if let Some((id, kind)) = self.names.parameters.get(name) {
            return Some(match kind {
                ParameterKind::Duration { .. } => Meaning::Duration(Length::Parameter(*id)),
                ParameterKind::Number => Meaning::Number(NumberTerm::Parameter(*id)),
                ParameterKind::Day => Meaning::Date(vec![DateTerm::of(DateBase::Parameter(*id))]),
            });
        }
        if let Some(meaning) = self.names.derived.get(name) {
            return Some(match meaning.clone() {
                Meaning::Condition(condition) => Meaning::Condition(Condition { span, ..condition }),
                other => other,
            });
        }
        if self.names.broken.contains(name) {
            return None;
        }
        let having = self.facts.facts.iter().filter(|fact| fact.option(name).is_some());
        let of: Vec<&str> = having.map(|fact| fact.id.as_str()).collect();
        let known = self.known_names();
        self.out.push(match of.is_empty() {
            true => Finding::UnknownName { span, name, what: "fact or parameter", known: &known }.into(),
            false => Finding::OptionAlone { span, name, of }.into(),
        });
        None
    }

    fn known_names(&self) -> Vec<String> {
        let facts = self.facts.facts.iter().map(|fact| fact.id.clone());
        let rest = self.names.parameters.keys().chain(self.names.derived.keys()).cloned();
        facts.chain(rest).chain(["visit".to_string()]).collect()
    }

    fn member(
        &mut self,
        base: &str,
        base_range: &Range<usize>,
        member: &str,
        range: &Range<usize>,
    ) -> Option<Meaning> {
        let span = self.span(&(base_range.start..range.end));
        if self.names.broken.contains(base) {
            return None;
        }
        let Some(id) = self.facts.named(base) else {
            let known = self.known_names();
            let span = self.span(base_range);
            self.out.push(Finding::UnknownName { span, name: base, what: "fact", known: &known }.into());
            return None;
        };
        let fact = self.facts.get(id);
        let condition = |kind| Some(Meaning::Condition(Condition { kind, span }));
        if !fact.kind.has_options() {
            let help = format!("write `{base}` alone: it is {}", fact.kind.word());
            self.mixed(range, format!("`{base}` has no options"), help);
            return None;
        }
        if fact.kind == FactKind::Set && member == "any" {
            return condition(ConditionKind::AnyOption(id));
        }
        if fact.kind == FactKind::Set && member == "none" {
            let any = Condition { kind: ConditionKind::AnyOption(id), span };
            return condition(ConditionKind::Not(Box::new(any)));
        }
        let Some(option) = fact.option(member) else {
            let known: Vec<String> = fact.options.iter().map(|option| option.id.clone()).collect();
            let what = format!("option of `{base}`");
            let (span, declared) = (self.span(range), fact.span);
            let found: Diagnostic =
                Finding::UnknownName { span, name: member, what: &what, known: &known }.into();
            self.out.push(found.at(declared, "its options are declared here"));
            return None;
        };
        let slot = SlotId(fact.first_slot.0 + if fact.kind.slot_per_option() { option as u16 } else { 0 });
        match fact.kind {
            FactKind::Choice => condition(ConditionKind::Is(slot, option as i64, option as i64)),
            FactKind::Set => condition(ConditionKind::Is(slot, YES, YES)),
            _ => Some(Meaning::Date(vec![DateTerm::of(DateBase::Slot(slot))])),
        }
    }

    fn add(&mut self, left: Meaning, right: Meaning, back: bool, range: &Range<usize>) -> Option<Meaning> {
        let by = match (&left, &right) {
            (Meaning::Date(_), Meaning::Duration(by)) => *by,
            (Meaning::Date(_), Meaning::Date(_)) => {
                let help = "compare the dates instead: `visit >= last_radiation_on + days(180)`";
                self.mixed(range, "two dates cannot be added or subtracted", help);
                return None;
            }
            (Meaning::Date(_), Meaning::Number(number)) => {
                let days = match number {
                    NumberTerm::Fixed(number) => number.to_string(),
                    _ => "180".to_string(),
                };
                let help = format!("write `days({days})` if days are meant, or better a parameter");
                self.mixed(range, "a number is added to a date: a number of what?", help);
                return None;
            }
            _ => {
                let message = format!("{} and {} cannot be added or subtracted", left.word(), right.word());
                self.mixed(
                    range,
                    message,
                    "a duration is added to a date; for anything more, declare a function",
                );
                return None;
            }
        };
        let subtractable = match by {
            Length::Fixed(duration) => matches!(duration.unit, Unit::Days | Unit::Weeks),
            Length::Parameter(id) => self.names.parameters.values().any(|(other, kind)| {
                *other == id && matches!(kind, ParameterKind::Duration { subtractable: true })
            }),
        };
        if back && !subtractable {
            let help =
                "add them on the other side: `d + months(6) < visit` instead of `d < visit - months(6)`";
            self.mixed(range, "months and years are only added, never taken away", help);
            return None;
        }
        let Meaning::Date(mut terms) = left else { return None };
        for term in &mut terms {
            term.offsets.push(Offset { by, back, counts: false });
        }
        Some(Meaning::Date(terms))
    }

    fn compare(
        &mut self,
        left: Meaning,
        op: CompareOp,
        right: Meaning,
        left_tree: &Tree,
        right_tree: &Tree,
        range: &Range<usize>,
    ) -> Option<Condition> {
        let span = self.span(range);
        let made = |kind| Condition { kind, span };
        let (left_word, right_word) = (left.word(), right.word());
        let reads = match (&left, &right) {
            (Meaning::Date(a), Meaning::Date(b)) => a.iter().chain(b).any(|term| term.slot().is_some()),
            (Meaning::Number(a), Meaning::Number(b)) => !a.slots().is_empty() || !b.slots().is_empty(),
            _ => true,
        };
        if !reads {
            let help = "compare a fact; for days on which a rule counts, use `in_force`";
            self.mixed(range, "this comparison reads no fact: it is the same for every client", help);
            return None;
        }
        match (left, right) {
            (Meaning::Date(a), Meaning::Date(b)) => Some(compare_dates(&a, op, &b, span)),
            (Meaning::Number(a), Meaning::Number(b)) => Some(made(ConditionKind::Numbers(a, op, b))),
            (Meaning::Condition(a), Meaning::Condition(b))
                if matches!(op, CompareOp::Equal | CompareOp::NotEqual) =>
            {
                let not = |c: &Condition| made(ConditionKind::Not(Box::new(c.clone())));
                let (first, second) = match op {
                    CompareOp::NotEqual => (vec![a.clone(), not(&b)], vec![not(&a), b]),
                    _ => (vec![a.clone(), b.clone()], vec![not(&a), not(&b)]),
                };
                Some(made(ConditionKind::Or(vec![
                    made(ConditionKind::And(first)),
                    made(ConditionKind::And(second)),
                ])))
            }
            (left, right) => {
                let help = match (&left, &right) {
                    (Meaning::Whole(_), _) | (_, Meaning::Whole(_)) => {
                        let tree = if matches!(left, Meaning::Whole(_)) { left_tree } else { right_tree };
                        format!("an option is written `{}.option`", tree)
                    }
                    (Meaning::Number(_), Meaning::Duration(_))
                    | (Meaning::Duration(_), Meaning::Number(_)) => {
                        "compare dates: `d + wait <= visit`".to_string()
                    }
                    (Meaning::Date(_), Meaning::Duration(_)) => {
                        "add the duration to a date and compare the dates".to_string()
                    }
                    _ => "both sides must be dates, or numbers, or (with == and !=) yes or no".to_string(),
                };
                self.mixed(range, format!("{left_word} cannot be compared with {right_word}"), help);
                None
            }
        }
    }
}
