//! The commands as people run them.

use std::fs;

use super::space::{Space, but, record, shown, well};

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text.trim_end());
    });
}

/// Commands with what they print and how they end.
fn session(space: &Space, commands: &[&[&str]]) -> String {
    let mut text = String::new();
    for args in commands {
        let output = space.run(args);
        let quoted =
            |word: &&str| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_string() };
        let words: Vec<String> = args.iter().map(quoted).collect();
        text += &format!("$ clearance {}\n", words.join(" "));
        text += &(shown(&output.stdout) + shown(&output.stderr).as_str());
        match output.status.code() {
            Some(0) => text += "\n",
            code => text += &format!("# exit code {}\n\n", code.unwrap_or(-1)),
        }
    }
    text
}

fn three(space: &Space) {
    let wait = but("acne_medications", r#"{"isotretinoin": "2025-10-01", "rest": "never"}"#);
    space.decide(
        &(record("C1", &well())
            + record("C2", &wait).as_str()
            + record("C3", &but("pregnant", "true")).as_str()),
    );
}

#[test]
fn a_client_is_erased_and_the_chain_stays() {
    let space = Space::new("erase");
    three(&space);
    let over =
        ["log", "override", "clinic.log", "--by", "B. Lind", "--role", "prescriber", "--code", "fact-wrong"];
    let over = [&over[..], &["--sequence", "2", "--rule", "isotretinoin", "--words", "C2 stopped in July."]]
        .concat();
    let erase = ["log", "erase", "clinic.log", "--client", "C2", "--by", "A. Berg", "--ground", "asked"];
    let first = session(&space, &[&over]);
    let before = space.read("clinic.log.bodies");
    let text = first
        + session(
            &space,
            &[
                &["log", "show", "clinic.log"],
                &["log", "show", "clinic.log", "--sequence", "4"],
                &erase,
                &["log", "show", "clinic.log"],
                &["log", "replay", "clinic.log"],
                &["log", "verify", "clinic.log"],
                &erase,
            ],
        )
        .as_str();
    snapshot("commands@erase", &text);
    for name in ["clinic.log", "clinic.log.bodies"] {
        let kept = space.read(name);
        assert!(
            !kept.contains("C2") && !kept.contains("July") && !kept.contains("2025-10-01"),
            "{name}: {kept}"
        );
    }
    // An erasure that was cut short is found, and repeated.
    let erased = space.read("clinic.log.bodies");
    fs::write(space.path("clinic.log.bodies"), &before).expect("a file");
    let said = space.says(&["log", "verify", "clinic.log"], 1);
    assert_eq!(said.matches("is still there, although it was erased").count(), 2, "{said}");
    assert!(!space.says(&["log", "show", "clinic.log", "--sequence", "4"], 1).contains("July"));
    space.says(&erase, 1);
    assert_eq!(space.read("clinic.log.bodies"), erased);
    space.says(&["log", "verify", "clinic.log"], 0);
    // Nor does the chain name those whose bodies are kept.
    assert!(!space.read("clinic.log").contains("C1"));
}

#[test]
fn bodies_are_held_against_their_lines() {
    let space = Space::new("bodies");
    three(&space);
    let whole = space.read("clinic.log.bodies");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let mut text = String::new();
    let mut with = |what: &str, bodies: &str| {
        fs::write(space.path("clinic.log.bodies"), bodies).expect("a file");
        text += &format!("{what}\n{}", session(&space, &[&["log", "verify", "clinic.log"]]));
    };
    with("an answer is changed", &whole.replacen("2025-10-01", "2025-04-01", 1));
    with("a body is removed", &lines[1..].concat());
    with(
        "two bodies of an unfinished run, and half a third",
        &format!("{whole}{}", {
            let more = lines[0].replacen("\"sequence\":1", "\"sequence\":4", 1);
            let next = lines[1].replacen("\"sequence\":2", "\"sequence\":5", 1);
            format!("{more}{next}{}", &lines[2][..100])
        }),
    );
    snapshot("commands@bodies", &text);
    // The next run goes on behind them, and the torn one stays a line of its own.
    space.decide(&record("C9", &well()));
    let said = space.says(&["log", "verify", "clinic.log"], 0);
    assert!(said.contains("no errors") || said.contains("as it was written"), "{said}");
    fs::remove_file(space.path("clinic.log.bodies")).expect("a file");
    assert!(space.says(&["log", "verify", "clinic.log"], 1).contains("missing-body"));
}

/// Every byte of the bodies that a line commits to counts, the salt too.
#[test]
fn every_change_of_a_body_is_found() {
    let space = Space::new("body-bytes");
    space.decide(&record("C1", &well()));
    let bytes = fs::read(space.path("clinic.log.bodies")).expect("a file");
    for place in (0..bytes.len()).step_by(bytes.len() / 40) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        fs::write(space.path("clinic.log.bodies"), changed).expect("a file");
        space.says(&["log", "verify", "clinic.log"], 1);
    }
}

