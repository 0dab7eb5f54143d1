//! The machine: the folder, the log, git, the clock. Every path that is opened, every program that is started and
//! everything that is asked of the computer stands here, and nothing is printed.
//!
//! What cannot be read, written or started comes back as [`Failed`], in words for people. Functions that give an
//! [`std::io::Error`] leave the words to a caller who calls the place by another name.
//!
//! ```text
//! read         files that were named or found, and standard input
//! write        files, folders, and a text in the place of another
//! clock        what day and what moment it is
//! environment  who runs the program, and how it was called
//! program      starting other programs
//! folder       the files of a rules folder
//! git          the same files as they stood at a revision; needs `program` and `folder`
//! keygen       signatures, which `ssh-keygen` makes
//! ```

pub mod clock;
pub mod environment;
mod failed;
pub mod folder;
pub mod git;
pub mod keygen;
mod program;
pub mod read;
pub mod write;

pub use failed::{Failed, words};
