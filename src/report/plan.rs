//! The course of a client, for people and as JSON.

use serde::Serialize;
use serde_json::{Value, json};

use super::json;
use super::lines::Lines;
use crate::book::Outcome;
use crate::decide::plan::{Ask, LeftOut, NoPlan, Note, Outlook, Plan, Results, Session, Step};
use crate::decide::{RulesNote, SourceNote, StepNote};
use crate::prose::{count, list, sentence_case, visible};
use crate::value::Day;

struct Sheet(Lines);

impl Sheet {
    fn line(&mut self, indent: usize, text: &str) {
        self.0.wrap(indent, &visible(text));
    }
}

/// The outlook, on 80 columns.
pub fn human(outlook: &Outlook) -> String {
    let mut sheet = Sheet(Lines::default());
    let who = outlook.client.as_ref().map(|client| format!("{client}: ")).unwrap_or_default();
    let today = if outlook.visit_assumed { " (today, as no day was named)" } else { "" };
    match &outlook.plan {
        Ok(plan) => {
            let sessions = count(i64::from(plan.course), "session");
            sheet.line(0, &format!("{who}{}, a course of {sessions}{today}", outlook.name));
            self::plan(&mut sheet, plan);
        }
        Err(none) => {
            let day = format!("{} {}", none.day.weekday(), none.day.long());
            let today = if none.day == outlook.visit { today } else { "" };
            sheet.line(0, &format!("{who}{}, {day}{today}", outlook.name));
            no_plan(&mut sheet, none);
        }
    }
    sheet.0.0
}

fn plan(sheet: &mut Sheet, plan: &Plan) {
    sheet.line(0, &format!("SESSIONS ({} apart)", apart(plan)));
    for stretches in plan.sessions.chunk_by(|a, b| a.number == b.number) {
        let days: Vec<String> = stretches.iter().map(|one| span(one.opens, one.closes)).collect();
        sheet.line(2, &format!("Session {}: {}", stretches[0].number, days.join(", or ")));
    }
    if !plan.left_out.is_empty() {
        sheet.line(0, "LEFT OUT");
    }
    for left_out in &plan.left_out {
        let (number, days) = (left_out.session, span(left_out.from, left_out.to));
        sheet.line(2, &format!("Session {number}, {days}: {}", left_out.outcome));
        for because in &left_out.because {
            sheet.line(6, &sentence_case(because));
        }
    }
    let later: Vec<(&Ask, Vec<u32>)> = (plan.ask.iter())
        .map(|ask| (ask, ask.sessions.iter().copied().filter(|number| *number > 1).collect()))
        .filter(|(_, sessions): &(_, Vec<u32>)| !sessions.is_empty())
        .collect();
    if !later.is_empty() {
        sheet.line(0, "ASK");
    }
    for (ask, sessions) in later {
        let sessions = numbers(&sessions);
        let lead = match (ask.on_the_day, ask.again) {
            (true, _) => format!("On the day of {sessions}"),
            (false, true) => format!("Again before {sessions}"),
            (false, false) => format!("Before {sessions}"),
        };
        sheet.line(2, &format!("- {lead}: {}", ask.ask));
    }
    if let Some(Results { after, first, best }) = &plan.results {
        sheet.line(0, &format!("RESULTS ({after} after a session)"));
        sheet.line(2, &format!("First results, after session 1: {}", span(first.0, first.1)));
        let last = plan.course;
        sheet.line(2, &format!("Best results, after session {last}: {}", span(best.0, best.1)));
    }
    if let Some((length, says)) = &plan.appointment {
        sheet.line(0, "EACH SESSION");
        sheet.line(2, &format!("Book {length} (the page says {says})."));
        for step in &plan.steps {
            self::step(sheet, step);
        }
    }
    if !plan.notes.is_empty() {
        sheet.line(0, "NOTE");
        for note in &plan.notes {
            for text in note_texts(note) {
                sheet.line(2, &format!("- {text}"));
            }
        }
    }
    for cited in &plan.source {
        let note = &cited.note;
        sheet.line(0, &format!("{}, line {}: {}", note.statement, note.line, note.says));
    }
    if let Some(basis) = &plan.basis {
        sheet.line(0, &format!("Basis: {basis}"));
    }
}

