use super::*;
use crate::limits::{EXPRESSION, EXPRESSION_NESTING, EXPRESSION_NODES};

/// A text, what is marked in it (the first place where it stands), and a part of message or help.
const REFUSED: &[(&str, &str, &str)] = &[
    // Words for operators.
    ("a or b", "or", "did you mean `||`?"),
    ("a AND b", "AND", "did you mean `&&`?"),
    ("a is b", "is", "did you mean `==`?"),
    ("a is not b", "is not", "did you mean `!=`?"),
    ("or a", "or", "`or` cannot stand here"),
    ("not pregnant", "not", "write `not(pregnant)`"),
    ("not", "not", "`not` cannot stand here"),
    ("acne in goals", "in", "written `fact.option`"),
    // Signs that are nearly right.
    ("a = b", "=", "did you mean `==`?"),
    ("a & b", "&", "did you mean `&&`?"),
    ("a | b", "|", "did you mean `||`?"),
    ("a === b", "===", "did you mean `==`?"),
    ("a !== b", "!==", "did you mean `!=`?"),
    ("a <> b", "<>", "did you mean `!=`?"),
    ("a => b", "=>", "did you mean `>=`?"),
    ("a =< b", "=<", "did you mean `<=`?"),
    ("a ≥ b", "≥", "did you mean `>=`?"),
    ("a ≤ b", "≤", "did you mean `<=`?"),
    ("a ≠ b", "≠", "did you mean `!=`?"),
    ("a – b", "–", "did you mean `-`?"),
    ("a − b", "−", "did you mean `-`?"),
    ("a <-5", "<-", "leave a space: `< -`"),
    ("a--5", "--", "leave a space: `- -`"),
    ("a !in b", "!in", "no operator here"),
    // Chains.
    ("0 < a < 5", "< 5", "did you mean `0 < a && a < 5`?"),
    ("a == b == c", "== c", "did you mean `a == b && b == c`?"),
    ("a < b == c", "==", "put one of them in parentheses"),
    ("a < b < c < d", "< c", "did you mean `a < b && b < c`?"),
    ("(a || b) == c\n== d", "== d", "did you mean `(a || b) == c && c == d`?"),
    ("a == b < c", "==", "`<` and `==` compare in one chain"),
    // Units, numbers and dates.
    ("a > 180 days", "days", "write `days(180)`, or better a parameter"),
    ("a + 2Weeks", "2Weeks", "write `weeks(2)`, or better a parameter"),
    ("a + 6.months", "6.months", "write `months(6)`, or better a parameter"),
    ("a + 48 hours", "hours", "counts in days, weeks, months and years"),
    ("a < 1,000", ",", "a large number has none: `1000`"),
    ("days(1,000)", "000", "a large number has no commas"),
    ("a < .5", ".5", "write `0.5`"),
    ("a < 5.", "5.", "write `5`"),
    ("a < 1e3", "1e3", "neither a number nor a name"),
    ("a < 0x1f", "0x1f", "neither a number nor a name"),
    ("a < 1_000", "1_000", "write plain digits"),
    ("a < 007", "007", "write `7`"),
    ("a < 00.5", "00.5", "write `0.5`"),
    ("a < 1234567890123456789", "1234567890123456789", "over-long number"),
    ("a < 12345678901.23456789", "12345678901.23456789", "at most 18 digits in all"),
    ("a < 2026-10-12", "2026-10-12", "write `date(\"2026-10-12\")`"),
    ("a < 31.01.2026", "31.01.2026", "a date is written"),
    ("a < - 5", "-", "write `-5`"),
    ("-a < 5", "-", "write `0 - a`"),
    // Quotation marks.
    ("date('2026-01-31')", "'2026-01-31'", "straight double ones"),
    ("date(“2026-01-31”)", "“2026-01-31”", "straight double ones"),
    ("date(`2026-01-31`)", "`2026-01-31`", "a backtick is no quotation mark here"),
    ("date(\"2026-01-31)", "\"", "never closed"),
    ("date(\"a\\n\")", "\"a\\n\"", "`\\` cannot stand in a text"),
    ("a < „", "„", "is no quotation mark here"),
    // Parentheses, dots and what is missing.
    ("(a && b", "(", "never closed"),
    ("f(a", "(", "never closed"),
    ("a && (", "(", "never closed"),
    ("a)", ")", "closes nothing"),
    ("a && ()", "()", "nothing between these parentheses"),
    ("a &&", "&&", "nothing follows this `&&`"),
    ("(a ||)", "||", "nothing follows this `||`"),
    ("&& a", "&&", "`&&` stands where a value belongs"),
    ("f(a,)", ",", "nothing follows this comma"),
    ("f(,a)", ",", "`,` stands where a value belongs"),
    ("open wounds", "wounds", "write `open_wounds`"),
    ("a b() ", "b", "join two conditions with `&&`"),
    ("a.b. c", ". c", "a second `.` stands here"),
    ("a.", ".", "no option follows"),
    ("a.b(c)", "(", "`a.b` cannot be called"),
    ("a !b", "!", "unequal is `!=`"),
    ("a \"b\"", "\"b\"", "no operator stands before"),
    ("a > 100 kg", "kg", "write the number alone"),
    ("a between 1 and 2", "between", "`1 <= a && a <= 2`"),
    ("", "", "the condition is empty"),
    (" \n", " \n", "needs no condition"),
    // What our language does not have.
    ("a // why", "//", "a condition has no comments"),
    ("a /* why */", "/*", "a condition has no comments"),
    ("a * 2", "*", "adds and subtracts"),
    ("a / 2", "/", "adds and subtracts"),
    ("a % 2", "%", "adds and subtracts"),
    ("a ** 2", "**", "adds and subtracts"),
    ("a ?? b", "??", "no lists, ranges or defaults"),
    ("1..5", "1..5", "no number"),
    ("a..b", "..", "no lists, ranges or defaults"),
    ("a; b", ";", "one expression"),
    ("{ a }", "{", "one expression"),
    ("[a]", "[", "no lists"),
    ("if a { b }", "if", "one expression"),
    ("switch a", "switch", "`switch` is a reserved word"),
    ("let a", "let", "one expression"),
    ("until < 5", "until", "`until` is a reserved word"),
    ("a.default", "default", "another name"),
    ("print(a)", "print", "`print` is a reserved word"),
    ("true", "true", "a rule that always holds needs no condition"),
    ("a == false", "false", "write `not(a)`"),
    ("a && true", "true", "write `pregnant`, or `not(pregnant)`"),
    ("a.b != false", "false", "write just `a.b`"),
    ("a && not b.c", "not", "write `not(b.c)`"),
    ("a && 1", "1", "`1` is a number, not a condition"),
    ("\"b\" || a", "\"b\"", "is a text, not a condition"),
    ("a && -1.5", "-1.5", "is a number, not a condition"),
    // Characters.
    ("größe > 3", "größe", "letters outside a to z"),
    ("_1 > 3", "_1", "a name starts with a letter"),
    ("a \u{200b}> 3", "\u{200b}", "the invisible character U+200B"),
    ("a @ b", "@", "`@` is no operator here"),
];

