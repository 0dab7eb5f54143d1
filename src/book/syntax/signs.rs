//! The words and signs that conditions know, and those they refuse with what was meant.

use super::lexer::{Operator, TokenKind};
use super::{CompareOp, visible};

/// The words Rhai keeps for itself or gives a meaning, and the three that read as operators.
pub(super) const RESERVED: &[&str] = &[
    "Fn",
    "and",
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "global",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "not",
    "null",
    "or",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Whether `word` cannot name a fact, an option or a parameter, because a condition could not use it.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// Signs of more than one character that are no operators here, longest first, with what was meant.
/// Rhai reads each as one sign, so none may fall apart into two of ours.
pub(super) const FOREIGN: &[(&str, Option<(&str, TokenKind)>)] = &[
    ("===", Some(("==", EQUAL))),
    ("!==", Some(("!=", NOT_EQUAL))),
    ("<>", Some(("!=", NOT_EQUAL))),
    ("=<", Some(("<=", compare(CompareOp::LessOrEqual)))),
    ("=>", Some((">=", compare(CompareOp::GreaterOrEqual)))),
    ("**", None),
    ("??", None),
    ("..", None),
    ("::", None),
    ("++", None),
    ("--", None),
    ("<-", None),
    ("->", None),
    ("<<", None),
    (">>", None),
    ("+=", None),
    ("-=", None),
    ("|>", None),
    ("<|", None),
];

pub(super) const SIGNS: &[(&str, TokenKind)] = &[
    ("||", TokenKind::Operator(Operator::Or)),
    ("&&", TokenKind::Operator(Operator::And)),
    ("==", EQUAL),
    ("!=", NOT_EQUAL),
    ("<=", compare(CompareOp::LessOrEqual)),
    (">=", compare(CompareOp::GreaterOrEqual)),
    ("<", compare(CompareOp::Less)),
    (">", compare(CompareOp::Greater)),
    ("+", TokenKind::Operator(Operator::Plus)),
    ("-", TokenKind::Operator(Operator::Minus)),
    ("!", TokenKind::Bang),
    ("(", TokenKind::Open),
    (")", TokenKind::Close),
    (",", TokenKind::Comma),
    (".", TokenKind::Dot),
];

/// Single signs that a word processor or another language puts in the place of ours.
pub(super) const LOOKALIKES: &[(char, &str, TokenKind)] = &[
    ('=', "==", EQUAL),
    ('&', "&&", TokenKind::Operator(Operator::And)),
    ('|', "||", TokenKind::Operator(Operator::Or)),
    ('∧', "&&", TokenKind::Operator(Operator::And)),
    ('∨', "||", TokenKind::Operator(Operator::Or)),
    ('¬', "!", TokenKind::Bang),
    ('≥', ">=", compare(CompareOp::GreaterOrEqual)),
    ('≤', "<=", compare(CompareOp::LessOrEqual)),
    ('≠', "!=", NOT_EQUAL),
    ('–', "-", TokenKind::Operator(Operator::Minus)),
    ('—', "-", TokenKind::Operator(Operator::Minus)),
    ('−', "-", TokenKind::Operator(Operator::Minus)),
];

const EQUAL: TokenKind = compare(CompareOp::Equal);
const NOT_EQUAL: TokenKind = compare(CompareOp::NotEqual);

const fn compare(op: CompareOp) -> TokenKind {
    TokenKind::Operator(Operator::Compare(op))
}

/// A sign as a message shows it: what cannot be seen by its number.
pub(super) fn sign_name(c: char) -> String {
    if c.is_control() || c.is_whitespace() || visible(c.encode_utf8(&mut [0; 4])) == "\u{fffd}" {
        format!("the invisible character U+{:04X}", c as u32)
    } else if c == '`' {
        "a backtick".to_string()
    } else {
        format!("`{c}`")
    }
}

/// What to write for `180 days`, if `word` is a unit of time.
pub(super) fn unit_help(number: &str, word: &str) -> Option<String> {
    let function = match word.to_ascii_lowercase().as_str() {
        "d" | "day" | "days" => "days",
        "w" | "week" | "weeks" => "weeks",
        "m" | "month" | "months" => "months",
        "y" | "year" | "years" => "years",
        "h" | "hour" | "hours" | "min" | "minute" | "minutes" => {
            return Some("a condition counts in days, weeks, months and years".to_string());
        }
        _ => return None,
    };
    Some(format!("write `{function}({number})`, or better a parameter"))
}
