//! How far a run has come, on standard error where a person reads it: records and their outcomes, how fast, and how
//! long it still takes if that can be told.

use indicatif::{ProgressBar, ProgressStyle};

use super::super::exit::Failure;
use super::super::output;
use crate::disk::read;
use crate::report::tally::Counts;

/// The line on standard error.
pub struct Progress(ProgressBar);

impl Progress {
    /// For these files; nothing is shown where nobody reads it.
    pub fn start(files: &[String]) -> Progress {
        let total: Option<u64> = files.iter().map(|file| read::size(file)).sum();
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "[{bar:20}] {percent}%, {eta} left; {msg}"),
            None => (ProgressBar::new_spinner(), "{spinner} {elapsed}; {msg}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress(bar)
    }

    /// So many bytes more were read.
    pub fn tell(&self, read: u64, counts: &Counts) {
        if self.0.is_hidden() {
            return;
        }
        let seconds = self.0.elapsed().as_secs_f64().max(0.001);
        let rate = (counts.records() as f64 / seconds) as u64;
        self.0.set_message(format!("{} records, {rate}/s: {}", counts.records(), counts.outcomes()));
        self.0.inc(read);
    }

    /// Writes answers to standard output. Those for programs go there as they are.
    pub fn print(&self, bytes: &[u8], plain: bool) -> Result<(), Failure> {
        self.0.suspend(|| {
            if plain { output::print_bytes(bytes) } else { output::print(&String::from_utf8_lossy(bytes)) }
        })
    }

    /// Writes to standard error.
    pub fn complain(&self, text: &str) {
        if !text.is_empty() {
            self.0.suspend(|| output::complain(text));
        }
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
