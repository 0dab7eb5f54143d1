//! What the sources of a page say, statement by statement.

use super::Outcome;
use crate::span::Span;

/// A statement of a source.
#[derive(Debug, Clone)]
pub struct Statement {
    /// `L19`
    pub id: String,
    /// The source's path.
    pub source: String,
    /// The line in the original.
    pub line: u32,
    /// The statement, restated.
    pub says: String,
    /// The strongest outcome it supports.
    pub supports: Option<Outcome>,
    /// Whether clients may be handed it.
    pub client_text: bool,
    /// Why it needs no rule, if it does not.
    pub no_rule: Option<String>,
    /// An oddity.
    pub note: Option<String>,
    /// Where its name stands.
    pub span: Span,
}

/// A question to the author of a source. While it is open, rules that cite the source are not signed.
#[derive(Debug, Clone)]
pub struct Query {
    /// The name it goes by.
    pub id: String,
    /// The source's path.
    pub source: String,
    /// The line in the original.
    pub line: Option<String>,
    /// The question.
    pub asks: String,
    /// The answer.
    pub answer: Option<String>,
    /// Who answered.
    pub by: Option<String>,
    /// When.
    pub on: Option<String>,
    /// Whether it is still open.
    pub is_open: bool,
    /// Where its name stands.
    pub span: Span,
}
