//! What is promised of every answer, whatever the format: no answer is without a reason, and no day is promised that
//! an answer may still move.

use serde_json::Value;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Notes what an answer does not keep.
pub fn kept(told: &Value, note: &mut dyn FnMut(&str, String, String)) {
    if told.get("error").is_some() {
        return;
    }
    let mut broken = |what: &str| note(what, "kept".to_string(), told.to_string());
    if !has_reasons(told) {
        broken("reasons of the outcome");
    }
    let waits = !told["wait"].is_null();
    let latest = if waits { &told["wait"]["latest"] } else { &told["visit"] };
    // Days are written so that texts stand in their order.
    let (book_from, visit) = (text(&told["book_from"]), text(&told["visit"]));
    let promised = !told["book_from"].is_null();
    if promised && (book_from < visit || book_from < text(latest) && !latest.is_null()) {
        broken("book_from is too early");
    }
    let moves = |question: &&Value| {
        question["asked"].is_null()
            && list(&question["affects"]).iter().any(|affects| affects == "outcome" || affects == "wait")
    };
    let open = list(&told["questions"]).iter().any(|question| moves(&question));
    if promised && open {
        broken("book_from while a question is open");
    }
    let on_the_day = told["open_only"] == "on the day";
    if promised && told["settled"] == false && !on_the_day {
        broken("book_from while something is open");
    }
    let refused = ["not eligible", "needs review"].contains(&text(&told["outcome"]));
    if promised && refused {
        broken("book_from of a client who is refused");
    }
    let comes = told["outcome"] == "eligible" || told["outcome"] == "more information needed" && on_the_day;
    if comes && !waits && book_from != visit {
        broken("book_from of a client who need not wait");
    }
}

/// Whether an outcome other than `eligible` has the reasons that make it so.
fn has_reasons(told: &Value) -> bool {
    let reasons = || list(&told["reasons"]).iter().filter(|reason| reason.get("reviewed_by").is_none());
    let outcome = text(&told["outcome"]);
    match outcome {
        "eligible" => told.get("in_every_case").is_none(),
        "more information needed" => reasons().next().is_some(),
        _ => {
            let certain = reasons().any(|reason| reason["holds"] == "yes" && reason["outcome"] == outcome);
            let groups = list(&told["in_every_case"]);
            let named = |rule: &Value| reasons().any(|reason| reason["rule"] == *rule);
            let grouped = |group: &Value| !list(group).is_empty() && list(group).iter().all(named);
            match certain {
                true => groups.is_empty(),
                false => !groups.is_empty() && groups.iter().all(grouped),
            }
        }
    }
}

/// Whether a row says why its outcome is none the better; one about a record that cannot be read has none.
pub fn row_has_reasons(outcome: &str, reasons: &str, may_apply: &str) -> bool {
    match outcome {
        "" | "eligible" => true,
        "more information needed" => !may_apply.is_empty(),
        _ => !reasons.is_empty(),
    }
}
