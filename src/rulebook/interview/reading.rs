//! An answer in the words of a person, as a record would write it. What it means is left to whoever reads records.

use serde_json::{Map, Value, json};

use super::words::{Part, folded, is_none, is_unknown, options_at, options_called, parts};
use crate::book::fact::{Fact, FactKind};
use crate::prose;
use crate::value::{Day, FIRST_DAY, NotTyped, TypedDay};

/// What a line says.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) says: Says,
    /// Whether it is put in place of what is known.
    pub(super) instead: bool,
    /// Days that stood in another order than records have them.
    pub(super) days: Vec<(Day, Day)>,
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub(super) enum Says {
    /// Nothing, or nothing more, is known.
    #[default]
    Unknown,
    /// The whole answer.
    Whole(Value),
    /// Answers to options by their place, and whether none of the others applies.
    Parts(Vec<(usize, Value)>, bool),
}

/// A line that cannot be read, for these reasons.
type Wrong = Vec<String>;

/// Reads a line that is not empty; the answer may be about one option alone.
pub(super) fn read(fact: &Fact, line: &str, only: Option<usize>) -> Result<Said, Wrong> {
    let mut said = Said::default();
    let text = folded(line);
    let (line, text) = match text.strip_prefix("instead").filter(|_| options_called(fact, &text).is_empty()) {
        Some(rest) if rest.starts_with([' ', ':']) => {
            said.instead = true;
            let trim = |text: &str| text.trim_start_matches([' ', ':']).to_string();
            (trim(line.get("instead".len()..).unwrap_or(rest)), trim(rest))
        }
        _ => (line.to_string(), text),
    };
    if is_unknown(&text) && options_called(fact, &text).is_empty() {
        return Ok(said);
    }
    said.says = match fact.kind {
        FactKind::YesNo => Says::Whole(match text.trim_end_matches(['.', '!']) {
            "y" | "yes" => json!("yes"),
            "n" | "no" => json!("no"),
            _ => json!(line),
        }),
        FactKind::Choice => Says::Whole(choice(fact, &line, &text)?),
        FactKind::Set => set(fact, &text)?,
        FactKind::History => history(fact, &text, only, &mut said.days)?,
        FactKind::Number { .. } => Says::Whole(number(fact, &text)?),
        FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate => {
            Says::Whole(days(&text, &mut said.days)?)
        }
        FactKind::Note => Says::Whole(json!(line)),
    };
    Ok(said)
}

fn id(fact: &Fact, option: usize) -> &str {
    &fact.options[option].id
}

/// Several options have the same words.
fn several(fact: &Fact, text: &str, options: &[usize]) -> Wrong {
    let ids: Vec<&str> = options.iter().map(|option| id(fact, *option)).collect();
    vec![format!("`{text}` can be {}: write the name", prose::list(&ids, "or"))]
}

/// Something that is no option; the nearest is named.
fn stranger(fact: &Fact, text: &str) -> Wrong {
    let names = fact.options.iter().flat_map(|option| [option.id.as_str(), option.text.as_str()]);
    vec![match crate::suggest::nearest(text, names) {
        Some(near) => format!("`{text}` is no option of `{}`, did you mean `{near}`?", fact.id),
        None => format!("`{text}` is no option of `{}`", fact.id),
    }]
}

/// One option, or one of several: `III or IV`.
fn choice(fact: &Fact, line: &str, text: &str) -> Result<Value, Wrong> {
    let mut named = Vec::new();
    let mut name = |text: &str| match options_called(fact, text)[..] {
        [one] => {
            named.push(json!(id(fact, one)));
            Ok(())
        }
        [] => Err(stranger(fact, text)),
        ref options => Err(several(fact, text, options)),
    };
    if options_called(fact, text).is_empty() && text.contains(" or ") {
        text.split(" or ").try_for_each(|part| name(part.trim_matches([' ', ','])))?;
    } else {
        name(text)
            .map_err(|wrong| if line == text { wrong } else { stranger_as_typed(fact, line, wrong) })?;
    }
    Ok(if named.len() == 1 { named.remove(0) } else { json!({"some": named}) })
}

/// The same about the text as it was typed.
fn stranger_as_typed(fact: &Fact, line: &str, wrong: Wrong) -> Wrong {
    if options_called(fact, &folded(line)).is_empty() { stranger(fact, line) } else { wrong }
}

