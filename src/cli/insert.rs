//! Writing a review into a file of records: nothing but the review is added, every other byte stays.

use serde_json::{Map, Value, json};

use super::ask::plain;
use crate::log::file::in_yaml;
use crate::source::{self, Shape, json as json_text, yaml};
use crate::span::Texts;
use crate::written::record;

/// So far behind the last value of a record its end is looked for: a bracket, a comment.
const REACH: usize = 400;

/// The text with the review in the record at `place`; `None` if there is no room for it. Every place where it
/// might go is tried, until the text reads as it did before with the review added.
pub fn review(
    content: &str,
    is_json: bool,
    place: usize,
    review: &[(&'static str, String)],
) -> Option<String> {
    let value = read(content, is_json)?;
    let wanted = {
        let mut all = plain(&value);
        let one = if matches!(value.shape, Shape::List(_)) { all.get_mut(place)? } else { &mut all };
        let reviews = one.as_object_mut()?.entry("reviews").or_insert_with(|| json!([]));
        if reviews.as_str() == Some("") {
            *reviews = json!([]);
        }
        let added: Map<String, Value> =
            review.iter().map(|(key, text)| (key.to_string(), json!(text))).collect();
        reviews.as_array_mut()?.push(Value::Object(added));
        all
    };
    let record = record::records(value).into_iter().nth(place)?;
    let mut tries = candidates(content, is_json, &record, review).into_iter();
    tries.find_map(|(at, text)| {
        let new = format!("{}{text}{}", content.get(..at)?, content.get(at..)?);
        (plain(&read(&new, is_json)?) == wanted).then_some(new)
    })
}

fn read(content: &str, is_json: bool) -> Option<source::Value<'static>> {
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add("records", content.to_string());
    let start = content.len() - content.trim_start_matches('\u{feff}').len();
    let value = match is_json {
        true => {
            json_text::read(&texts, id, start..content.len(), &mut findings).map(source::Value::into_owned)
        }
        false => yaml::read(&texts, id, &mut findings).map(|node| source::Value::of(&node).into_owned()),
    };
    value.filter(|_| findings.is_empty())
}

/// Where the review might go, and as what: in YAML first on lines of its own, else within the brackets.
fn candidates(
    content: &str,
    is_json: bool,
    record: &source::Value<'_>,
    review: &[(&'static str, String)],
) -> Vec<(usize, String)> {
    let Some(pairs) = record.pairs() else { return Vec::new() };
    let reviews = pairs.iter().find(|pair| pair.key == "reviews");
    let items = reviews.map(|pair| match &pair.value.shape {
        Shape::List(items) => &items[..],
        Shape::Nothing | Shape::Word(_) | Shape::Map(_) => &[],
    });
    // The record itself may end with a bracket, which its last value lies before.
    let mut end = pairs.last().map_or(record.span.start, |last| last.value.span.end) as usize;
    if let (Some(entry), Some(items)) = (reviews, items) {
        end = items.last().map_or(entry.key_span.end, |item| item.span.end) as usize;
    }
    let mut tries = Vec::new();
    if !is_json {
        let indent = |at: u32| " ".repeat(column(content, at as usize));
        let break_line = if content.contains("\r\n") { "\r\n" } else { "\n" };
        let lines = |dash: &str| -> String {
            let lines = review.iter().enumerate().map(|(at, (key, text))| {
                let lead = if at == 0 { "- " } else { "  " };
                format!("{break_line}{dash}{lead}{key}: {}", in_yaml(text))
            });
            lines.collect()
        };
        let key = pairs.first().map_or_else(String::new, |entry| indent(entry.key_span.start));
        let new = match (reviews, items.and_then(|items| items.first())) {
            (Some(_), Some(item)) => {
                // The dash stands before the item, on the same line.
                let start = item.span.start as usize;
                let dash = content[..start].rfind('-').unwrap_or(start);
                lines(&indent(dash as u32))
            }
            (Some(entry), None) => lines(&format!("{}  ", indent(entry.key_span.start))),
            (None, _) => format!("{break_line}{key}reviews:{}", lines(&format!("{key}  "))),
        };
        tries.extend(line_ends(content, end).map(|at| (at, new.clone())));
    }
    let object = |key: &dyn Fn(&str) -> String| {
        let pairs: Vec<String> =
            review.iter().map(|(name, text)| format!("{}: {}", key(name), json!(text))).collect();
        format!("{{{}}}", pairs.join(", "))
    };
    let (name, object) = match is_json {
        true => ("\"reviews\"", object(&|name| json!(name).to_string())),
        false => ("reviews", object(&|name| name.to_string())),
    };
    let mut forms = match (reviews, items.is_some_and(|items| !items.is_empty())) {
        (Some(_), true) => vec![format!(", {object}")],
        (Some(_), false) => vec![object.clone()],
        (None, _) => vec![format!(", {name}: [{object}]"), format!("{name}: [{object}]")],
    };
    for form in forms.drain(..) {
        let reach = (end..content.len().min(end + REACH)).filter(|at| content.is_char_boundary(*at));
        // A bracket comes after what is within it: just before one is where something can be added.
        let before_bracket = reach.filter(|at| content[*at..].starts_with(['}', ']']) || *at == end);
        tries.extend(before_bracket.map(|at| (at, form.clone())));
    }
    tries
}

/// How many characters stand before `at` on its line.
fn column(content: &str, at: usize) -> usize {
    let line = content[..at].rfind('\n').map_or(0, |found| found + 1);
    content[line..at].trim_start_matches('\u{feff}').chars().count()
}

/// The ends of the line of `from`, and of some lines after it.
fn line_ends(content: &str, from: usize) -> impl Iterator<Item = usize> {
    let breaks = content[from..].match_indices('\n').map(move |(at, _)| from + at);
    let before_return = |at: usize| if content[..at].ends_with('\r') { at - 1 } else { at };
    breaks.take_while(move |at| *at <= from + REACH).map(before_return).chain([content.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(content: &str, is_json: bool, place: usize) -> String {
        let one = [("rule", "a/b".to_string()), ("by", "X: Y".to_string())];
        review(content, is_json, place, &one).unwrap_or_else(|| panic!("no room in {content}"))
    }

    #[test]
    fn only_the_review_is_added_wherever_the_record_stands() {
        let yaml = [
            ("client: C1\nfacts: {a: no}   # why\n\n# end\n", 0),
            ("- client: C1\n  facts:\n    a: no\n- client: C2\n  facts: {a: no}", 0),
            ("- client: C1\n  reviews:\n    - {rule: x,\n       by: y}\n  facts: {a: no}\n", 0),
            ("client: C1\r\nreviews:\r\n- rule: x\r\n  by: y\r\nvisit: 2026-03-02\r\n", 0),
            ("- {client: C1, facts: {a: no}}\n- {client: C2, reviews: [{rule: x, by: y}]}\n", 1),
            ("- {client: C1, facts: {a: no}}\n- {client: C2, reviews: [{rule: x, by: y}]}\n", 0),
            ("client: C1\nreviews: []\nvisit: 2026-03-02\n", 0),
            ("client: C1\nreviews:\nvisit: 2026-03-02\n", 0),
        ];
        let mut shown = String::new();
        for (content, place) in yaml {
            shown += &format!("{}\n---\n", added(content, false, place).replace('\r', "<CR>"));
        }
        let json = [
            ("{\"client\": \"C1\", \"facts\": {\"a\": \"no\"}}\n", 0),
            (
                "[\n  {\"client\": \"C1\"},\n  {\"client\": \"C2\", \"reviews\": [{\"rule\": \"x\"}], \"visit\": \"2026-03-02\"}\n]",
                1,
            ),
            ("{\"client\": \"C1\", \"reviews\": []}", 0),
        ];
        for (content, place) in json {
            shown += &format!("{}\n---\n", added(content, true, place));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path("../../tests/verbs/snapshots");
        settings.bind(|| insta::assert_snapshot!("sign@review-insert", shown));
    }
}
