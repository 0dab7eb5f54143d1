//! `clearance fmt`: one canonical form for each file, reached in one step, and nothing lost on the way.

mod command;
mod documents;
mod pairs;
#[path = "../../promises/random.rs"]
mod random;
mod respace;
mod shipped;
