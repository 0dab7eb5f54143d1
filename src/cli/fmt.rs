//! `clearance fmt`: puts the rule files in one order and spacing.

use std::path::Path;

use super::exit::{Exit, Failure};
use super::output::{complain, print};
use crate::diagnostic;
use crate::disk::{folder, words, write};
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
    let folder = folder::read(rules, true, &mut found)?;
    let paths: Vec<&str> = folder.paths().filter(|path| fmt::has_form(path)).collect();
    let mut done = Done { out: String::new(), changed: 0, left: 0, unwritten: 0 };
    for path in &paths {
        let Some(id) = folder.get(path) else { continue };
        match fmt::format(path, &folder.texts, id, &mut found) {
            Formatted::Unchanged | Formatted::Unreadable => {}
            Formatted::Changed(text) if args.check => {
                done.changed += 1;
                done.out += &format!("{} would change:\n", visible(path));
                done.out += &fmt::changed_lines(&folder.texts.get(id).content, &text);
            }
            Formatted::Changed(text) => done.write(rules, path, &text),
            Formatted::TooLarge => {
                done.leave(path, "formatted it would be larger than 2 MiB", "break it up into several files");
            }
            Formatted::Differs(why) => {
                let why = format!("{why}, which is a mistake in `clearance fmt`, not in the file");
                done.leave(path, &why, "please report it, with the file");
            }
        }
    }
    if !found.is_empty() {
        diagnostic::sort(&mut found);
        done.out += &findings::human(&folder.texts, &found, Colour::Styled);
        done.out += "files with errors were left as they are\n";
    }
    let changed = match (done.changed, args.check) {
        (0, _) => "nothing to change".to_string(),
        (n, true) => format!("{n} would change; `clearance fmt` rewrites them"),
        (n, false) => format!("{n} rewritten"),
    };
    let (shown, files) = (visible(&rules.display().to_string()), prose::count(paths.len() as i64, "file"));
    print(&format!("{}{shown}: {files}: {changed}\n", done.out))?;
    Ok(match done {
        Done { unwritten: 1.., .. } => Exit::CouldNotRun,
        _ if !found.is_empty() || done.left > 0 || args.check && done.changed > 0 => Exit::Found,
        _ => Exit::Done,
    })
}

/// What has been done so far.
struct Done {
    /// What is to be printed.
    out: String,
    /// Files that were rewritten, or would be.
    changed: usize,
    /// Files that cannot be formatted although they can be read.
    left: usize,
    /// Files that could not be written.
    unwritten: usize,
}

impl Done {
    fn write(&mut self, rules: &Path, path: &str, text: &str) {
        match write::file(&rules.join(path), text) {
            Ok(()) => {
                self.changed += 1;
                self.out += &format!("{} rewritten\n", visible(path));
            }
            Err(error) => {
                self.unwritten += 1;
                complain(&format!("error: `{}` cannot be written: {}\n", visible(path), words(&error)));
            }
        }
    }

    fn leave(&mut self, path: &str, why: &str, help: &str) {
        self.left += 1;
        complain(&format!("error: `{}` is left as it is: {why}\n  = help: {help}\n", visible(path)));
    }
}
