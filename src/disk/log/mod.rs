//! The decision log as it lies on the disk: a file of lines, and beside it the file of their bodies.

mod bodies;
mod files;
mod open;
mod store;

pub use bodies::Kept;
pub use open::{Log, State};
pub use store::{CHUNK, Draft, Mended, Says, Store};
