//! Finding the rules of an old decision by their digest: in the folder, in an archive, in git.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::exit::Failure;
use super::super::folder;
use crate::disk::{archive, git, read};
use crate::prose::visible;
use crate::rulebook::{Loaded, Part, Rulebook, loaded};

/// Where rules may lie.
enum Place {
    Folder(PathBuf),
    Archive(PathBuf),
    Revision(git::Revision),
}

/// Every place where rules may lie, opened only when they are looked for.
pub struct Places {
    rules: PathBuf,
    places: Vec<Place>,
    /// How many were opened so far.
    seen: usize,
    /// Whether git was asked.
    asked_git: bool,
    /// The place of each digest that was seen.
    known: BTreeMap<String, usize>,
    /// What was found before.
    open: BTreeMap<usize, Rulebook>,
}

impl Places {
    /// The rules folder, then an archive, then every version in git, newest first.
    pub fn new(rules: &Path, archive: Option<&Path>) -> Result<Places, Failure> {
        let mut places = Vec::new();
        if read::is_folder(rules) {
            places.push(Place::Folder(rules.to_path_buf()));
        }
        if let Some(archive) = archive {
            places.extend(archive::copies(archive)?.into_iter().map(Place::Archive));
        }
        let (rules, open) = (rules.to_path_buf(), BTreeMap::new());
        Ok(Places { rules, places, seen: 0, asked_git: false, known: BTreeMap::new(), open })
    }

    /// The rules that hold a treatment with this digest, and where they lie.
    pub fn find(&mut self, digest: &str) -> Result<Option<(&Rulebook, String)>, Failure> {
        while !self.known.contains_key(digest) {
            if self.seen == self.places.len() && !self.asked_git {
                self.asked_git = true;
                self.places.extend(git::versions(&self.rules)?.into_iter().map(Place::Revision));
            }
            if self.seen == self.places.len() {
                return Ok(None);
            }
            let at = self.seen;
            self.seen += 1;
            // Rules that cannot be read are not those of a decision.
            let Ok(loaded) = self.load(at) else { continue };
            for treatment in &loaded.book.treatments {
                self.known.entry(treatment.digest.clone()).or_insert(at);
            }
            if self.known.get(digest) == Some(&at) {
                self.open.insert(at, Rulebook::from_loaded(loaded));
            }
        }
        let at = self.known[digest];
        if !self.open.contains_key(&at) {
            let loaded = self.load(at)?;
            self.open.insert(at, Rulebook::from_loaded(loaded));
        }
        Ok(self.open.get(&at).map(|rulebook| (rulebook, self.name(at))))
    }

    fn load(&self, at: usize) -> Result<Loaded, Failure> {
        match &self.places[at] {
            Place::Folder(dir) | Place::Archive(dir) => folder::load(dir, Part::Rules),
            Place::Revision(revision) => {
                let mut findings = Vec::new();
                let read = git::read(&self.rules, revision, false, &mut findings)?;
                Ok(loaded(read, Part::Rules, findings))
            }
        }
    }

    fn name(&self, at: usize) -> String {
        match &self.places[at] {
            Place::Folder(dir) => visible(&dir.display().to_string()),
            Place::Archive(dir) => format!("the archive, {}", visible(&dir.display().to_string())),
            Place::Revision(revision) => format!("git, {}", revision.name),
        }
    }
}
