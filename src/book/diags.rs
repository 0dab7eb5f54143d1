//! What can be wrong with what the rules say.

use super::syntax::{SyntaxError, SyntaxErrorKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::span::Span;
use crate::suggest;
use crate::value::Day;

/// A finding of this floor.
pub(super) enum Finding<'a> {
    /// `when: pregnant or open_wounds`
    Syntax { span: Span, error: SyntaxError },
    /// `when: pregnent`
    UnknownName { span: Span, name: &'a str, what: &'a str, known: &'a [String] },
    /// `skin_type == dark`
    OptionAlone { span: Span, name: &'a str, of: Vec<&'a str> },
    /// `when: last_radiation_on`
    MixedKinds { span: Span, message: String, help: String },
    /// `is:` facts that need each other.
    Cycle { span: Span, name: &'a str, others: Vec<Span> },
    /// A name that is reserved or taken.
    BadName { span: Span, name: &'a str, why: String },
    /// `kind: yesno`
    BadKind { span: Span, message: String, help: String },
    /// `value: 180 dayz`
    BadValue { span: Span, message: String, help: String },
    /// A value outside `between`.
    OutOfRange { span: Span, message: String, range: Span },
    /// The same rule twice on one day.
    TwoRulesInForce { span: Span, other: Span, name: &'a str },
    /// A page in force before a dated value starts.
    HoleInDates { span: Span, message: String, page: Span },
    /// A dated value that is overtaken before it counts.
    NeverCounts { span: Span, value: String, since: Day },
    /// Price bands that do not cover every value once.
    BadBands { span: Span, message: String, help: &'a str },
    /// `for: 6 to 4 weeks`
    BadWindow { span: Span, message: String, help: String },
    /// Neither source nor basis.
    NoReason { span: Span, owner: String },
    /// Stricter than the source without a basis.
    StricterThanSource { span: Span, rule: &'a str, outcome: &'a str, supports: &'a str, statement: &'a str },
    /// `source: L99`
    UnknownStatement { span: Span, id: &'a str, near: Option<&'a str> },
    /// A statement nobody cites.
    UncitedStatement { span: Span, id: &'a str },
    /// A cited statement that says it needs no rule.
    NeedlessNoRule { span: Span, id: &'a str, cited: Span },
    /// An unanswered question to the author.
    OpenQuery { span: Span, id: &'a str, asks: &'a str, line: &'a str },
    /// `ignore_columns: [pregnant.on]`
    IgnoredAnswer { span: Span, name: &'a str },
    /// A fact or option nobody reads.
    UnreadOption { span: Span, name: &'a str, page: &'a str },
    /// A `not_used` entry that is read, or does not exist.
    NeedlessNotUsed { span: Span, name: &'a str },
    /// A parameter nobody uses.
    UnusedParameter { span: Span, name: &'a str },
    /// A name in a list of rules, hazards, facts.
    UnknownReference { span: Span, what: &'a str, name: &'a str, near: Option<&'a str> },
    /// A comparison that is yes for `never`.
    NeverComesOutYes { span: Span, slot: String },
    /// Two pages of one name.
    SameTitle { span: Span, first: Span, name: &'a str },
    /// `until` that can be ongoing.
    WhileOngoingMissing { span: Span, rule: &'a str, slot: String },
    /// Two answers compared with each other.
    ComparesFacts { span: Span },
}

/// So many known names are listed where none is near.
const MOST_NAMES: usize = 12;

const NOT_GUESSED: &str = "what is meant is not guessed: it would be a rule nobody wrote";

fn error(code: Code, message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error(code, message).at(span, "")
}

fn there_is_no(what: &str, name: &str) -> String {
    match what.strip_prefix("option of ") {
        Some(fact) => format!("{fact} has no option `{name}`"),
        None => format!("there is no {what} `{name}`"),
    }
}

fn did_you_mean(found: Diagnostic, near: Option<&str>, otherwise: &str) -> Diagnostic {
    match near {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(otherwise),
    }
}

impl From<Finding<'_>> for Diagnostic {
    fn from(finding: Finding<'_>) -> Diagnostic {
        match finding {
            Finding::Syntax { span, error: SyntaxError { message, helps, kind, .. } } => {
                let code = match kind {
                    SyntaxErrorKind::Bad => Code::BadExpression,
                    SyntaxErrorKind::TooLarge => Code::ExpressionTooLarge,
                };
                let found = error(code, message, span).note("a rule that cannot be read would stop nobody");
                helps.into_iter().fold(found, Diagnostic::help)
            }
            Finding::UnknownName { span, name, what, known } => {
                let near = suggest::nearest(name, known.iter().map(String::as_str));
                let some = prose::first(known, MOST_NAMES);
                let found = error(Code::UnknownName, there_is_no(what, name), span)
                    .note("a name that is misspelt must not count as a no");
                did_you_mean(found, near, &format!("there are {some}"))
            }
            Finding::OptionAlone { span, name, of } => {
                let options: Vec<String> = of.iter().map(|fact| format!("`{fact}.{name}`")).collect();
                error(Code::UnknownName, format!("`{name}` is an option, and names nothing alone"), span)
                    .note("a name that is misspelt must not count as a no")
                    .help(format!("write {}", prose::list(&options, "or")))
            }
            Finding::MixedKinds { span, message, help } => {
                error(Code::MixedKinds, message, span).note(NOT_GUESSED).help(help)
            }
            Finding::Cycle { span, name, others } => {
                let found = error(Code::Cycle, format!("`{name}` is defined by itself"), span);
                let also = "in the same circle, or waiting for it";
                others
                    .into_iter()
                    .fold(found, |found, other| found.at(other, also))
                    .note(
                        "a derived fact stands for its expression, which must end at facts that can be asked",
                    )
                    .help("take one of the names out of the circle")
            }
            Finding::BadName { span, name, why } => {
                error(Code::BadName, format!("`{name}` cannot be a name here: {why}"), span)
                    .note("conditions, records and answers speak of it by its name")
                    .help("choose another name: a small letter, then small letters, digits or `_`")
            }
            Finding::BadKind { span, message, help } => {
                error(Code::BadKind, message, span).note("the kind tells which answers there are").help(help)
            }
            Finding::BadValue { span, message, help } => {
                error(Code::BadValue, message, span).note(NOT_GUESSED).help(help)
            }
            Finding::OutOfRange { span, message, range } => error(Code::OutOfRange, message, span)
                .at(range, "the range the clinic set")
                .note("a value outside its range is taken for a slip, not for a decision")
                .help("correct the value, or widen `between` if it is meant"),
            Finding::TwoRulesInForce { span, other, name } => error(
                Code::TwoRulesInForce,
                format!("two rules called `{name}` are in force on the same day"),
                span,
            )
            .at(other, "the other one")
            .note("answers, reviews and signatures name the rule, so the name must mean one")
            .help("give one of them another name, or `in_force` days that do not overlap"),
            Finding::HoleInDates { span, message, page } => error(Code::HoleInDates, message, span)
                .at(page, "in force from here")
                .note("a visit on a day without a value could not be decided")
                .help("let the first value count from the day the page is in force"),
            Finding::NeverCounts { span, value, since } => Diagnostic::warning(
                Code::NeverCounts,
                format!("`{value}` never counts"),
            )
            .at(span, format!("overtaken by the value from {since}, before the page is in force"))
            .note("a value that was meant for later, and has a slip in its day, would be lost in silence")
            .help("correct the day, or remove the value"),
            Finding::BadBands { span, message, help } => {
                error(Code::BadBands, message, span).note("every size must have one price").help(help)
            }
            Finding::BadWindow { span, message, help } => error(Code::BadWindow, message, span)
                .note("it would never count, or could be read in two ways")
                .help(help),
            Finding::NoReason { span, owner } => {
                error(Code::NoReason, format!("{owner} has neither `source` nor `basis`"), span)
                    .note("an auditor must find out where it comes from")
                    .help("cite a statement with `source:`, or say with `basis:` why the clinic decided so")
            }
            Finding::StricterThanSource { span, rule, outcome, supports, statement } => {
                let message =
                    format!("`{rule}` decides `{outcome}`, stricter than its source and without a basis");
                error(Code::StricterThanSource, message, span)
                    .note(format!("{statement} supports `{supports}` at most"))
                    .help("add `basis:` and say why the clinic is stricter")
            }
            Finding::UnknownStatement { span, id, near } => {
                let found = error(Code::UnknownStatement, format!("no source has a statement `{id}`"), span)
                    .note("whoever follows the citation would find nothing");
                did_you_mean(
                    found,
                    near,
                    "cite a statement of one of the page's `sources`, by its prefix and number",
                )
            }
            Finding::UncitedStatement { span, id } => {
                error(Code::UncitedStatement, format!("nothing cites {id}, and it does not say why"), span)
                    .note("every sentence of the source is accounted for")
                    .help("cite it from a rule or item, or add `no_rule:` with the reason")
            }
            Finding::NeedlessNoRule { span, id, cited } => {
                error(Code::NeedlessNoRule, format!("{id} says it needs no rule, and is cited"), span)
                    .at(cited, "cited here")
                    .note("one of the two is out of date")
                    .help("remove `no_rule`, or the citation")
            }
            Finding::OpenQuery { span, id, asks, line } => Diagnostic::warning(
                Code::OpenQuery,
                format!("the query `{id}` about line {line} of the source is open"),
            )
            .at(span, asks)
            .note("rules with an open query cannot be signed")
            .help("ask the author, then add `answer`, `by` and `on`"),
            Finding::IgnoredAnswer { span, name } => error(
                Code::BadValue,
                format!("the column `{name}` is read, and cannot be ignored"),
                span,
            )
            .note("an answer, or its day, would be left out without a word, and a client be cleared by it")
            .help("remove it from the list; if your export means something else by it, rename it there"),
            Finding::UnreadOption { span, name, page } => {
                error(Code::UnreadOption, format!("nothing on `{page}` reads `{name}`"), span)
                    .note("an answer that nothing reads can never stop a client: it clears silently")
                    .help(format!(
                        "let a rule read it, or list it under `not_used:` on `{page}` with the reason"
                    ))
            }
            Finding::NeedlessNotUsed { span, name } => {
                error(Code::NeedlessNotUsed, format!("`{name}` is listed under `not_used` and is read"), span)
                    .note("the list tells an auditor what the rules leave aside")
                    .help("remove it from `not_used`")
            }
            Finding::UnusedParameter { span, name } => {
                error(Code::UnusedParameter, format!("nothing uses the parameter `{name}`"), span)
                    .note("changing it would change nothing, which its reader cannot know")
                    .help("use it in a rule, or remove it")
            }
            Finding::UnknownReference { span, what, name, near } => {
                let found = error(Code::UnknownReference, there_is_no(what, name), span)
                    .note("what is relied on must exist");
                did_you_mean(found, near, "correct the name or remove it")
            }
            Finding::SameTitle { span, first, name } => {
                let message = format!("two pages are called `{name}`");
                error(Code::SameTitle, message, span)
                    .at(first, "the first of them")
                    .note("people choose a treatment by its name, and would not know which one answers")
                    .help("say in each name what sets it apart")
            }
            Finding::NeverComesOutYes { span, slot } => {
                error(Code::NeverComesOutYes, format!("this comes out yes when `{slot}` is `never`"), span)
                    .note("`never` lies before every day, so it is longer ago than anything")
                    .help(format!("say what is meant: `not(never({slot})) && ...` or `never({slot}) || ...`"))
            }
            Finding::WhileOngoingMissing { span, rule, slot } => error(
                Code::WhileOngoingMissing,
                format!("`{rule}` waits for `{slot}`, which can be ongoing"),
                span,
            )
            .note("then no day ends the wait, and the client must hear what does")
            .help("add `while_ongoing:`, such as: The wait starts with the last dose."),
            Finding::ComparesFacts { span } => Diagnostic::warning(
                Code::ComparesFacts,
                "two answers are compared with each other",
            )
            .at(span, "exact only when both are known")
            .note(
                "while one is only partly known, the comparison may come out unknown although it is settled",
            )
            .help("compare each with the visit or a fixed value where that says the same"),
        }
    }
}
