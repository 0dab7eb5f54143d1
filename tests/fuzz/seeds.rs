//! What every run starts from: `tests/fuzz/seeds/<target>/` and the words of `tests/fuzz/words/<target>.txt`.

use std::fs;
use std::path::Path;

/// An input, and of which kind it is: the ending of its file.
#[derive(Debug, Clone)]
pub struct Seed {
    /// `yaml` of `one-client.yaml`
    pub kind: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// Every seed of a target, in the order of their names.
pub fn of(target: &str) -> Vec<Seed> {
    let folder = Path::new("tests/fuzz/seeds").join(target);
    let files = fs::read_dir(&folder).expect("each target has a folder of seeds");
    let mut paths: Vec<_> = files.map(|entry| entry.expect("a seed").path()).collect();
    paths.sort();
    let seed = |path: &std::path::PathBuf| Seed {
        kind: path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default(),
        bytes: fs::read(path).expect("a seed"),
    };
    paths.iter().map(seed).collect()
}

/// The words of a target: one on each line, `\n` a line break.
pub fn words(target: &str) -> Vec<Vec<u8>> {
    let path = Path::new("tests/fuzz/words").join(format!("{target}.txt"));
    let text = fs::read_to_string(path).expect("each target has its words");
    text.lines().filter(|line| !line.is_empty()).map(|line| line.replace("\\n", "\n").into_bytes()).collect()
}

/// The files of a folder that is kept as one text: each begins with a line `=== path`.
pub fn files(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bundle.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(b"=== "), files.last_mut()) {
            (Some(path), _) => files.push((String::from_utf8_lossy(path).trim_end().to_string(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    files
}
