//! Files that were named or found, and standard input. No more of a file is read than a bound says.

use std::fs::{self, File};
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use super::{Failed, words};
use crate::limits::ANSWER;

/// What is called standard input where a file is named.
const STANDARD_INPUT: &str = "-";

/// The text of a file of at most `most` bytes. Whoever names a pipe on the command line may mean one.
pub fn text(path: &Path, most: u64) -> Result<String, Failed> {
    let shown = path.display();
    let fail = |why: &str| Failed::new(format!("`{shown}` cannot be read: {why}"));
    let bytes = bytes(path, most).map_err(|error| fail(&words(&error)))?;
    if bytes.len() as u64 > most {
        let why = format!("it is larger than {} MiB", most >> 20);
        return Err(fail(&why).help("check that the right file was named"));
    }
    String::from_utf8(bytes).map_err(|_| fail("it is not UTF-8").help("save it as UTF-8"))
}

/// The bytes of a file that was found and not named; nobody meant a pipe, which may never end. Of one that is
/// larger than `most` bytes there is one byte more.
pub fn found(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    match fs::metadata(path)?.is_file() {
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

/// The bytes of a file that was named, or of standard input if it is `-`. Of one that is larger than `most` bytes
/// there is one byte more.
pub fn given(path: &str, most: u64) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let fail = |error: io::Error| Failed::unread(path, &error);
    if path == STANDARD_INPUT {
        io::stdin().lock().take(most + 1).read_to_end(&mut bytes).map_err(fail)?;
    } else {
        let file = File::open(path).map_err(fail)?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(folder_named(path));
        }
        file.take(most + 1).read_to_end(&mut bytes).map_err(fail)?;
    }
    Ok(bytes)
}

/// A file or standard input, of which a few bytes are read at a time.
pub struct Open {
    /// Where the bytes come from.
    pub reader: Box<dyn Read + Send>,
    /// Whether it has all its bytes already.
    pub is_file: bool,
}

/// Opens a file that was named, or standard input if it is `-`.
pub fn open(path: &str) -> Result<Open, Failed> {
    let reader: Box<dyn Read + Send> = match path {
        STANDARD_INPUT => Box::new(io::stdin()),
        _ => Box::new(File::open(path).map_err(|error| Failed::unread(path, &error))?),
    };
    let is_file = path != STANDARD_INPUT && fs::metadata(path).is_ok_and(|data| data.is_file());
    Ok(Open { reader, is_file })
}

/// Makes sure that what was named is there and no folder, before anything is done.
pub fn readable(path: &str) -> Result<(), Failed> {
    if path != STANDARD_INPUT {
        let data = fs::metadata(path).map_err(|error| Failed::unread(path, &error))?;
        if data.is_dir() {
            return Err(folder_named(path));
        }
    }
    Ok(())
}

fn folder_named(path: &str) -> Failed {
    Failed::new(format!("`{path}` is a folder")).help("name the files in it")
}

/// How many bytes a file has; nobody knows it of a pipe.
pub fn size(path: &str) -> Option<u64> {
    fs::metadata(path).ok().filter(|data| data.is_file()).map(|data| data.len())
}

/// Whether something is there.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether the name is taken, even by a link that leads nowhere.
pub fn is_taken(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether a folder is there.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The next line of standard input, without its end; `None` when nobody writes any more. Of a line that is longer
/// than any answer there is one byte too much, and what is no UTF-8 in it is replaced by a sign.
pub fn line() -> io::Result<Option<String>> {
    let mut input = io::stdin().lock();
    let (mut line, mut is_some) = (Vec::new(), false);
    loop {
        let next = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            next => next?,
        };
        let end = memchr::memchr(b'\n', next);
        let part = &next[..end.unwrap_or(next.len())];
        line.extend_from_slice(&part[..part.len().min(ANSWER + 1 - line.len())]);
        let used = end.map_or(part.len(), |end| end + 1);
        is_some |= used > 0;
        input.consume(used);
        if end.is_some() || used == 0 {
            return Ok(is_some.then(|| String::from_utf8_lossy(&line).into_owned()));
        }
    }
}

/// Whether a person types at a terminal what standard input gives.
pub fn is_typed() -> bool {
    io::stdin().is_terminal()
}
