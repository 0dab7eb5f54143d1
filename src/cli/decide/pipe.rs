//! Pieces of the input through all cores and back in order: one thread reads, each core works, and the one that
//! started it all takes what comes out. Only so many pieces are under way at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::super::exit::Failure;
use super::super::stream::{Piece, Pieces};

/// So many pieces for each core.
const UNDER_WAY: usize = 8;
/// How often somebody who waits looks whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Set by Ctrl-C: what is under way is finished, nothing more is read.
static STOP: AtomicBool = AtomicBool::new(false);

/// Whether the run is to end early.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// The first Ctrl-C ends the run behind what is under way, the second at once.
pub fn stop_on_ctrl_c() {
    // Without a handler Ctrl-C ends the run at once, as everywhere.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
}

/// How many records stand before each piece. A worker asks only if a record needs its number.
#[derive(Default)]
pub struct Positions {
    state: Mutex<State>,
    told: Condvar,
}

#[derive(Default)]
struct State {
    /// How many pieces are counted without a gap, and the records in them.
    counted: (usize, usize),
    /// The records of pieces behind a gap.
    ahead: BTreeMap<usize, usize>,
}

impl Positions {
    /// Says how many records a piece has.
    pub fn tell(&self, piece: usize, records: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ahead.insert(piece, records);
        let next = state.counted.0;
        let mut next = next;
        while let Some(records) = state.ahead.remove(&next) {
            next += 1;
            state.counted = (next, state.counted.1 + records);
        }
        self.told.notify_all();
    }

    /// The number of records before a piece. Every piece before it is being worked on or done.
    pub fn before(&self, piece: usize) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.counted.0 < piece {
            state = self.told.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.counted.1
    }
}

/// Reads `pieces`, gives each with its number to a worker made by `worker`, and what comes of it to `take`, in
/// order. Ends early on Ctrl-C, and with the first failure.
pub fn run<W, O: Send>(
    pieces: Pieces,
    worker: &(impl Fn() -> W + Sync),
    work: &(impl Fn(&mut W, usize, Piece) -> Result<O, Failure> + Sync),
    take: &mut dyn FnMut(O) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if pieces.is_one() {
        return alone(pieces, worker, work, take);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let most = UNDER_WAY * cores;
    let (to_work, piece) = sync_channel(most);
    let (leave, may_read) = sync_channel(most);
    for _ in 0..most {
        let _ = leave.send(());
    }
    // A read of standard input may never end: nobody waits for the reader.
    thread::spawn(move || read(pieces, &may_read, &to_work));
    let piece = Mutex::new(piece);
    thread::scope(|scope| {
        let (done, results) = sync_channel(most);
        for _ in 0..cores {
            let done = done.clone();
            let piece = &piece;
            scope.spawn(move || {
                let mut own = worker();
                while let Some((number, given)) = next(piece) {
                    let result = given.and_then(|given| work(&mut own, number, given));
                    if done.send((number, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (number, result) in results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&expected) {
                expected += 1;
                let taken = result.and_then(&mut *take);
                if taken.is_err() {
                    STOP.store(true, Ordering::Relaxed);
                    return taken;
                }
                let _ = leave.try_send(());
            }
        }
        Ok(())
    })
}

/// A single piece needs no other thread.
fn alone<W, O>(
    mut pieces: Pieces,
    worker: &impl Fn() -> W,
    work: &impl Fn(&mut W, usize, Piece) -> Result<O, Failure>,
    take: &mut dyn FnMut(O) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut own = worker();
    let mut number = 0;
    while let Some(piece) = pieces.next()? {
        take(work(&mut own, number, piece)?)?;
        number += 1;
    }
    Ok(())
}

type Numbered = (usize, Result<Piece, Failure>);

fn read(mut pieces: Pieces, may_read: &Receiver<()>, to_work: &SyncSender<Numbered>) {
    for number in 0.. {
        if may_read.recv().is_err() || stopped() {
            return;
        }
        let Some(piece) = pieces.next().transpose() else { return };
        let last = piece.is_err();
        if to_work.send((number, piece)).is_err() || last {
            return;
        }
    }
}

/// The next piece to work on; `None` at the end.
fn next(pieces: &Mutex<Receiver<Numbered>>) -> Option<Numbered> {
    let pieces = pieces.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match pieces.recv_timeout(LOOK) {
            Ok(_) | Err(RecvTimeoutError::Timeout) if stopped() => return None,
            Ok(piece) => return Some(piece),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}
