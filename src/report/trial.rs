//! What CI counts: one thing that was tried, and what came of it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

/// One thing that was tried: a case, or a rule file.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What it is called, in its group.
    pub name: String,
    /// What it is listed under.
    pub group: String,
    /// Where it is written, if it is written anywhere.
    pub at: Option<Span>,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

impl Trial {
    /// Whether it passed: no finding is an error.
    pub fn passed(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}
