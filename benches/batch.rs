//! What `decide --format csv` costs for many clients, the whole process, against a bare parse of the same file on
//! all cores: typed serde_json for NDJSON, the csv crate for CSV. Run it with
//! `cargo bench --bench batch -- RECORDS`.

mod clients;

use std::env;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clients::{Record, Row, write_clients};

/// How often each is timed; the fastest counts, since others share the machine.
const ROUNDS: usize = 5;

fn main() {
    let records = env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("batch-bench");
    fs::create_dir_all(&folder).expect("a folder");
    let (ndjson, csv) = (folder.join("clients.ndjson"), folder.join("clients.csv"));
    write_clients(records, &ndjson, &csv);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("{records} clients, {cores} cores; the fastest of {ROUNDS} rounds");
    let size = |path: &Path| fs::metadata(path).expect("a file").len() >> 20;
    let bare = best(|| parse_json(&ndjson, cores));
    println!("NDJSON, {} MiB", size(&ndjson));
    println!("  bare typed serde_json      {bare:>8.3?}");
    let table = report("decide --format csv", &ndjson, "csv", &folder, bare);
    let cells = best(|| parse_csv(&csv, cores, Reading::Cells));
    let placed = best(|| parse_csv(&csv, cores, Reading::Placed));
    let owned = best(|| parse_csv(&csv, cores, Reading::Owned));
    let bare = best(|| parse_csv(&csv, cores, Reading::Typed));
    println!("CSV, {} MiB", size(&csv));
    println!("  csv crate, only cells      {cells:>8.3?}");
    println!("  csv crate, typed by place  {placed:>8.3?}");
    println!("  csv crate, its own rows    {owned:>8.3?}");
    println!("  bare typed csv crate       {bare:>8.3?}");
    let other = report("decide --format csv", &csv, "csv", &folder, bare);
    assert_eq!(table, other, "both files hold the same clients");
    // Every decision in full, with all its words.
    write_clients(records.div_ceil(20), &ndjson, &csv);
    let bare = best(|| parse_json(&ndjson, cores));
    println!("NDJSON, {} clients", records.div_ceil(20));
    println!("  bare typed serde_json      {bare:>8.3?}");
    report("decide --format ndjson", &ndjson, "ndjson", &folder, bare);
}

/// Times the whole process; comes back with what it wrote.
fn report(what: &str, file: &Path, format: &str, folder: &Path, bare: Duration) -> Vec<u8> {
    let out = folder.join("answers");
    let rounds = if format == "csv" { ROUNDS } else { 1 };
    let (mut fastest, mut peak) = (Duration::MAX, String::new());
    for _ in 0..rounds {
        // To empty an old file takes time that is not the program's.
        let _ = fs::remove_file(&out);
        let started = Instant::now();
        let output = Command::new("/usr/bin/time")
            .args(["-f", "%M", env!("CARGO_BIN_EXE_clearance"), "decide"])
            .arg(file)
            .args(["--format", format])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(File::create(&out).expect("a file"))
            .stderr(Stdio::piped())
            .output()
            .expect("GNU time and the binary run");
        fastest = fastest.min(started.elapsed());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        peak = said.lines().last().unwrap_or_default().to_string();
    }
    let ratio = fastest.as_secs_f64() / bare.as_secs_f64();
    println!("  {what:<26} {fastest:>8.3?}   {ratio:.2} x bare, {peak} KiB at most");
    fs::read(&out).expect("the answers")
}

fn best(mut run: impl FnMut() -> usize) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let started = Instant::now();
        assert!(run() > 0);
        started.elapsed()
    });
    times.min().unwrap_or_default()
}

/// The text in as many pieces as there are cores, each of whole lines.
fn pieces(text: &str, cores: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    for left in (1..=cores).rev() {
        let end = rest.len() / left;
        let end = rest.as_bytes()[end..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| end + at + 1);
        pieces.push(&rest[..end]);
        rest = &rest[end..];
    }
    pieces
}

fn on_all_cores(text: &str, cores: usize, count: impl Fn(&str) -> usize + Sync) -> usize {
    thread::scope(|scope| {
        let count = &count;
        let threads: Vec<_> =
            pieces(text, cores).into_iter().map(|piece| scope.spawn(move || count(piece))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a count")).sum()
    })
}

fn parse_json(path: &Path, cores: usize) -> usize {
    let text = fs::read_to_string(path).expect("a text");
    on_all_cores(&text, cores, |piece| {
        piece.lines().map(|line| serde_json::from_str::<Record<'_>>(line).expect("a record").weight()).sum()
    })
}

/// How a table is read without knowing any rule.
#[derive(Clone, Copy)]
enum Reading {
    /// Into typed rows, by the names in the header: what typed JSON is read like.
    Typed,
    /// Into typed rows with texts of their own, as the crate's reader gives them.
    Owned,
    /// Into typed rows, each column by its place.
    Placed,
    /// Only into cells.
    Cells,
}

fn parse_csv(path: &Path, cores: usize, reading: Reading) -> usize {
    let text = fs::read_to_string(path).expect("a text");
    let (names, body) = text.split_at(text.find('\n').expect("a header") + 1);
    let header = names.trim_end();
    let header = csv::StringRecord::from(header.split(',').collect::<Vec<_>>());
    on_all_cores(body, cores, |piece| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(piece.as_bytes());
        if matches!(reading, Reading::Owned) {
            let mut reader = csv::Reader::from_reader(names.as_bytes().chain(piece.as_bytes()));
            return reader.deserialize::<Row<String>>().map(|row| row.expect("a typed row").weight()).sum();
        }
        let mut record = csv::StringRecord::new();
        let mut weight = 0;
        while reader.read_record(&mut record).expect("a row") {
            weight += match reading {
                Reading::Typed => {
                    record.deserialize::<Row<&str>>(Some(&header)).expect("a typed row").weight()
                }
                Reading::Placed => record.deserialize::<Row<&str>>(None).expect("a typed row").weight(),
                Reading::Owned | Reading::Cells => record.iter().map(str::len).sum::<usize>(),
            };
        }
        weight
    })
}
