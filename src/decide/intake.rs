//! One client's record after the other, read as answers.

use std::borrow::Cow;
use std::collections::HashMap;

use super::answers::{Answers, FactAnswer, Review};
use super::combine::{self, Single, Singles};
use super::diags::Finding;
use super::values::{self, Reader, Reading, Said};
use crate::book::condition::FactId;
use crate::book::fact::{FactKind, Facts};
use crate::book::{Book, Treatment};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Pair, Shape, Value};
use crate::span::Span;
use crate::value::{Day, Duration};
use crate::written::Words;
use crate::written::record::{Record, Review as WrittenReview};

/// Reads a record for a visit of `treatment` on `visit`. `answered_on` is the day of answers that carry none,
/// unless the record gives one. All mistakes at once; warnings are returned beside the answers.
pub fn from_written(
    record: &Record<'_>,
    client: &str,
    visit: Day,
    answered_on: Option<Day>,
    book: &Book,
    treatment: &Treatment,
) -> (Option<Answers>, Vec<Diagnostic>) {
    let (mut intake, mut findings) = (Intake::new(book, treatment), Vec::new());
    let fine = intake.read(record, client, visit, answered_on, &mut findings).is_some();
    (fine.then_some(intake.answers), findings)
}

/// Reads the records of many clients, each in the room of the one before.
pub struct Intake<'b> {
    book: &'b Book,
    treatment: &'b Treatment,
    answers: Answers,
    /// The answers of the client before: room for others, and what the same word means.
    before: Vec<Singles>,
    told: Vec<Told>,
    /// Whether the last record could be read.
    fine: bool,
    names: Names<'b>,
}

/// What is remembered about a fact.
#[derive(Clone, Default)]
struct Told {
    /// The word that answered it, if it means the same on all days.
    word: String,
    /// Whether the client's answer is the one of the client before.
    again: bool,
    /// Whether what all answers allow is what the answer says.
    is_same: bool,
}

/// The facts by their names. Records mostly answer the same facts in the same order.
struct Names<'b> {
    facts: &'b Facts,
    order: Vec<FactId>,
    /// The place of the fact that is expected next.
    next: usize,
    /// All of them, once some name was not expected.
    all: HashMap<&'b str, FactId>,
}

/// So many facts of the last record may be missing in the next.
const AHEAD: usize = 4;

impl<'b> Names<'b> {
    fn get(&mut self, name: &str) -> Option<FactId> {
        let facts = self.facts;
        // Options of one fact stand side by side.
        let from = self.next.saturating_sub(1);
        let expected = self.order.iter().enumerate().skip(from).take(AHEAD + 1);
        let mut same = expected.filter(|(_, id)| facts.get(**id).id == name);
        if let Some((at, id)) = same.next() {
            self.next = at + 1;
            return Some(*id);
        }
        if self.all.is_empty() {
            self.all.extend((0..).zip(&facts.facts).map(|(at, fact)| (fact.id.as_str(), FactId(at))));
        }
        let id = *self.all.get(name)?;
        self.order.truncate(self.next);
        self.order.push(id);
        self.next += 1;
        Some(id)
    }
}

