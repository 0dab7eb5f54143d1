//! Deciding is a pure function: twice the same, and in whatever order rules and answers stand.

use crate::page::rules_on;
use clearance::inside::decide::Rules;
use clearance::inside::value::Day;

use crate::page::{Page, load};
use crate::random::{Random, cases};
use crate::record::{Record, read};

#[test]
fn the_same_rules_and_answers_give_the_same_bytes() {
    let mut random = Random(0x5a3e);
    let mut done = 0;
    while done < cases(1_000) {
        let (page, loaded) = Page::random(&mut random, 5, 5);
        let visit = Day::from_point(page.visit);
        let shuffled = page.page_yaml(Some(&mut random));
        let (again, findings) = load(&page.facts_yaml(), &shuffled);
        let rules = rules_on(&loaded.book, visit);
        let other_rules = rules_on(&again.book, visit);
        let order = |book: &clearance::inside::book::Book| -> Vec<String> {
            book.treatments[0].rules.iter().map(|rule| rule.id.clone()).collect()
        };
        assert_eq!(order(&loaded.book), order(&again.book), "{shuffled}\n{findings:?}");
        for _ in 0..100 {
            let record = Record::random(&mut random, &page).narrowed(&mut random, &page, 200);
            let text = record.yaml(&page, None);
            let other = record.yaml(&page, Some(&mut random));
            let decided = |rules: &Rules<'_>, text: &str| -> String {
                let (answers, findings) = read(text, rules.book, page.visit);
                let answers = answers.unwrap_or_else(|| panic!("{text}\n{findings:?}"));
                serde_json::to_string(&rules.version().engine().decide(&answers)).expect("JSON")
            };
            let first = decided(&rules, &text);
            if done % 5 == 0 {
                assert_eq!(first, decided(&rules, &text), "{shuffled}\n{text}");
            }
            assert_eq!(first, decided(&rules, &other), "{shuffled}\n{text}\n{other}");
            let moved = decided(&other_rules, &other);
            assert_eq!(without_lines(&first), without_lines(&moved), "{shuffled}\n{text}\n{other}");
            done += 1;
        }
    }
    println!("{done} cases");
}

/// Without the lines on which rules stand.
fn without_lines(json: &str) -> String {
    let mut out = String::new();
    for (n, part) in json.split("page.yaml:").enumerate() {
        out.push_str(if n == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) });
    }
    out
}
