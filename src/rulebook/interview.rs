//! An interview with one client: what can still matter is asked, most useful first, until it is settled.
//!
//! An answer narrows what is known. What is known as of the day of the answers is not asked again, whether or not it
//! will have grown too old by the visit, and a part of an answer is followed by one closer question. Whatever was
//! answered can be gone back to; the record is worked out from all that was said.

mod asking;
mod given;
mod known;
mod next;
mod reading;
mod words;

use serde_json::{Map, Value, json};

pub use self::asking::{Already, Asking, Heard, NotUnderstood, Stage};
use self::given::Given;
use self::known::{freed, known, meet, piece, same, written};
use self::next::Next;
use self::reading::{Says, some_day};
pub use self::words::Lead;
use super::inquiry::{Desk, NoAnswer, Question, Refused};
use super::records;
use crate::book::condition::FactId;
use crate::book::fact::{Fact, FactKind};
use crate::decide::{self, Alternative, Answers, Decision, spread};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::ANSWER;
use crate::span::Texts;
use crate::value::{Day, FIRST_DAY, NEVER, ONGOING, Points};

/// A record that grows answer by answer.
pub struct Interview<'r> {
    desk: Desk<'r>,
    /// The record but its facts.
    rest: Map<String, Value>,
    /// The facts that it began with.
    begun: Map<String, Value>,
    /// The facts as they stand.
    facts: Map<String, Value>,
    /// The day of the answers that are given.
    answered_on: Day,
    visit: Day,
    /// What was answered, in the order of the questions.
    given: Vec<Given>,
    /// How many answers were given, also in place of others.
    count: usize,
    /// The place of the answer that somebody has gone back to.
    at: Option<usize>,
    /// The question that is open, unless one is gone back to.
    next: Option<Asking>,
    /// The facts of which an answer is known that will be too old by the visit.
    again: Vec<String>,
    decision: Decision,
}

/// How an interview begins, beside the record it starts from.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'b> {
    /// Who is asked, in place of the record's own id.
    pub client: Option<&'b str>,
    /// The day asked about, in place of the record's own.
    pub visit: Option<Day>,
    /// The day of the answers; else today, or the visit if that is earlier.
    pub answered_on: Option<Day>,
    /// Today.
    pub today: Day,
}

