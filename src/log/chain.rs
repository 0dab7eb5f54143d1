//! Lines chained by their hashes: writing them, and finding whatever was done to them since.

use super::entry::Entry;
use super::hash;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::LOG_LINES;

/// What stands in place of the hash before the first line.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What comes between the content of a line and its hash.
const KEY: &str = ",\"hash\":\"";
/// The key, the hash, and what ends the line.
const SUFFIX: usize = KEY.len() + 64 + 2;

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub entry: Entry,
    /// Its own hash.
    pub hash: String,
}

/// Why bytes are no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// They do not end as a line does.
    NotWhole,
    /// They were never written as a line by this program.
    NoLine,
    /// The content has another hash than the one the line states.
    OtherHash {
        /// As stated.
        stated: String,
        /// As it is.
        actual: String,
    },
}

/// The bytes of a line with its end, and its hash.
pub fn write(entry: &Entry) -> serde_json::Result<(String, String)> {
    let mut text = serde_json::to_string(entry)?;
    let hash = hash(&[text.as_bytes()]);
    text.pop();
    text += KEY;
    text += &hash;
    text += "\"}\n";
    Ok((text, hash))
}

/// Reads one line; `bytes` are those up to its end, and that too.
pub fn read(bytes: &[u8]) -> Result<Line, Fault> {
    let bytes = bytes.strip_suffix(b"\n").ok_or(Fault::NotWhole)?;
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::NoLine)?;
    let at = text.len().checked_sub(SUFFIX).filter(|at| text.is_char_boundary(*at)).ok_or(Fault::NoLine)?;
    let (content, suffix) = text.split_at(at);
    let stated = suffix.strip_prefix(KEY).and_then(|rest| rest.strip_suffix("\"}")).ok_or(Fault::NoLine)?;
    if !super::is_hash(stated) {
        return Err(Fault::NoLine);
    }
    let content = format!("{content}}}");
    let actual = hash(&[content.as_bytes()]);
    if actual != stated {
        return Err(Fault::OtherHash { stated: stated.to_string(), actual });
    }
    let entry: Entry = serde_json::from_str(&content).map_err(|_| Fault::NoLine)?;
    // Only the one way of writing it counts: no other spaces, order of keys or escapes.
    let same = serde_json::to_string(&entry).is_ok_and(|again| again == content);
    match same && entry.sequence <= LOG_LINES {
        true => Ok(Line { entry, hash: actual }),
        false => Err(Fault::NoLine),
    }
}

/// Reads a log line by line and finds what is wrong with it.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// What was found so far.
    pub findings: Vec<Diagnostic>,
    lines: u64,
    /// The sequence of the next line, if the last one could be read.
    next: Option<u64>,
    /// What the next line may name as the hash before it; anything, if the last line could not be read.
    before: Option<Vec<String>>,
}

impl Default for Verifier {
    fn default() -> Verifier {
        Verifier { findings: Vec::new(), lines: 0, next: Some(1), before: Some(vec![START.to_string()]) }
    }
}

impl Verifier {
    /// Reads the next line, with its end. What can be read of it comes back, even if it is out of place.
    pub fn line(&mut self, bytes: &[u8]) -> Option<Line> {
        self.lines += 1;
        let here = self.lines;
        match read(bytes) {
            Ok(line) => {
                self.place(&line, here);
                self.next = Some(line.entry.sequence + 1);
                self.before = Some(vec![line.hash.clone()]);
                Some(line)
            }
            Err(Fault::NotWhole) => {
                self.findings.push(torn(here));
                None
            }
            Err(Fault::OtherHash { stated, actual }) => {
                let message = format!("line {here} was changed");
                self.findings.push(broken(message).note("its hash is not that of its content"));
                self.next = self.next.map(|next| next + 1);
                // Whichever of the two was changed, the line after it names the other.
                self.before = Some(vec![stated, actual]);
                None
            }
            Err(Fault::NoLine) => {
                let message = format!("line {here} is no line of a decision log");
                self.findings.push(broken(message).note("it was changed, or somebody wrote it by hand"));
                self.next = self.next.map(|next| next + 1);
                self.before = None;
                None
            }
        }
    }

    fn place(&mut self, line: &Line, here: u64) {
        let sequence = line.entry.sequence;
        let expected = self.next.unwrap_or(sequence);
        if sequence > expected {
            let message = match sequence - expected {
                1 => format!("entry {expected} is missing before line {here}"),
                _ => format!("entries {expected} to {} are missing before line {here}", sequence - 1),
            };
            self.findings.push(broken(message).note(format!("line {here} holds entry {sequence}")));
        } else if sequence < expected {
            let message = format!("line {here} holds entry {sequence}, where entry {expected} belongs");
            self.findings.push(broken(message).note("lines were moved, repeated or put in"));
        } else if self.before.as_ref().is_some_and(|known| !known.contains(&line.entry.previous)) {
            let message = format!("line {here} does not follow the line before it");
            let note = match here {
                1 => "its beginning is gone: the first line names a line before it",
                _ => "the line before it was replaced, or both belong to different logs",
            };
            self.findings.push(broken(message).note(note));
        }
    }
}

fn broken(message: String) -> Diagnostic {
    Diagnostic::error(Code::BrokenChain, message)
        .help("compare with a copy; the lines before it stand as they were written")
}

fn torn(here: u64) -> Diagnostic {
    Diagnostic::error(Code::TornLine, format!("line {here}, the last, is not whole"))
        .note("a run was ended while it wrote, or somebody cut the file; the lines before it stand")
        .help("the next run that writes to the log moves the torn end out of the way")
}
