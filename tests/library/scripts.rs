//! Scripts that do what they should, and scripts that attack: each a file in `tests/scripts/attacks`, with
//! what is said about it and what a client is told whose decision needed it.

use std::path::Path;
use std::time::{Duration, Instant};

use clearance::inside::book::condition::FunctionId;
use clearance::inside::book::{Book, Outcome};
use clearance::inside::decide::{self, Decision, Rules};
use clearance::inside::diagnostic::{self, Diagnostic, Severity};
use clearance::inside::report::findings::{self, Colour};
use clearance::inside::script::{self, Arg, Scripts};
use clearance::inside::source::{self, Folder};
use clearance::inside::span::Texts;
use clearance::inside::value::{Day, Number};
use clearance::inside::{book, written};

/// Rules with one script, compiled.
struct Loaded {
    texts: Texts,
    book: Book,
    scripts: Scripts,
    findings: Vec<Diagnostic>,
}

fn load(files: &[(String, String)]) -> Loaded {
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (path, text) in files {
        folder.add(path, text.clone().into_bytes(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let scripts = script::compile(&folder.texts, &book.treatments[0], &book.facts, &mut findings);
    diagnostic::sort(&mut findings);
    Loaded { texts: folder.texts, book, scripts, findings }
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).expect("a test file")
}

fn page_of(function: &str, takes: &str, gives: &str, when: &str) -> String {
    format!(
        "treatment: Peel\nrevision: 1\nfunctions:\n  {function}: {{takes: [{takes}], gives: {gives}}}\n\
         absolute_contraindications:\n  risk:\n    when: {when}\n    because: The risk is high.\n    basis: Clinic decision.\n"
    )
}

/// The rules of the attacks: one rule that needs `attack(area_cm2)`.
fn attacked(script: &str) -> Loaded {
    let facts = "area_cm2: {kind: number, between: [1, 2000], ask: How large?}\n";
    let page = page_of("attack", "area_cm2", "number", "attack(area_cm2) >= 1000");
    load(&[
        ("clinic.yaml".to_string(), read("tests/scripts/rules/clinic.yaml")),
        ("facts.yaml".to_string(), facts.to_string()),
        ("peel.yaml".to_string(), page),
        ("peel/attack.rhai".to_string(), script.to_string()),
    ])
}

fn decided(loaded: &mut Loaded, facts: &str) -> Decision {
    let text = loaded.texts.add("client.yaml", format!("{{client: C1, facts: {facts}}}"));
    let mut findings = Vec::new();
    let node = source::yaml::read(&loaded.texts, text, &mut findings).expect("a record");
    let record = written::record::from_node(&node, &mut findings).expect("a record");
    let visit = Day::parse("2026-03-02").expect("a day");
    let treatment = &loaded.book.treatments[0];
    let (answers, notes) = decide::from_written(&record, "C1", visit, None, &loaded.book, treatment);
    let rules = Rules::on(&loaded.book, treatment, &loaded.scripts, visit);
    rules.version().engine().decide(&answers.unwrap_or_else(|| panic!("{notes:?}")))
}

/// What is said about a script, and what the client is told who needed it.
fn told(script: &str) -> String {
    // A guard against hanging on a busy machine, not a measurement: all of them together take about two seconds.
    let started = Instant::now();
    let mut loaded = attacked(script);
    let findings = findings::human(&loaded.texts, &loaded.findings, Colour::Plain);
    let decision = decided(&mut loaded, "{area_cm2: 50}");
    assert!(loaded.scripts.stopped().is_none(), "the clock was never needed");
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
    let reason = &decision.reasons.first();
    let reason = reason
        .map_or("-".to_string(), |reason| format!("{} at {}: {}", reason.outcome, reason.at, reason.because));
    format!(
        "{findings}\n{} settled {} exact {}\n{reason}\n",
        decision.outcome, decision.settled, decision.exact
    )
}

#[test]
fn every_attack_ends_soon_as_a_finding_in_its_place() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::glob!("../scripts/attacks", "*.rhai", |path| {
            insta::assert_snapshot!("scripts", told(&read(path)));
        });
    });
}

