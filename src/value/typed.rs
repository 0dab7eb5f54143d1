//! Days as people type them: `3 April 2026`, `April 2026`, `23.4.2026`. Nothing is guessed.

use super::day::Day;

/// A day, month or year that can mean only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedDay {
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// Whether it stands as records write it, so that nobody needs to be told how it was read.
    pub is_plain: bool,
}

/// Why a text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTyped {
    /// It looks like none.
    NoDay,
    /// It can be either of these.
    Either(Day, Day),
    /// Its year has two digits.
    ShortYear,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl TypedDay {
    /// Reads a day, a month or a year.
    pub fn read(text: &str) -> Result<TypedDay, NotTyped> {
        let text = text.trim();
        if let Some((first, last)) = Day::parse_partial(text) {
            return Ok(TypedDay { first, last, is_plain: true });
        }
        let words = text.to_lowercase().replace(',', " ");
        let words: Vec<&str> = words.split_whitespace().filter(|word| *word != "of").collect();
        let found = match words[..] {
            [one] => return in_numbers(one),
            [month, year] => (year_of(year), month_of(month), None),
            [a, b, year] => match (month_of(a), month_of(b)) {
                (None, Some(month)) => (year_of(year), Some(month), Some(of_month(a))),
                (Some(month), None) => (year_of(year), Some(month), Some(of_month(b))),
                _ => return Err(NotTyped::NoDay),
            },
            _ => return Err(NotTyped::NoDay),
        };
        match found {
            (Some(year), Some(month), None) => partial(&format!("{year}-{month:02}")),
            (Some(year), Some(month), Some(Some(day))) => partial(&format!("{year}-{month:02}-{day:02}")),
            (None, Some(_), _) if words.last().is_some_and(|year| is_number(year, 2)) => {
                Err(NotTyped::ShortYear)
            }
            _ => Err(NotTyped::NoDay),
        }
    }

    /// As records write it: `2026-03-02`, `2026-03` or `2026`.
    pub fn written(&self) -> String {
        let first = self.first.to_string();
        let forms = [first.get(..4), first.get(..7)];
        let same = |form: &&str| Day::parse_partial(form) == Some((self.first, self.last));
        forms.into_iter().flatten().find(same).unwrap_or(&first).to_string()
    }
}

/// `23.4.2026`, `4/2026`, `2026/4/23`: a day before its month only where it cannot be the month.
fn in_numbers(text: &str) -> Result<TypedDay, NotTyped> {
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    let number =
        |part: &str| (1..=2).any(|digits| is_number(part, digits)).then(|| part.parse::<u8>().ok())?;
    match parts[..] {
        [month, year] if is_number(year, 4) => match number(month) {
            Some(month) => partial(&format!("{year}-{month:02}")),
            None => Err(NotTyped::NoDay),
        },
        [year, month] if is_number(year, 4) => match number(month) {
            Some(month) => partial(&format!("{year}-{month:02}")),
            None => Err(NotTyped::NoDay),
        },
        [year, month, day] if is_number(year, 4) => match (number(month), number(day)) {
            (Some(month), Some(day)) => partial(&format!("{year}-{month:02}-{day:02}")),
            _ => Err(NotTyped::NoDay),
        },
        [a, b, year] => {
            let (Some(a), Some(b)) = (number(a), number(b)) else { return Err(NotTyped::NoDay) };
            if is_number(year, 2) {
                return Err(NotTyped::ShortYear);
            }
            if !is_number(year, 4) {
                return Err(NotTyped::NoDay);
            }
            let of = |day: u8, month: u8| partial(&format!("{year}-{month:02}-{day:02}"));
            match (of(a, b), of(b, a)) {
                (Ok(one), Ok(other)) if one != other => Err(NotTyped::Either(one.first, other.first)),
                (Ok(one), _) | (_, Ok(one)) => Ok(one),
                (Err(none), Err(_)) => Err(none),
            }
        }
        _ => Err(NotTyped::NoDay),
    }
}

fn partial(text: &str) -> Result<TypedDay, NotTyped> {
    let (first, last) = Day::parse_partial(text).ok_or(NotTyped::NoDay)?;
    Ok(TypedDay { first, last, is_plain: false })
}

/// `march`, `mar` or `sept`.
fn month_of(word: &str) -> Option<usize> {
    let word = word.trim_end_matches('.');
    let is_month =
        |name: &&str| word.len() >= 3 && name.starts_with(word) || word == "sept" && **name == *"september";
    MONTHS.iter().position(is_month).map(|at| at + 1)
}

/// `3`, `3.`, `3rd`.
fn of_month(word: &str) -> Option<u8> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let end = &word[digits.len()..];
    let day = (1..=2).any(|count| is_number(digits, count)).then(|| digits.parse().ok())?;
    day.filter(|_| ["", ".", "st", "nd", "rd", "th"].contains(&end))
}

fn year_of(word: &str) -> Option<&str> {
    is_number(word, 4).then_some(word)
}

fn is_number(word: &str, digits: usize) -> bool {
    word.len() == digits && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match TypedDay::read(text) {
            Ok(day) => day.written(),
            Err(NotTyped::NoDay) => "no day".to_string(),
            Err(NotTyped::Either(a, b)) => format!("{a} or {b}"),
            Err(NotTyped::ShortYear) => "short year".to_string(),
        }
    }

    #[test]
    fn a_day_is_read_in_words_and_in_numbers_that_mean_one_day() {
        for (typed, is) in [
            ("2026-04-03", "2026-04-03"),
            ("3 April 2026", "2026-04-03"),
            ("3rd of april, 2026", "2026-04-03"),
            ("Apr 3, 2026", "2026-04-03"),
            ("april 2026", "2026-04"),
            ("Sept. 2025", "2025-09"),
            ("4/2026", "2026-04"),
            ("2026/4", "2026-04"),
            ("2019", "2019"),
            ("2026/4/3", "2026-04-03"),
            ("2026-4-3", "2026-04-03"),
            ("23.4.2026", "2026-04-23"),
            ("4/23/2026", "2026-04-23"),
            ("3.3.2026", "2026-03-03"),
            ("3.4.2026", "2026-04-03 or 2026-03-04"),
            ("31.2.2026", "no day"),
            ("30 February 2026", "no day"),
            ("23.4.26", "short year"),
            ("april 26", "short year"),
            ("3 april 26", "short year"),
            ("3 april", "no day"),
            ("ma 2026", "no day"),
            ("20260403", "no day"),
            ("2026-00-01", "no day"),
            ("1.70", "no day"),
            ("", "no day"),
            ("3 4 2026", "no day"),
        ] {
            assert_eq!(read(typed), is, "{typed}");
        }
    }
}
