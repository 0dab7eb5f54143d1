//! What was decided comes out again, with the rules of that day, from wherever they are kept.

use std::fs;
use std::process::Command;

use clearance::inside::log::body::{Body, commitment};
use clearance::inside::log::chain::{self, START};
use clearance::inside::log::entry::What;
use clearance::inside::log::replay::{Verdict, compare};
use serde_json::value::RawValue;

use super::space::{Space, but, record, shown, well};

fn git(space: &Space, args: &[&str]) {
    let run = Command::new("git")
        .current_dir(&space.0)
        .args(["-c", "user.name=A. Berg", "-c", "user.email=a@clinic.example"])
        .args(args)
        .output()
        .expect("git runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

fn change(space: &Space, old: &str, new: &str) {
    let page = space.read("rules/microneedling.yaml");
    assert!(page.contains(old), "{old}");
    fs::write(space.path("rules/microneedling.yaml"), page.replace(old, new)).expect("a page");
}

/// A repository whose rules changed three times since two clients were decided about.
fn three_revisions_later(name: &str) -> Space {
    let space = Space::new(name);
    git(&space, &["init", "--quiet"]);
    git(&space, &["add", "rules"]);
    git(&space, &["commit", "--quiet", "-m", "rules: revision 1"]);
    let wait = but("acne_medications", r#"{"isotretinoin": "2025-10-01", "rest": "never"}"#);
    space.decide(&(record("C19", &wait) + record("C20", &well()).as_str()));
    for (number, value) in [(2, "170 days"), (3, "160 days"), (4, "150 days")] {
        change(&space, &format!("revision: {}", number - 1), &format!("revision: {number}"));
        let before = ["180 days", "170 days", "160 days"][number - 2];
        change(&space, &format!("value: {before}"), &format!("value: {value}"));
        git(&space, &["commit", "--quiet", "-am", &format!("rules: revision {number}")]);
    }
    space
}

/// From an answer to its line, its rules and its source, and to the same answer again.
#[test]
fn an_auditor_follows_an_answer_three_revisions_back() {
    let space = three_revisions_later("auditor");
    let mut path = String::new();
    for command in [
        "log show clinic.log --client C19",
        "log show clinic.log --sequence 1",
        "log replay clinic.log --sequence 1",
        "log verify clinic.log",
    ] {
        let args: Vec<&str> = command.split(' ').collect();
        let said = space.says(&args, 0);
        // The name of the commit holds the day on which the test ran.
        let said: Vec<&str> =
            said.lines().map(|line| line.split("in git, ").next().unwrap_or(line)).collect();
        path += &format!("$ clearance {command}\n{}\n\n", said.join("\n"));
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("replay@auditor", path.trim_end());
    });
    // Today's rules would say something else, so it really was those of that day.
    let now = space.run(&["decide", "records.ndjson", "--format", "ndjson"]);
    assert!(!shown(&now.stdout).contains("2026-03-30"), "{}", shown(&now.stdout));
    assert!(space.says(&["log", "replay", "clinic.log"], 0).ends_with("2 lines: 2 identical\n"));
}

#[test]
fn an_archive_stands_in_for_git() {
    let space = Space::new("archive");
    fs::write(space.path("records.ndjson"), record("C1", &well())).expect("a file");
    let decide = |archive: bool| {
        let mut args = vec!["decide", "records.ndjson", "--log", "clinic.log"];
        args.extend(archive.then_some(["--archive", "kept"]).iter().flatten());
        space.says(&args, 0);
    };
    decide(true);
    decide(true);
    change(&space, "value: 180 days", "value: 170 days");
    decide(true);
    assert_eq!(fs::read_dir(space.path("kept")).expect("the archive").count(), 2);
    change(&space, "value: 170 days", "value: 160 days");
    decide(false);
    change(&space, "value: 160 days", "value: 150 days");
    // Outside a repository; the one that holds this project must not help.
    let outside = std::env::temp_dir().join(format!("clearance-archive-{}", std::process::id()));
    let _ = fs::remove_dir_all(&outside);
    fs::create_dir_all(&outside).expect("a folder");
    for name in ["rules", "kept", "clinic.log", "clinic.log.bodies"] {
        let copied = Command::new("cp").arg("-r").arg(space.path(name)).arg(&outside).status();
        assert!(copied.expect("cp runs").success());
    }
    let run = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["log", "replay", "clinic.log", "--archive", "kept"])
        .current_dir(&outside)
        .output()
        .expect("the program runs");
    let said = shown(&run.stdout);
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.ends_with("4 lines: 3 identical and 1 rules not found\n"), "{said}");
    let _ = fs::remove_dir_all(&outside);
}

