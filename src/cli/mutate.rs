//! Small mistakes put into the rules one at a time, for `clearance test --mutate`: which would the cases notice?

use indicatif::{ProgressBar, ProgressStyle};

use crate::book::Clinic;
use crate::decide::cells::Version;
use crate::diagnostic::{Code, Diagnostic};
use crate::prose::visible;
use crate::report::approved;
use crate::report::trial::Trial;
use crate::study::examples::{Asks, Base, Example};
use crate::study::mutants;
use crate::study::mutation::{self, Fate, Judged};
use crate::study::verdict::Ran;
use crate::value::Number;

/// Tries every mutant, with progress on standard error where a person reads it.
pub fn judge(version: Version<'_>, ran: &[Ran<'_>], base: &Base) -> Vec<Judged> {
    let all = mutants::mutants(version.book, version.treatment).len();
    let bar = ProgressBar::new(all as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} {pos} of {len} [{bar:30}] {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(format!("{}: mutants", version.treatment.id));
    let judged = mutation::judge(version, ran, base.client(), &approved::answer, &|| bar.inc(1));
    bar.finish_and_clear();
    judged
}

/// The trial of all mutants: a finding for each that no case notices, if more of them were missed than may be.
pub fn trial(judged: &[Judged], clinic: &Clinic, base: &Base, version: Version<'_>) -> Trial {
    let Tally { noticed, counted, .. } = Tally::of(judged);
    let wanted = clinic.threshold("mutants").unwrap_or(Number::whole(100));
    let enough = noticed as i64 * Number::whole(100).point() >= counted as i64 * wanted.point();
    let findings = if enough { Vec::new() } else { unnoticed(judged, base, version) };
    let (name, group) = ("mutants are noticed".to_string(), format!("{}/cases", version.treatment.id));
    Trial { name, group, at: None, findings }
}

fn unnoticed(judged: &[Judged], base: &Base, version: Version<'_>) -> Vec<Diagnostic> {
    let missed = judged.iter().filter_map(|Judged { mutant, fate }| {
        let message = format!("no case notices the change {}", mutant.what);
        let mut found = Diagnostic::error(Code::UnnoticedChange, message);
        if let Some(span) = mutant.span {
            found = found.at(span, "");
        }
        Some(match fate {
            Fate::Noticed(_) | Fate::Equivalent => return None,
            Fate::Client(told) => {
                let like = base.like(&told.client, version);
                let answers: Vec<String> =
                    like.answers.iter().map(|(fact, answer)| format!("{fact}: {answer}")).collect();
                let but =
                    if answers.is_empty() { String::new() } else { format!(" but {}", answers.join(", ")) };
                let who = match &like.base {
                    Some(base) => format!("like `{base}`{but}"),
                    None => format!("with {}", answers.join(", ")),
                };
                let on = like.visit.map(|day| format!(", visit on {day}")).unwrap_or_default();
                let (before, after) = (&told.before, &told.after);
                let answers = match before == after {
                    true => format!("`{before}`, for other reasons"),
                    false => format!("`{after}` in place of `{before}`"),
                };
                found
                    .note(format!("a client {who}{on} would get {answers}"))
                    .help("add a case for this client; `--missing` writes it, all but its answer")
            }
            Fate::Question(question) => found
                .note(format!("this would tell the difference: {question}"))
                .help("add a case that asks it"),
            Fate::NotAnalysed(why) => found
                .note(format!("whether it changes any answer is not known: {why}"))
                .help("add a case that uses what it changes"),
        })
    });
    missed.collect()
}

/// A case for each client who would have told a difference.
pub fn examples(judged: &[Judged], base: &Base, version: Version<'_>) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for Judged { mutant, fate } in judged {
        if let Fate::Client(told) = fate {
            let asks = Asks::Decide(base.like(&told.client, version));
            if !examples.iter().any(|other| other.asks == asks) {
                examples.push(Example { says: format!("would notice {}", mutant.what), asks });
            }
        }
    }
    examples
}

struct Tally {
    noticed: usize,
    equivalent: usize,
    /// Those that can be noticed, as far as is known.
    counted: usize,
}

impl Tally {
    fn of(judged: &[Judged]) -> Tally {
        let count = |wanted: fn(&Fate) -> bool| judged.iter().filter(|one| wanted(&one.fate)).count();
        let equivalent = count(|fate| matches!(fate, Fate::Equivalent));
        let noticed = count(|fate| matches!(fate, Fate::Noticed(_)));
        Tally { noticed, equivalent, counted: judged.len() - equivalent }
    }
}

/// More mutants that change nothing are not named.
const MOST_NAMED: usize = 10;

/// `  mutants: 280 of 280 noticed`, and below it those that change nothing: what they touch has no use.
pub fn line(judged: &[Judged]) -> String {
    let Tally { noticed, equivalent, counted } = Tally::of(judged);
    let proved = match equivalent {
        0 => String::new(),
        1 => "; 1 more changes nothing for anybody, which is proved:".to_string(),
        _ => format!("; {equivalent} more change nothing for anybody, which is proved:"),
    };
    let mut text = format!("  mutants: {noticed} of {counted} noticed{proved}\n");
    let idle = judged.iter().filter(|one| matches!(one.fate, Fate::Equivalent));
    for one in idle.take(MOST_NAMED) {
        text += &format!("    - {}\n", visible(&one.mutant.what));
    }
    if equivalent > MOST_NAMED {
        text += &format!("    - and {} more\n", equivalent - MOST_NAMED);
    }
    text
}
