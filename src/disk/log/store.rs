//! Writing to a log: one process at a time, bodies before lines, both on the disk before anything is printed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::bodies::{self, Kept};
use super::files::{self, fail, failed, none, options, sync_folder};
use super::open::Log;
use crate::disk::{Failed, clock};
use crate::log::chain::{self, Line, START};
use crate::log::entry::{Entry, What};
use crate::prose::visible;

/// So many lines are written at once, so that a long run waits for the disk less often.
pub const CHUNK: usize = 256;
/// First so much of the end of a log is read, to find its last line.
const NEAR: u64 = 64 << 10;
/// And then so much; no line is longer.
const FAR: u64 = 8 << 20;

/// What a line is to say, and what it commits to.
pub struct Draft {
    /// The JSON texts behind the commitments.
    pub body: Kept,
    /// Makes the content of the line from the commitments.
    pub what: Says,
}

/// What a line says, given the commitments to the parts of its body.
pub type Says = Box<dyn Fn(&[String]) -> What>;

/// A log that nobody else writes to, as long as this lives.
pub struct Store {
    path: PathBuf,
    file: File,
    /// The hash and sequence of the last line.
    last: (u64, String),
    /// What had to be done about the last line when the log was opened.
    pub mended: Option<Mended>,
}

/// What was done about a last line that a run was writing as it was ended.
pub enum Mended {
    /// It lacked only its end, which was added.
    Ended,
    /// It was torn; it lies in this file now.
    Moved(PathBuf),
}

impl Store {
    /// Waits until nobody else writes, and finds the end. A torn last line is moved out of the way. A log that is
    /// not there yet is made if `create` says so.
    pub fn open(path: &Path, create: bool) -> Result<Store, Failed> {
        if path.exists() && !path.is_file() {
            return Err(fail(path, "it is no file").help("name a file; it is made if it is not there"));
        }
        if !create && !path.exists() {
            return Err(none(path));
        }
        let file = options().create(create).open(path).map_err(failed(path))?;
        file.lock().map_err(failed(path))?;
        let mut store = Store { path: path.to_path_buf(), file, last: (0, START.to_string()), mended: None };
        if store.length()? == 0 {
            sync_folder(path).map_err(failed(path))?;
        }
        store.find_end()?;
        Ok(store)
    }

    fn length(&self) -> Result<u64, Failed> {
        Ok(self.file.metadata().map_err(failed(&self.path))?.len())
    }

    /// Reads the last line, and moves away what a crash left behind it.
    fn find_end(&mut self) -> Result<(), Failed> {
        let length = self.length()?;
        let mut tail = Vec::new();
        let mut last = None;
        let mut start = 0;
        for most in [NEAR, FAR] {
            start = length.saturating_sub(most);
            tail.clear();
            self.file.seek(SeekFrom::Start(start)).map_err(failed(&self.path))?;
            let mut near = (&self.file).take(most);
            near.read_to_end(&mut tail).map_err(failed(&self.path))?;
            last = end_of(&tail, start == 0);
            if last.is_some() {
                break;
            }
        }
        let Some((line, good)) = last else {
            return Err(fail(&self.path, "its end is no line of a decision log")
                .help("name another file, or bring the log back from a copy"));
        };
        if let Some(line) = line {
            self.last = match chain::read(line) {
                Ok(Line { entry, hash }) => (entry.sequence, hash),
                Err(_) => {
                    let shown = self.path.display();
                    return Err(fail(&self.path, "its last line was changed, or it is no decision log")
                        .help(format!("`clearance log verify {shown}` says what is wrong")));
                }
            };
        }
        let torn = tail[good..].to_vec();
        match torn.is_empty() {
            true => Ok(()),
            false => self.mend(&torn, start + good as u64),
        }
    }

