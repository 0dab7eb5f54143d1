//! Every way a client's open answers can be completed: a set of points for each slot, and what links them.

use smallvec::smallvec;

use super::values::{Boxes, spread};
use crate::book::condition::SlotId;
use crate::value::{Point, Points};

/// More alternatives than this are not gone through one by one.
const MOST_ALTERNATIVES: usize = 64;

/// All completions of a record.
#[derive(Debug, Clone)]
pub struct Space {
    /// For each slot its possible points. With links, not every combination of them is possible.
    pub sets: Vec<Points>,
    /// Facts whose slots are not independent.
    pub links: Vec<Link>,
}

/// One fact of which the client is as one of several sources says, never a mixture; or of which at least
/// one option applies.
#[derive(Debug, Clone)]
pub struct Link {
    /// The fact's slots.
    pub slots: Vec<SlotId>,
    /// The alternatives: in each, every slot has its own set of points, independent of the others.
    pub boxes: Boxes,
}

impl Space {
    /// The only completion, if every answer is known.
    pub fn values(&self) -> Option<Vec<Point>> {
        self.sets.iter().map(Points::single).collect()
    }

    /// Narrows a slot. What is linked with it is narrowed too; false if nothing is left.
    pub(super) fn narrow(&mut self, slot: SlotId, to: Points) -> bool {
        self.sets[slot.index()] = to;
        let Some(link) = self.links.iter_mut().find(|link| link.slots.contains(&slot)) else { return true };
        let sets = &mut self.sets;
        link.boxes.retain(|alternative| {
            link.slots
                .iter()
                .zip(alternative)
                .all(|(slot, points)| !points.intersect(&sets[slot.index()]).is_empty())
        });
        for (at, slot) in link.slots.iter().enumerate() {
            sets[slot.index()] = sets[slot.index()].intersect(&spread(&link.boxes, at));
        }
        !link.boxes.is_empty()
    }

    /// Calls `see` with one alternative of each linked fact after the other, as far as `slots` are linked:
    /// within one all slots are independent. With too many of them, the whole space at once.
    pub(super) fn each_alternative(&self, slots: &[SlotId], see: &mut dyn FnMut(&Space)) {
        let linked =
            |link: &&Link| link.boxes.len() > 1 && link.slots.iter().any(|slot| slots.contains(slot));
        let many: usize = self.links.iter().filter(linked).map(|link| link.boxes.len()).product();
        let Some(at) = self.links.iter().position(|link| linked(&link)).filter(|_| many <= MOST_ALTERNATIVES)
        else {
            see(self);
            return;
        };
        for alternative in &self.links[at].boxes {
            let mut one = self.clone();
            let link = one.links.remove(at);
            for (slot, points) in link.slots.iter().zip(alternative) {
                one.sets[slot.index()] = one.sets[slot.index()].intersect(points);
            }
            one.each_alternative(slots, see);
        }
    }

    /// Whether `self` has no completion that `other` lacks. Both must have the same slots.
    pub fn is_within(&self, other: &Space) -> bool {
        let boxed = |space: &Space, slots: &[SlotId]| -> Boxes {
            match space.links.iter().find(|link| link.slots == slots) {
                Some(link) => link.boxes.clone(),
                None => smallvec![slots.iter().map(|slot| space.sets[slot.index()].clone()).collect()],
            }
        };
        let slots_within = self.sets.iter().zip(&other.sets).all(|(a, b)| a.is_within(b));
        slots_within
            && other.links.iter().all(|link| {
                let theirs = boxed(other, &link.slots);
                boxed(self, &link.slots)
                    .iter()
                    .all(|one| theirs.iter().any(|two| one.iter().zip(two).all(|(a, b)| a.is_within(b))))
            })
    }
}
