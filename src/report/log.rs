//! The decision log for people and programs: what `log verify` found and what `log show` shows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::findings::{self, Colour};
use super::json;
use super::lines::Lines;
use crate::diagnostic::{Diagnostic, Severity};
use crate::log::body::Body;
use crate::log::entry::{Asked, Entry, What};
use crate::prose::{count, list as words, visible};
use crate::span::Texts;

/// A log in numbers.
pub struct Sum {
    /// How the log was named.
    pub log: String,
    /// How many lines it has.
    pub lines: u64,
    /// What each line that can be read is.
    pub kinds: Vec<&'static str>,
    /// How many bodies are kept.
    pub kept: usize,
    /// How many were erased.
    pub erased: usize,
    /// Sequence and hash of the last line.
    pub head: Option<(u64, String)>,
    /// How many heads it was compared with.
    pub heads: usize,
}

/// What was found, the numbers, and the head to keep elsewhere.
pub fn verified(sum: &Sum, found: &[Diagnostic]) -> String {
    let mut sheet = Lines(findings::each(&Texts::new(), found, Colour::Styled));
    let mut kinds: BTreeMap<&str, i64> = BTreeMap::new();
    sum.kinds.iter().for_each(|kind| *kinds.entry(kind).or_default() += 1);
    let parts: Vec<String> = [
        ("decision", "decision"),
        ("unreadable", "unreadable record"),
        ("override", "override"),
        ("erasure", "erasure"),
    ]
    .into_iter()
    .filter_map(|(kind, noun)| Some(count(*kinds.get(kind)?, noun)))
    .collect();
    let state = match findings::count(found, Severity::Error) {
        0 if sum.lines == 0 => "it is empty".to_string(),
        0 => "every line is as it was written".to_string(),
        _ => findings::summary(found),
    };
    let log = visible(&sum.log);
    sheet.wrap(0, &format!("{log}: {}, {state}", count(sum.lines as i64, "line")));
    if !parts.is_empty() {
        sheet.wrap(2, &words(&parts, "and"));
    }
    sheet.wrap(2, &format!("bodies: {} kept, {} erased", sum.kept, sum.erased));
    match sum.heads {
        0 => sheet.wrap(2, "compared with no head: that nothing was cut off at the end is not known"),
        heads => sheet.wrap(2, &format!("compared with {}", count(heads as i64, "kept head"))),
    }
    if let Some((sequence, hash)) = &sum.head {
        // On one line, so that it can be cut out and kept.
        sheet.0 += &format!("head {sequence} {hash}\n");
    }
    sheet.0
}

/// The same as one JSON object.
pub fn verified_json(sum: &Sum, found: &[Diagnostic]) -> String {
    #[derive(Serialize)]
    struct Out<'s> {
        log: &'s str,
        lines: u64,
        whole: bool,
        kinds: BTreeMap<&'s str, u64>,
        kept: usize,
        erased: usize,
        head: Option<Head<'s>>,
        compared_with: usize,
        findings: serde_json::Value,
    }
    #[derive(Serialize)]
    struct Head<'s> {
        sequence: u64,
        hash: &'s str,
    }
    let mut kinds = BTreeMap::new();
    sum.kinds.iter().for_each(|kind| *kinds.entry(*kind).or_default() += 1);
    pretty(&Out {
        log: &sum.log,
        lines: sum.lines,
        whole: findings::count(found, Severity::Error) == 0,
        kinds,
        kept: sum.kept,
        erased: sum.erased,
        head: sum.head.as_ref().map(|(sequence, hash)| Head { sequence: *sequence, hash }),
        compared_with: sum.heads,
        findings: serde_json::from_str(&findings::json(&Texts::new(), found)).unwrap_or_default(),
    })
}

/// One line of the log with what is kept for it.
pub struct Shown<'l> {
    /// The line.
    pub entry: &'l Entry,
    /// Its hash.
    pub hash: &'l str,
    /// Its body, if that is kept.
    pub body: Option<Body>,
    /// Whether it was erased.
    pub erased: bool,
}

impl Shown<'_> {
    /// What is said where there is no body.
    fn gone(&self) -> &'static str {
        if self.erased { "erased" } else { "what it commits to is gone" }
    }
}

