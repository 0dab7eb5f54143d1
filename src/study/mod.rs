//! What is true of the rules for every possible client, and what a change of them changes.
//!
//! `clients` are concrete, fully known clients, `near` chooses their answers, `days` are the visit days that
//! statements about all visits rest on, and `apart` finds the client whom two versions of a page tell apart,
//! or proves that there is none. `mutants` are small changes that tests must notice.

pub mod apart;
pub mod clients;
pub mod days;
mod free;
pub mod mutants;
mod near;

pub use apart::Apart;
pub use clients::Client;
pub use mutants::{Mutant, MutantKind, mutants};
