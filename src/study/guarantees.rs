//! Guarantees: proved for every possible client on every visit, or broken by one.

use super::clients::Client;
use super::find::{Comes, Finder, Found, Of, Open, Wish};
use crate::book::condition::{FactId, SlotId};
use crate::book::{Guarantee, InForce, Outcome};
use crate::decide::cells::Version;
use crate::decide::{Answers, Decision};
use crate::value::Day;

/// What became of a guarantee.
#[derive(Debug, Clone)]
pub enum Kept {
    /// It holds for everyone, on every visit.
    Proved,
    /// This client gets what it rules out.
    Broken(Box<Broken>),
    /// Nobody who breaks it was found, and nobody can say that there is none.
    Open(Open),
}

/// A client who breaks a guarantee.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The client. Answers to facts that the guarantee says are unanswered do not count.
    pub client: Client,
    /// What this client is told.
    pub decision: Decision,
}

/// The questions without which nobody is eligible.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needed {
    /// Whether anybody ever is eligible; `None` if that is not known.
    pub anybody: Option<bool>,
    /// The facts.
    pub facts: Vec<FactId>,
    /// Facts of which it is not known.
    pub open: Vec<FactId>,
}

/// What became of each guarantee of a page.
pub(super) fn all<'a>(version: Version<'a>, finder: &mut Finder<'a>) -> Vec<Kept> {
    let decided = Decided::new(version, finder);
    version.treatment.guarantees.iter().map(|guarantee| decided.kept(guarantee, finder)).collect()
}

/// The facts without whose answers nobody is eligible.
pub(super) fn needed<'a>(version: Version<'a>, finder: &mut Finder<'a>) -> Needed {
    let decided = Decided::new(version, finder);
    let visits = version.treatment.in_force;
    let anybody = match finder.ever(&decided.outcome(Outcome::Eligible), visits, false) {
        Found::Client(_) => Some(true),
        Found::Nobody(_) => Some(false),
        Found::Open(_) => None,
    };
    let mut needed = Needed { anybody, ..Needed::default() };
    if anybody == Some(false) {
        return needed;
    }
    let facts = &version.book.facts;
    for at in 0..facts.facts.len() {
        let id = FactId(at as u16);
        if !decided.reads(&facts.slots_of(id)) {
            continue;
        }
        let wishes = decided.without(&[id], Outcome::Eligible, None);
        match finder.ever(&wishes, visits, false) {
            Found::Client(_) => {}
            Found::Nobody(_) => needed.facts.push(id),
            Found::Open(_) => needed.open.push(id),
        }
    }
    needed
}

/// The rules as they decide: on days on which something is withdrawn nobody is better off than reviewed.
struct Decided<'a> {
    version: Version<'a>,
    rules: Vec<(Outcome, Of)>,
    /// For each rule the slots it reads.
    slots: Vec<Vec<SlotId>>,
    /// The days on which something is withdrawn.
    withdrawn: Vec<InForce>,
}

