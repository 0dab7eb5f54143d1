//! 64 clients as columns: of each slot the answers of all.

use super::OPEN;
use super::tree::Cells;
use crate::book::condition::SlotId;
use crate::book::fact::FactKind;
use crate::value::{NEVER, ONGOING, Point, Points};

/// So many clients stand in a block.
pub(super) const LANES: usize = 64;

/// How the answers of one slot are kept.
pub(super) struct Column {
    pub(super) slot: SlotId,
    pub(super) cells: Cells,
    form: Form,
    /// The place among the bits or the numbers of a block.
    place: usize,
    /// The cuts as codes.
    cuts: Vec<i32>,
    /// What stands for an open answer: the code of the quiet point.
    quiet: i32,
    pub(super) first_mark: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It has two points, and a bit says whether it is the second.
    Bit(Point, Point),
    /// A number for each point, in the same order.
    Point,
    /// The number of its cell, where points are too many.
    Cell,
}

/// 64 clients. Made once and filled again and again.
#[derive(Debug, Clone)]
pub struct Block {
    /// The places in use.
    lanes: u64,
    /// For each column whose answer is known.
    known: Vec<u64>,
    bits: Vec<u64>,
    codes: Vec<[i32; LANES]>,
}

impl Column {
    pub(super) fn of(
        slot: SlotId,
        kind: FactKind,
        domain: &Points,
        cells: &Cells,
        first_mark: usize,
        places: &mut [usize; 2],
    ) -> Column {
        let form = match (domain.ranges(), kind) {
            ([(low, high)], _) if low + 1 == *high => Form::Bit(*low, *high),
            (_, FactKind::Number { .. }) => Form::Cell,
            _ => Form::Point,
        };
        let next = &mut places[usize::from(matches!(form, Form::Bit(..)))];
        let place = *next;
        *next += 1;
        let mut column =
            Column { slot, cells: cells.clone(), form, place, cuts: Vec::new(), quiet: 0, first_mark };
        column.cuts = cells.cuts.iter().map(|cut| column.code(*cut)).collect();
        column.quiet = column.code(cells.quiet());
        column
    }

    fn code(&self, point: Point) -> i32 {
        match self.form {
            Form::Bit(_, high) => i32::from(point >= high),
            Form::Cell => self.cells.cuts.partition_point(|cut| *cut <= point) as i32,
            Form::Point => match point {
                NEVER => i32::MIN,
                ONGOING => i32::MAX,
                _ => point as i32,
            },
        }
    }

    fn is_bit(&self) -> bool {
        matches!(self.form, Form::Bit(..))
    }

    /// Whether every point has a code of its own.
    pub(super) fn is_exact(&self) -> bool {
        self.form != Form::Cell
    }

    pub(super) fn decoded(&self, code: i32) -> Point {
        match (self.form, code) {
            (Form::Bit(low, _), 0) => low,
            (Form::Bit(_, high), _) => high,
            (Form::Point, i32::MIN) => NEVER,
            (Form::Point, i32::MAX) => ONGOING,
            (Form::Point | Form::Cell, code) => Point::from(code),
        }
    }
}

impl Block {
    pub(super) fn of(columns: &[Column]) -> Block {
        let bits = columns.iter().filter(|column| column.is_bit()).count();
        Block {
            lanes: 0,
            known: vec![0; columns.len()],
            bits: vec![0; bits],
            codes: vec![[0; LANES]; columns.len() - bits],
        }
    }

    /// Takes every client out.
    pub fn clear(&mut self) {
        self.lanes = 0;
    }

    /// The places in use.
    pub fn lanes(&self) -> u64 {
        self.lanes
    }

    pub(super) fn use_lane(&mut self, lane: usize) {
        self.lanes |= 1 << lane;
    }

    pub(super) fn put(&mut self, at: usize, column: &Column, lane: usize, point: Point) {
        let known = point != OPEN;
        let code = if known { column.code(point) } else { column.quiet };
        let set = |word: &mut u64, yes: bool| *word = *word & !(1 << lane) | u64::from(yes) << lane;
        set(&mut self.known[at], known);
        match column.is_bit() {
            true => set(&mut self.bits[column.place], code != 0),
            false => self.codes[column.place][lane] = code,
        }
    }

    pub(super) fn known(&self, at: usize) -> u64 {
        self.known[at]
    }

    pub(super) fn code(&self, column: &Column, lane: usize) -> i32 {
        match column.is_bit() {
            true => (self.bits[column.place] >> lane & 1) as i32,
            false => self.codes[column.place][lane],
        }
    }

    /// For each cut of a column the clients who lie there or above.
    pub(super) fn marks(&self, column: &Column, marks: &mut Vec<u64>) {
        if column.is_bit() {
            marks.push(self.bits[column.place]);
            return;
        }
        let codes = &self.codes[column.place];
        marks.extend(column.cuts.iter().map(|cut| at_least(codes, *cut)));
    }
}

/// A bit for each number that is not below `cut`.
#[inline]
fn at_least(codes: &[i32; LANES], cut: i32) -> u64 {
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
