//! What a change of the rules changes: for every client, for what is said around the treatment, and in the
//! texts.
//!
//! `common` brings both versions to the same questions, `rules` compares them rule by rule and as a whole,
//! `facts` and `items` list what else changed, each in words of its own. Spaces, comments and order are no
//! change.

mod common;
mod facts;
mod guarantees;
mod items;
mod overall;
mod rules;
mod sources;
mod steps;
mod texts;

use crate::book::{Book, Outcome, parts};
use crate::decide::cells::Version;
use crate::script::Scripts;
use crate::span::{Span, Texts};
use crate::value::{Day, Truth};

use super::clients::Client;
pub use common::Common;

/// One version of the rules.
#[derive(Clone, Copy)]
pub struct Side<'d> {
    /// The texts they were read from.
    pub texts: &'d Texts,
    /// The book.
    pub book: &'d Book,
    /// The scripts of each treatment, in the order of the book.
    pub scripts: &'d [Scripts],
}

impl<'d> Side<'d> {
    /// The page called `id`.
    pub fn version(&self, id: &str) -> Option<Version<'d>> {
        let at = self.book.treatments.iter().position(|treatment| treatment.id == id)?;
        Some(Version { book: self.book, treatment: &self.book.treatments[at], scripts: &self.scripts[at] })
    }
}

/// Everything that changed.
#[derive(Debug, Clone)]
pub struct Diff {
    /// The pages that both versions have.
    pub pages: Vec<PageDiff>,
    /// What changed outside them, and pages that only one version has.
    pub changes: Vec<Change>,
}

/// What changed on one page.
#[derive(Debug, Clone)]
pub struct PageDiff {
    /// `microneedling`
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where the new version gives its name.
    pub at: Span,
    /// Everything that a client may be told or done, and whatever guards one, together: equivalent only where
    /// nothing anywhere is less strict or stricter.
    pub headline: Verdict,
    /// What changed outside the page and bears on it.
    pub around: Vec<Change>,
    /// The outcome and the wait of whole decisions.
    pub overall: Ways,
    /// The rules that changed.
    pub rules: Vec<RuleDiff>,
    /// How many rules did not.
    pub unchanged: usize,
    /// The rest of the page.
    pub changes: Vec<Change>,
}

/// What changed about one rule.
#[derive(Debug, Clone)]
pub struct RuleDiff {
    /// `microneedling/pregnancy`
    pub id: String,
    /// What it was called before.
    pub was: Option<String>,
    /// Whether both versions have it.
    pub state: State,
    /// For whom it changed.
    pub ways: Ways,
    /// How a change of who may review it stands to the clients.
    pub review: Option<Verdict>,
    /// What was written differently.
    pub edits: Vec<Edit>,
    /// Where it stands, in the new version if it is there.
    pub at: Place,
}

impl RuleDiff {
    /// The verdict on all of it.
    pub fn verdict(&self) -> Verdict {
        Verdict::all([Some(self.ways.verdict()), self.review])
    }

    /// Whether anything about it may be less strict: it is, or it is not ruled out.
    pub fn may_loosen(&self) -> bool {
        self.verdict().may_loosen()
    }
}

/// Which versions have something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Both.
    Kept,
    /// The new one.
    Added,
    /// The old one.
    Dropped,
}

/// A place in one of the two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the old one.
    Old(Span),
    /// In the new one.
    New(Span),
    /// Nowhere in particular.
    None,
}

/// For whom a change tightens the rules, and for whom it loosens them.
#[derive(Debug, Clone)]
pub struct Ways {
    /// Somebody who is told something stricter than before.
    pub tighter: Found,
    /// Somebody who is told something less strict.
    pub looser: Found,
}

impl Ways {
    /// Nobody either way.
    pub const NONE: Ways = Ways { tighter: Found::Nobody, looser: Found::Nobody };

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        Verdict::of([&self.tighter, &self.looser].map(|found| match found {
            Found::Nobody => Truth::No,
            Found::Client(_) => Truth::Yes,
            Found::Open(_) => Truth::Unknown,
        }))
    }

    /// Why something about it is not known.
    pub fn open(&self) -> Option<&str> {
        [&self.tighter, &self.looser].into_iter().find_map(|found| match found {
            Found::Open(why) => Some(why.as_str()),
            _ => None,
        })
    }

    /// The examples, the one of loosening first.
    pub fn examples(&self) -> impl Iterator<Item = (Verdict, &Example)> {
        let each = [(Verdict::Loosens, &self.looser), (Verdict::Tightens, &self.tighter)];
        each.into_iter().filter_map(|(way, found)| match found {
            Found::Client(example) => Some((way, &**example)),
            _ => None,
        })
    }
}