impl<'a> Decided<'a> {
    fn new(version: Version<'a>, finder: &mut Finder<'a>) -> Decided<'a> {
        let Version { book, treatment, .. } = version;
        let mut withdrawn: Vec<InForce> = [&book.clinic.withdrawn, &treatment.withdrawn]
            .into_iter()
            .flatten()
            .map(|switch| InForce { from: Some(switch.since), last: None })
            .collect();
        let options = |fact: FactId| book.facts.slots_of(fact);
        let (mut rules, mut slots) = (Vec::new(), Vec::new());
        for rule in &treatment.rules {
            let mut in_force = rule.in_force;
            if let Some(switch) = &rule.withdrawn {
                let from = in_force.from.map_or(switch.since, |from| from.max(switch.since));
                withdrawn.push(InForce { from: Some(from), last: in_force.last });
                let last = Day::from_point(switch.since.point() - 1);
                in_force.last = Some(in_force.last.map_or(last, |known| known.min(last)));
            }
            rules.push((rule.outcome, finder.condition(version, &rule.condition, in_force)));
            slots.push(rule.condition.slots(&options));
        }
        Decided { version, rules, slots, withdrawn }
    }

    fn scripted(&self, at: usize) -> bool {
        self.version.treatment.rules[at].condition.is_scripted()
    }

    fn reads(&self, slots: &[SlotId]) -> bool {
        self.slots.iter().flatten().any(|slot| slots.contains(slot))
    }

    /// Nothing is withdrawn on the day.
    fn nothing_withdrawn(&self) -> Wish {
        let outside = |days: &InForce| {
            let before =
                days.from.map(|from| InForce { from: None, last: Some(Day::from_point(from.point() - 1)) });
            let after = days.last.map(|last| InForce { from: Some(last.next()), last: None });
            Wish::Any(before.into_iter().chain(after).map(Wish::During).collect())
        };
        Wish::All(self.withdrawn.iter().map(outside).collect())
    }

    /// A fully known client gets this outcome.
    fn outcome(&self, outcome: Outcome) -> Vec<Wish> {
        let mut wishes = Vec::new();
        match outcome {
            Outcome::Eligible => {}
            Outcome::MoreInformation => return vec![Wish::Any(Vec::new())],
            _ => {
                let same = self.rules.iter().filter(|(other, _)| *other == outcome);
                let mut any: Vec<Wish> = same.map(|(_, of)| Wish::holds(*of)).collect();
                if outcome == Outcome::NeedsReview {
                    any.extend(self.withdrawn.iter().copied().map(Wish::During));
                    let scripted = (0..self.rules.len()).filter(|at| self.scripted(*at));
                    any.extend(scripted.map(|at| Wish::Comes(self.rules[at].1, Comes::Fails)));
                }
                wishes.push(Wish::Any(any));
            }
        }
        wishes.extend(self.no_worse(outcome));
        wishes
    }

    /// A fully known client gets nothing worse than this outcome.
    fn no_worse(&self, outcome: Outcome) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let reviewed = outcome < Outcome::NeedsReview;
        for (at, (other, of)) in self.rules.iter().enumerate() {
            match *other > outcome {
                // A script that fails has a clinician look at the client.
                true => wishes.push(Wish::Comes(*of, if reviewed { Comes::No } else { Comes::NotYes })),
                false if reviewed && self.scripted(at) => {
                    let sure = [Comes::Yes, Comes::No].map(|comes| Wish::Comes(*of, comes));
                    wishes.push(Wish::Any(sure.to_vec()));
                }
                false => {}
            }
        }
        if reviewed {
            wishes.push(self.nothing_withdrawn());
        }
        wishes
    }

    /// A fully known client gets this outcome or a worse one.
    fn no_better(&self, outcome: Outcome) -> Wish {
        let same = self.rules.iter().filter(|(other, _)| *other >= outcome);
        let mut any: Vec<Wish> = same.map(|(_, of)| Wish::holds(*of)).collect();
        if outcome <= Outcome::NeedsReview {
            any.extend(self.withdrawn.iter().copied().map(Wish::During));
            let scripted = (0..self.rules.len()).filter(|at| self.scripted(*at));
            any.extend(scripted.map(|at| Wish::Comes(self.rules[at].1, Comes::Fails)));
        }
        Wish::Any(any)
    }

    /// A client without answers to these facts is told this outcome, with everything else known.
    ///
    /// Whoever leaves more open is told no better outcome, and no other that nobody else is told: only
    /// what is certain whatever the answers are makes a headline.
    fn without(&self, unanswered: &[FactId], outcome: Outcome, when: Option<Of>) -> Vec<Wish> {
        let facts = &self.version.book.facts;
        let slots: Vec<SlotId> = unanswered.iter().flat_map(|fact| facts.slots_of(*fact)).collect();
        let whatever = |wish: Wish| Wish::Whatever(slots.clone(), Box::new(wish));
        let mut wishes: Vec<Wish> = when.map(|of| whatever(Wish::holds(of))).into_iter().collect();
        if outcome == Outcome::Eligible {
            let reading = |at: &usize| self.slots[*at].iter().any(|slot| slots.contains(slot));
            let (reading, others): (Vec<usize>, Vec<usize>) = (0..self.rules.len()).partition(reading);
            let no = |at: usize| Wish::Comes(self.rules[at].1, Comes::No);
            wishes.push(Wish::All(reading.into_iter().map(|at| whatever(no(at))).collect()));
            wishes.extend(others.into_iter().map(no));
            wishes.push(self.nothing_withdrawn());
            return wishes;
        }
        wishes.extend(self.outcome(outcome));
        wishes.push(whatever(self.no_better(outcome)));
        wishes
    }

    fn kept(&self, guarantee: &Guarantee, finder: &mut Finder<'a>) -> Kept {
        let page = self.version.treatment.in_force;
        let visits = both(page, guarantee.in_force);
        let when =
            guarantee.when.as_ref().map(|when| finder.condition(self.version, when, InForce::default()));
        let mut open = None;
        for outcome in &guarantee.never {
            let wishes = match &guarantee.unanswered[..] {
                [] => when.map(Wish::holds).into_iter().chain(self.outcome(*outcome)).collect(),
                _ if *outcome == Outcome::MoreInformation => {
                    open = Some(Open::Partly);
                    continue;
                }
                unanswered => self.without(unanswered, *outcome, when),
            };
            match finder.ever(&wishes, visits, true) {
                Found::Nobody(_) => {}
                Found::Open(why) => open = open.or(Some(why)),
                Found::Client(client) => match self.broken(guarantee, client) {
                    Some(broken) => return Kept::Broken(Box::new(broken)),
                    None => open = open.or(Some(Open::Partly)),
                },
            }
        }
        open.map_or(Kept::Proved, Kept::Open)
    }

    /// Decides about the client once more, with all that a decision looks at.
    fn broken(&self, guarantee: &Guarantee, client: Client) -> Option<Broken> {
        let Client { visit, values } = &client;
        let facts = &self.version.book.facts;
        let answers = Answers::known_but("the client", *visit, values, &guarantee.unanswered, facts);
        let decision = self.version.engine().decide(&answers);
        guarantee.never.contains(&decision.outcome).then_some(Broken { client, decision })
    }
}

/// The days inside both.
fn both(a: InForce, b: InForce) -> InForce {
    let last = match (a.last, b.last) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    InForce { from: a.from.max(b.from), last }
}
