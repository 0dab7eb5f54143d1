//! `clearance log erase`: what is kept about a client goes; the lines stay.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::super::exit::{Exit, Failure};
use super::super::output::print;
use crate::disk::log::{Draft, Kept, State};
use crate::log::body::Body;
use crate::log::entry::{Erasure, Ground, What};
use crate::prose::{count, list, visible};

/// What `log erase` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The decision log
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// The client whose records, decisions and overrides go
    #[arg(long, value_name = "ID", required_unless_present = "sequence")]
    client: Option<String>,
    /// Single lines, where a record gave no client id
    #[arg(long, value_name = "NUMBER", num_args = 1.., conflicts_with = "client")]
    sequence: Vec<u64>,
    /// Who erases
    #[arg(long, value_name = "NAME", value_parser = super::named)]
    by: String,
    /// On what ground; words could name the client for ever, so this is a code
    #[arg(long, value_parser = grounds())]
    ground: Ground,
}

fn grounds() -> impl TypedValueParser<Value = Ground> {
    let values = Ground::ALL.iter().map(|ground| PossibleValue::new(ground.name()).help(ground.means()));
    PossibleValuesParser::new(values).try_map(|name| {
        Ground::ALL.iter().copied().find(|ground| ground.name() == name).ok_or("there is no such ground")
    })
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let shown = visible(&args.log.display().to_string());
    // Held until all is done, so that nobody writes bodies meanwhile.
    let mut store = super::store(&args.log, false)?;
    let log = store.read()?;
    let wrong = super::complain(&log);
    let mut gone: BTreeSet<u64> = BTreeSet::new();
    for sequence in &args.sequence {
        let line = log.line(*sequence)?;
        if !line.entry.what.has_body() {
            return Err(Failure::new(format!("line {sequence} keeps nothing that could be erased")));
        }
        if matches!(log.body(*sequence)?, State::Erased) && !log.lies_about(*sequence) {
            return Err(Failure::new(format!("what line {sequence} kept was erased before")));
        }
        gone.insert(*sequence);
    }
    let hers = |body: &Body| args.client.is_some() && body.client() == args.client;
    let mut others: BTreeSet<String> = BTreeSet::new();
    store.each_body(&mut |bytes| match Body::read(bytes) {
        Some(body) if hers(&body) => _ = gone.insert(body.sequence),
        Some(body) => others.extend(body.client()),
        None => {}
    })?;
    // Words about a decision may name whom it was about.
    for line in &log.lines {
        if let What::Override(one) = &line.entry.what
            && gone.contains(&one.of)
        {
            gone.insert(line.entry.sequence);
        }
    }
    if gone.is_empty() {
        let client = visible(args.client.as_deref().unwrap_or_default());
        print(&format!("{shown} keeps nothing about `{client}`\n"))?;
        if let Some(other) = others.iter().find(|other| other.trim().eq_ignore_ascii_case(client.trim())) {
            print(&format!("did you mean `{}`? Ids are taken to the letter\n", visible(other)))?;
        }
        return Ok(Exit::Found);
    }
    let lines: Vec<u64> =
        log.lines.iter().map(|line| line.entry.sequence).filter(|sequence| gone.contains(sequence)).collect();
    let (by, ground, sequences) = (args.by.clone(), args.ground, lines.clone());
    let what =
        move |_: &[String]| What::Erasure(Erasure { sequences: sequences.clone(), by: by.clone(), ground });
    // The line first: an erasure that is cut short is found, and can be repeated.
    store.append(&[Draft { body: Kept::Nothing, what: Box::new(what) }])?;
    let mut unread = 0;
    let kept = store.retain_bodies(&mut |bytes| match Body::read(bytes) {
        Some(body) => !gone.contains(&body.sequence) && !hers(&body),
        // Nobody can tell whom it is about.
        None => {
            unread += 1;
            false
        }
    });
    kept.map_err(|failed| {
        failed.help(format!("line {} says it is erased: run the command again", store.last()))
    })?;
    let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
    let mut text = format!(
        "erased what {} {} kept; line {} says so\n",
        if lines.len() == 1 { "line" } else { "lines" },
        list(&numbers, "and"),
        store.last()
    );
    if unread > 0 {
        text += &format!("{} of the bodies could not be read and went too\n", count(unread, "line"));
    }
    text += "copies of the log and of its bodies elsewhere are not erased\n";
    print(&text)?;
    Ok(if wrong { Exit::Found } else { Exit::Done })
}
