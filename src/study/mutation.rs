//! Which small changes of the page the cases would notice, and for each that they would not the client who
//! would have told the difference, or the proof that there is none.

use rayon::prelude::*;

use super::apart::Apart;
use super::case::Row;
use super::clients::Client;
use super::mutants::{self, Mutant};
use super::run::{Answer, Panel};
use super::verdict::{self, Ran};
use crate::book::{Book, Treatment};
use crate::decide::cells::Version;
use crate::decide::{self, Possible, Rules};
use crate::value::{Point, Truth};

/// What became of a mutant.
#[derive(Debug, Clone)]
pub enum Fate {
    /// This case notices it.
    Noticed(String),
    /// It changes nothing for anybody: it is proved.
    Equivalent,
    /// Nobody notices it. This client would have told the difference.
    Client(Box<Told>),
    /// Nobody notices it. This question would have told the difference.
    Question(String),
    /// Nobody notices it, and it is not known whether it changes anything.
    NotAnalysed(String),
}

/// A client whom the page and the mutant answer otherwise.
#[derive(Debug, Clone)]
pub struct Told {
    /// The client.
    pub client: Client,
    /// What the page answers, as a case words it.
    pub before: String,
    /// What the mutant answers.
    pub after: String,
}

/// A mutant with what became of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The change.
    pub mutant: Mutant,
    /// What became of it.
    pub fate: Fate,
}

/// How answers are read by people: what is not seen in these words is not noticed.
pub type Words<'w> = &'w (dyn Fn(&Book, &Treatment, &Answer) -> String + Sync);

/// A row of a case that passes, with the answer it gets.
struct Watch<'c> {
    row: &'c Row,
    title: String,
    gist: Option<Gist>,
    words: String,
}

/// What three-valued deciding says, without the words: enough to see most changes.
#[derive(PartialEq, Eq)]
struct Gist {
    possible: Possible,
    wait: (Point, Point),
    rules: Vec<(String, Truth, Until)>,
}

/// The first and last day on which a rule may lapse.
type Until = Option<(Point, Point)>;

/// Tries every mutant on the cases that pass. `done` is called after each.
pub fn judge(
    version: Version<'_>,
    ran: &[Ran<'_>],
    base: &Client,
    words: Words<'_>,
    done: &(dyn Fn() + Sync),
) -> Vec<Judged> {
    let Version { book, treatment, scripts } = version;
    let mut panel = Panel::new(book, treatment, scripts);
    let passing = ran.iter().filter(|ran| ran.failures.is_empty());
    let rows = passing.flat_map(|ran| ran.case.rows.iter().zip(&ran.answers).map(move |pair| (ran, pair)));
    let watched: Vec<Watch<'_>> = rows
        .map(|(ran, (row, answer))| Watch {
            row,
            title: ran.case.title(row),
            gist: gist(&mut panel, row),
            words: words(book, treatment, answer),
        })
        .collect();
    let mutants = mutants::mutants(book, treatment);
    mutants
        .into_par_iter()
        .map(|mutant| {
            let fate = fate(version, &mutant, &watched, base, words);
            done();
            Judged { mutant, fate }
        })
        .collect()
}

fn fate(
    version: Version<'_>,
    mutant: &Mutant,
    watched: &[Watch<'_>],
    base: &Client,
    words: Words<'_>,
) -> Fate {
    let changed_book = mutant.apply(version.book);
    let Some(changed) = changed_book.treatment(&version.treatment.id) else {
        return Fate::NotAnalysed("the page is gone".to_string());
    };
    let mut panel = Panel::new(&changed_book, changed, version.scripts);
    // Most changes show in what is decided; the words are made only when none does.
    let quick =
        watched.iter().find(|watch| watch.gist.is_some() && gist(&mut panel, watch.row) != watch.gist);
    let slow = || {
        watched.iter().find(|watch| {
            let answer = panel.ask(&watch.row.question);
            words(&changed_book, changed, &answer) != watch.words
        })
    };
    if let Some(watch) = quick.or_else(slow) {
        return Fate::Noticed(watch.title.clone());
    }
    let Version { book, treatment, scripts } = version;
    match mutants::equivalent(book, treatment, scripts, mutant, Some(base)) {
        Apart::Same => Fate::Equivalent,
        Apart::Other(question) => Fate::Question(question),
        Apart::NotAnalysed(why) => Fate::NotAnalysed(why),
        Apart::Client(client) => {
            let answer = |version: Version<'_>| {
                let rules = Rules::on(version.book, version.treatment, version.scripts, client.visit);
                let decision = decide::decide(&rules, &client.known("", &version.book.facts));
                verdict::given(&Answer::Decision(Box::new(decision))).map(|given| given.words())
            };
            let new = Version { book: &changed_book, treatment: changed, scripts };
            let (before, after) = (answer(version).unwrap_or_default(), answer(new).unwrap_or_default());
            Fate::Client(Box::new(Told { client, before, after }))
        }
    }
}

fn gist(panel: &mut Panel<'_>, row: &Row) -> Option<Gist> {
    let visit = row.question.decided()?;
    let answers = panel.answers(visit).ok()?;
    let rules = panel.on(visit.day);
    let solution = decide::possible(rules, &answers);
    let ids = rules.held().map(|(rule, _)| rule.id.clone());
    let truths = ids.zip(&solution.truths).zip(&solution.untils);
    Some(Gist {
        possible: solution.possible,
        wait: (solution.earliest, solution.latest),
        rules: truths
            .filter(|((_, truth), _)| **truth != Truth::No)
            .map(|((id, truth), until)| (id, *truth, *until))
            .collect(),
    })
}