#[test]
fn a_cut_at_the_end_shows_against_a_kept_head() {
    let space = Space::new("head");
    three(&space);
    let kept = space.says(&["log", "verify", "clinic.log"], 0);
    let head = String::from_utf8(space.run(&["log", "verify", "clinic.log"]).stdout).expect("UTF-8");
    fs::write(space.path("heads.txt"), head.lines().last().expect("a head")).expect("a file");
    assert!(kept.contains("no head"), "{kept}");
    space.decide(&record("C9", &well()));
    let longer = space.says(&["log", "verify", "clinic.log", "--head-file", "heads.txt"], 0);
    assert!(longer.contains("compared with 1 kept head"), "{longer}");
    let log = space.read("clinic.log");
    let cut: String = log.split_inclusive('\n').take(2).collect();
    fs::write(space.path("clinic.log"), cut).expect("a file");
    let text = session(
        &space,
        &[&["log", "verify", "clinic.log"], &["log", "verify", "clinic.log", "--head-file", "heads.txt"]],
    );
    snapshot("commands@head", &text);
    let json = space.run(&["log", "verify", "clinic.log", "--head-file", "heads.txt", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&json["whole"], &json["lines"]), (&false.into(), &2.into()));
    assert!(
        json["findings"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == "cut-off-log"))
    );
}

