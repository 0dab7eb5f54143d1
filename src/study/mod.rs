//! What is known about the rules as a whole: the example cases they must get right, what those cases reach,
//! and which changes of the rules they would notice.

mod base;
pub mod cases;
mod diags;
pub mod expect;
pub mod run;
