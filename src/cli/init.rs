//! `clearance init DIR`: a fresh copy of the shipped rules, from inside the program.

use std::path::PathBuf;

use include_dir::{Dir, File, include_dir};

use super::exit::{Exit, Failure};
use super::output::print;
use crate::disk::{Failed, read, write};
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
    if read::exists(&args.dir) && !read::is_folder(&args.dir) {
        return Err(Failure::new(format!("`{shown}` is a file, not a folder")));
    }
    let mut files = Vec::new();
    collect(&SHIPPED, &mut files);
    let there: Vec<String> = files
        .iter()
        .filter(|file| read::is_taken(&args.dir.join(file.path())))
        .map(|file| format!("`{}`", file.path().display()))
        .collect();
    if !there.is_empty() {
        let message =
            format!("`{shown}` already holds {}: nothing was written", prose::first(&there, MOST_NAMED));
        return Err(Failure::new(message).help("name a folder that does not exist yet"));
    }
    for file in &files {
        let path = args.dir.join(file.path());
        write::new_file(&path, file.contents()).map_err(|error| Failed::unwritten(path.display(), &error))?;
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
