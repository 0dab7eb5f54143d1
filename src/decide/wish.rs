//! What is wanted of a client on one day.

use std::rc::Rc;

use super::cells::Asked;
use crate::book::condition::SlotId;
use crate::book::fact::Facts;
use crate::value::{Day, Point, Points, Truth};

/// What a condition is to come to. A script in it can fail, and then it is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It does not hold, or a script fails.
    NotYes,
    /// It holds, or a script fails.
    NotNo,
    /// A script fails.
    Fails,
}

impl Comes {
    /// What the opposite of a condition comes to.
    pub fn of_the_opposite(self) -> Comes {
        match self {
            Comes::Yes => Comes::No,
            Comes::No => Comes::Yes,
            Comes::NotYes => Comes::NotNo,
            Comes::NotNo => Comes::NotYes,
            Comes::Fails => Comes::Fails,
        }
    }

    /// Whether a condition that comes to `truth` for a fully known client comes so.
    pub fn is(self, truth: Truth) -> bool {
        match self {
            Comes::Yes => truth == Truth::Yes,
            Comes::No => truth == Truth::No,
            Comes::NotYes => truth != Truth::Yes,
            Comes::NotNo => truth != Truth::No,
            Comes::Fails => truth == Truth::Unknown,
        }
    }
}

/// What is wanted of a client on one day.
#[derive(Clone)]
pub enum Wish<'b> {
    /// The condition comes to this.
    Comes(Rc<Asked<'b>>, Comes),
    /// All of these; everyone, if there are none.
    All(Vec<Wish<'b>>),
    /// At least one of these; nobody, if there are none.
    Any(Vec<Wish<'b>>),
    /// The wish, whatever is answered at these slots.
    Whatever(Vec<SlotId>, Box<Wish<'b>>),
}

impl<'b> Wish<'b> {
    /// Whether it is so for a fully known client. `Whatever` looks at all answers at once, and may say no
    /// where going through them would say yes.
    pub fn is(&self, values: &[Point], facts: &Facts, visit: Day) -> bool {
        match self {
            Wish::Comes(asked, comes) => comes.is(asked.known(values)),
            Wish::All(parts) => parts.iter().all(|part| part.is(values, facts, visit)),
            Wish::Any(parts) => parts.iter().any(|part| part.is(values, facts, visit)),
            Wish::Whatever(slots, inner) => {
                let mut sets: Vec<Points> = values.iter().map(|value| Points::one(*value)).collect();
                for slot in slots {
                    sets[slot.index()] = facts.domain(*slot, visit);
                }
                inner.surely(&sets)
            }
        }
    }

    /// Whether it is surely so for every choice from `sets`.
    fn surely(&self, sets: &[Points]) -> bool {
        match self {
            Wish::Comes(asked, comes) => match asked.truth(sets) {
                Truth::Unknown => false,
                truth => comes.is(truth),
            },
            Wish::All(parts) => parts.iter().all(|part| part.surely(sets)),
            Wish::Any(parts) => parts.iter().any(|part| part.surely(sets)),
            Wish::Whatever(..) => false,
        }
    }

    /// Calls `see` for every condition in it.
    pub fn walk<'w>(&'w self, see: &mut dyn FnMut(&'w Asked<'b>)) {
        match self {
            Wish::Comes(asked, _) => see(asked),
            Wish::All(parts) | Wish::Any(parts) => parts.iter().for_each(|part| part.walk(see)),
            Wish::Whatever(_, inner) => inner.walk(see),
        }
    }

    /// Whether splitting decides all of it.
    pub fn is_split(&self) -> bool {
        let mut split = true;
        self.walk(&mut |asked| split &= asked.is_split());
        split
    }
}
