//! Texts become nodes that know where they stand. This floor knows YAML, JSON and CSV, and nothing about rules.

pub mod csv;
pub mod folder;
pub mod json;
pub mod node;
mod runs;
mod value;
pub mod yaml;

pub use folder::Folder;
pub use node::{Entry, Kind, Node, Scalar, Style};
pub use value::{Pair, Shape, Value};