/// `session 2`, `sessions 2 to 4` or `sessions 2 and 4`.
fn numbers(sessions: &[u32]) -> String {
    match sessions {
        [one] => format!("session {one}"),
        [first, .., last] if (last - first) as usize + 1 == sessions.len() && sessions.len() > 2 => {
            format!("sessions {first} to {last}")
        }
        several => {
            let texts: Vec<String> = several.iter().map(u32::to_string).collect();
            format!("sessions {}", list(&texts, "and"))
        }
    }
}

fn apart(plan: &Plan) -> String {
    let (least, most) = plan.gap;
    match (least.least(), most.most()) {
        (_, None) => format!("at least {least}"),
        (Some(low), Some(high)) if low.unit == high.unit && low != high => format!("{} to {high}", low.count),
        _ if least == most => least.to_string(),
        _ => format!("{least} to {most}"),
    }
}

fn span(first: Day, last: Option<Day>) -> String {
    let day = |day: Day| format!("{} {}", &day.weekday()[..3], day.long());
    match last {
        Some(last) if last == first => day(first),
        Some(last) => format!("{} to {}", day(first), day(last)),
        None => format!("from {} on", day(first)),
    }
}

fn step(sheet: &mut Sheet, step: &Step) {
    let optional = if step.optional { " (optional)" } else { "" };
    let before = step.before.map(|before| format!(", {before} before the procedure")).unwrap_or_default();
    let (says, because) = (&step.note.says, step.note.because.as_deref().unwrap_or_default());
    let text = match step.note.answer {
        "yes" => format!("{says}{before}{optional}."),
        "no" => format!("DO NOT: {says}{optional}. {because}"),
        _ => format!("ASK FIRST: {says}{before}{optional}. {because}"),
    };
    sheet.line(2, &format!("- {text}"));
}

fn note_texts(note: &Note) -> Vec<String> {
    let asks = |lead: &str, asks: &[String]| asks.iter().map(|ask| format!("{lead}: {ask}")).collect();
    match note {
        Note::NobodyAsked => {
            vec!["Days were counted and nobody was asked: `clearance decide` says who may come.".to_string()]
        }
        Note::Waits => vec!["The first session is on the earliest day allowed; it may be later.".to_string()],
        Note::OnTheDay(questions) => asks("Check on the day", questions),
        Note::AskAgain(questions) => asks("Ask again before that day", questions),
        Note::EarlierSession(day) => vec![format!(
            "A session on {} is on record. This is a new course; that session is not counted in it.",
            day.long()
        )],
        Note::NotInForce(number, last) => {
            vec![format!("The page is in force until {}; session {number} may lie after it.", last.long())]
        }
        Note::Moved(day) => vec![format!(
            "The first session could be on {}, but then some other would find no day.",
            day.long()
        )],
        Note::NoDay(number) => vec![format!(
            "No day can be offered for session {number} yet: write each session into the record and plan again."
        )],
    }
}

fn no_plan(sheet: &mut Sheet, none: &NoPlan) {
    let why = none.outcome.map(|outcome| format!(": {outcome}")).unwrap_or_default();
    sheet.line(0, &format!("NO PLAN CAN BE MADE{why}"));
    for because in &none.because {
        sheet.line(2, &format!("- {}", sentence_case(because)));
    }
    if !none.ask.is_empty() {
        sheet.line(2, "Ask first:");
        for ask in &none.ask {
            sheet.line(2, &format!("- {ask}"));
        }
    }
}

