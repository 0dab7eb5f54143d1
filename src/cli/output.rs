//! Writing to the terminal. Colours stay only where a terminal reads them.

use std::io::{self, Write};

use super::exit::{Exit, Failure};
use crate::prose;

/// Writes to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes what programs read to standard output, as it is.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

/// Writes to standard error. What cannot be written there cannot be reported either.
pub fn complain(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Says why the command could not run.
pub fn fail(failure: Failure) -> Exit {
    match failure {
        Failure::Message { message, helps } => {
            complain(&format!("error: {}\n", prose::visible(&message)));
            for help in helps {
                complain(&format!("  = help: {}\n", prose::visible(&help)));
            }
            Exit::CouldNotRun
        }
        Failure::Rules(shown) => {
            complain(&shown);
            Exit::CouldNotRun
        }
        Failure::NobodyReads => Exit::CutOff,
    }
}