impl<'b> Intake<'b> {
    /// For clients who want this treatment.
    pub fn new(book: &'b Book, treatment: &'b Treatment) -> Intake<'b> {
        let facts = &book.facts;
        let count = facts.facts.len();
        let answers = Answers {
            client: String::new(),
            visit: crate::value::FIRST_DAY,
            facts: vec![FactAnswer::default(); count],
            reviews: Vec::new(),
            singles: vec![Singles::new(); count],
        };
        let order = (0..count as u16).map(FactId).collect();
        let names = Names { facts, order, next: 0, all: HashMap::new() };
        let (before, told) = (vec![Singles::new(); count], vec![Told::default(); count]);
        Intake { book, treatment, answers, before, told, fine: false, names }
    }

    /// Reads the next record, as [`from_written`] does; what was found goes to `out`.
    pub fn read(
        &mut self,
        record: &Record<'_>,
        client: &str,
        visit: Day,
        answered_on: Option<Day>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<&Answers> {
        let before = out.len();
        let (book, treatment) = (self.book, self.treatment);
        let facts = &book.facts;
        self.start(client, visit);
        self.in_force(record, out);
        let asked = Asked { client, visit };
        let answered_on = match &record.answered_on {
            Some(words) => asked.past_day(&words.text, words.span, "answered_on", out),
            None => answered_on,
        };
        let mut dates: Vec<(FactId, Day)> = Vec::new();
        for (name, words) in &record.dated {
            match facts.named(name) {
                None => unknown_fact(client, name, words.span, facts, out),
                Some(id) => {
                    let day = asked.past_day(&words.text, words.span, name, out);
                    dates.extend(day.map(|day| (id, day)));
                }
            }
        }
        let on =
            |id: FactId| dates.iter().find(|(dated, _)| *dated == id).map(|(_, day)| *day).or(answered_on);
        let mut parts: Vec<(FactId, Pair<'_>)> = Vec::new();
        for answered in &record.facts {
            let name = &*answered.fact;
            let (name, option) = match memchr::memchr(b'.', name.as_bytes()) {
                Some(dot) => (&name[..dot], Some(&name[dot + 1..])),
                None => (name, None),
            };
            let Some(id) = self.names.get(name) else {
                unknown_fact(client, name, answered.span, facts, out);
                continue;
            };
            let value = &answered.value;
            match option {
                None => self.answers(&asked, id, value, on(id), out),
                Some(option) => {
                    let key = Cow::Borrowed(option);
                    parts.push((id, Pair { key, key_span: answered.span, value: value.clone() }));
                }
            }
        }
        // What is answered option by option is answered as a map.
        parts.sort_by_key(|(id, _)| *id);
        let mut parts = parts.into_iter().peekable();
        while let Some((id, first)) = parts.next() {
            let span = first.key_span;
            let mut pairs = vec![first];
            pairs.extend(
                std::iter::from_fn(|| parts.next_if(|(other, _)| *other == id)).map(|(_, pair)| pair),
            );
            let fact = &facts.get(id).id;
            if !self.answers.singles[usize::from(id.0)].is_empty() {
                let message = format!("`{fact}` is answered as a whole and by option");
                let help = "answer it in one of the two ways".to_string();
                out.push(Finding::BadAnswer { client, span, message, help }.into());
                continue;
            }
            self.answers(&asked, id, &Value { span, shape: Shape::Map(pairs) }, on(id), out);
        }
        let reviews = record.reviews.iter().filter_map(|one| asked.review(one, treatment, out));
        self.answers.reviews.extend(reviews);
        if out[before..].iter().any(|finding| finding.severity == Severity::Error) {
            return None;
        }
        self.fine = true;
        let Answers { facts: combined, singles, .. } = &mut self.answers;
        let each = singles.iter().zip(combined).zip(&mut self.told);
        for (id, ((given, all), told)) in (0..).map(FactId).zip(each) {
            let is_same = told.again && told.is_same;
            told.is_same = combine::combine_into(facts, id, given, (visit, visit), is_same, all);
        }
        Some(&self.answers)
    }

    /// Makes room for a client.
    fn start(&mut self, client: &str, visit: Day) {
        let answers = &mut self.answers;
        answers.client.clear();
        answers.client.push_str(client);
        answers.visit = visit;
        answers.reviews.clear();
        std::mem::swap(&mut answers.singles, &mut self.before);
        answers.singles.iter_mut().for_each(Singles::clear);
        for told in &mut self.told {
            // What the answers allow is that of the client before only if it was put together then.
            (told.is_same, told.again) = (told.is_same && self.fine, false);
        }
        self.fine = false;
        self.names.next = 0;
    }

    fn in_force(&self, record: &Record<'_>, out: &mut Vec<Diagnostic>) {
        let (Answers { client, visit, .. }, treatment) = (&self.answers, self.treatment);
        if treatment.in_force.covers(*visit) {
            return;
        }
        let days = match (treatment.in_force.from, treatment.in_force.last) {
            (Some(from), Some(last)) => format!("from {from} to {last}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(last)) => format!("until {last}"),
            (None, None) => "always".to_string(),
        };
        let message =
            format!("the visit on {visit} lies outside the days `{}` is in force: {days}", treatment.id);
        let span = record.visit.as_ref().map_or(record.span, |words| words.span);
        out.push(Finding::NotInForce { client, span, message }.into());
    }

    /// Takes the answers behind one fact: one, or several from different sources.
    fn answers(
        &mut self,
        asked: &Asked<'_>,
        id: FactId,
        value: &Value<'_>,
        on: Option<Day>,
        out: &mut Vec<Diagnostic>,
    ) {
        match &value.shape {
            Shape::List(items)
                if !items.is_empty() && items.iter().all(|item| item.get("answer").is_some()) =>
            {
                for item in items {
                    self.single(asked, id, item, on, out);
                }
            }
            Shape::Nothing | Shape::Word(_) | Shape::List(_) | Shape::Map(_) => {
                self.single(asked, id, value, on, out);
            }
        }
    }

    /// Takes one answer; `None` if it is wrong, which is reported.
    fn single(
        &mut self,
        asked: &Asked<'_>,
        id: FactId,
        value: &Value<'_>,
        mut on: Option<Day>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<()> {
        let (fact, client) = (self.book.facts.get(id), asked.client);
        let (mut answer, mut from) = (value, None);
        if let (Some(pairs), Some(given)) = (value.pairs(), value.get("answer")) {
            answer = given;
            for Pair { key, key_span, value } in pairs {
                let text = value.text().map(str::trim);
                match (&**key, text) {
                    ("answer", _) => {}
                    ("on", Some("")) => {}
                    ("on", Some(text)) => on = Some(asked.past_day(text, value.span, &fact.id, out)?),
                    ("from", Some(text)) => from = Some(text).filter(|text| !text.is_empty()),
                    (key, _) => {
                        let message = format!("`{key}` has no meaning beside `answer`");
                        let help = "write `{answer: ..., on: a day, from: who said so}`".to_string();
                        out.push(Finding::BadAnswer { client, span: *key_span, message, help }.into());
                        return None;
                    }
                }
            }
        }
        let at = usize::from(id.0);
        let told = &mut self.told[at];
        let mut boxes = self.before[at].pop().and_then(|one| one.boxes);
        let word = match &answer.shape {
            Shape::Word(text) => &**text,
            Shape::Nothing | Shape::List(_) | Shape::Map(_) => "",
        };
        // Of several answers to a fact only the last was remembered.
        let is_first = self.answers.singles[at].is_empty();
        told.again = is_first && !word.is_empty() && told.word == word && boxes.is_some();
        if !told.again {
            told.word.clear();
            let mut room = boxes.take().unwrap_or_default();
            let reading = Reader { client, visit: asked.visit, out }.read(fact, answer, &mut room)?;
            if reading == Reading::Values {
                boxes = Some(room);
                if !fact.kind.is_date() || values::said(word) != Said::Other {
                    told.word.push_str(word);
                }
            }
        }
        if fact.kind != FactKind::Note {
            let from = from.map(str::to_string);
            self.answers.singles[usize::from(id.0)].push(Single { boxes, on, from });
        }
        Some(())
    }
}

fn unknown_fact(client: &str, name: &str, span: Span, facts: &Facts, out: &mut Vec<Diagnostic>) {
    let known: Vec<String> = facts.facts.iter().map(|fact| fact.id.clone()).collect();
    out.push(Finding::UnknownFact { client, span, name, known: &known }.into());
}

/// Who is asked about, and for which day.
struct Asked<'a> {
    client: &'a str,
    visit: Day,
}

impl Asked<'_> {
    fn past_day(&self, text: &str, span: Span, what: &str, out: &mut Vec<Diagnostic>) -> Option<Day> {
        let Asked { client, visit } = *self;
        match Day::parse(text) {
            Some(day) if day <= visit => Some(day),
            Some(day) => {
                let message = format!("`{what}` was answered on {day}, after the visit on {visit}");
                out.push(Finding::FutureAnswer { client, span, message }.into());
                None
            }
            None => {
                let message = format!("`{text}` is no day");
                let help = "write year-month-day, such as 2026-03-02".to_string();
                out.push(Finding::BadRecord { client, span, message, help }.into());
                None
            }
        }
    }

    fn review(
        &self,
        written: &WrittenReview,
        treatment: &Treatment,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Review> {
        let client = self.client;
        let rule = written.rule.as_ref()?;
        if rule.text.split('/').next() != Some(treatment.id.as_str()) {
            return None;
        }
        if !treatment.rules.iter().any(|known| known.id == rule.text) {
            let near =
                crate::suggest::nearest(&rule.text, treatment.rules.iter().map(|known| known.id.as_str()));
            let help = near.map_or("name the rule as a decision prints it".to_string(), |near| {
                format!("did you mean `{near}`?")
            });
            let message = format!("there is no rule `{}` to review", rule.text);
            out.push(Finding::ReviewNotUsable { client, span: rule.span, message, help }.into());
            return None;
        }
        let says = written.says.as_ref()?;
        if says.text != "go ahead" {
            let message = format!("a review cannot say `{}`", says.text);
            let help = "write `says: go ahead`; without a review the rule counts as it is".to_string();
            out.push(Finding::ReviewNotUsable { client, span: says.span, message, help }.into());
            return None;
        }
        let good_for = written.good_for.as_ref()?;
        let Some(limit) = Duration::parse(&good_for.text).filter(|limit| limit.unit.is_calendar()) else {
            let message = format!("`{}` does not say how long the review counts", good_for.text);
            let help = "write a duration such as `26 weeks`".to_string();
            out.push(Finding::ReviewNotUsable { client, span: good_for.span, message, help }.into());
            return None;
        };
        let Words { text, span } = written.on.as_ref()?;
        let on = self.past_day(text, *span, "the review", out)?;
        Some(Review {
            rule: rule.text.clone(),
            by: written.by.as_ref()?.text.clone(),
            on,
            good_for: limit,
            meaning: written.meaning.as_ref().map(|words| words.text.clone()),
        })
    }
}
