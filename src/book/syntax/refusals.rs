//! What the parser says where a condition goes wrong.

use std::ops::Range;

use super::lexer::{Operator, TokenKind};
use super::parser::{Node, Parsed, Parser, Stop};
use super::signs::unit_help;
use super::{CompareOp, Tree, TreeKind, is_reserved, quoted};

const EXPECTED: &str = "a fact, a parameter, a number or `(`";
const JOIN_HELP: &str = "join two conditions with `&&` (both) or `||` (either)";

impl Parser<'_> {
    /// Rhai refuses these too, whatever they are compared with later.
    pub fn refuse_constant(&mut self, node: &Node) {
        let what = match node.tree.kind {
            TreeKind::Number(_) | TreeKind::Negative(_) => "a number",
            TreeKind::Text(_) => "a text",
            _ => return,
        };
        let range = node.tree.range.clone();
        let message = format!("{} is {what}, not a condition", quoted(&self.text[range.clone()]));
        let help = "each side of `&&` and `||` must itself be yes or no, such as `age < 18`";
        self.error(range, message, &[help]);
    }

    /// Rhai would compare the yes or no of the first comparison.
    pub fn refuse_chain(&mut self, left: &Node, op: CompareOp, op_range: &Range<usize>, right: &Node) {
        let chained = [left, right].into_iter().find_map(|node| match &node.tree.kind {
            TreeKind::Compare { op, left, right, .. } if !node.in_parentheses() => Some((*op, left, right)),
            _ => None,
        });
        let Some((inner, first, middle)) = chained else {
            return;
        };
        let message = format!("`{}` and `{}` compare in one chain", inner.symbol(), op.symbol());
        let from_left = first.range.start < op_range.start;
        let parts = [&**first, middle, &right.tree];
        let plain = parts.iter().all(|tree| !matches!(tree.kind, TreeKind::Compare { .. }));
        let help = if from_left && plain && inner.precedence() == op.precedence() {
            let [a, b, c] = parts.map(side);
            let (one, two) = (inner.symbol(), op.symbol());
            format!("did you mean `{a} {one} {b} && {b} {two} {c}`?")
        } else {
            "join two comparisons with `&&`, or put one of them in parentheses".to_string()
        };
        self.error(op_range.clone(), message, &[&help]);
    }

    /// Takes a name that a condition may use; a reserved word is reported and, if it can be, passed over.
    pub fn name(&mut self, called: bool) -> Result<String, Stop> {
        let word = self.word();
        let range = self.range();
        let denied = match self.operand_after() {
            Some(denied) => format!("write `not({denied})`"),
            None => "write what it denies in parentheses, as in `not(pregnant)`".to_string(),
        };
        let operator_help = match word.to_ascii_lowercase().as_str() {
            "or" => Some("`||` joins two conditions: write one on each side"),
            "and" => Some("`&&` joins two conditions: write one on each side"),
            "not" if !called => Some(denied.as_str()),
            "is" => Some("`==` compares two values: write one on each side"),
            _ => None,
        };
        if let Some(help) = operator_help {
            let message = format!("{} cannot stand here", quoted(word));
            return self.stop(range, message, &[help]);
        }
        let message = format!("{} is a reserved word", quoted(word));
        match word {
            "true" | "false" => {
                let message = format!("`{word}` has no use in a condition");
                let alone = self
                    .compared_before()
                    .map(|(left, equal)| super::stands_alone(left, equal == (word == "true")));
                match alone {
                    Some(help) => self.error(range, message, &[&help]),
                    None => {
                        let helps = [
                            "a yes/no fact stands alone: write `pregnant`, or `not(pregnant)` for no",
                            "a rule that always holds needs no condition",
                        ];
                        self.error(range, message, &helps);
                    }
                }
            }
            "if" | "else" | "switch" | "let" | "match" | "for" | "while" => {
                let help = "a condition is one expression; join its parts with `&&` and `||`";
                return self.stop(range, message, &[help]);
            }
            "not" => {}
            _ if is_reserved(word) => {
                self.error(range, message, &["give the fact, option or parameter another name"]);
            }
            _ => {}
        }
        self.advance();
        Ok(word.to_string())
    }

    /// The fact or option that stands after the current word.
    fn operand_after(&self) -> Option<String> {
        let token = |ahead: usize| self.tokens.get(self.at + ahead);
        let is = |ahead: usize, kind| token(ahead).is_some_and(|token| token.kind == kind);
        let first = token(1).filter(|token| token.kind == TokenKind::Name)?;
        let member = is(2, TokenKind::Dot) && is(3, TokenKind::Name);
        let last = if member { token(3)? } else { first };
        if is(if member { 4 } else { 2 }, TokenKind::Open) {
            return None;
        }
        Some(self.without_blanks(first.range.start..last.range.end))
    }

    /// The fact or option that the current word is compared with, and whether for being equal.
    fn compared_before(&self) -> Option<(String, bool)> {
        let token = |back: usize| self.at.checked_sub(back).map(|at| &self.tokens[at]);
        let is = |back: usize, kind| token(back).is_some_and(|token| token.kind == kind);
        let equal = match token(1)?.kind {
            TokenKind::Operator(Operator::Compare(CompareOp::Equal)) => true,
            TokenKind::Operator(Operator::Compare(CompareOp::NotEqual)) => false,
            _ => return None,
        };
        let last = token(2).filter(|token| token.kind == TokenKind::Name)?;
        let member = is(3, TokenKind::Dot) && is(4, TokenKind::Name);
        let first = if member { token(4)? } else { last };
        Some((self.without_blanks(first.range.start..last.range.end), equal))
    }

    /// A fact or option on one line, also where blanks stand around its dot.
    fn without_blanks(&self, range: Range<usize>) -> String {
        self.text[range].split_whitespace().collect()
    }

    /// An operator, a closing sign or the end stands where a value belongs.
    pub fn operand_missing(&mut self) -> Parsed {
        let before = self.at.checked_sub(1).map(|at| self.tokens[at].clone());
        let help = format!("write {EXPECTED} there");
        match (self.kind(), before) {
            (TokenKind::End | TokenKind::Close, Some(token)) => {
                let sign = quoted(&self.text[token.range.clone()]);
                let message = match (self.kind(), token.kind) {
                    (TokenKind::End, TokenKind::Open) => {
                        return self.stop(
                            token.range,
                            "this `(` is never closed",
                            &["add what belongs into it, and the missing `)`"],
                        );
                    }
                    _ => format!("nothing follows this {sign}"),
                };
                self.stop(token.range, message, &[&help])
            }
            _ => {
                let message = format!("{} stands where a value belongs", quoted(self.word()));
                let range = self.range();
                self.stop(range, message, &[&help])
            }
        }
    }

    /// A second value or a stray sign stands behind the whole value `node`.
    pub fn cannot_follow<T>(&mut self, node: &Node) -> Result<T, Stop> {
        let (range, word) = (self.range(), self.word());
        let shown = quoted(word);
        let before = &self.text[node.tree.range.clone()];
        match self.kind() {
            TokenKind::Bad => Err(Stop),
            TokenKind::Name => self.word_after(before, node, range, word),
            TokenKind::Comma => {
                let help = "a comma only parts what a function takes; a large number has none: `1000`";
                self.stop(range, "a comma has no place here", &[help])
            }
            TokenKind::Dot => {
                let help = "a `.` stands once, between a fact and one of its options";
                let message = match node.tree.kind {
                    TreeKind::Member { .. } => "a second `.` stands here",
                    _ => "this `.` follows no fact",
                };
                self.stop(range, message, &[help])
            }
            TokenKind::Open => {
                let message = format!("{} cannot be called", quoted(before));
                self.stop(range, message, &["a function is a plain name: `days(30)`", JOIN_HELP])
            }
            TokenKind::Bang => {
                let help = "`!` stands before what it turns round; unequal is `!=`";
                self.stop(range, "`!` stands between two values", &[help, JOIN_HELP])
            }
            _ => {
                let message = format!("no operator stands before {shown}");
                self.stop(range, message, &[JOIN_HELP])
            }
        }
    }

    fn word_after<T>(
        &mut self,
        before: &str,
        node: &Node,
        range: Range<usize>,
        word: &str,
    ) -> Result<T, Stop> {
        let message = format!("no operator stands before {}", quoted(word));
        let last_number = match self.at.checked_sub(1).map(|at| &self.tokens[at]) {
            Some(token) if token.kind == TokenKind::Number => &self.text[token.range.clone()],
            _ => "",
        };
        let unit = (!last_number.is_empty()).then(|| unit_help(last_number, word));
        if let Some(Some(help)) = unit {
            let message = format!("{} is no unit here", quoted(word));
            return self.stop(range, message, &[&help]);
        }
        if !last_number.is_empty() && word.chars().all(char::is_alphanumeric) && !node.in_parentheses() {
            let message = format!("a unit has no place here: {}", quoted(word));
            let help = "write the number alone: it counts in the unit of its question";
            return self.stop(range, message, &[help, JOIN_HELP]);
        }
        if word == "between" {
            let help = format!("write both ends: `1 <= {before} && {before} <= 2`");
            return self.stop(range, format!("{} is no operator here", quoted(word)), &[&help]);
        }
        if word == "in" || word == "contains" || word == "has" {
            let help = "an option of a fact is written `fact.option`, such as `goals.acne_scars`";
            return self.stop(range, format!("{} is no operator here", quoted(word)), &[help]);
        }
        match node.tree.kind {
            TreeKind::Name(_) if !node.in_parentheses() => {
                let help = format!("if this is one name, write `{before}_{word}`");
                self.stop(range, message, &[&help, JOIN_HELP])
            }
            _ => self.stop(range, message, &[JOIN_HELP]),
        }
    }
}

/// A side of a comparison as it would be written.
fn side(tree: &Tree) -> String {
    match tree.kind {
        TreeKind::And(_) | TreeKind::Or(_) => format!("({tree})"),
        _ => tree.to_string(),
    }
}
