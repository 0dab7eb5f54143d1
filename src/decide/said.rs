//! Words that mean something by themselves, whatever is asked.

use crate::source::Value;

/// A word that means something by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Unknown,
    Yes,
    No,
    True,
    False,
    None,
    Never,
    Ongoing,
    Some,
    Other,
}

/// What programs write where they have no value, in small letters: spreadsheets, databases, statistics.
const MISSING: [&str; 31] = [
    "nan",
    "-nan",
    "na",
    "n/a",
    "n.a.",
    "<na>",
    "#na",
    "#n/a",
    "#n/a n/a",
    "nat",
    "null",
    "(null)",
    "#null!",
    "nil",
    "\\n",
    "undefined",
    "missing",
    "-",
    "--",
    "\u{2013}",
    "\u{2014}",
    ".",
    "1.#ind",
    "-1.#ind",
    "1.#qnan",
    "-1.#qnan",
    "#ref!",
    "#value!",
    "#div/0!",
    "#name?",
    "#num!",
];

/// What a text says. Letters may be of any size, but for `none`: that is an answer, and `None` is what programs write
/// where they have none.
#[inline]
pub(super) fn said(text: &str) -> Said {
    match exactly(text) {
        Said::Other => otherwise(text),
        said => said,
    }
}

/// The same for a value that may be a list or map.
pub(super) fn word(value: &Value<'_>) -> Option<Said> {
    value.text().map(said)
}

/// Whether a text stands for no value.
pub(super) fn is_missing(text: &str) -> bool {
    matches!(said(text), Said::Nothing | Said::Unknown)
}

#[inline]
fn exactly(text: &str) -> Said {
    match text {
        "" => Said::Nothing,
        "no" => Said::No,
        "yes" => Said::Yes,
        "none" => Said::None,
        "never" => Said::Never,
        "false" => Said::False,
        "true" => Said::True,
        "some" => Said::Some,
        "unknown" => Said::Unknown,
        "ongoing" => Said::Ongoing,
        _ => Said::Other,
    }
}

/// The text without blanks around it.
#[inline]
pub(super) fn bare(text: &str) -> &str {
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    if ends.into_iter().flatten().all(u8::is_ascii_graphic) { text } else { text.trim() }
}

/// What a text says that is none of the words as it stands.
fn otherwise(text: &str) -> Said {
    /// Of the longest of the words.
    const LENGTH: usize = "undefined".len();
    let text = bare(text);
    // Most are days, numbers and options, and looked at no further.
    let is_likely = match text.as_bytes() {
        [b'2'..=b'9' | b'a'..=b'l' | b'o'..=b't' | b'v'..=b'z', rest @ ..] => {
            rest.iter().any(|byte| !byte.is_ascii_graphic() || byte.is_ascii_uppercase())
        }
        _ => true,
    };
    if !is_likely || text.len() > LENGTH {
        return exactly(text);
    }
    if MISSING.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Said::Unknown;
    }
    let is_answer = text == "none";
    match exactly(&text.to_lowercase()) {
        Said::None if !is_answer => Said::Unknown,
        said => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_may_be_of_any_size_where_no_meaning_is_lost() {
        for (said_as, texts) in [
            (Said::None, &["none", " none "][..]),
            (
                Said::Unknown,
                &["None", "NONE", " None", "NaN", "N/A", "#n/a", "Null", "-", "\u{2014}", "\\N", "NaT"],
            ),
            (Said::Never, &["never", "Never", "NEVER", "\u{a0}never "]),
            (Said::No, &["no", "No", "NO"]),
            (Said::Unknown, &["unknown", "Unknown", "UNKNOWN "]),
            (Said::Nothing, &["", " "]),
            (Said::Other, &["no one", "nano", "2026-03-02", "1999-12-31", "-1", "12", "nonesuch", "nans"]),
        ] {
            for text in texts {
                assert_eq!(said(text), said_as, "{text:?}");
            }
        }
    }
}