#[test]
fn the_rule_that_cries_wolf_comes_first() {
    let space = Space::new("wolf");
    let wait = but("acne_medications", r#"{"isotretinoin": "2025-10-01", "rest": "never"}"#);
    let sick = but("skin_diseases", r#"["psoriasis"]"#);
    let mut records = String::new();
    for at in 0..6 {
        records += &record(&format!("W{at}"), &wait);
        records += &record(&format!("S{at}"), &sick);
    }
    records += &record("G", &well());
    space.decide(&records);
    for (sequence, rule) in
        [("2", Some("skin_disease")), ("4", None), ("6", Some("skin_disease")), ("1", None)]
    {
        let mut args = vec![
            "log",
            "override",
            "clinic.log",
            "--by",
            "B",
            "--role",
            "nurse",
            "--code",
            "rule-does-not-fit",
        ];
        args.extend(["--words", "Mild and elsewhere.", "--sequence", sequence]);
        args.extend(rule.map(|rule| ["--rule", rule]).iter().flatten());
        space.says(&args, 0);
    }
    // The month is that of the run.
    let said = space.says(&["log", "report", "clinic.log"], 0);
    let said: Vec<&str> =
        said.lines().map(|line| line.get(9..).filter(|_| line.starts_with("  20")).unwrap_or(line)).collect();
    snapshot("commands@report", &said.join("\n"));
    let json = space.run(&["log", "report", "clinic.log", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["rules"][0]["rule"], "microneedling/skin_disease");
    assert_eq!((&json["rules"][0]["named"], &json["rules"][0]["unnamed"]), (&2.into(), &1.into()));
}

#[test]
fn slips_are_answered() {
    let space = Space::new("slips");
    three(&space);
    fs::write(space.path("notes.txt"), "call C1 back").expect("a file");
    let over = |sequence, rule, code| {
        vec![
            "log",
            "override",
            "clinic.log",
            "--by",
            "B. Lind",
            "--role",
            "nurse",
            "--words",
            "x",
            "--sequence",
            sequence,
            "--rule",
            rule,
            "--code",
            code,
        ]
    };
    let text = session(
        &space,
        &[
            &["log", "verify", "other.log"],
            &["log", "show", "clinic.log", "--sequence", "9"],
            &over("2", "isotretinion", "fact-wrong"),
            &["decide", "records.ndjson", "--log", "notes.txt"],
            &["decide", "records.ndjson", "--log", "rules"],
            &["decide", "records.ndjson", "--log", "no/such/folder.log"],
            &["decide", "records.ndjson", "--log", "clinic.log", "--asked-by", " "],
        ],
    );
    snapshot("commands@slips", &text);
    assert_eq!(space.read("notes.txt"), "call C1 back");
    assert_eq!(space.run(&over("2", "isotretinoin", "because")).status.code(), Some(2));
    let nobody = space
        .command(&["decide", "records.ndjson", "--log", "clinic.log"])
        .env_remove("USER")
        .env_remove("LOGNAME")
        .env_remove("USERNAME")
        .output()
        .expect("the program runs");
    assert_eq!((nobody.status.code(), nobody.stdout.len()), (Some(2), 0));
}

/// A record that cannot be read is logged too, and nothing in a log drives a terminal.
#[test]
fn what_cannot_be_read_is_logged() {
    let space = Space::new("unreadable");
    let records = record("C\\u001b[31m1", &well()) + record("C2", "\"pregnent\": \"yes\"").as_str();
    fs::write(space.path("records.ndjson"), records).expect("a file");
    let output = space.run(&["decide", "records.ndjson", "--log", "clinic.log", "--format", "ndjson"]);
    assert_eq!(output.status.code(), Some(1));
    let all =
        session(&space, &[&["log", "show", "clinic.log"], &["log", "show", "clinic.log", "--sequence", "2"]]);
    assert!(!all.contains('\u{1b}'), "{all}");
    snapshot("commands@unreadable", &all);
    let json = space.run(&["log", "show", "clinic.log", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json[1]["line"]["kind"], "unreadable");
    assert_eq!(json[1]["decision"]["error"]["code"], "unknown-fact");
}

/// Whoever reads decisions gets the same with a log as without.
#[test]
fn a_log_changes_no_answer() {
    let space = Space::new("same");
    let many: String = (0..600).map(|at| record(&format!("C{at}"), &but("area_cm2", "30"))).collect();
    fs::write(space.path("many.ndjson"), many).expect("a file");
    for format in ["human", "json", "ndjson", "csv"] {
        let plain = space.run(&["decide", "many.ndjson", "--format", format]);
        let logged = space.run(&["decide", "many.ndjson", "--format", format, "--log", "clinic.log"]);
        assert!(plain.stdout == logged.stdout, "{format}");
    }
    let said = space.says(&["log", "verify", "clinic.log"], 0);
    assert!(said.starts_with("clinic.log: 2400 lines, every line is as it was written\n"), "{said}");
}

/// A line shows which review did not count, and that nobody looked at a role.
#[test]
fn reviews_stand_behind_a_line() {
    let space = Space::new("reviews");
    let review = "{\"rule\": \"microneedling/keloid\", \"says\": \"go ahead\", \"by\": \"B. Lind\", \"on\": \"2026-03-01\", \
                  \"good_for\": \"26 weeks\", \"meaning\": \"71954799aa3bdefb\"";
    let reviewed = |more: &str| {
        let plain = record("C1", &but("keloid_history", "\"yes\""));
        format!(
            "{}, \"reviews\": [{review}{more}}}]}}\n",
            plain.trim_end().strip_suffix('}').expect("a record")
        )
    };
    space.decide(&[reviewed(""), reviewed(", \"saw\": \"4e016e90a56ed411\"")].concat());
    let line = |number: &str| {
        let shown = space.says(&["log", "show", "clinic.log", "--sequence", number], 0);
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let shown = line("1");
    let why = "the review of microneedling/keloid by B. Lind did not count: answered again since";
    assert!(shown.contains(why), "{shown}");
    let shown = line("2");
    let note = "nobody checked that B. Lind has the role prescriber: clinic.yaml lists no people";
    assert!(shown.contains("go ahead, says B. Lind") && shown.contains(note), "{shown}");
}