impl<'r> Interview<'r> {
    /// Starts from a record, or from an empty one.
    pub fn start(
        mut desk: Desk<'r>,
        mut record: Map<String, Value>,
        beginning: Beginning<'_>,
    ) -> Result<Interview<'r>, NoAnswer> {
        let Beginning { client, visit, answered_on, today } = beginning;
        let facts = match record.get_mut("facts") {
            Some(Value::Object(facts)) => std::mem::take(facts),
            _ => Map::new(),
        };
        let named = |record: &Map<String, Value>, key: &str| {
            let text = record.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.map(str::to_string)
        };
        let client = client.map(str::to_string).or_else(|| named(&record, "client"));
        let client = client.unwrap_or_else(|| "new client".to_string());
        let visit = visit.map(|day| day.to_string()).or_else(|| named(&record, "visit"));
        let visit = visit.unwrap_or_else(|| today.to_string());
        let day = Day::parse(&visit).unwrap_or(today);
        record.insert("client".to_string(), json!(client));
        record.insert("visit".to_string(), json!(visit));
        let answered_on = answered_on.unwrap_or(today.min(day));
        if answered_on > day {
            return Err(NoAnswer::Refused(too_late(client, day, answered_on)));
        }
        // What is no map of facts is refused with the record.
        let decision = match record.get("facts") {
            Some(Value::Object(_)) | None => decide(&mut desk, &whole(&record, &facts))?,
            Some(_) => decide(&mut desk, &record)?,
        };
        let mut interview = Interview {
            desk,
            rest: record,
            begun: facts.clone(),
            facts,
            answered_on,
            visit: day,
            given: Vec::new(),
            count: 0,
            at: None,
            next: None,
            again: Vec::new(),
            decision,
        };
        interview.look();
        Ok(interview)
    }

    /// What is decided so far.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The record as it stands. Answers of this interview carry their day themselves.
    pub fn record(&self) -> Map<String, Value> {
        whole(&self.rest, &self.facts)
    }

    /// Whether something was answered.
    pub fn has_answers(&self) -> bool {
        !self.given.is_empty()
    }

    /// The question that is put now, unless everything is settled.
    pub fn question(&self) -> Option<Asking> {
        match self.at.and_then(|at| self.given.get(at)) {
            Some(given) => Some(Asking { said: Some(given.line.clone()), ..given.asking.clone() }),
            None => self.next.clone(),
        }
    }

    /// What has an answer that will be too old by the visit: to be asked again on the day.
    pub fn again(&self) -> impl Iterator<Item = &decide::Question> {
        self.decision.questions.iter().filter(|question| self.again.contains(&question.fact))
    }

    /// The fact that a question is about.
    pub fn fact(&self, question: &decide::Question) -> Option<&'r Fact> {
        self.named(&question.fact).map(|(_, fact)| fact)
    }

    fn named(&self, name: &str) -> Option<(FactId, &'r Fact)> {
        let facts = &self.desk.version().book.facts;
        facts.named(name).map(|id| (id, facts.get(id)))
    }

    /// Goes back to the question before; false if there is none.
    pub fn back(&mut self) -> bool {
        let before = self.at.unwrap_or(self.given.len()).checked_sub(1);
        if before.is_some() {
            self.at = before;
        }
        before.is_some()
    }

    /// Takes a line, which may be an answer or lead to another question.
    pub fn hear(&mut self, line: &str) -> Result<Heard, NotUnderstood> {
        if line.len() > ANSWER {
            return Err(NotUnderstood::Wrong(vec!["this line is longer than any answer".to_string()]));
        }
        let Some(asking) = self.question() else { return Err(NotUnderstood::NoAnswer) };
        let Some((_, fact)) = self.named(&asking.question.fact) else { return Err(NotUnderstood::NoAnswer) };
        let (line, text) = (words::plain(line), words::folded(line));
        match Lead::read(&text, fact) {
            Some(Lead::Back) => return Ok(if self.back() { Heard::Back } else { Heard::First }),
            Some(Lead::Quit) => return Ok(Heard::Quit),
            None => {}
        }
        let is_named = !words::options_called(fact, &text).is_empty();
        if asking.said.as_ref().is_some_and(|said| text.is_empty() || words::folded(said) == text) {
            self.at = None;
            return Ok(Heard::Kept);
        }
        if text.is_empty() || text == "help" && !is_named {
            return Err(NotUnderstood::NoAnswer);
        }
        let only = match asking.stage {
            Stage::Closer(option) => option,
            Stage::Whole | Stage::Others => None,
        };
        let said = reading::read(fact, &line, only).map_err(NotUnderstood::Wrong)?;
        let days = said.days.clone();
        self.take(Given { asking, line, said, after: self.count })?;
        Ok(Heard::Taken(days))
    }

    /// Takes an answer, in place of the one that somebody has gone back to, and decides anew.
    fn take(&mut self, mut answer: Given) -> Result<(), NotUnderstood> {
        let Some((id, fact)) = self.named(&answer.asking.question.fact) else { return Ok(()) };
        let mut given = self.given.clone();
        let mut facts = match self.at {
            None => self.facts.clone(),
            Some(at) => {
                let old = given.remove(at);
                // What was asked more closely about the old answer goes with it.
                given.retain(|one| match one.asking.stage {
                    Stage::Closer(option) if one.asking.question.fact == fact.id => {
                        one.after < old.after || !old.is_about(option)
                    }
                    Stage::Closer(_) | Stage::Whole | Stage::Others => true,
                });
                self.worked_out(&given)?
            }
        };
        let taken = self.joined(&facts, (id, fact), &answer)?;
        if taken.is_none() && answer.asking.stage == Stage::Others && !answer.is_about_asked() {
            return Err(NotUnderstood::NothingNew);
        }
        if let Some(value) = taken {
            put(&mut facts, fact, value);
        }
        let decided = decide(&mut self.desk, &whole(&self.rest, &facts));
        if let Err(NoAnswer::Refused(refused)) = &decided {
            return Err(NotUnderstood::Wrong(messages(refused)));
        }
        answer.asking.said = None;
        let place = self.at.map_or(given.len(), |at| at.min(given.len()));
        given.insert(place, answer);
        (self.given, self.facts, self.at, self.next) = (given, facts, None, None);
        self.count += 1;
        self.decision = decided.map_err(|none| NotUnderstood::Stopped(none.to_string()))?;
        self.look();
        Ok(())
    }

    /// The facts as these answers leave them, the earliest taken first.
    fn worked_out(&mut self, given: &[Given]) -> Result<Map<String, Value>, NotUnderstood> {
        let mut facts = self.begun.clone();
        let mut in_time: Vec<&Given> = given.iter().collect();
        in_time.sort_by_key(|one| one.after);
        for one in in_time {
            let Some(named) = self.named(&one.asking.question.fact) else { continue };
            if let Some(value) = self.joined(&facts, named, one)? {
                put(&mut facts, named.1, value);
            }
        }
        Ok(facts)
    }

    /// What a record says of a fact after an answer to it; `None` if it is as before.
    fn joined(
        &mut self,
        facts: &Map<String, Value>,
        (id, fact): (FactId, &Fact),
        answer: &Given,
    ) -> Result<Option<Value>, NotUnderstood> {
        let on = self.answered_on;
        let all = self.all(fact);
        let is_answered = facts.keys().any(|name| is_of(name, fact));
        let own = facts.iter().filter(|(name, _)| is_of(name, fact));
        let read = self.read(own.map(|(name, value)| (name.clone(), value.clone())).collect())?;
        let book = &self.desk.version().book.facts;
        let before = read.boxes_on(id, on, book).into_owned();
        // Long ago everything still counts.
        let earlier = read.boxes_on(id, FIRST_DAY, book).into_owned();
        let says = match &answer.said.says {
            Says::Unknown => return Ok((!is_answered).then(|| dated(json!("unknown"), on))),
            Says::Whole(value) => value.clone(),
            Says::Parts(parts, others) => {
                let mut map = Map::new();
                let no = if fact.kind == FactKind::Set { "no" } else { "never" };
                let every: Vec<usize> = (0..fact.options.len()).collect();
                let asked = if answer.said.instead { &every } else { &answer.asking.options };
                for option in asked.iter().filter(|_| *others) {
                    let [before, earlier] = [&before, &earlier].map(|boxes| spread(boxes, *option));
                    let all = &all[*option];
                    // What was once answered of the past is so, however long ago somebody said it.
                    let past = fact.kind == FactKind::History && !earlier.contains(NEVER);
                    let value = match answer.said.instead {
                        false if before != *all => continue,
                        false if past => piece(fact, &earlier, all),
                        _ => json!(no),
                    };
                    map.insert(fact.options[*option].id.clone(), value);
                }
                let named =
                    parts.iter().map(|(option, value)| (fact.options[*option].id.clone(), value.clone()));
                map.extend(named);
                Value::Object(map)
            }
        };
        let read = self.read(Map::from_iter([(fact.id.clone(), dated(says.clone(), on))]))?;
        let mut answered = read.boxes_on(id, on, &self.desk.version().book.facts).into_owned();
        if let Says::Parts(parts, _) = &answer.said.says {
            for (option, _) in parts.iter().filter(|(_, value)| *value == some_day()) {
                let ever = all[*option].intersect(&Points::range(NEVER + 1, ONGOING));
                answered.iter_mut().for_each(|one| one[*option] = ever.clone());
            }
        }
        let open = match answer.said.instead {
            true => freed(&before, &answered, &all),
            false => before.clone(),
        };
        let both = meet(&open, &answered);
        if both.is_empty() {
            let against = known(fact, &open, &all).into_iter().filter(|one| {
                let slot = one.option.unwrap_or(0);
                spread(&answered, slot) != all[slot]
            });
            return Err(NotUnderstood::Against(against.collect()));
        }
        if is_answered && same(&both, &before) {
            return Ok(None);
        }
        let plain = match &answered[..] {
            [_] => written(fact, &answered, &all, on, true),
            _ => dated(says, on),
        };
        for value in [plain, written(fact, &both, &all, on, true)] {
            let read = self.read(Map::from_iter([(fact.id.clone(), value.clone())]));
            // What was typed was read above: it is what was known before that the day of this answer does not go with.
            let read = read.map_err(|_| NotUnderstood::LaterThanAnswer(known(fact, &open, &all), on))?;
            if same(&read.boxes_on(id, on, &self.desk.version().book.facts), &both) {
                return Ok(Some(value));
            }
        }
        Ok(Some(written(fact, &both, &all, on, false)))
    }

    /// Every value of each slot of a fact.
    fn all(&self, fact: &Fact) -> Alternative {
        let facts = &self.desk.version().book.facts;
        fact.slots().map(|slot| facts.domain(slot, self.visit)).collect()
    }

    /// What the record would say if this were all that it holds.
    fn read(&mut self, facts: Map<String, Value>) -> Result<Answers, NotUnderstood> {
        let mut texts = Texts::new();
        let mut rest = self.rest.clone();
        rest.remove("reviews");
        let read = records::one(&Value::Object(whole(&rest, &facts)).to_string(), &mut texts);
        let refused = |refused: Refused| NotUnderstood::Wrong(messages(&refused));
        let entry = read.entries.first().ok_or(NotUnderstood::NoAnswer)?;
        drop(self.desk.inquiry(Question::of(entry)).map_err(refused)?);
        Ok(self.desk.answers().clone())
    }

    /// Looks what is to be asked next, and again on the day.
    fn look(&mut self) {
        let answers = self.desk.answers();
        let next = Next {
            facts: &self.desk.version().book.facts,
            answers,
            answered_on: self.answered_on,
            given: &self.given,
        };
        (self.next, self.again) = (next.question(&self.decision), next.again(&self.decision));
    }
}

