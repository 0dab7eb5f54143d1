//! Files and folders that are written. Errors are those of the system: the caller knows by which name to call the
//! place.
//!
//! A file that takes the place of another is written beside it, brought safely to the disk and renamed, so that on a
//! full disk, or after a power cut, either the old one is there or the new one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// So many names are tried for a file beside another.
const MOST_NAMES: u32 = 64;

/// Writes a file, in place of what is there, all of it or nothing. What a link leads to is rewritten in its place, and
/// the link stays.
pub fn file(path: &Path, text: &str) -> io::Result<()> {
    let path = target(path)?;
    match fs::metadata(&path) {
        Ok(found) if found.is_file() => put(&path, text.as_bytes(), Some(found.permissions()), &rename),
        // A pipe or a device takes what it is given: there is nothing in its place that could be kept.
        Ok(found) if !found.is_dir() => {
            OpenOptions::new().write(true).open(&path)?.write_all(text.as_bytes())
        }
        Ok(_) => Err(io::Error::from(ErrorKind::IsADirectory)),
        Err(error) if error.kind() == ErrorKind::NotFound => put(&path, text.as_bytes(), None, &rename),
        Err(error) => Err(error),
    }
}

/// The same in the folders it lies in, which are made. A link that is there is itself replaced.
pub fn whole(path: &Path, text: &str) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        folder(dir)?;
    }
    let found = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    put(path, text.as_bytes(), found.map(|found| found.permissions()), &rename)
}

/// Writes a file that must not be there yet, all of it or nothing, and the folders it lies in.
pub fn new_file(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        folder(dir)?;
    }
    put(path, content, None, &take_place)
}

/// Makes a folder and those it lies in, unless they are there.
pub fn folder(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Makes sure that what was made or renamed in a folder is found again after a power cut.
pub(super) fn sync(dir: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(dir)?.sync_all(),
        false => Ok(()),
    }
}

/// Where a path leads in the end; itself where nothing is yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        // A link to nothing names the file that is to be.
        Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_link(path) {
            Ok(to) => Ok(path.parent().unwrap_or(Path::new("")).join(to)),
            Err(_) => Ok(path.to_path_buf()),
        },
        found => found,
    }
}

/// Writes beside a path, and puts it there with `settle`. Whatever fails, nothing is left beside it.
fn put(
    path: &Path,
    content: &[u8],
    permissions: Option<Permissions>,
    settle: &dyn Fn(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (new, mut file) = beside(dir)?;
    let written = file
        .write_all(content)
        .and_then(|()| permissions.map_or(Ok(()), |kept| file.set_permissions(kept)))
        .and_then(|()| file.sync_all())
        .and_then(|()| settle(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
        return written;
    }
    // The file is whole either way; not every file system knows this of its folders.
    let _ = sync(dir);
    Ok(())
}

/// A new file in a folder. A name that starts with a dot is no rule file, should the program be stopped half-way.
fn beside(dir: &Path) -> io::Result<(PathBuf, File)> {
    let process = std::process::id();
    let mut at = 0;
    loop {
        let path = dir.join(format!(".clearance-{process}-{at}.new"));
        match File::create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && at < MOST_NAMES => at += 1,
            made => return made.map(|file| (path, file)),
        }
    }
}

fn rename(new: &Path, path: &Path) -> io::Result<()> {
    fs::rename(new, path)
}

/// Gives a file its name unless something has it.
fn take_place(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Ok(()) => fs::remove_file(new),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Where files have one name only, a file that comes in between is as good as one that was there.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::Error::from(ErrorKind::AlreadyExists)),
        Err(_) => fs::rename(new, path),
    }
}
