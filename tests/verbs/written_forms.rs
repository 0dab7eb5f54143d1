//! Whatever may be written where an answer is expected, for every kind of fact, in every format in and out: unknown,
//! refused, or which answer. `tests/written_forms` holds the forms, and what came of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;

use clearance::inside::cli::decide::{Args, Table};
use clearance::inside::cli::format::Format;
use clearance::inside::rulebook::Rulebook;
use clearance::inside::rulebook::records::Input;
use serde_json::{Map, Value, json};

const INPUTS: [Input; 4] = [Input::Yaml, Input::Json, Input::Ndjson, Input::Csv];
const OUTPUTS: [Format; 4] = [Format::Ndjson, Format::Json, Format::Csv, Format::Human];

/// Where something is written.
struct Place {
    /// What it is called here.
    name: &'static str,
    /// The column of a table.
    column: &'static str,
    /// The fact, as facts.yaml has it.
    fact: &'static str,
    /// Of this and its opposite one always holds or may hold, so that a decision tells what the answer came to.
    when: &'static str,
    /// The answers that it tells of.
    tells: &'static [&'static str],
}

const fn place(
    name: &'static str,
    column: &'static str,
    fact: &'static str,
    when: &'static str,
    tells: &'static [&'static str],
) -> Place {
    Place { name, column, fact, when, tells }
}

const SET: &str = "set: {kind: set, of: {psoriasis: Psoriasis, unlisted: Another}, ask: Which?}";
const HISTORY: &str = "medicines: {kind: history, of: {retinol: Retinol, unlisted: Another}, ask: When?}";
const ANY: &str = "ongoing(medicines.retinol) || ongoing(medicines.unlisted)";
const BOTH: &[&str] = &["medicines.retinol", "medicines.unlisted"];
const DATED: &str = "dated: {kind: yes/no, ask: Is it so?, good_for: {no: 4 weeks}}";
const THERAPY: &str = "therapy: {kind: date, may_be_planned: yes, ask: When?}";

const PLACES: [Place; 13] = [
    place("yes/no", "yes_no", "yes_no: {kind: yes/no, ask: Is it so?}", "yes_no", &["yes_no"]),
    place(
        "choice",
        "choice",
        "choice: {kind: choice, of: {red: Red, green: Green}, ask: Which?}",
        "choice.red",
        &["choice"],
    ),
    place("set", "set", SET, "set.any", &["set.psoriasis", "set.unlisted"]),
    place("option of a set", "set.psoriasis", SET, "set.any", &["set.psoriasis"]),
    place(
        "number",
        "number",
        "number: {kind: number, between: [0, 100], ask: How many?}",
        "number > 3",
        &["number"],
    ),
    place("date", "day", "day: {kind: date, ask: When?}", "ongoing(day)", &["day"]),
    place("date that may be planned", "therapy", THERAPY, "ongoing(therapy)", &["therapy"]),
    place("planned date", "trip", "trip: {kind: planned date, ask: When?}", "trip < visit", &["trip"]),
    place(
        "birth date",
        "birth",
        "birth: {kind: birth date, ask: When?}",
        "years_between(birth, visit) < 18",
        &["birth"],
    ),
    place("history", "medicines", HISTORY, ANY, BOTH),
    place("option of a history", "medicines.retinol", HISTORY, ANY, &["medicines.retinol"]),
    place("day of a no", "dated.on", DATED, "dated", &["dated"]),
    place("answered_on of a no", "answered_on", DATED, "dated", &["dated"]),
];

impl Place {
    fn rules(&self) -> Rulebook {
        let rule = |name: &str, when: String| {
            format!("  {name}:\n    when: {when}\n    because: An example.\n    basis: Ours\n")
        };
        let rules =
            rule("so", self.when.to_string()) + rule("not_so", format!("not({})", self.when)).as_str();
        let page = format!("treatment: Peel\nrevision: 1\nrelative_contraindications:\n{rules}");
        let rulebook = Rulebook::of([
            ("clinic.yaml", "name: A clinic\ntime_zone: Europe/London\ncurrency: GBP"),
            ("facts.yaml", self.fact),
            ("peel.yaml", &page),
        ]);
        assert!(rulebook.findings().is_empty(), "{:?}", rulebook.findings());
        rulebook
    }
}

