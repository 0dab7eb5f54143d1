//! What an interview says: the question, why it is asked, what is known already, and how to answer it.

use serde_json::{Map, Value};

use super::decision::in_days;
use super::lines::Lines;
use crate::book::fact::{Fact, FactKind};
use crate::decide::{Affects, Question};
use crate::prose::{count, list, visible};
use crate::rulebook::{Already, Asking, Heard, Lead, NotUnderstood, Stage};
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, Number, ONGOING, Point, Points};

/// What stands before the first question.
pub fn opening() -> String {
    let mut lines = Lines::default();
    lines.wrap(0, "One answer on each line. `back` goes to the question before, `quit` ends; whatever was answered is kept.");
    lines.0
}

/// A question with why it is asked and what an answer looks like.
pub fn question(asking: &Asking, fact: &Fact) -> String {
    let Asking { question, stage, options, known, some_apply, is_asked_anew, said, .. } = asking;
    let mut lines = Lines("\n".to_string());
    lines.wrap(0, &visible(&question.ask));
    let phrases: Vec<&str> = question.could_become.iter().map(|outcome| outcome.phrase()).collect();
    let why = match phrases.is_empty() {
        false => format!("asked because the answer could become `{}`", list(&phrases, "or")),
        true if question.affects.contains(&Affects::Wait) => {
            "asked because it moves how long to wait".to_string()
        }
        true => "asked because it matters for the visit".to_string(),
    };
    lines.wrap(2, &format!("({why})"));
    if *is_asked_anew {
        lines.wrap(2, &format!("Before: {}.", visible(&in_days(&question.why))));
    }
    if *some_apply {
        lines.wrap(2, "Known: at least one of them applies.");
    }
    let told = match stage {
        Stage::Whole => None,
        Stage::Others => Some(format!("{}Which others?", told(fact, known))),
        Stage::Closer(None) if fact.kind.slot_per_option() => {
            Some(format!("{}Which of these? `no more is known` keeps it so.", told(fact, known)))
        }
        Stage::Closer(option) => {
            let own: Vec<Already> = known.iter().filter(|one| one.option == *option).cloned().collect();
            let keeps = own.first().map_or("it", |one| extent(fact, &one.points));
            let which = match fact.kind {
                FactKind::Number { .. } => "How much exactly?",
                FactKind::Choice => "Which?",
                FactKind::YesNo
                | FactKind::Set
                | FactKind::Date
                | FactKind::PlannedDate
                | FactKind::BirthDate
                | FactKind::History
                | FactKind::Note => "Which day?",
            };
            Some(format!("{}{which} `no more is known` keeps {keeps}.", self::told(fact, &own)))
        }
    };
    told.iter().for_each(|told| lines.wrap(2, told));
    if !matches!(stage, Stage::Closer(Some(_))) {
        for option in options.iter().filter_map(|at| fact.options.get(*at)) {
            lines.wrap(4, &format!("{}: {}", option.id, visible(&option.text)));
        }
    }
    lines.wrap(2, &how(asking, fact));
    for (lead, word, to) in [(Lead::Back, "back", "go to the question before"), (Lead::Quit, "quit", "end")] {
        let own = lead.word(fact);
        if own != word {
            lines.wrap(2, &format!("Here `{word}` is an answer: write `{own}` to {to}."));
        }
    }
    if let Some(said) = said {
        lines.wrap(
            2,
            &format!("You said: {}. Enter keeps it, another answer takes its place.", visible(said)),
        );
    }
    lines.0 + "> "
}

/// What is known, as the start of a question about the rest.
fn told(fact: &Fact, known: &[Already]) -> String {
    if known.is_empty() {
        return String::new();
    }
    let each = known.iter().map(|one| match one.option.and_then(|at| fact.options.get(at)) {
        Some(option) => format!("{} {}", visible(&option.text), words(fact, &one.points)),
        None => words(fact, &one.points),
    });
    format!("Known: {}. ", each.collect::<Vec<_>>().join("; "))
}

/// What a part of an answer is called.
fn extent(fact: &Fact, points: &Points) -> &'static str {
    match (fact.kind.is_date(), points.ranges()) {
        (true, [(low, high)]) => match span(*low, *high).map(|text| text.split(' ').count()) {
            Some(1) => "the year",
            Some(2) => "the month",
            _ => "it",
        },
        _ => "it",
    }
}