/// Whether a record answers a fact under this name, perhaps one of its options.
fn is_of(name: &str, fact: &Fact) -> bool {
    name.strip_prefix(&fact.id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Puts the answer to a fact in the place of whatever the record says of it.
fn put(facts: &mut Map<String, Value>, fact: &Fact, value: Value) {
    facts.retain(|name, _| !is_of(name, fact));
    facts.insert(fact.id.clone(), value);
}

fn dated(answer: Value, on: Day) -> Value {
    json!({"answer": answer, "on": on.to_string()})
}

/// Nobody gives an answer after the visit it is for.
fn too_late(client: String, visit: Day, answered_on: Day) -> Refused {
    let message =
        format!("client {client}: the record was answered on {answered_on}, after the visit on {visit}");
    let finding = Diagnostic::error(Code::FutureAnswer, message).help("correct one of the two days");
    Refused { client, visit: Some(visit), visit_assumed: false, findings: vec![finding] }
}

/// A record with its facts.
fn whole(rest: &Map<String, Value>, facts: &Map<String, Value>) -> Map<String, Value> {
    let mut record = rest.clone();
    record.insert("facts".to_string(), Value::Object(facts.clone()));
    record
}

/// Decides about a record; what is wrong with it has no place that anybody knows.
fn decide(desk: &mut Desk<'_>, record: &Map<String, Value>) -> Result<Decision, NoAnswer> {
    let mut texts = Texts::new();
    let read = records::one(&Value::Object(record.clone()).to_string(), &mut texts);
    let entry = read.entries.first().ok_or_else(|| NoAnswer::unread(read.findings.clone()))?;
    desk.inquiry(Question::of(entry)).map_err(NoAnswer::Refused)?.decision()
}

/// What is wrong with an answer; the interview knows whose it is, and says itself what an answer looks like.
pub fn messages(refused: &Refused) -> Vec<String> {
    let own = format!("client {}: ", refused.client);
    let errors = refused.findings.iter().filter(|finding| finding.is_error());
    let message =
        |finding: &Diagnostic| finding.message.strip_prefix(&own).unwrap_or(&finding.message).to_string();
    errors.map(message).collect()
}
