//! Many records at once: the same answers as one by one, in the order of the input, whatever stands between them.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clearance::inside::book::fact::{Fact, FactKind, Facts};
use clearance::inside::value::Day;

const GOOD: [&str; 4] = [
    r#"{"client":"A","visit":"2026-03-02","answered_on":"2026-03-02","facts":{"pregnant":false,"open_wounds":false}}"#,
    r#"{"visit":"2026-03-02","facts":{"pregnant":true}}"#,
    r#"{"client":"Ä","visit":"2026-03-03","answered_on":"2026-03-03","facts":{"last_radiation_on":"2025-10","goals":["age_spots"]}}"#,
    r#"{"client":"C","visit":"2026-03-04","answered_on":"2026-03-01","facts":{"pregnant":false,"skin_diseases":"none","open_wounds":false,"last_radiation_on":"never","keloid_history":false,"acne_medications":{"isotretinoin":"2025-12-24","rest":"never"},"last_session":"none","goals":["acne_scars"],"area_cm2":20.5,"numbing_cream_allergy":true}}"#,
];

const BAD: [&str; 4] = [
    r#"{"client":"B1","visit":"2026-03-02","facts":{"pregnent":true}}"#,
    r#"{"client":"B2","visit":"2026-03-02","facts":"#,
    r#"{"client":"B3","visit":"2026-02-30"}"#,
    r#"{"client":"B4","visit":"2026-03-02","facts":{"pregnant":{"answer":false,"on":"2026-04-01"}}}"#,
];

fn decide(files: &[&str], more: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .arg("decide")
        .args(files)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn file(name: &str, content: &[u8]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("batch");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path.to_str().expect("plain names").to_string()
}

/// A deterministic source of choices.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A day near a boundary, a month, a year, a word, or nonsense.
    fn date(&mut self, visit: Day, ahead: bool) -> String {
        let back = [0, 1, 2, 6, 7, 8, 14, 27, 28, 29, 41, 42, 43, 90, 92, 179, 180, 181, self.below(500)];
        let back = back[self.below(back.len())] as i64;
        let day =
            Day::from_point(visit.point() - if ahead && self.percent(50) { -back } else { back }).to_string();
        match self.below(100) {
            0..=24 if ahead => "none".to_string(),
            0..=24 => "never".to_string(),
            25..=33 => "ongoing".to_string(),
            34..=38 => self.pick(&["none", "no", "unknown", "Never", ""]).to_string(),
            39..=46 => day[..7].to_string(),
            47..=50 => day[..4].to_string(),
            51 if self.percent(30) => Day::from_point(visit.point() + 3).to_string(),
            _ => day,
        }
    }

    /// What somebody may answer, in the words of a cell.
    fn word(&mut self, fact: &Fact, visit: Day) -> String {
        let options: Vec<&str> = fact.options.iter().map(|option| option.id.as_str()).collect();
        match fact.kind {
            FactKind::YesNo => {
                self.pick(&["yes", "no", "no", "no", "no", "No", "TRUE", "false", "unknown", ""]).to_string()
            }
            FactKind::Set => match self.below(8) {
                0..=2 => "none".to_string(),
                3 => self.pick(&["no", "NONE", "some", "unknown", "no"]).to_string(),
                4..=5 => format!("{}|{}", self.pick(&options), self.pick(&options)),
                _ => self.pick(&options).to_string(),
            },
            FactKind::Choice if self.percent(95) => self.pick(&options).to_string(),
            FactKind::Choice => "unknown".to_string(),
            FactKind::Number { .. } => self
                .pick(&[
                    "1",
                    "2",
                    "3",
                    "20",
                    "25",
                    "25.000001",
                    "40.5",
                    "50",
                    "50.5",
                    "100",
                    "201",
                    "1..30",
                    "unknown",
                ])
                .to_string(),
            FactKind::History => self.pick(&["none", "never", "unknown", "no"]).to_string(),
            FactKind::PlannedDate => self.date(visit, true),
            FactKind::BirthDate => {
                let (year, month, day) = visit.civil();
                format!("{:04}-{month:02}-{:02}", year - [17, 18, 18, 30][self.below(4)], day.min(28))
            }
            _ => self.date(visit, false),
        }
    }

    /// The same in JSON, in one of the ways it can be written.
    fn value(&mut self, fact: &Fact, visit: Day) -> String {
        let mut word = self.word(fact, visit);
        let by_option = matches!(fact.kind, FactKind::Set | FactKind::History) && self.percent(40);
        let plain = |word: &str| match word {
            "yes" => "true".to_string(),
            "no" => "false".to_string(),
            "" => "null".to_string(),
            _ if word.parse::<f64>().is_ok() && word.len() < 5 && !word.contains('e') => word.to_string(),
            _ => format!("\"{word}\""),
        };
        let mut value = match (word.split_once('|'), word.split_once("..")) {
            (Some((one, two)), _) => format!("[\"{one}\", \"{two}\"]"),
            (_, Some((low, high))) => format!("{{\"at_least\":{low},\"at_most\":{high}}}"),
            _ => plain(&word),
        };
        if by_option {
            let mut entries = Vec::new();
            for option in &fact.options {
                word = match fact.kind {
                    FactKind::Set => self.pick(&["yes", "no", "no", "unknown"]).to_string(),
                    _ => self.date(visit, false),
                };
                if self.percent(70) {
                    entries.push(format!("\"{}\":{}", option.id, plain(&word)));
                }
            }
            if self.percent(60) {
                entries.push(format!(
                    "\"rest\":\"{}\"",
                    if fact.kind == FactKind::Set { "no" } else { "never" }
                ));
            }
            value = format!("{{{}}}", entries.join(","));
        }
        if self.percent(15) {
            let on = Day::from_point(visit.point() - self.below(40) as i64 + 1);
            value = match self.below(3) {
                0 => format!("{{\"answer\":{value},\"on\":\"{on}\"}}"),
                1 => format!("{{\"from\":\"nurse\",\"on\":\"{on}\",\"answer\":{value}}}"),
                _ => format!("[{{\"answer\":{value},\"from\":\"a\"}},{{\"answer\":null,\"from\":\"b\"}}]"),
            };
        }
        value
    }
}

