//! The lines that somebody types, until Ctrl-C.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::disk::read;

/// How often somebody who waits looks whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Set by Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);

/// What comes from whoever answers.
pub enum Typed {
    /// A line without its end.
    Line(String),
    /// Nobody writes any more.
    End,
    /// Ctrl-C.
    Interrupted,
}

/// The lines of standard input.
pub struct Lines {
    from: Receiver<io::Result<Option<String>>>,
}

impl Lines {
    /// Starts to read. The first Ctrl-C is heard between two lines, the second ends the program at once.
    pub fn listen() -> Lines {
        // Without a handler Ctrl-C ends the program, as everywhere.
        let _ = ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        let (to, from) = sync_channel(1);
        // Whoever waits for a line cannot look for Ctrl-C; this one is left behind at the end.
        thread::spawn(move || {
            loop {
                let line = read::line();
                let is_last = !matches!(line, Ok(Some(_)));
                if to.send(line).is_err() || is_last {
                    return;
                }
            }
        });
        Lines { from }
    }

    /// Waits for the next line.
    pub fn next(&self) -> io::Result<Typed> {
        loop {
            if STOP.load(Ordering::Relaxed) {
                return Ok(Typed::Interrupted);
            }
            match self.from.recv_timeout(LOOK) {
                Ok(line) => return line.map(|line| line.map_or(Typed::End, Typed::Line)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Typed::End),
            }
        }
    }
}
