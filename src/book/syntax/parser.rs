//! Tokens become a tree: a Pratt parser that copies Rhai's precedences and refuses what reads two ways.

use std::ops::Range;

use super::lexer::{Operator, Token, TokenKind, tokens};
use super::{CompareOp, SyntaxError, Tree, TreeKind, quoted};
use crate::limits::{EXPRESSION, EXPRESSION_NESTING, EXPRESSION_NODES};

const MAX_ERRORS: usize = 20;

/// See [`super::parse`].
pub fn parse(text: &str) -> Result<Tree, Vec<SyntaxError>> {
    if text.len() > EXPRESSION {
        let message = format!("the condition is longer than {} KiB", EXPRESSION / 1024);
        return Err(vec![SyntaxError::too_large(0..text.len(), message)]);
    }
    let (tokens, errors) = tokens(text);
    let mut parser = Parser { text, tokens, at: 0, errors, nodes: 0, nesting: 0 };
    let parsed = parser.whole();
    let mut errors = parser.errors;
    match parsed {
        Ok(node) if errors.is_empty() => Ok(node.tree),
        _ => {
            errors.sort_by_key(|error| (error.range.start, error.range.end));
            errors.truncate(MAX_ERRORS);
            Err(errors)
        }
    }
}

/// A tree with what only the parser needs to know.
pub(super) struct Node {
    pub tree: Tree,
    /// The bytes with surrounding parentheses.
    pub outer: Range<usize>,
    depth: usize,
}

impl Node {
    pub fn in_parentheses(&self) -> bool {
        self.outer != self.tree.range
    }
}

/// The error is recorded and nothing sensible can follow.
pub(super) struct Stop;

pub(super) type Parsed = Result<Node, Stop>;

pub(super) struct Parser<'t> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
    pub at: usize,
    errors: Vec<SyntaxError>,
    nodes: usize,
    nesting: usize,
}

impl<'t> Parser<'t> {
    pub fn kind(&self) -> TokenKind {
        self.tokens[self.at].kind
    }

    pub fn range(&self) -> Range<usize> {
        self.tokens[self.at].range.clone()
    }

