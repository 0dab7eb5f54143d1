//! Conditions as trees: `acne_medications.isotretinoin + days(180)` becomes a sum of a member and a call.
//!
//! The language is a strict subset of Rhai with Rhai's precedences: whatever is accepted here is valid
//! Rhai and means the same. Nothing here knows which facts exist. `tests/library/rhai_agrees` holds it to that.

use std::fmt;
use std::ops::Range;

mod lexer;
mod parser;
mod refusals;
mod signs;

use crate::prose::visible;
pub use signs::is_reserved;

/// A condition or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// What it is.
    pub kind: TreeKind,
    /// Its bytes, without parentheses that surround all of it.
    pub range: Range<usize>,
}

/// What a [`Tree`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeKind {
    /// `pregnant`
    Name(String),
    /// `skin_diseases.any`: exactly one dot.
    Member {
        /// `skin_diseases`
        base: String,
        /// The bytes of `skin_diseases`.
        base_range: Range<usize>,
        /// `any`
        member: String,
        /// The bytes of `any`.
        member_range: Range<usize>,
    },
    /// `180` or `1.50`, as written, of at most 18 digits.
    Number(String),
    /// `-5`: the number as written, without its sign.
    Negative(String),
    /// `"2026-01-31"`, without its quotation marks: printable ASCII without escapes.
    Text(String),
    /// `days(180)`; also `not(a)`, which means `!a`.
    Call {
        /// `days`
        name: String,
        /// The bytes of `days`.
        name_range: Range<usize>,
        /// `180`
        args: Vec<Tree>,
    },
    /// `!a`
    Not(Box<Tree>),
    /// `a && b && c`: two or more, none of them an `And`.
    And(Vec<Tree>),
    /// `a || b || c`: two or more, none of them an `Or`.
    Or(Vec<Tree>),
    /// `a < b`
    Compare {
        /// `<`
        op: CompareOp,
        /// The bytes of `<`.
        op_range: Range<usize>,
        /// `a`
        left: Box<Tree>,
        /// `b`
        right: Box<Tree>,
    },
    /// `a + b`
    Plus(Box<Tree>, Box<Tree>),
    /// `a - b`
    Minus(Box<Tree>, Box<Tree>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompareOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl CompareOp {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::LessOrEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual => ">=",
        }
    }

    /// As in Rhai.
    fn precedence(self) -> u8 {
        match self {
            CompareOp::Equal | CompareOp::NotEqual => 90,
            _ => 130,
        }
    }
}

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do, one line each.
    pub helps: Vec<String>,
    /// Wrong or too large.
    pub kind: SyntaxErrorKind,
}

/// The two ways to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// The text cannot be read.
    Bad,
    /// The text is longer, deeper or has more parts than any condition needs.
    TooLarge,
}

impl SyntaxError {
    fn bad(range: Range<usize>, message: impl Into<String>, helps: &[&str]) -> Self {
        SyntaxError {
            range,
            message: message.into(),
            helps: helps.iter().map(|help| help.to_string()).collect(),
            kind: SyntaxErrorKind::Bad,
        }
    }

    fn too_large(range: Range<usize>, message: String) -> Self {
        SyntaxError {
            range,
            message,
            helps: vec!["split it: `when_all:` and `when_any:` take a list".to_string()],
            kind: SyntaxErrorKind::TooLarge,
        }
    }
}

/// The user's words as a message shows them: in backticks, cut when long.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{}`", visible(&shown))
}

/// What to write instead of comparing `fact` with yes or no.
pub(super) fn stands_alone(fact: impl fmt::Display, wanted: bool) -> String {
    if wanted { format!("write just `{fact}`") } else { format!("write `not({fact})`") }
}

impl Tree {
    /// Calls `see` for this tree and every one inside it, outermost first.
    pub fn walk<'t>(&'t self, see: &mut impl FnMut(&'t Tree)) {
        see(self);
        match &self.kind {
            TreeKind::Not(inner) => inner.walk(see),
            TreeKind::And(parts) | TreeKind::Or(parts) | TreeKind::Call { args: parts, .. } => {
                parts.iter().for_each(|part| part.walk(see));
            }
            TreeKind::Compare { left, right, .. }
            | TreeKind::Plus(left, right)
            | TreeKind::Minus(left, right) => {
                left.walk(see);
                right.walk(see);
            }
            _ => {}
        }
    }
}

/// Reads one condition or date. At least one error, and those that can be told apart from it.
pub fn parse(text: &str) -> Result<Tree, Vec<SyntaxError>> {
    parser::parse(text)
}

impl Tree {
    /// How tightly it holds together: Rhai's numbers for operators, more for everything else.
    fn precedence(&self) -> u8 {
        match &self.kind {
            TreeKind::Or(_) => 30,
            TreeKind::And(_) => 60,
            TreeKind::Compare { op, .. } => op.precedence(),
            TreeKind::Plus(..) | TreeKind::Minus(..) => 150,
            TreeKind::Not(_) => 200,
            _ => 250,
        }
    }

    /// Writes the tree, in parentheses unless it holds together at least as tightly as `least`.
    fn write(&self, f: &mut fmt::Formatter<'_>, least: u8) -> fmt::Result {
        if self.precedence() < least {
            f.write_str("(")?;
            self.write(f, 0)?;
            return f.write_str(")");
        }
        match &self.kind {
            TreeKind::Name(name) | TreeKind::Number(name) => f.write_str(name),
            TreeKind::Member { base, member, .. } => write!(f, "{base}.{member}"),
            TreeKind::Negative(number) => write!(f, "-{number}"),
            TreeKind::Text(text) => write!(f, "\"{text}\""),
            TreeKind::Call { name, args, .. } => {
                f.write_str(name)?;
                f.write_str("(")?;
                write_list(f, args, ", ", 0)?;
                f.write_str(")")
            }
            TreeKind::Not(inner) => {
                f.write_str("!")?;
                inner.write(f, 200)
            }
            TreeKind::And(parts) => write_list(f, parts, " && ", 61),
            TreeKind::Or(parts) => write_list(f, parts, " || ", 31),
            // A comparison in a comparison must keep its parentheses, though Rhai could do without.
            TreeKind::Compare { op, left, right, .. } => write_pair(f, left, op.symbol(), right, 131, 131),
            TreeKind::Plus(left, right) => write_pair(f, left, "+", right, 150, 151),
            TreeKind::Minus(left, right) => write_pair(f, left, "-", right, 150, 151),
        }
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, parts: &[Tree], between: &str, least: u8) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        part.write(f, least)?;
    }
    Ok(())
}

fn write_pair(
    f: &mut fmt::Formatter<'_>,
    left: &Tree,
    sign: &str,
    right: &Tree,
    least_left: u8,
    least_right: u8,
) -> fmt::Result {
    left.write(f, least_left)?;
    write!(f, " {sign} ")?;
    right.write(f, least_right)
}

/// Canonical Rhai with as few parentheses as [`parse`] needs to read the same tree.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

#[cfg(test)]
mod tests;
