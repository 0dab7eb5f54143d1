//! What a case expects, and how an answer differs from it.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::case::{Expected, May, NOT_IN_FORCE, Question, Wait, Wanted};
use super::diags::Finding;
use crate::book::fact::Facts;
use crate::book::{Outcome, Treatment};
use crate::decide::wall::{self, NoMoment};
use crate::diagnostic::Diagnostic;
use crate::prose;
use crate::span::Span;
use crate::suggest;
use crate::value::Day;
use crate::written::{Words, cases};

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
            // The whole list of instructions is guarded by its approved answer. Elsewhere it was reported.
            if matches!(question, Question::Aftercare { may: None, .. }) {
                return Some(Expected::default());
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

/// Reads a moment; with `ended` also one after it, and none before it.
pub(super) fn moment(
    words: &Words,
    zone: &TimeZone,
    ended: Option<&Zoned>,
    out: &mut Vec<Diagnostic>,
) -> Option<Zoned> {
    let read = match ended {
        Some(ended) => wall::moment_after(&words.text, ended),
        None => wall::moment(&words.text, zone),
    };
    let mut help = "write day and time as 2026-03-02T10:45, which counts in the clinic's zone".to_string();
    let why = match read {
        Ok(moment) if ended.is_some_and(|ended| moment < *ended) => {
            "is before the treatment ended".to_string()
        }
        Ok(moment) => return Some(moment),
        Err(NoMoment::NoTime | NoMoment::NoSpan) => "is no time".to_string(),
        Err(NoMoment::NoZone(name)) => format!("names a time zone that does not exist: `{name}`"),
        Err(NoMoment::OtherOffset) => "has an offset that is not that of its zone at that time".to_string(),
        Err(NoMoment::ClocksChange { skipped, readings, suffix }) => {
            let what = if skipped { "does not exist" } else { "exists twice" };
            let [first, second] = readings.map(|moment| wall::reading(&moment, &suffix));
            help = format!("write `{first}` or `{second}`");
            format!("{what}, as the clocks change")
        }
    };
    out.push(Finding::NoTime { span: words.span, text: &words.text, why, help }.into());
    None
}
