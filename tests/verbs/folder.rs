//! Folders that tests change.

use std::fs;
use std::path::Path;

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder") {
        let entry = entry.expect("a file");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("a copy")),
        }
    }
}

/// Puts one text in the place of another, the first time it stands in a file; what stands before it comes back.
pub fn replace_once(file: &Path, old: &str, new: &str) -> String {
    let text = fs::read_to_string(file).expect("a file");
    let at = text.find(old).unwrap_or_else(|| panic!("{} holds no `{old}`", file.display()));
    fs::write(file, text.replacen(old, new, 1)).expect("a changed file");
    text[..at].to_string()
}
