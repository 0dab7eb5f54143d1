//! Conditions are a strict subset of Rhai: whatever our parser accepts, Rhai accepts and reads as the
//! same tree. `CLEARANCE_INPUTS` says how many texts to try.

mod inputs;

use clearance::inside::book::syntax::{self, Tree, TreeKind, is_reserved};
use rhai::{Engine, Expr, OptimizationLevel, Position, Stmt, Token};
use rust_decimal::Decimal;

use inputs::{Random, mutated, well_formed};

const DEFAULT_INPUTS: u64 = 40_000;

#[test]
fn rhai_reads_the_same_tree() {
    let inputs = std::env::var("CLEARANCE_INPUTS")
        .ok()
        .map_or(DEFAULT_INPUTS, |n| n.parse().expect("a number of inputs"));
    let engine = engine();
    let mut random = Random(0x5eed);
    let (mut accepted, mut stricter) = ([0u64; 2], 0u64);
    for i in 0..inputs {
        let mut text = String::new();
        let depth = random.below(6) as u32;
        well_formed(&mut random, &mut text, depth);
        let edited = i % 2 == 1;
        if edited {
            for _ in 0..=random.below(3) {
                text = mutated(&mut random, &text);
            }
        }
        match syntax::parse(&text) {
            Ok(tree) => {
                accepted[usize::from(edited)] += 1;
                assert_rhai_agrees(&engine, &text, &tree);
                assert_prints_and_slices(&text, &tree);
            }
            Err(errors) => {
                assert!(!errors.is_empty(), "{text:?}");
                for error in &errors {
                    assert!(text.get(error.range.clone()).is_some(), "{text:?}: {error:?}");
                    let said = format!("{}{}", error.message, error.helps.concat());
                    assert!(!said.contains(char::is_control), "{text:?}: {error:?}");
                }
                // What Rhai takes and we do not is our choice; counted so that the test shows its reach.
                stricter += u64::from(i % 16 == 1 && engine.compile_expression(&text).is_ok());
            }
        }
    }
    let [generated, edited] = accepted;
    println!("{inputs} inputs; accepted by both: {generated} as generated, {edited} after edits");
    println!("of a sample of the refused ones, Rhai accepts {stricter}");
    assert!(generated > inputs / 4 && edited > inputs / 16, "too few inputs were accepted to mean much");
}

#[test]
fn every_word_that_rhai_reserves_is_reserved() {
    let engine = engine();
    let words = "Fn abstract and any as async await begin break call case catch class const continue \
        curry debug default defer def delete do else end enum eval exit export extends extern false fn \
        for foreach from func function global go goto has if implements import in instanceof interface \
        is is_def_fn is_def_var is_shared let loop match mod module move mut namespace new nil none not \
        null of or override package pass print private protected pub public raise ref repeat return \
        select self shared sleep some spawn static struct super switch sync then this thread throw trait \
        true try type type_of typeof undefined union unless unsafe until use using val var visit void \
        when where while with xor yield";
    for word in words.split_whitespace() {
        for text in [word.to_string(), format!("a.{word}"), format!("{word}(1)")] {
            let refused = engine.compile_expression(&text).is_err();
            assert!(!refused || is_reserved(word), "Rhai refuses `{text}`");
            if syntax::parse(&text).is_ok() {
                assert!(!refused, "ours accepts `{text}`");
            }
        }
    }
}

/// Depth limits are off: Rhai counts each `||` of a chain, we count nesting.
fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(0, 0);
    engine
}

fn assert_rhai_agrees(engine: &Engine, text: &str, tree: &Tree) {
    // A no-break space becomes a space before Rhai sees a condition.
    let ast = match engine.compile_expression(text.replace('\u{a0}', " ")) {
        Ok(ast) => ast,
        Err(error) => panic!("ours accepts {text:?}, Rhai says: {error}"),
    };
    let [Stmt::Expr(expr)] = ast.statements() else {
        panic!("{text:?} is more than one expression to Rhai");
    };
    let (mut ours, mut theirs) = (String::new(), String::new());
    shape(tree, &mut ours, &mut |at| at_in(text, at));
    rhai_shape(expr, &mut theirs);
    assert_eq!(ours, theirs, "{text:?}");
}

/// The printed tree, and the bytes of every part, must read as the same tree again.
fn assert_prints_and_slices(text: &str, tree: &Tree) {
    assert_same(&tree.to_string(), tree, text);
    assert_same(&text[tree.range.clone()], tree, text);
    let parts: Vec<&Tree> = match &tree.kind {
        TreeKind::Call { args, .. } => args.iter().collect(),
        TreeKind::And(parts) | TreeKind::Or(parts) => parts.iter().collect(),
        TreeKind::Not(inner) => vec![inner],
        TreeKind::Compare { left, right, .. }
        | TreeKind::Plus(left, right)
        | TreeKind::Minus(left, right) => vec![left, right],
        _ => Vec::new(),
    };
    for part in parts {
        assert_prints_and_slices(text, part);
    }
}

