//! What a case expects, and how an answer differs from it.

use jiff::Zoned;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::cases::{Question, moment};
use super::diags::Finding;
use super::run::Answer;
use crate::book::fact::Facts;
use crate::book::{Outcome, Treatment};
use crate::decide::aftercare;
use crate::decide::{Decision, WaitNote};
use crate::diagnostic::Diagnostic;
use crate::prose;
use crate::span::Span;
use crate::suggest;
use crate::value::{Day, Truth};
use crate::written::{Words, cases};

/// What must be answered. What is `None` is left to the approved answer.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The answer itself.
    pub answer: Option<Wanted>,
    /// The rules that certainly hold.
    pub reasons: Option<Vec<String>>,
    /// The rules that may hold.
    pub may_apply: Option<Vec<String>>,
    /// The facts asked about.
    pub questions: Option<Vec<String>>,
    /// Steps of the appointment: `yes`, `no` or `ask first`.
    pub steps: Vec<(String, String)>,
}

/// An answer as a case words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Any outcome but `deferred`.
    Outcome(Outcome),
    /// `deferred` with its days.
    Deferred(Wait),
    /// Whether an activity is allowed.
    May(May),
    /// The sessions of a plan.
    Sessions(Vec<(Day, Option<Day>)>),
    /// No plan.
    NoPlan,
    /// The total of a quote.
    Total(Decimal),
    /// No price.
    NoPrice,
    /// The page is not in force on the day of the visit.
    NotInForce,
}

/// How long a deferral must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The first day is certain.
    Until(Day),
    /// The earliest and the latest first day.
    Between(Day, Day),
    /// The earliest first day; there is no latest.
    OrLonger(Day),
    /// No day can be named.
    WithoutDay,
}

/// Whether an activity is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// Yes, until a moment if there is one.
    Yes(Option<Zoned>),
    /// Yes, and it goes on.
    YesWithoutEnd,
    /// From this moment on.
    NotYet(Zoned),
    /// Not yet, and no moment is given.
    NotYetWithoutEnd,
    /// The page does not say.
    Silent,
}

/// What a case expects of a visit on a day on which the page does not count.
pub(super) const NOT_IN_FORCE: &str = "not in force";

impl Wanted {
    /// The answer in the words of a case.
    pub fn words(&self) -> String {
        match self {
            Wanted::Outcome(outcome) => outcome.phrase().to_string(),
            Wanted::Deferred(Wait::Until(day)) => format!("deferred until {day}"),
            Wanted::Deferred(Wait::Between(first, last)) => format!("deferred until {first} to {last}"),
            Wanted::Deferred(Wait::OrLonger(day)) => format!("deferred until {day} or longer"),
            Wanted::Deferred(Wait::WithoutDay) => "deferred without a day".to_string(),
            Wanted::May(May::Yes(None)) => "yes".to_string(),
            Wanted::May(May::Yes(Some(end))) => format!("yes until {}", minute(end)),
            Wanted::May(May::YesWithoutEnd) => "yes without end".to_string(),
            Wanted::May(May::NotYet(from)) => format!("not yet until {}", minute(from)),
            Wanted::May(May::NotYetWithoutEnd) => "not yet without end".to_string(),
            Wanted::May(May::Silent) => "the source is silent".to_string(),
            Wanted::Sessions(sessions) => {
                let words: Vec<String> = sessions.iter().map(|session| window(*session)).collect();
                words.join(", ")
            }
            Wanted::NoPlan => "no plan".to_string(),
            Wanted::Total(total) => total.to_string(),
            Wanted::NoPrice => "no price".to_string(),
            Wanted::NotInForce => NOT_IN_FORCE.to_string(),
        }
    }
}

fn minute(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M%:z").to_string()
}

fn window((opens, closes): (Day, Option<Day>)) -> String {
    match closes {
        Some(closes) if closes == opens => opens.to_string(),
        Some(closes) => format!("{opens} to {closes}"),
        None => format!("{opens} or later"),
    }
}

/// What a row expects: its own words, and those of the whole table where it has none.
pub(super) fn of_row(table: &cases::Expected, row: &cases::Expected) -> cases::Expected {
    let first = row.answer.first().map(|words| words.text.as_str()).unwrap_or_default();
    let speaks = ["deferred", "needs review", "not eligible"].iter().any(|phrase| first.starts_with(phrase));
    cases::Expected {
        span: row.span,
        answer: row.answer.clone(),
        reasons: row.reasons.clone().or_else(|| table.reasons.clone().filter(|_| speaks)),
        may_apply: row.may_apply.clone().or_else(|| table.may_apply.clone()),
        questions: row.questions.clone().or_else(|| table.questions.clone()),
        steps: if row.steps.is_empty() { table.steps.clone() } else { row.steps.clone() },
    }
}

