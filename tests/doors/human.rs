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
    if let Some(first) = first_day(told) {
        missed("first day", first);
    }
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
        counts.map(|day| format!("Last day of this answer: {}.", Day::from_point(day.point() - 1).long()));
    match counts {
        Some(counts) => missed("next_change", counts),
        None if read.contains("Last day of this answer") => {
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
    let day = long(&told["wait"][if told["settled"] == true { "latest" } else { "not_before" }]);
    let certain = match (text(&told["outcome"]), told["settled"] == true, day) {
        ("deferred", true, Some(day)) => format!("NOT BEFORE {day}"),
        ("deferred", false, Some(_)) => "NOT YET, and no day can be promised".to_string(),
        ("deferred", _, None) => "NOT YET, and no day can be named".to_string(),
        (other, ..) => other.to_uppercase(),
    };
    match (told["settled"] == true, told["book_from"].is_null()) {
        (false, true) => format!("ASK FIRST: {certain}"),
        (false, false) => {
            let checks = questions(told).0.len();
            format!("FINE TO BOOK; {} on the day", prose::count(checks as i64, "check"))
        }
        (true, _) => {
            let mut line = certain;
            for (answer, heading) in [("no", "WITHOUT"), ("ask first", "ASK FIRST before")] {
                let steps = by_answer(answer);
                if !steps.is_empty() && told["outcome"] == "eligible" {
                    line += &format!(", {heading} {}", prose::list(&steps, "and"));
                }
            }
            line
        }
    }
}

/// Beneath the headline of an unsettled answer stands the first possible day.
fn first_day(told: &Value) -> Option<String> {
    let first = match (&told["book_from"], &told["wait"]) {
        (Value::Null, Value::Null) => long(&told["visit"]),
        (Value::Null, wait) => long(&wait["not_before"]),
        (day, _) => long(day),
    };
    let first =
        first.map_or("No day can be named yet.".to_string(), |day| format!("First day allowed: {day}"));
    let is_said = told["outcome"] == "deferred" && told["wait"]["not_before"].is_null();
    (told["settled"] == false && !is_said).then_some(first)
}

/// Those on whose answers outcome or wait depend, and the others.
fn questions(told: &Value) -> (Vec<&Value>, Vec<&Value>) {
    let moves = |affects: &Value| affects == "outcome" || affects == "wait";
    list(&told["questions"]).iter().partition(|question| list(&question["affects"]).iter().any(moves))
}

fn possible(told: &Value) -> Vec<String> {
    list(&told["possible"]).iter().rev().map(|outcome| text(outcome).to_string()).collect()
}

/// The rules of which one applies in every case.
fn group(told: &Value) -> Vec<&Value> {
    list(&told["in_every_case"]).iter().flat_map(list).collect()
}

/// The reasons that are printed whole, under their headings, those of which it is certain that one applies first.
fn printed(told: &Value) -> Vec<&Value> {
    let reasons = || list(&told["reasons"]).iter();
    let holds = |outcome: &'static str| {
        reasons().filter(move |reason| {
            reason.get("reviewed_by").is_none() && reason["holds"] == "yes" && reason["outcome"] == outcome
        })
    };
    let groups = list(&told["in_every_case"]).iter().flat_map(|group| {
        let of_group = move |reason: &&Value| {
            reason["holds"] == "unknown"
                && reason.get("reviewed_by").is_none()
                && list(group).contains(&reason["rule"])
        };
        list(&told["reasons"]).iter().filter(of_group)
    });
    let reviewed = reasons().filter(|reason| reason.get("reviewed_by").is_some());
    groups
        .chain(holds("not eligible"))
        .chain(holds("needs review"))
        .chain(holds("deferred"))
        .chain(reviewed)
        .collect()
}

fn wanted_items(told: &Value, never: bool) -> Vec<String> {
    let groups = group(told);
    let reason = |reason: &&Value| {
        let because = text(&reason["because"]);
        let first = reason.get("until_earliest").and_then(long);
        let day = match (first, long(&reason["until"]), text(&reason["holds"])) {
            (_, Some(day), "unknown") => format!("first day allowed {day} at the latest: "),
            (Some(first), Some(last), _) => {
                format!("first day allowed {first} at the earliest, {last} at the latest: ")
            }
            (None, Some(day), _) => format!("first day allowed {day}: "),
            _ => String::new(),
        };
        let grouped = reason["holds"] == "unknown" && groups.contains(&&reason["rule"]);
        let outcome = if grouped { format!("{}: ", text(&reason["outcome"])) } else { String::new() };
        flat(&prose::sentence_case(&format!("{outcome}{day}{because}")))
    };
    let mut items: Vec<String> = printed(told).iter().map(reason).collect();
    let (moving, rest) = questions(told);
    let (checks, before): (Vec<&Value>, Vec<&Value>) =
        moving.into_iter().partition(|question| !question["asked"].is_null());
    // Where nothing can change the answer, they are only counted.
    let asked = before.into_iter().chain(checks).chain(rest).filter(|_| !never);
    items.extend(asked.map(|question| flat(text(&question["ask"]))));
    // Where nothing is certain, what may apply is all the reason there is.
    if told["outcome"] == "more information needed" {
        let open = list(&told["reasons"])
            .iter()
            .filter(|reason| reason["holds"] == "unknown" && reason.get("reviewed_by").is_none());
        items.extend(open.map(|reason| {
            let outcome = prose::sentence_case(text(&reason["outcome"]));
            flat(&format!("{outcome}: {}", text(&reason["because"])))
        }));
    }
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
