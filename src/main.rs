//! The `clearance` command; everything it does lives in the library.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    clearance::run().into()
}
