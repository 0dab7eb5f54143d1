//! What a part looks like for most clients: nothing applies, and nothing ever will by time alone.

use super::tokens::Token;
use crate::book::condition::SlotId;
use crate::book::fact::Facts;
use crate::value::{NEVER, NO};

/// A part of more slots is always looked at.
const MOST_SLOTS: usize = 4;

/// The answers with which a part has nothing to say, neither now nor later, in little room.
pub(super) struct Idle {
    slots: [u16; MOST_SLOTS],
    count: u8,
    /// Whether it was found to be so.
    known: bool,
    nothing: Token,
}

impl Idle {
    /// For a part that reads these slots.
    pub(super) fn of(slots: &[SlotId], facts: &Facts) -> Idle {
        let nothing = |slot: &SlotId| if facts.fact_of(*slot).kind.is_date() { NEVER } else { NO };
        let mut idle = Idle { slots: [0; MOST_SLOTS], count: 0, known: false, nothing: NO };
        if let Some(first) = slots.first().filter(|_| slots.len() <= MOST_SLOTS)
            && slots.iter().all(|slot| nothing(slot) == nothing(first))
        {
            idle.nothing = nothing(first);
            idle.count = slots.len() as u8;
            idle.slots.iter_mut().zip(slots).for_each(|(place, slot)| *place = slot.0);
        }
        idle
    }

    fn meets(&self, tokens: &[Token]) -> bool {
        self.slots[..usize::from(self.count)].iter().all(|slot| tokens[usize::from(*slot)] == self.nothing)
    }

    /// Whether the part has nothing to say.
    pub(super) fn is(&self, tokens: &[Token]) -> bool {
        self.known && self.meets(tokens)
    }

    /// Learns that the part has nothing to say about these answers.
    pub(super) fn learn(&mut self, tokens: &[Token]) {
        self.known |= self.count > 0 && self.meets(tokens);
    }
}
