//! What a person reads beside the same answer as JSON.

use clearance::inside::book::english::words;
use clearance::inside::prose;
use clearance::inside::rulebook::Rulebook;
use clearance::inside::value::Day;
use serde_json::Value;

use crate::compare::mistakes;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// `3 March 2026`, also of a day that no record could name.
fn long(value: &Value) -> Option<String> {
    let date: jiff::civil::Date = value.as_str()?.parse().ok()?;
    Some(date.strftime("%-d %B %Y").to_string())
}

/// In one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Notes where a page does not say what the answer says.
pub fn page(rulebook: &Rulebook, told: &Value, page: &str, note: &mut dyn FnMut(&str, String, String)) {
    let read = flat(page);
    if told.get("error").is_some() {
        let starts = read.starts_with(&format!("{} NOT DECIDED", text(&told["client"])));
        let unsaid = mistakes(told).into_iter().find(|[_, message]| !read.contains(&flat(message)));
        if !starts || unsaid.is_some() {
            note("error", format!("{unsaid:?}"), read);
        }
        return;
    }
    let mut missed = |field: &str, wanted: String| {
        if !read.contains(&wanted) {
            note(field, wanted, page.to_string());
        }
    };
    let visit = Day::parse(text(&told["visit"])).expect("a visit");
    let name = &rulebook.loaded().book.treatments[0].name;
    let title = format!("{}: {name}, {} {}", text(&told["client"]), visit.weekday(), visit.long());
    missed("outcome", format!("{title} {}", headline(told)));
    if told["outcome"] == "more information needed" {
        missed("possible", format!("Possible so far: {}.", prose::list(&possible(told), "or")));
    }
    for reason in printed(told) {
        if let Some(ends) = reason.get("cleared_when") {
            missed("cleared_when", flat(text(ends)).trim_end_matches('.').to_string());
        }
    }
    let never = told["settled"] == true && told["outcome"] == "not eligible";
    for step in list(&told["steps"]).iter().filter(|step| !never && step["do"] != "yes") {
        let verb = if step["do"] == "no" { "Without" } else { "Ask first before" };
        missed("steps", format!("{verb} {}: {}", words(text(&step["step"])), text(&step["because"])));
    }
    for review in list(&told["reviews"]).iter().filter(|review| review["counts"] == false) {
        missed(
            "reviews",
            format!("The review of {} by {} does not count", text(&review["rule"]), text(&review["by"])),
        );
    }
    if told["exact"] == false {
        missed("exact", "Too much is open to tell exactly".to_string());
    }
    let counts = Day::parse(text(&told["next_change"])).filter(|_| told["outcome"] == "eligible");
    let counts =
        counts.map(|day| format!("This answer counts until {}.", Day::from_point(day.point() - 1).long()));
    match counts {
        Some(counts) => missed("next_change", counts),
        None if read.contains("This answer counts until") => {
            note("next_change", "nothing".to_string(), page.to_string())
        }
        None => {}
    }
    let (wanted, items) = (wanted_items(told, never), items(page));
    if wanted != items {
        note("reasons and questions", wanted.join("\n"), items.join("\n"));
    }
}

fn headline(told: &Value) -> String {
    let by_answer = |answer: &str| -> Vec<String> {
        let steps = list(&told["steps"]).iter().filter(|step| step["do"] == answer);
        steps.map(|step| words(text(&step["step"]))).collect()
    };
    match text(&told["outcome"]) {
        "eligible" => {
            let mut line = "ELIGIBLE".to_string();
            for (answer, heading) in [("no", "WITHOUT"), ("ask first", "ASK FIRST before")] {
                let steps = by_answer(answer);
                if !steps.is_empty() {
                    line += &format!(", {heading} {}", prose::list(&steps, "and"));
                }
            }
            line
        }
        "deferred" => match (long(&told["wait"]["not_before"]), long(&told["wait"]["latest"])) {
            (Some(first), Some(last)) if first == last => format!("NOT BEFORE {first}"),
            (Some(first), Some(last)) => format!("NOT BEFORE {first}, perhaps not before {last}"),
            (Some(first), None) => format!("NOT BEFORE {first}, perhaps longer"),
            (None, _) => "NOT YET, and no day can be named".to_string(),
        },
        other => other.to_uppercase(),
    }
}

fn possible(told: &Value) -> Vec<String> {
    let one = |outcome: &Value| match (text(outcome), long(&told["wait"]["latest"])) {
        ("deferred", Some(latest)) => format!("deferred until {latest} at the latest"),
        ("deferred", None) => "deferred without a day".to_string(),
        (other, _) => other.to_string(),
    };
    list(&told["possible"]).iter().rev().map(one).collect()
}

/// The reasons that are printed, under their headings.
fn printed(told: &Value) -> Vec<&Value> {
    let reasons = || list(&told["reasons"]).iter();
    let holds = |outcome: &'static str| {
        reasons().filter(move |reason| {
            reason.get("reviewed_by").is_none() && reason["holds"] == "yes" && reason["outcome"] == outcome
        })
    };
    let reviewed = reasons().filter(|reason| reason.get("reviewed_by").is_some());
    holds("not eligible").chain(holds("needs review")).chain(holds("deferred")).chain(reviewed).collect()
}

fn wanted_items(told: &Value, never: bool) -> Vec<String> {
    let reason = |reason: &&Value| {
        let because = text(&reason["because"]);
        let first = reason.get("until_earliest").and_then(long);
        let day = match (first, long(&reason["until"]), text(&reason["holds"])) {
            (_, Some(day), "unknown") => format!("perhaps until {day}: "),
            (Some(first), Some(last), _) => format!("until {first} to {last}: "),
            (None, Some(day), _) => format!("until {day}: "),
            _ => String::new(),
        };
        flat(&prose::sentence_case(&format!("{day}{because}")))
    };
    let mut items: Vec<String> = printed(told).iter().map(reason).collect();
    let (moving, rest): (Vec<&Value>, Vec<&Value>) = list(&told["questions"])
        .iter()
        .partition(|question| list(&question["affects"]).iter().any(|affects| affects == "outcome"));
    items.extend(moving.iter().map(|question| flat(text(&question["ask"]))));
    // Where nothing can change the answer, they are only counted.
    items.extend(rest.iter().filter(|_| !never).map(|question| flat(text(&question["ask"]))));
    items
}

/// The items of a page, each in one line.
fn items(page: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        if let Some(item) = line.strip_prefix("  - ") {
            items.push(flat(item));
            open = true;
        } else if open && line.starts_with("    ") && !line.starts_with("     ") {
            let last = items.last_mut().expect("an item is open");
            *last = format!("{last} {}", line.trim());
        } else {
            open = false;
        }
    }
    items
}