/// What was found in one direction.
#[derive(Debug, Clone)]
pub enum Found {
    /// There is nobody: it is proved for every client on every visit.
    Nobody,
    /// This client.
    Client(Box<Example>),
    /// It is not known, and this is why.
    Open(String),
}

/// How a change stands to the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nobody is told anything else.
    Equivalent,
    /// Some are told something stricter, nobody something less strict.
    Tightens,
    /// It tightens; whether it also loosens is not known.
    TightensAtLeast,
    /// It is not known.
    NotAnalysed,
    /// It loosens; whether it also tightens is not known.
    LoosensAtLeast,
    /// Some are told something less strict, nobody something stricter.
    Loosens,
    /// Both happens.
    Mixed,
}

impl Verdict {
    /// Whether something tightens, and whether something loosens.
    fn of(ways: [Truth; 2]) -> Verdict {
        match ways {
            [Truth::No, Truth::No] => Verdict::Equivalent,
            [Truth::Yes, Truth::No] => Verdict::Tightens,
            [Truth::No, Truth::Yes] => Verdict::Loosens,
            [Truth::Yes, Truth::Yes] => Verdict::Mixed,
            [Truth::Yes, Truth::Unknown] => Verdict::TightensAtLeast,
            [Truth::Unknown, Truth::Yes] => Verdict::LoosensAtLeast,
            // Where nothing can loosen, what may tighten is said to.
            [Truth::Unknown, Truth::No] => Verdict::Tightens,
            [Truth::No, Truth::Unknown] => Verdict::Loosens,
            [Truth::Unknown, Truth::Unknown] => Verdict::NotAnalysed,
        }
    }

    fn ways(self) -> [Truth; 2] {
        match self {
            Verdict::Equivalent => [Truth::No, Truth::No],
            Verdict::Tightens => [Truth::Yes, Truth::No],
            Verdict::TightensAtLeast => [Truth::Yes, Truth::Unknown],
            Verdict::NotAnalysed => [Truth::Unknown, Truth::Unknown],
            Verdict::LoosensAtLeast => [Truth::Unknown, Truth::Yes],
            Verdict::Loosens => [Truth::No, Truth::Yes],
            Verdict::Mixed => [Truth::Yes, Truth::Yes],
        }
    }

    /// Several together.
    pub fn all(verdicts: impl IntoIterator<Item = Option<Verdict>>) -> Verdict {
        let ways = verdicts.into_iter().flatten().map(Verdict::ways);
        let together = ways.reduce(|a, b| [a[0].max(b[0]), a[1].max(b[1])]);
        Verdict::of(together.unwrap_or([Truth::No, Truth::No]))
    }

    /// Whether anything may be less strict: it is, or it is not ruled out.
    pub fn may_loosen(self) -> bool {
        self.ways()[1] != Truth::No
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Equivalent => "equivalent",
            Verdict::Tightens => "tightens",
            Verdict::TightensAtLeast => "tightens, and perhaps loosens",
            Verdict::NotAnalysed => "not analysed",
            Verdict::LoosensAtLeast => "loosens, and perhaps tightens",
            Verdict::Loosens => "loosens",
            Verdict::Mixed => "mixed",
        }
    }
}

/// A client who is told something else.
#[derive(Debug, Clone)]
pub struct Example {
    /// The client, about the common questions.
    pub client: Client,
    /// The base client's name, and the answers that differ from it: a fact or option and the answer.
    pub base: Option<String>,
    /// The answers that differ from the base client.
    pub answers: Vec<(String, String)>,
    /// What is decided with the old rules.
    pub before: Told,
    /// What is decided with the new rules.
    pub after: Told,
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A decision.
    Decided {
        /// The outcome.
        outcome: Outcome,
        /// How long to wait.
        wait: Wait,
        /// The rules that hold.
        rules: Vec<String>,
    },
    /// One of the answers could not be given.
    NoSuchAnswer,
}

/// How long somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// Not at all.
    None,
    /// Until a day.
    Until(Day),
    /// Without a day.
    Open,
}

