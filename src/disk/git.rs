//! The rules of an earlier revision, read from git into memory. Nothing is ever written.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Failed, folder, program};
use crate::diagnostic::Diagnostic;
use crate::limits::{FOLDERS, RULE_FILE, RULE_FILES};
use crate::prose::visible;
use crate::source::Folder;

/// A commit that was found.
pub struct Revision {
    /// As the user called it.
    pub name: String,
    commit: String,
}

/// Runs git in a folder; what it prints, or what it complains about.
fn git(dir: &Path, args: &[&OsStr], input: Option<Vec<u8>>) -> Result<Result<Vec<u8>, String>, Failed> {
    let mut command = Command::new("git");
    // Asking must not refresh an index or wait for a password.
    command.arg("-C").arg(dir).args(args).env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    let instead = "install git, or name two folders: `clearance diff OLD NEW`";
    let output = program::run(command.stderr(Stdio::piped()), input, instead)?;
    Ok(match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_string()),
    })
}

fn os(text: &str) -> &OsStr {
    OsStr::new(text)
}

/// The nearest folder that is there, where git is asked.
fn place(rules: &Path) -> &Path {
    let there = rules.ancestors().find(|dir| dir.is_dir() && !dir.as_os_str().is_empty());
    there.unwrap_or(Path::new("."))
}

/// The commit that `name` stands for.
pub fn revision(rules: &Path, name: &str) -> Result<Revision, Failed> {
    let dir = place(rules);
    let shown = visible(name);
    let inside = git(dir, &[os("rev-parse"), os("--is-inside-work-tree")], None)?;
    if inside.is_err() {
        return Err(Failed::new(format!("`{shown}` is no folder, and there is no git repository here"))
            .help("name two folders: `clearance diff OLD NEW`"));
    }
    let wanted = format!("{name}^{{commit}}");
    let args = [os("rev-parse"), os("--verify"), os("--quiet"), os("--end-of-options"), os(&wanted)];
    match git(dir, &args, None)? {
        Ok(commit) => {
            let commit = String::from_utf8_lossy(&commit).trim().to_string();
            Ok(Revision { name: name.to_string(), commit })
        }
        Err(_) => Err(Failed::new(format!("`{shown}` is neither a folder nor a revision that git knows"))
            .help("`git log --oneline` lists revisions; after `git fetch`, `origin/main` is one")),
    }
}

/// The last commit that two have in common.
pub fn fork(rules: &Path, a: &str, b: &str) -> Result<Revision, Failed> {
    let (a, b) = (revision(rules, a)?, revision(rules, b)?);
    match git(place(rules), &[os("merge-base"), os(&a.commit), os(&b.commit)], None)? {
        Ok(commit) => {
            let commit = String::from_utf8_lossy(&commit).trim().to_string();
            Ok(Revision { name: format!("{}...{}", a.name, b.name), commit })
        }
        Err(_) => {
            let (a, b) = (visible(&a.name), visible(&b.name));
            Err(Failed::new(format!("`{a}` and `{b}` have no commit in common")))
        }
    }
}

/// Every version of the rules folder that git knows, newest first; each content once. None where git is not used.
pub fn versions(rules: &Path) -> Result<Vec<Revision>, Failed> {
    let dir = place(rules);
    let Ok(Ok(_)) = git(dir, &[os("rev-parse"), os("--is-inside-work-tree")], None) else {
        return Ok(Vec::new());
    };
    let root = inside(rules)?;
    let path = format!(":(top,literal){root}");
    let mut args = vec![os("rev-list"), os("--all"), os("--full-history")];
    if !root.is_empty() {
        args.extend([os("--"), os(&path)]);
    }
    let Ok(commits) = git(dir, &args, None)? else { return Ok(Vec::new()) };
    let commits = String::from_utf8_lossy(&commits).into_owned();
    let asked: String = commits.lines().map(|commit| format!("{commit}:{root}\n")).collect();
    let format = os("--batch-check=%(objectname) %(objecttype)");
    let trees = git(dir, &[os("cat-file"), format], Some(asked.into_bytes()))?
        .map_err(|why| Failed::new(format!("git says: {why}")))?;
    let mut seen = BTreeSet::new();
    let trees = String::from_utf8_lossy(&trees).into_owned();
    let versions = commits
        .lines()
        .zip(trees.lines())
        .filter(|(_, tree)| tree.ends_with(" tree") && seen.insert(tree.to_string()));
    let named = |commit: &str| commit.get(..12).unwrap_or(commit).to_string();
    Ok(versions.map(|(commit, _)| Revision { name: named(commit), commit: commit.to_string() }).collect())
}

/// What a tree says about one file.
struct Entry {
    /// Its path from the rules folder.
    path: String,
    link: bool,
    /// Whether it is a file or a link at all.
    blob: bool,
    hash: String,
}