fn set(fact: &Fact, text: &str) -> Result<Says, Wrong> {
    if options_called(fact, text).is_empty() {
        if is_none(text) {
            return Ok(Says::Parts(Vec::new(), true));
        }
        if ["some", "yes"].contains(&text) {
            return Ok(Says::Whole(json!("some")));
        }
    }
    let (mut answers, mut no_other) = (Vec::new(), false);
    for part in parts(fact, text) {
        match part {
            Part::Option(option, own) => match own.as_str() {
                // Whoever names those that apply has named all.
                "" | "yes" => {
                    no_other = true;
                    answers.push((option, json!("yes")));
                }
                "no" => answers.push((option, json!("no"))),
                own if is_unknown(own) => answers.push((option, json!("unknown"))),
                own => return Err(stranger(fact, &format!("{} {own}", id(fact, option)))),
            },
            Part::Several(text, options) => return Err(several(fact, &text, &options)),
            Part::NoOther => no_other = true,
            Part::Stranger(text) => return Err(stranger(fact, &text)),
        }
    }
    Ok(Says::Parts(answers, no_other))
}

fn history(fact: &Fact, text: &str, only: Option<usize>, found: &mut Vec<(Day, Day)>) -> Result<Says, Wrong> {
    let is_named = options_at(fact, text).is_some();
    let one = only.or(Some(0).filter(|_| fact.options.len() == 1)).filter(|_| !is_named);
    if is_none(text) && !is_named && one.is_none() {
        return Ok(Says::Parts(Vec::new(), true));
    }
    let (mut answers, mut no_other) = (Vec::new(), false);
    let all = one.map_or_else(|| parts(fact, text), |one| vec![Part::Option(one, text.to_string())]);
    for part in all {
        match part {
            Part::Option(option, own) => {
                let answer = match own.as_str() {
                    "" | "yes" => some_day(),
                    "no" => json!("never"),
                    own if is_unknown(own) => json!("unknown"),
                    own => days(own, found)?,
                };
                answers.push((option, answer));
            }
            Part::Several(text, options) => return Err(several(fact, &text, &options)),
            Part::NoOther => no_other = true,
            Part::Stranger(text) => return Err(stranger(fact, &text)),
        }
    }
    Ok(Says::Parts(answers, no_other))
}

/// On some day or still, and nobody knows when: anything but never.
pub(super) fn some_day() -> Value {
    json!({"at_least": FIRST_DAY.to_string()})
}

/// The ends of a range: `25..40`, `25 to 40`, `between 25 and 40`, `at least 25`.
fn ends(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    if let Some(low) = text.strip_prefix("at least ") {
        return Some((Some(low), None));
    }
    if let Some(high) = text.strip_prefix("at most ") {
        return Some((None, Some(high)));
    }
    let text = text.strip_prefix("from ").unwrap_or(text);
    let between = text.strip_prefix("between ").and_then(|text| text.split_once(" and "));
    let signs = ["..", " to ", " - ", " \u{2013} ", "\u{2013}"];
    let (low, high) = between.or_else(|| signs.iter().find_map(|sign| text.split_once(sign)))?;
    Some((some(low.trim()), some(high.trim()))).filter(|ends| *ends != (None, None))
}

fn range(low: Option<String>, high: Option<String>) -> Value {
    let bounds = [("at_least", low), ("at_most", high)];
    let bounds = bounds.into_iter().filter_map(|(key, end)| Some((key.to_string(), json!(end?))));
    Value::Object(bounds.collect::<Map<String, Value>>())
}

/// A day, a month, a year, a range of them, or a word such as `never`.
fn days(text: &str, found: &mut Vec<(Day, Day)>) -> Result<Value, Wrong> {
    let mut read = |text: &str| -> Result<String, Wrong> {
        let bare = text.strip_prefix("in ").or_else(|| text.strip_prefix("on ")).unwrap_or(text);
        match TypedDay::read(bare) {
            Ok(day) => {
                if !day.is_plain {
                    found.push((day.first, day.last));
                }
                Ok(day.written())
            }
            Err(NotTyped::NoDay) => Ok(text.to_string()),
            Err(NotTyped::Either(one, other)) => Err(vec![format!(
                "`{text}` can be {} or {}: write {one} or {other}",
                one.long(),
                other.long()
            )]),
            Err(NotTyped::ShortYear) => {
                Err(vec![format!("`{text}` has a year of two digits: write all four, such as 2026-03-02")])
            }
        }
    };
    match ends(text) {
        Some((low, high)) => {
            let (low, high) = (low.map(&mut read).transpose()?, high.map(&mut read).transpose()?);
            Ok(range(low, high))
        }
        None => Ok(json!(read(text)?)),
    }
}

/// A number or a range, each with the fact's unit behind it or none.
fn number(fact: &Fact, text: &str) -> Result<Value, Wrong> {
    let read = |text: &str| with_unit(fact, text);
    if let Some((low, high)) = ends(text) {
        return Ok(range(low.map(read).transpose()?, high.map(read).transpose()?));
    }
    // `25-40`: a sign before the first digit is no end of a range.
    let dash = text.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(at, _)| at);
    match dash.map(|at| (text[..at].trim(), text[at + 1..].trim())) {
        Some((low, high)) if low.contains(|c: char| c.is_ascii_digit()) && !high.is_empty() => {
            Ok(range(Some(read(low)?), Some(read(high)?)))
        }
        _ => Ok(json!(read(text)?)),
    }
}

