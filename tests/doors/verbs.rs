//! The verbs that ask about a client beside `decide`: `quote`, `who`, `plan` and `ask`.

use clearance::inside::log;
use clearance::inside::rulebook::records::{Entry, Input};
use clearance::inside::rulebook::{
    Beginning, Desk, Inquiry, Interview, NoAnswer, Question, Refused, Rulebook,
};
use clearance::inside::value::Day;
use clearance::inside::written::record::Record;
use serde_json::{Map, Value, json};

use crate::compare::mistakes;
use crate::door::Text;

/// What differs from what `decide` says: the record, the verb and what it is about, and both sides.
pub type Other = (usize, String, String, String);

/// Asked when neither the record nor anybody names a day.
const DAY: &str = "2026-03-02";
/// So many answers are tried in an interview.
const MOST_ANSWERS: usize = 60;

/// What the other verbs say otherwise about the records of a text, of whom this was decided.
pub fn others(rulebook: &Rulebook, text: &Text, told: &[Value]) -> Vec<Other> {
    let (records, _) = rulebook.records("-", &text.text, text.input);
    let mut desk = rulebook.desk(None).expect("the rules are sound");
    let mut found = Vec::new();
    for ((record, entry), told) in text.holds.iter().zip(&records.entries).zip(told) {
        let mut note = |what: &str, first: String, other: String| {
            if first != other {
                found.push((*record, what.to_string(), first, other));
            }
        };
        let day = Day::parse(told["visit"].as_str().unwrap_or(DAY)).expect("a day");
        let question = Question::of(entry).or_at(day);
        let mut wrong = mistakes(told);
        wrong.dedup();
        // Looking for a better outcome and a whole interview take long: one client of a page is enough.
        let is_first = *record == 0;
        for (verb, refused) in [
            ("quote", ask(&mut desk, &question, |inquiry| quoted(inquiry, told, &mut note))),
            (
                "who",
                ask(&mut desk, &question, |inquiry| {
                    if is_first {
                        needed(inquiry, told, &mut note);
                    }
                }),
            ),
            ("plan", ask(&mut desk, &question, |inquiry| planned(inquiry, rulebook, entry, &mut note))),
        ] {
            let refused = refused.map_or(Vec::new(), |refused| told_wrong(&refused));
            note(&format!("{verb}: mistakes"), format!("{wrong:?}"), format!("{refused:?}"));
        }
        begun(rulebook, entry, told, day, &mut note);
        // The page may not be in force on a day that nobody decided about.
        if is_first && wrong.is_empty() {
            interviewed(rulebook, day, &mut note);
        }
    }
    found
}

/// Asks about a client; what comes back is why the record is refused.
fn ask(
    desk: &mut Desk<'_>,
    question: &Question<'_>,
    see: impl FnOnce(&mut Inquiry<'_, '_>),
) -> Option<Refused> {
    match desk.inquiry(question.clone()) {
        Ok(mut inquiry) => {
            see(&mut inquiry);
            None
        }
        Err(refused) => Some(refused),
    }
}

/// The code and the message of each mistake.
fn told_wrong(refused: &Refused) -> Vec<[String; 2]> {
    let errors = refused.findings.iter().filter(|finding| finding.is_error());
    let mut all: Vec<_> =
        errors.map(|finding| [finding.code.name().to_string(), finding.message.clone()]).collect();
    all.sort();
    all.dedup();
    all
}

type Note<'n> = dyn FnMut(&str, String, String) + 'n;

/// There is a price unless it waits for an answer.
fn quoted(inquiry: &mut Inquiry<'_, '_>, told: &Value, note: &mut Note<'_>) {
    let affects =
        |question: &Value| question["affects"].as_array().is_some_and(|all| all.contains(&json!("price")));
    let open = told["questions"].as_array().is_some_and(|all| all.iter().any(affects));
    match inquiry.quote(2) {
        Ok(quote) => {
            note("quote: visit", told["visit"].to_string(), json!(quote.visit.to_string()).to_string());
            if open {
                note("quote: waits for an answer", "true".to_string(), quote.total.is_none().to_string());
            }
        }
        Err(NoAnswer::NoPrices(_)) => note("quote: open", "false".to_string(), open.to_string()),
        Err(NoAnswer::Withdrawn { .. }) => {}
        Err(none) => note("quote: answer", "a price".to_string(), none.to_string()),
    }
}

