//! Records and rules on which doors once differed: folders with `rules/` and files of records beside it.

use std::fs;
use std::path::{Path, PathBuf};

use clearance::inside::cli::folder;
use clearance::inside::rulebook::records::Input;
use clearance::inside::rulebook::{Part, Rulebook};
use clearance::inside::source::{Value, json, yaml};
use clearance::inside::span::Texts;

use crate::compare::{Difference, differences};
use crate::door::Text;
use crate::found::{Found, example};
use crate::random::Random;
use crate::tree::Tree;

#[test]
fn known_cases_are_told_alike() {
    let mut found = Found::default();
    let folder = |name: &str| inside(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    // Those whose answers are approved are told alike, too.
    let cases = [folder("tests/doors/cases"), folder("tests/decisions")].concat();
    assert!(!cases.is_empty());
    for case in &cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        let rulebook = folder::load(&case.join("rules"), Part::Rules).map(Rulebook::from_loaded);
        let rulebook = rulebook.unwrap_or_else(|_| panic!("{name} has no rules"));
        assert!(rulebook.loaded().usable(), "{name}");
        for path in inside(case.clone()).iter().filter(|path| path.is_file()) {
            told_alike(&name, &rulebook, path, &mut found);
        }
    }
    found.end("known cases");
}

fn inside(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// Asks about the records of a file as they stand there, and as the other formats write them.
fn told_alike(case: &str, rulebook: &Rulebook, path: &Path, found: &mut Found) {
    let text = fs::read_to_string(path).expect("a text");
    let input = match path.extension().unwrap_or_default().to_str() {
        Some("yaml") => Input::Yaml,
        Some("json") => Input::Json,
        Some("ndjson") => Input::Ndjson,
        Some("csv") => Input::Csv,
        _ => return,
    };
    let (mut source, mut findings) = (Texts::new(), Vec::new());
    let id = source.add("records", text.clone());
    let nodes: Vec<_> = match input {
        Input::Yaml => yaml::read(&source, id, &mut findings).into_iter().collect(),
        Input::Json => {
            json::read(&source, id, 0..text.len(), &mut findings).iter().map(Value::node).collect()
        }
        Input::Ndjson => {
            let ends = text.match_indices('\n').map(|(at, _)| at + 1);
            let starts = std::iter::once(0).chain(ends.clone());
            starts
                .zip(ends)
                .filter_map(|(from, to)| json::read(&source, id, from..to, &mut findings))
                .map(|value| value.node())
                .collect()
        }
        Input::Csv => Vec::new(),
    };
    let trees: Vec<Tree> = nodes.iter().map(Tree::of).collect();
    let records: Vec<Tree> = match &trees[..] {
        [Tree::List(items)] => items.clone(),
        _ => trees,
    };
    let count = if input == Input::Csv { text.lines().count() - 1 } else { records.len() };
    assert!(count > 0, "{} holds no records", path.display());
    let mut texts = vec![Text { input, text, holds: (0..count).collect() }];
    texts.extend(Text::all(&records, &rulebook.loaded().book, &mut Random(1)));
    for difference in differences(rulebook, &texts, &|_| true) {
        let difference = Difference { kind: format!("{case}: {}", difference.kind), ..difference };
        found.note(&difference, || match records.get(difference.record) {
            Some(record) => example(&difference, &[], &rulebook.loaded().book, record),
            None => format!("{difference:?}\n"),
        });
    }
}
