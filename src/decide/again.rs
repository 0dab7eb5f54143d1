//! The same client with other answers, or with the same ones given again.

use smallvec::smallvec;

use super::answers::{Answers, Boxes, Seen};
use super::saw;
use super::single::Single;
use crate::book::condition::FactId;
use crate::book::fact::Facts;
use crate::value::{Day, LAST_DAY};

impl Answers {
    /// The same client with other answers to these facts, given on the day `on` in place of what was said.
    pub fn with(&self, given: &[(FactId, Boxes)], on: Day, facts: &Facts) -> Answers {
        let mut other = self.clone();
        for (id, boxes) in given {
            let at = usize::from(id.0);
            other.singles[at] =
                smallvec![Single { boxes: Some(boxes.clone()), on: Some(on), ..Single::default() }];
            if let Some(seen) = other.seen.get_mut(at) {
                // The same answer again is no other.
                let text = (self.boxes(*id) != boxes).then(|| saw::said(facts, *id, &other.singles[at]));
                *seen = Seen {
                    text: text.unwrap_or(std::mem::take(&mut seen.text)),
                    last: Some(on),
                    undated: false,
                };
            }
            other.put_together(*id, facts);
        }
        other
    }

    /// The same client with these answers for good. Those that were asked for again came out the same on the day `on`.
    pub fn lasting(&self, given: &[(FactId, Boxes)], again: &[FactId], on: Day, facts: &Facts) -> Answers {
        let mut other = self.with(given, LAST_DAY, facts);
        for (at, (seen, was)) in other.seen.iter_mut().zip(&self.seen).enumerate() {
            seen.clone_from(was);
            if again.iter().any(|id| usize::from(id.0) == at) {
                (seen.last, seen.undated) = (Some(on), false);
            }
        }
        other
    }
}
