//! Files and folders that are written. Errors are those of the system: the caller knows by which name to call the
//! place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file, in place of what is there.
pub fn file(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}

/// Writes a file that must not be there yet, and the folders it lies in.
pub fn new_file(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        folder(dir)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(content)
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

/// Writes a file and the folders it lies in, and beside the place first, so that nobody ever reads half of it. A
/// link that is there is replaced.
pub fn whole(path: &Path, text: &str) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        folder(dir)?;
    }
    let beside = path.with_extension("txt.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

/// Puts a text in the place of a file that is there, all of it or nothing.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // What a link inside the folder leads to is rewritten in its place, and the link stays.
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // A name that starts with a dot is no rule file, should the program be stopped half-way.
    let new = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let mut file = File::create_new(&new)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.set_permissions(fs::metadata(&path)?.permissions()))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}
