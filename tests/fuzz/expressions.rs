//! Conditions and dates: read, printed, looked up.

use std::collections::BTreeMap;

use clearance::inside::book::fact::Facts;
use clearance::inside::book::lower::{self, Meaning, Names, ParameterKind, Signature};
use clearance::inside::book::{
    Quantity, Treatment, condition::FunctionId, condition::ParameterId, english, print, syntax,
};
use clearance::inside::rulebook::{Loaded, Part};
use clearance::inside::source::{Kind, Node, Scalar, Style};
use clearance::inside::span::Span;
use clearance::inside::value::Day;

use crate::checks;
use crate::run::Input;
use crate::seeds;

/// What an expression may speak of: the facts and parameters of a page with all there is, and its function.
pub fn executor() -> impl FnMut(&Input<'_>) -> u64 {
    let bundle = std::fs::read("tests/fuzz/base/everything.rules").expect("rules with all there is");
    let files = seeds::files(&bundle);
    let loaded =
        checks::loaded(files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())), Part::Rules);
    assert!(loaded.usable());
    let names = names(&loaded);
    move |input| execute(input, &loaded, &names)
}

fn names(loaded: &Loaded) -> Names {
    let parameters = loaded.book.treatments[0].parameters.iter().enumerate();
    let parameters: BTreeMap<_, _> = parameters
        .map(|(at, parameter)| {
            let kind = match parameter.values.all()[0].1.value {
                Quantity::Duration(_) => ParameterKind::Duration { subtractable: true },
                Quantity::Number(_) => ParameterKind::Number,
                Quantity::Day(_) => ParameterKind::Day,
            };
            (parameter.id.clone(), (ParameterId(at as u16), kind))
        })
        .collect();
    let facts = &loaded.book.facts;
    let takes = ["area_cm2", "pregnant"];
    let reads = takes.iter().flat_map(|name| facts.slots_of(facts.named(name).expect("a fact"))).collect();
    let takes = takes.map(str::to_string).to_vec();
    let risk = Signature { takes, reads, parameters: Vec::new(), gives_yes_no: false };
    let functions = BTreeMap::from([("risk".to_string(), (FunctionId(0), risk))]);
    Names { parameters, functions, ..Names::default() }
}

fn execute(input: &Input<'_>, loaded: &Loaded, names: &Names) -> u64 {
    let (facts, treatment): (&Facts, &Treatment) = (&loaded.book.facts, &loaded.book.treatments[0]);
    let text = String::from_utf8_lossy(input.bytes).into_owned();
    let tree = syntax::parse(&text);
    let mut seen = match &tree {
        Ok(tree) => {
            // What is printed is read as the same tree.
            let printed = tree.to_string();
            let again =
                syntax::parse(&printed).unwrap_or_else(|why| panic!("`{printed}` of `{text}`: {why:?}"));
            assert_eq!(again.to_string(), printed, "of `{text}`");
            let mut nodes = 0;
            tree.walk(&mut |part| {
                nodes += 1;
                assert!(text.get(part.range.clone()).is_some(), "{part:?}");
            });
            let shape = printed.bytes().filter(|byte| !byte.is_ascii_alphanumeric());
            shape.take(6).fold(nodes.min(6), |sum, byte| checks::mix(sum, u64::from(byte)))
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "`{text}` is refused without a word");
            1
        }
    };
    let mut texts = loaded.texts.clone();
    let id = texts.add("a condition", text.clone());
    let scalar = Scalar { text, style: Style::Quoted, runs: vec![(0, 0)], comment: None };
    let node = Node { span: Span::new(id, 0..scalar.text.len()), kind: Kind::Scalar(scalar) };
    let mut found = Vec::new();
    if let Some(condition) = lower::condition(&node, facts, names, &mut found) {
        seen = checks::mix(seen, 3);
        checks::harmless(&print::condition(&condition, facts, treatment));
        checks::harmless(
            &english::English {
                facts,
                treatment,
                day: Day::parse("2026-03-02").expect("a day"),
                with_later: true,
            }
            .condition(&condition),
        );
    }
    assert!(!found.is_empty() || tree.is_ok(), "a mistake without a finding");
    let before = found.len();
    lower::date(&node, facts, names, &mut found);
    match lower::any(&node, facts, names, &mut found) {
        Some(Meaning::Condition(_)) => seen = checks::mix(seen, 5),
        Some(_) => seen = checks::mix(seen, 7),
        None => assert!(found.len() > before, "a mistake without a finding"),
    }
    checks::findings(&texts, &found);
    if input.random.is_multiple_of(16) {
        checks::printed(&texts, &found, input.random >> 8);
    }
    checks::mix(seen, checks::kinds(&found))
}
