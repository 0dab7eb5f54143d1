//! May this client have this treatment on this day, and why?
//!
//! Rules are data: pages of YAML that a clinical lead edits. The library reads them, finds what is wrong
//! with them, and decides about client records. The files are the pipeline, each floor importing only from
//! floors above it:
//!
//! ```text
//! span diagnostic suggest prose limits value    the ground: knows nothing about rules
//!    source      texts            -> nodes that know their place
//!    written     nodes            -> pages, facts and records as their authors wrote them
//!    book        what was written -> names resolved, kinds checked, conditions typed
//!    script      what a page leaves to Rhai, in a sandbox
//!    decide      book + record + visit -> decision, plan, quote; no file, no clock, no rendering
//!    study       statements about all clients, the cases, and what a change of the rules changes
//!    log         what was decided, in a chain of lines; who signed which meaning of the rules
//!    rulebook    the front of the library: an inquiry about a client, and whatever is answered to it
//!    disk        the folder, the log, git, the clock: every path that is opened, every program that is started
//!    report      findings and answers -> text, JSON, SARIF, JUnit, CSV, calendars, a page for the client
//!    cli         one file per verb; the only floor that prints
//! ```
//!
//! All of it in one go:
//!
//! ```
//! use clearance::{book, decide, script, source, value::Day, written};
//!
//! // Texts become a folder; `disk::folder` does the same with files.
//! let mut findings = Vec::new();
//! let mut folder = source::Folder::new();
//! for (path, text) in [
//!     ("clinic.yaml", "name: A clinic\ntime_zone: Europe/London\ncurrency: GBP"),
//!     ("facts.yaml", "open_wounds: {kind: yes/no, ask: Is there broken skin?}"),
//!     ("peel.yaml", "
//! treatment: Peel
//! revision: 1
//! deferrals:
//!   open_wounds:
//!     when: open_wounds
//!     cleared_when: the wounds have healed
//!     because: It would sting.
//!     basis: Clinic decision.
//! "),
//! ] {
//!     folder.add(path, text.as_bytes().to_vec(), &mut findings);
//! }
//!
//! // The folder becomes a book. Every mistake is a finding, and all are found at once.
//! let rules = written::read(&folder, &mut findings);
//! let book = book::from_written(&rules, &folder.texts, &mut findings);
//! let peel = book.treatment("peel").expect("a page");
//! let scripts = script::compile(&folder.texts, peel, &book.facts, &mut findings);
//! assert!(findings.is_empty());
//!
//! // A record becomes answers: sets of possible values.
//! let text = folder.texts.add("client.yaml", "{client: C1, facts: {open_wounds: yes}}".to_string());
//! let node = source::yaml::read(&folder.texts, text, &mut findings).expect("a record");
//! let record = written::record::from_node(&node, &mut findings).expect("a record");
//! let visit = Day::parse("2026-03-02").expect("a day");
//! let (answers, _) = decide::from_written(&record, "C1", visit, None, &book, peel);
//!
//! // Rules and answers become a decision. What the engine finds out about one client it remembers for others.
//! let mut engine = decide::Engine::new(&book, peel, &scripts);
//! let decision = engine.decide(&answers.expect("no mistake in it"));
//! assert_eq!(decision.outcome, book::Outcome::Deferred);
//! assert_eq!(decision.reasons[0].because, "It would sting.");
//! ```
//!
//! # Invariants
//!
//! - An answer is a set of possible values. Deciding a partly known client is deciding every completion of
//!   it at once; known and unknown share one evaluation, so a missing answer can never clear anyone.
//! - `decide` is a pure function. It sees no clock, file, environment or hash order.
//! - There is one engine, `decide::engine`. Every verb and every format asks it, and all of them say the same.
//! - Whatever a user can write wrong is a finding with a place, never a panic.
//! - Text from rules and records is escaped by `report`, which alone formats.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The command line prints through `cli::output`: `println!` panics when nobody reads any more.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro)]

pub mod book;
#[cfg(feature = "cli")]
pub mod cli;
pub mod decide;
pub mod diagnostic;
pub mod disk;
pub mod limits;
pub mod log;
pub mod prose;
pub mod report;
pub mod rulebook;
pub mod script;
pub mod source;
pub mod span;
pub mod study;
pub mod suggest;
pub mod value;
pub mod written;
