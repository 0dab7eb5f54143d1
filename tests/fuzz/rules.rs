//! Whole rules folders: `=== path` and the file, one after the other.

use clearance::inside::decide::cells::Version;
use clearance::inside::decide::solve::Work;
use clearance::inside::decide::{self, Rules};
use clearance::inside::rulebook::Part;
use clearance::inside::study::examples::Base;
use clearance::inside::study::proofs;
use clearance::inside::study::run::Panel;
use clearance::inside::value::Day;
use clearance::inside::{report, written};

use crate::checks;
use crate::run::Input;
use crate::seeds;

/// What a proof may cost here; that its bound works is for `tests/large`.
const WORK: Work = Work(20_000);

pub fn execute(input: &Input<'_>) -> u64 {
    let files = seeds::files(input.bytes);
    let mut loaded =
        checks::loaded(files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())), Part::RulesAndCases);
    checks::findings(&loaded.texts, &loaded.findings);
    checks::findings(&loaded.texts, &loaded.signing.findings);
    checks::printed(&loaded.texts, &loaded.findings, input.random);
    checks::printed(&loaded.texts, &loaded.signing.findings, input.random >> 8);
    let seen = checks::kinds(&loaded.findings);
    if !loaded.usable() {
        return seen;
    }
    // The rules are sound: a client of whom nothing is known gets an answer from each page that is in force.
    let json = "{\"client\": \"C1\", \"facts\": {}}";
    let id = loaded.texts.add("a client", json.to_string());
    let mut found = Vec::new();
    let value =
        clearance::inside::source::json::read(&loaded.texts, id, 0..json.len(), &mut found).expect("JSON");
    let record = written::record::from_value(value, &mut found).expect("a record");
    let visit = Day::parse("2026-03-02").expect("a day");
    let mut outcomes = seen;
    for at in 0..loaded.book.treatments.len() {
        let (book, treatment, scripts) = (&loaded.book, &loaded.book.treatments[at], &loaded.scripts[at]);
        let (answers, notes) = decide::from_written(&record, "C1", visit, None, book, treatment);
        checks::findings(&loaded.texts, &notes);
        if let Some(answers) = answers {
            let rules = Rules::on(book, treatment, scripts, visit);
            let decision = rules.version().engine().decide(&answers);
            outcomes = checks::mix(outcomes, decision.outcome as u64 + 2);
            checks::harmless_but_for_colour(&report::decision::one(
                &decision,
                book,
                treatment,
                report::decision::Detail::Why,
            ));
        }
        if input.random.is_multiple_of(16) {
            let version = Version { book, treatment, scripts };
            let mut panel = Panel::new(book, treatment, scripts);
            let base = loaded.suites.get(&treatment.id).and_then(|suite| suite.base.as_ref());
            let base = Base::of(base, version, &mut panel);
            let proved = proofs::prove(version, base.client(), WORK);
            let found = clearance::inside::study::proof_diags::findings(&proved, version, &base);
            checks::findings(&loaded.texts, &found);
            checks::printed(&loaded.texts, &found, input.random >> 16);
        }
        assert!(scripts.stopped().is_none(), "the clock was needed");
    }
    outcomes
}
