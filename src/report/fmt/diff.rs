//! Which lines change, for somebody to read.

use crate::prose::visible;

/// More lines than these on either side are not compared one by one.
const COMPARED: usize = 1_000;
/// More changed lines than these are counted, not shown.
const SHOWN: usize = 20;

/// The lines that go and those that come, each with its number, the first few of them.
pub fn changed_lines(old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = (&old[start..], &new[start..]);
    let end = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let changes = changes(middle.0, middle.1);
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

type Change<'t> = (char, usize, &'t str);

/// What a longest common subsequence leaves over, lines that go before those that come.
fn changes<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Change<'t>> {
    let (height, width) = (old.len() + 1, new.len() + 1);
    let mut common = vec![0u16; if old.len().max(new.len()) > COMPARED { 0 } else { height * width }];
    if !common.is_empty() {
        for a in (0..old.len()).rev() {
            for b in (0..new.len()).rev() {
                common[a * width + b] = match old[a] == new[b] {
                    true => common[(a + 1) * width + b + 1] + 1,
                    false => common[(a + 1) * width + b].max(common[a * width + b + 1]),
                };
            }
        }
    }
    let at = |a: usize, b: usize| common.get(a * width + b).copied().unwrap_or_default();
    let (mut a, mut b) = (0, 0);
    let mut changes = Vec::new();
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] && !common.is_empty() {
            (a, b) = (a + 1, b + 1);
        } else if a < old.len() && (b == new.len() || at(a + 1, b) >= at(a, b + 1)) {
            changes.push(('-', a, old[a]));
            a += 1;
        } else {
            changes.push(('+', b, new[b]));
            b += 1;
        }
    }
    changes
}