#[test]
fn refusals_say_where_and_what_to_do() {
    for (text, marked, fragment) in REFUSED {
        let errors = parse(text).expect_err(text);
        let error = &errors[0];
        let start = text.find(marked).expect(text);
        assert_eq!(error.range.start, start, "{text:?}: {error:?}");
        let said = format!("{}\n{}", error.message, error.helps.join("\n"));
        assert!(said.contains(fragment), "{text:?} said:\n{said}");
        assert!(!error.helps.is_empty(), "{text:?} helps nobody");
        assert_eq!(error.kind, SyntaxErrorKind::Bad, "{text:?}");
        // The second operator of a chain is told apart by what follows it.
        let whole = start..start + marked.len();
        let leading = marked.split(' ').next().map_or(0, str::len);
        let ends = [whole.end, start + leading];
        assert!(ends.contains(&error.range.end), "{text:?}: {error:?}");
    }
}

#[test]
fn several_slips_are_reported_together_and_in_order() {
    let errors = parse("a or b = c and größe ≥ 007").expect_err("six slips");
    let ranges: Vec<usize> = errors.iter().map(|error| error.range.start).collect();
    assert_eq!(ranges, [2, 7, 11, 15, 23, 27]);
}

#[test]
fn trees_print_with_few_parentheses() {
    let printed = |text: &str| parse(text).map(|tree| tree.to_string());
    for (text, expected) in [
        ("a&&(b&&c)||d", "a && b && c || d"),
        ("(a||b)&&!(c)", "(a || b) && !c"),
        ("!(a && b)", "!(a && b)"),
        ("a - (b + c) - d", "a - (b + c) - d"),
        ("(a < b) == c", "(a < b) == c"),
        ("((a + days( 180 )))\n>\u{a0}visit", "a + days(180) > visit"),
        ("latest(a.b, date(\"2026-01-31\")) > -5", "latest(a.b, date(\"2026-01-31\")) > -5"),
    ] {
        assert_eq!(printed(text).as_deref(), Ok(expected));
    }
}

