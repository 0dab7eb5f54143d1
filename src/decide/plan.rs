//! The course of a client: in which days each session may lie, what is done at it, and when results show.

use std::collections::BTreeMap;

use super::aftercare::{Cited, cited};
use super::answers::Answers;
use super::day::{Rules, Version};
use super::decision::{Affects, CONTRACT, Decision, Question, RulesNote, StepNote};
use super::engine::{Engine, TEN_YEARS};
use super::extent::Length;
use super::windows::{self, Days};
use crate::book::{Appointment, Basis, Course, Extent, Outcome, Treatment};
use crate::value::{Day, Duration, NEVER, ONGOING, Unit};

/// So many days later a first session is tried, if some other session finds no day.
const MOST_MOVED: u32 = 366;

/// A course from its first session on, or why there can be none.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outlook {
    /// Who, if a record was given.
    pub client: Option<String>,
    /// The treatment's id.
    pub treatment: String,
    /// What people call it.
    pub name: String,
    /// The day asked about.
    pub visit: Day,
    /// Whether nobody named that day, so that it is today.
    pub visit_assumed: bool,
    /// The course.
    pub plan: Result<Plan, NoPlan>,
    /// The rules it rests on.
    pub rules: RulesNote,
    /// The version of the program.
    pub engine: &'static str,
    /// The version of the keys.
    pub contract: u32,
}

/// A course.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// How many sessions the course has.
    pub course: u32,
    /// The days in which its sessions may lie: one that may lie in several stretches of days stands here for each, and
    /// one that has no day yet does not, nor does any after it.
    pub sessions: Vec<Session>,
    /// Days that the course would allow and on which the client is refused.
    pub left_out: Vec<LeftOut>,
    /// What has to be asked before sessions, or again.
    pub ask: Vec<Ask>,
    /// The least and greatest time from one session to the next.
    pub gap: (Length, Length),
    /// When results can be expected.
    pub results: Option<Results>,
    /// How long to book for a session, and how the page says it.
    pub appointment: Option<(Duration, Length)>,
    /// What is done at a session.
    pub steps: Vec<Step>,
    /// What whoever books must know.
    pub notes: Vec<Note>,
    /// The statements the course rests on.
    pub source: Vec<Cited>,
    /// The clinic's own decision.
    pub basis: Option<String>,
}

/// The days in which a session may lie, both ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Counts from 1.
    pub number: u32,
    /// The first day.
    pub opens: Day,
    /// The last day; `None` without end.
    pub closes: Option<Day>,
}

/// Days on which the client is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The session that could lie there.
    pub session: u32,
    /// The first day.
    pub from: Day,
    /// The last day; `None` without end.
    pub to: Option<Day>,
    /// What is certain on these days.
    pub outcome: Outcome,
    /// Why, as on the first of them.
    pub because: Vec<String>,
}

/// What has to be asked before sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ask {
    /// The fact.
    pub fact: String,
    /// The question.
    pub ask: String,
    /// Whether it was answered, and the answer will be too old.
    pub again: bool,
    /// Whether it is asked on the day of the session.
    pub on_the_day: bool,
    /// The sessions.
    pub sessions: Vec<u32>,
}

/// When results can be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Results {
    /// How long after a session.
    pub after: Length,
    /// The first results, counted from the first session.
    pub first: (Day, Option<Day>),
    /// The best results, counted from the last session.
    pub best: (Day, Option<Day>),
}

/// A step of the appointment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Step {
    /// The step, and whether it is done for this client.
    pub note: StepNote,
    /// How long before the procedure.
    pub before: Option<Length>,
    /// Whether it is done only now and then.
    pub optional: bool,
}

/// What whoever books must know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Nobody was asked anything: only days were counted.
    NobodyAsked,
    /// The first session waits until its day.
    Waits,
    /// To be checked on the day of the first session.
    OnTheDay(Vec<String>),
    /// Answers that will be too old on the day of the first session.
    AskAgain(Vec<String>),
    /// A session on this day is on record; the plan starts a course of its own.
    EarlierSession(Day),
    /// From this session on the page is no longer in force.
    NotInForce(u32, Day),
    /// The first session is later than it could be, so that each of the others finds a day.
    Moved(Day),
    /// On no day that the course allows for this session may the client come.
    NoDay(u32),
}

