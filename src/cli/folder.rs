//! The rules, from the folder on the disk to a book.

use std::path::Path;

use super::exit::Failure;
use crate::disk::folder;
use crate::rulebook::{Loaded, Part, Rulebook, loaded};

/// Reads the rules for a verb that asks about clients: what has errors answers nothing; warnings are left to `check`.
pub fn rulebook(dir: &Path) -> Result<Rulebook, Failure> {
    load(dir, Part::Rules).map(Rulebook::from_loaded)
}

/// Reads the rules, whatever is wrong with them.
pub fn load(dir: &Path, part: Part) -> Result<Loaded, Failure> {
    let mut findings = Vec::new();
    let folder = folder::read(dir, part == Part::RulesAndCases, &mut findings)?;
    Ok(loaded(folder, part, findings))
}
