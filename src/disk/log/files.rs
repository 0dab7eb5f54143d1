//! The files of a log: where they lie, how their lines are read, and what is said if they cannot be written.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::disk::{Failed, words, write};
use crate::limits::LOG_LINE;

/// The file beside a log with this ending.
pub(super) fn beside(log: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = log.as_os_str().to_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Where the bodies of a log lie.
pub(super) fn bodies(log: &Path) -> PathBuf {
    beside(log, ".bodies")
}

/// Calls `see` with each line of a file, its end included, and where it begins.
pub(super) fn each_line(file: &File, see: &mut dyn FnMut(&[u8], u64)) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut line = Vec::new();
    let mut at = 0;
    loop {
        line.clear();
        let read = reader.by_ref().take(LOG_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        see(&line, at);
        at += read as u64;
    }
}

/// Opens a file for reading, if there is one.
pub(super) fn existing(path: &Path) -> Result<Option<File>, Failed> {
    match File::open(path) {
        Ok(file) if file.metadata().is_ok_and(|data| data.is_file()) => Ok(Some(file)),
        Ok(_) => Err(Failed::new(format!("`{}` is no file", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failed::unread(path.display(), &error)),
    }
}

/// Says that there is no such log.
pub(super) fn none(path: &Path) -> Failed {
    Failed::new(format!("there is no decision log `{}`", path.display()))
        .help("`clearance decide FILE --log LOG` begins one")
}

/// Says that a log cannot be written.
pub(super) fn fail(path: &Path, why: &str) -> Failed {
    Failed::new(format!("the decision log `{}` cannot be written: {why}", path.display()))
}

pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> Failed {
    move |error| {
        let failure = fail(path, &reason(&error));
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                failure.help("make room where the log lies, then run the command again")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                failure.help("let whoever runs this write the log and the folder it lies in")
            }
            io::ErrorKind::NotFound => failure.help("make the folder first, or name another"),
            _ => failure,
        }
        .help("what is not in the log was not printed: nobody may be treated on it")
    }
}

pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "the folder in which it is to lie is not there".to_string(),
        _ => words(error),
    }
}

/// Makes sure that a file that was created is found again after a power cut.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write::sync(folder)
}

pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    options
}
