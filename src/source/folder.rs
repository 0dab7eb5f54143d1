//! The files of a rules folder, handed in by whoever read them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::limits::RULE_FILE;
use crate::prose;
use crate::span::{Span, TextId, Texts};

/// The texts of a rules folder, found by their path.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Every text that was handed in.
    pub texts: Texts,
    files: BTreeMap<String, TextId>,
    refused: BTreeSet<String>,
}

impl Folder {
    /// A folder without files.
    pub fn new() -> Folder {
        Folder::default()
    }

    /// Keeps a file under its path relative to the folder. A path that leaves the folder, a file that is too large
    /// and one that is not UTF-8 are findings and are not kept.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>, findings: &mut Vec<Diagnostic>) -> Option<TextId> {
        let name = match normalise(path) {
            Ok(name) => name,
            Err(finding) => {
                findings.push(self.refuse(path, finding));
                return None;
            }
        };
        if bytes.len() > RULE_FILE {
            let message = format!("`{}` is larger than 2 MiB", prose::visible(&name));
            let finding = Diagnostic::error(Code::UnreadableFile, message)
                .note("rule files are written by hand and stay far below that")
                .help("check that the right file lies there");
            findings.push(self.refuse(&name, finding));
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(content) => {
                let id = self.texts.add(name.clone(), content);
                self.files.insert(name, id);
                Some(id)
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
                let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let place = self.nameless(&name, shown, at);
                self.refused.insert(name.clone());
                let message = format!("`{}` is not UTF-8 (byte {at})", prose::visible(&name));
                let why = if utf16 {
                    "it seems to be UTF-16, which some editors call Unicode"
                } else {
                    "a letter outside ASCII was written in another encoding, often Windows-1252"
                };
                findings.push(
                    Diagnostic::error(Code::UnreadableFile, message)
                        .at(place, "the first byte that does not fit")
                        .note(why)
                        .help("save the file as UTF-8"),
                );
                None
            }
        }
    }

    /// The text at a normalised path.
    pub fn get(&self, path: &str) -> Option<TextId> {
        self.files.get(path).copied()
    }

    /// Remembers that there is a file at `path` which cannot be read; `finding`, which says why, gets its place.
    pub fn refuse(&mut self, path: &str, finding: Diagnostic) -> Diagnostic {
        self.refused.insert(normalise(path).unwrap_or_else(|_| path.to_string()));
        let place = self.nameless(path, String::new(), 0);
        finding.at(place, "")
    }

    /// Whether there is a file at a normalised path that could not be read, which was already said.
    pub fn is_refused(&self, path: &str) -> bool {
        self.refused.contains(path)
    }

    /// The paths of all files that could not be read, in order.
    pub fn refused(&self) -> impl Iterator<Item = &str> {
        self.refused.iter().map(String::as_str)
    }

    /// The paths of all files that were kept, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A text that findings can point at, though no path leads to it.
    fn nameless(&mut self, name: &str, shown: String, at: usize) -> Span {
        let length = shown.get(at..).and_then(|rest| rest.chars().next());
        let id = self.texts.add(prose::visible(name), shown);
        Span::new(id, at..at + length.map_or(0, char::len_utf8))
    }
}

/// A path relative to the rules folder without `.` and empty parts. A path that would leave the folder is refused;
/// the finding has no place yet.
pub fn normalise(path: &str) -> Result<String, Diagnostic> {
    let refuse = |why: &str| {
        let message = format!("the path `{}` {why}", prose::visible(path));
        Err(Diagnostic::error(Code::PathLeavesRules, message)
            .note("a rules folder is signed as a whole, so nothing outside it may matter")
            .help("write a path inside the rules folder, as in `microneedling/leaflet.yaml`"))
    };
    if path.starts_with('/') {
        return refuse("is absolute");
    }
    if path.contains('\\') {
        return refuse("holds a backslash");
    }
    if path.contains(':') {
        return refuse("holds a colon, as drive letters do");
    }
    if path.chars().any(char::is_control) {
        return refuse("holds a control character");
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return refuse("leaves the rules folder");
    }
    if parts.is_empty() {
        return refuse("names no file");
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_path() {
        let mut folder = Folder::new();
        let mut findings = Vec::new();
        let id = folder.add("./b//c.yaml", b"x".to_vec(), &mut findings);
        folder.add("a.yaml", Vec::new(), &mut findings);
        assert!(findings.is_empty() && id.is_some());
        assert_eq!(folder.get("b/c.yaml"), id);
        assert_eq!(folder.paths().collect::<Vec<_>>(), ["a.yaml", "b/c.yaml"]);
    }

    #[test]
    fn unreadable_files_say_where() {
        let mut folder = Folder::new();
        let mut findings = Vec::new();
        folder.add("a.yaml", b"a: b\nc: d\xe9e".to_vec(), &mut findings);
        folder.add("b.yaml", vec![b' '; RULE_FILE + 1], &mut findings);
        folder.add("c.yaml", b"\xff\xfea\0".to_vec(), &mut findings);
        folder.add("../d.yaml", b"a".to_vec(), &mut findings);
        let found: Vec<_> =
            findings.iter().map(|f| (f.code, folder.texts.reference(f.labels[0].span))).collect();
        let expected = [
            (Code::UnreadableFile, "a.yaml:2:5"),
            (Code::UnreadableFile, "b.yaml:1:1"),
            (Code::UnreadableFile, "c.yaml:1:1"),
            (Code::PathLeavesRules, "../d.yaml:1:1"),
        ];
        assert_eq!(found, expected.map(|(code, at)| (code, at.to_string())));
        assert!(findings[2].notes[0].contains("UTF-16"));
        assert_eq!(folder.paths().count(), 0);
        assert!(folder.add("b.yaml", vec![b' '; RULE_FILE], &mut findings).is_some());
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(normalise("./a//b.yaml").ok().as_deref(), Some("a/b.yaml"));
        assert_eq!(normalise("a..b/...").ok().as_deref(), Some("a..b/..."));
        for path in ["/a", "..", "a/../b", "a\\b", "C:/a", "c:a", "", ".", "a\u{0}b", "//a"] {
            let finding = normalise(path).expect_err(path);
            assert_eq!(finding.code, Code::PathLeavesRules);
        }
    }
}
