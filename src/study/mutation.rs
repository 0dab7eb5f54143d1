//! Which small changes of the page the cases would notice, and for each that they would not the client who
//! would have told the difference, or the proof that there is none.

use std::cell::OnceCell;

use rayon::prelude::*;

use super::apart::Apart;
use super::case::Row;
use super::clients::Client;
use super::mutants::{self, Mutant};
use super::run::{Answer, Panel};
use super::verdict::{self, Ran};
use super::visits::{Visits, visits};
use crate::book::{Book, Outcome, Rule, Treatment};
use crate::decide::cells::{Asked, Version};
use crate::decide::{Brief, Possible};
use crate::value::{Day, Point, Truth};

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

/// The rows of the cases that pass, and their clients.
struct Watched<'c> {
    rows: Vec<Watch<'c>>,
    visits: Vec<Visits>,
}

/// A row of a case that passes, with the answer it gets.
struct Watch<'c> {
    row: &'c Row,
    title: String,
    /// The place of its client: the day among the visits, and the place among the clients of the day.
    client: Option<(usize, usize)>,
    gist: Option<Gist>,
    /// Whether a clinician has reviewed the client: then more than the rules that may hold can bear on the decision.
    reviewed: bool,
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
    let watched = Watched::of(version, ran, words);
    let mutants = mutants::mutants(version.book, version.treatment);
    mutants
        .into_par_iter()
        .map(|mutant| {
            let fate = fate(version, &mutant, &watched, base, words);
            done();
            Judged { mutant, fate }
        })
        .collect()
}

impl<'c> Watched<'c> {
    fn of(version: Version<'_>, ran: &[Ran<'c>], words: Words<'_>) -> Watched<'c> {
        let Version { book, treatment, scripts } = version;
        let mut panel = Panel::new(book, treatment, scripts);
        let passing = ran.iter().filter(|ran| ran.failures.is_empty());
        let rows =
            passing.flat_map(|ran| ran.case.rows.iter().zip(&ran.answers).map(move |pair| (ran, pair)));
        let mut rows: Vec<Watch<'_>> = rows
            .map(|(ran, (row, answer))| Watch {
                row,
                title: ran.case.title(row),
                client: None,
                gist: None,
                reviewed: false,
                words: words(book, treatment, answer),
            })
            .collect();
        let visits = visits(rows.iter().map(|watch| watch.row), &mut panel);
        for (day, on_day) in visits.iter().enumerate() {
            for (at, client) in on_day.clients.iter().enumerate() {
                let brief = panel.possible(&client.answers);
                let row = &mut rows[client.row];
                row.client = Some((day, at));
                row.reviewed = !client.answers.reviews.is_empty();
                row.gist = Some(Gist::of(treatment, &brief));
            }
        }
        Watched { rows, visits }
    }
}

