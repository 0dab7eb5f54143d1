//! The files of approved answers, beside the cases of a treatment in `<treatment>/cases/approved`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Failed, read, write};
use crate::limits::SMALL_FILE;

/// Below the folder, what was approved about rules.
pub const RULES: &str = "rules/";

/// The approved answers of one treatment.
pub struct Approved {
    /// Where they lie.
    dir: PathBuf,
    /// How the folder is called in messages.
    shown: String,
}

impl Approved {
    /// The approved answers of `treatment` in the folder `rules`. A link that leads out of the folder is refused.
    pub fn of(rules: &Path, treatment: &str) -> Result<Approved, Failed> {
        let shown = format!("{treatment}/cases/approved");
        let dir = rules.join(&shown);
        let root = fs::canonicalize(rules).map_err(|error| Failed::unread(&shown, &error))?;
        for part in [dir.as_path(), &dir.join(RULES)] {
            if let Ok(real) = fs::canonicalize(part)
                && !real.starts_with(&root)
            {
                return Err(Failed::new(format!("`{shown}` is a link to a place outside the rules folder"))
                    .help("put a folder there"));
            }
        }
        Ok(Approved { dir, shown })
    }

    /// How the folder is called in messages.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The text as it was approved, if there is one. A program that turned its line ends into those of another
    /// system is forgiven.
    pub fn read(&self, path: &str) -> Result<Option<String>, Failed> {
        match read::found(&self.dir.join(path), SMALL_FILE) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failed::unread(format!("{}/{path}", self.shown), &error)),
        }
    }

    /// Puts an approved text at a path below the folder.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Failed> {
        write::whole(&self.dir.join(path), text).map_err(|error| self.unwritten(path, &error))
    }

    /// Removes an approved text.
    pub fn remove(&self, path: &str) -> Result<(), Failed> {
        fs::remove_file(self.dir.join(path)).map_err(|error| self.unwritten(path, &error))
    }

    fn unwritten(&self, path: &str, error: &io::Error) -> Failed {
        Failed::unwritten(format!("{}/{path}", self.shown), error)
    }

    /// Every approved answer in the folder, in order: `radiation.txt`, `rules/radiation.txt`.
    pub fn files(&self) -> Result<Vec<String>, Failed> {
        let mut found = Vec::new();
        for (dir, prefix) in [(self.dir.clone(), ""), (self.dir.join(RULES), RULES)] {
            let entries = match fs::read_dir(&dir) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Failed::unread(&self.shown, &error)),
            };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.ends_with(".txt") {
                    found.push(format!("{prefix}{name}"));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
