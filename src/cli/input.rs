//! Small files that are read as a whole, and never more of them than a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::exit::Failure;
use super::output::words;

/// The text of a file of at most `most` bytes. Whoever names a pipe on the command line may mean one.
pub fn text(path: &Path, most: u64) -> Result<String, Failure> {
    let shown = path.display();
    let fail = |why: &str| Failure::new(format!("`{shown}` cannot be read: {why}"));
    let bytes = bytes(path, most).map_err(|error| fail(&words(&error)))?;
    if bytes.len() as u64 > most {
        let why = format!("it is larger than {} MiB", most >> 20);
        return Err(fail(&why).help("check that the right file was named"));
    }
    String::from_utf8(bytes).map_err(|_| fail("it is not UTF-8").help("save it as UTF-8"))
}

/// The text of a file that was found and not named; nobody meant a pipe, which may never end.
pub fn found(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    match std::fs::metadata(path)?.is_file() {
        true => bytes(path, most),
        false => Err(io::Error::other("it is not a file")),
    }
}

/// One byte more than `most`, if there are more.
fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