    pub fn word(&self) -> &'t str {
        &self.text[self.range()]
    }

    /// The kind of the token after the current one; nothing follows the end.
    fn following(&self) -> TokenKind {
        self.tokens.get(self.at + 1).map_or(TokenKind::End, |token| token.kind)
    }

    pub fn advance(&mut self) -> Range<usize> {
        let range = self.range();
        if self.kind() != TokenKind::End {
            self.at += 1;
        }
        range
    }

    pub fn error(&mut self, range: Range<usize>, message: impl Into<String>, helps: &[&str]) {
        self.errors.push(SyntaxError::bad(range, message, helps));
    }

    pub fn stop<T>(
        &mut self,
        range: Range<usize>,
        message: impl Into<String>,
        helps: &[&str],
    ) -> Result<T, Stop> {
        self.error(range, message, helps);
        Err(Stop)
    }

    fn too_large<T>(&mut self, range: Range<usize>, message: String) -> Result<T, Stop> {
        self.errors.push(SyntaxError::too_large(range, message));
        Err(Stop)
    }

    /// Every node is made here, so no tree grows past what recursion over it can bear.
    fn node(&mut self, kind: TreeKind, range: Range<usize>, depth: usize) -> Parsed {
        self.nodes += 1;
        if self.nodes > EXPRESSION_NODES {
            return self.too_large(range, "the condition has more than 2,000 parts".to_string());
        }
        self.bounded(kind, range, depth)
    }

    fn bounded(&mut self, kind: TreeKind, range: Range<usize>, depth: usize) -> Parsed {
        if depth > EXPRESSION_NESTING {
            let message = format!("the condition is nested more than {EXPRESSION_NESTING} deep");
            return self.too_large(range, message);
        }
        Ok(Node { outer: range.clone(), tree: Tree { kind, range }, depth })
    }

    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.nesting += 1;
        if self.nesting > EXPRESSION_NESTING {
            let message = format!("the condition is nested more than {EXPRESSION_NESTING} deep");
            return self.too_large(self.range(), message);
        }
        let parsed = parse(self);
        self.nesting -= 1;
        parsed
    }

    fn whole(&mut self) -> Parsed {
        if self.kind() == TokenKind::End {
            let help = "a rule that always holds needs no condition";
            return self.stop(0..self.text.len(), "the condition is empty", &[help]);
        }
        let node = self.binary(0)?;
        match self.kind() {
            TokenKind::End => Ok(node),
            TokenKind::Close => {
                let range = self.range();
                self.stop(range, "this `)` closes nothing", &["remove it, or open a `(` before"])
            }
            _ => self.cannot_follow(&node),
        }
    }

    fn binary(&mut self, above: u8) -> Parsed {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator() {
            let precedence = precedence(operator);
            if precedence <= above {
                break;
            }
            let op_range = self.advance();
            let right = self.binary(precedence)?;
            left = self.join(left, operator, op_range, right)?;
        }
        Ok(left)
    }

    /// The operator that stands here, also one written as a word.
    fn operator(&mut self) -> Option<Operator> {
        match self.kind() {
            TokenKind::Operator(operator) => return Some(operator),
            TokenKind::Name => {}
            _ => return None,
        }
        let mut range = self.range();
        let (operator, symbol) = match self.word().to_ascii_lowercase().as_str() {
            "or" => (Operator::Or, "||"),
            "and" => (Operator::And, "&&"),
            "is" if self.following() == TokenKind::Name && self.next_word() == "not" => {
                range.end = self.tokens.remove(self.at + 1).range.end;
                (Operator::Compare(CompareOp::NotEqual), "!=")
            }
            "is" | "equals" | "eq" => (Operator::Compare(CompareOp::Equal), "=="),
            _ => return None,
        };
        let message = format!("{} is no operator here", quoted(&self.text[range.clone()]));
        let help = format!("did you mean `{symbol}`?");
        self.error(range.clone(), message, &[&help]);
        self.tokens[self.at] = Token { kind: TokenKind::Operator(operator), range };
        Some(operator)
    }

    fn next_word(&self) -> &'t str {
        self.tokens.get(self.at + 1).map_or("", |token| &self.text[token.range.clone()])
    }

    fn join(&mut self, left: Node, operator: Operator, op_range: Range<usize>, right: Node) -> Parsed {
        let range = left.outer.start..right.outer.end;
        let deeper = left.depth.max(right.depth) + 1;
        match operator {
            Operator::And | Operator::Or => self.nary(operator, left, right, range),
            Operator::Compare(op) => {
                self.refuse_chain(&left, op, &op_range, &right);
                let (left, right) = (Box::new(left.tree), Box::new(right.tree));
                let kind = TreeKind::Compare { op, op_range, left, right };
                self.node(kind, range, deeper)
            }
            Operator::Plus => {
                let kind = TreeKind::Plus(Box::new(left.tree), Box::new(right.tree));
                self.node(kind, range, deeper)
            }
            Operator::Minus => {
                let kind = TreeKind::Minus(Box::new(left.tree), Box::new(right.tree));
                self.node(kind, range, deeper)
            }
        }
    }

    /// Chains of `&&` or `||` become one node, also through parentheses, as in Rhai.
    fn nary(&mut self, operator: Operator, left: Node, right: Node, range: Range<usize>) -> Parsed {
        let mut parts = Vec::new();
        let mut depth = 0;
        let mut merged = false;
        for node in [left, right] {
            self.refuse_constant(&node);
            match (node.tree.kind, operator) {
                (TreeKind::And(inner), Operator::And) | (TreeKind::Or(inner), Operator::Or) => {
                    merged = true;
                    depth = depth.max(node.depth);
                    if parts.is_empty() {
                        parts = inner;
                    } else {
                        parts.extend(inner);
                    }
                }
                (kind, _) => {
                    depth = depth.max(node.depth + 1);
                    let range = node.tree.range;
                    parts.push(Tree { kind, range });
                }
            }
        }
        let kind = match operator {
            Operator::And => TreeKind::And(parts),
            _ => TreeKind::Or(parts),
        };
        if merged { self.bounded(kind, range, depth) } else { self.node(kind, range, depth) }
    }

    fn unary(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::Bang => {
                let start = self.advance().start;
                let inner = self.nested(Self::unary)?;
                let range = start..inner.outer.end;
                self.node(TreeKind::Not(Box::new(inner.tree)), range, inner.depth + 1)
            }
            TokenKind::Number => {
                let kind = TreeKind::Number(self.word().to_string());
                let range = self.advance();
                self.node(kind, range, 1)
            }
            TokenKind::Text => {
                let word = self.word();
                let kind = TreeKind::Text(word.get(1..word.len() - 1).unwrap_or("").to_string());
                let range = self.advance();
                self.node(kind, range, 1)
            }
            TokenKind::Operator(Operator::Minus) => self.negative(),
            TokenKind::Open => self.nested(Self::parentheses),
            TokenKind::Name => self.named(),
            TokenKind::Bad => Err(Stop),
            _ => self.operand_missing(),
        }
    }

    fn negative(&mut self) -> Parsed {
        let sign = self.advance();
        let number = self.range();
        if self.kind() == TokenKind::Number && number.start == sign.end {
            let kind = TreeKind::Negative(self.word().to_string());
            self.advance();
            return self.node(kind, sign.start..number.end, 1);
        }
        let help = match self.kind() {
            TokenKind::Number => format!("write `-{}`", self.word()),
            _ => "a negative number is written `-5`; for anything else write `0 - a`".to_string(),
        };
        self.stop(sign, "this `-` has nothing to subtract from", &[&help])
    }

    fn parentheses(&mut self) -> Parsed {
        let open = self.advance();
        if self.kind() == TokenKind::Close {
            let range = open.start..self.range().end;
            let help = "remove them, or put between them what they are for";
            return self.stop(range, "there is nothing between these parentheses", &[help]);
        }
        let mut node = self.binary(0)?;
        node.outer = open.start..self.close(&open, &node)?;
        Ok(node)
    }

    /// Takes the `)` that belongs to `open` and gives its end.
    fn close(&mut self, open: &Range<usize>, before: &Node) -> Result<usize, Stop> {
        match self.kind() {
            TokenKind::Close => Ok(self.advance().end),
            TokenKind::End => self.stop(open.clone(), "this `(` is never closed", &["add the missing `)`"]),
            _ => self.cannot_follow(before),
        }
    }

    fn named(&mut self) -> Parsed {
        let name_range = self.range();
        let name = self.name(self.following() == TokenKind::Open)?;
        match self.kind() {
            TokenKind::Open => self.nested(|parser| parser.call(name, name_range)),
            TokenKind::Dot => {
                let dot = self.advance();
                if self.kind() != TokenKind::Name {
                    let help = "write `fact.option`, such as `skin_diseases.any`";
                    return self.stop(dot, "no option follows this `.`", &[help]);
                }
                let member_range = self.range();
                let member = self.name(false)?;
                let range = name_range.start..member_range.end;
                let kind = TreeKind::Member { base: name, base_range: name_range, member, member_range };
                self.node(kind, range, 1)
            }
            _ => self.node(TreeKind::Name(name), name_range, 1),
        }
    }

    fn call(&mut self, name: String, name_range: Range<usize>) -> Parsed {
        let open = self.advance();
        let mut args = Vec::new();
        let mut depth = 0;
        let end = if self.kind() == TokenKind::Close {
            self.advance().end
        } else {
            loop {
                let arg = self.binary(0)?;
                depth = depth.max(arg.depth);
                if self.kind() == TokenKind::Comma {
                    let comma = self.advance();
                    args.push(arg.tree);
                    if self.kind() == TokenKind::Close {
                        return self.stop(comma, "nothing follows this comma", &["remove it"]);
                    }
                    continue;
                }
                let end = self.close(&open, &arg)?;
                args.push(arg.tree);
                break end;
            }
        };
        let range = name_range.start..end;
        let kind = TreeKind::Call { name, name_range, args };
        self.node(kind, range, depth + 1)
    }
}

/// As in Rhai; `!` binds tighter than all of them.
fn precedence(operator: Operator) -> u8 {
    match operator {
        Operator::Or => 30,
        Operator::And => 60,
        Operator::Compare(op) => op.precedence(),
        Operator::Plus | Operator::Minus => 150,
    }
}
