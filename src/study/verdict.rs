//! Running the cases: what each is answered, and how that differs from what it expects.

use super::case::{Case, Expected, May, Row, Suite, Wait, Wanted};
use super::run::{Answer, Panel};
use crate::book::Outcome;
use crate::decide::aftercare;
use crate::decide::{Decision, WaitNote};
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::value::Truth;

/// A case with what it was answered.
#[derive(Debug, Clone)]
pub struct Ran<'c> {
    /// The case.
    pub case: &'c Case,
    /// The answer to each of its rows.
    pub answers: Vec<Answer>,
    /// How they differ from what the case expects.
    pub failures: Vec<Diagnostic>,
}

/// Runs every case.
pub fn run<'c>(suite: &'c Suite, panel: &mut Panel<'_>) -> Vec<Ran<'c>> {
    let cases = suite.cases.iter();
    cases
        .map(|case| {
            let answers: Vec<Answer> = case.rows.iter().map(|row| panel.ask(&row.question)).collect();
            let rows = case.rows.iter().zip(&answers);
            let failures = rows.filter_map(|(row, answer)| failure(case, row, answer)).collect();
            Ran { case, answers, failures }
        })
        .collect()
}

fn failure(case: &Case, row: &Row, answer: &Answer) -> Option<Diagnostic> {
    let mut slips = slips(&row.expected, answer);
    if let Answer::May(_, asked) = answer
        && let (false, Some(near)) = (slips.is_empty(), &asked.near)
    {
        slips.push(format!("the page does not know `{}`: did you mean `{near}`?", asked.activity));
    }
    let (first, others) = slips.split_first()?;
    let message = format!("the case `{}` fails: {first}", case.title(row));
    let mut finding = Diagnostic::error(Code::CaseFails, message).at(row.span, "what is expected");
    for slip in others {
        finding = finding.note(slip);
    }
    if let Answer::Decision(decision) = answer {
        for reason in decision.reasons.iter().filter(|reason| reason.holds == Truth::Yes) {
            finding = finding.note(format!("{} at {} holds: {}", reason.rule, reason.at, reason.because));
        }
    }
    Some(finding.help("correct the rule, or the case if the clinic wants the new answer"))
}

/// The answer in the form in which cases word it; `None` for the whole list of instructions.
pub fn given(answer: &Answer) -> Option<Wanted> {
    Some(match answer {
        Answer::Decision(decision) => match decision.outcome {
            Outcome::Deferred => Wanted::Deferred(wait(decision.wait.as_ref())),
            outcome => Wanted::Outcome(outcome),
        },
        Answer::Timeline(_) => return None,
        Answer::May(_, asked) => Wanted::May(match &asked.answer {
            aftercare::Answer::Yes(until) => May::Yes(until.clone()),
            aftercare::Answer::YesNoEnd => May::YesWithoutEnd,
            aftercare::Answer::NotYet(from) => May::NotYet(from.clone()),
            aftercare::Answer::NoEndGiven => May::NotYetWithoutEnd,
            aftercare::Answer::Silent => May::Silent,
        }),
        Answer::Plan(outlook) => match &outlook.plan {
            Ok(plan) => Wanted::Sessions(
                plan.sessions.iter().map(|session| (session.opens, session.closes)).collect(),
            ),
            Err(_) => Wanted::NoPlan,
        },
        Answer::Quote(quote) => quote.total.map_or(Wanted::NoPrice, |total| Wanted::Total(total.amount())),
        Answer::NotInForce(_) => Wanted::NotInForce,
        Answer::Refused(_) => return None,
    })
}

fn wait(note: Option<&WaitNote>) -> Wait {
    match note.map(|wait| (wait.not_before, wait.latest)) {
        Some((Some(first), Some(last))) if first == last => Wait::Until(first),
        Some((Some(first), Some(last))) => Wait::Between(first, last),
        Some((Some(first), None)) => Wait::OrLonger(first),
        _ => Wait::WithoutDay,
    }
}

/// How the answer differs from what is expected; nothing if it does not.
pub fn slips(expected: &Expected, answer: &Answer) -> Vec<String> {
    let mut slips = Vec::new();
    if let Answer::Refused(why) = answer {
        slips.push(format!("it gets no answer: {why}"));
        return slips;
    }
    let got = given(answer);
    if let Some(wanted) = &expected.answer
        && got.as_ref() != Some(wanted)
    {
        let got = got.map(|got| got.words()).unwrap_or_default();
        slips.push(format!("it expects `{}` and gets `{got}`", wanted.words()));
    }
    let Answer::Decision(decision) = answer else { return slips };
    let lists = [
        (&expected.reasons, "reasons", rules(decision, Truth::Yes)),
        (&expected.may_apply, "rules that may apply", rules(decision, Truth::Unknown)),
        (
            &expected.questions,
            "questions",
            decision.questions.iter().map(|question| question.fact.clone()).collect(),
        ),
    ];
    for (wanted, what, mut got) in lists {
        got.sort();
        got.dedup();
        if let Some(wanted) = wanted
            && *wanted != got
        {
            slips.push(differ(what, wanted, &got));
        }
    }
    for (step, wanted) in &expected.steps {
        let got = decision.steps.iter().find(|note| note.step == *step).map_or("no step", |note| note.answer);
        if got != wanted {
            slips.push(format!("the step `{step}` should be `{wanted}` and is `{got}`"));
        }
    }
    slips
}

/// Lists longer than this are told by what they lack and what they have beside.
const SHORT: usize = 3;

fn differ(what: &str, wanted: &[String], got: &[String]) -> String {
    if wanted.len().max(got.len()) <= SHORT {
        return format!("its {what} should be {} and are {}", named(wanted), named(got));
    }
    let without = |all: &[String], others: &[String]| -> Vec<String> {
        all.iter().filter(|one| !others.contains(one)).cloned().collect()
    };
    let (lacking, more) = (without(wanted, got), without(got, wanted));
    let mut told = Vec::new();
    if !lacking.is_empty() {
        told.push(format!("should have {} too", named(&lacking)));
    }
    if !more.is_empty() {
        told.push(format!("should not have {}", named(&more)));
    }
    format!("its {what} {}", told.join(" and "))
}

fn named(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() { "none".to_string() } else { prose::list(&quoted, "and") }
}

/// The rules of a decision that stand so, in short.
fn rules(decision: &Decision, holds: Truth) -> Vec<String> {
    let page = format!("{}/", decision.treatment);
    let standing = decision.reasons.iter().filter(|reason| reason.holds == holds);
    standing
        .filter(|reason| reason.reviewed_by.is_none())
        .map(|reason| reason.rule.strip_prefix(&page).unwrap_or(&reason.rule).to_string())
        .collect()
}
