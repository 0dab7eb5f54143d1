//! The files of a rules folder: which are read, and which are refused.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::{Failed, words};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{FOLDERS, RULE_FILE, RULE_FILES};
use crate::prose;
use crate::source::Folder;

/// Folders that hold clients, not rules.
pub(super) const NOT_RULES: [&str; 2] = ["examples", "cases"];

/// Reads the files of a rules folder: `.yaml` and `.rhai`, none from outside it, no examples, and the cases of the
/// treatments only if `cases` says so. What cannot be read is a finding; fails if there is no such folder.
pub fn read(dir: &Path, cases: bool, findings: &mut Vec<Diagnostic>) -> Result<Folder, Failed> {
    let shown = dir.display();
    let root = match fs::canonicalize(dir) {
        Ok(root) if root.is_dir() => root,
        Ok(_) => {
            return Err(Failed::new(format!("`{shown}` is a file, not a folder with rules"))
                .help("name the folder that holds `facts.yaml`"));
        }
        Err(error) => {
            let failure = Failed::new(format!("there is no rules folder `{shown}`: {}", words(&error)));
            let here = Path::new("facts.yaml").is_file();
            return Err(match here {
                true => failure.help("to use the rules in this folder, add `--rules .`"),
                false => failure
                    .help(format!("`clearance init {shown}` writes the shipped rules there"))
                    .help("`--rules DIR` names another folder"),
            });
        }
    };
    let mut walk = Walk { root, cases, folder: Folder::new(), files: 0, findings };
    walk.folder(&walk.root.clone(), "", 0).map_err(|error| Failed::unread(&shown, &error))?;
    if walk.files > RULE_FILES {
        return Err(Failed::new(format!("`{shown}` holds more than {RULE_FILES} rule files"))
            .help("name the folder that holds `facts.yaml` and nothing but rules"));
    }
    walk.folder.texts.lie_under(&named(dir));
    Ok(walk.folder)
}

/// Whether a file or folder is none of the rules: it is hidden, or it holds clients.
pub(super) fn left_out(name: &str, is_folder: bool, prefix: &str, cases: bool) -> bool {
    let read = cases && name == "cases" && !prefix.is_empty();
    name.starts_with('.') || is_folder && NOT_RULES.contains(&name) && !read
}

/// A link that leads out of the folder.
pub(super) fn leaves(path: &str) -> Diagnostic {
    let message = format!("`{}` is a link to a place outside the rules folder", prose::visible(path));
    Diagnostic::error(Code::PathLeavesRules, message)
        .note("a rules folder is signed as a whole, so nothing outside it may matter")
        .help("put a copy of the file into the folder")
}

/// A file that cannot be read, and why.
pub(super) fn unreadable(path: &str, why: &str) -> Diagnostic {
    let message = format!("`{}` cannot be read: {why}", prose::visible(path));
    Diagnostic::error(Code::UnreadableFile, message)
        .help("check the file and who may read it, or remove it from the rules folder")
}

/// A name in which two files could look alike, and of which one would be lost.
fn not_utf8(path: &str) -> Diagnostic {
    let message = format!("the name `{}` is not written in UTF-8", prose::visible(path));
    Diagnostic::error(Code::UnreadableFile, message)
        .note("findings, answers and signatures name files, and could not name this one")
        .help("give it another name")
}

/// A name that was meant for a rule file: nothing would be read from it, without a word.
pub(super) fn misnamed(path: &str, name: &str) -> Option<Diagnostic> {
    let small = name.to_lowercase();
    let meant = ["yaml", "yml", "rhai"].iter().find_map(|ending| {
        let stem = small.strip_suffix(".txt").unwrap_or(&small).strip_suffix(ending)?;
        stem.ends_with('.').then(|| format!("{stem}{}", if *ending == "yml" { "yaml" } else { ending }))
    })?;
    let message = format!("`{}` is not read: its name does not end as rule files do", prose::visible(path));
    let finding = Diagnostic::error(Code::UnreadableFile, message)
        .note("rules in it would not count, although they seem to be there")
        .help(format!("rename it to `{}`", prose::visible(&meant)));
    Some(finding)
}

