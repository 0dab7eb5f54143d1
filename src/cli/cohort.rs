//! `clearance diff --clients`: real records decided before and after.

use super::exit::Failure;
use super::output::{complain, print};
use super::{pick, stream};
use crate::decide::Brief;
use crate::decide::cells::Version;
use crate::prose::visible;
use crate::report::cohort;
use crate::report::findings::{self, Colour};
use crate::rulebook::records::{Entry, Input};
use crate::rulebook::{Desk, NoAnswer, Question, Refused};
use crate::span::Texts;
use crate::study::cohort::{Matrix, Moved, known, moved};
use crate::value::{Day, FIRST_DAY};

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
    /// So many of them are listed at the end.
    pub listed: usize,
}

impl Cohort<'_> {
    /// Decides all records: the matrix, and the first of those who moved.
    pub fn run(&self) -> Result<(Matrix, Vec<Moved>), Failure> {
        let [old, new] = self.versions;
        let (mut matrix, mut listed) = (Matrix::default(), Vec::new());
        let mut desks = self.versions.map(Desk::of);
        let mut today = None;
        stream::each(self.files, self.input, &[new.book, old.book], &mut |records, texts| {
            complain(&findings::each(texts, &records.findings, Colour::Styled));
            let mut told = Vec::with_capacity(records.entries.len());
            for entry in &records.entries {
                told.push(self.one(entry, &mut today, &mut desks, texts)?);
            }
            let mut text = String::new();
            for moved in told {
                matrix.count(&moved);
                if let ([None, None], Some(why)) = (moved.told, &moved.why) {
                    complain(&format!("error: not decided: {}\n", visible(why)));
                }
                if !moved.is_moved() {
                    continue;
                }
                if self.lines {
                    text += &cohort::line(&moved);
                } else if listed.len() < self.listed {
                    listed.push(moved);
                }
            }
            print(&text)
        })?;
        Ok((matrix, listed))
    }

    /// What becomes of the client of an entry.
    fn one(
        &self,
        entry: &Entry<'_>,
        today: &mut Option<Day>,
        desks: &mut [Desk<'_>; 2],
        texts: &Texts,
    ) -> Result<Moved, Failure> {
        let question = Question { visit: self.visit, answered_on: self.answered_on, ..Question::of(entry) };
        let question = pick::dated(question, || match *today {
            Some(day) => Ok(day),
            None => Ok(*today.insert(pick::today(self.versions[1].book)?)),
        })?;
        let client = question.client().to_string();
        let mut visit = FIRST_DAY;
        let mut told = |side: usize| -> Result<Result<Brief<'_>, Option<String>>, NoAnswer> {
            let [own, other] = [side, 1 - side].map(|side| self.versions[side].book);
            let known = entry.record.as_ref().and_then(|record| known(record, own, other));
            let record = known.as_ref().or(entry.record.as_ref());
            match desks[side].inquiry(Question { record, ..question.clone() }) {
                Ok(mut inquiry) => {
                    visit = inquiry.visit();
                    inquiry.glance().map(Ok)
                }
                Err(refused) => Ok(Err(why(&refused, entry, texts))),
            }
        };
        let told = told(0).and_then(|before| Ok([before, told(1)?]));
        let told = told.map_err(|none| pick::no_answer(texts, none))?;
        Ok(moved(client, visit, told, self.versions.map(|version| version.treatment)))
    }
}

/// Why a record cannot be read: what was wrong with its line stands somewhere.
fn why(refused: &Refused, entry: &Entry<'_>, texts: &Texts) -> Option<String> {
    let wrong = refused.findings.iter().find(|finding| finding.is_error())?;
    let at = wrong.span().filter(|_| entry.findings.contains(wrong)).map(|span| texts.line_reference(span));
    Some(at.map_or_else(|| wrong.message.clone(), |at| format!("{at}: {}", wrong.message)))
}
