//! What is known about the rules as a whole: the example cases they must get right, what those cases reach,
//! and which changes of the rules they would notice.

pub mod cases;
mod base;
mod diags;
pub mod expect;
pub mod run;
