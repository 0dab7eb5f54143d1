//! Inputs that nobody would write, by the ten thousand: whatever they are, the program says what is wrong with
//! them. No panic, no endless run, no memory without end, and what it says is harmless to print.
//!
//! A run is the same each time: `CLEARANCE_FUZZ=10000000 cargo test --profile fuzz --test fuzz -- --nocapture`
//! makes so many executions in all, `CLEARANCE_FUZZ_SEED=2` makes other ones. An input that breaks something
//! is kept in `target/tmp/fuzz`; moved to `tests/fuzz/seeds/<target>/` it is tried first in every run. If the
//! process itself is ended, as by an overflow of the stack, `CLEARANCE_FUZZ_KEEP=1` leaves the last input there.

mod checks;
mod expressions;
mod layout;
mod logs;
mod memory;
mod mutate;
mod pieces;
mod random;
mod records;
mod rules;
mod run;
mod scripts;
mod seeds;
mod signatures;

use clearance::inside::rulebook::records::Input as Format;
use run::{Target, run};

#[global_allocator]
static COUNTED: memory::Counted = memory::Counted;

#[test]
fn conditions() {
    let target = Target { name: "expressions", share: 440, longest: 800, stack: 2 };
    run(&target, expressions::executor);
}

#[test]
fn client_records() {
    let target = Target { name: "records", share: 80, longest: 2_000, stack: 2 };
    run(&target, records::executor);
}

#[test]
fn ndjson_in_pieces() {
    let target = Target { name: "ndjson-in-pieces", share: 40, longest: 2_000, stack: 2 };
    run(&target, || pieces::executor(Format::Ndjson));
}

#[test]
fn csv_in_pieces() {
    let target = Target { name: "csv-in-pieces", share: 40, longest: 2_000, stack: 2 };
    run(&target, || pieces::executor(Format::Csv));
}

#[test]
fn keys_and_signatures() {
    let target = Target { name: "keys", share: 300, longest: 2_000, stack: 8 };
    run(&target, signatures::executor);
}

#[test]
fn signature_files() {
    let target = Target { name: "signature-files", share: 10, longest: 8_000, stack: 8 };
    run(&target, signatures::executor);
}

#[test]
fn decision_logs() {
    let target = Target { name: "logs", share: 40, longest: 10_000, stack: 8 };
    run(&target, logs::executor);
}

#[test]
fn formatted_pages() {
    let target = Target { name: "fmt", share: 30, longest: 12_000, stack: 8 };
    run(&target, || layout::execute);
}

#[test]
fn scripts_of_pages() {
    let target = Target { name: "scripts", share: 10, longest: 3_000, stack: 8 };
    run(&target, || scripts::execute);
}

#[test]
fn rules_folders() {
    let target = Target { name: "rules", share: 10, longest: 30_000, stack: 8 };
    run(&target, || rules::execute);
}