/// A record as rows of a table hold it: column and value.
type Row = Vec<(String, Value)>;

fn row(client: &str, column: &str, form: &Value) -> Row {
    let mut row = vec![("client".to_string(), json!(client)), ("visit".to_string(), json!("2026-03-20"))];
    if matches!(column, "dated.on" | "answered_on") {
        row.push(("dated".to_string(), json!("no")));
    } else {
        row.push(("answered_on".to_string(), json!("2026-03-02")));
    }
    row.push((column.to_string(), form.clone()));
    row
}

/// The same as an object.
fn object(row: &Row) -> Value {
    let (mut record, mut facts) = (Map::new(), Map::new());
    for (column, value) in row {
        match (column.as_str(), column.split_once('.')) {
            ("client" | "visit" | "answered_on", _) => drop(record.insert(column.clone(), value.clone())),
            (_, Some((fact, "on"))) => {
                let answer = facts[fact].clone();
                facts.insert(fact.to_string(), json!({"answer": answer, "on": value}));
            }
            (_, Some((fact, option))) => drop(facts.insert(fact.to_string(), json!({option: value}))),
            (_, None) => drop(facts.insert(column.clone(), value.clone())),
        }
    }
    record.insert("facts".to_string(), Value::Object(facts));
    Value::Object(record)
}

/// In YAML, without quotes wherever it may stand so.
fn yaml(value: &Value) -> String {
    let is_plain = |text: &str| {
        text.starts_with(|c: char| c.is_alphanumeric())
            && text.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c))
    };
    match value {
        Value::Null => String::new(),
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}: {}", yaml(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn cell(value: &Value) -> Option<String> {
    let end = |key| value.get(key).and_then(Value::as_str).unwrap_or_default();
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Object(_) => Some(format!("{}..{}", end("at_least"), end("at_most"))),
        _ => None,
    }
}

/// All records in a format; a table cannot say an empty list, and leaves those out.
fn text(rows: &[Row], input: Input) -> String {
    let objects: Vec<Value> = rows.iter().map(object).collect();
    match input {
        Input::Yaml => objects.iter().fold(String::new(), |mut out, object| {
            let _ = writeln!(out, "- {}", yaml(object));
            out
        }),
        Input::Json => Value::Array(objects).to_string(),
        Input::Ndjson => objects.iter().map(|object| format!("{object}\n")).collect(),
        Input::Csv => {
            let columns = rows[0].iter().map(|(column, _)| column.as_str());
            let mut out = columns.collect::<Vec<_>>().join(",") + "\n";
            for row in rows {
                let cells: Option<Vec<String>> = row.iter().map(|(_, value)| cell(value)).collect();
                out.extend(cells.map(|cells| cells.join(",") + "\n"));
            }
            out
        }
    }
}

fn decide(rulebook: &Rulebook, text: &str, input: Input, output: Format) -> String {
    let args = Args::printed(input, output, false);
    let table = Table::new(&args, rulebook).unwrap_or_else(|_| panic!("the rules are sound"));
    let filled = table.filler().fill(Box::new(Cursor::new(text.to_string().into_bytes())));
    filled.unwrap_or_else(|_| panic!("nothing is read that could fail")).rows
}

/// What is said of each client: `refused`, or the outcome.
fn outcomes(text: &str, output: Format) -> BTreeMap<String, String> {
    let told = |value: &Value| {
        let outcome = value["outcome"].as_str().unwrap_or("refused").to_string();
        (value["client"].as_str().unwrap_or_default().to_string(), outcome)
    };
    match output {
        Format::Ndjson => text.lines().map(|line| told(&serde_json::from_str(line).expect("JSON"))).collect(),
        Format::Json => {
            let all = format!("[{}]", text.trim_start_matches(','));
            let all: Vec<Value> = serde_json::from_str(&all).expect("JSON");
            all.iter().map(told).collect()
        }
        Format::Csv => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let rows = reader.records().map(|row| row.expect("a row"));
            let outcome = |row: &csv::StringRecord| match &row[3] {
                "" => "refused".to_string(),
                outcome => outcome.to_string(),
            };
            rows.map(|row| (row[0].to_string(), outcome(&row))).collect()
        }
        _ => {
            let text = anstream::adapter::strip_str(text).to_string();
            let lines: Vec<&str> = text.lines().collect();
            let pairs = lines.windows(2).filter_map(|two| {
                let name = two[0].split(':').next().unwrap_or_default();
                let refused = two[1].starts_with("NOT DECIDED").then(|| "refused".to_string());
                let decided = two[0].contains(": Peel, ").then(|| two[1].to_lowercase());
                refused.or(decided).map(|said| (name.to_string(), said))
            });
            pairs.collect()
        }
    }
}