/// Every shipped example, in each format, is decided again from what was kept of it.
#[test]
fn every_example_comes_out_again() {
    let space = Space::new("examples");
    for name in ["clients.yaml", "client.json", "clients.ndjson", "clients.csv", "one-client.yaml"] {
        space.says(
            &[
                "decide",
                &format!("rules/examples/{name}"),
                "--log",
                "clinic.log",
                "--answered-on",
                "2026-03-02",
            ],
            0,
        );
    }
    // Without a day it is asked about today; several sources, days of their own, a review and nothing at all.
    let odd = r#"{"client": "C1", "facts": {"pregnant": null, "skin_diseases": [], "goals": "", "area_cm2": {"at_least": 25, "at_most": 40},
        "open_wounds": [{"answer": false, "from": "intake form"}, {"answer": true, "from": "nurse", "on": "2026-01-10"}]},
        "reviews": [{"rule": "microneedling/keloid", "says": "go ahead", "by": "B. Lind", "on": "2026-03-01", "good_for": "26 weeks"}]}
    "#;
    fs::write(space.path("odd.json"), odd).expect("a file");
    space.says(&["decide", "odd.json", "--log", "clinic.log"], 0);
    let dated = "pregnant.on,pregnant,acne_medications.isotretinoin,acne_medications.rest,skin_diseases\n\
                 2026-02-27,no,2025-10,never,psoriasis|eczema\n";
    fs::write(space.path("dated.csv"), dated).expect("a file");
    space.says(&["decide", "dated.csv", "--visit", "2026-03-02", "--log", "clinic.log"], 0);
    let said = space.says(&["log", "replay", "clinic.log"], 0);
    assert!(said.ends_with("26 lines: 26 identical\n"), "{said}");
}

/// A log whose decision was changed by somebody who could write it all anew.
#[test]
fn a_replay_names_the_first_difference() {
    let space = Space::new("differs");
    let wait = but("acne_medications", r#"{"isotretinoin": "2025-10-01", "rest": "never"}"#);
    space.decide(&record("C19", &wait));
    let forge = |old: &str, new: &str| {
        let text = space.read("clinic.log.bodies");
        let mut body = Body::read(text.as_bytes()).expect("a body");
        let decision = body.decision.as_ref().expect("a decision").get().to_string();
        assert!(decision.contains(old), "{decision}");
        body.decision = Some(RawValue::from_string(decision.replacen(old, new, 1)).expect("JSON"));
        let mut entry = chain::read(space.read("clinic.log").as_bytes()).expect("a line").entry;
        assert_eq!(entry.previous, START);
        if let What::Decision(asked) = &mut entry.what {
            asked.decision = commitment(&body.salt, body.decision.as_ref().expect("a decision").get());
        }
        fs::write(space.path("forged.log"), chain::write(&entry).expect("a line").0).expect("a file");
        fs::write(space.path("forged.log.bodies"), body.write().expect("a body")).expect("a file");
    };
    let mut said = String::new();
    for (old, new, code) in [
        ("\"outcome\":\"deferred\"", "\"outcome\":\"eligible\"", 1),
        ("\"until\":\"2026-03-30\"", "\"until\":\"2026-03-02\"", 1),
        (",\"engine\":\"0.1.0\"", ",\"engine\":\"0.0.9\"", 0),
        (",\"exact\":true", "", 1),
    ] {
        forge(old, new);
        said += &space.says(&["log", "replay", "forged.log"], code);
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("replay@differences", said);
    });
}

#[test]
fn differences_are_found_in_order() {
    let at = |logged: &str, now: &str| match compare(logged, now) {
        Verdict::Differs { first, rule } => (first.at, rule),
        other => panic!("{other:?}"),
    };
    let text = |at: &str| at.to_string();
    assert_eq!(at(r#"{"b":1,"a":2}"#, r#"{"b":2,"a":3}"#), (text("b"), None));
    let reasons = |rules: &str| format!(r#"{{"reasons":[{rules}]}}"#);
    let (one, two) = (r#"{"rule":"p/x","until":1}"#, r#"{"rule":"p/y","until":1}"#);
    let later = r#"{"rule":"p/y","until":2}"#;
    let both = reasons(&format!("{one},{two}"));
    assert_eq!(
        at(&both, &reasons(&format!("{one},{later}"))),
        (text("reasons, p/y, until"), Some(text("p/y")))
    );
    assert_eq!(at(&both, &reasons(one)), (text("reasons, p/y"), Some(text("p/y"))));
    assert_eq!(at("{\"a\":1}", "{\"a\": 1}").0, "the way it is written");
    let signed = |yes: bool| format!(r#"{{"rules":{{"signed":{yes}}}}}"#);
    assert!(
        matches!(compare(&signed(false), &signed(true)), Verdict::But(aside) if aside[0].at == "rules, signed")
    );
    let said_since = r#"{"book_from":"2026-03-02"}"#;
    assert!(matches!(compare("{}", said_since), Verdict::But(aside) if aside[0].at == "book_from"));
    assert!(matches!(compare(said_since, "{}"), Verdict::Differs { .. }));
    assert_eq!(compare("{}", "{}"), Verdict::Identical);
}
