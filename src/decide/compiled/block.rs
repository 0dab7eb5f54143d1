//! 64 clients as columns: of each slot the answers of all.

use std::sync::Arc;

use super::super::day::Rules;
use super::OPEN;
use crate::book::condition::SlotId;
use crate::decide::Space;
use crate::value::{NEVER, ONGOING, Point, Points};

/// So many clients stand in a block.
pub(super) const LANES: usize = 64;

/// The answers of all clients to one slot: of the client with the place `lane` in row `lane % 8`, at `lane / 8`. What
/// is asked about a row is then one bit of each byte in the clients' word.
type Rows<N> = [[N; 8]; 8];

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

/// A point that tells the answers to a slot apart, as what is looked at in a block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// No answer lies on the other side.
    Same(u64),
    Bit(usize),
    Short(usize, i32),
    Point(usize, Point),
}

/// The answers of all clients to one slot.
#[derive(Clone, Copy)]
pub(super) enum Column<'b> {
    Bit(u64, [Point; 2]),
    Short(&'b Rows<i32>),
    Point(&'b Rows<Point>),
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
    shorts: Vec<Rows<i32>>,
    points: Vec<Rows<Point>>,
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

    /// What is looked at to tell whose answer lies at `point` or above it.
    pub(super) fn cut(&self, slot: SlotId, point: Point) -> Cut {
        match self.forms[slot.index()] {
            (Form::Bit(low, _), _) if point <= low => Cut::Same(u64::MAX),
            (Form::Bit(_, high), _) if point > high => Cut::Same(0),
            (Form::Bit(..), at) => Cut::Bit(at),
            (Form::Short, _) if point <= NEVER => Cut::Same(u64::MAX),
            (Form::Short, _) if point > ONGOING => Cut::Same(0),
            (Form::Short, at) => Cut::Short(at, short(point)),
            (Form::Point, at) => Cut::Point(at, point),
        }
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

impl Column<'_> {
    /// The point of a known answer.
    #[inline(always)]
    pub(super) fn point(self, lane: usize) -> Point {
        match self {
            Column::Bit(word, points) => points[(word >> lane & 1) as usize],
            Column::Short(rows) => match rows[lane % 8][lane / 8] {
                i32::MIN => NEVER,
                i32::MAX => ONGOING,
                code => code.into(),
            },
            Column::Point(rows) => rows[lane % 8][lane / 8],
        }
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
            shorts: vec![[[0; 8]; 8]; shorts],
            points: vec![[[0; 8]; 8]; points],
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
            (Form::Short, at) => self.shorts[at][lane % 8][lane / 8] = short(point),
            (Form::Point, at) => self.points[at][lane % 8][lane / 8] = point,
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

    /// The answers to a slot.
    #[inline]
    pub(super) fn column(&self, slot: SlotId) -> Column<'_> {
        match self.layout.forms[slot.index()] {
            (Form::Bit(low, high), at) => Column::Bit(self.bits[at], [low, high]),
            (Form::Short, at) => Column::Short(&self.shorts[at]),
            (Form::Point, at) => Column::Point(&self.points[at]),
        }
    }

    /// The clients whose answer is at a cut or above it; of an open answer it says nothing.
    #[inline]
    pub(super) fn above(&self, cut: Cut) -> u64 {
        match cut {
            Cut::Same(all) => all,
            Cut::Bit(at) => self.bits[at],
            Cut::Short(at, cut) => at_least(&self.shorts[at], cut),
            Cut::Point(at, cut) => at_least(&self.points[at], cut),
        }
    }

    /// The clients whose answer is known and at `cut` or above it.
    pub fn from(&self, slot: SlotId, cut: Point) -> u64 {
        self.above(self.layout.cut(slot, cut)) & self.known(slot)
    }
}

fn set_lane(word: &mut u64, lane: usize, yes: bool) {
    *word = *word & !(1 << lane) | u64::from(yes) << lane;
}

/// A bit for each number that is not below `cut`. A function of its own, as the compiler finds the vectors in it only
/// when nothing stands around it.
#[inline(never)]
fn at_least<N: PartialOrd + Copy>(rows: &Rows<N>, cut: N) -> u64 {
    let mut bytes = [0_u8; 8];
    for (bit, row) in rows.iter().enumerate() {
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte |= u8::from(row[at] >= cut) << bit;
        }
    }
    u64::from_le_bytes(bytes)
}
