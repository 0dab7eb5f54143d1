//! Folders that tests change.

use std::fs;
use std::path::{Path, PathBuf};

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

/// Puts in what the file says: the name of a rule file, then blocks of `- old` and `+ new`, each of which
/// may go over several lines.
pub fn replace(change: &str, new: &Path) {
    let mut file = PathBuf::new();
    let (mut old, mut put): (Option<String>, Option<String>) = (None, None);
    let finish = |file: &Path, old: &mut Option<String>, put: &mut Option<String>| {
        if let (Some(old), Some(put)) = (old.take(), put.take()) {
            let text = fs::read_to_string(file).expect("a rule file");
            assert_eq!(text.matches(&old).count(), 1, "`{old}` stands once in {}", file.display());
            fs::write(file, text.replace(&old, &put)).expect("a changed rule file");
        }
    };
    for line in change.lines() {
        if let Some(text) = line.strip_prefix("- ") {
            finish(&file, &mut old, &mut put);
            old = Some(text.to_string());
        } else if let Some(text) = line.strip_prefix("+ ") {
            put = Some(text.to_string());
        } else if line.ends_with(".yaml") && !line.starts_with(' ') {
            finish(&file, &mut old, &mut put);
            file = new.join(line);
        } else if let Some(text) = put.as_mut().or(old.as_mut()) {
            text.push('\n');
            text.push_str(line);
        }
    }
    finish(&file, &mut old, &mut put);
}
