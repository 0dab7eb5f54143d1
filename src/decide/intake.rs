//! One client's record after the other, read as answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::answers::{Answers, Review, Seen};
use super::diags::Finding;
use super::said::is_missing;
use super::saw;
use super::single::Single;
use super::values::{Reader, Reading};
use crate::book::condition::FactId;
use crate::book::fact::{FactKind, Facts};
use crate::book::{Book, Rule, Treatment};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Pair, Shape, Value};
use crate::span::Span;
use crate::value::{Day, Duration, FIRST_DAY, LAST_DAY, NEVER, ONGOING, Points};
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
    told: Vec<Told>,
    names: Names<'b>,
    /// The facts that are answered option by option, each with the place of a part of its answer in the record.
    parts: Vec<(FactId, usize)>,
}

/// What is remembered about a fact.
#[derive(Clone, Default)]
struct Told {
    /// What first answered it, for this client or the last, if it means the same on all days.
    meant: Meant,
    /// Whether this client has answered it.
    is_given: bool,
}

/// An answer in texts: a word, or the keys and words of a map in turn; none if it is not remembered.
#[derive(Clone, Default)]
struct Meant {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Meant {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }

    /// Whether it is this word.
    #[inline]
    fn is_word(&self, word: &str) -> bool {
        self.ends.len() == 1 && self.bytes == word.as_bytes()
    }

    /// Whether it is a map of these words.
    fn is_map<'v>(&self, pairs: impl ExactSizeIterator<Item = (&'v str, &'v Value<'v>)>) -> bool {
        if self.ends.len() != 2 * pairs.len() {
            return false;
        }
        let mut start = 0;
        let mut is_next = |text: &str, end: usize| {
            let told = &self.bytes[start..end];
            start = end;
            told == text.as_bytes()
        };
        let mut each = pairs.zip(self.ends.chunks_exact(2));
        each.all(|((key, value), ends)| {
            is_next(key, ends[0]) && value.text().is_some_and(|word| is_next(word, ends[1]))
        })
    }

    /// Keeps a word, or a map of words.
    fn keep(&mut self, answer: &Value<'_>) {
        match &answer.shape {
            Shape::Word(word) => self.push(word),
            // What stands behind `answer` would be another answer by itself.
            Shape::Map(pairs)
                if pairs.iter().all(|pair| pair.value.text().is_some() && pair.key != "answer") =>
            {
                for Pair { key, value, .. } in pairs {
                    self.push(key);
                    self.push(value.text().unwrap_or_default());
                }
            }
            Shape::Nothing | Shape::List(_) | Shape::Map(_) => {}
        }
    }
}

/// The facts by their names. Records mostly answer the same facts in the same order.
struct Names<'b> {
    facts: &'b Facts,
    order: Vec<FactId>,
    /// The place of the fact that is expected next.
    next: usize,
    /// All of them, once some name was not expected.
    all: BTreeMap<&'b str, FactId>,
}

/// So many facts of the last record may be missing in the next.
const AHEAD: usize = 4;

