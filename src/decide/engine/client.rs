//! A client as the parts are asked about it, and what they say.

use super::sets::Token;
use super::state::Stretch;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::Facts;
use crate::value::Day;

/// A client's answers on a day.
#[derive(Debug, Clone, Default)]
pub(super) struct Client {
    pub(super) tokens: Vec<Token>,
    /// The facts of which the client is as one of several alternatives says.
    pub(super) links: Vec<(FactId, u32)>,
    /// The rules that clinicians have quieted.
    pub(super) quiet: Vec<u16>,
}

impl Client {
    /// The links that bear on some of these slots.
    pub(super) fn links_of(&self, slots: &[SlotId], facts: &Facts) -> Vec<u32> {
        let bears = |fact: FactId| facts.get(fact).slots().any(|slot| slots.contains(&slot));
        self.links.iter().filter(|(fact, _)| bears(*fact)).map(|(_, number)| *number).collect()
    }
}

/// What a part says about the client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) part: u32,
    pub(super) case: u32,
    pub(super) stretch: Stretch,
}

/// What a part said about answers that nothing links and none of whose rules are quieted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// The days on which it stays so: no day at all if the part is to be asked again.
    pub(super) from: i32,
    pub(super) to: i32,
    /// `None` if it says nothing, now and ever after.
    pub(super) said: Option<Said>,
}

impl Heard {
    pub(super) const UNKNOWN: Heard = Heard { from: 0, to: 0, said: None };
}

/// Room that is used again for each client.
#[derive(Default)]
pub(super) struct Later {
    pub(super) said: Vec<Said>,
    pub(super) then: Vec<Said>,
    pub(super) client: Client,
    /// The days on which answers or reviews count no more, the last first.
    pub(super) turns: Vec<(Day, FactId)>,
    pub(super) facts: Vec<FactId>,
    /// From when on only completions tell whether a wait may be without end.
    pub(super) doubtful: Option<Day>,
}
