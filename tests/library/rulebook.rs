//! A rulebook answers from what is without error, and from nothing else.

use clearance::records::Input;
use clearance::{Day, NoAnswer, Outcome, Question, Rulebook};

const CLINIC: (&str, &str) = ("clinic.yaml", "name: A clinic\ntime_zone: Europe/London\ncurrency: GBP\n");
const FACTS: (&str, &str) = ("facts.yaml", "open_wounds: {kind: yes/no, ask: Is there broken skin?}\n");

/// A page on which this stops somebody.
fn page(name: &str, when: &str) -> String {
    format!(
        "treatment: {name}\nrevision: 1\ndeferrals:\n  wounds:\n    when: {when}\n    cleared_when: it has healed\n    \
         because: It would sting.\n    basis: Clinic decision.\n"
    )
}

/// What is decided about somebody with a wound.
fn decided(rulebook: &Rulebook, treatment: Option<&str>, record: &str) -> Result<Outcome, NoAnswer> {
    let (records, _) = rulebook.records("c1.json", record, Input::Json);
    let question = Question::of(&records.entries[0]).at(Day::parse("2026-03-02").expect("a day"));
    rulebook.inquiry(treatment, question)?.decision().map(|decision| decision.outcome)
}

const WOUND: &str = "{\"client\": \"C1\", \"facts\": {\"open_wounds\": true}}";

#[test]
fn a_broken_page_refuses_its_own_clients_and_no_others() {
    let (peel, laser) = (page("Peel", "open_wounds"), page("Laser", "open_wound"));
    let rulebook = Rulebook::of([CLINIC, FACTS, ("peel.yaml", &peel), ("laser.yaml", &laser)]);
    assert_eq!(decided(&rulebook, Some("peel"), WOUND).ok(), Some(Outcome::Deferred));
    match decided(&rulebook, Some("laser"), WOUND) {
        Err(NoAnswer::Rules(found)) => {
            let places: Vec<_> = found.iter().filter_map(|finding| rulebook.place(finding)).collect();
            assert!(
                !places.is_empty() && places.iter().all(|place| place.starts_with("laser.yaml:")),
                "{places:?}"
            );
        }
        other => panic!("{other:?}"),
    }
}

/// A page may name the script of another.
#[test]
fn a_broken_script_keeps_every_page_from_answering() {
    let (peel, laser) = (page("Peel", "open_wounds"), page("Laser", "open_wounds"));
    let files =
        [CLINIC, FACTS, ("peel.yaml", &peel), ("laser.yaml", &laser), ("laser/risk.rhai", "fn risk( {")];
    let rulebook = Rulebook::of(files);
    for treatment in ["peel", "laser"] {
        let none = decided(&rulebook, Some(treatment), WOUND);
        assert!(matches!(none, Err(NoAnswer::Rules(_))), "{treatment}: {none:?}");
    }
}

#[test]
fn what_pages_share_keeps_all_of_them_from_answering() {
    let (peel, facts) =
        (page("Peel", "open_wounds"), "open_wounds: {kind: yes/noo, ask: Is there broken skin?}\n");
    let rulebook = Rulebook::of([CLINIC, ("facts.yaml", facts), ("peel.yaml", &peel)]);
    assert!(matches!(decided(&rulebook, Some("peel"), WOUND), Err(NoAnswer::Rules(_))));
    assert!(matches!(decided(&rulebook, None, WOUND), Err(NoAnswer::Rules(_))));
}

#[test]
fn a_question_that_cannot_be_answered_says_why() {
    let (peel, laser) = (page("Peel", "open_wounds"), page("Laser", "open_wounds"));
    let both = Rulebook::of([CLINIC, FACTS, ("peel.yaml", &peel), ("laser.yaml", &laser)]);
    let why = |treatment, record| decided(&both, treatment, record).expect_err("no answer").to_string();
    assert_eq!(why(None, WOUND), "the rules hold several treatments");
    assert_eq!(why(Some("peal"), WOUND), "there is no treatment `peal`");
    let wrong = "{\"client\": \"C1\", \"facts\": {\"open_wounds\": \"perhaps\"}}";
    assert_eq!(why(Some("peel"), wrong), "client C1: `perhaps` is neither yes nor no");
    let (records, _) = both.records("c1.json", WOUND, Input::Json);
    let undated = both.inquiry(Some("peel"), Question::of(&records.entries[0])).map(|_| ());
    assert_eq!(undated.expect_err("no day").to_string(), "client C1: no day is asked about");
}

#[test]
fn one_rulebook_is_asked_by_several_threads() {
    fn is_shared<T: Send + Sync + Clone + 'static>(rulebook: &T) -> T {
        rulebook.clone()
    }
    let peel = page("Peel", "open_wounds");
    let rulebook = Rulebook::of([CLINIC, FACTS, ("peel.yaml", &peel)]);
    let asked = [WOUND, "{\"facts\": {\"open_wounds\": false}}", "{\"facts\": {}}"].map(|record| {
        let rulebook = is_shared(&rulebook);
        std::thread::spawn(move || decided(&rulebook, None, record).expect("an answer"))
    });
    let outcomes = asked.map(|thread| thread.join().expect("no panic"));
    assert_eq!(outcomes, [Outcome::Deferred, Outcome::Eligible, Outcome::MoreInformation]);
}
