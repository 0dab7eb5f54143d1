//! Tables of public test suites hold for our operators. Where they come from: tests/data/README.md.

use std::path::Path;

use clearance::inside::book;
use clearance::inside::decide::{self, Engine};
use clearance::inside::script::Scripts;
use clearance::inside::source::{Folder, yaml};
use clearance::inside::value::{Day, Duration, Truth};
use clearance::inside::written;

fn rows(file: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let text = std::fs::read_to_string(path).expect(file);
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| line.split(',').map(str::to_string).collect()).collect()
}

fn condition(operator: &str) -> &'static str {
    match operator {
        "And" => "a && b",
        "Or" => "a || b",
        "Xor" => "a != b",
        "Implies" => "!a || b",
        "Not" => "!a",
        other => panic!("{other}"),
    }
}

#[test]
fn conditions_with_unknown_answers_follow_the_three_valued_table() {
    let rows = rows("kleene.csv");
    assert_eq!(rows.len(), 39);
    for row in rows {
        let [operator, name, expression, expected] = &row[..] else { panic!("{row:?}") };
        let operands: Vec<&str> =
            expression.split(' ').filter(|word| matches!(*word, "true" | "false" | "null")).collect();
        let answers: Vec<String> = ["a", "b"]
            .iter()
            .zip(&operands)
            .map(|(fact, value)| {
                let answer = match *value {
                    "true" => "yes",
                    "false" => "no",
                    _ => "unknown",
                };
                format!("  {fact}: {answer}\n")
            })
            .collect();
        let wanted = match expected.as_str() {
            "true" => Truth::Yes,
            "false" => Truth::No,
            _ => Truth::Unknown,
        };
        assert_eq!(truth(condition(operator), &answers.concat()), wanted, "{name}: {expression}");
    }
}

/// What a rule with this condition says about a client.
fn truth(condition: &str, answers: &str) -> Truth {
    let page = format!(
        "treatment: P\nrevision: 1\nabsolute_contraindications:\n  r:\n    when: '{condition}'\n    \
         because: It matters.\n    basis: Ours\n{}",
        if condition.contains('b') { "" } else { "not_used:\n  b: Not here\n" }
    );
    let files = [
        ("clinic.yaml", "name: C\ntime_zone: Europe/London\ncurrency: GBP\n".to_string()),
        ("facts.yaml", "a:\n  kind: yes/no\n  ask: A?\nb:\n  kind: yes/no\n  ask: B?\n".to_string()),
        ("p.yaml", page),
    ];
    let mut findings = Vec::new();
    let mut folder = Folder::new();
    for (path, text) in files {
        folder.add(path, text.into_bytes(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let id = folder.texts.add("record.yaml", format!("facts:\n{answers}"));
    let node = yaml::read(&folder.texts, id, &mut findings).expect("a record");
    let record = written::record::from_node(&node, &mut findings).expect("a record");
    let visit = Day::parse("2026-03-02").expect("a day");
    let treatment = &book.treatments[0];
    let (answers, more) = decide::from_written(&record, "C", visit, None, &book, treatment);
    assert!(findings.is_empty() && more.is_empty(), "{findings:?} {more:?}");
    let scripts = Scripts::none();
    let brief = Engine::new(&book, treatment, &scripts).possible(&answers.expect("answers"));
    brief.spoken().first().map_or(Truth::No, |(_, truth, _)| *truth)
}

#[test]
fn a_day_the_month_does_not_have_is_the_first_of_the_next() {
    let rows = rows("month_rollover.csv");
    assert_eq!(rows.len(), 8);
    for row in rows {
        let [rule, start, add, expected, _] = &row[..] else { panic!("{row:?}") };
        let mut day = Day::parse(start).expect(start);
        let mut back = false;
        // "6 months - 4 days" is two steps, "-4 days" one step back.
        for step in add.replace(" - ", " ; -").split(" ; ") {
            let length = step.strip_prefix('-').inspect(|_| back = true).unwrap_or(step);
            day = day.shift(&Duration::parse(length).expect(length), back);
        }
        assert_eq!(&day.to_string(), expected, "{rule}: {start} + {add}");
    }
}
