//! Which parts can be passed over: for most clients most parts have nothing to say, and never will by time alone.

use super::tokens::Token;
use crate::book::condition::SlotId;
use crate::book::fact::Facts;
use crate::value::{NEVER, NO};

/// The parts of a plan that have nothing to say where nothing applies: to every question that a part reads the answer
/// is no, or never.
pub(super) struct Idle {
    watched: Vec<Watched>,
    /// For each part whether it was found to be so.
    known: Vec<bool>,
}

/// A slot that a part reads.
struct Watched {
    slot: u16,
    part: u16,
    nothing: Token,
}

impl Idle {
    /// For parts that read these slots.
    pub(super) fn of<'p>(parts: impl Iterator<Item = &'p [SlotId]>, facts: &Facts) -> Idle {
        let mut idle = Idle { watched: Vec::new(), known: Vec::new() };
        for (part, slots) in (0..).zip(parts) {
            idle.known.push(false);
            idle.watched.extend(slots.iter().map(|slot| {
                let nothing = if facts.fact_of(*slot).kind.is_date() { NEVER } else { NO };
                Watched { slot: slot.0, part, nothing }
            }));
        }
        idle
    }

    /// Finds for each part whether something applies.
    pub(super) fn mark(&self, tokens: &[Token], applies: &mut Vec<bool>) {
        applies.clear();
        applies.resize(self.known.len(), false);
        for Watched { slot, part, nothing } in &self.watched {
            applies[usize::from(*part)] |= tokens[usize::from(*slot)] != *nothing;
        }
    }

    /// Whether a part has nothing to say where nothing applies.
    pub(super) fn is(&self, part: usize) -> bool {
        self.known[part]
    }

    /// Learns that it has not.
    pub(super) fn learn(&mut self, part: usize) {
        self.known[part] = true;
    }
}
