//! `clearance schema NAME`: JSON Schemas of files and answers.

use super::exit::{Exit, Failure};
use super::output::print;
use crate::prose;
use crate::report::schema;
use crate::suggest;

/// What `schema` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which schema; without it all are listed
    name: Option<String>,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        print(&schema::list())?;
        return Ok(Exit::Done);
    };
    let Some(found) = schema::named(name) else {
        let names = schema::ALL.map(|schema| schema.name);
        let failure = Failure::new(format!("there is no schema `{name}`"));
        return Err(match suggest::nearest(name, names) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help(format!("the schemas are {}", prose::list(&names, "and"))),
        });
    };
    print(found.json)?;
    Ok(Exit::Done)
}