    /// Moves a torn line to a file beside the log; one that only lacks its end gets it.
    fn mend(&mut self, torn: &[u8], from: u64) -> Result<(), Failed> {
        let shown = visible(&self.path.display().to_string());
        let expected = format!("{{\"sequence\":{},\"previous\":\"{}\"", self.last.0 + 1, self.last.1);
        let written = torn.split(|byte| *byte == 0).next().unwrap_or_default();
        let length = written.len().min(expected.len());
        if written[..length] != expected.as_bytes()[..length] {
            return Err(fail(&self.path, "its end is no line of a decision log")
                .help(format!("`clearance log verify {shown}` says what is wrong")));
        }
        let whole = [torn, b"\n"].concat();
        if let Ok(Line { entry, hash }) = chain::read(&whole) {
            self.file.write_all(b"\n").and_then(|()| self.file.sync_all()).map_err(failed(&self.path))?;
            self.last = (entry.sequence, hash);
            self.mended = Some(Mended::Ended);
            return Ok(());
        }
        let path = files::beside(&self.path, ".torn");
        let mut beside = options().create(true).open(&path).map_err(failed(&path))?;
        beside.write_all(&whole).and_then(|()| beside.sync_all()).map_err(failed(&path))?;
        sync_folder(&path).map_err(failed(&path))?;
        self.file.set_len(from).and_then(|()| self.file.sync_all()).map_err(failed(&self.path))?;
        self.mended = Some(Mended::Moved(path));
        Ok(())
    }

    /// Reads the whole log, while nobody else writes to it.
    pub fn read(&mut self) -> Result<Log, Failed> {
        self.file.rewind().map_err(failed(&self.path))?;
        Log::read(&self.path, &self.file)
    }

    /// The sequence of the last line.
    pub fn last(&self) -> u64 {
        self.last.0
    }

    /// Shows each line of the bodies, if there are any.
    pub fn each_body(&self, see: &mut dyn FnMut(&[u8])) -> Result<(), Failed> {
        bodies::each(&self.path, see)
    }

    /// Replaces the bodies at one go by those lines that `keep` wants.
    pub fn retain_bodies(&mut self, keep: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Failed> {
        bodies::retain(&self.path, keep)
    }

    /// Writes these lines and their bodies. When it returns, they are safe; if it fails, nothing was added.
    pub fn append(&mut self, drafts: &[Draft]) -> Result<Vec<u64>, Failed> {
        let json = |error: serde_json::Error| fail(&self.path, &error.to_string());
        let (mut lines, mut kept) = (String::new(), String::new());
        let mut last = self.last.clone();
        let mut sequences = Vec::new();
        let time = clock::now();
        for draft in drafts {
            let sequence = last.0 + 1;
            let (commitments, body) =
                bodies::promised(&draft.body, sequence).map_err(|why| fail(&self.path, &why))?;
            if let Some(body) = body {
                kept += &body.write().map_err(json)?;
            }
            let entry = Entry {
                sequence,
                previous: last.1,
                time: time.clone(),
                engine: env!("CARGO_PKG_VERSION").to_string(),
                what: (draft.what)(&commitments),
            };
            let (line, hash) = chain::write(&entry).map_err(json)?;
            lines += &line;
            last = (sequence, hash);
            sequences.push(sequence);
        }
        let path = files::bodies(&self.path);
        let undo = bodies::add(&path, &kept)?;
        let before = self.length()?;
        if let Err(error) = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_all()) {
            // Half a line must not stay; if even that fails, the next run moves it away.
            let _ = self.file.set_len(before).and_then(|()| self.file.sync_all());
            if let Some((file, length)) = undo {
                let _ = file.set_len(length).and_then(|()| file.sync_all());
            }
            return Err(failed(&self.path)(error));
        }
        self.last = last;
        Ok(sequences)
    }
}

/// The last line in `tail`, which may be none, and where what follows it begins. Nothing comes back if more of the
/// file must be read. `whole`: `tail` is all there is.
fn end_of(tail: &[u8], whole: bool) -> Option<(Option<&[u8]>, usize)> {
    let mut good = match tail.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => at + 1,
        None if whole => return Some((None, 0)),
        None => return None,
    };
    loop {
        let start = match tail[..good - 1].iter().rposition(|byte| *byte == b'\n') {
            Some(at) => at + 1,
            None if whole => 0,
            None => return None,
        };
        // A power cut can leave zeros where a line had no time to be written.
        if !tail[start..good].contains(&0) {
            return Some((Some(&tail[start..good]), good));
        }
        if start == 0 {
            return whole.then_some((None, 0));
        }
        good = start;
    }
}
