//! Mutation and coverage look at each client of the cases once. They say what deciding every case under every page
//! says: on random pages, and on the shipped one.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use clearance::inside::book::condition::{Condition, ConditionKind};
use clearance::inside::book::fact::Facts;
use clearance::inside::cli::folder;
use clearance::inside::decide::cells::{Asked, Version, cells};
use clearance::inside::decide::{Possible, Space};
use clearance::inside::report::approved;
use clearance::inside::rulebook::Part;
use clearance::inside::script::Scripts;
use clearance::inside::source::yaml;
use clearance::inside::span::Texts;
use clearance::inside::study::case::{Case, Expected, Question, Row, Suite, Visit};
use clearance::inside::study::coverage::coverage;
use clearance::inside::study::mutation::{self, Fate};
use clearance::inside::study::run::Panel;
use clearance::inside::study::verdict::{self, Ran};
use clearance::inside::study::{Client, mutants};
use clearance::inside::value::{Day, Number, Point, Truth};
use clearance::inside::written;

use crate::page::Page;
use crate::random::{Random, cases};
use crate::record::Record;

#[derive(Default)]
struct Seen {
    mutants: usize,
    /// Mutants that a decision shows, and those that only the words of an answer do.
    decided: usize,
    worded: usize,
    gaps: usize,
    sides: usize,
    reached: usize,
}

#[test]
fn many_cases_say_what_each_says() {
    let mut random = Random(8);
    let mut seen = Seen::default();
    let scripts = Scripts::none();
    for at in 0..cases(8) {
        let facts = 2 + random.below(4);
        let (page, loaded) = Page::random(&mut random, facts, 5);
        let treatment = &loaded.book.treatments[0];
        let version = Version { book: &loaded.book, treatment, scripts: &scripts };
        // Many clients of one day, and a few of others.
        let days =
            [0, 0, 0, 0, 1 + random.below(40) as i64, 3, 90].map(|by| Day::from_point(page.visit + by));
        let rows = (0..66 + random.below(20)).map(|at| row(&mut random, &page, at, &days));
        let suite = suite(rows.collect(), treatment.rules[0].span);
        check(version, &suite, &Client::plain(&loaded.book.facts, days[0]), 1, &mut seen, &|| {
            format!("page {at}\n{}\n{}", page.facts_yaml(), page.page_yaml(None))
        });
    }
    let Seen { mutants, decided, worded, gaps, sides, reached } = seen;
    println!("{mutants} mutants: {decided} noticed by a decision, {worded} by words alone");
    println!("{gaps} truths not seen of rules and {reached} seen; {sides} sides of edges not seen");
    assert!(
        decided > mutants / 4 && decided < mutants && worded > 0 && gaps > 0 && reached > gaps && sides > 0
    );
}

#[test]
fn the_shipped_cases_say_what_each_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let loaded = folder::load(&root, Part::RulesAndCases).expect("it ships");
    let treatment = &loaded.book.treatments[0];
    let version = Version { book: &loaded.book, treatment, scripts: &loaded.scripts[0] };
    let suite = &loaded.suites[&treatment.id];
    let mut seen = Seen::default();
    let plain = Client::plain(&loaded.book.facts, Day::parse("2026-03-02").expect("a day"));
    // One after the other they cost most of what the others do together.
    let every = 8_usize.div_ceil(cases(8));
    // `clearance test --mutate` looks at them all in other tests.
    if cases(8) > 1 {
        check(version, suite, &plain, every, &mut seen, &|| "the shipped rules".to_string());
    }
    // The cases notice every mutant, but with most of them gone some are left.
    let apart = if cases(8) > 1 { 2 } else { 10 };
    let some = Suite { cases: suite.cases.iter().step_by(apart).cloned().collect(), ..suite.clone() };
    check(version, &some, &plain, every, &mut seen, &|| "some of the shipped cases".to_string());
    let Seen { mutants, decided, worded, .. } = seen;
    println!(
        "{mutants} mutants of the shipped rules: {decided} noticed by a decision, {worded} by words alone"
    );
    assert!(mutants > 15 && decided > 0 && worded > 0 && decided + worded < mutants);
    assert!(cases(8) == 1 || decided > mutants / 3 && worded > mutants / 3);
}

