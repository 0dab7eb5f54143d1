//! `decide --log`: every decision is in the log before it is printed.

use std::path::Path;

use super::super::exit::Failure;
use super::super::folder;
use super::super::log;
use super::super::output::complain;
use super::args::Args;
use crate::book::Treatment;
use crate::disk::log::{CHUNK, Draft, Kept};
use crate::disk::{archive, environment};
use crate::log::entry::{Asked, What};
use crate::prose;
use crate::rulebook::Part;

/// What is logged of one record: the question and the answer, as JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct Noted {
    /// What was asked.
    pub record: String,
    /// What was answered.
    pub decision: String,
    /// Whether that is a decision.
    pub decided: bool,
}

/// Whether the rules in a folder mean what was loaded.
fn means(copy: &Path, treatment: &Treatment) -> bool {
    folder::load(copy, Part::Rules).is_ok_and(|loaded| {
        loaded.book.treatment(&treatment.id).is_some_and(|copy| copy.digest == treatment.digest)
    })
}

/// Where and for whom decisions are logged.
pub struct Logging<'a> {
    path: &'a Path,
    asked_by: String,
    rules: String,
}

impl Logging<'_> {
    /// Makes sure that the log can be written.
    pub fn new<'a>(
        path: &'a Path,
        args: &Args,
        rules: &Path,
        treatment: &Treatment,
    ) -> Result<Logging<'a>, Failure> {
        let asked_by = match &args.asked_by {
            Some(name) => name.clone(),
            None => {
                let login = environment::login(|name| log::named(name).is_ok());
                let name = login.ok_or_else(|| {
                    Failure::new("the log says who asked, and this computer does not name you")
                        .help("add `--asked-by NAME`")
                })?;
                let shown = prose::visible(&name);
                complain(&format!("note: logged as asked by `{shown}`, the login name (--asked-by NAME)\n"));
                name
            }
        };
        if let Some(archive) = &args.archive {
            archive::keep(rules, archive, treatment, |copy| means(copy, treatment))?;
        }
        // A log that cannot be written ends the run before anything is decided.
        log::store(path, true)?;
        Ok(Logging { path, asked_by, rules: treatment.digest.clone() })
    }

    /// Adds what was noted; once this returns it is on the disk.
    pub fn append(&self, noted: Vec<Noted>) -> Result<(), Failure> {
        let drafts: Vec<Draft> = noted.into_iter().map(|one| self.draft(one)).collect();
        for drafts in drafts.chunks(CHUNK) {
            log::store(self.path, true)?.append(drafts)?;
        }
        Ok(())
    }

    /// The line and the body of an answer.
    fn draft(&self, Noted { record, decision, decided }: Noted) -> Draft {
        let (rules, asked_by) = (self.rules.clone(), self.asked_by.clone());
        let what = move |commitments: &[String]| {
            let [record, decision] = [0, 1].map(|at| commitments.get(at).cloned().unwrap_or_default());
            let asked = Asked { rules: rules.clone(), asked_by: asked_by.clone(), record, decision };
            if decided { What::Decision(asked) } else { What::Unreadable(asked) }
        };
        Draft { body: Kept::Asked(record, decision), what: Box::new(what) }
    }
}