/// What the answers to these facts came to, as a decision tells.
fn came_to(decision: &Value, facts: &[&str]) -> String {
    if decision.get("error").is_some() {
        return "refused".to_string();
    }
    let reasons = decision["reasons"].as_array().expect("reasons");
    let of = |fact: &&str| -> String {
        let mut said = reasons.iter().filter_map(|reason| reason["facts"][*fact]["answer"].as_str());
        said.next().unwrap_or("nothing").to_string()
    };
    let mut all: Vec<String> = facts.iter().map(of).collect();
    all.dedup();
    all.join(" and ")
}

#[test]
fn what_is_written_is_an_answer_unknown_or_refused() {
    let forms: Vec<Value> =
        serde_yaml::from_str(include_str!("../written_forms/forms.yaml")).expect("the forms can be read");
    // For each form and place what it came to in each format.
    let mut cells: BTreeMap<(usize, usize), Vec<(Input, String)>> = BTreeMap::new();
    let mut looked = 0;
    for (at, place) in PLACES.iter().enumerate() {
        let rulebook = place.rules();
        let numbered = forms.iter().enumerate();
        let rows: Vec<Row> =
            numbered.map(|(form, value)| row(&format!("c{form}"), place.column, value)).collect();
        for input in INPUTS {
            let text = text(&rows, input);
            let told = decide(&rulebook, &text, input, Format::Ndjson);
            for line in told.lines() {
                let decision: Value = serde_json::from_str(line).expect("JSON");
                let client = decision["client"].as_str().expect("a client");
                let form = client[1..].parse().expect("the number of a form");
                cells.entry((form, at)).or_default().push((input, came_to(&decision, place.tells)));
            }
            let first = outcomes(&told, Format::Ndjson);
            for output in OUTPUTS {
                let other = outcomes(&decide(&rulebook, &text, input, output), output);
                let differ: Vec<_> =
                    first.iter().filter(|(client, said)| other.get(*client) != Some(*said)).collect();
                assert!(
                    differ.is_empty() && other.len() == first.len(),
                    "{}, {input:?} to {output:?}: {differ:?}",
                    place.name
                );
                looked += other.len();
            }
        }
    }
    let mut shown = format!(
        "{} forms in {} places, from {} formats and to {}: {looked} cells\n",
        forms.len(),
        PLACES.len(),
        INPUTS.len(),
        OUTPUTS.len()
    );
    for (form, value) in forms.iter().enumerate() {
        let said = match value {
            Value::Null => "nothing".to_string(),
            Value::Object(_) => yaml(value),
            value => value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`")),
        };
        let mut by: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (at, place) in PLACES.iter().enumerate() {
            let each = &cells[&(form, at)];
            let all = match each.iter().all(|(_, one)| *one == each[0].1) {
                true => each[0].1.clone(),
                false => {
                    each.iter().map(|(input, one)| format!("{input:?}: {one}")).collect::<Vec<_>>().join(", ")
                }
            };
            by.entry(all).or_default().push(place.name);
        }
        let _ = writeln!(shown, "{said}");
        for (came_to, places) in &by {
            let places = match places.len() == PLACES.len() {
                true => "everywhere".to_string(),
                false => places.join(", "),
            };
            let _ = writeln!(shown, "    {came_to:<9} {places}");
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../written_forms" }, {
        insta::assert_snapshot!("what-is-written", shown);
    });
}