/// A part of the rules beside the conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// A whole page.
    Page,
    /// A question.
    Fact,
    /// A named condition or a derived fact.
    Definition,
    /// A number the clinic decides.
    Parameter,
    /// A function or a script.
    Script,
    /// The days in force, withdrawals.
    InForce,
    /// The planned series.
    Course,
    /// The appointment and its steps.
    Appointment,
    /// What to do after the treatment.
    Aftercare,
    /// Prices.
    Price,
    /// A statement of a source.
    Statement,
    /// A question to the author of a source.
    Query,
    /// What must be true for every possible client.
    Guarantee,
    /// What could go wrong.
    Hazard,
    /// The clinic, names, revisions.
    Metadata,
}

impl Section {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Section::Page => "page",
            Section::Fact => "question",
            Section::Definition => "name",
            Section::Parameter => "parameter",
            Section::Script => "script",
            Section::InForce => "days",
            Section::Course => "course",
            Section::Appointment => "appointment",
            Section::Aftercare => "aftercare",
            Section::Price => "price",
            Section::Statement => "source",
            Section::Query => "query",
            Section::Guarantee => "guarantee",
            Section::Hazard => "hazard",
            Section::Metadata => "about",
        }
    }
}

/// What changed about something beside the conditions.
#[derive(Debug, Clone)]
pub struct Change {
    /// What it belongs to.
    pub section: Section,
    /// What it is called.
    pub name: String,
    /// Which versions have it.
    pub state: State,
    /// How it stands to the clients; `None` where nothing is stricter or less strict.
    pub verdict: Option<Verdict>,
    /// What was written differently.
    pub edits: Vec<Edit>,
    /// Where it stands.
    pub at: Place,
}

impl Change {
    /// Whether it may be less strict than before: it is, or that is not ruled out.
    pub fn may_loosen(&self) -> bool {
        self.verdict.is_some_and(Verdict::may_loosen)
    }
}

/// One thing that was written differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What.
    pub what: String,
    /// What was written before, if anything.
    pub before: Option<String>,
    /// What is written now, if anything.
    pub after: Option<String>,
}

/// The base clients that examples stay near to: of a page the name and the client, if it has one.
pub type Bases<'b> = &'b dyn Fn(&str) -> Option<(usize, String, Client)>;

/// Compares two versions. `bases` gives the base client of a page: of the old version, 0, or the new one, 1.
pub fn diff(old: Side<'_>, new: Side<'_>, bases: Bases<'_>) -> Diff {
    let common = Common::of(&old.book.facts, &new.book.facts);
    let books = [common.book(0, old.book), common.book(1, new.book)];
    let mut pages = Vec::new();
    let mut changes = facts::changes(old.book, new.book);
    changes.extend(items::around(old.book, new.book));
    for treatment in &old.book.treatments {
        if let (Some(a), Some(b)) = (old.version(&treatment.id), new.version(&treatment.id)) {
            let rules = rules::compare([old, new], [a, b], &common, &books, bases(&treatment.id));
            let mut own = items::changes(a, b, &rules.exclusions);
            own.extend(rules.others);
            let asked = [a, b].map(|version| parts::parts(version.book, version.treatment));
            let concerns = |change: &Change| {
                let part = format!("fact {}", change.name);
                change.section != Section::Fact || asked.iter().any(|parts| parts.contains_key(&part))
            };
            let around: Vec<Change> = changes.iter().filter(|change| concerns(change)).cloned().collect();
            let whole = std::iter::once(rules.overall.verdict());
            let each = whole.chain(rules.rules.iter().map(RuleDiff::verdict)).map(Some);
            let beside = own.iter().chain(&around).map(|change| change.verdict);
            let headline = Verdict::all(each.chain(beside));
            pages.push(PageDiff {
                id: treatment.id.clone(),
                name: b.treatment.name.clone(),
                at: b.treatment.span,
                headline,
                around,
                overall: rules.overall,
                rules: rules.rules,
                unchanged: rules.unchanged,
                changes: own,
            });
        }
    }
    Diff { pages, changes }
}

impl Diff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.pages.iter().all(|page| page.rules.is_empty() && page.changes.is_empty())
    }

    /// Everything together.
    pub fn verdict(&self) -> Verdict {
        let pages = self.pages.iter().map(|page| Some(page.headline));
        Verdict::all(pages.chain(self.changes.iter().map(|change| change.verdict)))
    }

    /// Whether anything may be stricter or less strict than before.
    pub fn may_move(&self) -> bool {
        self.verdict() != Verdict::Equivalent
    }

    /// Whether anything may be less strict than before: it is, or it is not ruled out.
    pub fn may_loosen(&self) -> bool {
        self.verdict().may_loosen()
    }
}