/// `March 2026` or `2026`, if these are its first and last day. What reaches past the visit was cut off there, so that
/// it may end early.
fn span(low: Point, high: Point) -> Option<String> {
    if low < FIRST_DAY.point() || high > LAST_DAY.point() || low == high {
        return None;
    }
    let (first, last) = (Day::from_point(low), Day::from_point(high));
    let (text, long) = (first.to_string(), first.long());
    let whole = |form: &str| Day::parse_partial(form) == Some((first, last));
    match (text.get(..4), text.get(..7)) {
        (Some(year), _) if whole(year) => Some(year.to_string()),
        (_, Some(month)) if whole(month) => long.split_once(' ').map(|(_, month)| month.to_string()),
        _ => None,
    }
}

/// Values as people say them.
fn words(fact: &Fact, points: &Points) -> String {
    let one = |point: Point| match fact.kind {
        FactKind::YesNo | FactKind::Set => if point == 0 { "no" } else { "yes" }.to_string(),
        FactKind::Choice => {
            let option = usize::try_from(point).ok().and_then(|at| fact.options.get(at));
            option.map(|option| visible(&option.text)).unwrap_or_default()
        }
        FactKind::Number { .. } => Number::from_point(point).to_string(),
        FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate | FactKind::History | FactKind::Note => {
            match point {
                NEVER => "never".to_string(),
                ONGOING if fact.kind == FactKind::PlannedDate => "none".to_string(),
                ONGOING => "ongoing".to_string(),
                day => Day::from_point(day).long(),
            }
        }
    };
    let each = points.ranges().iter().flat_map(|(low, high)| match (low == high, fact.kind) {
        (true, _) => vec![one(*low)],
        (false, FactKind::YesNo | FactKind::Set | FactKind::Choice) => (*low..=*high).map(one).collect(),
        (false, kind) if kind.is_date() => match span(*low, *high) {
            Some(text) => vec![text],
            None if *low == FIRST_DAY.point() => vec![format!("some day up to {}", one(*high))],
            None if *high == LAST_DAY.point() => vec![format!("some day from {} on", one(*low))],
            None => vec![format!("{} to {}", one(*low), one(*high))],
        },
        (false, _) => vec![format!("{} to {}", one(*low), one(*high))],
    });
    each.collect::<Vec<_>>().join(" or ")
}

/// What an answer looks like, in the words of an interview.
fn how(asking: &Asking, fact: &Fact) -> String {
    let is_closer = matches!(asking.stage, Stage::Closer(_));
    let unknown = if is_closer { "no more is known" } else { "don't know" };
    let other = if fact.option("unlisted").is_some() { "; unlisted stands for any other" } else { "" };
    let how = match fact.kind {
        FactKind::YesNo => "yes or no".to_string(),
        FactKind::Choice => format!("one of them{other}"),
        FactKind::Set => format!("none, some, or those that apply with commas between{other}"),
        FactKind::Number { low, high, .. } => {
            let unit = fact.unit.as_ref().map(|unit| format!(" in {}", visible(unit))).unwrap_or_default();
            let (low, high) = (Number::from_point(low), Number::from_point(high));
            format!("a number from {low} to {high}{unit}, or a range such as {low}..{high}")
        }
        FactKind::Date => format!("{}, never or ongoing", A_DAY),
        FactKind::PlannedDate => format!("{}, or none", A_DAY),
        FactKind::BirthDate => "a day such as 1990-03-02, a month, a year or a range".to_string(),
        FactKind::History if fact.options.len() == 1 || is_closer => format!("{}, never or ongoing", A_DAY),
        FactKind::History => {
            let mut shown = asking.options.iter().filter_map(|at| fact.options.get(*at));
            let first = shown.next().map_or("", |option| &option.id);
            let second = shown.next().map(|option| format!(", {} ongoing", option.id)).unwrap_or_default();
            format!("none, or each with its last day: {first} 2025-09-04{second}{other}")
        }
        FactKind::Note => "a few words".to_string(),
    };
    format!("{how}, or: {unknown}")
}

const A_DAY: &str = "a day such as 2026-03-02, a month, a year, a range";

/// The answer as it was read, when nobody typed it.
pub fn echo(line: &str) -> String {
    format!("{}\n", visible(line))
}

