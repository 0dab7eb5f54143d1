//! Proofs about large pages: all of an ordinary one, and of one that cannot be gone through it is said.
//! `CLEARANCE_LARGE=DIR` writes the pages there, to run the program on them.

mod pages;
mod pigeons;

use std::path::Path;
use std::time::Instant;

use clearance::inside::book::{self, Book};
use clearance::inside::decide::cells::Version;
use clearance::inside::diagnostic::Severity;
use clearance::inside::script::Scripts;
use clearance::inside::source::Folder;
use clearance::inside::study::guarantees::Kept;
use clearance::inside::study::proofs::{MOST_WORK, Proof, Proofs, prove};
use clearance::inside::study::{Client, days};
use clearance::inside::written;
use pages::Files;

fn book(files: &Files) -> Book {
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (path, text) in files {
        folder.add(path, text.as_bytes().to_vec(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let error = findings.iter().find(|finding| finding.severity == Severity::Error);
    assert!(error.is_none(), "{error:?}");
    book
}

fn keep(name: &str, files: &Files) {
    if let Ok(to) = std::env::var("CLEARANCE_LARGE") {
        let folder = Path::new(&to).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        files.iter().for_each(|(path, text)| std::fs::write(folder.join(path), text).expect("a file"));
    }
}

fn proved(name: &str, files: &Files) -> Proofs {
    keep(name, files);
    let (book, scripts) = (book(files), Scripts::none());
    let version = Version { book: &book, treatment: &book.treatments[0], scripts: &scripts };
    let base = Client::plain(&book.facts, days::usual(version.treatment));
    let start = Instant::now();
    let proofs = prove(version, &base, MOST_WORK);
    println!("{name}: {:?}, {} findings", start.elapsed(), proofs.found.len());
    proofs
}

fn open(proofs: &Proofs) -> usize {
    let guarantees = proofs.guarantees.iter().filter(|kept| matches!(kept, Kept::Open(_))).count();
    guarantees + proofs.found.iter().filter(|proof| matches!(proof, Proof::NotAnalysed(..))).count()
}

#[test]
fn large_pages_over_sixty_facts_are_proved() {
    let mut seen = String::new();
    for (name, rules) in [("rules-10", 10), ("rules-100", 100), ("rules-400", 400)] {
        let proofs = proved(name, &pages::ordinary(rules));
        let kept = proofs.guarantees.iter().filter(|kept| matches!(kept, Kept::Proved)).count();
        let (all, found, open) = (proofs.guarantees.len(), proofs.found.len(), open(&proofs));
        seen += &format!("{rules} rules: {kept} of {all} guarantees kept, {found} findings, {open} open\n");
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn what_cannot_be_gone_through_is_not_called_fine() {
    let proofs = proved("adversarial", &pigeons::adversarial(12));
    assert!(matches!(proofs.guarantees[..], [Kept::Open(_)]), "{:?}", proofs.guarantees);
    assert_eq!(proofs.needed.anybody, None);
    // With few pigeons it is proved.
    let proofs = proved("pigeons", &pigeons::adversarial(5));
    assert!(matches!(proofs.guarantees[..], [Kept::Proved]), "{:?}", proofs.guarantees);
    assert_eq!((proofs.needed.anybody, open(&proofs)), (Some(false), 0));
}
