//! Which lines change, for somebody to read.

use similar::{ChangeTag, TextDiff};

use crate::prose::visible;

/// More lines than these on either side are not compared one by one.
const COMPARED: usize = 2_000;
/// More changed lines than these are counted, not shown.
const SHOWN: usize = 20;

/// The lines that go and those that come, each with its number, the first few of them.
pub fn changed_lines(old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = (&old[start..], &new[start..]);
    let end = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| a == b).count();
    let changes = changes(&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut out = String::new();
    for (sign, number, line) in changes.iter().take(SHOWN) {
        let shown = visible(line.trim_end_matches([' ', '\t', '\r', '\n'])).replace('\u{a0}', "\u{2423}");
        let space = if shown.is_empty() { "" } else { " " };
        out.push_str(&format!("  {sign}{:>5}{space}{shown}{}\n", start + number + 1, unseen(line)));
    }
    if changes.len() > SHOWN {
        out.push_str(&format!("  and {} more lines\n", changes.len() - SHOWN));
    }
    out
}

/// What the end of a line holds that nobody sees.
fn unseen(line: &str) -> &'static str {
    let body = line.trim_end_matches(['\n', '\r']);
    match &line[body.len()..] {
        "\n" if body.ends_with([' ', '\t']) => " (ends in spaces)",
        "\n" => "",
        "" => " (no line break at its end)",
        _ => " (ends in CR LF)",
    }
}

/// The sign of a change, where its line stands, and the line.
type Change<'t> = (char, usize, &'t str);

fn changes<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Change<'t>> {
    let lines = |sign: char, lines: &[&'t str]| -> Vec<Change<'t>> {
        lines.iter().enumerate().map(|(at, line)| (sign, at, *line)).collect()
    };
    if old.len().max(new.len()) > COMPARED {
        return [lines('-', old), lines('+', new)].concat();
    }
    TextDiff::from_slices(old, new)
        .iter_all_changes()
        .filter_map(|change| match change.tag() {
            ChangeTag::Equal => None,
            ChangeTag::Delete => change.old_index().map(|at| ('-', at, old[at])),
            ChangeTag::Insert => change.new_index().map(|at| ('+', at, new[at])),
        })
        .collect()
}
