//! What is true of the rules for every possible client, and what a change of them changes.
//!
//! `cases` are example clients with the answers they must get; `expect` is what they expect and `run` asks them;
//! `coverage` is what they reach, and `visits` are their clients as columns.
//! `clients` are concrete, fully known clients, `near` chooses their answers, `days` are the visit days that
//! statements about all visits rest on, for which `steady` says what looks the same on all of them, and `apart` finds the client whom two versions of a page tell apart,
//! or proves that there is none. `find` looks for a client of whom conditions come out as wanted, and `proofs` says
//! with it what is so for every client. `region` is whom a rule speaks for, and `who` what a client would need for a better
//! outcome. `diff` is what a change of the rules changes, and `mutants` are small
//! changes that cases must notice.

pub mod apart;
mod base;
pub mod case;
pub mod cases;
pub mod clients;
#[cfg(feature = "cli")]
pub mod cohort;
#[cfg(feature = "cli")]
pub mod coverage;
pub mod days;
#[cfg(feature = "cli")]
mod dead;
mod diags;
#[cfg(feature = "cli")]
pub mod diff;
#[cfg(feature = "cli")]
pub mod examples;
pub mod expect;
pub mod find;
mod free;
#[cfg(feature = "cli")]
pub mod guarantees;
#[cfg(feature = "cli")]
pub mod mutants;
#[cfg(feature = "cli")]
pub mod mutation;
mod near;
#[cfg(feature = "cli")]
pub mod proof_diags;
#[cfg(feature = "cli")]
pub mod proofs;
#[cfg(feature = "cli")]
pub mod region;
#[cfg(feature = "cli")]
pub mod run;
mod steady;
#[cfg(feature = "cli")]
pub mod verdict;
#[cfg(feature = "cli")]
mod visits;
pub mod who;

pub use apart::Apart;
pub use clients::Client;
#[cfg(feature = "cli")]
pub use mutants::{Mutant, MutantKind, mutants};
