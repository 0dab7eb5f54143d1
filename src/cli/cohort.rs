//! `clearance diff --clients`: real records decided before and after.

use super::exit::Failure;
use super::output::{complain, print};
use super::{pick, stream};
use crate::decide::cells::Version;
use crate::diagnostic::Diagnostic;
use crate::report::cohort;
use crate::report::findings::{self, Colour};
use crate::rulebook::records::{Entry, Input};
use crate::span::Texts;
use crate::study::cohort::{Matrix, Moved, Pair, decided};
use crate::value::Day;

/// What the records are decided with.
pub struct Cohort<'c> {
    /// Files with records.
    pub files: &'c [String],
    /// How they are written.
    pub input: Option<Input>,
    /// The day asked about; else the record's own, else today.
    pub visit: Option<Day>,
    /// The day of answers that carry none.
    pub answered_on: Option<Day>,
    /// The page in both versions.
    pub versions: [Version<'c>; 2],
    /// Whether each client who moved is printed at once.
    pub lines: bool,
}

/// So many clients who moved are listed at the end.
const LISTED: usize = 20;

impl Cohort<'_> {
    /// Decides all records: the matrix, and the first of those who moved.
    pub fn run(&self) -> Result<(Matrix, Vec<Moved>), Failure> {
        let [old, new] = self.versions;
        let (mut matrix, mut listed) = (Matrix::default(), Vec::new());
        let mut pair = Pair::of(self.versions);
        let mut today = None;
        stream::each(self.files, self.input, &[new.book, old.book], &mut |records, texts| {
            complain(&findings::each(texts, &records.findings, Colour::Styled));
            let mut told = Vec::with_capacity(records.entries.len());
            for entry in &records.entries {
                let visit = self.day(entry, &mut today)?;
                told.push(self.one(entry, visit, &mut pair, texts));
            }
            let mut text = String::new();
            for moved in told {
                matrix.count(&moved);
                if !moved.is_moved() {
                    continue;
                }
                if self.lines {
                    text += &cohort::line(&moved);
                } else if listed.len() < LISTED {
                    listed.push(moved);
                }
            }
            print(&text)
        })?;
        [old, new].into_iter().try_for_each(|version| pick::in_time(version.scripts))?;
        Ok((matrix, listed))
    }

    fn day(&self, entry: &Entry<'_>, today: &mut Option<Day>) -> Result<Option<Day>, Failure> {
        let Some(record) = &entry.record else { return Ok(None) };
        if self.visit.is_some() {
            return Ok(self.visit);
        }
        if let Some(words) = &record.visit {
            return Ok(Day::parse(&words.text));
        }
        if today.is_none() {
            *today = Some(pick::today(self.versions[1].book)?);
        }
        Ok(*today)
    }

    fn one(&self, entry: &Entry<'_>, visit: Option<Day>, pair: &mut Pair<'_>, texts: &Texts) -> Moved {
        let given = entry.record.as_ref().and_then(|record| record.client.as_ref());
        let client = given.map_or_else(|| format!("#{}", entry.position), |words| words.text.to_string());
        let wrong: Option<&Diagnostic> = entry.findings.iter().find(|one| Diagnostic::is_error(one));
        match (&entry.record, visit, wrong) {
            (Some(record), Some(visit), None) => decided(record, &client, visit, self.answered_on, pair),
            (_, _, wrong) => {
                let at = wrong.and_then(Diagnostic::span).map(|span| texts.line_reference(span));
                let why = wrong.map(|one| format!("{}: {}", at.unwrap_or_default(), one.message));
                Moved {
                    client,
                    visit: visit.unwrap_or(crate::value::FIRST_DAY),
                    told: [None, None],
                    rules: Vec::new(),
                    why: why.or_else(|| Some("its visit is no day".to_string())),
                }
            }
        }
    }
}
