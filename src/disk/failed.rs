//! Why a path could not be opened or a program not started, in words for people.

use std::fmt::Display;
use std::io;

/// Why something could not be read, written or started. Whoever asked for it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What is wrong, in one line.
    pub message: String,
    /// What to do, one line each; there may be none.
    pub helps: Vec<String>,
}

impl Failed {
    /// A failure without advice; add it with [`Failed::help`].
    pub fn new(message: impl Into<String>) -> Failed {
        Failed { message: message.into(), helps: Vec::new() }
    }

    /// Adds what to do.
    pub fn help(mut self, text: impl Into<String>) -> Failed {
        self.helps.push(text.into());
        self
    }

    /// Says that what is called `shown` cannot be read.
    pub fn unread(shown: impl Display, error: &io::Error) -> Failed {
        Failed::new(format!("`{shown}` cannot be read: {}", words(error)))
    }

    /// Says that what is called `shown` cannot be written.
    pub fn unwritten(shown: impl Display, error: &io::Error) -> Failed {
        Failed::new(format!("`{shown}` cannot be written: {}", words(error)))
    }
}

/// What went wrong with a file, in a few plain words.
pub fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_string(),
        io::ErrorKind::PermissionDenied => "you are not allowed to read or write it".to_string(),
        io::ErrorKind::IsADirectory => "it is a folder".to_string(),
        io::ErrorKind::NotADirectory => "a part of its path is a file".to_string(),
        io::ErrorKind::StorageFull => "the disk is full".to_string(),
        io::ErrorKind::QuotaExceeded => "no more room is granted on the disk".to_string(),
        io::ErrorKind::FileTooLarge => "the file may not grow any further".to_string(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_string(),
        _ => error.to_string(),
    }
}