/// What became of a line that was heard.
pub fn heard(heard: &Heard) -> String {
    let mut lines = Lines::default();
    match heard {
        Heard::Taken(days) => {
            let read = days.iter().map(|(first, last)| match span(first.point(), last.point()) {
                Some(text) => text,
                None => first.long(),
            });
            let read: Vec<String> = read.collect();
            if !read.is_empty() {
                lines.wrap(2, &format!("Read as {}.", list(&read, "and")));
            }
        }
        Heard::Kept => lines.wrap(2, "Kept as it was."),
        Heard::First => lines.wrap(2, "This is the first question."),
        Heard::Back | Heard::Quit => {}
    }
    lines.0
}

/// Why a line was not taken, and what to write.
pub fn not_understood(why: &NotUnderstood, asking: &Asking, fact: &Fact, line: &str) -> String {
    let mut lines = Lines::default();
    match why {
        NotUnderstood::NoAnswer | NotUnderstood::Stopped(_) => {}
        NotUnderstood::Wrong(wrong) => wrong.iter().for_each(|message| lines.wrap(2, &visible(message))),
        NotUnderstood::Against(known) => {
            let before = match known.is_empty() {
                true => "Known: at least one of them applies.".to_string(),
                false => told(fact, known),
            };
            lines.wrap(2, &format!("That does not go with what was answered before. {before}"));
            lines.wrap(2, &format!("To put it in place of that: instead {}", visible(line.trim())));
        }
        NotUnderstood::LaterThanAnswer(known, on) => {
            let on = on.long();
            let told = told(fact, known);
            lines.wrap(2, &format!("The record tells of days after {on}, the day of these answers. {told}"));
            lines.wrap(2, "Correct the record, or ask on a later day.");
        }
        NotUnderstood::NothingNew => lines.wrap(2, "That is known already, and says nothing of the others."),
    }
    lines.wrap(2, &format!("Please answer: {}", how(asking, fact)));
    lines.0
}

/// What stands behind the last question.
pub fn ending(why: Ending) -> String {
    match why {
        Ending::Settled => String::new(),
        Ending::Quit => "\nEnded here. Whatever was answered is kept.\n".to_string(),
        Ending::NoMore => "\n\nThe input ended here. Whatever was answered is kept.\n".to_string(),
        Ending::Interrupted => "\n\nInterrupted here. Whatever was answered is kept.\n".to_string(),
    }
}

/// How an interview ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing more is to be asked.
    Settled,
    /// Somebody said so.
    Quit,
    /// Nothing more can be read.
    NoMore,
    /// By Ctrl-C.
    Interrupted,
}

/// What is to be asked again on the day.
pub fn again<'q>(questions: impl Iterator<Item = &'q Question>) -> String {
    let questions: Vec<&Question> = questions.collect();
    let mut lines = Lines::default();
    if !questions.is_empty() {
        let answers = count(questions.len() as i64, "answer");
        lines.0.push('\n');
        lines.wrap(0, &format!("ASK AGAIN ON THE DAY: {answers} will be too old by then."));
        for question in questions {
            lines.wrap(2, &format!("- {}", visible(&question.ask)));
            lines.wrap(6, &format!("({})", visible(&in_days(&question.why))));
        }
    }
    lines.0
}

/// The record, where it is not written to a file.
pub fn record(record: &Map<String, Value>) -> String {
    let value = Value::Object(record.clone());
    let yaml = serde_yaml::to_string(&value).ok();
    // What would drive a terminal is escaped as JSON has it, which is YAML too.
    let is_plain = |text: &String| text.lines().all(|line| visible(line) == line);
    let text = yaml.filter(is_plain).unwrap_or_else(|| {
        let escaped = |c: char| match visible(c.encode_utf8(&mut [0; 4])) == c.to_string() {
            true => c.to_string(),
            false => format!("\\u{:04x}", c as u32),
        };
        value.to_string().chars().map(escaped).collect::<String>() + "\n"
    });
    format!("\nTHE RECORD, to be kept in a file (`--save FILE` writes it):\n{text}")
}

/// The last line when the record was written.
pub fn saved(path: &str) -> String {
    format!("\nSaved to {}\n", visible(path))
}

/// The last line when nothing was answered and the file is as it was.
pub fn unchanged(path: &str) -> String {
    format!("\nNothing was answered: {} is as it was\n", visible(path))
}
