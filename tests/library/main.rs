//! Rules, scripts, cases and proofs as the library has them, without the program around it.

mod broken;
mod cases;
mod conditions;
mod large;
mod one_line;
mod rhai_agrees;
mod rulebook;
mod schemas;
mod scripts;
mod stranger;
mod study;
mod tables;