fn with_unit(fact: &Fact, text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || ".,-".contains(c))).unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim());
    if !number.contains(|c: char| c.is_ascii_digit()) {
        return Ok(text.to_string());
    }
    if let Some(dotted) = prose::dot_for_comma(number) {
        return Err(vec![format!("`{text}` has a comma: write {dotted}")]);
    }
    let bare = |unit: &str| {
        let unit = folded(unit).replace('\u{b2}', "2").replace('\u{b3}', "3").replace(['^', '.', ' '], "");
        unit.strip_suffix('s').map(str::to_string).unwrap_or(unit)
    };
    match &fact.unit {
        _ if unit.is_empty() => Ok(number.to_string()),
        Some(own) if bare(own) == bare(unit) => Ok(number.to_string()),
        Some(own) => Err(vec![format!("`{text}`: this is asked in {own}, and `{unit}` is something else")]),
        None => Err(vec![format!("`{text}`: write the number alone, this has no unit")]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::condition::SlotId;
    use crate::book::fact::FactOption;
    use crate::span::{Span, Texts};

    fn fact(kind: FactKind, options: &[(&str, &str)]) -> Fact {
        let span = Span::new(Texts::new().add("facts.yaml", String::new()), 0..0);
        let option = |(id, text): &(&str, &str)| FactOption { id: id.to_string(), text: text.to_string() };
        Fact {
            id: "f".to_string(),
            kind,
            ask: "F?".to_string(),
            options: options.iter().map(option).collect(),
            good_for: Vec::new(),
            always: None,
            may_be_planned: false,
            on_the_day: false,
            not_sure: None,
            unit: Some("cm2".to_string()),
            first_slot: SlotId(0),
            slot_count: 1,
            span,
        }
    }

    /// What each line says, one below the other.
    fn said(fact: &Fact, lines: &[&str]) -> String {
        let mut text = String::new();
        for line in lines {
            let says = match read(fact, line, None) {
                Ok(Said { says: Says::Unknown, .. }) => "unknown".to_string(),
                Ok(Said { says: Says::Whole(value), instead, .. }) => {
                    format!("{}{value}", if instead { "instead " } else { "" })
                }
                Ok(Said { says: Says::Parts(parts, rest), .. }) => {
                    let parts = parts.iter().map(|(at, value)| format!("{}: {value}", id(fact, *at)));
                    let rest = rest.then(|| "no other".to_string());
                    parts.chain(rest).collect::<Vec<_>>().join(", ")
                }
                Err(wrong) => format!("wrong: {}", wrong.join("; ")),
            };
            text += &format!("{line} -> {says}\n");
        }
        text
    }

    #[test]
    fn lines_are_read_as_they_are_meant() {
        let options: &[(&str, &str)] = &[
            ("benzoyl_peroxide", "Benzoyl peroxide, gel or wash"),
            ("zinc", "Zinc and copper"),
            ("back", "Back"),
            ("zinc_oxide", "Zinc oxide"),
            ("other_a", "Other"),
            ("other_b", "Other"),
        ];
        let set = fact(FactKind::Set, options);
        let mut shown = said(
            &set,
            &[
                "Benzoyl Peroxide, Gel or Wash; zinc and copper and Back",
                "benzoyl-peroxide + ZINC_OXIDE",
                "zinc, zink oxide",
                "zinc not sure, back",
                "none",
                "Nothing else",
                "some",
                "other",
                "other_b",
                "zinc purple",
                "don\u{2019}t know",
            ],
        );
        let history = fact(FactKind::History, options);
        shown += &said(
            &history,
            &[
                "zinc January 2026 and back 3.4.2025",
                "Zinc: April 3, 2026, Zinc Oxide: ongoing",
                "zinc 23.4.2026, none",
                "zinc",
                "zinc never, zinc oxide ?",
                "zinc between 2025-01 and 2025-03",
                "zinc 2025-01 to 2025-03 and no others",
            ],
        );
        shown += &said(&fact(FactKind::History, &options[..1]), &["March 2026", "no", "2026"]);
        shown += &said(&fact(FactKind::Choice, options), &["Zinc Oxide", "zinc or back", "Zink", "OTHER"]);
        shown +=
            &said(&fact(FactKind::Date, &[]), &["In March 2026", "Never", "2025..", "1/2/2026", "1.3.26"]);
        let number = FactKind::Number { whole: false, low: 0, high: 1 };
        let lines = [
            "170cm2",
            "170 cm\u{b2}",
            "170 sq m",
            "1,70",
            "25..40 cm2",
            "25-40",
            "-5",
            "-5 - -2",
            "at least 7",
            "big",
            "instead 7",
        ];
        shown += &said(&fact(number, &[]), &lines);
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path("../../../tests/verbs/snapshots");
        settings.bind(|| insta::assert_snapshot!("ask@lines", shown));
    }
}