#[test]
fn every_attack_is_found_and_leaves_its_client_to_a_clinician() {
    for entry in std::fs::read_dir("tests/scripts/attacks").expect("the attacks") {
        let path = entry.expect("a file").path();
        let mut loaded = attacked(&read(&path));
        let name = path.display();
        let found = loaded.findings.iter().filter(|finding| finding.code.name().contains("script")).count();
        assert!(found > 0, "{name}: {:?}", loaded.findings);
        let harmless = loaded.findings.iter().all(|finding| finding.severity == Severity::Warning);
        let decision = decided(&mut loaded, "{area_cm2: 50}");
        assert!(harmless || decision.outcome >= Outcome::NeedsReview, "{name}: {}", decision.outcome);
    }
}

#[test]
fn sizes_that_no_file_here_should_have() {
    let nested = format!("fn attack(area_cm2) {{ {}1{} }}", "(".repeat(10_000), ")".repeat(10_000));
    let lists = format!("fn attack(area_cm2) {{ {}1{} }}", "[".repeat(10_000), "]".repeat(10_000));
    let blocks = format!("fn attack(area_cm2) {{ {}1{} }}", "{".repeat(10_000), "}".repeat(10_000));
    let signs = format!("fn attack(area_cm2) {{ {}1 }}", "-".repeat(10_000));
    let nots = format!("fn attack(area_cm2) {{ {}true }}", "!".repeat(10_000));
    let terms = format!("fn attack(area_cm2) {{ 1{} }}", " + 1".repeat(10_000));
    let ifs = format!("fn attack(area_cm2) {{ {} }}", "if true { 1 } else ".repeat(2_500) + "{ 2 }");
    let dots = format!("fn attack(area_cm2) {{ area_cm2{} }}", ".a".repeat(10_000));
    for script in [nested, lists, blocks, signs, nots, terms, ifs, dots] {
        let text = told(&script);
        assert!(text.contains("error[bad-script]") || text.contains("error[script-failed]"), "{text:.300}");
        assert!(text.contains("peel/attack.rhai:1:"), "{text:.300}");
    }
    let large = format!("fn attack(area_cm2) {{ 1 }}\n{}", "// x\n".repeat(20_000));
    assert!(told(&large).contains("the script is larger than 64 KiB"));
    let huge = format!("fn attack(area_cm2) {{ 1 }}\n{}", "let x = 1;\n".repeat(1_000_000));
    let text = told(&huge);
    assert!(text.contains("`peel/attack.rhai` is larger than 2 MiB"), "{text}");
    assert!(text.contains("needs review"), "{text}");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        let kib: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number of KiB");
        assert!(kib < 200 << 10, "{kib} KiB");
    }
}

/// The value of `body` for no arguments.
fn number(body: &str) -> Result<String, String> {
    let loaded = load(&[
        ("clinic.yaml".to_string(), read("tests/scripts/rules/clinic.yaml")),
        (
            "facts.yaml".to_string(),
            "area_cm2: {kind: number, between: [1, 2000], ask: How large?}\n".to_string(),
        ),
        ("peel.yaml".to_string(), page_of("it", "area_cm2", "number", "it(area_cm2) > 3")),
        ("peel/it.rhai".to_string(), format!("fn it(area_cm2) {{ {body} }}")),
    ]);
    let area = Arg::Number(Number::parse("142.5").expect("a number"));
    let given = loaded.scripts.call_number(FunctionId(0), &[area]);
    given.map(|number| number.to_string()).map_err(|fault| fault.message)
}

