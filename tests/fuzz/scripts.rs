//! The `.rhai` file of a page: compiled, tried, and called.

use clearance::inside::book::condition::FunctionId;
use clearance::inside::rulebook::Part;
use clearance::inside::script::Arg;
use clearance::inside::value::Number;

use crate::checks;
use crate::run::Input;

const CLINIC: &str = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n";
const FACTS: &str = "area_cm2: {kind: number, between: [1, 2000], ask: How large?}\n";
const PAGE: &str = "treatment: Peel
revision: 1
functions:
  attack: {takes: [area_cm2], gives: number}
  sore: {takes: [area_cm2], gives: yes/no}
absolute_contraindications:
  risk:
    when: attack(area_cm2) >= 1000 || sore(area_cm2)
    because: The risk is high.
    basis: Clinic decision.
pricing:
  by: area_cm2
  per: session
  basis: Example.
  lists:
    2026-01-01: {basis: Example prices., bands: [{price: 260.00}]}
  script: {file: peel/attack.rhai, function: adjust, takes: [price, area_cm2, sessions]}
";

pub fn execute(input: &Input<'_>) -> u64 {
    let files = [
        ("clinic.yaml", CLINIC.as_bytes()),
        ("facts.yaml", FACTS.as_bytes()),
        ("peel.yaml", PAGE.as_bytes()),
        ("peel/attack.rhai", input.bytes),
    ];
    let loaded = checks::loaded(files.map(|(path, bytes)| (path, bytes.to_vec())), Part::Rules);
    checks::findings(&loaded.texts, &loaded.findings);
    checks::printed(&loaded.texts, &loaded.findings, input.random);
    let scripts = &loaded.scripts[0];
    let area = Arg::Number(
        Number::parse(["1", "99.5", "2000"][(input.random >> 8) as usize % 3]).expect("a number"),
    );
    let number = scripts.call_number(FunctionId(0), std::slice::from_ref(&area));
    let yes = scripts.call_yes_no(FunctionId(1), std::slice::from_ref(&area));
    let price = scripts.price_lines(&[area.clone(), area.clone(), Arg::Whole(4)]);
    // The same call gives the same again.
    assert_eq!(number, scripts.call_number(FunctionId(0), &[area]));
    let faults = [number.is_ok(), yes.is_ok(), price.is_ok()];
    for fault in [number.err(), yes.err(), price.err()].into_iter().flatten() {
        assert!(loaded.texts.get(fault.span.text).content.get(fault.span.range()).is_some(), "{fault:?}");
        checks::harmless(&fault.message);
    }
    assert!(scripts.stopped().is_none(), "the clock was needed");
    faults.iter().fold(checks::kinds(&loaded.findings), |sum, ok| checks::mix(sum, u64::from(*ok) + 2))
}
