//! Cuts the text of a condition into tokens. What a person plainly meant (`=`, `≥`) becomes the token
//! that was meant, beside an error, so that one run reports several slips.

use std::ops::Range;

use super::signs::{FOREIGN, LOOKALIKES, SIGNS, sign_name, unit_help};
use super::{CompareOp, SyntaxError, quoted};
use crate::limits::DIGITS;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name,
    Number,
    Text,
    Operator(Operator),
    Bang,
    Open,
    Close,
    Comma,
    Dot,
    /// Already reported: the parser stops here without a word.
    Bad,
    End,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Compare(CompareOp),
    Plus,
    Minus,
}

/// A token and its bytes.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
}

const DATE_HELP: &str = "a date is written `date(\"2026-01-31\")`";

/// The tokens of `text`, ending with [`TokenKind::End`], and what is wrong with them.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<SyntaxError>) {
    let mut lexer = Lexer { text, at: 0, errors: Vec::new() };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    tokens.push(Token { kind: TokenKind::End, range: text.len()..text.len() });
    (tokens, lexer.errors)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    errors: Vec<SyntaxError>,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<Token> {
        self.skip(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}'));
        let start = self.at;
        let first = self.rest().chars().next()?;
        let kind = match first {
            'a'..='z' | 'A'..='Z' | '_' => self.name(),
            '0'..='9' => self.number(),
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.bare_fraction(),
            '"' => self.text(),
            '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' => self.foreign_quote(first),
            c if c.is_alphabetic() => self.name(),
            _ => self.sign(first),
        };
        Some(Token { kind, range: start..self.at })
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip(&mut self, keep: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !keep(c)).unwrap_or(rest.len());
    }

    fn error(&mut self, start: usize, message: impl Into<String>, helps: &[&str]) {
        self.errors.push(SyntaxError::bad(start..self.at, message, helps));
    }

    fn name(&mut self) -> TokenKind {
        let start = self.at;
        self.skip(|c| c.is_alphanumeric() || c == '_');
        let word = &self.text[start..self.at];
        if !word.is_ascii() {
            let message = format!("{} has letters outside a to z", quoted(word));
            self.error(start, message, &["names use a to z, 0 to 9 and `_`"]);
        } else if !word.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic()) {
            let message = format!("{} is no name", quoted(word));
            self.error(start, message, &["a name starts with a letter"]);
        }
        TokenKind::Name
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        self.skip(|c| c.is_ascii_digit());
        let whole = &self.text[start..self.at];
        if self.looks_like_date(start) {
            self.at = start + "2026-01-31".len();
            let help = format!("write `date(\"{}\")`, or better a parameter", &self.text[start..self.at]);
            self.error(start, "a date stands here without `date(...)`", &[&help]);
            return TokenKind::Number;
        }
        if let Some(length) = self.slashes(start) {
            self.at = start + length;
            let message = format!("{} is no date here", quoted(&self.text[start..self.at]));
            self.error(start, message, &["write the year, the month and the day", DATE_HELP]);
            return TokenKind::Number;
        }
        let after_dot = self.rest().strip_prefix('.').map(|s| s.chars().next());
        if let Some(Some('0'..='9')) = after_dot {
            self.at += 1;
            self.skip(|c| c.is_ascii_digit());
        }
        let digits = self.text[start..self.at].to_string();
        let tail = self.rest().chars().next();
        if tail == Some('.') {
            self.skip(|c| c == '.' || c.is_ascii_alphanumeric() || c == '_');
            self.error_in_number(start, &digits);
            return TokenKind::Bad;
        }
        if tail.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return self.number_with_letters(start, &digits);
        }
        if whole.len() > 1 && whole.starts_with('0') {
            let shorter = digits.trim_start_matches('0');
            let help = match shorter {
                "" => "write `0`".to_string(),
                _ if shorter.starts_with('.') => format!("write `0{shorter}`"),
                _ => format!("write `{shorter}`"),
            };
            let message = format!("{} starts with a needless zero", quoted(&digits));
            let commas = "a large number has no commas: `1000`";
            self.error(start, message, &[&help, commas, DATE_HELP]);
        } else if digits.bytes().filter(u8::is_ascii_digit).count() > DIGITS {
            let message = format!("over-long number {}", quoted(&digits));
            let help = format!("a number has at most {DIGITS} digits in all");
            self.error(start, message, &[&help]);
        }
        TokenKind::Number
    }

    /// Four digits, two and two without a space: Rhai would subtract.
    fn looks_like_date(&self, start: usize) -> bool {
        let bytes = self.text.as_bytes();
        let digit = |i: usize| bytes.get(start + i).is_some_and(u8::is_ascii_digit);
        let dash = |i: usize| bytes.get(start + i) == Some(&b'-');
        (0..4).all(digit) && dash(4) && digit(5) && digit(6) && dash(7) && digit(8) && digit(9)
    }

    /// How long a day with slashes is, such as `3/7/2026`: nobody knows which of the two is the month.
    fn slashes(&self, start: usize) -> Option<usize> {
        let text = &self.text[start..];
        let length = text.find(|c: char| !(c.is_ascii_digit() || c == '/')).unwrap_or(text.len());
        let parts: Vec<usize> = text[..length].split('/').map(str::len).collect();
        matches!(parts[..], [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]).then_some(length)
    }

    fn error_in_number(&mut self, start: usize, digits: &str) {
        let word = &self.text[start..self.at];
        let rest = word[digits.len()..].trim_matches('.');
        let message = format!("{} is no number", quoted(word));
        if let Some(help) = unit_help(digits, rest) {
            self.error(start, message, &[&help]);
        } else if rest.is_empty() {
            let help = format!("write `{digits}`");
            self.error(start, message, &[&help]);
        } else {
            let help = "a number is written `180` or `1.50`";
            self.error(start, message, &[help, DATE_HELP]);
        }
    }

    fn number_with_letters(&mut self, start: usize, digits: &str) -> TokenKind {
        let tail = self.at;
        self.skip(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let word = &self.text[start..self.at];
        let message = format!("{} is neither a number nor a name", quoted(word));
        let help = match unit_help(digits, &self.text[tail..self.at]) {
            Some(help) => help,
            None => "write plain digits, such as `1000` or `1.50`; a name starts with a letter".to_string(),
        };
        self.error(start, message, &[&help]);
        TokenKind::Number
    }

    fn bare_fraction(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        self.skip(|c| c.is_ascii_digit());
        let word = &self.text[start..self.at];
        let (message, help) =
            (format!("{} has no digit before the point", quoted(word)), format!("write `0{word}`"));
        self.error(start, message, &[&help]);
        TokenKind::Number
    }

    fn text(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        self.skip(|c| (' '..='~').contains(&c) && c != '"' && c != '\\');
        match self.rest().chars().next() {
            Some('"') if !self.rest().starts_with("\"\"") => {
                self.at += 1;
                return TokenKind::Text;
            }
            Some(c) if c != '\n' && self.rest()[c.len_utf8()..].contains('"') => {
                self.at += c.len_utf8();
                let message = format!("{} cannot stand in a text", quoted(c.encode_utf8(&mut [0; 4])));
                self.skip(|c| c != '"');
                self.skip(|c| c == '"');
                self.error(start, message, &[DATE_HELP]);
            }
            _ => {
                self.at = start + 1;
                self.error(start, "this `\"` is never closed", &[DATE_HELP]);
                self.at = self.text.len();
            }
        }
        TokenKind::Bad
    }

    fn foreign_quote(&mut self, first: char) -> TokenKind {
        let start = self.at;
        self.at += first.len_utf8();
        let closes = |c: char| matches!(c, '\'' | '`' | '“' | '”' | '‘' | '’' | '«' | '»' | '"');
        let inside = |c: &char| (' '..='~').contains(c) && !closes(*c);
        let end = self.rest().char_indices().find(|(_, c)| !inside(c));
        let closing = end.filter(|(_, c)| closes(*c));
        self.at += closing.map_or(0, |(at, c)| at + c.len_utf8());
        let message = format!("{} is no quotation mark here", sign_name(first));
        let help = "only a date stands in quotation marks, straight double ones";
        let name = closing.map_or("", |(at, _)| &self.text[start + first.len_utf8()..][..at]);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
        match is_name {
            true => self.error(start, message, &[&format!("write `{name}` without them")]),
            false => self.error(start, message, &[help, DATE_HELP]),
        }
        if closing.is_none() {
            self.at = self.text.len();
        }
        TokenKind::Bad
    }

    fn sign(&mut self, first: char) -> TokenKind {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.starts_with("//") || rest.starts_with("/*") {
            self.at += 2;
            let help = "say it in `because:` or `basis:`, or in a YAML comment on its own line";
            self.error(start, "a condition has no comments", &[help]);
            self.at = self.text.len();
            return TokenKind::Bad;
        }
        // To Rhai `!in` is one operator, while `!inn` turns round a name.
        if let Some(behind) = rest.strip_prefix("!in")
            && !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        {
            self.at += "!in".len();
            return self.not_a_sign(start, "!in", None);
        }
        if let Some((sign, meant)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return self.not_a_sign(start, sign, *meant);
        }
        if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return *kind;
        }
        self.at += first.len_utf8();
        let meant =
            LOOKALIKES.iter().find(|(sign, ..)| *sign == first).map(|(_, meant, kind)| (*meant, *kind));
        self.not_a_sign(start, &self.text[start..self.at], meant)
    }

    fn not_a_sign(&mut self, start: usize, sign: &str, meant: Option<(&str, TokenKind)>) -> TokenKind {
        let name = sign.chars().next().filter(|c| sign.len() == c.len_utf8());
        let name = name.map_or_else(|| quoted(sign), sign_name);
        let message = format!("{name} is no operator here");
        if let Some((meant, kind)) = meant {
            self.error(start, message, &[&format!("did you mean `{meant}`?")]);
            return kind;
        }
        let help = match sign {
            "*" | "**" | "/" | "%" | "^" => {
                "a condition adds and subtracts; more than that is a function of the treatment's script"
            }
            ";" | "{" | "}" | "#" => "a condition is one expression, without blocks",
            "[" | "]" | "??" | ".." => "a condition has no lists, ranges or defaults",
            "<-" => "leave a space: `< -`",
            "--" => "leave a space: `- -`",
            "!in" => "an option of a fact is written `fact.option`, such as `not(goals.acne_scars)`",
            "::" | "->" | ":" => {
                "a condition names facts, parameters and functions, such as `age` or `days(30)`"
            }
            "++" | "+=" | "-=" => "a condition changes nothing; it compares with `==`, `<`, `>=` and so on",
            _ => "a condition is built from names, numbers, `!`, `&&`, `||`, comparisons, `+` and `-`",
        };
        self.error(start, message, &[help]);
        TokenKind::Bad
    }
}
