//! What one line of the log says.

use serde::{Deserialize, Serialize};

/// One line, but for its own hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts lines from 1.
    pub sequence: u64,
    /// The hash of the line before.
    pub previous: String,
    /// When the line was written, in UTC: `2026-03-02T10:45:00Z`.
    pub time: String,
    /// The version of the program.
    pub engine: String,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What a line is about. Nothing in it names a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum What {
    /// A client was decided about.
    Decision(Asked),
    /// A record could not be read; `decision` commits to what was said about it.
    Unreadable(Asked),
    /// A decision was not followed.
    Override(Override),
    /// Bodies were erased.
    Erasure(Erasure),
}

/// `{"kind":"decision","rules":"sha256:...","asked_by":"front desk","record":"...","decision":"..."}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The digest of the rules.
    pub rules: String,
    /// Who asked.
    pub asked_by: String,
    /// The commitment to the record.
    pub record: String,
    /// The commitment to the decision.
    pub decision: String,
}

/// `{"kind":"override","of":7,"by":"B. Lind","role":"prescriber","code":"fact-wrong","words":"..."}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The line of the decision that was not followed.
    pub of: u64,
    /// Who decided otherwise.
    pub by: String,
    /// As what.
    pub role: String,
    /// Why, as one of a few codes.
    pub code: Cause,
    /// The commitment to the words and the rule.
    pub words: String,
}

/// `{"kind":"erasure","sequences":[7,9],"by":"B. Lind","ground":"asked"}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The lines whose bodies are gone.
    pub sequences: Vec<u64>,
    /// Who erased them.
    pub by: String,
    /// On what ground. Free words could name the client for ever, so there are none.
    pub ground: Ground,
}

/// A closed list becomes an enum, its names and what they mean in one place.
macro_rules! list {
    ($(#[$about:meta])* $list:ident { $($variant:ident $name:literal $means:literal)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $list {
            $(#[doc = $means] #[serde(rename = $name)] $variant,)*
        }

        impl $list {
            /// Every one, in the order of the table.
            pub const ALL: &'static [$list] = &[$($list::$variant,)*];

            /// The name in lines and on the command line.
            pub fn name(self) -> &'static str {
                match self { $($list::$variant => $name,)* }
            }

            /// What it means, in a few words.
            pub fn means(self) -> &'static str {
                match self { $($list::$variant => $means,)* }
            }
        }
    };
}

list! {
    /// Why a decision was not followed.
    Cause {
        FactWrong "fact-wrong" "an answer in the record is wrong, or no longer true"
        NotAsked "not-asked" "something matters that no question asks about"
        AlreadyDone "already-done" "what the rule waits for is done or cleared"
        BenefitOutweighs "benefit-outweighs" "for this client the benefit outweighs the risk"
        RuleDoesNotFit "rule-does-not-fit" "the rule is not meant for a case like this"
        MoreCaution "more-caution" "the rules allow it, and somebody judged it unwise"
        ClientDeclined "client-declined" "the client decided against it"
    }
}

list! {
    /// On what ground bodies were erased.
    Ground {
        Asked "asked" "the client asked for it"
        ConsentWithdrawn "consent-withdrawn" "the client no longer agrees that it is kept"
        KeptLongEnough "kept-long-enough" "the time for which it had to be kept is over"
        Mistake "mistake" "it should never have been kept"
        Ordered "ordered" "a law or an authority demands it"
    }
}

impl What {
    /// What the line is called.
    pub fn kind(&self) -> &'static str {
        match self {
            What::Decision(_) => "decision",
            What::Unreadable(_) => "unreadable",
            What::Override(_) => "override",
            What::Erasure(_) => "erasure",
        }
    }

    /// The decision or the unreadable record.
    pub fn asked(&self) -> Option<&Asked> {
        match self {
            What::Decision(asked) | What::Unreadable(asked) => Some(asked),
            What::Override(_) | What::Erasure(_) => None,
        }
    }

    /// Who caused the line.
    pub fn by(&self) -> &str {
        match self {
            What::Decision(asked) | What::Unreadable(asked) => &asked.asked_by,
            What::Override(one) => &one.by,
            What::Erasure(one) => &one.by,
        }
    }

    /// Whether a body belongs to the line.
    pub fn has_body(&self) -> bool {
        !matches!(self, What::Erasure(_))
    }
}
