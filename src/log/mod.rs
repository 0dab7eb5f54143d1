//! What stays provable afterwards: who signed which meaning of the rules.
//!
//! `ssh` reads keys and signatures as `ssh-keygen` makes them, `signers` knows who may sign, `signoff` judges
//! the signature files of a treatment, `verdict` says how a revision stands to the one before, and `file` writes what was signed.

pub mod file;
pub mod signers;
pub mod signoff;
pub mod ssh;
pub mod verdict;
