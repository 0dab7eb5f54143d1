//! `clearance init DIR`: a fresh copy of the shipped rules, from inside the program.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use super::exit::{Exit, Failure};
use super::output::{print, words};
use crate::prose;

/// What `init` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write; it may exist, the files must not
    dir: PathBuf,
}

/// More files than these are not named in a message.
const MOST_NAMED: usize = 12;

/// The shipped rules.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// Runs the verb. If one of the files is there already, nothing is written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let shown = args.dir.display();
    if args.dir.exists() && !args.dir.is_dir() {
        return Err(Failure::new(format!("`{shown}` is a file, not a folder")));
    }
    let mut files = Vec::new();
    collect(&SHIPPED, &mut files);
    let there: Vec<String> = files
        .iter()
        .filter(|file| args.dir.join(file.path()).symlink_metadata().is_ok())
        .map(|file| format!("`{}`", file.path().display()))
        .take(MOST_NAMED)
        .collect();
    if !there.is_empty() {
        let message = format!("`{shown}` already holds {}: nothing was written", prose::list(&there, "and"));
        return Err(Failure::new(message).help("name a folder that does not exist yet"));
    }
    for file in &files {
        let path = args.dir.join(file.path());
        write(&path, file.contents()).map_err(|error| {
            Failure::new(format!("`{}` cannot be written: {}", path.display(), words(&error)))
        })?;
    }
    let files = prose::count(files.len() as i64, "file");
    print(&format!(
        "wrote {files} to {}; begin with {}\nthen try: clearance check --rules {0}\n",
        prose::visible(&shown.to_string()),
        prose::visible(&args.dir.join("README.md").display().to_string())
    ))?;
    Ok(Exit::Done)
}

/// Every file of the folder and those below it.
fn collect<'d>(dir: &'d Dir<'d>, files: &mut Vec<&'d File<'d>>) {
    files.extend(dir.files());
    dir.dirs().for_each(|inner| collect(inner, files));
}

fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text)
}
