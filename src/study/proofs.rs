//! What is proved about the rules of one page, as data: rules that never fire, that always do, that others hide,
//! conditions that are the same or say nothing, and guarantees.
//!
//! Findings about rules look at the rules as they are written: what is withdrawn comes back. Guarantees look
//! at what is decided, so there it counts.

use super::clients::Client;
use super::dead::{self, Dead};
use super::find::{Comes, Finder, Found, Of, Open, Wish, Work};
use super::guarantees::{self, Kept, Needed};
use crate::book::condition::Condition;
use crate::book::{InForce, Outcome, Rule};
use crate::decide::cells::Version;
use crate::span::Span;

/// Something on the page that has a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What it is.
    pub kind: HolderKind,
    /// What it is called.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// Where its condition stands.
    pub condition: Span,
}

/// What has a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderKind {
    /// The rule at this place of the page.
    Rule(usize),
    /// Clients a step of the appointment is not for.
    Exclusion,
    /// The clients that the guarantee at this place of the page speaks of.
    Guarantee(usize),
    /// What a named condition stands for, or a derived fact.
    Definition,
}

/// One thing that is so for every client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It holds for nobody.
    Never(Holder),
    /// It holds for everybody.
    Always(Holder),
    /// Without the rule nobody would be decided about differently, because one of the others always holds
    /// too. Places of rules.
    Hidden(usize, Vec<usize>),
    /// The rule says why it is kept, and is not hidden.
    NeedlessKeep(usize),
    /// Two rules with different outcomes hold for the same clients.
    Same(usize, usize),
    /// A part that can be left out.
    Dead(Holder, Dead),
    /// Nobody can say.
    NotAnalysed(Holder, Question, Open),
}

/// What was asked about something on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether it ever holds.
    Fires,
    /// Whether it always holds.
    Holds,
    /// Whether a rule changes anything.
    Matters,
    /// Whether a part of it can be left out.
    Parts,
}

/// Everything that was proved about a page.
#[derive(Debug, Clone)]
pub struct Proofs {
    /// Findings.
    pub found: Vec<Proof>,
    /// What became of each guarantee, in the order of the page.
    pub guarantees: Vec<Kept>,
    /// The questions without which nobody is eligible.
    pub needed: Needed,
}

/// The most that is looked at for one page.
pub const MOST_WORK: Work = Work(8_000_000);

/// Proves what can be proved about a page. Clients are near to `base`.
pub fn prove(version: Version<'_>, base: &Client, work: Work) -> Proofs {
    let mut finder = Finder::new(&version.book.facts, base, work);
    // The guarantees come first: if not all can be looked at, they must be.
    let guarantees = guarantees::all(version, &mut finder);
    let needed = guarantees::needed(version, &mut finder);
    let mut study = Study::new(version, &mut finder);
    study.conditions();
    study.same();
    study.hidden();
    Proofs { found: study.found, guarantees, needed }
}

struct Study<'s, 'a> {
    version: Version<'a>,
    finder: &'s mut Finder<'a>,
    /// The conditions of the rules.
    of: Vec<Of>,
    /// A client for whom a rule holds.
    clients: Vec<Option<Client>>,
    found: Vec<Proof>,
}

impl<'s, 'a> Study<'s, 'a> {
    fn new(version: Version<'a>, finder: &'s mut Finder<'a>) -> Study<'s, 'a> {
        let rules = &version.treatment.rules;
        let of = rules.iter().map(|rule| finder.condition(version, &rule.condition, rule.in_force)).collect();
        Study { version, finder, of, clients: vec![None; rules.len()], found: Vec::new() }
    }

