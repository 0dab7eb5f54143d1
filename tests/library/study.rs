//! What is proved about rules, on small pages and on the shipped one.

use std::fs;
use std::path::Path;
use std::time::Instant;

use clearance::inside::book::{self, Book};
use clearance::inside::decide::Rules;
use clearance::inside::decide::cells::Version;
use clearance::inside::script::{self, Scripts};
use clearance::inside::source::Folder;
use clearance::inside::study::mutants::equivalent;
use clearance::inside::study::{Apart, Client, Mutant, MutantKind, apart, mutants};
use clearance::inside::value::{Day, Truth};
use clearance::inside::written;

struct Loaded {
    book: Book,
    scripts: Scripts,
}

impl Loaded {
    fn of(files: &[(&str, &str)]) -> Loaded {
        let mut findings = Vec::new();
        let mut folder = Folder::new();
        for (path, text) in files {
            folder.add(path, text.as_bytes().to_vec(), &mut findings);
        }
        let rules = written::read(&folder, &mut findings);
        let book = book::from_written(&rules, &folder.texts, &mut findings);
        let errors: Vec<_> = findings
            .iter()
            .filter(|f| f.severity == clearance::inside::diagnostic::Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        let scripts = script::compile(&folder.texts, &book.treatments[0], &book.facts, &mut findings);
        Loaded { book, scripts }
    }

    fn page(facts: &str, page: &str) -> Loaded {
        let clinic = "name: A\ntime_zone: Europe/London\ncurrency: GBP\n";
        let source = include_str!("../study/source.yaml");
        let files = [("clinic.yaml", clinic), ("facts.yaml", facts), ("page.yaml", page)];
        match page.contains("sources:") {
            true => Loaded::of(&[&files[..], &[("page/source.yaml", source)]].concat()),
            false => Loaded::of(&files),
        }
    }

    /// The shipped page.
    fn shipped() -> Loaded {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let names = ["clinic.yaml", "facts.yaml", "hazards.yaml", "microneedling.yaml"];
        let beside = ["microneedling/leaflet.yaml", "microneedling/pricing.rhai"];
        let read = |name: &&'static str| (*name, fs::read_to_string(root.join(name)).expect("it ships"));
        let files: Vec<(&str, String)> = names.iter().chain(&beside).map(read).collect();
        Loaded::of(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>())
    }

    fn version(&self) -> Version<'_> {
        Version { book: &self.book, treatment: &self.book.treatments[0], scripts: &self.scripts }
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// A page with one rule.
fn page(rule: &str) -> Loaded {
    let rest = "    because: It matters.\n    basis: Ours\n";
    let page = "treatment: P\nrevision: 1\nin_force: {from: 2026-01-01}\n";
    let names = FACTS.lines().filter_map(|line| line.split(':').next());
    let reads = |name: &str| rule.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
    let unread: Vec<String> =
        names.filter(|name| !reads(name)).map(|name| format!("  {name}: Not here\n")).collect();
    let not_used = if unread.is_empty() { String::new() } else { format!("not_used:\n{}", unread.concat()) };
    let rules = format!("relative_contraindications:\n  r:\n    when: '{rule}'\n{rest}");
    Loaded::page(FACTS, &format!("{page}{rules}{not_used}"))
}

/// The answers that differ from the base's.
fn in_one_line(client: &Client, base: &Client, book: &Book) -> String {
    let answers = client.answers(Some(base), &book.facts);
    let said: Vec<String> = answers.iter().map(|(fact, answer)| format!("{fact}: {answer}")).collect();
    if said.is_empty() { "the base itself".to_string() } else { said.join(", ") }
}

const FACTS: &str = "a: {kind: yes/no, ask: A?}\nb: {kind: yes/no, ask: B?}\nd: {kind: date, ask: D?}\n\
    e: {kind: date, ask: E?}\nn: {kind: number, between: [0, 100], ask: N?}\nborn: {kind: birth date, ask: Born?}\n";

/// What tells the two apart, in one line.
fn told(before: &str, after: &str) -> String {
    let (old, new) = (page(before), page(after));
    let base = Client::plain(&old.book.facts, day("2026-03-02"));
    match apart::pages(old.version(), new.version(), Some(&base)) {
        Apart::Client(client) => {
            let holding = |loaded: &Loaded| {
                let version = loaded.version();
                let rules = Rules::on(version.book, version.treatment, version.scripts, client.visit);
                rules.held().filter(|(_, asked)| asked.known(&client.values) == Truth::Yes).count()
            };
            assert_ne!(holding(&old), holding(&new), "{client:?}");
            format!("{} on {}", in_one_line(&client, &base, &old.book), client.visit)
        }
        Apart::Same => "the same".to_string(),
        Apart::Other(words) => words,
        Apart::NotAnalysed(why) => format!("not analysed: {why}"),
    }
}

#[test]
fn pairs_of_conditions_are_told_apart_by_the_nearest_client() {
    let pairs = [
        ("visit < d + days(180)", "visit < d + days(179)"),
        ("visit < d + days(180)", "visit <= d + days(180)"),
        ("visit < d + days(28)", "visit < d + weeks(4)"),
        ("visit < d + days(180)", "visit < d + months(6)"),
        ("visit < d + days(31)", "visit < d + months(1)"),
        ("visit < d + years(1)", "visit < d + months(12)"),
        ("visit < d + years(1)", "visit < d + days(366)"),
        ("a && b", "!(!a || !b)"),
        ("a && b", "a || b"),
        ("a", "!a"),
        ("n < 18", "n <= 18"),
        ("n < 18", "n < 17.5"),
        ("n > 200", "n > 300"),
        ("years_between(born, visit) < 18", "visit < born + years(18)"),
        ("years_between(born, visit) < 18", "years_between(born, visit) < 19"),
        ("days_between(born, visit) < 6574", "years_between(born, visit) < 18"),
        ("ongoing(d)", "ongoing(d) || ongoing(e)"),
        ("!never(d) && d < e", "!never(d) && d <= e"),
        ("a && !never(d) && d < e", "a && !never(d) && d < e"),
        ("a && !never(d) && d < e", "d < e && !never(d) && a"),
        ("!never(d) && d < e + days(30)", "!never(d) && d < e + months(1)"),
        (
            "!never(d) && (visit < d + days(10) || d < date(\"2026-02-01\"))",
            "!never(d) && (visit < d + days(9) || d < date(\"2026-02-01\"))",
        ),
        (
            "visit < latest(d + days(10), date(\"2026-05-01\"))",
            "visit < latest(d + days(10), date(\"2026-05-02\"))",
        ),
    ];
    let lines: Vec<String> =
        pairs.iter().map(|(a, b)| format!("{a}   |   {b}\n    {}\n", told(a, b))).collect();
    snapshot("pairs", &lines.concat());
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

/// What would notice a mutant, in one line.
fn noticed(loaded: &Loaded, mutant: &Mutant, base: &Client) -> String {
    let Version { book, treatment, scripts } = loaded.version();
    match equivalent(book, treatment, scripts, mutant, Some(base)) {
        Apart::Same => "nothing".to_string(),
        Apart::Client(client) => {
            let on = if client.visit == base.visit { String::new() } else { format!(" on {}", client.visit) };
            format!("{}{on}", in_one_line(&client, base, book))
        }
        Apart::Other(words) => format!("({words})"),
        Apart::NotAnalysed(why) => format!("not analysed: {why}"),
    }
}

/// Changing a rule may change how many there are, but never that each can be noticed, and quickly.
#[test]
fn every_mutant_of_the_shipped_page_is_noticed_by_some_question() {
    let shipped = Loaded::shipped();
    let Version { book, treatment, .. } = shipped.version();
    let base = Client::plain(&book.facts, day("2026-03-02"));
    let start = Instant::now();
    let all = mutants(book, treatment);
    let found: Vec<String> = all.iter().map(|mutant| noticed(&shipped, mutant, &base)).collect();
    println!("{} mutants in {:?}", all.len(), start.elapsed());
    for kind in MutantKind::ALL {
        println!("{} {}", all.iter().filter(|mutant| mutant.kind == kind).count(), kind.word());
    }
    let unnoticed =
        all.iter().zip(&found).filter(|(_, by)| *by == "nothing" || by.starts_with("not analysed"));
    let unnoticed: Vec<_> = unnoticed.map(|(mutant, by)| (&mutant.what, by)).collect();
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
    assert!(all.len() > 100 && start.elapsed().as_secs() < 20);
    let by = |what: &str| all.iter().position(|mutant| mutant.what == what).map(|at| found[at].as_str());
    assert_eq!(
        by("isotretinoin_washout: 180 days -> 179 days"),
        Some("acne_medications.isotretinoin: 2025-09-04")
    );
}

const WHOLE_PAGE: &str = include_str!("../study/page.yaml");

#[test]
fn each_kind_of_mutant_has_its_question() {
    let loaded = Loaded::page(include_str!("../study/facts.yaml"), WHOLE_PAGE);
    let Version { book, treatment, .. } = loaded.version();
    let base = Client::plain(&book.facts, day("2026-03-02"));
    let all = mutants(book, treatment);
    for kind in MutantKind::ALL {
        assert!(all.iter().any(|mutant| mutant.kind == kind), "no {}", kind.word());
        let lines: Vec<String> = all
            .iter()
            .filter(|mutant| mutant.kind == kind)
            .map(|mutant| format!("{}\n    {}\n", mutant.what, noticed(&loaded, mutant, &base)))
            .collect();
        snapshot(&format!("mutants@{}", kind.word()), &lines.concat());
    }
}

#[test]
fn a_list_of_conditions_changes_with_the_condition() {
    let loaded = Loaded::page(include_str!("../study/facts.yaml"), WHOLE_PAGE);
    let Version { book, treatment, .. } = loaded.version();
    let listed = treatment.rules.iter().filter(|rule| !rule.parts.is_empty()).count();
    assert!(listed >= 2, "a `when_any` and a `when_all` with `until`");
    for mutant in mutants(book, treatment) {
        let changed = mutant.apply(book);
        for rule in &changed.treatments[0].rules {
            let mut inside = Vec::new();
            rule.condition.walk(&mut |part| inside.push(part));
            assert!(
                rule.parts.iter().all(|part| inside.contains(&part)),
                "{}: {:?}",
                mutant.what,
                rule.parts
            );
        }
    }
}

/// What no split decides is found by trying, and proved only where it is the same whatever it comes to.
#[test]
fn scripts_are_tried_and_never_taken_for_granted() {
    let facts = "n: {kind: number, between: [0, 100], whole: yes, ask: N?}\na: {kind: yes/no, ask: A?}\n";
    let page = |rule: &str| {
        let functions = "functions:\n  risk:\n    takes: [n]\n    gives: number\n    file: page/risk.rhai\n";
        let rest = "    because: It matters.\n    basis: Ours\n";
        let rules = format!("relative_contraindications:\n  r:\n    when: '{rule}'\n{rest}");
        let page = format!("treatment: P\nrevision: 1\n{functions}{rules}");
        let clinic = "name: A\ntime_zone: Europe/London\ncurrency: GBP\n";
        Loaded::of(&[
            ("clinic.yaml", clinic),
            ("facts.yaml", facts),
            ("page.yaml", &page),
            ("page/risk.rhai", "fn risk(n) { n * 2 }"),
        ])
    };
    let between = |before: &str, after: &str| {
        let (old, new) = (page(before), page(after));
        // The same scripts, as for a mutant.
        let new = Version { scripts: &old.scripts, ..new.version() };
        let base = Client::plain(&old.book.facts, day("2026-03-02"));
        match apart::pages(old.version(), new, Some(&base)) {
            Apart::Client(client) => in_one_line(&client, &base, &old.book),
            other => format!("{other:?}").chars().take(11).collect(),
        }
    };
    assert_eq!(between("risk(n) > 100 && a", "a && risk(n) > 100"), "Same");
    assert_eq!(between("risk(n) > 100 || a", "risk(n) > 199 || a"), "n: 62");
    assert_eq!(between("a || risk(n) > 100", "a || !(risk(n) <= 100)"), "NotAnalysed");
    assert_eq!(between("risk(n) > 100 || a", "risk(n) >= 0 || a"), "the base itself");
    assert_eq!(between("risk(n) > 300 || a", "risk(n) > 400 || a"), "NotAnalysed");
}