/// Why there is no plan.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NoPlan {
    /// The day it is about.
    pub day: Day,
    /// The client's outcome on that day, if it is the reason.
    pub outcome: Option<Outcome>,
    /// The reasons.
    pub because: Vec<String>,
    /// What must be asked first.
    pub ask: Vec<String>,
}

/// A course from a first session on `first`, for nobody in particular.
pub fn from_day(rules: &Rules<'_>) -> Outlook {
    let first = rules.visit;
    let withdrawn = rules.version().withdrawn(first);
    let withdrawn: Vec<String> = withdrawn.iter().map(|(_, switch)| switch.because.clone()).collect();
    let none = |because| NoPlan { day: first, outcome: None, because, ask: Vec::new() };
    let plan = if !rules.treatment.in_force.covers(first) {
        Err(none(vec![format!("the page of {} is not in force on that day", rules.treatment.name)]))
    } else if !withdrawn.is_empty() {
        Err(none(withdrawn))
    } else {
        let steps = rules.treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
        let steps = steps.map(|step| StepNote {
            step: step.id.clone(),
            says: step.action.clone(),
            answer: if step.not_for.is_empty() { "yes" } else { "ask first" },
            because: (!step.not_for.is_empty())
                .then(|| step.not_for.iter().map(|one| one.because.clone()).collect::<Vec<_>>().join(" ")),
        });
        course(rules.treatment, first, steps.collect(), vec![Note::NobodyAsked])
    };
    outlook(rules.treatment, None, first, plan)
}

/// A course for a client, from the earliest day the rules allow on.
pub fn for_client(engine: &mut Engine<'_>, answers: &Answers, earlier_session: Option<Day>) -> Outlook {
    let Version { treatment, .. } = engine.version();
    let mut days = Days { engine, answers, known: BTreeMap::new() };
    let plan = match first_session(&mut days) {
        Err(none) => Err(none),
        Ok((decision, mut notes)) => {
            notes.extend(earlier_session.map(Note::EarlierSession));
            course_of(&mut days, decision, notes)
        }
    };
    outlook(treatment, Some(answers.client.clone()), answers.visit, plan)
}

/// The day of the client's last session of the treatment, if it is known.
pub fn last_session(rules: &Rules<'_>, answers: &Answers) -> Option<Day> {
    let facts = &rules.book.facts;
    let fact = facts.get(facts.named("last_session")?);
    let at = fact.option(&rules.treatment.id)?;
    let slot = fact.slots().nth(at)?;
    let point = answers.space(facts).sets[slot.index()].single()?;
    (point != NEVER && point != ONGOING).then(|| Day::from_point(point))
}

fn outlook(treatment: &Treatment, client: Option<String>, visit: Day, plan: Result<Plan, NoPlan>) -> Outlook {
    Outlook {
        client,
        treatment: treatment.id.clone(),
        name: treatment.name.clone(),
        visit,
        visit_assumed: false,
        plan,
        rules: RulesNote {
            revision: treatment.revision,
            digest: treatment.digest.clone(),
            signed: treatment.signed,
        },
        engine: env!("CARGO_PKG_VERSION"),
        contract: CONTRACT,
    }
}

type First = Result<(Decision, Vec<Note>), NoPlan>;

