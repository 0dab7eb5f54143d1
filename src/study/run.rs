//! Asking what the cases ask.

use std::collections::BTreeMap;

use super::case::{Question, Visit};
use crate::book::{Book, Treatment, Withdrawn};
use crate::decide::aftercare::{Asked, Timeline, day_of, timeline};
use crate::decide::plan::{self, Outlook};
use crate::decide::{self, Answers, Brief, Decision, Engine, Quote, Rules};
use crate::script::Scripts;
use crate::value::Day;

/// What a case is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A decision.
    Decision(Box<Decision>),
    /// All instructions after a treatment.
    Timeline(Box<Timeline>),
    /// Whether an activity is allowed.
    May(Box<Timeline>, Box<Asked>),
    /// A course.
    Plan(Box<Outlook>),
    /// A quote.
    Quote(Box<Quote>),
    /// The page is not in force on that day.
    NotInForce(Day),
    /// No answer, and why.
    Refused(String),
}

/// The rules of one treatment, asked about many clients.
pub struct Panel<'b> {
    book: &'b Book,
    treatment: &'b Treatment,
    scripts: &'b Scripts,
    days: BTreeMap<Day, Rules<'b>>,
    engine: Engine<'b>,
}

impl<'b> Panel<'b> {
    /// The rules of `treatment`, with its scripts.
    pub fn new(book: &'b Book, treatment: &'b Treatment, scripts: &'b Scripts) -> Panel<'b> {
        let engine = Engine::new(book, treatment, scripts);
        Panel { book, treatment, scripts, days: BTreeMap::new(), engine }
    }

    /// The rules as they stand on `day`.
    pub fn on(&mut self, day: Day) -> &Rules<'b> {
        let Panel { book, treatment, scripts, days, .. } = self;
        days.entry(day).or_insert_with(|| Rules::on(book, treatment, scripts, day))
    }

    /// What the rules say about a client, without the words.
    pub fn possible(&mut self, answers: &Answers) -> Brief<'b> {
        self.engine.possible(answers)
    }

    /// The client's answers as they count on the day of the visit, or what is wrong with them.
    pub fn answers(&self, visit: &Visit) -> Result<Answers, String> {
        let day = visit.day;
        let (answers, found) =
            decide::from_written(&visit.record, "", day, Some(day), self.book, self.treatment);
        let why = || found.first().map_or_else(String::new, |finding| finding.message.clone());
        answers.ok_or_else(why)
    }

    /// Asks one question.
    pub fn ask(&mut self, question: &Question) -> Answer {
        self.answer(question).unwrap_or_else(Answer::Refused)
    }

    fn answer(&mut self, question: &Question) -> Result<Answer, String> {
        Ok(match question {
            Question::Decide(visit) if !self.treatment.in_force.covers(visit.day) => {
                Answer::NotInForce(visit.day)
            }
            Question::Decide(visit) => {
                let answers = self.answers(visit)?;
                Answer::Decision(Box::new(self.engine.decide(&answers)))
            }
            Question::Aftercare { ended, may } => {
                let day = day_of(ended);
                if !self.treatment.in_force.covers(day) {
                    return Err(format!("the page is not in force on {day}"));
                }
                let timeline = timeline(self.treatment, ended);
                match may {
                    None => Answer::Timeline(Box::new(timeline)),
                    Some((activity, at)) => {
                        let asked = timeline.may(activity, at);
                        Answer::May(Box::new(timeline), Box::new(asked))
                    }
                }
            }
            Question::PlanFrom(first) => Answer::Plan(Box::new(plan::from_day(self.on(*first)))),
            Question::PlanFor(visit) => {
                let answers = self.answers(visit)?;
                let earlier = plan::last_session(self.on(visit.day), &answers);
                let outlook = plan::for_client(&mut self.engine, &answers, earlier);
                // The clients of cases have no names of their own.
                Answer::Plan(Box::new(Outlook { client: None, ..outlook }))
            }
            Question::Quote(visit, sessions) => {
                let Some(pricing) = &self.treatment.pricing else {
                    return Err("the page has no prices".to_string());
                };
                let switches = [&self.book.clinic.withdrawn, &self.treatment.withdrawn];
                let on = |switch: &&Withdrawn| switch.since <= visit.day;
                if let Some(switch) = switches.into_iter().flatten().find(on) {
                    return Err(format!("the treatment is withdrawn: {}", switch.because));
                }
                let answers = self.answers(visit)?;
                let quote =
                    decide::quote(self.book, self.treatment, pricing, self.scripts, &answers, *sessions);
                Answer::Quote(Box::new(quote))
            }
        })
    }
}
