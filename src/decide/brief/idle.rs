//! Which parts can be passed over: for most clients most parts have nothing to say, and never will by time alone.

use super::tokens::Token;
use crate::book::condition::SlotId;
use crate::book::fact::Facts;
use crate::value::{NEVER, NO};

/// Up to 64 parts, a bit for each.
#[derive(Default)]
pub(super) struct Group {
    watched: Vec<Watched>,
    parts: u64,
    /// Those that were found to have nothing to say where nothing applies: where the answer is no, or never, to every
    /// question that they read.
    idle: u64,
}

/// A slot that a part reads.
struct Watched {
    slot: u16,
    bit: u8,
    nothing: Token,
}

/// The groups of all parts, which read these slots.
pub(super) fn groups<'p>(parts: impl Iterator<Item = &'p [SlotId]>, facts: &Facts) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (part, slots) in parts.enumerate() {
        groups.resize_with(part / 64 + 1, Group::default);
        let (bit, group) = ((part % 64) as u8, &mut groups[part / 64]);
        group.parts |= 1 << bit;
        group.watched.extend(slots.iter().map(|slot| {
            let nothing = if facts.fact_of(*slot).kind.is_date() { NEVER } else { NO };
            Watched { slot: slot.0, bit, nothing }
        }));
    }
    groups
}

impl Group {
    /// The parts for which something applies, and the parts to look at.
    pub(super) fn look(&self, tokens: &[Token]) -> (u64, u64) {
        let applies = self.watched.iter().fold(0, |all, Watched { slot, bit, nothing }| {
            all | u64::from(tokens[usize::from(*slot)] != *nothing) << bit
        });
        (applies, applies | (self.parts & !self.idle))
    }

    /// Learns that a part has nothing to say where nothing applies.
    pub(super) fn learn(&mut self, bit: u32) {
        self.idle |= 1 << bit;
    }
}