/// The earliest day on or after the visit on which the client may be treated as far as is known, with the answer on that
/// day. A wait that ends is decided again on the day it ends: answers age, rules change.
fn first_session(days: &mut Days<'_, '_, '_>) -> First {
    let visit = days.answers.visit;
    let (mut day, last) = (visit, visit.shift(&TEN_YEARS, false));
    let mut notes = Vec::new();
    loop {
        let treatment = days.engine.version().treatment;
        if !treatment.in_force.covers(day) {
            let because = vec![format!("the page of {} is not in force on that day", treatment.name)];
            return Err(NoPlan { day, outcome: None, because, ask: Vec::new() });
        }
        let decision = days.decision(day);
        let none = |because: Vec<String>, ask: Vec<String>| NoPlan {
            day,
            outcome: Some(decision.outcome),
            because,
            ask,
        };
        if matches!(decision.outcome, Outcome::NotEligible | Outcome::NeedsReview) {
            return Err(none(decision.because(), Vec::new()));
        }
        let moving = decision.questions.iter().filter(|question| {
            question.affects.iter().any(|a| matches!(a, Affects::Outcome | Affects::Wait))
        });
        let moving: Vec<&Question> = moving.collect();
        // Something no answer can settle is in the way, such as a script that fails.
        if moving.is_empty() && decision.possible.len() > 1 {
            let held = decision.reasons.iter().map(|reason| reason.because.clone());
            return Err(none(held.collect(), Vec::new()));
        }
        let (on_the_day, open): (Vec<_>, Vec<_>) =
            moving.into_iter().partition(|question| question.asked.is_some());
        // On a later day an answer may have become too old; that one can be asked again in time.
        let blocked = open.iter().any(|question| day == visit || question.why == "never asked");
        if blocked {
            return Err(none(Vec::new(), open.iter().map(|question| question.ask.clone()).collect()));
        }
        if decision.outcome == Outcome::Deferred {
            let until = decision.wait.as_ref().and_then(|wait| wait.not_before).filter(|until| *until > day);
            // What recedes from day to day has no end.
            let Some(until) = until.filter(|until| *until <= last) else {
                let ends = decision.wait.iter().flat_map(|wait| wait.cleared_when.clone());
                let day = if until.is_some() { visit } else { day };
                return Err(NoPlan { day, ..none(ends.collect(), Vec::new()) });
            };
            day = until;
            continue;
        }
        let asks = |questions: Vec<&Question>| -> Vec<String> {
            questions.into_iter().map(|question| question.ask.clone()).collect()
        };
        if day > visit {
            notes.push(Note::Waits);
        }
        if !on_the_day.is_empty() {
            notes.push(Note::OnTheDay(asks(on_the_day)));
        }
        if !open.is_empty() {
            notes.push(Note::AskAgain(asks(open)));
        }
        return Ok((decision, notes));
    }
}

/// The course of a client whose first session may be on the day that was decided about.
fn course_of(days: &mut Days<'_, '_, '_>, decision: Decision, notes: Vec<Note>) -> Result<Plan, NoPlan> {
    let treatment = days.engine.version().treatment;
    let earliest = decision.visit;
    let mut plan = course(treatment, earliest, decision.steps, notes)?;
    let Some(course) = &treatment.course else { return Ok(plan) };
    let mut found = windows::of(days, course, earliest);
    if found.without_a_day.is_some() {
        // Some days later each session may find a day, though not merely because the answers that are in the way have
        // become too old by then.
        let refusing = days.refusing();
        let later = (1..=MOST_MOVED).map(|count| earliest.shift(&Duration::new(count, Unit::Days), false));
        for day in later.filter(|day| treatment.in_force.covers(*day)) {
            let moved = (!days.is_refused(day)).then(|| windows::of(days, course, day));
            let mut is_known = |found: &windows::Found| {
                found.sessions.iter().all(|session| !days.is_forgotten(session.opens, &refusing))
            };
            if let Some(moved) = moved.filter(|found| found.without_a_day.is_none() && is_known(found)) {
                plan.notes.push(Note::Moved(earliest));
                found = moved;
                break;
            }
        }
    }
    plan.notes.retain(|note| !matches!(note, Note::NotInForce(..)));
    plan.notes
        .extend(found.not_in_force.zip(treatment.in_force.last).map(|(n, last)| Note::NotInForce(n, last)));
    plan.notes.extend(found.without_a_day.map(Note::NoDay));
    plan.ask = windows::asked(days, &found.sessions);
    (plan.sessions, plan.left_out) = (found.sessions, found.left_out);
    plan.results = results(course, treatment, &plan.sessions, earliest);
    Ok(plan)
}

/// The course from `first` on.
fn course(
    treatment: &Treatment,
    first: Day,
    steps: Vec<StepNote>,
    mut notes: Vec<Note>,
) -> Result<Plan, NoPlan> {
    let none =
        |because: String| NoPlan { day: first, outcome: None, because: vec![because], ask: Vec::new() };
    let Some(course) = &treatment.course else {
        return Err(none(format!("the page of {} names no course of sessions", treatment.name)));
    };
    let sessions = sessions(course, treatment, first)
        .ok_or_else(|| none("the page names no least time between two sessions".to_string()))?;
    let last_day = treatment.in_force.last;
    let outside =
        sessions.iter().zip(last_day).find(|(session, last)| session.closes.is_none_or(|c| c > *last));
    notes.extend(outside.map(|(session, last)| Note::NotInForce(session.number, last)));
    let length = |extent: &Extent| Length::of(extent, treatment, first);
    let appointment = treatment.appointment.as_ref();
    let Basis { basis, .. } = &course.basis;
    Ok(Plan {
        course: course.sessions,
        results: results(course, treatment, &sessions, first),
        sessions,
        left_out: Vec::new(),
        ask: Vec::new(),
        gap: (length(&course.gap_least), length(&course.gap_most)),
        appointment: appointment.and_then(|appointment| {
            let length = length(&appointment.duration);
            Some((length.most()?, length))
        }),
        steps: appointment.map(|appointment| with_times(appointment, steps, &length)).unwrap_or_default(),
        notes,
        source: cited(&course.basis, treatment),
        basis: basis.clone(),
    })
}