/// Reads the rules folder as it stood at a revision, and refuses what the folder itself would.
pub fn read(
    rules: &Path,
    revision: &Revision,
    cases: bool,
    findings: &mut Vec<Diagnostic>,
) -> Result<Folder, Failed> {
    let shown = visible(&revision.name);
    let root = inside(rules)?;
    let tree = if root.is_empty() { revision.commit.clone() } else { format!("{}:{root}", revision.commit) };
    let args = [os("ls-tree"), os("-r"), os("-z"), os("--full-tree"), os("--end-of-options"), os(&tree)];
    let listed = git(place(rules), &args, None)?.map_err(|_| {
        Failed::new(format!("the revision `{shown}` has no rules folder `{}`", visible(&root)))
            .help("`--rules DIR` names another folder")
    })?;
    let entries: Vec<Entry> = listed.split(|byte| *byte == 0).filter_map(entry).collect();
    let mut folder = Folder::new();
    let mut wanted: Vec<&Entry> = Vec::new();
    for one in &entries {
        match check(one, cases) {
            Checked::Read => wanted.push(one),
            Checked::Skip => {}
            Checked::Refuse(finding) => {
                let finding = folder.refuse(&one.path, finding);
                findings.push(finding);
            }
        }
    }
    if wanted.len() > RULE_FILES {
        return Err(Failed::new(format!("`{shown}` holds more than {RULE_FILES} rule files"))
            .help("name the folder that holds `facts.yaml` and nothing but rules"));
    }
    // In the order in which the folder itself is walked.
    wanted.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    let hashes: Vec<&str> = wanted.iter().map(|one| one.hash.as_str()).collect();
    for (one, bytes) in wanted.iter().zip(blobs(rules, &hashes)?) {
        folder.add(&one.path, bytes, findings);
    }
    folder.texts.lie_under(&folder::named(rules));
    Ok(folder)
}

/// The rules folder as the repository calls it.
fn inside(rules: &Path) -> Result<String, Failed> {
    let dir = place(rules);
    let prefix = git(dir, &[os("rev-parse"), os("--show-prefix")], None)?
        .map_err(|why| Failed::new(format!("git says: {why}")))?;
    let prefix = String::from_utf8_lossy(&prefix).trim_end_matches('\n').to_string();
    let rest = if dir == Path::new(".") { rules } else { rules.strip_prefix(dir).unwrap_or(Path::new("")) };
    let rest = rest.to_string_lossy().replace('\\', "/");
    let rest = rest.trim_start_matches("./").trim_matches('/');
    let rest = if rest == "." { "" } else { rest };
    Ok(format!("{prefix}{rest}").trim_end_matches('/').to_string())
}

/// `100644 blob 9f3c...<tab>microneedling.yaml`
fn entry(line: &[u8]) -> Option<Entry> {
    let line = String::from_utf8_lossy(line);
    let (about, path) = line.split_once('\t')?;
    let mut about = about.split(' ');
    let (mode, kind, hash) = (about.next()?, about.next()?, about.next()?);
    let (link, blob) = (mode == "120000", kind == "blob");
    Some(Entry { path: path.to_string(), link, blob, hash: hash.to_string() })
}

enum Checked {
    Read,
    Skip,
    Refuse(Diagnostic),
}

/// Whether a file is one of the rules, and may be read.
fn check(one: &Entry, cases: bool) -> Checked {
    let mut prefix = String::new();
    let mut parts = one.path.split('/').peekable();
    let mut depth = 0;
    while let Some(name) = parts.next() {
        let is_folder = parts.peek().is_some();
        if folder::left_out(name, is_folder, &prefix, cases) {
            return Checked::Skip;
        }
        if is_folder {
            depth += 1;
            prefix += name;
            prefix.push('/');
            continue;
        }
        if !(name.ends_with(".yaml") || name.ends_with(".rhai")) {
            return folder::misnamed(&one.path, name).map_or(Checked::Skip, Checked::Refuse);
        }
    }
    if depth > FOLDERS {
        return Checked::Refuse(folder::unreadable(&one.path, "folders are nested too deep"));
    }
    if one.link {
        return Checked::Refuse(folder::unreadable(
            &one.path,
            "it is a link, which an old revision cannot follow",
        ));
    }
    if !one.blob {
        return Checked::Refuse(folder::unreadable(&one.path, "it is another repository"));
    }
    Checked::Read
}

/// The contents behind these hashes. Of a file that is too large one byte too many is kept.
fn blobs(rules: &Path, hashes: &[&str]) -> Result<Vec<Vec<u8>>, Failed> {
    let asked = hashes.iter().map(|hash| format!("{hash}\n")).collect::<String>();
    let output = git(place(rules), &[os("cat-file"), os("--batch")], Some(asked.into_bytes()))?
        .map_err(|why| Failed::new(format!("git says: {why}")))?;
    let mut rest = &output[..];
    let mut contents = Vec::new();
    for hash in hashes {
        let broken = || Failed::new(format!("git gives no content for `{hash}`"));
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(broken)?;
        rest = &rest[end + 1..];
        let content = rest.get(..size).ok_or_else(broken)?;
        let mut kept = Vec::new();
        let _ = content.take(RULE_FILE as u64 + 1).read_to_end(&mut kept);
        contents.push(kept);
        rest = rest.get(size + 1..).unwrap_or_default();
    }
    Ok(contents)
}