impl<'b> Names<'b> {
    /// The fact that is named, perhaps with one of its options, or the name that no fact has.
    #[inline]
    fn get<'n>(&mut self, name: &'n str) -> Result<(FactId, Option<&'n str>), &'n str> {
        if let Some(found) = self.at(self.next, name) {
            self.next += 1;
            return Ok(found);
        }
        // Options of one fact stand side by side.
        let from = self.next.saturating_sub(1);
        for at in from..=from + AHEAD {
            if let Some(found) = self.at(at, name) {
                self.next = at + 1;
                return Ok(found);
            }
        }
        let (name, option) = match name.split_once('.') {
            Some((name, option)) => (name, Some(option)),
            None => (name, None),
        };
        self.unexpected(name).map(|id| (id, option)).ok_or(name)
    }

    /// The fact at a place in the order, if it is the one that is named.
    #[inline]
    fn at<'n>(&self, at: usize, name: &'n str) -> Option<(FactId, Option<&'n str>)> {
        let id = *self.order.get(at)?;
        let fact = self.facts.get(id).id.as_str();
        // Most other names have neither its length nor a dot behind it.
        let option = match name.as_bytes().get(fact.len()) {
            None if name.len() == fact.len() => None,
            Some(b'.') => name.get(fact.len() + 1..),
            None | Some(_) => return None,
        };
        name.starts_with(fact).then_some((id, option))
    }

    fn unexpected(&mut self, name: &str) -> Option<FactId> {
        let facts = self.facts;
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
        let answers = Answers::none(crate::value::FIRST_DAY, facts);
        let order = (0..count as u16).map(FactId).collect();
        let names = Names { facts, order, next: 0, all: BTreeMap::new() };
        Intake { book, treatment, answers, told: vec![Told::default(); count], names, parts: Vec::new() }
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
        let answered_on =
            match (record.answered_on.as_ref().filter(|words| !is_no_date(&words.text)), answered_on) {
                (Some(words), _) => asked.past_day(&words.text, words.span, "answered_on", out),
                (None, Some(day)) => asked.not_after(day, record.span, "the record", out),
                (None, None) => None,
            };
        self.take_all(record, &asked, answered_on, out);
        let reviews = record.reviews.iter().filter_map(|one| asked.review(one, treatment, out));
        self.answers.reviews.extend(reviews);
        if out[before..].iter().any(|finding| finding.severity == Severity::Error) {
            return None;
        }
        for (told, given) in self.told.iter().zip(&mut self.answers.singles) {
            if !told.is_given {
                given.clear();
            }
        }
        self.answers.put_together_again(facts);
        if !self.answers.reviews.is_empty() {
            self.answers.seen = self.seen(record, answered_on);
        }
        Some(&self.answers)
    }

    /// Takes the answers to all facts.
    fn take_all(
        &mut self,
        record: &Record<'_>,
        asked: &Asked<'_>,
        answered_on: Option<Day>,
        out: &mut Vec<Diagnostic>,
    ) {
        let (facts, client) = (&self.book.facts, asked.client);
        let mut dates: Vec<(FactId, Option<Day>)> = Vec::new();
        for (name, words) in &record.dated {
            match facts.named(name) {
                None => unknown_fact(client, name, words.span, facts, out),
                Some(_) if is_no_date(&words.text) => {}
                Some(id) => {
                    // One that is wrong is not made good by the day of the record.
                    dates.push((id, asked.past_day(&words.text, words.span, name, out)));
                }
            }
        }
        let on =
            |id: FactId| dates.iter().find(|(dated, _)| *dated == id).map_or(answered_on, |(_, day)| *day);
        self.parts.clear();
        for (place, Pair { key, key_span, value }) in record.facts.iter().enumerate() {
            let (id, option) = match self.names.get(key) {
                Ok(found) => found,
                Err(name) => {
                    unknown_fact(client, name, *key_span, facts, out);
                    continue;
                }
            };
            match option {
                None => self.take(asked, id, value, on(id), out),
                Some(_) => self.parts.push((id, place)),
            }
        }
        // What is answered option by option is answered as a map.
        let mut parts = std::mem::take(&mut self.parts);
        parts.sort_unstable();
        for parts in parts.chunk_by(|(a, _), (b, _)| a == b) {
            let (id, first) = parts[0];
            let (fact, span) = (&facts.get(id).id, record.facts[first].key_span);
            if self.told[usize::from(id.0)].is_given {
                let message = format!("`{fact}` is answered as a whole and by option");
                let help = "answer it in one of the two ways".to_string();
                out.push(Finding::BadAnswer { client, span, message, help }.into());
                continue;
            }
            let pairs = parts.iter().map(|(_, place)| {
                let Pair { key, key_span, value } = &record.facts[*place];
                (&key[fact.len() + 1..], *key_span, value)
            });
            let words = pairs.clone().map(|(option, _, value)| (option, value));
            if self.again(id, on(id), |meant| meant.is_map(words)) {
                continue;
            }
            let pairs = pairs.map(|(option, key_span, value)| {
                let (key, value) = (Cow::Borrowed(option), value.lent());
                Pair { key, key_span, value }
            });
            let map = Shape::Map(pairs.collect());
            self.take(asked, id, &Value { span, shape: map }, on(id), out);
        }
        self.parts = parts;
    }

    /// What was said about each fact, as reviews name it: read for a day at which nothing is cut off, so that it is
    /// the same whatever day is asked about.
    fn seen(&self, record: &Record<'_>, answered_on: Option<Day>) -> Vec<Seen> {
        let mut uncut = Intake::new(self.book, self.treatment);
        uncut.start("", LAST_DAY);
        uncut.take_all(record, &Asked { client: "", visit: LAST_DAY }, answered_on, &mut Vec::new());
        let each = (0..).map(FactId).zip(uncut.told.iter().zip(&uncut.answers.singles));
        let said = each.map(|(id, (told, given))| match told.is_given {
            true => Seen::of(&self.book.facts, id, given),
            false => Seen::default(),
        });
        said.collect()
    }

    /// Names the answers in a record to the facts that a rule reads.
    pub fn saw(&self, rule: &Rule, record: &Record<'_>, answered_on: Option<Day>) -> String {
        let own = record.answered_on.as_ref().and_then(|words| Day::parse(&words.text));
        saw::digest(rule, &self.book.facts, &self.seen(record, own.or(answered_on)))
    }

    /// The answers of the record that was read last.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Makes room for a client.
    fn start(&mut self, client: &str, visit: Day) {
        let answers = &mut self.answers;
        answers.client.clear();
        answers.client.push_str(client);
        answers.visit = visit;
        answers.reviews.clear();
        answers.seen.clear();
        self.told.iter_mut().for_each(|told| told.is_given = false);
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
    fn take(
        &mut self,
        asked: &Asked<'_>,
        id: FactId,
        value: &Value<'_>,
        on: Option<Day>,
        out: &mut Vec<Diagnostic>,
    ) {
        match &value.shape {
            Shape::Word(word) if self.again(id, on, |meant| meant.is_word(word)) => {}
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

    /// Takes an answer that means the same as for the client before, which is still there; false if it is another.
    #[inline]
    fn again(&mut self, id: FactId, on: Option<Day>, is_same: impl FnOnce(&Meant) -> bool) -> bool {
        let at = usize::from(id.0);
        let told = &mut self.told[at];
        let [one @ Single { boxes: Some(_), .. }] = &mut self.answers.singles[at][..] else { return false };
        let is_same = !told.is_given && is_same(&told.meant);
        if is_same {
            (one.on, one.from) = (on, None);
            told.is_given = true;
        }
        is_same
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
        let (mut answer, mut from, mut is_sound) = (value, None, true);
        if let (Some(pairs), Some(given)) = (value.pairs(), value.get("answer")) {
            answer = given;
            for Pair { key, key_span, value } in pairs {
                let text = value.text().map(str::trim);
                match (&**key, text) {
                    ("answer", _) => {}
                    ("on", Some(text)) if is_no_date(text) => {}
                    ("on", Some(text)) => {
                        on = asked.past_day(text, value.span, &fact.id, out);
                        is_sound &= on.is_some();
                    }
                    ("from", Some(text)) => from = Some(text).filter(|text| !is_missing(text)),
                    (key, _) => {
                        let message = format!("`{key}` has no meaning beside `answer`");
                        let help = "write `{answer: ..., on: a day, from: who said so}`".to_string();
                        out.push(Finding::BadAnswer { client, span: *key_span, message, help }.into());
                        is_sound = false;
                    }
                }
            }
        }
        let at = usize::from(id.0);
        let (told, given) = (&mut self.told[at], &mut self.answers.singles[at]);
        self.answers.facts[at].as_given = false;
        // The first answer of the client before is room for that of this one.
        let is_first = !told.is_given;
        if is_first {
            given.truncate(1);
            told.meant.clear();
        }
        if !is_first || given.is_empty() {
            given.push(Single::default());
        }
        let one = given.last_mut()?;
        let room = one.boxes.get_or_insert_default();
        one.plans.clear();
        let (visit, plans) = (asked.visit, &mut one.plans);
        match (Reader { client, visit, answered: on, plans, ends: None, out }).read(fact, answer, room)? {
            Reading::Unknown => one.boxes = None,
            Reading::Values => {
                // Whatever order the options were written in.
                one.plans.sort_unstable_by_key(|plan| plan.slot);
                let lasts = |points: &Points| matches!(points.single(), Some(NEVER | ONGOING));
                let lasting = !fact.kind.is_date() || room.iter().flatten().all(lasts);
                if is_first && lasting && one.plans.is_empty() {
                    told.meant.keep(answer);
                }
            }
        }
        (one.on, one.from) = (on, from.map(str::to_string));
        told.is_given = fact.kind != FactKind::Note;
        is_sound.then_some(())
    }
}

fn unknown_fact(client: &str, name: &str, span: Span, facts: &Facts, out: &mut Vec<Diagnostic>) {
    let known: Vec<String> = facts.facts.iter().map(|fact| fact.id.clone()).collect();
    out.push(Finding::UnknownFact { client, span, name, known: &known }.into());
}

/// Whether a text stands where a program has no day.
fn is_no_date(text: &str) -> bool {
    is_missing(text) || Day::parse(text) == Some(FIRST_DAY)
}

/// Who is asked about, and for which day.
struct Asked<'a> {
    client: &'a str,
    visit: Day,
}

impl Asked<'_> {
    fn past_day(&self, text: &str, span: Span, what: &str, out: &mut Vec<Diagnostic>) -> Option<Day> {
        let client = self.client;
        match Day::parse(text) {
            Some(day) => self.not_after(day, span, &format!("`{what}`"), out),
            None => {
                let message = format!("`{text}` is no day");
                let help = "write year-month-day, such as 2026-03-02".to_string();
                out.push(Finding::BadRecord { client, span, message, help }.into());
                None
            }
        }
    }

    /// The day if it does not lie after the visit.
    fn not_after(&self, day: Day, span: Span, what: &str, out: &mut Vec<Diagnostic>) -> Option<Day> {
        let Asked { client, visit } = *self;
        if day > visit {
            let message = format!("{what} was answered on {day}, after the visit on {visit}");
            out.push(Finding::FutureAnswer { client, span, message }.into());
        }
        Some(day).filter(|day| *day <= visit)
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
            saw: written.saw.as_ref().map(|words| words.text.clone()),
        })
    }
}