#[test]
fn numbers_are_exact() {
    for (body, expected) in [
        ("10 / 4", "2.5"),
        ("let n = 10; n /= 4; n", "2.5"),
        ("let n = 10.0; n /= 4; n", "2.5"),
        ("let sum = 0; for i in 0..1000 { sum += 0.1; } sum", "100"),
        ("let sum = 0.0; for i in 0..1000 { sum += 0.1; } if sum == 100 { 1 } else { 0 }", "1"),
        ("if 0.1 + 0.2 == 0.3 { 1 } else { 0 }", "1"),
        ("round_half_up(2.665, 2)", "2.67"),
        ("round_half_even(2.665, 2)", "2.66"),
        ("round_half_up(-2.5, 0)", "-3"),
        ("min(3, 2.5) + max(1, 2) + abs(-0.5) + floor(1.9) + ceiling(1.1)", "8"),
        ("round_half_up(area_cm2 / 7, 6)", "20.357143"),
        ("area_cm2 * 2 - 285", "0"),
        ("-area_cm2", "-142.5"),
        ("7 % 4 + 7.5 % 2", "4.5"),
        ("let a = [1, 2.5, 3]; if 2.50 in a && 4 !in a { len(a) } else { 0 }", "3"),
        ("let a = [3, 4]; a[0] = 5; let sum = 0; for n in a { sum += n; } sum", "9"),
        ("let m = #{a: 1}; m.b = 2; if \"b\" in m { m.b } else { 0 }", "2"),
        ("if \"a\" + 1.50 == \"a1.50\" && `${area_cm2}` == \"142.5\" { 1 } else { 0 }", "1"),
        ("switch 2 { 1 => 5, 2 => 6, _ => 7 }", "6"),
    ] {
        assert_eq!(number(body).as_deref(), Ok(expected), "{body}");
    }
}

#[test]
fn a_script_decides_where_its_answers_are_known_and_leaves_the_rest_open() {
    let mut files = Vec::new();
    for name in ["clinic.yaml", "facts.yaml", "peel.yaml", "peel/risk.rhai", "peel/frail.rhai"] {
        files.push((name.to_string(), read(Path::new("tests/scripts/rules").join(name))));
    }
    let mut loaded = load(&files);
    assert_eq!(loaded.findings, [], "{}", findings::human(&loaded.texts, &loaded.findings, Colour::Plain));
    let healthy = "open_wounds: no, skin_type: light, diseases: none";
    for (facts, outcome, possible) in [
        (format!("{{area_cm2: 299.9, smoker: no, {healthy}}}"), "eligible", "eligible"),
        (format!("{{area_cm2: 300, smoker: no, {healthy}}}"), "needs review", "needs review"),
        (format!("{{area_cm2: 100, smoker: yes, {healthy}}}"), "needs review", "needs review"),
        (format!("{{area_cm2: 99.9, smoker: yes, {healthy}}}"), "eligible", "eligible"),
        (format!("{{area_cm2: 50, {healthy}}}"), "more information needed", "needs review, eligible"),
        (
            "{area_cm2: 50, smoker: no, open_wounds: yes, skin_type: dark, diseases: none}".to_string(),
            "deferred",
            "deferred",
        ),
        (
            "{area_cm2: 50, smoker: no, open_wounds: no, skin_type: light, diseases: [psoriasis, eczema]}"
                .to_string(),
            "not eligible",
            "not eligible",
        ),
        (
            "{area_cm2: 50, smoker: no, open_wounds: no, skin_type: dark, diseases: [psoriasis, eczema]}"
                .to_string(),
            "eligible",
            "eligible",
        ),
        (
            "{area_cm2: 50, smoker: no, open_wounds: no, skin_type: light}".to_string(),
            "more information needed",
            "not eligible, needs review, eligible",
        ),
    ] {
        let decision = decided(&mut loaded, &facts);
        let all: Vec<&str> = decision.possible.iter().map(|outcome| outcome.phrase()).collect();
        assert_eq!((decision.outcome.phrase(), all.join(", ").as_str()), (outcome, possible), "{facts}");
        assert_eq!(decision.settled, decision.questions.is_empty(), "{facts}");
    }
}

