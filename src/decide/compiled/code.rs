//! The trees of rules that join several answers by more than an `or`, as one list.

use super::super::prop::{Context, Free};
use super::OPEN;
use super::tree::{Cells, Tree};
use crate::book::condition::SlotId;
use crate::value::{Point, Truth};

/// It holds for certain.
const CERTAIN: u8 = 1;
/// It may hold.
const POSSIBLE: u8 = 2;
/// It holds at the quiet points of what is open.
const QUIET: u8 = 4;
/// It is decided, and holds.
const HOLDS: u8 = CERTAIN | POSSIBLE | QUIET;

/// The trees of a day's rules.
#[derive(Default)]
pub(super) struct Code {
    nodes: Vec<Node>,
    flips: Vec<Point>,
    frees: Vec<(Free, bool)>,
    /// For each rule where its tree begins, and its knots.
    rules: Vec<(u32, Vec<SlotId>)>,
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
        slot: u32,
        inside: bool,
        quiet: bool,
        flip: Point,
        /// The other flips.
        more: (u32, u32),
    },
    All,
    Any,
    Free(u32),
}

impl Code {
    pub(super) fn of(trees: &[Tree], cells: &[Cells]) -> Code {
        let mut code = Code::default();
        for tree in trees {
            code.rules.push((code.nodes.len() as u32, tree.knots()));
            if !tree.is_any_of_sets() {
                code.add(tree, cells);
            }
        }
        code
    }

    fn add(&mut self, tree: &Tree, cells: &[Cells]) {
        let at = self.nodes.len();
        let kind = match tree {
            Tree::Known(known) => Kind::Known(*known),
            Tree::In(slot, set) => {
                let own = &cells[slot.index()];
                let (inside, flips) = own.flips(set);
                let (from, flip) = (self.flips.len() as u32, flips.first().copied().unwrap_or(OPEN));
                self.flips.extend(flips.iter().skip(1));
                let more = (from, self.flips.len() as u32);
                Kind::In { slot: slot.0.into(), inside, quiet: own.is_quiet_in(set), flip, more }
            }
            Tree::All(_) => Kind::All,
            Tree::Any(_) => Kind::Any,
            Tree::Free(free, holds) => {
                self.frees.push(((**free).clone(), *holds));
                Kind::Free(self.frees.len() as u32 - 1)
            }
        };
        self.nodes.push(Node { kind, end: 0 });
        if let Tree::All(parts) | Tree::Any(parts) = tree {
            parts.iter().for_each(|part| self.add(part, cells));
        }
        self.nodes[at].end = self.nodes.len() as u32;
    }

    /// What a rule comes to; `None` if that is not decided here.
    pub(super) fn rule(&self, at: usize, values: &[Point], context: &Context<'_>) -> Option<u8> {
        let (start, knots) = &self.rules[at];
        let mut asked = Asked { code: self, values, context, failed: false };
        let bits = asked.node(*start as usize);
        let undecided = bits & (CERTAIN | POSSIBLE) == POSSIBLE;
        if undecided && (asked.failed || knots.iter().any(|slot| values[slot.index()] == OPEN)) {
            return None;
        }
        Some(bits)
    }
}

struct Asked<'a> {
    code: &'a Code,
    values: &'a [Point],
    context: &'a Context<'a>,
    /// Whether something came up that cannot be decided.
    failed: bool,
}

impl Asked<'_> {
    fn node(&mut self, at: usize) -> u8 {
        let Code { nodes, flips, frees, .. } = self.code;
        let node = &nodes[at];
        match &node.kind {
            Kind::Known(known) => {
                if *known {
                    HOLDS
                } else {
                    0
                }
            }
            Kind::In { slot, inside, quiet, flip, more } => {
                let value = self.values[*slot as usize];
                if value == OPEN {
                    return if *quiet { POSSIBLE | QUIET } else { POSSIBLE };
                }
                let mut now = *inside ^ (value >= *flip);
                if more.0 < more.1 {
                    let more = &flips[more.0 as usize..more.1 as usize];
                    now ^= more.iter().filter(|flip| **flip <= value).count() % 2 == 1;
                }
                if now { HOLDS } else { 0 }
            }
            Kind::All => self.parts(at + 1, node.end as usize, HOLDS, 0, |all, part| all & part),
            Kind::Any => self.parts(at + 1, node.end as usize, 0, HOLDS, |all, part| all | part),
            Kind::Free(of) => {
                let (free, holds) = &frees[*of as usize];
                let values = self.values;
                let open = free.slots.iter().any(|slot| values[slot.index()] == OPEN);
                let truth = match open {
                    true => Truth::Unknown,
                    false => self.context.moment(|slot| values[slot.index()]).truth(&free.condition),
                };
                match truth {
                    Truth::Unknown => {
                        self.failed = true;
                        POSSIBLE
                    }
                    truth => {
                        if (truth == Truth::Yes) == *holds {
                            HOLDS
                        } else {
                            0
                        }
                    }
                }
            }
        }
    }

    fn parts(&mut self, mut at: usize, end: usize, start: u8, enough: u8, join: fn(u8, u8) -> u8) -> u8 {
        let mut bits = start;
        while at < end && bits != enough {
            bits = join(bits, self.node(at));
            at = self.code.nodes[at].end as usize;
        }
        bits
    }
}
