//! `clearance fmt`: puts the rule files in one order and spacing.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::exit::{Exit, Failure};
use super::folder::{self, Part};
use super::output::{complain, print, words};
use crate::diagnostic;
use crate::prose::{self, visible};
use crate::report::findings::{self, Colour};
use crate::report::fmt::{self, Formatted};

/// What `fmt` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Nothing: the rules are named by `--rules`
    #[arg(hide = true, value_name = "NOTHING")]
    folder: Option<String>,
    /// Write nothing: show what would change, and end with exit code 1 if anything would
    #[arg(long)]
    check: bool,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    if let Some(folder) = &args.folder {
        let folder = visible(folder);
        return Err(Failure::new(format!("`fmt` takes no folder or file, such as `{folder}`"))
            .help(format!("to format the rules in it, write `clearance fmt --rules {folder}`")));
    }
    let mut found = Vec::new();
    let folder = folder::read(rules, Part::RulesAndCases, &mut found)?;
    let mut out = String::new();
    let (mut files, mut changed) = (0, 0);
    let mut exit = Exit::Done;
    for path in folder.paths().filter(|path| fmt::has_form(path)) {
        let Some(id) = folder.get(path) else { continue };
        files += 1;
        match fmt::format(path, &folder.texts, id, &mut found) {
            Formatted::Unchanged | Formatted::Unreadable => {}
            Formatted::Changed(text) => {
                changed += 1;
                if args.check {
                    let lines = fmt::changed_lines(&folder.texts.get(id).content, &text);
                    out.push_str(&format!("{} would change:\n{lines}", visible(path)));
                    exit = Exit::Found;
                } else if let Err(error) = replace(&rules.join(path), &text) {
                    complain(&format!("error: `{}` cannot be written: {}\n", visible(path), words(&error)));
                    changed -= 1;
                    exit = Exit::CouldNotRun;
                } else {
                    out.push_str(&format!("{} rewritten\n", visible(path)));
                }
            }
            Formatted::Differs(why) => {
                let path = visible(path);
                complain(&format!(
                    "error: `{path}` is left as it is: {why}\n  = note: this is a mistake in `clearance fmt`, not in the file\n  \
                     = help: please report it, with the file\n"
                ));
                exit = Exit::CouldNotRun;
            }
        }
    }
    if !found.is_empty() {
        diagnostic::sort(&mut found);
        out.push_str(&findings::human(&folder.texts, &found, Colour::Styled));
        out.push_str("files with errors were left as they are\n");
    }
    let done = match (changed, args.check) {
        (0, _) => "nothing to change".to_string(),
        (n, true) => format!("{n} would change; `clearance fmt` rewrites them"),
        (n, false) => format!("{n} rewritten"),
    };
    out.push_str(&format!(
        "{}: {}: {done}\n",
        visible(&rules.display().to_string()),
        prose::count(files, "file")
    ));
    print(&out)?;
    Ok(if exit == Exit::Done && !found.is_empty() { Exit::Found } else { exit })
}

/// Puts a text in the place of a file, all of it or nothing.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // What a link inside the folder leads to is rewritten in its place, and the link stays.
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // A name that starts with a dot is no rule file, should the program be stopped half-way.
    let new = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = File::create_new(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&new, &path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}