/// A mutant that is tried.
struct Trial<'t, 'c> {
    mutant: &'t Mutant,
    watched: &'t Watched<'c>,
    versions: [Version<'t>; 2],
    /// The rules that may differ.
    rules: Option<[Vec<&'t Rule>; 2]>,
    /// Their conditions on each day, once they were asked.
    asked: Vec<OnceCell<Vec<Asked<'t>>>>,
    panel: Panel<'t>,
}

impl<'t, 'c> Trial<'t, 'c> {
    /// The case that notices it.
    fn noticed(&mut self, words: Words<'_>) -> Option<&'t Watch<'c>> {
        let watched = self.watched;
        // Most changes show in what is decided; the words are made only when none does.
        let quick = watched.rows.iter().find(|watch| self.decides_otherwise(watch));
        quick.or_else(|| watched.rows.iter().find(|watch| self.says_otherwise(watch, words)))
    }

    fn decides_otherwise(&mut self, watch: &Watch<'_>) -> bool {
        let (Some(gist), Some((day, at))) = (&watch.gist, watch.client) else { return false };
        let visits = &self.watched.visits[day];
        if let Some(rules) = &self.rules {
            if rules.iter().all(Vec::is_empty) {
                return false;
            }
            // Where none of them may hold in either page, both decide the same, but for a wait that goes on while one
            // of them begins to defer.
            let asked = self.asked[day].get_or_init(|| asked(self.versions, rules, visits.day));
            let sets = &visits.clients[at].space.sets;
            let defers = |rule: &&Rule| rule.outcome == Outcome::Deferred;
            let may_begin = gist.wait.1 > visits.day.point() && rules.iter().flatten().any(defers);
            if !watch.reviewed && !may_begin && asked.iter().all(|asked| asked.truth(sets) == Truth::No) {
                return false;
            }
        }
        let answers = &visits.clients[at].answers;
        // A review may name the rule that is changed.
        let read = match self.rules.is_some() && answers.reviews.is_empty() {
            true => None,
            false => watch.row.question.decided().map(|visit| self.panel.answers(visit)),
        };
        let answers = match &read {
            None => answers,
            Some(Ok(answers)) => answers,
            Some(Err(_)) => return true,
        };
        Gist::of(self.versions[1].treatment, &self.panel.possible(answers)) != *gist
    }

    fn says_otherwise(&mut self, watch: &Watch<'_>, words: Words<'_>) -> bool {
        let Version { book, treatment, .. } = self.versions[1];
        let question = &watch.row.question;
        let client = |(day, at): (usize, usize)| &self.watched.visits[day].clients[at];
        let open = watch.client.is_none_or(|place| client(place).space.values().is_none());
        self.mutant.concerns(question, open)
            && words(book, treatment, &self.panel.ask(question)) != watch.words
    }
}

/// The conditions of the rules that are in force on a day, of both pages.
fn asked<'t>(versions: [Version<'t>; 2], rules: &[Vec<&Rule>; 2], day: Day) -> Vec<Asked<'t>> {
    let asked = versions.iter().zip(rules).flat_map(|(version, rules)| {
        let rules = rules.iter().filter(|rule| rule.in_force.covers(day));
        rules.map(|rule| version.asked(&rule.condition, day))
    });
    asked.collect()
}

fn fate(
    version: Version<'_>,
    mutant: &Mutant,
    watched: &Watched<'_>,
    base: &Client,
    words: Words<'_>,
) -> Fate {
    let changed_book = mutant.apply(version.book);
    let Some(changed) = changed_book.treatment(&version.treatment.id) else {
        return Fate::NotAnalysed("the page is gone".to_string());
    };
    let Version { book, treatment, scripts } = version;
    let new = Version { book: &changed_book, treatment: changed, scripts };
    let mut trial = Trial {
        mutant,
        watched,
        versions: [version, new],
        rules: mutant.rules(treatment, changed),
        asked: vec![OnceCell::new(); watched.visits.len()],
        panel: Panel::new(&changed_book, changed, scripts),
    };
    if let Some(watch) = trial.noticed(words) {
        return Fate::Noticed(watch.title.clone());
    }
    match mutants::equivalent(book, treatment, scripts, mutant, Some(base)) {
        Apart::Same => Fate::Equivalent,
        Apart::Other(question) => Fate::Question(question),
        Apart::NotAnalysed(why) => Fate::NotAnalysed(why),
        Apart::Client(client) => {
            let answer = |version: Version<'_>| {
                let decision = version.engine().decide(&client.known("", &version.book.facts));
                verdict::given(&Answer::Decision(Box::new(decision))).map(|given| given.words())
            };
            let (before, after) = (answer(version).unwrap_or_default(), answer(new).unwrap_or_default());
            Fate::Client(Box::new(Told { client, before, after }))
        }
    }
}

impl Gist {
    fn of(treatment: &Treatment, brief: &Brief<'_>) -> Gist {
        let named = |(place, truth, until)| (treatment.rules[usize::from(place)].id.clone(), truth, until);
        Gist {
            possible: brief.possible,
            wait: (brief.earliest, brief.latest),
            rules: brief.spoken().into_iter().map(named).collect(),
        }
    }
}
