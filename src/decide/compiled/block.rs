//! 64 clients as columns: of each slot the answers of all.

use std::sync::Arc;

use super::super::day::Rules;
use super::OPEN;
use crate::book::condition::SlotId;
use crate::decide::Space;
use crate::value::{NEVER, ONGOING, Point, Points};

/// So many clients stand in a block.
pub(super) const LANES: usize = 64;

/// How the answers of every slot are kept on a day. It rests on the questions alone, so that a block can be asked
/// about any rules that ask them.
#[derive(Debug)]
pub(super) struct Layout {
    domains: Arc<Vec<Points>>,
    /// For each slot its form, and its place among the bits or the numbers.
    forms: Vec<(Form, usize)>,
    /// How many slots there are of each form.
    counts: [usize; 3],
}

#[derive(Debug, Clone, Copy)]
enum Form {
    /// It has two points, and a bit says whether it is the second.
    Bit(Point, Point),
    /// A number for each point, in the same order.
    Short,
    /// The point itself, where there are too many.
    Point,
}

/// 64 clients on one day. Made once and filled again and again.
#[derive(Debug, Clone)]
pub struct Block {
    pub(super) layout: Arc<Layout>,
    /// The places in use.
    lanes: u64,
    /// For each slot whose answer is known, and whose is partly.
    known: Vec<u64>,
    partly: Vec<u64>,
    bits: Vec<u64>,
    shorts: Vec<[i32; LANES]>,
    points: Vec<[Point; LANES]>,
}

impl Layout {
    pub(super) fn of(domains: &Arc<Vec<Points>>) -> Arc<Layout> {
        let mut counts = [0; 3];
        let forms = domains.iter().map(|domain| {
            let form = Form::of(domain);
            let count = &mut counts[form.kind()];
            *count += 1;
            (form, *count - 1)
        });
        let forms = forms.collect();
        Arc::new(Layout { domains: domains.clone(), forms, counts })
    }

    /// The points of each slot.
    pub(super) fn domains(&self) -> &[Points] {
        &self.domains
    }
}

impl Form {
    fn of(domain: &Points) -> Form {
        let short = |(low, high): &(Point, Point)| {
            let far = low == high && matches!(*low, NEVER | ONGOING);
            far || LEAST < *low && *high < MOST
        };
        match domain.ranges() {
            [(low, high)] if low + 1 == *high => Form::Bit(*low, *high),
            ranges if ranges.iter().all(short) => Form::Short,
            _ => Form::Point,
        }
    }

    fn kind(self) -> usize {
        match self {
            Form::Bit(..) => 0,
            Form::Short => 1,
            Form::Point => 2,
        }
    }
}

/// Between these, both outside, lie the points that are kept short, apart from `never` and `ongoing`.
const LEAST: Point = i32::MIN as Point + 1;
const MOST: Point = i32::MAX as Point - 1;

fn short(point: Point) -> i32 {
    match point {
        NEVER => i32::MIN,
        ONGOING => i32::MAX,
        _ => point.clamp(LEAST, MOST) as i32,
    }
}

impl Block {
    pub(super) fn of(layout: &Arc<Layout>) -> Block {
        let [bits, shorts, points] = layout.counts;
        Block {
            layout: layout.clone(),
            lanes: 0,
            known: vec![0; layout.forms.len()],
            partly: vec![0; layout.forms.len()],
            bits: vec![0; bits],
            shorts: vec![[0; LANES]; shorts],
            points: vec![[0; LANES]; points],
        }
    }

    /// For clients on the day of these rules.
    pub fn on(rules: &Rules<'_>) -> Block {
        Block::of(&Layout::of(&rules.domains))
    }

    /// Takes every client out.
    pub fn clear(&mut self) {
        self.lanes = 0;
    }

    /// The places in use.
    pub fn lanes(&self) -> u64 {
        self.lanes
    }

    /// Puts a client in, of whom all that is possible is known.
    pub fn put(&mut self, lane: usize, space: &Space) {
        self.lanes |= 1 << lane;
        for at in 0..self.known.len() {
            let set = &space.sets[at];
            let partly = set.single().is_none() && *set != self.layout.domains[at];
            self.answer(at, lane, set.single().unwrap_or(OPEN));
            set_lane(&mut self.partly[at], lane, partly);
        }
        for link in space.links.iter().filter(|link| link.boxes.len() > 1) {
            link.slots.iter().for_each(|slot| set_lane(&mut self.partly[slot.index()], lane, true));
        }
    }

    /// Puts a client in: a point of the day, or [`OPEN`], for every slot.
    pub fn put_points(&mut self, lane: usize, values: &[Point]) {
        self.lanes |= 1 << lane;
        for (at, point) in values.iter().enumerate() {
            self.answer(at, lane, *point);
            set_lane(&mut self.partly[at], lane, false);
        }
    }

    fn answer(&mut self, slot: usize, lane: usize, point: Point) {
        set_lane(&mut self.known[slot], lane, point != OPEN);
        match self.layout.forms[slot] {
            (Form::Bit(_, high), at) => set_lane(&mut self.bits[at], lane, point >= high),
            (Form::Short, at) => self.shorts[at][lane] = short(point),
            (Form::Point, at) => self.points[at][lane] = point,
        }
    }

    /// The clients whose answer is known.
    pub fn known(&self, slot: SlotId) -> u64 {
        self.known[slot.index()]
    }

    /// The clients of whose answer something is known, or what links it with another.
    pub(super) fn partly(&self, slot: SlotId) -> u64 {
        self.partly[slot.index()]
    }

    /// The point of a known answer.
    pub(super) fn point(&self, slot: SlotId, lane: usize) -> Point {
        match self.layout.forms[slot.index()] {
            (Form::Bit(low, high), at) => {
                if self.bits[at] >> lane & 1 == 1 {
                    high
                } else {
                    low
                }
            }
            (Form::Short, at) => match self.shorts[at][lane] {
                i32::MIN => NEVER,
                i32::MAX => ONGOING,
                code => code.into(),
            },
            (Form::Point, at) => self.points[at][lane],
        }
    }

    /// The clients whose answer is known and at `cut` or above it.
    pub fn from(&self, slot: SlotId, cut: Point) -> u64 {
        let above = match self.layout.forms[slot.index()] {
            (Form::Bit(low, _), _) if cut <= low => u64::MAX,
            (Form::Bit(_, high), _) if cut > high => 0,
            (Form::Bit(..), at) => self.bits[at],
            (Form::Short, _) if cut > ONGOING => 0,
            (Form::Short, at) => at_least(&self.shorts[at], short(cut)),
            (Form::Point, at) => at_least(&self.points[at], cut),
        };
        above & self.known(slot)
    }
}

fn set_lane(word: &mut u64, lane: usize, yes: bool) {
    *word = *word & !(1 << lane) | u64::from(yes) << lane;
}

/// A bit for each number that is not below `cut`.
#[inline]
fn at_least<N: PartialOrd + Copy>(codes: &[N; LANES], cut: N) -> u64 {
    let mut bytes = [0_u8; LANES];
    for (byte, code) in bytes.iter_mut().zip(codes) {
        *byte = u8::from(*code >= cut);
    }
    // Of eight bytes the lowest bits, the first byte's lowest: each is multiplied to its place in the top byte.
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().rev().fold(0, |all, eight| {
        let top = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        all << 8 | top
    })
}
