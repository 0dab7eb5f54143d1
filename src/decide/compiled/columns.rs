//! The rules asked about 64 clients at once: a word has a bit for each of them.

use super::super::day::{Rules, Verdict};
use super::Compiled;
use super::block::{Block, Column, LANES};
use super::fired::bits;
use super::lapse::Lapse;
use super::tree::Tree;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::value::{ONGOING, Point};

/// The rules of a day to be asked about 64 clients at once. Say what [`Rules::judge`] says; what asks a script or
/// compares two answers is left to it.
pub struct Columns<'r, 'b> {
    rules: &'r Rules<'b>,
    /// A column for each slot that a rule reads.
    columns: Vec<Column>,
    /// For each slot its column.
    places: Vec<Option<u32>>,
    nodes: Vec<Node>,
    /// The marks that sets are made of.
    flips: Vec<u32>,
    /// How many marks there are: for each column one for each point at which a set begins or ends.
    marks: usize,
    asked: Vec<Asked<'r>>,
}

/// One rule.
struct Asked<'r> {
    node: u32,
    /// The columns of slots whose sets in it have no point in common.
    knots: Vec<u32>,
    /// Whether something in it is not decided here.
    free: bool,
    outcome: Outcome,
    lapse: &'r Lapse,
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
        column: u32,
        inside: bool,
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

/// What the rules say about the clients of a block.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    /// The clients who are decided; the others take [`Rules::judge`] or the search.
    pub decided: u64,
    /// For each rule the clients for whom it holds and those for whom it may.
    rules: Vec<(u64, u64)>,
    /// The clients with an outcome as bad as `deferred`, `needs review` and `not eligible`; and those for whom some
    /// rule may hold.
    deferred: u64,
    review: u64,
    never: u64,
    open: u64,
    waits: Vec<Point>,
    marks: Vec<u64>,
}

impl Spoken {
    /// The clients for whom a rule holds.
    pub fn holds(&self, rule: usize) -> u64 {
        self.rules[rule].0
    }

    /// The clients for whom it may hold.
    pub fn may_hold(&self, rule: usize) -> u64 {
        self.rules[rule].1
    }

    /// What is said about one client of the block; `None` if that is not decided here.
    pub fn verdict(&self, lane: usize) -> Option<Verdict> {
        let has = |word: u64| word >> lane & 1 == 1;
        let outcome = match () {
            () if !has(self.decided) => return None,
            () if has(self.never) => Outcome::NotEligible,
            () if has(self.review) => Outcome::NeedsReview,
            () if has(self.deferred) => Outcome::Deferred,
            () if has(self.open) => Outcome::MoreInformation,
            () => Outcome::Eligible,
        };
        Some(Verdict { outcome, wait: self.waits[lane] })
    }
}

impl<'r, 'b> Columns<'r, 'b> {
    /// Of the rules of a day.
    pub fn of(rules: &'r Rules<'b>) -> Columns<'r, 'b> {
        let Compiled { trees: (trees, cells), lapses, .. } = rules.compiled();
        let mut read = vec![false; cells.len()];
        trees.iter().for_each(|tree| tree.walk(&mut |slot, _| read[slot.index()] = true));
        let mut new = Columns {
            rules,
            columns: Vec::new(),
            places: vec![None; cells.len()],
            nodes: Vec::new(),
            flips: Vec::new(),
            marks: 0,
            asked: Vec::new(),
        };
        let mut places = [0; 2];
        for (at, _) in read.iter().enumerate().filter(|(_, read)| **read) {
            let slot = SlotId(at as u16);
            new.places[at] = Some(new.columns.len() as u32);
            let kind = rules.book.facts.fact_of(slot).kind;
            let column = Column::of(slot, kind, &rules.domains[at], &cells[at], new.marks, &mut places);
            new.columns.push(column);
            new.marks += cells[at].cuts.len();
        }
        for ((tree, rule), lapse) in trees.iter().zip(&rules.rules).zip(lapses) {
            let node = new.nodes.len() as u32;
            let free = new.add(tree);
            let knots = tree.knots().iter().filter_map(|slot| new.places[slot.index()]).collect();
            let outcome = rule.rule.outcome;
            new.asked.push(Asked { node, knots, free, outcome, lapse });
        }
        new
    }

    /// Adds a tree; true if something in it is not decided here.
    fn add(&mut self, tree: &Tree) -> bool {
        let at = self.nodes.len();
        let kind = match tree {
            Tree::Known(known) => Kind::Known(*known),
            Tree::In(slot, set) => {
                let column = self.places[slot.index()].unwrap_or_default();
                let own = &self.columns[column as usize];
                let (inside, cuts) = own.cells.flips(set);
                let first = own.first_mark as u32;
                let mark = |cut: &Point| first + own.cells.cuts.partition_point(|other| other < cut) as u32;
                let mut flips = cuts.iter().map(mark);
                let (from, flip) = (self.flips.len() as u32, flips.next().unwrap_or_default());
                self.flips.extend(flips);
                Kind::In { column, inside, flip, more: (from, self.flips.len() as u32) }
            }
            Tree::All(_) => Kind::All,
            Tree::Any(_) => Kind::Any,
            Tree::Free(..) => Kind::Free,
        };
        let mut free = matches!(kind, Kind::Free);
        self.nodes.push(Node { kind, end: 0 });
        if let Tree::All(parts) | Tree::Any(parts) = tree {
            for part in parts {
                free |= self.add(part);
            }
        }
        self.nodes[at].end = self.nodes.len() as u32;
        free
    }

