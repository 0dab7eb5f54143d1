//! The bodies of a log, which lie in a file beside it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde_json::value::RawValue;

use super::files::{beside, bodies, each_line, existing, fail, failed, options, reason, sync_folder};
use crate::disk::Failed;
use crate::log::body::{Body, commitment};

/// The JSON texts of a body.
pub enum Kept {
    /// A record and what was decided about it.
    Asked(String, String),
    /// The words of an override.
    Said(String),
    /// No body.
    Nothing,
}

/// Records of clients are nobody else's business.
#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o660)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Writes bodies and returns how to take them back.
pub(super) fn add(path: &Path, kept: &str) -> Result<Option<(File, u64)>, Failed> {
    if kept.is_empty() {
        return Ok(None);
    }
    if path.exists() && !path.is_file() {
        return Err(fail(path, "it is no file"));
    }
    let new = !path.exists();
    let mut file = private(options().create(true)).open(path).map_err(failed(path))?;
    let length = file.metadata().map_err(failed(path))?.len();
    let add = |file: &mut File| -> io::Result<()> {
        if length > 0 {
            let mut end = [0];
            file.seek(SeekFrom::Start(length - 1))?;
            file.read_exact(&mut end)?;
            // What a crash left behind stays a line of its own.
            if end != *b"\n" {
                file.write_all(b"\n")?;
            }
        }
        file.write_all(kept.as_bytes())?;
        file.sync_all()?;
        if new { sync_folder(path) } else { Ok(()) }
    };
    match add(&mut file) {
        Ok(()) => Ok(Some((file, length))),
        Err(error) => {
            let _ = file.set_len(length).and_then(|()| file.sync_all());
            Err(failed(path)(error))
        }
    }
}

/// A body with its salt, and the commitments to its parts.
pub(super) fn promised(kept: &Kept, sequence: u64) -> Result<(Vec<String>, Option<Body>), String> {
    let parts: &[&String] = match kept {
        Kept::Asked(record, decision) => &[record, decision],
        Kept::Said(words) => &[words],
        Kept::Nothing => return Ok((Vec::new(), None)),
    };
    let mut chance = [0; 32];
    getrandom::fill(&mut chance).map_err(|error| format!("the computer gives no random numbers: {error}"))?;
    let salt: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
    let commitments = parts.iter().map(|part| commitment(&salt, part)).collect();
    let raw = parts.iter().map(|part| RawValue::from_string((*part).clone()));
    let mut raw = raw.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?.into_iter();
    let mut body = Body { sequence, salt, record: None, decision: None, words: None };
    match kept {
        Kept::Said(_) => body.words = raw.next(),
        _ => (body.record, body.decision) = (raw.next(), raw.next()),
    }
    Ok((commitments, Some(body)))
}

/// Shows each line of the bodies of a log, if there are any.
pub(super) fn each(log: &Path, see: &mut dyn FnMut(&[u8])) -> Result<(), Failed> {
    let path = bodies(log);
    let Some(file) = existing(&path)? else { return Ok(()) };
    each_line(&file, &mut |bytes, _| see(bytes)).map_err(|error| Failed::unread(path.display(), &error))
}

/// Replaces the bodies of a log at one go by those lines that `keep` wants. The caller holds the log.
pub(super) fn retain(log: &Path, keep: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Failed> {
    let (path, new) = (bodies(log), beside(log, ".bodies.new"));
    let Some(old) = existing(&path)? else { return Ok(()) };
    let mut write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let file = private(&mut options).open(&new)?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        let mut out = io::BufWriter::new(file);
        let mut failed = Ok(());
        each_line(&old, &mut |bytes, _| {
            if keep(bytes) && failed.is_ok() {
                failed = out.write_all(bytes);
            }
        })?;
        failed?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&new, &path)?;
        sync_folder(&path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&new);
        Failed::new(format!("`{}` cannot be rewritten: {}", path.display(), reason(&error)))
    })
}