fn row(random: &mut Random, page: &Page, at: usize, days: &[Day]) -> Row {
    let mut record = Record::random(random, page);
    if random.below(4) > 0 {
        record = record.narrowed(random, page, 1);
        record.reviews.clear();
    }
    let open = random.below(3);
    for said in &mut record.facts {
        if random.below(6) < open {
            said.clear();
        }
    }
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add("record.yaml", record.yaml(page, None));
    let node = yaml::read(&texts, id, &mut findings).expect("YAML");
    let record = written::record::from_node(&node, &mut findings).expect("a record").into_owned();
    let span = record.span;
    let visit = Visit { record, day: random.of(days), like: None };
    Row {
        value: Some(at.to_string()),
        span,
        question: Question::Decide(visit),
        expected: Expected::default(),
    }
}

fn suite(rows: Vec<Row>, span: clearance::inside::span::Span) -> Suite {
    let (name, file) = ("clients".to_string(), "page/cases/clients.yaml".to_string());
    let vary = Some("at".to_string());
    let case = Case { slug: name.clone(), name, file, span, vary, rows };
    Suite { cases: vec![case], ..Suite::default() }
}

/// Compares what is said of each mutant, or only of one of so many, with asking all cases about it.
fn check(
    version: Version<'_>,
    suite: &Suite,
    base: &Client,
    every: usize,
    seen: &mut Seen,
    context: &dyn Fn() -> String,
) {
    let Version { book, treatment, scripts } = version;
    let mut panel = Panel::new(book, treatment, scripts);
    let ran = verdict::run(suite, &mut panel);
    let judged = mutation::judge(version, &ran, base, &approved::answer, &|| {});
    let all = mutants(book, treatment);
    assert_eq!(judged.len(), all.len());
    let told = told(version, &ran);
    for (judged, mutant) in judged.iter().zip(&all).step_by(every) {
        let changed = mutant.apply(book);
        let new = Version { book: &changed, treatment: &changed.treatments[0], scripts };
        let slowly = noticed(&told, new, seen);
        let quickly = match &judged.fate {
            Fate::Noticed(title) => Some(title.clone()),
            _ => None,
        };
        assert_eq!(quickly, slowly, "{}\n{}", mutant.what, context());
        seen.mutants += 1;
    }
    covered(version, &ran, &mut panel, seen, context);
}

/// What is decided about a client: the outcomes, the wait, and the rules that speak.
type Gist = (Possible, Point, Point, Vec<(String, Truth, Option<(Point, Point)>)>);

fn gist(panel: &mut Panel<'_>, row: &Row) -> Option<Gist> {
    let visit = row.question.decided()?;
    let answers = panel.answers(visit).ok()?;
    let version = panel.on(visit.day).version();
    let brief = version.engine().possible(&answers);
    let named =
        |(place, truth, until)| (version.treatment.rules[usize::from(place)].id.clone(), truth, until);
    let spoken = brief.spoken().into_iter().map(named).collect();
    Some((brief.possible, brief.earliest, brief.latest, spoken))
}

/// A row of a passing case, and what the page says of it.
struct Told<'r> {
    ran: &'r Ran<'r>,
    row: &'r Row,
    gist: Option<Gist>,
    says: String,
}

fn told<'r>(version: Version<'_>, ran: &'r [Ran<'r>]) -> Vec<Told<'r>> {
    let Version { book, treatment, scripts } = version;
    let mut panel = Panel::new(book, treatment, scripts);
    let passing = ran.iter().filter(|ran| ran.failures.is_empty());
    let rows = passing
        .flat_map(|ran| ran.case.rows.iter().zip(&ran.answers).map(move |(row, answer)| (ran, row, answer)));
    let told = rows.map(|(ran, row, answer)| {
        let says = approved::answer(book, treatment, answer);
        Told { ran, row, gist: gist(&mut panel, row), says }
    });
    told.collect()
}

