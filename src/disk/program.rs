//! Other programs: git and `ssh-keygen`.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::thread;

use super::{Failed, words};

/// Runs a program to its end with `input` as its standard input, and keeps what it prints. `instead` is what to do
/// where it cannot be run. That a program fails is for the caller to judge.
pub(super) fn run(command: &mut Command, input: Option<Vec<u8>>, instead: &str) -> Result<Output, Failed> {
    let name = command.get_program().to_string_lossy().into_owned();
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let started = command.stdin(stdin).stdout(Stdio::piped()).spawn();
    let mut child = started
        .map_err(|error| Failed::new(format!("`{name}` cannot be run: {}", words(&error))).help(instead))?;
    let writer = input.zip(child.stdin.take()).map(|(input, mut stdin)| {
        // It may answer before all is asked, so both happen at once. Whatever it could not read, it says itself.
        thread::spawn(move || drop(stdin.write_all(&input)))
    });
    let output = child.wait_with_output();
    if let Some(writer) = writer {
        let _ = writer.join();
    }
    output.map_err(|error| Failed::unread(name, &error))
}
