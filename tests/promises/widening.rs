//! Unknown never clears: less known never removes a possible outcome, never improves the worst one and
//! never makes the headline `eligible`.

use clearance::inside::book::{Book, Outcome};
use clearance::inside::decide::{Answers, Rules};
use clearance::inside::diagnostic::{Code, Diagnostic, Severity};
use clearance::inside::value::Day;

use crate::calendar::day_text;
use crate::page::{Fact, Kind, Page, rules_on};
use crate::random::{Random, cases};
use crate::record::{Record, Said, known, read};

#[test]
fn unknown_never_clears_on_random_pages() {
    let mut random = Random(0x1dea);
    let mut pairs = Pairs::default();
    while pairs.within < cases(4_000) {
        let facts = 4 + random.below(6);
        let (page, loaded) = Page::random(&mut random, facts, 9);
        pairs.on(&mut random, &page, &loaded.book, 40);
    }
    pairs.report();
}

#[test]
fn unknown_never_clears_on_the_shipped_page() {
    let mut folder = clearance::inside::source::Folder::new();
    let mut findings = Vec::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/");
    for path in
        ["clinic.yaml", "facts.yaml", "hazards.yaml", "microneedling.yaml", "microneedling/leaflet.yaml"]
    {
        let bytes = std::fs::read(format!("{root}{path}")).expect(path);
        folder.add(path, bytes, &mut findings);
    }
    let rules = clearance::inside::written::read(&folder, &mut findings);
    let book = clearance::inside::book::from_written(&rules, &folder.texts, &mut findings);
    assert!(findings.iter().all(|finding| finding.severity != Severity::Error), "{findings:?}");
    let mut random = Random(0x51de);
    let mut pairs = Pairs::default();
    while pairs.within < cases(2_000) {
        let page = shipped(&mut random);
        pairs.on(&mut random, &page, &book, 100);
    }
    pairs.report();
}

/// The shipped facts, as far as records go.
fn shipped(random: &mut Random) -> Page {
    let (mut page, _) = Page::random(random, 3, 1);
    let fact = |name, kind, options| {
        let may_be_planned = ["last_radiation_on", "acne_medications"].contains(&name);
        Fact { name, kind, options, good_for: Vec::new(), may_be_planned, on_the_day: false }
    };
    page.facts = vec![
        fact("pregnant", Kind::YesNo, &[][..]),
        fact("open_wounds", Kind::YesNo, &[]),
        fact("keloid_history", Kind::YesNo, &[]),
        fact("numbing_cream_allergy", Kind::YesNo, &[]),
        fact("skin_diseases", Kind::Set, &["psoriasis", "eczema", "unlisted"]),
        fact("last_radiation_on", Kind::Date, &[]),
        fact(
            "acne_medications",
            Kind::History,
            &["isotretinoin", "tretinoin", "adapalene", "benzoyl_peroxide", "unlisted"],
        ),
        fact("last_session", Kind::History, &["microneedling"]),
        fact("goals", Kind::Set, &["acne_scars", "unlisted"]),
    ];
    page
}

#[derive(Default)]
struct Pairs {
    within: usize,
    outside: usize,
    refused: usize,
    wider: usize,
    eligible: usize,
}

impl Pairs {
    fn on(&mut self, random: &mut Random, page: &Page, book: &Book, records: usize) {
        let rules = rules_on(book, Day::from_point(page.visit));
        for _ in 0..records {
            let mut a = Record::random(random, page);
            let mostly_known = random.chance(2);
            for (fact, said) in page.facts.iter().zip(&mut a.facts) {
                if mostly_known && !random.chance(8) {
                    let mut one = known(random, fact, page.visit);
                    one.on = Some(page.visit);
                    *said = vec![one];
                }
                if book.treatments[0].id != "page" {
                    *said = vec![harmless(random, fact, page.visit)];
                }
            }
            let mut b = a.clone();
            for _ in 0..1 + random.below(3) {
                widen(random, page, &mut b);
            }
            self.pair(book, &rules, page, &a, &b);
        }
    }

    fn pair(&mut self, book: &Book, rules: &Rules<'_>, page: &Page, a: &Record, b: &Record) {
        let texts = (a.yaml(page, None), b.yaml(page, None));
        let (read_a, read_b) = (read(&texts.0, book, page.visit), read(&texts.1, book, page.visit));
        let ((Some(a), _), (Some(b), found)) = (&read_a, &read_b) else {
            // What was said earlier may tell of a day that had not come.
            let told_ahead = |found: &Diagnostic| found.code == Code::FutureAnswer;
            assert!(
                read_a.0.is_some() && read_b.1.iter().all(told_ahead),
                "{}\n{}\n{}\n{:?}",
                page.facts_yaml(),
                texts.0,
                texts.1,
                read_b.1
            );
            self.refused += 1;
            return;
        };
        assert!(found.is_empty(), "{found:?}");
        if !a.space(&book.facts).is_within(&b.space(&book.facts)) {
            self.outside += 1;
            return;
        }
        self.within += 1;
        let context =
            || format!("{}\n{}\n{}\n---\n{}", page.facts_yaml(), page.page_yaml(None), texts.0, texts.1);
        let (sure, wide) = (headline(rules, a), headline(rules, b));
        assert!(sure.1.iter().all(|outcome| wide.1.contains(outcome)), "{sure:?} {wide:?}\n{}", context());
        assert!(sure.1.last() <= wide.1.last(), "{}", context());
        let alone = wide.1 == [Outcome::Eligible];
        assert_eq!(wide.0 == Outcome::Eligible, alone, "{}", context());
        assert!(wide.0 != Outcome::Eligible || sure.0 == Outcome::Eligible, "{}", context());
        self.wider += usize::from(sure.1 != wide.1);
        self.eligible += usize::from(alone);
    }

