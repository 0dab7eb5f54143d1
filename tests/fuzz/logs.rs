//! The decision log and its bodies: checked, shown, counted, decided again.

use std::collections::BTreeMap;

use clearance::inside::decide::{self, Engine};
use clearance::inside::diagnostic::Diagnostic;
use clearance::inside::log::body::{self, Body};
use clearance::inside::log::chain::{self, Line, START, Verifier};
use clearance::inside::log::entry::{Entry, What};
use clearance::inside::log::record::Question;
use clearance::inside::log::replay;
use clearance::inside::log::tally::Counter;
use clearance::inside::report::log::{self as report, Shown};
use clearance::inside::report::log_replay::{self, Came, Replayed};
use clearance::inside::report::log_report;
use clearance::inside::rulebook::{Loaded, Part};
use clearance::inside::span::Texts;

use crate::checks;
use crate::run::Input;
use crate::seeds;

pub fn executor() -> impl FnMut(&Input<'_>) -> u64 {
    let bundle = std::fs::read("tests/fuzz/seeds/rules/small.rules").expect("the rules of the logs");
    let files = seeds::files(&bundle);
    let loaded =
        checks::loaded(files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())), Part::Rules);
    assert!(loaded.usable());
    move |input| execute(input, &loaded)
}

fn execute(input: &Input<'_>, loaded: &Loaded) -> u64 {
    let files = seeds::files(input.bytes);
    let file = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, bytes)| bytes.clone());
    let (mut log, bodies) = (file("log").unwrap_or_default(), file("bodies").unwrap_or_default());
    let bodies: Vec<Body> = lines(&bodies).filter_map(Body::read).collect();
    // Half of them as somebody would who can write a log: the hashes are right whatever the lines say.
    let forged = input.random.is_multiple_of(2);
    if forged {
        log = sealed(&log, &bodies);
    }
    let mut verifier = Verifier::default();
    let read: Vec<Line> = lines(&log).filter_map(|line| verifier.line(line)).collect();
    for line in &read {
        let (text, hash) = chain::write(&line.entry).expect("a line");
        assert_eq!(hash, line.hash, "read as {text}");
    }
    checks::findings(&Texts::new(), &verifier.findings);
    checks::printed(&Texts::new(), &verifier.findings, input.random >> 8);
    let seen = checks::mix(read.len().min(6) as u64, checks::kinds(&verifier.findings));
    let kept: BTreeMap<u64, &Body> = bodies.iter().map(|body| (body.sequence, body)).collect();
    let held = |line: &Line| {
        let promise = body::promise(line)?;
        kept.get(&line.entry.sequence).filter(|body| body.keeps(&promise)).map(|body| Body::clone(body))
    };
    let shown: Vec<Shown<'_>> = read
        .iter()
        .map(|line| Shown {
            entry: &line.entry,
            hash: &line.hash,
            body: held(line),
            erased: input.random % 4 == 1,
        })
        .collect();
    checks::harmless(&report::list(&shown));
    shown.iter().for_each(|one| checks::harmless(&report::whole(one)));
    checks::json(&report::json(&shown));
    counted(&shown);
    let again = shown.iter().filter_map(|one| replayed(one, loaded));
    let again: Vec<Replayed> = again.collect();
    for one in &again {
        checks::harmless(&log_replay::line(one));
        checks::json(&log_replay::ndjson(one));
    }
    checks::harmless(&log_replay::summary(&again));
    let wrong = again.iter().filter(|one| one.came.is_wrong()).count();
    let bodies = shown.iter().filter(|one| one.body.is_some()).count();
    [wrong, bodies, usize::from(forged)].into_iter().fold(seen, |sum, n| checks::mix(sum, n.min(4) as u64))
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// The same lines with right hashes, and commitments to the bodies as they are.
fn sealed(log: &[u8], bodies: &[Body]) -> Vec<u8> {
    let (mut sealed, mut previous) = (Vec::new(), START.to_string());
    for line in lines(log) {
        let text = String::from_utf8_lossy(line);
        let content = text.rsplit_once(",\"hash\":\"").map_or(text.trim_end(), |(content, _)| content);
        let Ok(mut entry) = serde_json::from_str::<Entry>(&format!("{content}}}")) else {
            // Not a line that could be written, but its hash is right.
            let content = format!("{content}}}");
            let hash = clearance::inside::log::hash(&[content.as_bytes()]);
            sealed.extend_from_slice(&content.as_bytes()[..content.len() - 1]);
            sealed.extend_from_slice(format!(",\"hash\":\"{hash}\"}}\n").as_bytes());
            previous = hash;
            continue;
        };
        entry.previous = previous;
        if let Some(body) = bodies.iter().find(|body| body.sequence == entry.sequence) {
            let commitment = |part: &Option<Box<serde_json::value::RawValue>>| {
                part.as_ref().map(|part| body::commitment(&body.salt, part.get()))
            };
            match &mut entry.what {
                What::Decision(asked) | What::Unreadable(asked) => {
                    asked.record = commitment(&body.record).unwrap_or_default();
                    asked.decision = commitment(&body.decision).unwrap_or_default();
                }
                What::Override(one) => one.words = commitment(&body.words).unwrap_or_default(),
                What::Erasure(_) => {}
            }
        }
        let (text, hash) = chain::write(&entry).expect("a line");
        sealed.extend_from_slice(text.as_bytes());
        previous = hash;
    }
    sealed
}

fn counted(shown: &[Shown<'_>]) {
    let mut counter = Counter::default();
    for one in shown {
        match (&one.entry.what, &one.body) {
            (What::Override(over), body) => counter.overridden(over.code, body.is_none()),
            (What::Unreadable(_), _) => counter.unreadable(),
            (_, Some(body)) => {
                let said: Vec<_> = shown.iter().filter_map(|other| other.body.as_ref()?.said()).collect();
                match body.decided() {
                    Some(decided) => counter.decision(&one.entry.time, &decided, &said),
                    None => counter.erased(),
                }
                body.client();
            }
            (_, None) => counter.erased(),
        }
    }
    let tally = counter.done();
    checks::harmless(&log_report::human(&tally));
    checks::json(&log_report::json(&tally));
}

/// As `clearance log replay` does it.
fn replayed(one: &Shown<'_>, loaded: &Loaded) -> Option<Replayed> {
    let body = one.body.as_ref()?;
    let (record, logged) = (body.record.as_ref()?, body.decision.as_ref()?);
    let sequence = one.entry.sequence;
    let came = |came| Some(Replayed { sequence, place: Some("here".to_string()), came });
    let mut texts = Texts::new();
    let unreadable =
        |why: &[Diagnostic]| Came::Unreadable(why.first().map(|why| why.message.clone()).unwrap_or_default());
    let Some(question) = Question::read(record.get(), &mut texts) else { return came(unreadable(&[])) };
    let (Some(visit), Some(written)) = (question.visit, &question.written) else {
        return came(unreadable(&[]));
    };
    let (book, treatment) = (&loaded.book, &loaded.book.treatments[0]);
    let (answers, found) =
        decide::from_written(written, &question.client, visit, question.answered_on, book, treatment);
    let Some(answers) = answers else { return came(unreadable(&found)) };
    let decision = Engine::new(book, treatment, &loaded.scripts[0]).decide(&answers);
    let now = serde_json::to_string(&decision).expect("JSON");
    came(Came::Again(replay::compare(logged.get(), &now)))
}