/// Clients in NDJSON and as a table, most of them plain and some of them odd.
fn clients(facts: &Facts, count: usize, seed: u64) -> (String, String) {
    let mut random = Random(seed);
    let first = Day::parse("2026-03-02").expect("a day").point();
    let mut lines = String::new();
    let mut header = vec!["client".to_string(), "visit".to_string(), "answered_on".to_string()];
    for fact in &facts.facts {
        match fact.kind {
            FactKind::History => header.extend(fact.options.iter().map(|o| format!("{}.{}", fact.id, o.id))),
            _ => header.extend([fact.id.clone(), format!("{}.on", fact.id)]),
        }
    }
    let mut rows = header.join(",") + "\n";
    for at in 0..count {
        let ahead = [0, 0, 1, 30, 60, 91, 152, 470][random.below(8)] + random.below(5);
        let visit = Day::from_point(first + ahead as i64);
        let asked = Day::from_point(visit.point() - [0, 0, 1, 2, 14, 28, 29, 80][random.below(8)]);
        let (mut answers, mut cells) =
            (Vec::new(), vec![format!("C{at}"), visit.to_string(), asked.to_string()]);
        for fact in &facts.facts {
            let answered = random.percent(88);
            if answered {
                answers.push(format!("\"{}\":{}", fact.id, random.value(fact, visit)));
            }
            let mut cell = |text: String| cells.push(if random.percent(88) { text } else { String::new() });
            match fact.kind {
                FactKind::History => {
                    for option in &fact.options {
                        let date = Random(seed ^ cells_seed(at, &option.id)).date(visit, false);
                        cell(date);
                    }
                }
                _ => {
                    let word = Random(seed ^ cells_seed(at, &fact.id)).word(fact, visit);
                    cell(word);
                    cells.push(if at % 5 == 0 { asked.to_string() } else { String::new() });
                }
            }
        }
        let facts = answers.join(",");
        let record = match random.below(12) {
            0 => format!("{{\"facts\":{{{facts}}},\"visit\":\"{visit}\",\"client\":\"C{at}\"}}"),
            1 => format!("{{ \"client\" : \"a, {at}\" , \"visit\":\"{visit}\", \"facts\": {{{facts}}} }}\r"),
            2 => format!("{{\"visit\":\"{visit}\",\"answered_on\":\"{asked}\",\"facts\":{{{facts}}}}}"),
            _ => format!(
                "{{\"client\":\"C{at}\",\"visit\":\"{visit}\",\"answered_on\":\"{asked}\",\"facts\":{{{facts}}}}}"
            ),
        };
        lines += &record;
        lines.push('\n');
        rows += &(cells.join(",") + if at % 9 == 0 { "\r\n" } else { "\n" });
    }
    (lines, rows)
}