/// The lines, one for each.
pub fn list(shown: &[Shown<'_>]) -> String {
    let mut text: String = shown.iter().map(short).collect();
    text += &format!("{}, times in UTC\n", count(shown.len() as i64, "line"));
    text
}

fn short(one: &Shown<'_>) -> String {
    let Entry { sequence, time, what, .. } = one.entry;
    let day = time.get(..16).unwrap_or(time).replace('T', " ");
    let said = match (what, &one.body) {
        (What::Erasure(erasure), _) => {
            format!("{}: {}", lines_of(&erasure.sequences), erasure.ground.means())
        }
        (What::Override(over), _) => format!("of line {}: {}", over.of, over.code.means()),
        (What::Decision(_), Some(body)) => match body.decided() {
            Some(decided) => format!("{}: {}", decided.client, decided.outcome),
            None => "kept in another form".to_string(),
        },
        (What::Unreadable(_), Some(body)) => body.client().unwrap_or_else(|| "no client id".to_string()),
        (_, None) => one.gone().to_string(),
    };
    visible(&format!("{sequence:>5}  {day}  {:<10}  {said}", what.kind())) + "\n"
}

fn lines_of(sequences: &[u64]) -> String {
    let numbers: Vec<String> = sequences.iter().map(u64::to_string).collect();
    format!("{} {}", if numbers.len() == 1 { "line" } else { "lines" }, words(&numbers, "and"))
}

/// One line with all that stands behind it.
pub fn whole(one: &Shown<'_>) -> String {
    let Entry { sequence, time, engine, what, .. } = one.entry;
    let mut sheet = Lines::default();
    let mut line = |indent: usize, text: &str| sheet.wrap(indent, &visible(text));
    line(0, &format!("line {sequence}: {}, {}", what.kind(), time.replace('T', " ")));
    match what {
        What::Decision(Asked { rules, asked_by, .. }) | What::Unreadable(Asked { rules, asked_by, .. }) => {
            line(2, &format!("asked by {asked_by}, answered by clearance {engine}"));
            line(2, &format!("rules {rules}"));
        }
        What::Override(over) => {
            line(2, &format!("{}, {}: decision {} was not followed", over.by, over.role, over.of));
            line(2, &format!("{}: {}", over.code.name(), over.code.means()));
        }
        What::Erasure(erasure) => {
            line(2, &format!("{} erased {}", erasure.by, lines_of(&erasure.sequences)));
            line(2, &format!("{}: {}", erasure.ground.name(), erasure.ground.means()));
        }
    }
    line(2, &format!("hash {}", one.hash));
    match (&one.body, what.has_body()) {
        (None, true) => line(2, one.gone()),
        (None, false) => {}
        (Some(body), _) => {
            if let Some(said) = body.said() {
                line(2, &format!("in words: {}", said.words));
                if let Some(rule) = said.rule {
                    line(2, &format!("not followed: {rule}"));
                }
            }
            if let Some(decided) = body.decided() {
                line(0, &format!("{}: {}, {}", decided.client, decided.treatment, decided.visit));
                let first = match (decided.settled, &decided.book_from) {
                    (false, None) => "ASK FIRST: ",
                    _ => "",
                };
                line(0, &format!("{first}{}", decided.outcome.to_uppercase()));
                decided.book_from.iter().for_each(|day| line(2, &format!("first day allowed {day}")));
                line(2, &format!("by revision {} of the rules", decided.rules.revision));
                for group in decided.in_every_case {
                    line(2, &format!("in every case one of these applies: {}", words(&group, "and")));
                }
                for reason in decided.reasons {
                    let holds = if reason.holds == "yes" { "holds" } else { "may hold" };
                    let until =
                        reason.until.map(|day| format!(", first day allowed {day}")).unwrap_or_default();
                    line(2, &format!("- {} {holds}: {}{until}", reason.rule, reason.outcome));
                    line(4, &reason.because);
                    line(4, &format!("at {}", reason.at));
                    for source in reason.source {
                        line(4, &format!("{}, line {}: {}", source.statement, source.line, source.says));
                    }
                    reason.basis.iter().for_each(|basis| line(4, &format!("basis: {basis}")));
                    reason.reviewed_by.iter().for_each(|by| line(4, &format!("go ahead, says {by}")));
                }
                for review in decided.reviews {
                    let (rule, by) = (&review.rule, &review.by);
                    review.note.iter().for_each(|note| line(2, note));
                    let told = |why: &String| format!("the review of {rule} by {by} did not count: {why}");
                    review.why.iter().for_each(|why| line(2, &told(why)));
                }
            } else if let Some(answer) = &body.decision {
                line(0, &format!("not decided: {}", answer.get()));
            }
            if let Some(record) = &body.record {
                line(0, &format!("asked: {}", record.get()));
            }
        }
    }
    sheet.0
}

/// The lines with their bodies, as a JSON array.
pub fn json(shown: &[Shown<'_>]) -> String {
    #[derive(Serialize)]
    struct Out<'s> {
        #[serde(flatten)]
        entry: &'s Entry,
        hash: &'s str,
        state: &'static str,
    }
    #[derive(Serialize)]
    struct WithBody<'s> {
        line: Out<'s>,
        record: Option<&'s RawValue>,
        decision: Option<&'s RawValue>,
        #[serde(rename = "override")]
        said: Option<&'s RawValue>,
    }
    let lines: Vec<WithBody<'_>> = shown
        .iter()
        .map(|one| {
            let body = one.body.as_ref();
            let state = match (body, one.erased, one.entry.what.has_body()) {
                (Some(_), _, _) => "kept",
                (None, _, false) => "no body",
                (None, true, _) => "erased",
                (None, false, _) => "missing",
            };
            WithBody {
                line: Out { entry: one.entry, hash: one.hash, state },
                record: body.and_then(|body| body.record.as_deref()),
                decision: body.and_then(|body| body.decision.as_deref()),
                said: body.and_then(|body| body.words.as_deref()),
            }
        })
        .collect();
    pretty(&lines)
}

/// Nothing here can fail to serialise: keys are texts.
pub(super) fn pretty(value: &impl Serialize) -> String {
    json::pretty(value).unwrap_or_default()
}