    fn rules(&self) -> &'a [Rule] {
        &self.version.treatment.rules
    }

    /// The visits on which a rule matters: waits look past the end of the page.
    fn visits(&self, outcome: Outcome) -> InForce {
        let page = self.version.treatment.in_force;
        InForce { from: page.from, last: page.last.filter(|_| outcome != Outcome::Deferred) }
    }

    fn rule(&self, at: usize) -> Holder {
        let Rule { id, span, condition, .. } = &self.rules()[at];
        Holder { kind: HolderKind::Rule(at), name: id.clone(), span: *span, condition: condition.span }
    }

    /// Whether each condition ever holds, whether it ever does not, and which of its parts say nothing.
    fn conditions(&mut self) {
        let treatment = self.version.treatment;
        let page = treatment.in_force;
        for (at, rule) in treatment.rules.iter().enumerate() {
            let holder = self.rule(at);
            let look = Look { of: self.of[at], in_force: rule.in_force, visits: page };
            let dead_in = self.visits(rule.outcome);
            self.clients[at] = self.holds_sometimes(&holder, look);
            if self.clients[at].is_some() && !self.holds_always(&holder, look) {
                self.parts(&holder, &rule.condition, rule.in_force, dead_in);
            }
        }
        let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
        for (step, exclusion) in steps.flat_map(|step| step.not_for.iter().map(move |one| (step, one))) {
            let holder = Holder {
                kind: HolderKind::Exclusion,
                name: format!("{}/{}", step.id, exclusion.id),
                span: exclusion.span,
                condition: exclusion.condition.span,
            };
            let always = InForce::default();
            let of = self.finder.condition(self.version, &exclusion.condition, always);
            let look = Look { of, in_force: always, visits: page };
            if self.holds_sometimes(&holder, look).is_some() && !self.holds_always(&holder, look) {
                self.parts(&holder, &exclusion.condition, always, page);
            }
        }
        for (at, guarantee) in treatment.guarantees.iter().enumerate() {
            let Some(when) = &guarantee.when else { continue };
            let holder = Holder {
                kind: HolderKind::Guarantee(at),
                name: guarantee.id.clone(),
                span: guarantee.span,
                condition: when.span,
            };
            let of = self.finder.condition(self.version, when, guarantee.in_force);
            let look = Look { of, in_force: guarantee.in_force, visits: page };
            self.holds_sometimes(&holder, look);
        }
        self.definitions();
    }

    /// The parts of what has a name of its own, wherever it is used. If it never holds or always does, that is
    /// found where it is used. What all pages share is looked at with the first.
    fn definitions(&mut self) {
        let Version { book, treatment, .. } = self.version;
        let is_first = book.treatments.first().is_some_and(|first| first.id == treatment.id);
        let shared = book.facts.definitions.iter().filter(|_| is_first);
        let own = self.visits(Outcome::Deferred);
        let shared = shared.map(|one| (one, InForce::default()));
        for (one, visits) in treatment.definitions.iter().map(|one| (one, own)).chain(shared) {
            let Some(condition) = &one.condition else { continue };
            let of = self.finder.condition(self.version, condition, InForce::default());
            let mut comes = |comes| {
                matches!(self.finder.ever(&[Wish::Comes(of, comes)], visits, false), Found::Client(_))
            };
            if comes(Comes::NotNo) && comes(Comes::NotYes) {
                let holder = Holder {
                    kind: HolderKind::Definition,
                    name: one.id.clone(),
                    span: one.span,
                    condition: condition.span,
                };
                self.parts(&holder, condition, InForce::default(), visits);
            }
        }
    }

    fn holds_sometimes(&mut self, holder: &Holder, look: Look) -> Option<Client> {
        let wishes = [Wish::Comes(look.of, Comes::NotNo), Wish::During(look.in_force)];
        match self.finder.ever(&wishes, look.visits, false) {
            Found::Client(client) => Some(client),
            Found::Nobody(_) => {
                self.found.push(Proof::Never(holder.clone()));
                None
            }
            Found::Open(open) => {
                self.open(holder, Question::Fires, open);
                None
            }
        }
    }

    fn holds_always(&mut self, holder: &Holder, look: Look) -> bool {
        let wishes = [Wish::Comes(look.of, Comes::NotYes), Wish::During(look.in_force)];
        match self.finder.ever(&wishes, look.visits, false) {
            Found::Client(_) => false,
            Found::Nobody(_) => {
                self.found.push(Proof::Always(holder.clone()));
                true
            }
            Found::Open(open) => {
                self.open(holder, Question::Holds, open);
                false
            }
        }
    }

    fn parts(&mut self, holder: &Holder, condition: &Condition, in_force: InForce, visits: InForce) {
        for dead in dead::parts(self.version, self.finder, condition, in_force, visits) {
            match dead {
                Ok(dead) => self.found.push(Proof::Dead(holder.clone(), dead)),
                Err(open) => self.open(holder, Question::Parts, open),
            }
        }
    }

    /// What compares two answers or asks a script is free: that it decides is said of guarantees only.
    fn open(&mut self, holder: &Holder, question: Question, open: Open) {
        let finding = Proof::NotAnalysed(holder.clone(), question, open);
        if open != Open::Free && !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    /// Rules with different outcomes that hold for the same clients.
    fn same(&mut self) {
        let rules = self.rules();
        for a in 0..rules.len() {
            let Some(client) = self.clients[a].clone() else { continue };
            for b in a + 1..rules.len() {
                if rules[a].outcome == rules[b].outcome || self.is_reported(a) || self.is_reported(b) {
                    continue;
                }
                let (one, other) = (self.of[a], self.of[b]);
                let mutual = self.finder.is(&Wish::holds(other), &client.values, client.visit)
                    && self.clients[b].clone().is_some_and(|client| {
                        self.finder.is(&Wish::holds(one), &client.values, client.visit)
                    });
                if !mutual {
                    continue;
                }
                let only =
                    |a, b| Wish::All(vec![Wish::Comes(a, Comes::NotNo), Wish::Comes(b, Comes::NotYes)]);
                let differ = [only(one, other), only(other, one)]
                    .map(|wish| self.finder.ever(&[wish], self.version.treatment.in_force, false));
                if differ.iter().all(|found| matches!(found, Found::Nobody(_))) {
                    self.found.push(Proof::Same(a, b));
                }
            }
        }
    }

    /// Whether it is already said that a rule always holds.
    fn is_reported(&self, rule: usize) -> bool {
        self.found.iter().any(
            |proof| matches!(proof, Proof::Always(Holder { kind: HolderKind::Rule(at), .. }) if *at == rule),
        )
    }

    fn is_same_as_a_stricter_one(&self, rule: usize) -> bool {
        self.found.iter().any(|proof| {
            matches!(proof, Proof::Same(a, b) if (*a == rule || *b == rule)
                && self.rules()[*a].outcome.min(self.rules()[*b].outcome) == self.rules()[rule].outcome)
        })
    }

    /// Rules without which nobody would be decided about differently. One after the other: what a rule that
    /// is hidden itself hides stays.
    fn hidden(&mut self) {
        let rules = self.rules();
        let mut gone = vec![false; rules.len()];
        for at in 0..rules.len() {
            if self.clients[at].is_none() {
                continue;
            }
            let others: Vec<usize> = (0..rules.len()).filter(|other| *other != at && !gone[*other]).collect();
            let same = self.is_same_as_a_stricter_one(at);
            match self.hiding(at, &others) {
                Ok(Some(by)) => {
                    gone[at] = rules[at].keep.is_none();
                    if gone[at] && !same {
                        self.found.push(Proof::Hidden(at, by));
                    }
                }
                Ok(None) if rules[at].keep.is_some() => self.found.push(Proof::NeedlessKeep(at)),
                Ok(None) => {}
                Err(open) => {
                    let holder = self.rule(at);
                    self.open(&holder, Question::Matters, open);
                }
            }
        }
        // Of two rules that are the same one of a pair is accepted with `keep`.
        let kept = |at: &usize| rules[*at].keep.is_some();
        self.found.retain(|proof| {
            !matches!(proof, Proof::Same(a, b) if {
                let weaker = if rules[*a].outcome < rules[*b].outcome { a } else { b };
                kept(weaker)
            })
        });
    }

    /// The rules of which one always holds where this one does, so that it changes nothing; `None` if it does
    /// change the outcome of somebody, or how long somebody waits.
    ///
    /// A rule that a clinician can review away hides nothing that counts after the review.
    fn hiding(&mut self, at: usize, others: &[usize]) -> Result<Option<Vec<usize>>, Open> {
        let rules = self.rules();
        let visits = self.visits(Outcome::NotEligible);
        let mut by: Vec<usize> =
            others.iter().copied().filter(|other| rules[*other].outcome == Outcome::NotEligible).collect();
        // Those that last longer for some clients only: whoever they do not hold for shows more.
        let mut beside: Vec<usize> = Vec::new();
        loop {
            let all = [&by[..], &beside[..]].concat();
            let client = match self.finder.ever(&self.only(at, &all), visits, false) {
                Found::Nobody(why) => {
                    let needed: Vec<usize> =
                        why.iter().filter(|one| **one > 0).map(|one| all[one - 1]).collect();
                    return match needed.iter().any(|one| beside.contains(one)) {
                        true => Err(Open::Waits),
                        false => self.fewest(at, needed, visits).map(Some),
                    };
                }
                Found::Open(Open::Free) => return Ok(None),
                Found::Open(open) => return Err(open),
                Found::Client(client) => client,
            };
            if rules[at].outcome != Outcome::Deferred {
                return Ok(None);
            }
            let mut longer = None;
            for other in others.iter().copied().filter(|other| !all.contains(other)) {
                if rules[other].outcome == Outcome::Deferred
                    && self.finder.is(&Wish::holds(self.of[other]), &client.values, client.visit)
                    && self.lapse(other, &client) >= self.lapse(at, &client)
                {
                    longer = Some(other);
                    break;
                }
            }
            let Some(longer) = longer else { return Ok(None) };
            // It is always the longer one if it holds on every day on which the other does. Whom a rule that
            // days do not move refuses it refuses on all of them.
            let mut shorter = vec![Wish::holds(self.of[at]), Wish::holds_not(self.of[longer])];
            let still = by.iter().filter(|one| self.version.stays(&rules[**one]));
            shorter.extend(still.map(|one| Wish::holds_not(self.of[*one])));
            match self.finder.ever(&shorter, self.visits(Outcome::Deferred), false) {
                Found::Nobody(_) => by.push(longer),
                Found::Open(open) if open != Open::Free => return Err(open),
                _ => beside.push(longer),
            }
        }
    }

    fn lapse(&self, rule: usize, client: &Client) -> crate::value::Point {
        self.version.lapse(&self.rules()[rule], client.visit, &client.values)
    }

    /// The rule holds, and none of the others.
    fn only(&self, at: usize, others: &[usize]) -> Vec<Wish> {
        let others = others.iter().map(|other| Wish::holds_not(self.of[*other]));
        std::iter::once(Wish::Comes(self.of[at], Comes::NotNo)).chain(others).collect()
    }

    /// As few of them as still hide the rule.
    fn fewest(&mut self, at: usize, mut by: Vec<usize>, visits: InForce) -> Result<Vec<usize>, Open> {
        let mut place = 0;
        while place < by.len() && by.len() > 1 {
            let mut fewer = by.clone();
            fewer.remove(place);
            let wishes = self.only(at, &fewer);
            match self.finder.ever(&wishes, visits, false) {
                Found::Nobody(_) => by = fewer,
                _ => place += 1,
            }
        }
        Ok(by)
    }
}

/// A condition with the days it counts on.
#[derive(Clone, Copy)]
struct Look {
    of: Of,
    in_force: InForce,
    visits: InForce,
}