#[test]
fn ranges_leave_out_surrounding_parentheses() {
    let text = " ((a) + b) < (c)";
    let tree = parse(text).expect(text);
    assert_eq!(&text[tree.range.clone()], "((a) + b) < (c)");
    let TreeKind::Compare { left, op_range, right, .. } = &tree.kind else {
        panic!("{tree:?}");
    };
    assert_eq!(&text[left.range.clone()], "(a) + b");
    assert_eq!(&text[op_range.clone()], "<");
    assert_eq!(&text[right.range.clone()], "c");
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = |open: &str, n: usize, close: &str| format!("{}a{}", open.repeat(n), close.repeat(n));
    let accepted = [
        deep("(", EXPRESSION_NESTING, ")"),
        deep("!", EXPRESSION_NESTING - 1, ""),
        deep("f(", EXPRESSION_NESTING - 1, ")"),
        deep("", EXPRESSION_NESTING - 1, "+a"),
        deep("", EXPRESSION_NODES - 2, "||a"),
    ];
    for text in &accepted {
        let tree = parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        let _ = tree.to_string();
    }
    let pieces = [
        ("(", ""),
        ("!", ""),
        ("f(", ""),
        ("(", ")"),
        ("", "+a"),
        ("", "&&a"),
        ("", "-a"),
        ("!(", ")"),
        ("a&&(b||", ")"),
    ];
    for (open, close) in pieces {
        for n in [EXPRESSION_NESTING + 1, 2_000, 5_000, 100_000] {
            if (open, close) == ("", "&&a") && n < 2_000 {
                continue;
            }
            let text = deep(open, n, close);
            let errors = parse(&text).expect_err("too large");
            assert!(
                errors.iter().any(|error| error.kind == SyntaxErrorKind::TooLarge),
                "{open}{close} {n}: {errors:?}"
            );
        }
    }
}

#[test]
fn long_nonsense_is_refused_at_once() {
    let pieces = [
        "\"",
        "'",
        "„",
        "\"\\",
        "≥",
        "a is not ",
        "1.",
        "é ",
        "a<",
        "a<1 ",
        "a==b ",
        "-",
        "/",
        "f(a,",
        "a.",
        "\u{0}",
        "2026-01-31",
    ];
    for piece in pieces {
        let text = piece.repeat(EXPRESSION / piece.len());
        let errors = parse(&text).expect_err(piece);
        assert!((1..=20).contains(&errors.len()), "{piece}: {}", errors.len());
        for error in errors {
            assert!(error.message.len() < 300, "{piece}: {}", error.message);
        }
    }
}

#[test]
fn the_reserved_words_are_sorted_for_the_search() {
    assert!(signs::RESERVED.is_sorted());
    assert!(is_reserved("until") && is_reserved("Fn") && is_reserved("yield"));
    assert!(!is_reserved("pregnant") && !is_reserved("OR"));
}
