//! `ssh-keygen`, which makes signatures. Private keys stay with it: nothing here ever reads one.

use std::path::Path;
use std::process::Command;

use super::{Failed, program};
use crate::log::ssh::NAMESPACE;

/// Has `text` signed with the key at `key`. A passphrase or a touch is asked for on the terminal.
pub fn sign(key: &Path, text: &str) -> Result<String, Failed> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key);
    let instead =
        "install OpenSSH; or leave `--key` out, sign the text elsewhere, and bring `--signature FILE`";
    let output = program::run(&mut command, Some(text.as_bytes().to_vec()), instead)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failed::new(format!("`ssh-keygen` made no signature with `{}`", key.display()))
            .help("name the private key, or its `.pub` file if the key is in an agent")),
    }
}