#[test]
fn prices_are_exact_lines() {
    let page = "treatment: Peel\nrevision: 1\npricing:\n  by: area_cm2\n  per: session\n  basis: Clinic decision.\n  \
        lists:\n    2026-01-01:\n      basis: Clinic decision.\n      bands:\n        - {price: 120.00}\n  script:\n    \
        file: peel/pricing.rhai\n    function: adjust\n    takes: [price, area_cm2, sessions]\n";
    let script = "fn adjust(price, area_cm2, sessions) {\n    let lines = [];\n    \
        if sessions >= 3 { lines.push(#{label: \"Loyalty, \" + sessions + \" sessions\", amount: -price * sessions * 0.05}); }\n    lines\n}\n";
    let loaded = load(&[
        ("clinic.yaml".to_string(), read("tests/scripts/rules/clinic.yaml")),
        (
            "facts.yaml".to_string(),
            "area_cm2: {kind: number, between: [1, 2000], ask: How large?}\n".to_string(),
        ),
        ("peel.yaml".to_string(), page.to_string()),
        ("peel/pricing.rhai".to_string(), script.to_string()),
    ]);
    assert_eq!(loaded.findings, []);
    let treatment = &loaded.book.treatments[0];
    let day = Day::parse("2026-03-02").expect("a day");
    let price = Number::parse("120.10").expect("a price");
    let lines = |sessions| {
        let area = Number::parse("50").expect("a number").point();
        let args =
            loaded.scripts.price_arguments(&loaded.book.facts, treatment, day, &|_| area, price, sessions);
        let lines = loaded.scripts.price_lines(&args).expect("lines");
        lines
            .into_iter()
            .map(|line| format!("{} {}", line.label, line.amount.normalize()))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(1), Vec::<String>::new());
    assert_eq!(lines(4), ["Loyalty, 4 sessions -24.02"]);
}

/// The last place at or before `at` that lies between two letters.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Pieces that scripts are made of, put together and cut apart: whatever comes of it is a finding or a value.
/// `CLEARANCE_FUZZ_BYTES` says of how many bytes.
#[test]
fn many_bytes_of_nonsense_and_no_panic() {
    let wanted: usize =
        std::env::var("CLEARANCE_FUZZ_BYTES").ok().and_then(|n| n.parse().ok()).unwrap_or(120_000);
    let mut seeds: Vec<String> = std::fs::read_dir("tests/scripts/attacks")
        .expect("the attacks")
        .map(|entry| read(entry.expect("a file").path()))
        .collect();
    seeds.sort();
    let pieces: Vec<&str> = include_str!("../scripts/pieces.txt").lines().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below.max(1)
    };
    let (mut bytes, mut rounds, mut given) = (0, 0, 0);
    while bytes < wanted {
        let mut script = match random(2) {
            0 => seeds[random(seeds.len())].clone(),
            _ => {
                let body: Vec<&str> = (0..random(12)).map(|_| pieces[random(pieces.len())]).collect();
                format!("fn attack(area_cm2) {{ let x = area_cm2; let a = [1]; {} x }}", body.join(" "))
            }
        };
        for _ in 0..random(3) {
            let at = random(script.len() + 1);
            let (from, to) = (boundary(&script, at), boundary(&script, at + random(9)));
            let piece = pieces[random(pieces.len())];
            script.replace_range(from..to.max(from), if random(3) == 0 { "" } else { piece });
        }
        bytes += script.len();
        rounds += 1;
        let loaded = attacked(&script);
        let area = Arg::Number(Number::whole(50));
        given += usize::from(loaded.scripts.call_number(FunctionId(0), &[area]).is_ok());
        assert!(loaded.scripts.stopped().is_none(), "the clock stopped: {script}");
        for finding in &loaded.findings {
            // What is said where a panic was caught.
            let caught = ["interpreter gave up", "it cannot be read at all"];
            assert!(caught.iter().all(|words| !finding.message.contains(words)), "{script}");
        }
    }
    println!("{bytes} bytes in {rounds} scripts, of which {given} gave a number");
    assert!(given > 0, "some of it runs");
}
