//! The promises of the design as properties, on random pages and records: an eighth of the usual number, or
//! `CLEARANCE_CASES` times as many.

mod apart;
mod brute;
mod calendar;
mod condition;
mod diff;
mod draft;
mod expression;
mod facts;
mod found;
mod intake;
mod naive;
mod noticed;
mod offered;
mod page;
mod promised;
mod proofs;
mod random;
mod reach;
mod record;
mod rhai_values;
mod same_bytes;
mod told;
mod who;
mod widening;
