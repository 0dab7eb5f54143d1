//! A folder of its own for each test, and running the program in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with a copy of the shipped rules.
pub struct Space(pub PathBuf);

impl Space {
    pub fn new(name: &str) -> Space {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("log").join(name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a folder");
        let space = Space(dir);
        assert_eq!(space.run(&["init", "rules"]).status.code(), Some(0));
        space
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearance"));
        command.args(args).current_dir(&self.0).env("USER", "front desk");
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program runs")
    }

    /// What a run printed; it must end with this code.
    pub fn says(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let said = shown(&output.stdout) + shown(&output.stderr).as_str();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        said
    }

    /// Logs a decision about each client of these records, as NDJSON.
    pub fn decide(&self, records: &str) {
        fs::write(self.0.join("records.ndjson"), records).expect("a file");
        self.says(&["decide", "records.ndjson", "--log", "clinic.log", "--format", "ndjson"], 0);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }
}

/// A record of a client who is known as far as these facts go.
pub fn record(client: &str, facts: &str) -> String {
    format!(
        "{{\"client\": \"{client}\", \"visit\": \"2026-03-02\", \"answered_on\": \"2026-03-02\", \"facts\": {{{facts}}}}}\n"
    )
}

/// Nothing speaks against it.
pub const WELL: &str = r#""pregnant": "no", "skin_diseases": "none", "open_wounds": "no", "last_radiation_on": "never",
    "keloid_history": "no", "acne_medications": "none", "last_session": "none", "goals": ["acne_scars"], "area_cm2": 40,
    "numbing_cream_allergy": false"#;

/// The same facts with one of them answered otherwise, on one line.
pub fn but(fact: &str, answer: &str) -> String {
    let other = |part: &&str| !part.trim_start().starts_with(&format!("\"{fact}\""));
    let kept: Vec<&str> = WELL.split(',').filter(other).collect();
    format!("{}, \"{fact}\": {answer}", kept.join(",")).replace('\n', " ")
}

pub fn well() -> String {
    WELL.replace('\n', " ")
}

/// A text without what differs from run to run: hashes and times.
pub fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let hex = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        if hex == 64 {
            out.push_str("HASH");
            rest = &rest[64..];
        } else if let Some(kind) = is_like(rest, "....-..-..T..:..:..Z") {
            out.push_str("TIME");
            rest = &rest[kind..];
        } else if let Some(kind) = is_like(rest, "....-..-.. ..:..:..Z").or(is_like(rest, "....-..-.. ..:.."))
        {
            out.push_str("TIME");
            rest = &rest[kind..];
        } else {
            let length = hex.max(first.len_utf8());
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    out
}

/// Whether a text begins with digits where the pattern has dots; how long it is.
fn is_like(text: &str, pattern: &str) -> Option<usize> {
    let start = text.as_bytes().get(..pattern.len())?;
    let fits = |(byte, sign): (&u8, u8)| if sign == b'.' { byte.is_ascii_digit() } else { *byte == sign };
    start.iter().zip(pattern.bytes()).all(fits).then_some(pattern.len())
}
