//! The times after a treatment, for people and as JSON.

use serde::Serialize;

use super::json;
use super::lines::Lines;
use super::moments::{counted, long, rfc3339, short, window};
use crate::decide::aftercare::{About, Answer, Asked, End, Item, Timeline};
use crate::decide::{CONTRACT, RulesNote};
use crate::prose::{sentence_case, visible};

struct Sheet(Lines);

impl Sheet {
    fn line(&mut self, indent: usize, text: &str) {
        self.0.wrap(indent, &visible(text));
    }

    /// Where an instruction comes from.
    fn behind(&mut self, indent: usize, item: &Item) {
        for cited in &item.source {
            let note = &cited.note;
            self.line(indent, &format!("{}, line {}: {}", note.statement, note.line, note.says));
        }
        if let Some(basis) = &item.basis {
            self.line(indent, &format!("Basis: {basis}"));
        }
    }
}

/// What stands above each kind of instruction.
pub(super) fn heading(about: About) -> &'static str {
    match about {
        About::Avoid => "Avoid",
        About::Do => "Do",
        About::May => "You may",
        About::Expect => "Expect",
    }
}

/// The timeline, on 80 columns.
pub fn human(timeline: &Timeline) -> String {
    let mut sheet = Sheet(Lines::default());
    sheet.line(0, &ended(timeline));
    for about in About::ALL {
        let items: Vec<&Item> = timeline.items.iter().filter(|item| item.about == about).collect();
        if items.is_empty() {
            continue;
        }
        sheet.line(0, &heading(about).to_uppercase());
        for item in items {
            sheet.line(2, &format!("- {}", item.says.join("; ")));
            let counted = counted(item).map(|words| format!(" ({words})")).unwrap_or_default();
            sheet.line(4, &sentence_case(&format!("{}{counted}", window(item, &timeline.ended, short))));
            sheet.behind(4, item);
        }
    }
    sheet.0.0
}

fn ended(timeline: &Timeline) -> String {
    let zone = timeline.ended.time_zone().iana_name().unwrap_or("the clinic's zone");
    format!("{}, ended {} ({zone})", timeline.name, long(&timeline.ended))
}

/// Whether an activity is allowed, on 80 columns.
pub fn may(timeline: &Timeline, asked: &Asked) -> String {
    let mut sheet = Sheet(Lines::default());
    sheet.line(0, &ended(timeline));
    sheet.line(0, &format!("{} on {}?", sentence_case(&asked.activity), long(&asked.at)));
    let headline = match &asked.answer {
        Answer::Yes(None) => "YES".to_string(),
        Answer::Yes(Some(until)) => format!("YES, until {}", long(until)),
        Answer::YesNoEnd => "YES, no end".to_string(),
        Answer::NotYet(from) => format!("NOT YET: from {}", long(from)),
        Answer::NoEndGiven => "NOT YET, no end given".to_string(),
        Answer::Silent => "THE SOURCE IS SILENT".to_string(),
    };
    sheet.line(0, &headline);
    for item in asked.items.iter().map(|at| &timeline.items[*at]) {
        let text = format!("{}: {}", heading(item.about), item.says.join("; "));
        sheet.line(2, &format!("- {text}"));
        sheet.line(4, &sentence_case(&window(item, &timeline.ended, short)));
        sheet.behind(4, item);
    }
    if matches!(asked.answer, Answer::Silent) {
        sheet.line(2, "Silence is not a yes: ask a clinician.");
    }
    if let Some(near) = &asked.near {
        sheet.line(2, &format!("Did you mean `{near}`?"));
    }
    sheet.0.0
}

#[derive(Serialize)]
struct Sheets<'a> {
    treatment: &'a str,
    ended: String,
    time_zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<AskedNote<'a>>,
    items: Vec<ItemNote<'a>>,
    rules: &'a RulesNote,
    engine: &'static str,
    contract: u32,
}

#[derive(Serialize)]
struct AskedNote<'a> {
    activity: &'a str,
    at: String,
    answer: &'static str,
    from: Option<String>,
    until: Option<String>,
    did_you_mean: Option<&'a str>,
}

#[derive(Serialize)]
struct ItemNote<'a> {
    item: &'a str,
    about: &'static str,
    says: &'a [String],
    activities: Vec<ActivityNote<'a>>,
    start: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_between: Option<[String; 2]>,
    end: Option<String>,
    end_is: &'static str,
    from: Option<String>,
    #[serde(rename = "for")]
    lasts_for: Option<String>,
    lasts: Option<&'a str>,
    source: Vec<SourceNote<'a>>,
    basis: Option<&'a str>,
}

#[derive(Serialize)]
struct ActivityNote<'a> {
    activity: &'a str,
    says: &'a str,
    also: &'a [String],
}

#[derive(Serialize)]
struct SourceNote<'a> {
    statement: &'a str,
    line: u32,
    says: &'a str,
    client_text: bool,
}

/// The timeline as JSON; with a question only the instructions that speak about it.
pub fn json(timeline: &Timeline, asked: Option<&Asked>) -> serde_json::Result<String> {
    let items = timeline.items.iter().enumerate();
    let items = items.filter(|(at, _)| asked.is_none_or(|asked| asked.items.contains(at)));
    let sheets = Sheets {
        treatment: &timeline.treatment,
        ended: rfc3339(&timeline.ended),
        time_zone: timeline.ended.time_zone().iana_name(),
        asked: asked.map(asked_note),
        items: items.map(|(_, item)| item_note(item)).collect(),
        rules: &timeline.rules,
        engine: env!("CARGO_PKG_VERSION"),
        contract: CONTRACT,
    };
    json::pretty(&sheets)
}

fn asked_note(asked: &Asked) -> AskedNote<'_> {
    let (from, until) = match &asked.answer {
        Answer::NotYet(from) => (Some(rfc3339(from)), None),
        Answer::Yes(until) => (None, until.as_ref().map(rfc3339)),
        Answer::YesNoEnd | Answer::NoEndGiven | Answer::Silent => (None, None),
    };
    AskedNote {
        activity: &asked.activity,
        at: rfc3339(&asked.at),
        answer: asked.answer.phrase(),
        from,
        until,
        did_you_mean: asked.near.as_deref(),
    }
}

fn item_note(item: &Item) -> ItemNote<'_> {
    let (end, end_is, lasts) = match &item.end {
        End::At(end) => (Some(rfc3339(end)), "exact", None),
        End::NotBefore(end) => (Some(rfc3339(end)), "at least", None),
        End::Words(words) => (None, "in words", Some(words.as_str())),
        End::Always => (None, "always", None),
        End::NotGiven => (None, "not given", None),
    };
    let (first, last) = &item.start;
    ItemNote {
        item: &item.id,
        about: item.about.word(),
        says: &item.says,
        activities: item
            .activities
            .iter()
            .map(|one| ActivityNote { activity: &one.id, says: &one.says, also: &one.also })
            .collect(),
        start: rfc3339(item.begins()),
        start_between: (first != last).then(|| [rfc3339(first), rfc3339(last)]),
        end,
        end_is,
        from: item.from.map(|from| from.to_string()),
        lasts_for: item.lasts.map(|lasts| lasts.to_string()),
        lasts,
        source: item
            .source
            .iter()
            .map(|cited| SourceNote {
                statement: &cited.note.statement,
                line: cited.note.line,
                says: &cited.note.says,
                client_text: cited.client_text,
            })
            .collect(),
        basis: item.basis.as_deref(),
    }
}