/// Reads expectations.
pub(super) struct Reader<'a> {
    pub(super) treatment: &'a Treatment,
    pub(super) zone: &'a TimeZone,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    pub(super) fn read(
        &mut self,
        written: &cases::Expected,
        question: &Question,
        case: Span,
        facts: &Facts,
    ) -> Option<Expected> {
        let decides = matches!(question, Question::Decide(_));
        let lists = [
            ("reasons", &written.reasons),
            ("may_apply", &written.may_apply),
            ("questions", &written.questions),
        ];
        for (key, list) in lists {
            if list.is_some() && !decides {
                let message = format!("`{key}` belongs to decisions");
                let help = "remove it, or ask for a decision".to_string();
                self.out.push(Finding::BadCase { span: case, message, help }.into());
            }
        }
        if written.answer.is_empty() {
            // The whole list of instructions is guarded by its approved answer.
            if matches!(question, Question::Aftercare { may: None, .. }) {
                return Some(Expected::default());
            }
            if written.span.is_none() {
                self.out.push(
                    Finding::BadCase {
                        span: case,
                        message: "this case does not say what it expects".to_string(),
                        help: "add `expect:` with the right answer".to_string(),
                    }
                    .into(),
                );
            }
            return None;
        }
        let answer = self.wanted(&written.answer, question)?;
        let reasons = self.reasons(written, &answer, case, decides)?;
        let may_apply = written.may_apply.as_ref().map(|list| self.rules(list));
        let known: Vec<&str> = facts.facts.iter().map(|fact| fact.id.as_str()).collect();
        let questions = written.questions.as_ref().map(|list| self.known(list, "fact", &known));
        let steps: Vec<&str> = self
            .treatment
            .appointment
            .iter()
            .flat_map(|appointment| &appointment.steps)
            .map(|step| step.id.as_str())
            .collect();
        for named in &written.steps {
            if !steps.contains(&named.name.as_str()) {
                let near = suggest::nearest(&named.name, steps.iter().copied());
                let (span, name) = (named.span, named.name.as_str());
                self.out.push(Finding::NoSuch { span, what: "step", name, near }.into());
            } else if !["yes", "no", "ask first"].contains(&named.value.text.as_str()) {
                self.bad::<()>(&named.value, "a step is `yes`, `no` or `ask first`");
            }
        }
        let steps = written.steps.iter().map(|named| (named.name.clone(), named.value.text.clone()));
        Some(Expected { answer: Some(answer), reasons, may_apply, questions, steps: steps.collect() })
    }

    /// A case that expects something serious says because of which rules: another rule must not do it unnoticed.
    fn reasons(
        &mut self,
        written: &cases::Expected,
        answer: &Wanted,
        case: Span,
        decides: bool,
    ) -> Option<Option<Vec<String>>> {
        match (&written.reasons, answer) {
            _ if !decides => Some(None),
            (Some(list), _) => {
                let mut rules = self.rules(list);
                rules.sort();
                Some(Some(rules))
            }
            (None, Wanted::Outcome(Outcome::Eligible | Outcome::MoreInformation)) => Some(Some(Vec::new())),
            (None, Wanted::NotInForce) => Some(None),
            (None, _) => {
                let message = format!("this case expects `{}` and names no rule", answer.words());
                let help = "add `reasons:` with the rules that decide, such as `[radiation]`".to_string();
                self.out.push(Finding::BadCase { span: case, message, help }.into());
                None
            }
        }
    }

    /// The full ids of rules named in short.
    fn rules(&mut self, list: &[Words]) -> Vec<String> {
        let page = format!("{}/", self.treatment.id);
        let short = |id: &str| id.strip_prefix(&page).unwrap_or(id).to_string();
        let mut known: Vec<String> = self.treatment.rules.iter().map(|rule| short(&rule.id)).collect();
        // What a withdrawal is known by.
        known.extend(["clinic".to_string(), self.treatment.id.clone()]);
        let list: Vec<Words> =
            list.iter().map(|words| Words { text: short(&words.text), span: words.span }).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.known(&list, "rule", &known)
    }

    fn known(&mut self, list: &[Words], what: &str, known: &[&str]) -> Vec<String> {
        for words in list.iter().filter(|words| !known.contains(&words.text.as_str())) {
            let near = suggest::nearest(&words.text, known.iter().copied());
            self.out.push(Finding::NoSuch { span: words.span, what, name: &words.text, near }.into());
        }
        let mut names: Vec<String> = list.iter().map(|words| words.text.clone()).collect();
        names.sort();
        names
    }

    fn bad<T>(&mut self, words: &Words, help: &str) -> Option<T> {
        let help = help.to_string();
        self.out.push(Finding::BadExpectation { span: words.span, text: &words.text, help }.into());
        None
    }

    fn wanted(&mut self, answer: &[Words], question: &Question) -> Option<Wanted> {
        let first = &answer[0];
        if let (Question::PlanFrom(_) | Question::PlanFor(_), false) = (question, first.text == "no plan") {
            let sessions: Option<Vec<_>> = answer.iter().map(|words| self.session(words)).collect();
            return sessions.map(Wanted::Sessions);
        }
        if let Some(second) = answer.get(1) {
            return self.bad(second, "only a plan has a list of days; everything else is one answer");
        }
        match question {
            Question::Decide(_) => self.outcome(first),
            Question::PlanFrom(_) | Question::PlanFor(_) => Some(Wanted::NoPlan),
            Question::Quote(..) if first.text == "no price" => Some(Wanted::NoPrice),
            Question::Quote(..) => match first.text.parse() {
                Ok(total) => Some(Wanted::Total(total)),
                Err(_) => self.bad(first, "write the total, such as `1076.00`, or `no price`"),
            },
            Question::Aftercare { ended, .. } => self.may(first, ended),
        }
    }

    fn outcome(&mut self, words: &Words) -> Option<Wanted> {
        const DEFERRED: &str = "write `deferred until DAY`, `deferred until DAY to DAY`, `deferred until DAY or \
                                longer` or `deferred without a day`";
        let text = words.text.as_str();
        if let Some(rest) = text.strip_prefix("deferred") {
            let parts: Vec<&str> = rest.split_whitespace().collect();
            let wait = match parts[..] {
                ["until", day] => Day::parse(day).map(Wait::Until),
                ["until", first, "to", last] => {
                    let days = Day::parse(first).zip(Day::parse(last));
                    days.filter(|(a, b)| a < b).map(|(a, b)| Wait::Between(a, b))
                }
                ["until", day, "or", "longer"] => Day::parse(day).map(Wait::OrLonger),
                ["without", "a", "day"] => Some(Wait::WithoutDay),
                _ => None,
            };
            let no_day =
                |part: &&&str| part.starts_with(|c: char| c.is_ascii_digit()) && Day::parse(part).is_none();
            if let Some(day) = parts.iter().find(no_day) {
                let help =
                    format!("`{day}` is no day of the calendar: write year-month-day, such as 2026-03-02");
                return self.bad(words, &help);
            }
            return match wait {
                Some(wait) => Some(Wanted::Deferred(wait)),
                None => self.bad(words, DEFERRED),
            };
        }
        if text == NOT_IN_FORCE {
            return Some(Wanted::NotInForce);
        }
        match Outcome::named(text) {
            Some(outcome) => Some(Wanted::Outcome(outcome)),
            None => {
                let phrases = Outcome::ALL.map(Outcome::phrase);
                match suggest::nearest(&text.replace(' ', "_"), phrases) {
                    Some(near) => self.bad(words, &format!("did you mean `{near}`?")),
                    None => self.bad(words, &format!("an answer is {}", prose::list(&phrases, "or"))),
                }
            }
        }
    }

    fn may(&mut self, words: &Words, ended: &Zoned) -> Option<Wanted> {
        let mut at = |text: &str| {
            let words = Words { text: text.to_string(), span: words.span };
            moment(&words, self.zone, Some(ended), self.out)
        };
        let may = match words.text.as_str() {
            "yes" => May::Yes(None),
            "yes without end" => May::YesWithoutEnd,
            "not yet without end" => May::NotYetWithoutEnd,
            "the source is silent" => May::Silent,
            text => match (text.strip_prefix("yes until "), text.strip_prefix("not yet until ")) {
                (Some(end), _) => May::Yes(Some(at(end)?)),
                (_, Some(from)) => May::NotYet(at(from)?),
                _ => {
                    return self.bad(
                        words,
                        "write `yes`, `yes until TIME`, `yes without end`, `not yet until TIME`, \
                         `not yet without end` or `the source is silent`",
                    );
                }
            },
        };
        Some(Wanted::May(may))
    }

    fn session(&mut self, words: &Words) -> Option<(Day, Option<Day>)> {
        let parts: Vec<&str> = words.text.split_whitespace().collect();
        let session = match parts[..] {
            [day] => Day::parse(day).map(|day| (day, Some(day))),
            [first, "to", last] => Day::parse(first).zip(Day::parse(last)).map(|(a, b)| (a, Some(b))),
            [day, "or", "later"] => Day::parse(day).map(|day| (day, None)),
            _ => None,
        };
        match session {
            Some(session) => Some(session),
            None => self.bad(words, "write a day for each session, or `DAY to DAY`, or `no plan`"),
        }
    }
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
            slips.push(format!("its {what} should be {} and are {}", named(wanted), named(&got)));
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
