//! Texts become nodes that know where they stand. This floor knows YAML, JSON and CSV, and nothing about rules.

pub mod node;

pub use node::{Entry, Kind, Node, Scalar, Style};
