//! What stays provable afterwards: what was decided, and who signed which meaning of the rules.
//!
//! The decision log: one line for each decision, chained to the line before it, and beside it the bodies that
//! may be erased. Nothing here reads a file, a clock or chance: `disk::log` does.
//!
//! A line is one JSON object whose last key is `hash`: SHA-256, in lower case hex, of the line without
//! `,"hash":"..."` and without its end. `previous` is the hash of the line before, and 64 zeros in the first.
//! So anybody can check a line without this program:
//!
//! ```sh
//! sed -n 7p clinic.log | sed 's/,"hash":"[0-9a-f]*"}$/}/' | tr -d '\n' | sha256sum
//! ```
//!
//! `record`, `decision` and `words` in a line are commitments: SHA-256 of a salt, as 64 letters of hex, and the
//! JSON text that stands beside that salt in the bodies. Once salt and text are gone, the commitment says
//! nothing about them, and the chain stays whole.
//!
//! Of sign-off, `ssh` reads keys and signatures as `ssh-keygen` makes them, `signers` knows who may sign,
//! `signoff` judges the signature files of a treatment, `verdict` says how a revision stands to the one signed
//! before, and `file` writes what was signed.

pub mod body;
pub mod chain;
pub mod entry;
pub mod file;
pub mod record;
pub mod replay;
pub mod signers;
pub mod signoff;
pub mod ssh;
pub mod standing;
pub mod tally;
#[cfg(feature = "cli")]
pub mod verdict;

use sha2::{Digest, Sha256};

/// SHA-256 of several texts one after the other, in lower case hex.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}

/// Whether a text is a hash as lines write it.
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
