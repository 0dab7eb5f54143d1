//! The only floor that formats: one file per format, and the texts the binary carries with it.

pub mod explain;
pub mod findings;
pub mod schema;
mod snippet;
