//! `clearance log override`: a decision was not followed.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::super::exit::{Exit, Failure};
use super::super::output::print;
use crate::disk::log::{Draft, Kept, Log, State};
use crate::limits::OVERRIDE;
use crate::log::body::Said;
use crate::log::entry::{Cause, Override, What};
use crate::prose;
use crate::suggest;

/// What `log override` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The decision log
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// The line of the decision
    #[arg(long, value_name = "NUMBER")]
    sequence: u64,
    /// Who decided otherwise
    #[arg(long, value_name = "NAME", value_parser = super::named)]
    by: String,
    /// As what: prescriber, nurse, clinical lead
    #[arg(long, value_name = "ROLE", value_parser = super::named)]
    role: String,
    /// Why, as a code that can be counted
    #[arg(long, value_parser = causes())]
    code: Cause,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    words: String,
    /// The rule that was not followed, one of the decision's reasons
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
}

fn causes() -> impl TypedValueParser<Value = Cause> {
    let values = Cause::ALL.iter().map(|cause| PossibleValue::new(cause.name()).help(cause.means()));
    PossibleValuesParser::new(values).try_map(|name| {
        Cause::ALL.iter().copied().find(|cause| cause.name() == name).ok_or("there is no such code")
    })
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let words = args.words.trim();
    if words.is_empty() || words.chars().count() > OVERRIDE {
        return Err(Failure::new(format!("`--words` needs 1 to {OVERRIDE} characters"))
            .help("say in a sentence what spoke against the decision"));
    }
    let log = Log::open(&args.log)?;
    let line = log.line(args.sequence)?;
    if !matches!(line.entry.what, What::Decision(_)) {
        let kind = line.entry.what.kind();
        return Err(Failure::new(format!("line {} holds no decision, but: {kind}", args.sequence))
            .help("`clearance log show` lists the lines with what they are"));
    }
    if matches!(log.body(args.sequence)?, State::Erased) {
        return Err(Failure::new(format!("what line {} kept was erased", args.sequence))
            .help("words about it would bring back what the client may have had erased"));
    }
    let rule = match &args.rule {
        Some(rule) => Some(reason(&log, args.sequence, rule)?),
        None => None,
    };
    drop(log);
    let said = Said { rule, words: words.to_string() };
    let json = serde_json::to_string(&said).map_err(|error| Failure::new(error.to_string()))?;
    let (of, by, role, code) = (args.sequence, args.by.clone(), args.role.clone(), args.code);
    let what = move |commitments: &[String]| {
        let (by, role) = (by.clone(), role.clone());
        What::Override(Override { of, by, role, code, words: commitments.concat() })
    };
    let mut store = super::store(&args.log, false)?;
    store.append(&[Draft { body: Kept::Said(json), what: Box::new(what) }])?;
    let (sequence, by) = (store.last(), prose::visible(&args.by));
    print(&format!("line {sequence}: decision {of} was not followed, says {by}: {}\n", code.means()))?;
    Ok(Exit::Done)
}

/// The rule by its whole id, if it is among the reasons.
fn reason(log: &Log, sequence: u64, rule: &str) -> Result<String, Failure> {
    let State::Kept(body) = log.body(sequence)? else {
        return Err(Failure::new(format!(
            "what line {sequence} decided was erased, so `--rule` cannot be checked"
        ))
        .help("leave `--rule` out"));
    };
    let decided = body.decided();
    let known: Vec<&str> =
        decided.iter().flat_map(|decided| &decided.reasons).map(|reason| reason.rule.as_str()).collect();
    let short = |id: &&str| id.split_once('/').is_some_and(|(_, short)| short == rule);
    if let Some(id) = known.iter().find(|id| **id == rule).or_else(|| known.iter().find(|id| short(id))) {
        return Ok((*id).to_string());
    }
    let shorts = known.iter().filter_map(|id| Some(id.split_once('/')?.1));
    let names: Vec<&str> = known.iter().copied().chain(shorts).collect();
    let failure = Failure::new(format!("`{rule}` is no reason of decision {sequence}"));
    Err(match (suggest::nearest(rule, names), known.is_empty()) {
        (Some(near), _) => failure.help(format!("did you mean `{near}`?")),
        (None, true) => failure.help("it has no reasons: leave `--rule` out"),
        (None, false) => failure.help(format!("its reasons are {}", prose::list(&known, "and"))),
    })
}
