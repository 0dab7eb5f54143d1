//! The decision log: nothing is lost, nothing changes unseen, and what was decided comes out again.

mod commands;
mod crash;
mod full;
mod replays;
mod space;
mod tamper;
