//! What was found in one run: each kind of difference, how often, and the smallest example of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use clearance::inside::book::Book;
use clearance::inside::rulebook::Rulebook;

use crate::compare::{Difference, differences};
use crate::door::Text;
use crate::page::World;
use crate::random::Random;
use crate::tree::{Tree, table};

#[derive(Default)]
pub struct Found {
    kinds: BTreeMap<String, (usize, String)>,
}

impl Found {
    /// Notes a difference; `example` is called for the first of its kind.
    pub fn note(&mut self, found: &Difference, example: impl FnOnce() -> String) {
        match self.kinds.get_mut(&found.kind) {
            Some((count, _)) => *count += 1,
            None => {
                self.kinds.insert(found.kind.clone(), (1, example()));
            }
        }
    }

    /// Adds what was found elsewhere.
    pub fn add(&mut self, other: Found) {
        for (kind, (count, example)) in other.kinds {
            self.kinds.entry(kind).or_insert((0, example)).0 += count;
        }
    }

    /// Fails if anything was noted.
    pub fn end(self, of: &str) {
        if self.kinds.is_empty() {
            return;
        }
        let mut text = format!("{of}: {} kinds of differences\n", self.kinds.len());
        self.kinds.iter().for_each(|(kind, (count, _))| {
            let _ = writeln!(text, "{count:8}  {kind}");
        });
        for (kind, (_, example)) in &self.kinds {
            let _ = write!(text, "\n==== {kind}\n{example}");
        }
        panic!("{text}");
    }
}

/// Two values that differ, and what it takes to see them.
pub fn example(found: &Difference, files: &[(String, String)], book: &Book, record: &Tree) -> String {
    let mut text = format!("---- one says\n{}\n---- the other\n{}\n", found.first, found.other);
    for (path, content) in files {
        let _ = write!(text, "---- {path}\n{content}");
    }
    let _ = write!(
        text,
        "---- record.yaml\n{}\n---- record.ndjson\n{}\n",
        record.yaml(),
        record.json(&mut Random(0))
    );
    if let Some(row) = record.row(book) {
        let _ = write!(text, "---- record.csv\n{}", table(&[row]));
    }
    text
}

/// The same kind of difference with as few rules and answers as can be.
pub fn smallest(
    world: &World,
    rulebook: &Rulebook,
    record: &Tree,
    found: &Difference,
) -> (World, Tree, Difference) {
    let mut best = (world.clone(), record.clone(), found.clone());
    let seen = |rulebook: &Rulebook, record: &Tree| -> Option<Difference> {
        let texts = Text::all(std::slice::from_ref(record), &rulebook.loaded().book, &mut Random(0));
        differences(rulebook, &texts, &|door| found.is_at(door))
            .into_iter()
            .find(|other| other.kind == found.kind)
    };
    if seen(rulebook, record).is_none() {
        return best;
    }
    // Enough for an example that can be read.
    let most = std::time::Instant::now() + std::time::Duration::from_secs(2);
    while std::time::Instant::now() < most {
        let mut smaller = None;
        for mut world in best.0.smaller() {
            let Some(rulebook) = world.load() else { continue };
            if let Some(found) = seen(&rulebook, &best.1) {
                smaller = Some((world, best.1.clone(), found));
                break;
            }
        }
        if smaller.is_none() {
            let Some(rulebook) = best.0.clone().load() else { return best };
            smaller = best
                .1
                .smaller()
                .into_iter()
                .find_map(|record| seen(&rulebook, &record).map(|found| (best.0.clone(), record, found)));
        }
        match smaller {
            Some(smaller) => best = smaller,
            None => break,
        }
    }
    best
}
