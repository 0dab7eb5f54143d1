//! `clearance review`: writes the `go ahead` of a clinician into a client's record.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::on::{self, On};
use super::output::print;
use super::pick::{self, Asked, day};
use super::{folder, insert, records};
use crate::book::{Clinic, Outcome, Treatment};
use crate::decide::{Decision, Reason, Version};
use crate::diagnostic::Diagnostic;
use crate::disk::{Failed, read, write};
use crate::limits::RECORD_TREE;
use crate::prose::list;
use crate::report::decision::{self as human, Detail};
use crate::report::findings::{self, Colour};
use crate::report::review as report;
use crate::rulebook::records::{Entry, Input, Records, tree};
use crate::rulebook::{Desk, NoAnswer};
use crate::span::Texts;
use crate::suggest;
use crate::value::{Day, Duration};

/// What `review` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file with the client's record (.yaml or .json)
    #[arg(value_name = "FILE")]
    file: String,
    /// The client, if the file holds several
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// The rule reviewed, such as microneedling/keloid
    #[arg(long, value_name = "ID")]
    rule: String,
    /// Who says go ahead
    #[arg(long, value_name = "NAME")]
    by: String,
    /// How long it counts, such as "26 weeks"
    #[arg(long, value_name = "TIME", value_parser = good_for)]
    good_for: Duration,
    /// The day of the review
    #[arg(long, value_name = "DATE|today", value_parser = on::read)]
    on: On,
    /// The day asked about; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = day)]
    visit: Option<Day>,
    /// The day of answers that carry none
    #[arg(long, value_name = "DATE", value_parser = day)]
    answered_on: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// Write to this file, and leave the other as it is
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn good_for(text: &str) -> Result<Duration, String> {
    Duration::parse(text)
        .filter(|duration| duration.unit.is_calendar())
        .ok_or_else(|| "write a number of days, weeks, months or years, such as \"26 weeks\"".to_string())
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rulebook = folder::rulebook(rules)?;
    let desk = pick::desk(&rulebook, args.treatment.as_deref())?;
    let Version { book, treatment, .. } = desk.version();
    let mut texts = Texts::new();
    let format = match records::by_name(&args.file)? {
        Input::Ndjson | Input::Csv => {
            return Err(Failure::new("a review is written into YAML and JSON records only")
                .help("CSV has no place for reviews; of NDJSON copy the client's line into a .json file"));
        }
        format => format,
    };
    if let Some(path) = &args.output
        && read::exists(path)
        && *path != Path::new(&args.file)
    {
        return Err(Failure::new(format!("`{}` exists already", path.display())).help("name a new file"));
    }
    let content = read::text(Path::new(&args.file), RECORD_TREE as u64)?;
    let mut clients = Clients { args, desk };
    let entries = clients.entries(&content, format, &mut texts)?;
    let place = pick::client(&entries, args.client.as_deref(), &args.file)?;
    let rule = full(&args.rule, treatment);
    let (before, saw) = clients.decide(&content, format, place, &rule, &mut texts)?;
    let meaning = reviewable(&before, &rule, treatment)?;
    let on = args.on.day(book)?;
    let review = [
        ("rule", rule.clone()),
        ("says", "go ahead".to_string()),
        ("by", args.by.split_whitespace().collect::<Vec<_>>().join(" ")),
        ("on", on.to_string()),
        ("good_for", args.good_for.to_string()),
        ("meaning", meaning),
        ("saw", saw),
    ];
    let new = insert::review(&content, format == Input::Json, place, &review).ok_or_else(|| {
        Failure::new(format!("`{}` is laid out so that no review could be written into it", args.file))
            .help("`--why` prints the rule's meaning: add it by hand as `clearance schema record` describes")
    })?;
    let (after, _) = clients.decide(&new, format, place, &rule, &mut texts)?;
    // Of several, the new one is the last.
    let noted = after.reviews.iter().rev().find(|note| note.rule == rule);
    if let Some(why) = noted.filter(|note| !note.counts).and_then(|note| note.why.as_ref()) {
        let failure = Failure::new(format!("the review would not count: {why}"));
        let known = treatment.rules.iter().find(|known| known.id == rule);
        let people = &book.clinic.people;
        let theirs = |role: &str| people.iter().any(|person| person.name == review[2].1 && person.is(role));
        let role = known.and_then(|known| known.review_by.as_ref());
        let role = role.filter(|role| !people.is_empty() && !theirs(role));
        return Err(match role.map(|role| reviewers(role, &review[2].1, &book.clinic)) {
            Some(help) => failure.help(help),
            None => failure,
        });
    }
    let path = args.output.as_deref().unwrap_or(Path::new(&args.file));
    write::file(path, &new).map_err(|error| Failed::unwritten(path.display(), &error))?;
    print(&report::written(&review[0].1, &review[2].1, &path.display().to_string(), before.outcome))?;
    print(&human::one(&after, book, treatment, Detail::Short))?;
    Ok(Exit::Done)
}

