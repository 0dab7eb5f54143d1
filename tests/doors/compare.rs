//! What all doors say about the same records, one beside the other.

use clearance::inside::cli::format::Format;
use clearance::inside::cli::log::replay;
use clearance::inside::log::replay::{Verdict, compare};
use clearance::inside::rulebook::Rulebook;
use serde_json::{Value, json};

use crate::door::{Door, Said, Text};
use crate::{human, promises, verbs};

/// Two doors that say different things about one record.
#[derive(Debug, Clone)]
pub struct Difference {
    pub record: usize,
    /// The door and what differs: `csv from ndjson: next_change`.
    pub kind: String,
    /// As the first door says it: NDJSON, wherever it holds the record.
    pub first: String,
    pub other: String,
}

impl Difference {
    /// Whether it is this door that says something else.
    pub fn is_at(&self, door: &Door) -> bool {
        self.kind.split_once(':').is_some_and(|(of, _)| of == door.to_string())
    }
}

/// The columns of a table.
const COLUMNS: [&str; 17] = [
    "client",
    "treatment",
    "visit",
    "outcome",
    "possible",
    "settled",
    "not_before",
    "latest",
    "book_from",
    "cleared_when",
    "reasons",
    "may_apply",
    "questions",
    "open_only",
    "steps",
    "next_change",
    "error",
];

/// Asks the wanted doors about the records of these texts, the first of which holds all.
pub fn differences(rulebook: &Rulebook, texts: &[Text], wanted: &dyn Fn(&Door) -> bool) -> Vec<Difference> {
    let Some(whole) = texts.first() else { return Vec::new() };
    let clients = |values: &[Value]| -> Vec<String> {
        values.iter().map(|value| value["client"].as_str().unwrap_or_default().to_string()).collect()
    };
    let first = Door { input: whole.input, format: Format::Ndjson, is_logged: false };
    let heard = first.ask(rulebook, &whole.text, &[]).said.into_iter();
    let told: Vec<Value> =
        heard.map(|said| if let Said::Object(value) = said { value } else { Value::Null }).collect();
    assert_eq!(told.len(), whole.holds.len(), "an answer for each record of\n{}", whole.text);
    let mut found: Vec<Difference> = verbs::others(rulebook, whole, &told)
        .into_iter()
        .map(|(record, kind, first, other)| Difference { record, kind, first, other })
        .collect();
    for (record, told) in whole.holds.iter().zip(&told) {
        promises::kept(told, &mut |what, first, other| {
            found.push(Difference { record: *record, kind: what.to_string(), first, other });
        });
    }
    for (at, Text { input, text, holds }) in texts.iter().enumerate() {
        let told: Vec<Value> = holds.iter().map(|at| told[*at].clone()).collect();
        let clients = clients(&told);
        for door in Door::all(*input).into_iter().filter(|door| (at > 0 || *door != first) && wanted(door)) {
            let heard = door.ask(rulebook, text, &clients);
            let mut note = |record: usize, field: &str, first: String, other: String| {
                found.push(Difference { record, kind: format!("{door}: {field}"), first, other });
            };
            if heard.said.len() != holds.len() {
                note(holds[0], "how many answers", holds.len().to_string(), heard.said.len().to_string());
                continue;
            }
            for ((record, told), said) in holds.iter().zip(&told).zip(&heard.said) {
                match said {
                    Said::Object(value) => {
                        objects(told, value, &mut |field, a, b| note(*record, field, a, b))
                    }
                    Said::Row(cells) => row(told, cells, &mut |field, a, b| note(*record, field, a, b)),
                    Said::Page(page) => {
                        human::page(rulebook, told, page, &mut |field, a, b| note(*record, field, a, b))
                    }
                }
            }
            for ((record, told), noted) in holds.iter().zip(&told).zip(&heard.noted) {
                let logged: Value = serde_json::from_str(&noted.decision).expect("JSON");
                objects(told, &logged, &mut |field, a, b| note(*record, &format!("log, {field}"), a, b));
                if !noted.decided {
                    continue;
                }
                let again =
                    replay::answer(rulebook, &noted.record).unwrap_or_else(|_| panic!("{}", noted.record));
                match again.as_ref().map(|now| compare(&noted.decision, now)) {
                    Ok(Verdict::Identical) => {}
                    Ok(_) => {
                        let now: Value = serde_json::from_str(&again.unwrap_or_default()).expect("JSON");
                        objects(&logged, &now, &mut |field, a, b| {
                            note(*record, &format!("replay, {field}"), a, b)
                        });
                    }
                    Err(why) => note(*record, "replay", "decided".to_string(), why.clone()),
                }
            }
            if door.is_logged && heard.noted.len() != holds.len() {
                note(holds[0], "how many noted", holds.len().to_string(), heard.noted.len().to_string());
            }
        }
    }
    found
}

type Note<'n> = dyn FnMut(&str, String, String) + 'n;

/// Two answers as JSON, but for where in the records something stands.
fn objects(told: &Value, other: &Value, note: &mut Note<'_>) {
    let (told, other) = (placeless(told), placeless(other));
    let (Value::Object(a), Value::Object(b)) = (&told, &other) else {
        return note("not an object", told.to_string(), other.to_string());
    };
    if a.contains_key("error") != b.contains_key("error") {
        return note("refused or not", told.to_string(), other.to_string());
    }
    let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys.into_iter().filter(|key| a.get(*key) != b.get(*key)) {
        let text = |value: Option<&Value>| value.map_or("nothing".to_string(), Value::to_string);
        note(&inside(key, a.get(key), b.get(key)), text(a.get(key)), text(b.get(key)));
    }
}