/// The rules folder as other programs started in the same place find it: `rules` for `./rules/`, with `/` between
/// its parts. A whole path stays one; the folder itself is the empty text.
pub(super) fn named(rules: &Path) -> String {
    let mut name = String::new();
    for part in rules.components() {
        let shown = part.as_os_str().to_string_lossy();
        match part {
            Component::CurDir => {}
            Component::RootDir => name.push('/'),
            Component::Prefix(_) => name.push_str(&shown.replace('\\', "/")),
            Component::ParentDir | Component::Normal(_) => {
                if !name.is_empty() && !name.ends_with('/') {
                    name.push('/');
                }
                name.push_str(&shown);
            }
        }
    }
    name
}

struct Walk<'f> {
    root: PathBuf,
    cases: bool,
    folder: Folder,
    files: usize,
    findings: &'f mut Vec<Diagnostic>,
}

impl Walk<'_> {
    /// Reads the files of one folder, whose path from the root is `prefix`.
    fn folder(&mut self, dir: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        let mut names: Vec<_> =
            fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|e| e.file_name()).collect();
        names.sort();
        for name in names {
            if self.files > RULE_FILES {
                return Ok(());
            }
            self.entry(&dir.join(&name), &name, prefix, depth);
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, raw: &OsStr, prefix: &str, depth: usize) {
        let name = raw.to_string_lossy();
        let shown = format!("{prefix}{name}");
        let link = fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink());
        let is_folder = fs::metadata(path).is_ok_and(|data| data.is_dir());
        let read = name.ends_with(".yaml") || name.ends_with(".rhai");
        if left_out(&name, is_folder, prefix, self.cases) {
            return;
        }
        if raw.to_str().is_none() && (is_folder || read) {
            self.refuse(&shown, not_utf8(&shown));
            return;
        }
        if !is_folder && !read {
            if let Some(finding) = misnamed(&shown, &name) {
                self.refuse(&shown, finding);
            }
            return;
        }
        match fs::canonicalize(path) {
            Ok(real) if !real.starts_with(&self.root) => {
                self.refuse(&shown, leaves(&shown));
            }
            Err(error) => self.unreadable(&shown, &words(&error)),
            // What a link inside the folder leads to is read at its own place.
            Ok(_) if is_folder && link => {}
            Ok(_) if is_folder && read => self.unreadable(&shown, "it is a folder"),
            Ok(_) if is_folder && depth >= FOLDERS => {
                self.unreadable(&shown, "folders are nested too deep");
            }
            Ok(_) if is_folder => {
                if let Err(error) = self.folder(path, &format!("{shown}/"), depth + 1) {
                    self.unreadable(&shown, &words(&error));
                }
            }
            Ok(real) => self.file(&real, &shown),
        }
    }

    fn file(&mut self, real: &Path, path: &str) {
        self.files += 1;
        let mut bytes = Vec::new();
        let is_file = fs::metadata(real).is_ok_and(|data| data.is_file());
        if !is_file {
            // Reading a pipe could wait for ever.
            return self.unreadable(path, "it is neither a file nor a folder");
        }
        // One byte too many is enough to know that the file is too large.
        let read = File::open(real).and_then(|f| f.take(RULE_FILE as u64 + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) => {
                self.folder.add(path, bytes, self.findings);
            }
            Err(error) => self.unreadable(path, &words(&error)),
        }
    }

    fn unreadable(&mut self, path: &str, why: &str) {
        self.refuse(path, unreadable(path, why));
    }

    fn refuse(&mut self, path: &str, finding: Diagnostic) {
        let finding = self.folder.refuse(path, finding);
        self.findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_named_as_others_find_it() {
        for (rules, expected) in [
            ("rules", "rules"),
            ("./rules/", "rules"),
            ("a/./b c//#d", "a/b c/#d"),
            ("../rules", "../rules"),
            (".", ""),
            ("/srv/rules", "/srv/rules"),
            ("/", "/"),
        ] {
            assert_eq!(named(Path::new(rules)), expected, "{rules}");
        }
    }
}
