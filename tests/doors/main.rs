//! Every door says the same about the same record: each format in, each format out, the log and its replay, on random
//! pages and records. An eighth of the usual number, or `CLEARANCE_CASES` times as many.

mod calendar;
mod cases;
mod compare;
#[path = "../promises/condition.rs"]
mod condition;
mod dialogues;
mod door;
#[path = "../promises/draft.rs"]
mod draft;
#[path = "../promises/facts.rs"]
mod facts;
mod found;
mod human;
mod page;
mod promises;
#[path = "../promises/random.rs"]
mod random;
mod record;
mod speaker;
mod tree;
mod verbs;

use std::collections::BTreeMap;

use clearance::inside::cli::format::Format;
use clearance::inside::rulebook::records::Input;

use crate::compare::differences;
use crate::door::{Door, Text};
use crate::found::{Found, example, smallest};
use crate::page::World;
use crate::random::{Random, cases};

/// So many records share a page.
const RECORDS: usize = 25;

/// So many threads ask.
const THREADS: usize = 4;

#[test]
fn all_doors_say_the_same() {
    let pages = cases(8000) / RECORDS / THREADS;
    let all: Vec<(Found, Seen)> = std::thread::scope(|scope| {
        let start = |thread| scope.spawn(move || ask(thread + 1, pages));
        let threads: Vec<_> = (0..THREADS as u64).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("no door panics")).collect()
    });
    let (mut found, mut seen) = (Found::default(), Seen::new());
    for (one, of_it) in all {
        found.add(one);
        of_it.into_iter().for_each(|(what, count)| *seen.entry(what).or_default() += count);
    }
    println!("{} pages with {RECORDS} records each", pages * THREADS);
    found.end(&format!("{} pages with {RECORDS} records each, {seen:?}", pages * THREADS));
}

/// How often what was asked.
type Seen = BTreeMap<String, usize>;

/// Asks all doors about records of so many pages.
fn ask(seed: u64, pages: usize) -> (Found, Seen) {
    let mut random = Random(seed);
    let (mut found, mut seen) = (Found::default(), Seen::new());
    for _ in 0..pages {
        let (world, rulebook) = World::random(&mut random);
        let records: Vec<_> = (0..RECORDS)
            .map(|at| record::record(&mut random, &world.page, &rulebook.loaded().book, at + 1))
            .collect();
        let texts = Text::all(&records, &rulebook.loaded().book, &mut random);
        world.count(&rulebook, &mut seen);
        // Both are read as a whole.
        let left_out = random.of(&[Input::Yaml, Input::Json]);
        let beside = random.of(&[(Format::Json, false), (Format::Human, false), (Format::Csv, true)]);
        let wanted = |door: &Door| {
            door.input != left_out && (door.is_main() || (door.format, door.is_logged) == beside)
        };
        for difference in &differences(&rulebook, &texts, &wanted) {
            found.note(difference, || {
                let record = &records[difference.record];
                let (world, record, difference) = smallest(&world, &rulebook, record, difference);
                example(&difference, &world.files(), &rulebook.loaded().book, &record)
            });
        }
    }
    (found, seen)
}