/// The rule's whole name.
fn full(rule: &str, treatment: &Treatment) -> String {
    if rule.contains('/') { rule.to_string() } else { format!("{}/{rule}", treatment.id) }
}

/// Who may review instead of somebody.
fn reviewers(role: &str, by: &str, clinic: &Clinic) -> String {
    let names: Vec<&str> =
        clinic.people.iter().filter(|person| person.is(role)).map(|person| person.name.as_str()).collect();
    match suggest::nearest(by, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => {
            format!("nobody has the role {role}: add somebody under `people:` in clinic.yaml")
        }
        None => format!("the role {role} has {}, as `people:` in clinic.yaml says", list(&names, "and")),
    }
}

/// The meaning of the rule, if a clinician can say go ahead to this client.
fn reviewable(decision: &Decision, rule: &str, treatment: &Treatment) -> Result<String, Failure> {
    let reason = decision.reasons.iter().find(|reason| reason.rule == rule && reason.withdrawn.is_none());
    let known = treatment.rules.iter().find(|known| known.id == rule);
    match (reason, known) {
        (_, None) => {
            let failure = Failure::new(format!("there is no rule `{rule}`"));
            let reviewed = treatment.rules.iter().filter(|known| known.outcome == Outcome::NeedsReview);
            Err(match suggest::nearest(rule, reviewed.map(|known| known.id.as_str())) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`clearance decide FILE --why` names the rules that hold"),
            })
        }
        (_, Some(known)) if known.outcome != Outcome::NeedsReview => {
            Err(Failure::new(format!("`{rule}` decides `{}`, which cannot be reviewed away", known.outcome))
                .help("only rules that decide `needs review` are a clinician's to decide"))
        }
        (None, Some(_)) => {
            Err(Failure::new(format!("`{rule}` does not hold for `{}`, and cannot", decision.client))
                .help("there is nothing to review"))
        }
        (Some(Reason { reviewed_by: Some(by), .. }), Some(_)) => {
            Err(Failure::new(format!("`{rule}` was reviewed by `{by}`, and that still counts"))
                .help("to review it anew, take the old review out of the record first"))
        }
        (Some(reason), Some(_)) => Ok(reason.meaning.clone()),
    }
}

struct Clients<'c> {
    args: &'c Args,
    desk: Desk<'c>,
}

impl Clients<'_> {
    /// The records in a text.
    fn entries(
        &self,
        content: &str,
        format: Input,
        texts: &mut Texts,
    ) -> Result<Vec<Entry<'static>>, Failure> {
        let id = texts.add(self.args.file.as_str(), content.to_string());
        let mut read = Records::default();
        tree(texts, id, format, &mut read);
        self.refuse(&read.findings, texts)?;
        Ok(read.entries)
    }

    fn refuse(&self, found: &[Diagnostic], texts: &Texts) -> Result<(), Failure> {
        match found.iter().any(Diagnostic::is_error) {
            true => Err(Failure::Rules(findings::each(texts, found, Colour::Styled))),
            false => Ok(()),
        }
    }

    /// What the client at this place is told, and the name of the answers that a rule reads.
    fn decide(
        &mut self,
        content: &str,
        format: Input,
        place: usize,
        rule: &str,
        texts: &mut Texts,
    ) -> Result<(Decision, String), Failure> {
        let entries = self.entries(content, format, texts)?;
        let entry = entries.get(place).ok_or_else(|| Failure::new("the record cannot be read"))?;
        let asked = Asked { visit: self.args.visit, answered_on: self.args.answered_on };
        let question = asked.question(entry, self.desk.version().book)?;
        let known = self.desk.version().treatment.rules.iter().find(|known| known.id == rule);
        let inquiry = self.desk.inquiry(question).map_err(NoAnswer::Refused);
        let decision = inquiry.and_then(|mut inquiry| {
            let saw = known.map(|rule| inquiry.saw(rule)).unwrap_or_default();
            Ok((inquiry.decision()?, saw))
        });
        decision.map_err(|none| pick::no_answer(texts, none))
    }
}
