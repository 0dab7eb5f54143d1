//! How the sign-off of a treatment stands.

use serde::Serialize;

use crate::prose::count;

/// How the sign-off of a treatment stands.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// `microneedling`
    pub treatment: String,
    /// The page's revision.
    pub revision: u32,
    /// Names what the page means now.
    pub digest: String,
    /// Whether this meaning has every signature it needs.
    pub signed: bool,
    /// The signature file of the revision, if there is one.
    pub file: Option<String>,
    /// The last revision before this one that has a signature file.
    pub before: Option<u32>,
    /// How the revision stands to the one before, as it was signed.
    pub verdict: Option<String>,
    /// Whether it lifts a withdrawal, as it was signed.
    pub lifts_a_withdrawal: bool,
    /// The signatures of the revision.
    pub signatures: Vec<Signed>,
    /// What means something else than what was signed; `None` if nothing does.
    pub differs: Option<Parts>,
    /// What it lacks: `the author's signature`.
    pub missing: Vec<String>,
}

/// One signature.
#[derive(Debug, Clone, Serialize)]
pub struct Signed {
    /// Who.
    pub by: String,
    /// `author` or `approver`.
    #[serde(rename = "as")]
    pub signs_as: String,
    /// The role at the clinic.
    pub role: String,
    /// The registration number.
    pub registration: Option<String>,
    /// When.
    pub on: String,
    /// The fingerprint of the key, if the signature holds.
    pub key: Option<String>,
    /// Whether it counts.
    pub valid: bool,
}

/// Parts of the meaning, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// Those that say something else.
    pub changed: Vec<String>,
    /// Those that are new.
    pub added: Vec<String>,
    /// Those that are gone.
    pub removed: Vec<String>,
}

impl Parts {
    /// Each kind of difference with its parts, those without any left out.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        let each = [("changed", &self.changed), ("added", &self.added), ("removed", &self.removed)];
        each.into_iter().filter(|(_, parts)| !parts.is_empty()).map(|(word, parts)| (word, &parts[..]))
    }
}

/// `an approver`, `2 approvers`
pub fn approvers(number: usize) -> String {
    match number {
        1 => "an approver other than the author".to_string(),
        number => format!("{} other than the author", count(number as i64, "approver")),
    }
}
