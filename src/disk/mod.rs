//! The machine: the folder, the log, git, the clock. Every path that is opened, every program that is started and
//! everything that is asked of the computer stands here, and nothing is printed.
//!
//! What cannot be read, written or started comes back as [`Failed`], in words for people. Functions that give an
//! [`std::io::Error`] leave the words to a caller who calls the place by another name.
//!
//! ```text
//! read  write              files that were named or found, standard input; what is put in a file's place
//! clock  environment       what day it is; who runs the program, and how it was called
//! folder  git  archive     the rules as they lie in a folder, stood at a revision, were kept for a decision
//! approved                 the approved answers beside the cases
//! log                      the decision log and its bodies
//! program  keygen          starting other programs; signatures, which `ssh-keygen` makes
//! ```

pub mod approved;
pub mod archive;
pub mod clock;
pub mod environment;
mod failed;
pub mod folder;
pub mod git;
pub mod keygen;
pub mod log;
mod program;
pub mod read;
pub mod write;

pub use failed::{Failed, words};
