//! Files as they were left behind, and what becomes of them.

use std::fs;
use std::path::Path;

use super::shipped::formatted;

/// `tests/fmt/pairs/NAME/messy.yaml` and `canonical.yaml`. The name starts with what the file is.
#[test]
fn messy_files_become_canonical() {
    let mut names: Vec<String> = fs::read_dir("tests/fmt/pairs")
        .expect("the pairs")
        .map(|entry| entry.expect("a pair").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in &names {
        let path = match name.split('-').next().expect("a kind") {
            "facts" => "facts.yaml",
            "clinic" => "clinic.yaml",
            "hazards" => "hazards.yaml",
            "source" => "peel/source.yaml",
            "cases" => "peel/cases/first.yaml",
            _ => "peel.yaml",
        };
        let dir = Path::new("tests/fmt/pairs").join(name);
        let messy = fs::read_to_string(dir.join("messy.yaml")).expect("a messy file");
        let canonical = fs::read_to_string(dir.join("canonical.yaml")).expect("a canonical file");
        let once = formatted(path, &messy);
        assert_eq!(once, canonical, "{name}");
        assert_eq!(formatted(path, &canonical), canonical, "{name}");
        assert_ne!(messy, canonical, "{name}");
    }
    assert!(names.len() >= 8);
}
