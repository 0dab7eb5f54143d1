//! `clearance init DIR`: a fresh copy of the shipped rules, from inside the program.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::output::{print, words};
use crate::prose;

/// What `init` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write; it may exist, the files must not
    dir: PathBuf,
}

/// The shipped rules, by path.
const SHIPPED: [(&str, &str); 12] = [
    ("README.md", include_str!("../../rules/README.md")),
    ("clinic.yaml", include_str!("../../rules/clinic.yaml")),
    ("examples/client.json", include_str!("../../rules/examples/client.json")),
    ("examples/clients.csv", include_str!("../../rules/examples/clients.csv")),
    ("examples/clients.ndjson", include_str!("../../rules/examples/clients.ndjson")),
    ("examples/clients.yaml", include_str!("../../rules/examples/clients.yaml")),
    ("examples/one-client.yaml", include_str!("../../rules/examples/one-client.yaml")),
    ("facts.yaml", include_str!("../../rules/facts.yaml")),
    ("hazards.yaml", include_str!("../../rules/hazards.yaml")),
    ("microneedling.yaml", include_str!("../../rules/microneedling.yaml")),
    ("microneedling/leaflet.yaml", include_str!("../../rules/microneedling/leaflet.yaml")),
    ("microneedling/pricing.rhai", include_str!("../../rules/microneedling/pricing.rhai")),
];

/// Runs the verb. If one of the files is there already, nothing is written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let shown = args.dir.display();
    if args.dir.exists() && !args.dir.is_dir() {
        return Err(Failure::new(format!("`{shown}` is a file, not a folder")));
    }
    let there: Vec<String> = SHIPPED
        .iter()
        .filter(|(path, _)| args.dir.join(path).symlink_metadata().is_ok())
        .map(|(path, _)| format!("`{path}`"))
        .collect();
    if !there.is_empty() {
        let message = format!("`{shown}` already holds {}: nothing was written", prose::list(&there, "and"));
        return Err(Failure::new(message).help("name a folder that does not exist yet"));
    }
    for (path, text) in SHIPPED {
        let path = args.dir.join(path);
        write(&path, text).map_err(|error| {
            Failure::new(format!("`{}` cannot be written: {}", path.display(), words(&error)))
        })?;
    }
    let files = prose::count(SHIPPED.len() as i64, "file");
    print(&format!(
        "wrote {files} to {}; begin with {}\nthen try: clearance check --rules {0}\n",
        prose::visible(&shown.to_string()),
        prose::visible(&args.dir.join("README.md").display().to_string())
    ))?;
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(dir: &Path, prefix: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(dir).expect("the rules are here").flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => files(&entry.path(), &format!("{name}/"), found),
                false => found.push(name),
            }
        }
    }

    #[test]
    fn no_shipped_file_is_forgotten() {
        let mut found = Vec::new();
        files(Path::new("rules"), "", &mut found);
        found.sort();
        let shipped: Vec<&str> = SHIPPED.iter().map(|(path, _)| *path).collect();
        assert_eq!(found, shipped);
    }
}
