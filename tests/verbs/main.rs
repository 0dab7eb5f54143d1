//! The commands as somebody runs them: each suite drives the built program. One test program for all of them, since
//! each one links the whole library.

mod ask;
mod batch;
mod book;
mod cli;
mod commands;
mod counts;
mod days;
mod decision_schema;
mod decisions;
mod diff;
mod fmt;
mod folder;
mod formats;
mod kinds;
mod limits;
mod log;
mod malformed;
mod matrix;
mod quote;
mod reasons;
mod records;
mod replaced;
mod review_dates;
mod reviews;
mod sign;
mod slips;
mod test_verb;
mod visit_times;
mod who;
mod written_forms;
mod year;