/// When results show, if every session has a day. `first` is the day whose values count.
fn results(course: &Course, treatment: &Treatment, sessions: &[Session], first: Day) -> Option<Results> {
    let after = Length::of(course.results.as_ref()?, treatment, first);
    let (one, all) = (sessions.first()?, sessions.last()?);
    let last = sessions.iter().find(|session| session.number == course.sessions)?;
    let (least, most) = (after.least()?, after.most().filter(|_| !after.is_minimum()));
    let late = |from: Option<Day>| from.zip(most).map(|(day, most)| later(day, most));
    Some(Results {
        after,
        first: (later(one.opens, least), late(Some(one.opens))),
        best: (later(last.opens, least), late(all.closes)),
    })
}

fn with_times(
    appointment: &Appointment,
    notes: Vec<StepNote>,
    length: &impl Fn(&Extent) -> Length,
) -> Vec<Step> {
    let steps = appointment.steps.iter().zip(notes);
    steps
        .map(|(step, note)| Step { note, before: step.before.as_ref().map(length), optional: step.optional })
        .collect()
}

/// The window of every session. The next one opens at the earliest day of the one before plus the least
/// gap and closes at its latest day plus the greatest. `None` if there is no least gap.
fn sessions(course: &Course, treatment: &Treatment, first: Day) -> Option<Vec<Session>> {
    let mut sessions = vec![Session { number: 1, opens: first, closes: Some(first) }];
    for number in 2..=course.sessions {
        let before = *sessions.last()?;
        let opens = opens(before.opens, &course.gap_least, treatment)?;
        let closes = before.closes.and_then(|day| closes(day, &course.gap_most, treatment));
        sessions.push(Session { number, opens, closes });
    }
    Some(sessions)
}

/// The first day that is so long after `from`, by the value in force on that first day.
pub(super) fn opens(from: Day, gap: &Extent, treatment: &Treatment) -> Option<Day> {
    let starts = values(gap, treatment, from);
    let days = starts.iter().enumerate().filter_map(|(at, start)| {
        let day = later(from, Length::of(gap, treatment, *start).most()?).max(*start);
        starts.get(at + 1).is_none_or(|next| day < *next).then_some(day)
    });
    days.min()
}

/// The last day that is no longer after `from`, by the value in force on that last day.
pub(super) fn closes(from: Day, gap: &Extent, treatment: &Treatment) -> Option<Day> {
    let starts = values(gap, treatment, from);
    let mut last = None;
    for (at, start) in starts.iter().enumerate() {
        let day = later(from, Length::of(gap, treatment, *start).most()?);
        let end = starts.get(at + 1).map_or(day, |next| day.min(Day::from_point(next.point() - 1)));
        last = last.max((day >= *start).then_some(end));
    }
    last
}

/// The days from `from` on at which the value behind `extent` changes, `from` itself first.
fn values(extent: &Extent, treatment: &Treatment, from: Day) -> Vec<Day> {
    let mut days = vec![from];
    if let Extent::Parameter(id) = extent {
        let all = treatment.parameter(*id).values.all().iter();
        days.extend(all.map(|(since, _)| *since).filter(|since| *since > from));
    }
    days
}

/// The day so much later. Hours and minutes that begin a day make it count as a whole.
fn later(day: Day, by: Duration) -> Day {
    let days = match by.unit {
        Unit::Minutes => by.count.div_ceil(1_440),
        Unit::Hours => by.count.div_ceil(24),
        _ => return day.shift(&by, false),
    };
    day.shift(&Duration::new(days, Unit::Days), false)
}
