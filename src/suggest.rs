//! Did you mean: the nearest known name to a mistyped one.

/// The candidate nearest to `word`, if one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let allowed = match folded.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let length = folded.chars().count();
    candidates
        .into_iter()
        .filter(|name| name.chars().count().abs_diff(length) <= allowed)
        .map(|name| (strsim::damerau_levenshtein(&folded, &fold(name)), name))
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_slip_and_nothing_far_off() {
        let names = ["pregnant", "open_wounds", "goals"];
        assert_eq!(nearest("pregnent", names), Some("pregnant"));
        assert_eq!(nearest("Open wounds", names), Some("open_wounds"));
        assert_eq!(nearest("age", names), None);
    }
}
