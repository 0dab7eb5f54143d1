//! What it costs to read a client's record as answers, in one thread, against a bare parse of the same text: typed
//! serde_json for NDJSON, the csv crate's own rows for CSV. Run it with `cargo bench --bench read -- RECORDS`.

mod clients;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clearance::inside::cli::folder;
use clearance::inside::decide::Intake;
use clearance::inside::rulebook::Part;
use clearance::inside::source::{csv as table, json};
use clearance::inside::span::{Span, Texts};
use clearance::inside::value::Day;
use clearance::inside::written::record::{self, Record as Written};
use clients::{Record, Row, write_clients};

/// How often each is timed; the fastest counts, since others share the machine.
const ROUNDS: usize = 7;

fn main() {
    let records = env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(200_000);
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("read-bench");
    fs::create_dir_all(&folder).expect("a folder");
    let paths = [folder.join("clients.ndjson"), folder.join("clients.csv")];
    write_clients(records, &paths[0], &paths[1]);
    let [lines, rows] = paths.map(|path| fs::read_to_string(path).expect("a text"));
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules");
    let Ok(loaded) = folder::load(&rules, Part::Rules) else { panic!("the shipped rules are sound") };
    let mut intake = Intake::new(&loaded.book, &loaded.book.treatments[0]);
    println!("{records} clients, one thread; the fastest of {ROUNDS} rounds");

    let bare = best(|| {
        lines.lines().map(|line| serde_json::from_str::<Record<'_>>(line).expect("a record").weight()).sum()
    });
    println!("bare typed serde_json      {bare:>8.3?}");
    let mut texts = Texts::new();
    let id = texts.add("clients.ndjson", lines.clone());
    let each = |see: &mut dyn FnMut(&Written<'_>)| {
        let mut start = 0;
        for line in lines.lines() {
            let range = start..start + line.len();
            let mut found = Vec::new();
            let value = json::read(&texts, id, range, &mut found).expect("a value");
            see(&record::from_value(value, &mut found).expect("a record"));
            start += line.len() + 1;
        }
    };
    let values = best(|| {
        let mut facts = 0;
        each(&mut |record| facts += record.facts.len());
        facts
    });
    ratio("line to record", values, bare);
    let read = best(|| {
        let mut known = 0;
        each(&mut |record| known += answers(&mut intake, record));
        known
    });
    ratio("line to answers", read, bare);

    let bare = best(|| {
        let mut reader = csv::Reader::from_reader(rows.as_bytes());
        reader.deserialize::<Row<String>>().map(|row| row.expect("a typed row").weight()).sum()
    });
    println!("csv crate, its own rows    {bare:>8.3?}");
    let id = texts.add("clients.csv", rows.clone());
    let header = table::header(&texts, id, &mut Vec::new()).expect("a header");
    let columns = record::columns(&header.columns, &[]);
    let each = |see: &mut dyn FnMut(&Written<'_>)| {
        let mut record = Written::empty(Span::new(id, 0..0));
        table::rows(&texts, id, header.end, &header, &mut Vec::new(), &mut |row| {
            record::from_row(&columns, row, &mut record).expect("a record");
            see(&record);
        });
    };
    let values = best(|| {
        let mut facts = 0;
        each(&mut |record| facts += record.facts.len());
        facts
    });
    ratio("row to record", values, bare);
    let read = best(|| {
        let mut known = 0;
        each(&mut |record| known += answers(&mut intake, record));
        known
    });
    ratio("row to answers", read, bare);
}

/// Something of the answers, so that nothing is left out.
fn answers(intake: &mut Intake<'_>, record: &Written<'_>) -> usize {
    let day = record.visit.as_ref().and_then(|words| Day::parse(&words.text)).expect("a visit");
    let client = record.client.as_ref().map_or("", |words| &*words.text);
    let answers = intake.read(record, client, day, None, &mut Vec::new()).expect("answers");
    answers.all_boxes().map(|boxes| boxes.len()).sum()
}

fn ratio(what: &str, time: Duration, bare: Duration) {
    let times = time.as_secs_f64() / bare.as_secs_f64();
    println!("  {what:<24} {time:>8.3?}   {times:.2} x bare");
}

fn best(mut run: impl FnMut() -> usize) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let started = Instant::now();
        assert!(run() > 0);
        started.elapsed()
    });
    times.min().unwrap_or_default()
}