/// `who` begins with what is decided.
fn needed(inquiry: &mut Inquiry<'_, '_>, told: &Value, note: &mut Note<'_>) {
    match inquiry.needs() {
        Ok(needs) => {
            note("who: outcome", told["outcome"].to_string(), json!(needs.outcome.to_string()).to_string());
            let possible: Vec<String> = needs.possible.iter().map(ToString::to_string).collect();
            note("who: possible", told["possible"].to_string(), json!(possible).to_string());
        }
        Err(none) => note("who: answer", "needs".to_string(), none.to_string()),
    }
}

/// No session begins on a day on which the client is refused.
fn planned(inquiry: &mut Inquiry<'_, '_>, rulebook: &Rulebook, entry: &Entry<'_>, note: &mut Note<'_>) {
    let outlook = match inquiry.plan() {
        Ok(outlook) => outlook,
        // An answer that is right today may lie after the session.
        Err(NoAnswer::Refused(_)) => return,
        Err(none) => return note("plan: answer", "a plan".to_string(), none.to_string()),
    };
    let Some(first) = outlook.plan.ok().and_then(|plan| plan.sessions.first().copied()) else { return };
    let then = rulebook.inquiry(None, Question::of(entry).at(first.opens));
    let then = then.and_then(|mut inquiry| inquiry.decision()).map(|decision| decision.outcome.to_string());
    let may = matches!(then.as_deref(), Ok("eligible" | "more information needed"));
    note(
        &format!("plan: {} on the first day", then.unwrap_or_default()),
        "true".to_string(),
        may.to_string(),
    );
}

/// A record as the log keeps it.
fn as_written(record: &Record<'_>) -> Option<Map<String, Value>> {
    let asked = log::record::Question {
        treatment: String::new(),
        client: String::new(),
        visit: None,
        visit_assumed: false,
        answered_on: None,
        written: Some(record.clone()),
    };
    let asked: Value = serde_json::from_str(&asked.write().ok()?).ok()?;
    asked["written"].as_object().cloned()
}

fn start(rulebook: &Rulebook, record: Map<String, Value>, today: Day) -> Result<Interview<'_>, NoAnswer> {
    let beginning = Beginning { client: None, visit: None, answered_on: None, today };
    Interview::start(rulebook.desk(None).expect("the rules are sound"), record, beginning)
}

/// An interview begins with what is decided about its record.
fn begun(rulebook: &Rulebook, entry: &Entry<'_>, told: &Value, day: Day, note: &mut Note<'_>) {
    let named = entry.record.as_ref().filter(|record| record.client.is_some() && told.get("error").is_none());
    let Some(written) = named.and_then(as_written) else { return };
    match start(rulebook, written.clone(), day) {
        Ok(interview) => {
            let own = serde_json::to_value(interview.decision()).expect("JSON");
            let same = ["outcome", "possible", "settled", "wait", "questions", "next_change"];
            let of = |value: &Value| same.map(|key| value[key].to_string()).join(" ");
            note("ask: begins", of(told), of(&own));
        }
        Err(none) => note("ask: begins", "an interview".to_string(), format!("{none} {written:?}")),
    }
}

/// An interview ends with what is decided about the record that it wrote.
fn interviewed(rulebook: &Rulebook, day: Day, note: &mut Note<'_>) {
    let mut interview = match start(rulebook, Map::new(), day) {
        Ok(interview) => interview,
        Err(none) => return note("ask: empty", "an interview".to_string(), none.to_string()),
    };
    let likely = ["no", "none", "never", "yes", "2026-02-20", "7", "ongoing", "2000-01-01", "?"];
    let mut at = 0;
    while let Some(asking) = interview.question().filter(|_| at < MOST_ANSWERS) {
        let option = asking.question.options.first().cloned().unwrap_or_default();
        let tried = likely.iter().cycle().skip(at % 3).take(likely.len()).map(|text| text.to_string());
        let taken = tried.chain([option]).any(|line| interview.hear(&line).is_ok());
        note("ask: an answer is taken", "true".to_string(), taken.to_string());
        if !taken {
            return;
        }
        at += 1;
    }
    let record = Value::Object(interview.record()).to_string();
    let (records, _) = rulebook.records("-", &record, Input::Json);
    let again = rulebook.inquiry(None, Question::of(&records.entries[0]));
    let again = again.and_then(|mut inquiry| inquiry.decision());
    let again = again.map(|decision| serde_json::to_string(&decision).expect("JSON"));
    let own = serde_json::to_string(interview.decision()).expect("JSON");
    note("ask: ends", own, again.unwrap_or_else(|none| none.to_string()));
}
