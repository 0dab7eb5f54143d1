//! `ssh-keygen`, which makes signatures. Private keys stay with it: nothing here ever reads one.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::exit::Failure;
use crate::disk::words;
use crate::log::ssh::NAMESPACE;

/// Has `text` signed with the key at `key`. A passphrase or a touch is asked for on the terminal.
pub fn sign(key: &Path, text: &str) -> Result<String, Failure> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key);
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| {
        Failure::new(format!("`ssh-keygen` cannot be run: {}", words(&error))).help(
            "install OpenSSH; or leave `--key` out, sign the text elsewhere, and bring `--signature FILE`",
        )
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // Whatever it could not read, it says itself.
        let _ = stdin.write_all(text.as_bytes());
    }
    let output = child
        .wait_with_output()
        .map_err(|error| Failure::new(format!("`ssh-keygen` cannot be read: {}", words(&error))))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failure::new(format!("`ssh-keygen` made no signature with `{}`", key.display()))
            .help("name the private key, or its `.pub` file if the key is in an agent")),
    }
}