/// The keys down to the first place at which two values differ.
fn inside(path: &str, a: Option<&Value>, b: Option<&Value>) -> String {
    match (a, b) {
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .find(|(a, b)| a != b)
            .map_or(path.to_string(), |(a, b)| inside(path, Some(a), Some(b))),
        (Some(Value::Object(a)), Some(Value::Object(b))) if a.keys().eq(b.keys()) => {
            let key = a.keys().find(|key| a.get(*key) != b.get(*key));
            key.map_or(path.to_string(), |key| inside(&format!("{path}.{key}"), a.get(key), b.get(key)))
        }
        _ => path.to_string(),
    }
}

/// The same, with all mistakes in one order: a table has its columns in another.
fn placeless(value: &Value) -> Value {
    let mut value = value.clone();
    if value.get("error").is_some() {
        value["error"] = mistakes(&value).into_iter().map(|[code, message]| json!([code, message])).collect();
    }
    value
}

/// The code and the message of each mistake in a record.
pub fn mistakes(told: &Value) -> Vec<[String; 2]> {
    let Some(first) = told.get("error") else { return Vec::new() };
    let more = first.get("more").and_then(Value::as_array).into_iter().flatten();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_string();
    let mut all: Vec<_> =
        [first].into_iter().chain(more).map(|error| [text(error, "code"), text(error, "message")]).collect();
    all.sort();
    all
}

/// A row of a table beside the same answer as JSON.
fn row(told: &Value, cells: &[String], note: &mut Note<'_>) {
    let (wanted, mistakes) = (wanted_row(told), mistakes(told));
    if wanted[16].is_empty() != cells.last().is_none_or(String::is_empty) {
        return note("refused or not", wanted.join(","), cells.join(","));
    }
    for (at, column) in COLUMNS.iter().enumerate() {
        let (wanted, cell) = (&wanted[at], cells.get(at).map_or("", String::as_str));
        let same = match *column {
            "reasons" if !promises::row_has_reasons(&cells[3], cell, &cells[11]) => false,
            // The row says where it stands, too, and only the first mistake.
            "error" => {
                mistakes.is_empty() || mistakes.iter().any(|[_, message]| cell.ends_with(message.as_str()))
            }
            _ => wanted == cell,
        };
        if !same {
            note(column, wanted.clone(), cell.to_string());
        }
    }
}

fn wanted_row(told: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let mut row = vec![String::new(); COLUMNS.len()];
    row[0] = text(&told["client"]);
    if told.get("error").is_some() {
        row[16] = text(&told["error"]["message"]);
        return row;
    }
    let list = |key: &str| told[key].as_array().cloned().unwrap_or_default();
    let joined = |items: Vec<String>| items.join("|");
    let reasons = list("reasons");
    let holding = |truth: &'static str| reasons.iter().filter(move |reason| reason["holds"] == truth);
    // A rule whose script fails has a reason for each mistake beside its own; a table names it once, in its own place.
    let rules = |truth| {
        let all: Vec<(String, bool)> = holding(truth)
            .map(|reason| (text(&reason["rule"]), reason["outcome"] != "needs review"))
            .collect();
        let place = |id: &str| {
            let own = all.iter().position(|(other, is_own)| *is_own && other == id);
            own.or_else(|| all.iter().position(|(other, _)| other == id))
        };
        let once = all.iter().enumerate().filter(|(at, (id, _))| place(id) == Some(*at));
        joined(once.map(|(_, (id, _))| id.clone()).collect())
    };
    let visit = text(&told["visit"]);
    // Of a client who does not wait a table says that the visit may be.
    let waits = |key: &str| if told["wait"].is_null() { visit.clone() } else { text(&told["wait"][key]) };
    let of = |key: &str, part: &str| joined(list(key).iter().map(|item| text(&item[part])).collect());
    let steps = list("steps");
    let steps = steps.iter().map(|step| format!("{}={}", text(&step["step"]), text(&step["do"])));
    row[1] = text(&told["treatment"]);
    row[3] = text(&told["outcome"]);
    row[4] = joined(list("possible").iter().map(text).collect());
    row[5] = if told["settled"] == true { "yes" } else { "no" }.to_string();
    row[6] = waits("not_before");
    row[7] = waits("latest");
    row[8] = text(&told["book_from"]);
    let endings = told["wait"]["cleared_when"].as_array().cloned().unwrap_or_default();
    row[9] = joined(endings.iter().map(text).collect());
    let groups = list("in_every_case");
    let groups = groups.iter().map(|group| {
        let ids: Vec<String> = group.as_array().into_iter().flatten().map(text).collect();
        ids.join(" or ")
    });
    row[10] = joined(Some(rules("yes")).filter(|ids| !ids.is_empty()).into_iter().chain(groups).collect());
    row[11] = rules("unknown");
    row[12] = of("questions", "fact");
    row[13] = text(&told["open_only"]);
    row[14] = joined(steps.collect());
    row[15] = text(&told["next_change"]);
    row[2] = visit;
    row
}