    fn report(&self) {
        let Pairs { within, outside, refused, wider, eligible } = self;
        println!(
            "{within} pairs, {outside} more were no widening, {refused} refused; {wider} with more outcomes, {eligible} eligible"
        );
        assert!(*outside + *refused < *within && *wider > *within / 8 && *eligible > *within / 200);
    }
}

/// The headline of the whole decision, and the possible outcomes, best first.
fn headline(rules: &Rules<'_>, answers: &Answers) -> (Outcome, Vec<Outcome>) {
    let solution = rules.version().engine().possible(answers);
    (solution.outcome, solution.possible.iter().collect())
}

/// Mostly what lets a client be treated, so that eligible clients are among the cases.
fn harmless(random: &mut Random, fact: &Fact, visit: i64) -> Said {
    let mut one = match (fact.kind, random.chance(12)) {
        (_, true) => known(random, fact, visit),
        (Kind::YesNo, _) => of("no"),
        (Kind::Date, _) => of("never"),
        _ => of("none"),
    };
    one.on = Some(visit);
    one
}

fn of(text: &str) -> Said {
    Said { text: text.to_string(), values: None, on: None, from: None }
}

/// One answer says less than before, or one more source says something else.
fn widen(random: &mut Random, page: &Page, record: &mut Record) {
    let at = random.below(page.facts.len());
    let fact = &page.facts[at];
    let said = &mut record.facts[at];
    match random.below(8) {
        0 => said.clear(),
        1 => said.iter_mut().for_each(|one| one.text = "unknown".to_string()),
        2 => said.iter_mut().for_each(|one| one.on = None),
        3 => said.iter_mut().for_each(|one| one.on = Some(page.visit - 300)),
        4 | 5 => {
            let mut other = known(random, fact, page.visit);
            other.on = Some(page.visit);
            other.from = Some("relative");
            said.push(other);
        }
        _ => {
            let Some(one) = said.first_mut() else { return };
            if let Some(text) = partial(random, fact, &one.text, page.visit) {
                one.text = text;
            }
        }
    }
}

/// The answer with less in it: a day becomes its month, a choice one of several.
fn partial(random: &mut Random, fact: &Fact, text: &str, visit: i64) -> Option<String> {
    let less = |text: &str, random: &mut Random| match text.parse::<jiff::civil::Date>() {
        Ok(_) if random.chance(3) => text[..4].to_string(),
        Ok(_) if random.chance(3) => format!("{{at_least: {text}, at_most: {text}}}"),
        Ok(_) if random.chance(3) => format!("{{{}: {text}}}", random.of(&["at_least", "at_most"])),
        Ok(_) => text[..7].to_string(),
        Err(_) => "unknown".to_string(),
    };
    Some(match fact.kind {
        Kind::YesNo => "unknown".to_string(),
        Kind::Choice => {
            let other = random.of(fact.options);
            fact.options.contains(&text).then(|| format!("{{some: [{text}, {other}]}}"))?
        }
        Kind::Set => {
            let list = text.strip_prefix('[')?;
            if random.chance(2) { "some".to_string() } else { format!("{{some: [{list}}}") }
        }
        Kind::Number | Kind::Whole => {
            let low: f64 = text.parse().ok()?;
            format!("{{at_least: {}, at_most: 6}}", low.floor())
        }
        Kind::Date | Kind::Birth => {
            if text.contains(' ') || text.len() != 10 {
                return None;
            }
            if text == day_text(visit) { format!("{{at_least: {text}}}") } else { less(text, random) }
        }
        Kind::Planned => (text.len() == 10).then(|| less(text, random))?,
        Kind::History => {
            let inner = text.strip_prefix('{')?.strip_suffix('}')?;
            if inner.contains("at_") {
                return None;
            }
            let mut parts: Vec<String> = inner.split(", ").map(str::to_string).collect();
            let at = random.below(parts.len());
            let (name, value) = parts[at].split_once(": ")?;
            let value = if value.len() == 10 { less(value, random) } else { "unknown".to_string() };
            parts[at] = format!("{name}: {value}");
            format!("{{{}}}", parts.join(", "))
        }
    })
}