/// Why there is no plan, in one line.
pub fn no_plan_words(none: &NoPlan) -> String {
    let why = none.outcome.map(Outcome::phrase).into_iter().map(str::to_string);
    let parts: Vec<String> = why.chain(none.because.iter().chain(&none.ask).cloned()).collect();
    format!("no plan can be made: {}", parts.join("; "))
}

/// The outlook as JSON.
pub fn json(outlook: &Outlook) -> serde_json::Result<String> {
    let plan = outlook.plan.as_ref().ok();
    let sheet = Keys {
        client: outlook.client.as_deref(),
        treatment: &outlook.treatment,
        visit: outlook.visit,
        visit_assumed: outlook.visit_assumed.then_some("today"),
        no_plan: outlook.plan.as_ref().err().map(|none| {
            json!({"day": none.day, "outcome": none.outcome, "because": none.because, "ask": none.ask})
        }),
        course: plan.map(|plan| plan.course),
        sessions: plan.map(|plan| &plan.sessions[..]).unwrap_or_default().iter().map(window).collect(),
        left_out: plan.map(|plan| plan.left_out.iter().map(left_out).collect()).unwrap_or_default(),
        ask: plan.map(|plan| plan.ask.iter().map(ask).collect()).unwrap_or_default(),
        gap: plan.map(|plan| json!({"least": plan.gap.0.to_string(), "most": plan.gap.1.to_string()})),
        results: plan.and_then(|plan| plan.results).map(|results| {
            json!({
                "after": results.after.to_string(),
                "first": {"from": results.first.0, "to": results.first.1},
                "best": {"from": results.best.0, "to": results.best.1},
            })
        }),
        appointment: plan
            .and_then(|plan| plan.appointment)
            .map(|(length, says)| json!({"book": length.to_string(), "says": says.to_string()})),
        steps: plan.map(|plan| plan.steps.iter().map(step_keys).collect()).unwrap_or_default(),
        notes: plan.map(|plan| plan.notes.iter().flat_map(note_texts).collect()).unwrap_or_default(),
        source: plan
            .map(|plan| plan.source.iter().map(|cited| &cited.note).collect())
            .unwrap_or_default(),
        basis: plan.and_then(|plan| plan.basis.as_deref()),
        rules: &outlook.rules,
        engine: outlook.engine,
        contract: outlook.contract,
    };
    json::pretty(&sheet)
}

#[derive(Serialize)]
struct Keys<'a> {
    client: Option<&'a str>,
    treatment: &'a str,
    visit: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    visit_assumed: Option<&'static str>,
    no_plan: Option<Value>,
    course: Option<u32>,
    sessions: Vec<Window>,
    left_out: Vec<Value>,
    ask: Vec<Value>,
    gap: Option<Value>,
    results: Option<Value>,
    appointment: Option<Value>,
    steps: Vec<StepKeys<'a>>,
    notes: Vec<String>,
    source: Vec<&'a SourceNote>,
    basis: Option<&'a str>,
    rules: &'a RulesNote,
    engine: &'static str,
    contract: u32,
}

#[derive(Serialize)]
struct Window {
    session: u32,
    from: Day,
    to: Option<Day>,
}

fn window(session: &Session) -> Window {
    Window { session: session.number, from: session.opens, to: session.closes }
}

fn left_out(left_out: &LeftOut) -> Value {
    json!({
        "session": left_out.session, "from": left_out.from, "to": left_out.to, "outcome": left_out.outcome,
        "because": left_out.because,
    })
}

fn ask(ask: &Ask) -> Value {
    let asked = ask.on_the_day.then_some("on the day");
    json!({"fact": ask.fact, "ask": ask.ask, "again": ask.again, "asked": asked, "sessions": ask.sessions})
}

#[derive(Serialize)]
struct StepKeys<'a> {
    #[serde(flatten)]
    note: &'a StepNote,
    before: Option<String>,
    optional: bool,
}

fn step_keys(step: &Step) -> StepKeys<'_> {
    let before = step.before.map(|before| before.to_string());
    StepKeys { note: &step.note, before, optional: step.optional }
}
