//! Texts that are conditions, and texts that nearly are.

use std::fmt::Write;

/// A small generator whose numbers are the same everywhere (splitmix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n - 1`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const NAMES: &[&str] = &["age", "pregnant", "a", "_b", "visit", "inn", "iso_9", "not1", "E5"];
const NUMBERS: &[&str] = &["0", "5", "180", "1.50", "0.0", "999999999999999999", "1.00000000000000001"];
const FUNCTIONS: &[&str] = &["days", "date", "latest", "never", "not", "contains"];
const SPACES: &[&str] = &["", "", "", " ", " ", "  ", "\n", "\t", "\r\n", "\u{a0}"];
const OPERATORS: &[&str] = &["||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-"];
const SNIPPETS: &[&str] = &[
    "||",
    "&&",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
    "!",
    "(",
    ")",
    ",",
    ".",
    "\"",
    "-5",
    "- 5",
    "!in",
    " in ",
    "<-",
    "--",
    "++",
    "()",
    "(*",
    "*)",
    "*",
    "/",
    "//",
    "/*",
    "*/",
    "%",
    "**",
    "??",
    "..",
    "..=",
    "=",
    "===",
    "!==",
    "=>",
    "->",
    "::",
    ":",
    ";",
    "{",
    "}",
    "[",
    "]",
    "#{",
    "`",
    "'",
    "|",
    "&",
    "^",
    "~",
    "@",
    "$",
    "?",
    "?.",
    "\\",
    "_",
    "1_000",
    "0x1f",
    "1e3",
    "007",
    ".5",
    "5.",
    "9999999999999999999",
    "and",
    "or",
    "is",
    "not",
    "true",
    "false",
    "null",
    "if",
    "print",
    "call",
    "this",
    "until",
    "Fn",
    "x",
    "\"2026-01-31\"",
    "2026-01-31",
    "\"\"",
    "\\n",
    " ",
    "\n",
    "\u{a0}",
    "\u{200b}",
    "é",
    "≥",
    "–",
    "“",
    "\u{0}",
];

/// Writes a condition that is one in most cases; the tree it stands for is Rhai's to say.
pub fn well_formed(random: &mut Random, out: &mut String, depth: u32) {
    out.push_str(random.pick(SPACES));
    match if depth == 0 { random.below(5) } else { random.below(14) } {
        0 | 1 => out.push_str(random.pick(NAMES)),
        2 => {
            let dot = [".", ".", ".", " .", ". "];
            let (base, member) = (random.pick(NAMES), random.pick(NAMES));
            let _ = write!(out, "{base}{}{member}", random.pick(&dot));
        }
        3 => {
            let sign = random.pick(&["", "", "-"]);
            let _ = write!(out, "{sign}{}", random.pick(NUMBERS));
        }
        4 => out.push_str(random.pick(&["\"2026-01-31\"", "\"\"", "\"a b\"", "date(\"2026-01-31\")"])),
        5 => {
            out.push('!');
            well_formed(random, out, depth - 1);
        }
        6 => {
            out.push_str(random.pick(FUNCTIONS));
            out.push_str(random.pick(&["", "", " "]));
            out.push('(');
            for i in 0..random.below(4) {
                if i > 0 {
                    out.push(',');
                }
                well_formed(random, out, depth - 1);
            }
            out.push(')');
        }
        7 | 8 => {
            out.push('(');
            well_formed(random, out, depth - 1);
            out.push(')');
        }
        _ => {
            for i in 0..2 + random.below(2) {
                if i > 0 {
                    out.push_str(random.pick(SPACES));
                    out.push_str(random.pick(OPERATORS));
                }
                // Sides in parentheses, so that deep texts do not all die of a chained comparison.
                let open = random.below(2) == 0;
                out.push_str(if open { "(" } else { "" });
                well_formed(random, out, depth - 1);
                out.push_str(if open { ")" } else { "" });
            }
        }
    }
    out.push_str(random.pick(SPACES));
}

/// One edit: a piece put in, taken out, doubled, moved or overwritten.
pub fn mutated(random: &mut Random, text: &str) -> String {
    let (mut from, mut to) = (boundary(random, text), boundary(random, text));
    if from > to {
        (from, to) = (to, from);
    }
    let short = text[from..].chars().next().map_or(from, |c| from + c.len_utf8());
    let (head, piece, tail) = (&text[..from], &text[from..to], &text[to..]);
    match random.below(6) {
        0 | 1 => format!("{head}{}{}", random.pick(SNIPPETS), &text[from..]),
        2 => format!("{head}{}", &text[short..]),
        3 => format!("{head}{}{}", random.pick(SNIPPETS), &text[short..]),
        4 => format!("{head}{piece}{piece}{tail}"),
        _ => format!("{piece}{head}{tail}"),
    }
}

fn boundary(random: &mut Random, text: &str) -> usize {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