/// The first case that notices, by asking every one of the changed page too.
fn noticed(told: &[Told<'_>], new: Version<'_>, seen: &mut Seen) -> Option<String> {
    let mut panel = Panel::new(new.book, new.treatment, new.scripts);
    let decides = told.iter().find(|told| told.gist.is_some() && told.gist != gist(&mut panel, told.row));
    let mut says = || {
        told.iter().find(|told| {
            let now = panel.ask(&told.row.question);
            approved::answer(new.book, new.treatment, &now) != told.says
        })
    };
    seen.decided += usize::from(decides.is_some());
    let found = decides.or_else(|| {
        let found = says();
        seen.worded += usize::from(found.is_some());
        found
    });
    found.map(|told| told.ran.case.title(told.row))
}

/// Compares what is not reached of rules and edges with looking at every client.
fn covered(
    version: Version<'_>,
    ran: &[Ran<'_>],
    panel: &mut Panel<'_>,
    seen: &mut Seen,
    context: &dyn Fn() -> String,
) {
    let said = coverage(version.treatment, ran, panel);
    let count = |text: &str| said.gaps.iter().filter(|gap| gap.says == text).count();
    let mut clients: Vec<(Day, Space)> = Vec::new();
    for row in ran.iter().flat_map(|ran| &ran.case.rows) {
        let Some(visit) = row.question.decided() else { continue };
        if let Ok(answers) = panel.answers(visit) {
            clients.push((visit.day, answers.space(&version.book.facts)));
        }
    }
    for rule in version.treatment.rules.iter().filter(|rule| rule.withdrawn.is_none()) {
        let clients = || clients.iter().filter(|(day, _)| rule.in_force.covers(*day));
        let truths: BTreeSet<Truth> =
            clients().map(|(day, space)| over(&version.asked(&rule.condition, *day), space)).collect();
        let last = clients().next_back();
        let reads = last.is_none_or(|(day, _)| !version.asked(&rule.condition, *day).slots().is_empty());
        let wanted = [
            (Truth::Yes, "to hold"),
            (Truth::No, "not to hold"),
            (Truth::Unknown, "to be open, for want of an answer"),
        ];
        for (truth, words) in wanted {
            let missing = !truths.contains(&truth) && (reads || truth != Truth::Unknown);
            let text = format!("{} was never seen {words}", rule.id);
            assert_eq!(count(&text), usize::from(missing), "{text}\n{}", context());
            seen.gaps += usize::from(missing);
            seen.reached += usize::from(!missing);
        }
        let mut parts: Vec<&Condition> = Vec::new();
        rule.condition.walk(&mut |part| parts.push(part));
        parts.retain(|part| matches!(part.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..)));
        let mut missing = [0, 0];
        for part in parts {
            let (mut edges, mut sides) = (0, BTreeSet::new());
            for (day, space) in clients() {
                let asked = version.asked(part, *day);
                let found = sides_of(&asked, &version.book.facts, *day, space);
                edges = edges.max(found.len());
                sides.extend(found.into_iter().enumerate().filter_map(|(at, side)| Some((at, side?))));
            }
            for (side, missing) in missing.iter_mut().enumerate() {
                *missing += (0..edges).filter(|at| !sides.contains(&(*at, side))).count();
            }
        }
        for (missing, words) in missing.into_iter().zip(["just before", "just after"]) {
            let text = format!("no case stands {words} the edge of {}", rule.id);
            assert_eq!(count(&text), missing, "{text}\n{}", context());
            seen.sides += missing;
        }
    }
}

/// For each edge of a comparison the side on which a client stands: 0 before, 1 after.
fn sides_of(asked: &Asked<'_>, facts: &Facts, day: Day, space: &Space) -> Vec<Option<usize>> {
    let cuts = asked.cuts().into_iter().filter(|(slot, point)| {
        let domain = facts.domain(*slot, day);
        domain.ranges().iter().any(|(low, high)| low < point && point <= high)
    });
    let side = cuts.map(|(slot, point)| {
        let step = if facts.fact_of(slot).kind.is_date() { 1 } else { Number::whole(1).point() };
        let distance = space.sets[slot.index()].single()? - point;
        if (0..step).contains(&distance) { Some(1) } else { (-step..0).contains(&distance).then_some(0) }
    });
    side.collect()
}

/// Whether a condition holds over all completions.
fn over(asked: &Asked<'_>, space: &Space) -> Truth {
    let quick = asked.truth(&space.sets);
    if quick != Truth::Unknown {
        return quick;
    }
    let (mut yes, mut no) = (false, false);
    let _ = cells(&[asked], space, 20_000, &mut |_, truths| {
        yes |= truths[0] != Truth::No;
        no |= truths[0] != Truth::Yes;
        ControlFlow::Continue(())
    });
    match (yes, no) {
        (true, false) => Truth::Yes,
        (false, true) => Truth::No,
        _ => Truth::Unknown,
    }
}
