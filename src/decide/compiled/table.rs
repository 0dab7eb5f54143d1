//! Which rules hold in which cell of a slot.

use super::OPEN;
use super::tree::{Cells, Tree};
use crate::value::Point;

/// 64 rules: for which it is certain that they hold, which may hold, which do at the quiet points of open slots;
/// and in the entries of a table the place of the word.
pub(super) type Word = [u64; 4];

/// For each slot that matters its cells, and for each cell what speaks there.
pub(super) struct Table {
    /// What does not depend on any slot.
    start: Vec<Word>,
    few: Vec<Look<2>>,
    some: Vec<Look<4>>,
    many: Vec<LookMany>,
    /// For each cell its entries; not used with a single word, where each cell has exactly one entry.
    cells: Vec<(u32, u32)>,
    entries: Vec<Word>,
    /// For each word the rules that are not decided here: they may hold only if they have the bit.
    pub(super) trees: Vec<u64>,
}

/// A slot with few cells. The last is that of all that is open.
struct Look<const CUTS: usize> {
    slot: u32,
    first: u32,
    cuts: [Point; CUTS],
}

/// A slot with many.
struct LookMany {
    slot: u32,
    first: u32,
    cuts: Vec<Point>,
}

impl Table {
    pub(super) fn of(trees: &[Tree], cells: &[Cells]) -> Table {
        let words = trees.len().div_ceil(64).max(1);
        let mut table = Table {
            start: vec![[0; 4]; words],
            few: Vec::new(),
            some: Vec::new(),
            many: Vec::new(),
            cells: Vec::new(),
            entries: Vec::new(),
            trees: vec![0; words],
        };
        // For each slot and cell the words that have a bit there.
        let mut speaking: Vec<Vec<Vec<Word>>> = cells.iter().map(|_| Vec::new()).collect();
        for (at, tree) in trees.iter().enumerate() {
            let (word, bit) = (at / 64, 1u64 << (at % 64));
            let all = if tree.is_any_of_sets() { bit } else { 0 };
            table.trees[word] |= bit & !all;
            let Some(guard) = tree.guard(cells) else {
                table.start[word] = or(table.start[word], [all, bit, all, 0]);
                continue;
            };
            for (slot, set) in guard {
                let of = &cells[slot.index()];
                let spoken = &mut speaking[slot.index()];
                spoken.resize(of.cuts.len() + 2, Vec::new());
                for (cell, point) in of.points().enumerate() {
                    if set.contains(point) {
                        add(&mut spoken[cell], word, [all, bit, all]);
                    }
                }
                let quiet = if of.is_quiet_in(&set) { all } else { 0 };
                add(&mut spoken[of.cuts.len() + 1], word, [0, bit, quiet]);
            }
        }
        for (at, spoken) in speaking.iter().enumerate().filter(|(_, spoken)| !spoken.is_empty()) {
            table.look_at(at, &cells[at], spoken, words == 1);
        }
        table
    }

    fn look_at(&mut self, slot: usize, cells: &Cells, spoken: &[Vec<Word>], single: bool) {
        let first = if single { self.entries.len() } else { self.cells.len() } as u32;
        let slot = slot as u32;
        // What is open comes after all other cells, some of which may not be used.
        let room = match cells.cuts.len() {
            ..2 => {
                self.few.push(Look { slot, first, cuts: padded(&cells.cuts) });
                3
            }
            2..4 => {
                self.some.push(Look { slot, first, cuts: padded(&cells.cuts) });
                5
            }
            more => {
                let cuts = [&cells.cuts[..], &[OPEN]].concat();
                self.many.push(LookMany { slot, first, cuts });
                more + 2
            }
        };
        let (open, known) = spoken.split_last().map_or((&[][..], spoken), |(open, known)| (&open[..], known));
        for cell in 0..room {
            let own = if cell + 1 == room { open } else { known.get(cell).map_or(&[][..], Vec::as_slice) };
            if single {
                self.entries.push(own.first().copied().unwrap_or_default());
            } else {
                let from = self.entries.len() as u32;
                self.entries.extend(own);
                self.cells.push((from, self.entries.len() as u32));
            }
        }
    }

    /// What every slot says about a client: a word for each 64 rules is added to `words`.
    #[inline]
    pub(super) fn look(&self, values: &[Point], words: &mut Vec<Word>) {
        if let [start] = self.start[..] {
            words.push(self.fold(values, start, |word, cell| or(word, self.entries[cell])));
            return;
        }
        words.extend_from_slice(&self.start);
        self.fold(values, (), |(), cell| {
            let (from, to) = self.cells[cell];
            for entry in &self.entries[from as usize..to as usize] {
                let word = &mut words[entry[3] as usize];
                let [certain, possible, quiet, _] = entry;
                *word = or(*word, [*certain, *possible, *quiet, 0]);
            }
        });
    }

    #[inline(always)]
    fn fold<T>(&self, values: &[Point], start: T, mut join: impl FnMut(T, usize) -> T) -> T {
        let mut all = start;
        for look in &self.few {
            all = join(all, look.cell(values));
        }
        for look in &self.some {
            all = join(all, look.cell(values));
        }
        for look in &self.many {
            all = join(all, look.cell(values));
        }
        all
    }
}

impl LookMany {
    #[inline(always)]
    fn cell(&self, values: &[Point]) -> usize {
        let value = values[self.slot as usize];
        self.first as usize + self.cuts.partition_point(|cut| *cut <= value)
    }
}

impl<const CUTS: usize> Look<CUTS> {
    #[inline(always)]
    fn cell(&self, values: &[Point]) -> usize {
        let value = values[self.slot as usize];
        let mut cell = self.first as usize;
        for cut in self.cuts {
            cell += usize::from(cut <= value);
        }
        cell
    }
}

fn padded<const CUTS: usize>(cuts: &[Point]) -> [Point; CUTS] {
    std::array::from_fn(|at| cuts.get(at).copied().unwrap_or(OPEN))
}

#[inline(always)]
fn or(one: Word, other: Word) -> Word {
    let ([a, b, c, d], [e, f, g, h]) = (one, other);
    [a | e, b | f, c | g, d | h]
}

fn add(words: &mut Vec<Word>, place: usize, [certain, possible, quiet]: [u64; 3]) {
    let place = place as u64;
    let own = [certain, possible, quiet, 0];
    match words.iter_mut().find(|word| word[3] == place) {
        Some(word) => *word = or(*word, own),
        None => words.push([certain, possible, quiet, place]),
    }
}