    /// Room for 64 clients.
    pub fn block(&self) -> Block {
        Block::of(&self.columns)
    }

    /// Puts a client into a block: `values` has a point of the day, or [`OPEN`](super::OPEN), for every slot.
    pub fn put(&self, block: &mut Block, lane: usize, values: &[Point]) {
        block.use_lane(lane);
        for (at, column) in self.columns.iter().enumerate() {
            block.put(at, column, lane, values[column.slot.index()]);
        }
    }

    /// Decides the clients of a block.
    pub fn judge(&self, block: &Block, spoken: &mut Spoken) {
        let visit = self.rules.visit.point();
        let Spoken { rules, waits, marks, .. } = spoken;
        rules.clear();
        waits.clear();
        waits.resize(LANES, visit);
        marks.clear();
        for column in &self.columns {
            block.marks(column, marks);
        }
        let (mut undecided, mut open) = (0, 0);
        let (mut deferred, mut review, mut never) = (0, 0, 0);
        for asked in &self.asked {
            let Bits { certain, possible, quiet } = self.node(asked.node as usize, block, marks);
            let may = possible & !certain;
            undecided |= may & quiet;
            if asked.free {
                undecided |= may;
            }
            for knot in &asked.knots {
                undecided |= may & !block.known(*knot as usize);
            }
            open |= may;
            match asked.outcome {
                Outcome::NotEligible => never |= certain,
                Outcome::NeedsReview => review |= certain,
                Outcome::Deferred => {
                    deferred |= certain;
                    if certain != 0 {
                        undecided |= self.wait(asked.lapse, rules.len(), certain, block, waits);
                    }
                }
                Outcome::Eligible | Outcome::MoreInformation => {}
            }
            rules.push((certain, may));
        }
        if !self.rules.withdrawn.is_empty() {
            review = u64::MAX;
        }
        spoken.decided = block.lanes() & !undecided;
        (spoken.deferred, spoken.review, spoken.never, spoken.open) = (deferred, review, never, open);
    }

    fn node(&self, at: usize, block: &Block, marks: &[u64]) -> Bits {
        let node = &self.nodes[at];
        let end = node.end as usize;
        match &node.kind {
            Kind::Known(true) => ALL,
            Kind::Known(false) => NONE,
            Kind::In { column, inside, flip, more } => {
                let mut word = marks[*flip as usize] ^ if *inside { u64::MAX } else { 0 };
                for flip in &self.flips[more.0 as usize..more.1 as usize] {
                    word ^= marks[*flip as usize];
                }
                let known = block.known(*column as usize);
                Bits { certain: word & known, possible: word | !known, quiet: word }
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

    /// The waits of the clients for whom a deferral holds; the clients of whom that is not decided here.
    fn wait(&self, lapse: &Lapse, at: usize, holds: u64, block: &Block, waits: &mut [Point]) -> u64 {
        match lapse {
            Lapse::None => 0,
            Lapse::Open => {
                bits(holds).for_each(|lane| waits[usize::from(lane)] = ONGOING);
                0
            }
            Lapse::After(slot, after) => {
                let Some(place) = self.places[slot.index()].map(|place| place as usize) else { return holds };
                let known = block.known(place);
                let column = &self.columns[place];
                for lane in bits(holds & known) {
                    let lane = usize::from(lane);
                    let point = column.decoded(block.code(column, lane));
                    waits[lane] = waits[lane].max(after.end(point, waits[lane]));
                }
                holds & !known
            }
            Lapse::Parts(_) | Lapse::Look => {
                let read = &self.rules.rules[at].slots;
                let places = read.iter().map(|slot| self.places[slot.index()].map(|place| place as usize));
                let exact = |place: usize| self.columns[place].is_exact();
                let known = places.fold(u64::MAX, |known, place| match place {
                    Some(place) if exact(place) => known & block.known(place),
                    _ => 0,
                });
                for lane in bits(holds & known) {
                    let lane = usize::from(lane);
                    let point = |slot: SlotId| {
                        self.places[slot.index()].map_or(ONGOING, |place| {
                            let column = &self.columns[place as usize];
                            column.decoded(block.code(column, lane))
                        })
                    };
                    let end = match lapse {
                        Lapse::Parts(periods) => periods.end(&point, waits[lane]),
                        _ => self.rules.lapse(at, None, &point),
                    };
                    waits[lane] = waits[lane].max(end);
                }
                holds & !known
            }
        }
    }
}
