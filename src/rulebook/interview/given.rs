//! An answer that was given, and the question that it is to.

use super::asking::Asking;
use super::reading::{Said, Says};

/// An answer to a question.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) asking: Asking,
    /// The line, as it was typed.
    pub(super) line: String,
    pub(super) said: Said,
    /// How many answers were given before it.
    pub(super) after: usize,
}

impl Given {
    /// Whether it says something of this option, or of the fact where it has none of its own.
    pub(super) fn is_about(&self, option: Option<usize>) -> bool {
        match (option, &self.said.says) {
            (Some(option), Says::Parts(parts, others)) => {
                parts.iter().any(|(at, _)| *at == option) || *others && self.asking.options.contains(&option)
            }
            (None | Some(_), Says::Unknown | Says::Whole(_) | Says::Parts(..)) => true,
        }
    }

    /// Whether it says something of what was asked.
    pub(super) fn is_about_asked(&self) -> bool {
        self.asking.options.iter().any(|option| self.is_about(Some(*option)))
    }

    /// Whether nothing is known of what was asked.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.said.says, Says::Unknown)
    }
}
