//! What a line commits to: the record and the decision, or the words of an override. Bodies may be erased.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::chain::Line;
use super::entry::What;
use super::hash;

/// One line of the bodies: `{"sequence":7,"salt":"...","record":{...},"decision":{...}}`
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Body {
    /// The line of the log it belongs to.
    pub sequence: u64,
    /// What keeps the commitments from being guessed, once the body is gone: 64 letters of hex, by chance.
    pub salt: String,
    /// The record, with all that was asked about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<RawValue>>,
    /// The decision, or what was said about a record that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Box<RawValue>>,
    /// The words of an override.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub words: Option<Box<RawValue>>,
}

/// What somebody said when a decision was not followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The rule that was not followed, if one was named.
    pub rule: Option<String>,
    /// Why.
    pub words: String,
}

/// What a line of the log promises about its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// Commitments to record and decision.
    Asked(String, String),
    /// The commitment to the words.
    Said(String),
}

/// The commitment to a text.
pub fn commitment(salt: &str, text: &str) -> String {
    hash(&[salt.as_bytes(), text.as_bytes()])
}

/// The promise of a line, if it makes one.
pub fn promise(line: &Line) -> Option<Promise> {
    match &line.entry.what {
        What::Decision(asked) | What::Unreadable(asked) => {
            Some(Promise::Asked(asked.record.clone(), asked.decision.clone()))
        }
        What::Override(one) => Some(Promise::Said(one.words.clone())),
        What::Erasure(_) => None,
    }
}

impl Body {
    /// Reads one line, which must be written exactly as [`Body::write`] does.
    pub fn read(bytes: &[u8]) -> Option<Body> {
        let bytes = bytes.strip_suffix(b"\n")?;
        let body: Body = serde_json::from_slice(bytes).ok()?;
        let same = serde_json::to_vec(&body).is_ok_and(|again| again == bytes);
        (same && super::is_hash(&body.salt)).then_some(body)
    }

    /// The line with its end.
    pub fn write(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Whether the body is what the line promised.
    pub fn keeps(&self, promise: &Promise) -> bool {
        let is = |part: &Option<Box<RawValue>>, promised: &str| {
            part.as_ref().is_some_and(|part| commitment(&self.salt, part.get()) == promised)
        };
        match promise {
            Promise::Asked(record, decision) => {
                self.words.is_none() && is(&self.record, record) && is(&self.decision, decision)
            }
            Promise::Said(words) => {
                self.record.is_none() && self.decision.is_none() && is(&self.words, words)
            }
        }
    }

    /// The decision as far as it is shown and counted.
    pub fn decided(&self) -> Option<Decided> {
        serde_json::from_str(self.decision.as_ref()?.get()).ok()
    }

    /// The words of an override.
    pub fn said(&self) -> Option<Said> {
        serde_json::from_str(self.words.as_ref()?.get()).ok()
    }

    /// The client id, if the record gave one.
    pub fn client(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Of {
            written: Option<Written>,
        }
        #[derive(Deserialize)]
        struct Written {
            client: Option<String>,
        }
        let of: Of = serde_json::from_str(self.record.as_ref()?.get()).ok()?;
        of.written?.client
    }
}

/// What of a kept decision is shown and counted.
#[derive(Debug, Clone, Deserialize)]
pub struct Decided {
    /// Who.
    pub client: String,
    /// The treatment's id.
    pub treatment: String,
    /// The day asked about.
    pub visit: String,
    /// What was certain.
    pub outcome: String,
    /// Whether nothing could change it any more.
    pub settled: bool,
    /// The first day that could be promised; an earlier program did not say.
    pub book_from: Option<String>,
    /// Rules of which one applied in every case.
    #[serde(default)]
    pub in_every_case: Vec<Vec<String>>,
    /// The reasons.
    pub reasons: Vec<Reason>,
    /// The reviews of the record.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// The rules it rests on.
    pub rules: Rules,
}

/// A review of the record of a kept decision.
#[derive(Debug, Clone, Deserialize)]
pub struct Review {
    /// The rule reviewed.
    pub rule: String,
    /// Who said go ahead.
    pub by: String,
    /// Why it did not count.
    pub why: Option<String>,
    /// What there was to know about one that did.
    #[serde(default)]
    pub note: Option<String>,
}

/// A reason of a kept decision.
#[derive(Debug, Clone, Deserialize)]
pub struct Reason {
    /// `microneedling/isotretinoin`
    pub rule: String,
    /// `yes` or `unknown`.
    pub holds: String,
    /// What it decides.
    pub outcome: String,
    /// The first day it no longer holds.
    pub until: Option<String>,
    /// Why.
    pub because: String,
    /// `microneedling.yaml:41`
    pub at: String,
    /// The cited statements.
    pub source: Vec<Source>,
    /// The clinic's own decision.
    pub basis: Option<String>,
    /// Who said go ahead.
    pub reviewed_by: Option<String>,
}

/// A cited statement of a kept decision.
#[derive(Debug, Clone, Deserialize)]
pub struct Source {
    /// `L24`
    pub statement: String,
    /// Its line in the original.
    pub line: u32,
    /// The statement, restated.
    pub says: String,
}

/// The rules of a kept decision.
#[derive(Debug, Clone, Deserialize)]
pub struct Rules {
    /// The page's revision.
    pub revision: u32,
    /// Names all that the decision rests on.
    pub digest: String,
}
