//! Conditions asked about 64 clients at once: a word has a bit for each of them.

use std::sync::Arc;

use super::super::cells::Asked;
use super::super::prop::Prop;
use super::block::{Block, Cut, Layout};
use super::tree::{self, Cells, Tree};
use crate::book::condition::SlotId;
use crate::value::Point;

/// Conditions on one day, to be asked about 64 clients at once. They say what going through all completions says;
/// what asks a script or compares two answers is not decided here.
pub struct Conditions {
    layout: Arc<Layout>,
    /// The points at which some set begins or ends, by slot: a mark for each.
    cuts: Vec<Cut>,
    nodes: Vec<Node>,
    /// The marks that sets are made of.
    flips: Vec<u32>,
    roots: Vec<Root>,
}

/// One condition.
struct Root {
    node: u32,
    /// The slots that it reads, apart from what is not decided here.
    slots: Vec<SlotId>,
    /// The slots whose sets in it have no point in common.
    knots: Vec<SlotId>,
    /// Whether something in it is not decided here.
    free: bool,
}

struct Node {
    kind: Kind,
    /// The place after the last part of it.
    end: u32,
}

enum Kind {
    Known(bool),
    /// Inside from one flip to the next, if `inside` beginning with the first point.
    In {
        slot: SlotId,
        inside: bool,
        /// Every client, if the quiet point is inside.
        quiet: u64,
        flip: u32,
        more: (u32, u32),
    },
    All,
    Any,
    Free,
}

/// For which clients something is certain, for which it may be so, and for which it is at the quiet points of what
/// is open.
#[derive(Clone, Copy)]
struct Bits {
    certain: u64,
    possible: u64,
    quiet: u64,
}

const ALL: Bits = Bits { certain: u64::MAX, possible: u64::MAX, quiet: u64::MAX };
const NONE: Bits = Bits { certain: 0, possible: 0, quiet: 0 };

/// For which clients of a block a condition holds. For the others in the block it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// It does, however open answers turn out.
    pub holds: u64,
    /// It does for some of their completions, unless they are among the undecided.
    pub may: u64,
    /// Of those for whom it may hold, the ones of whom that is not decided here.
    pub undecided: u64,
}

impl Conditions {
    /// Conditions to be asked about the clients of a block, and of others like it: of the same questions and day.
    pub fn about(block: &Block, asked: &[Asked<'_>]) -> Conditions {
        let props: Vec<&Prop> = asked.iter().map(|asked| &asked.prop).collect();
        let (trees, cells) = tree::trees(&props, block.layout.domains());
        Conditions::from_trees(&block.layout, &trees, &cells)
    }

    pub(super) fn from_trees(layout: &Arc<Layout>, trees: &[Tree], cells: &[Cells]) -> Conditions {
        let mut new = Conditions {
            layout: layout.clone(),
            cuts: Vec::new(),
            nodes: Vec::new(),
            flips: Vec::new(),
            roots: Vec::new(),
        };
        let mut first = Vec::with_capacity(cells.len());
        for (at, cells) in cells.iter().enumerate() {
            first.push(new.cuts.len() as u32);
            new.cuts.extend(cells.cuts.iter().map(|point| layout.cut(SlotId(at as u16), *point)));
        }
        for tree in trees {
            let node = new.nodes.len() as u32;
            new.add(tree, cells, &first);
            let mut slots = Vec::new();
            tree.walk(&mut |slot, _| slots.push(slot));
            slots.sort_unstable();
            slots.dedup();
            new.roots.push(Root { node, slots, knots: tree.knots(), free: tree.is_free() });
        }
        new
    }

    fn add(&mut self, tree: &Tree, cells: &[Cells], first: &[u32]) {
        let at = self.nodes.len();
        let kind = match tree {
            Tree::Known(known) => Kind::Known(*known),
            Tree::In(slot, set) => {
                let own = &cells[slot.index()];
                let (inside, cuts) = own.flips(set);
                let mark =
                    |cut: &Point| first[slot.index()] + own.cuts.partition_point(|other| other < cut) as u32;
                let mut flips = cuts.iter().map(mark);
                let (from, flip) = (self.flips.len() as u32, flips.next().unwrap_or_default());
                self.flips.extend(flips);
                let quiet = if own.is_quiet_in(set) { u64::MAX } else { 0 };
                Kind::In { slot: *slot, inside, quiet, flip, more: (from, self.flips.len() as u32) }
            }
            Tree::All(_) => Kind::All,
            Tree::Any(_) => Kind::Any,
            Tree::Free(..) => Kind::Free,
        };
        self.nodes.push(Node { kind, end: 0 });
        if let Tree::All(parts) | Tree::Any(parts) = tree {
            parts.iter().for_each(|part| self.add(part, cells, first));
        }
        self.nodes[at].end = self.nodes.len() as u32;
    }

    /// Room for 64 clients.
    pub fn block(&self) -> Block {
        Block::of(&self.layout)
    }

    /// Looks at the clients of a block like that: what each condition is then asked with.
    /// For each cut the clients who lie there or above.
    pub fn look(&self, block: &Block, marks: &mut Vec<u64>) {
        debug_assert_eq!(self.layout.domains(), block.layout.domains());
        marks.clear();
        marks.extend(self.cuts.iter().map(|cut| block.above(*cut)));
    }

    /// What the condition with this place comes to. `marks` are those of the block.
    pub fn ask(&self, at: usize, block: &Block, marks: &[u64]) -> Heard {
        let root = &self.roots[at];
        let Bits { certain, possible, quiet } = self.node(root.node as usize, block, marks);
        let may = possible & !certain;
        let mut undecided = if root.free { may } else { may & quiet };
        if may != 0 {
            for slot in &root.slots {
                undecided |= may & block.partly(*slot);
            }
            for knot in &root.knots {
                undecided |= may & !block.known(*knot);
            }
        }
        let lanes = block.lanes();
        Heard { holds: certain & lanes, may: may & lanes, undecided: undecided & lanes }
    }

    fn node(&self, at: usize, block: &Block, marks: &[u64]) -> Bits {
        let node = &self.nodes[at];
        let end = node.end as usize;
        match &node.kind {
            Kind::Known(true) => ALL,
            Kind::Known(false) => NONE,
            Kind::In { slot, inside, quiet, flip, more } => {
                let mut word = marks[*flip as usize] ^ if *inside { u64::MAX } else { 0 };
                for flip in &self.flips[more.0 as usize..more.1 as usize] {
                    word ^= marks[*flip as usize];
                }
                let known = block.known(*slot);
                let certain = word & known;
                Bits { certain, possible: word | !known, quiet: certain | quiet & !known }
            }
            Kind::All => {
                let (mut all, mut at) = (ALL, at + 1);
                while at < end && all.possible != 0 {
                    let part = self.node(at, block, marks);
                    all.certain &= part.certain;
                    all.possible &= part.possible;
                    all.quiet &= part.quiet;
                    at = self.nodes[at].end as usize;
                }
                if all.possible == 0 { NONE } else { all }
            }
            Kind::Any => {
                let (mut any, mut at) = (NONE, at + 1);
                while at < end {
                    let part = self.node(at, block, marks);
                    any.certain |= part.certain;
                    any.possible |= part.possible;
                    any.quiet |= part.quiet;
                    at = self.nodes[at].end as usize;
                }
                any
            }
            Kind::Free => Bits { certain: 0, possible: u64::MAX, quiet: 0 },
        }
    }
}