fn assert_same(again: &str, tree: &Tree, text: &str) {
    let read =
        syntax::parse(again).unwrap_or_else(|errors| panic!("{again:?}, a part of {text:?}: {errors:?}"));
    let (mut before, mut after) = (String::new(), String::new());
    shape(tree, &mut before, &mut |_| String::new());
    shape(&read, &mut after, &mut |_| String::new());
    assert_eq!(before, after, "{again:?}, a part of {text:?}");
}

/// Our tree as text; `place` writes where the byte at an offset stands.
fn shape(tree: &Tree, out: &mut String, place: &mut impl FnMut(usize) -> String) {
    let at = place(tree.range.start);
    match &tree.kind {
        TreeKind::Name(name) => push(out, &format!("{name}{at}")),
        TreeKind::Member { base, base_range, member, member_range } => {
            let (from, to) = (place(base_range.start), place(member_range.start));
            push(out, &format!("{base}{from}.{member}{to}"));
        }
        TreeKind::Number(digits) => push(out, &format!("{}{at}", number("", digits))),
        TreeKind::Negative(digits) => push(out, &format!("{}{at}", number("-", digits))),
        TreeKind::Text(text) => push(out, &format!("{text:?}{at}")),
        TreeKind::Call { name, name_range, args } => {
            let at = place(name_range.start);
            list(out, &format!("call {name}{at}"), args, place);
        }
        TreeKind::Not(inner) => list(out, &format!("!{at}"), [&**inner], place),
        TreeKind::And(parts) => list(out, "and", parts, place),
        TreeKind::Or(parts) => list(out, "or", parts, place),
        TreeKind::Compare { op, op_range, left, right } => {
            let at = place(op_range.start);
            list(out, &format!("{}{at}", op.symbol()), [&**left, right], place);
        }
        TreeKind::Plus(left, right) => list(out, "+", [&**left, right], place),
        TreeKind::Minus(left, right) => list(out, "-", [&**left, right], place),
    }
}

fn list<'t>(
    out: &mut String,
    head: &str,
    parts: impl IntoIterator<Item = &'t Tree>,
    place: &mut impl FnMut(usize) -> String,
) {
    push(out, &format!("({head}"));
    for part in parts {
        shape(part, out, place);
    }
    out.push(')');
}

/// Rhai's tree as the same text. What our language does not have comes out as Rhai's own `Debug`.
fn rhai_shape(expr: &Expr, out: &mut String) {
    let at = position(expr.position());
    match expr {
        Expr::Variable(variable, ..) if variable.2.is_empty() => {
            push(out, &format!("{}{at}", variable.1));
        }
        Expr::Dot(dot, flags, _) if flags.is_empty() => match (&dot.lhs, &dot.rhs) {
            (Expr::Variable(base, _, from), Expr::Property(member, to)) => {
                let (from, to) = (position(*from), position(*to));
                push(out, &format!("{}{from}.{}{to}", base.1, member.2));
            }
            _ => push(out, &format!("{expr:?}")),
        },
        Expr::IntegerConstant(n, _) => push(out, &format!("{n}{at}")),
        Expr::DynamicConstant(value, _) => match value.as_decimal() {
            Ok(value) => push(out, &format!("{value}{at}")),
            Err(_) => push(out, &format!("{expr:?}")),
        },
        Expr::StringConstant(text, _) => push(out, &format!("{:?}{at}", text.as_str())),
        Expr::And(parts, _) => rhai_list(out, "and", parts.iter()),
        Expr::Or(parts, _) => rhai_list(out, "or", parts.iter()),
        Expr::FnCall(call, pos) if call.namespace.is_empty() && !call.capture_parent_scope => {
            let at = position(*pos);
            let head = match &call.op_token {
                None => format!("call {}{at}", call.name),
                Some(Token::Plus | Token::Minus) if call.args.len() == 2 => call.name.to_string(),
                Some(_) => format!("{}{at}", call.name),
            };
            rhai_list(out, &head, call.args.iter());
        }
        _ => push(out, &format!("{expr:?}")),
    }
}

fn rhai_list<'e>(out: &mut String, head: &str, parts: impl Iterator<Item = &'e Expr>) {
    push(out, &format!("({head}"));
    for part in parts {
        rhai_shape(part, out);
    }
    out.push(')');
}

fn push(out: &mut String, word: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

/// Whole numbers without their leading zeros and `-0` as Rhai has them, decimals with their scale.
fn number(sign: &str, digits: &str) -> String {
    let text = format!("{sign}{digits}");
    if digits.contains('.') {
        let value: Decimal = text.parse().expect("ours accepts only decimals that fit");
        value.to_string()
    } else {
        let value: i64 = text.parse().expect("ours accepts only numbers that fit");
        value.to_string()
    }
}

fn at_in(text: &str, offset: usize) -> String {
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("@{line}:{column}")
}

fn position(position: Position) -> String {
    let (line, column) = (position.line(), position.position());
    format!("@{}:{}", line.unwrap_or(0), column.unwrap_or(0))
}