fn cells_seed(at: usize, fact: &str) -> u64 {
    fact.bytes().fold(at as u64 * 1_000_003, |all, byte| all.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// The table of what is decided about a file, which is the same whether it is logged or not.
fn logged_or_not(name: &str, content: &[u8], more: &[&str]) -> String {
    let path = file(name, content);
    let table = [more, &["--format", "csv"]].concat();
    let plain = decide(&[&path], &table, b"");
    let log = file(&format!("{name}.log"), b"");
    let logged = decide(&[&path], &[&table[..], &["--log", &log, "--asked-by", "Test"]].concat(), b"");
    assert_eq!(plain.status.code(), logged.status.code());
    let (plain, logged) = (text(&plain.stdout), text(&logged.stdout));
    for (at, (plain, logged)) in plain.lines().zip(logged.lines()).enumerate() {
        let line = content.split(|byte| *byte == b'\n').nth(at).map(String::from_utf8_lossy);
        assert_eq!(plain, logged, "{path}: {line:?}");
    }
    assert_eq!(plain.lines().count(), logged.lines().count());
    plain
}

#[test]
fn lines_that_are_no_text_change_no_other_answer() {
    let rulebook = clearance::inside::cli::folder::rulebook(Path::new("rules")).expect("a folder");
    let (lines, rows) = clients(&rulebook.loaded().book.facts, 700, 7);
    let no_visit = |line: &str| match line.split_once("\"visit\":") {
        Some((before, after)) => format!("{before}{}", after.split_once(',').expect("more").1.trim_start()),
        None => line.to_string(),
    };
    let no_cell = |row: &str| {
        let mut cells: Vec<&str> = row.split(',').collect();
        cells.remove(1);
        cells.join(",")
    };
    let lines: Vec<String> = lines.lines().map(no_visit).collect();
    let rows: Vec<String> = rows.lines().map(no_cell).collect();
    for (name, lines) in [("no-text.ndjson", lines), ("no-text.csv", rows)] {
        let mut content = Vec::new();
        let mut broken = 0;
        for (at, line) in lines.iter().enumerate() {
            let mut bytes = line.clone().into_bytes();
            if at % 11 == 5 {
                bytes.insert(bytes.len() / 2, 0xff);
                broken += 1;
            }
            content.extend_from_slice(&bytes);
            content.push(b'\n');
        }
        let table = logged_or_not(name, &content, &["--visit", "2027-09-20"]);
        assert_eq!(table.lines().filter(|row| row.ends_with("this line is not UTF-8")).count(), broken);
        assert!(table.lines().filter(|row| row.contains("2027-09-20")).count() > 450);
    }
}

/// A validity that has run out for every day an open answer may mean, an answer that ages, and an age that turns within
/// a year of birth.
#[test]
fn what_moves_from_day_to_day_changes_tomorrow() {
    let adult = |answers: &str| {
        format!(
            "{{\"client\":\"A\",\"visit\":\"2027-01-16\",\"answered_on\":\"2026-12-19\",\"facts\":{{{answers}}}}}\n"
        )
    };
    let lines = [
        adult(r#""last_peel":"never","last_laser":"2026","fever":"yes","born":"1990-01-01""#),
        adult(r#""last_peel":"never","last_laser":"2026","fever":"no","born":"1990-01-01""#),
        adult(r#""last_peel":"never","last_laser":"2025-12-01","fever":"no","born":"2008""#)
            .replace("2027-01-16", "2026-02-15")
            .replace("2026-12-19", "2026-02-15"),
    ];
    let table = logged_or_not("moving.ndjson", lines.concat().as_bytes(), &["--rules", "tests/batch/moving"]);
    let next: Vec<&str> = table.lines().skip(1).filter_map(|row| row.rsplit(',').nth(1)).collect();
    assert_eq!(next, ["2027-06-20", "2027-01-17", "2026-03-01"], "{table}");
}

/// Good and bad records in turns, several pieces long.
fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| match at % 7 {
            3 => BAD[at / 7 % BAD.len()].to_string(),
            6 => String::new(),
            _ => GOOD[at % GOOD.len()].replace("\"A\"", &format!("\"A{at}\"")),
        })
        .collect()
}

#[test]
fn many_records_are_decided_as_if_each_came_alone() {
    let lines = many(3_000);
    let path = file("many.ndjson", lines.join("\n").as_bytes());
    for format in ["csv", "ndjson"] {
        let all = decide(&[&path], &["--format", format], b"");
        assert_eq!(all.status.code(), Some(1));
        let all = text(&all.stdout);
        let mut answers = all.lines();
        let header = if format == "csv" { answers.next() } else { None };
        let records = lines.iter().enumerate().filter(|(_, line)| !line.is_empty());
        let mut seen = Vec::new();
        for (position, ((at, line), answer)) in records.zip(answers).enumerate() {
            let position = position + 1;
            // Each kind of line alone at a few places.
            if position > 28 && position % 331 != 0 {
                continue;
            }
            let alone = decide(&["-", "--input", "ndjson"], &["--format", format], line.as_bytes());
            let alone = text(&alone.stdout).replace("standard input:1", &format!("{path}:{}", at + 1));
            let alone = alone.replace("#1", &format!("#{position}"));
            let alone = header.map_or(alone.as_str(), |header| {
                alone.strip_prefix(header).expect("the header").trim_start()
            });
            assert_eq!(alone.trim_end(), answer, "line {}: {line}", at + 1);
            seen.push(position);
        }
        assert!(seen.len() > 34, "{format}: {} lines compared", seen.len());
        let records = lines.iter().filter(|line| !line.is_empty()).count();
        assert_eq!(all.lines().count(), records + usize::from(header.is_some()));
    }
}

#[test]
fn where_pieces_end_changes_nothing() {
    // The place where a line ends too early counts a carriage return.
    let whole = |line: &String| !line.is_empty() && line != BAD[1];
    let records: Vec<String> = many(600).into_iter().filter(whole).collect();
    let path = file("pieces.ndjson", records.join("\n").as_bytes());
    let (marked, crlf) = (format!("\u{feff}{}", records.join("\n")), records.join("\r\n") + "\r\n");
    let logged = file("pieces.log", b"");
    for format in ["human", "csv"] {
        let plain = decide(&[&path], &["--format", format], b"");
        let expected = text(&plain.stdout);
        for content in [&marked, &crlf] {
            let other = file("pieces-other.ndjson", content.as_bytes());
            let other = text(&decide(&[&other], &["--format", format], b"").stdout);
            assert_eq!(other.replace("pieces-other", "pieces"), expected, "{format}");
        }
        let piped = text(&decide(&["-"], &["--format", format], records.join("\n").as_bytes()).stdout);
        assert_eq!(piped.replace("standard input", &path), expected, "{format}");
        // Pieces of 256 records.
        let noted = decide(&[&path], &["--format", format, "--log", &logged, "--asked-by", "Test"], b"");
        assert_eq!(text(&noted.stdout), expected, "{format}");
    }
}

#[test]
fn json_is_one_array() {
    for records in [0, 1, 3] {
        let input: String = GOOD[..records].join("\n");
        let output = decide(&["-", "--input", "ndjson"], &["--format", "json"], input.as_bytes());
        let read: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(read.len(), records);
        assert_eq!(
            text(&output.stdout),
            serde_json::to_string_pretty(&whole(&output.stdout)).expect("text") + "\n"
        );
    }
}

fn whole(bytes: &[u8]) -> Box<serde_json::value::RawValue> {
    serde_json::from_slice(bytes).expect("JSON")
}

#[test]
fn a_table_of_several_pieces_keeps_its_lines_and_its_header() {
    let mut table = "client;visit;answered_on;pregnant;goals;keloid_histery\r\n".to_string();
    for at in 0..4_500 {
        table += &match at % 2_000 {
            7 => format!("\"C;{at}\r\n\";2026-03-02;;no;\"age_spots|acne_scars\";\r\n"),
            8 => format!("C{at};2026-03-02;;no\r\n"),
            9 => format!("C{at};2026-03-02;;maybe;none;\r\n"),
            _ => format!("C{at};2026-03-02;2026-03-01;no;none;{}\r\n", "x".repeat(40)),
        };
    }
    let path = file("table.csv", table.as_bytes());
    let output = decide(&[&path], &["--format", "ndjson"], b"");
    let (said, answers) = (text(&output.stderr), text(&output.stdout));
    assert_eq!(said.matches("the column `keloid_histery` is no fact").count(), 1);
    assert_eq!(answers.lines().count(), 4_500);
    for (at, before) in [(8, 1), (2_008, 2), (4_008, 3)] {
        let short = answers.lines().nth(at).expect("a line");
        let expected = format!("table.csv:{}:1", at + 2 + before);
        assert!(
            short.contains("the row has 4 cells, the header has 6") && short.contains(&expected),
            "{short}"
        );
        let wrong = answers.lines().nth(at + 1).expect("a line");
        assert!(wrong.contains("`maybe` is neither yes nor no"), "{wrong}");
        assert!(wrong.contains(&format!("table.csv:{}:", at + 3 + before)), "{wrong}");
    }
    assert!(said.contains(":1:41\n") || said.contains(":1:41"), "the header keeps its line");
}

#[test]
fn lines_that_are_no_text_stand_alone() {
    let mut input = many(5).join("\n").into_bytes();
    input.extend(b"\n{\"client\":\"M\xfcller\"}\n");
    input.extend(GOOD[0].as_bytes());
    let output = decide(&["-"], &["--format", "ndjson"], &input);
    let answers = text(&output.stdout);
    assert_eq!(answers.lines().count(), 7);
    let bad = answers.lines().nth(5).expect("a line");
    assert!(bad.contains("this line is not UTF-8") && bad.contains("standard input:6:1"), "{bad}");
    assert!(answers.lines().nth(6).expect("a line").contains("\"client\":\"A\""));
}

#[test]
fn a_line_without_an_end_is_one_bad_record() {
    let long = format!("{{\"client\":\"{}\"}}", "x".repeat(5 << 20));
    let input = [GOOD[0], &long, GOOD[3]].join("\n");
    let output = decide(&["-"], &["--format", "ndjson"], input.as_bytes());
    let answers = text(&output.stdout);
    assert_eq!(answers.lines().count(), 3);
    assert!(answers.lines().nth(1).expect("a line").contains("longer than 1 MiB"));
    assert!(answers.lines().nth(2).expect("a line").contains("\"client\":\"C\""));
    for (rows, answered) in [(11_000, 3), (20_000, 20_003)] {
        let row = format!("{},2026-03-02,no\n", "C".repeat(100));
        let open = format!("client,visit,pregnant\nA,2026-03-02,no\nB,2026-03-02,\"no\n{}", row.repeat(rows));
        let output = decide(&["-", "--input", "csv"], &["--format", "csv"], open.as_bytes());
        let answers = text(&output.stdout);
        assert_eq!(answers.lines().count(), answered);
        assert!(
            answers.lines().nth(2).expect("a line").contains("a double quote is opened and never closed")
        );
    }
}

#[test]
fn repeated_ids_are_warnings_with_both_places() {
    let mut lines = many(4_000);
    lines.retain(|line| !line.contains("\"Ä\"") && !line.contains("\"C\"") && !line.contains("\"B"));
    lines.insert(5, GOOD[2].to_string());
    lines.push(GOOD[2].to_string());
    let path = file("repeated.ndjson", lines.join("\n").as_bytes());
    let output = decide(&[&path], &["--format", "csv"], b"");
    let said = text(&output.stderr);
    assert_eq!(said.matches("[repeated-client]").count(), 1, "{said}");
    assert!(said.contains("the client `Ä` stands here twice"), "{said}");
    assert!(said.contains("it stands first at") && said.contains("repeated.ndjson:6;"), "{said}");
    assert!(said.contains(&format!("repeated.ndjson:{}:11", lines.len())), "{said}");
}

#[test]
fn a_summary_counts_outcomes_and_rules() {
    let output = decide(&["-"], &["--format", "csv"], many(700).join("\n").as_bytes());
    let said = text(&output.stderr);
    insta::assert_snapshot!(said.rsplit("\n\n").next().expect("a last part"), @r"
    600 clients: 125 not eligible, 250 deferred, 125 more information needed, 100
    not decided
    Rules that hold: microneedling/isotretinoin 125, microneedling/pregnancy 125,
    microneedling/radiation 125
    ");
    let one = decide(&["-"], &["--format", "csv"], GOOD[0].as_bytes());
    assert_eq!(text(&one.stderr), "");
}

#[test]
fn what_was_not_asked_for_is_said() {
    let rows = b"client,pregnant\nA,no\nB,no\n,\n";
    let output = decide(&["-", "--input", "csv"], &["--format", "csv"], rows);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(said.ends_with("Decided for today, as the record names no visit: 2 clients\n"), "{said}");
    let output = decide(&["-", "--input", "csv"], &["--format", "csv", "--visit", "2026-03-02"], rows);
    assert!(!text(&output.stderr).contains("today"));
    let nobody = b"client,visit\n,\n";
    for (more, code) in [(&["--require", "eligible"][..], 1), (&[], 0)] {
        let output = decide(&["-", "--input", "csv"], &[&["--format", "csv"], more].concat(), nobody);
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(text(&output.stderr), "There is no record: nobody was decided\n");
    }
    let output = decide(&["-"], &["--format", "csv", "--on", "2026-03-02"], GOOD[0].as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("leave `--on` out"));
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let path =
        file("closed.ndjson", [GOOD[0], GOOD[3]].join("\n").repeat(5_000).replace("}{", "}\n{").as_bytes());
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["decide", &path, "--format", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut start = [0; 1_000];
    child.stdout.take().expect("a pipe").read_exact(&mut start).expect("answers");
    let output = child.wait_with_output().expect("it ends");
    // Not as if all were well: the rest was not told.
    assert_eq!(output.status.code(), Some(141));
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_whole_lines() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["decide", "-", "--format", "ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all((GOOD[0].to_string() + "\n").as_bytes()).expect("it reads");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut start = [0; 1];
    stdout.read_exact(&mut start).expect("an answer before the input ends");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("text");
    let output = child.wait_with_output().expect("it ends");
    assert!(rest.ends_with("}\n") && rest.lines().count() == 1, "{rest}");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("stopped after 1 record"), "{}", text(&output.stderr));
}
