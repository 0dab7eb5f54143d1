//! Small pieces of English, and making untrusted text safe to print.

/// Control characters (line breaks included) and invisible direction marks replaced by a visible sign,
/// so that a text from a record or rule cannot drive a terminal.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
            '\u{7f}'..='\u{9f}' => '\u{fffd}',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                '\u{fffd}'
            }
            other => other,
        })
        .collect()
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[impl AsRef<str>], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [init @ .., end] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", init.join(", "), end.as_ref())
        }
    }
}

/// As [`list`], of which only so many are named: `a, b and 28 more`.
pub fn first(items: &[impl AsRef<str>], most: usize) -> String {
    match items.len().saturating_sub(most) {
        0 | 1 => list(items, "and"),
        more => {
            let named: Vec<&str> = items[..most].iter().map(AsRef::as_ref).collect();
            format!("{} and {more} more", named.join(", "))
        }
    }
}

/// `1 day`, `2 days`.
pub fn count(n: i64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// The text with its first letter in upper case.
pub fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `120.00` for `120,00`: a number whose only comma stands where the dot belongs.
pub fn dot_for_comma(text: &str) -> Option<String> {
    let (whole, decimals) = text.split_once(',')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let decimal = digits(whole.trim_start_matches('-')) && digits(decimals) && decimals.len() != 3;
    decimal.then(|| format!("{whole}.{decimals}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_english() {
        assert_eq!(list(&["a"], "or"), "a");
        assert_eq!(list(&["a", "b", "c"], "and"), "a, b and c");
        assert_eq!(first(&["a", "b", "c"], 2), "a, b and c");
        assert_eq!(first(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(visible("a\u{1b}[31mb\u{202e}"), "a\u{241b}[31mb\u{fffd}");
    }
}
