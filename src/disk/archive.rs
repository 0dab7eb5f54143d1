//! Keeping the rules of a decision, for clinics that keep their rules in no repository.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::NOT_RULES;
use super::write::sync;
use super::{Failed, words};
use crate::book::Treatment;
use crate::limits::{FOLDERS, RULE_FILE, RULE_FILES};

/// Keeps a copy of `rules` in `archive`, under a name from the digest of `treatment`, unless it lies there. `means`
/// says whether the rules in a folder still mean that digest.
pub fn keep(
    rules: &Path,
    archive: &Path,
    treatment: &Treatment,
    means: impl Fn(&Path) -> bool,
) -> Result<(), Failed> {
    let digest = treatment.digest.trim_start_matches("sha256:");
    let place = archive.join(format!("{}-{digest}", treatment.id));
    if place.is_dir() {
        return Ok(());
    }
    let shown = archive.display();
    let fail = |error: io::Error| {
        Failed::new(format!("the archive `{shown}` cannot be written: {}", words(&error)))
            .help("nothing was decided: without a copy of the rules nobody could replay it")
    };
    let new = archive.join(format!(".new-{}", std::process::id()));
    let copied = copy(rules, &new);
    let same = copied.as_ref().is_ok_and(|()| means(&new));
    let moved = copied.and_then(|()| match same {
        true => fs::rename(&new, &place).and_then(|()| sync(archive)),
        false => Ok(()),
    });
    if new.exists() {
        let _ = fs::remove_dir_all(&new);
    }
    match moved {
        Ok(()) if same => Ok(()),
        Ok(()) => Err(Failed::new(format!("the rules changed while they were copied to `{shown}`"))
            .help("run the command again")),
        // Somebody else was faster.
        Err(_) if place.is_dir() => Ok(()),
        Err(error) => Err(fail(error)),
    }
}

/// The copies of rules that an archive holds, in the order of their names.
pub fn copies(archive: &Path) -> Result<Vec<PathBuf>, Failed> {
    let entries = fs::read_dir(archive).map_err(|error| {
        Failed::new(format!("the archive `{}` cannot be read: {}", archive.display(), words(&error)))
    })?;
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.retain(|path| path.join("facts.yaml").is_file());
    folders.sort();
    Ok(folders)
}

/// Copies every file but hidden ones and those that hold clients.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let mut files = 0;
    let mut folders: Vec<(PathBuf, PathBuf, usize)> = vec![(from.to_path_buf(), to.to_path_buf(), 0)];
    while let Some((from, to, depth)) = folders.pop() {
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let (name, data) = (entry.file_name(), fs::metadata(entry.path())?);
            let shown = name.to_string_lossy();
            if shown.starts_with('.') || data.is_dir() && NOT_RULES.contains(&&*shown) {
                continue;
            }
            let (from, to) = (entry.path(), to.join(&name));
            if data.is_dir() && depth < FOLDERS {
                fs::create_dir_all(&to)?;
                folders.push((from, to, depth + 1));
            } else if data.is_file() && data.len() <= RULE_FILE as u64 && files <= RULE_FILES {
                files += 1;
                fs::copy(&from, &to)?;
                File::open(&to)?.sync_all()?;
            }
        }
        sync(&to)?;
    }
    Ok(())
}
