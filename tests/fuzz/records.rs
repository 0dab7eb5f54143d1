//! Client records in every format: read, decided about, printed, kept in the log and decided about again.

use clearance::inside::book::{Book, Outcome, Treatment};
use clearance::inside::decide::{self, Decision, Engine, Version};
use clearance::inside::diagnostic::{Diagnostic, Severity};
use clearance::inside::log::record::Question;
use clearance::inside::report::decision::{self as human, Detail};
use clearance::inside::report::decision_data::{self as data, Answer, Unreadable};
use clearance::inside::report::decision_row::{self as row, Rows};
use clearance::inside::rulebook::Loaded;
use clearance::inside::rulebook::records::{self, Input as Format, Records};
use clearance::inside::span::Texts;
use clearance::inside::value::Day;

use crate::checks;
use crate::run::Input;

/// So many records of one input are decided about.
const MOST_DECIDED: usize = 2;

pub fn executor() -> impl FnMut(&Input<'_>) -> u64 {
    // The rules outlive every execution, and the engine remembers what it borrows from them.
    let loaded: &'static Loaded = Box::leak(Box::new(checks::shipped()));
    let mut engine = Engine::new(&loaded.book, &loaded.book.treatments[0], &loaded.scripts[0]);
    move |input| execute(input, &mut engine)
}

fn execute(input: &Input<'_>, engine: &mut Engine<'static>) -> u64 {
    let Version { book, treatment, .. } = engine.version();
    let (mut rows, mut table) = (Rows::of(book, treatment), row::header().into_bytes());
    let (mut texts, mut read) = (Texts::new(), Records::default());
    let format = match input.kind {
        "yaml" => Format::Yaml,
        "json" => Format::Json,
        "ndjson" => Format::Ndjson,
        "csv" => Format::Csv,
        other => panic!("no format is called `{other}`"),
    };
    records::given("r", input.bytes.to_vec(), format, book, &mut texts, &mut read);
    checks::findings(&texts, &read.findings);
    let nothing_said = read.entries.is_empty() && read.findings.is_empty();
    assert!(!nothing_said || matches!(format, Format::Csv | Format::Yaml | Format::Json), "nothing is said");
    let mut seen = checks::mix(read.entries.len().min(3) as u64, checks::kinds(&read.findings));
    let mut answers: Vec<(Answer, Vec<Diagnostic>)> = Vec::new();
    for entry in read.entries.iter().take(MOST_DECIDED) {
        checks::findings(&texts, &entry.findings);
        let mut notes = entry.findings.clone();
        let given = entry.record.as_ref().and_then(|record| record.client.as_ref());
        let client = given.map_or_else(|| format!("#{}", entry.position), |words| words.text.to_string());
        let mut answer = Answer::Unreadable(Unreadable { client: client.clone() });
        let mut brief = None;
        if let Some(record) = &entry.record
            && !notes.iter().any(Diagnostic::is_error)
        {
            let day = record.visit.as_ref().and_then(|words| Day::parse(&words.text));
            let visit = day.unwrap_or_else(|| Day::parse("2026-03-02").expect("a day"));
            let (read, found) = decide::from_written(record, &client, visit, None, book, treatment);
            checks::findings(&texts, &found);
            let refused = found.iter().any(|finding| finding.severity == Severity::Error);
            assert_eq!(read.is_none(), refused, "{found:?}");
            notes.extend(found);
            if let Some(answers) = read {
                let own = engine.brief(&answers);
                let decision = engine.explain(&answers, &own);
                sound(&decision);
                seen = checks::mix(seen, decision.outcome as u64 + 2);
                if input.random.is_multiple_of(8) {
                    again(&client, visit, record, engine, &decision);
                }
                brief = Some(own);
                answer = Answer::Decided(Box::new(decision));
            }
        }
        seen = checks::mix(seen, checks::kinds(&notes));
        match &brief {
            Some(brief) => rows.write(&client, brief, &mut table),
            None => rows.write_error(&client, &texts, &notes, &mut table),
        }
        answers.push((answer, notes));
    }
    let table = String::from_utf8(table).expect("UTF-8");
    printed(&texts, (&answers, &table), book, treatment, input.random >> 8);
    seen
}

/// What holds of every decision.
fn sound(decision: &Decision) {
    assert!(!decision.possible.is_empty());
    let eligible = decision.outcome == Outcome::Eligible;
    assert_eq!(eligible, decision.possible == [Outcome::Eligible], "{:?}", decision.possible);
}

/// From the log the same record gets the same decision.
fn again(
    client: &str,
    visit: Day,
    record: &clearance::inside::written::record::Record,
    engine: &mut Engine<'_>,
    decision: &Decision,
) {
    let Version { book, treatment, .. } = engine.version();
    let question = Question {
        treatment: treatment.id.clone(),
        client: client.to_string(),
        visit: Some(visit),
        visit_assumed: false,
        answered_on: None,
        written: Some(record.clone()),
    };
    let line = question.write().expect("JSON");
    assert!(!line.contains('\n'));
    let mut texts = Texts::new();
    let kept = Question::read(&line, &mut texts).unwrap_or_else(|| panic!("not read again: {line}"));
    assert_eq!(kept.client, client);
    let record = kept.written.expect("a record");
    let (answers, found) = decide::from_written(&record, client, visit, None, book, treatment);
    let answers = answers.unwrap_or_else(|| panic!("{found:?} in {line}"));
    let json = |decision: &Decision| serde_json::to_string(decision).expect("JSON");
    assert_eq!(json(&engine.decide(&answers)), json(decision), "replayed from {line}");
}

fn printed(
    texts: &Texts,
    (answers, table): (&[(Answer, Vec<Diagnostic>)], &str),
    book: &Book,
    treatment: &Treatment,
    which: u64,
) {
    match which % 4 {
        0 => {
            let lines = data::ndjson(texts, answers).expect("NDJSON");
            assert_eq!(lines.lines().count(), answers.len());
            for line in lines.lines() {
                serde_json::from_str::<serde_json::Value>(line).expect("JSON on each line");
                checks::harmless(line);
            }
        }
        1 => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
            // A row with another number of cells than the first is an error here.
            let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
            assert_eq!(rows.len(), answers.len() + 1);
            for cell in rows.iter().flatten() {
                let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}']);
                assert!(!formula && !cell.contains('\n'), "a formula: {cell:?}");
                checks::harmless(cell);
            }
        }
        2 => {
            for answer in answers {
                let text = data::element(texts, answer).expect("JSON");
                let element = text.strip_prefix(',').expect("a comma before each element");
                serde_json::from_str::<serde_json::Value>(element).expect("JSON");
                checks::harmless(&text.replace('\n', " "));
            }
        }
        _ => {
            for (answer, notes) in answers {
                match answer {
                    Answer::Decided(decision) => {
                        let detail = if which % 8 < 4 { Detail::Why } else { Detail::Short };
                        checks::harmless_but_for_colour(&human::one(decision, book, treatment, detail));
                    }
                    Answer::Unreadable(Unreadable { client }) => {
                        checks::harmless_but_for_colour(&human::unreadable(client, ""));
                    }
                }
                checks::printed(texts, notes, which >> 8);
            }
        }
    }
}
