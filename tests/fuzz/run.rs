//! Runs a target many times and looks what becomes of it: no panic, no hang, no memory without end.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};

use crate::memory;
use crate::mutate::Mutator;
use crate::random::Random;
use crate::seeds::{self, Seed};

/// What is fuzzed.
pub struct Target {
    /// Names the folder of its seeds.
    pub name: &'static str,
    /// How many of a thousand executions it gets.
    pub share: u64,
    /// How long an input may become, but for a few.
    pub longest: usize,
    /// How much stack it has, in MiB: that of the program's main thread, or of a worker.
    pub stack: usize,
}

/// One input.
pub struct Input<'i> {
    /// The ending of the seed it was made from.
    pub kind: &'i str,
    /// The input itself.
    pub bytes: &'i [u8],
    /// For choices that the target makes itself.
    pub random: u64,
}

/// All executions, unless `CLEARANCE_FUZZ` says how many: a run of a few seconds.
const EXECUTIONS: u64 = 10_000;
/// The most memory of one execution.
const MOST_MEMORY: usize = 500 << 20;
/// The longest execution of a run that was asked for, which is a fast build's; any other build may be slower.
const MOST_TIME: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];
/// So many inputs that did something new are kept beside the seeds.
const MOST_KEPT: usize = 1_000;

thread_local! {
    static EXECUTING: Cell<bool> = const { Cell::new(false) };
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What is being executed, for the watchdog.
struct Now {
    started: Instant,
    input: Mutex<Seed>,
    number: AtomicU64,
    /// The same, counted from 1; 0 between two.
    since: AtomicU64,
    done: AtomicBool,
}

/// Runs a target. `execute` says in a number what it saw: inputs that show something new are mutated further.
pub fn run<E: FnMut(&Input<'_>) -> u64>(target: &Target, execute: impl FnOnce() -> E + Send) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        panic::set_hook(Box::new(|info| {
            // Between two executions it is the fuzzer that is at fault.
            if !EXECUTING.get() {
                eprintln!("{info}");
            }
            PANICKED.set(Some(info.to_string()));
        }));
    });
    let ran = thread::scope(|scope| {
        let thread = thread::Builder::new().name(target.name.to_string()).stack_size(target.stack << 20);
        thread.spawn_scoped(scope, || runs(target, execute())).expect("a thread").join()
    });
    let wrong = ran.unwrap_or_else(|_| Some(format!("{}: the fuzzer itself panicked", target.name)));
    if let Some(wrong) = wrong {
        panic!("{wrong}");
    }
}

fn runs(target: &Target, mut execute: impl FnMut(&Input<'_>) -> u64) -> Option<String> {
    let executions = (number("CLEARANCE_FUZZ", EXECUTIONS) * target.share / 1_000).max(1);
    let seed = number("CLEARANCE_FUZZ_SEED", 1);
    let most_time = MOST_TIME[usize::from(std::env::var_os("CLEARANCE_FUZZ").is_none())];
    let keep_each = std::env::var_os("CLEARANCE_FUZZ_KEEP").is_some();
    let random = Random::new(
        seed ^ target.name.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte)),
    );
    let words = seeds::words(target.name);
    let mutator = Mutator { words: &words, longest: target.longest };
    let mut kept = seeds::of(target.name);
    let first = kept.len();
    assert!(first > 0, "{} has no seeds", target.name);
    let now = Arc::new(Now {
        started: Instant::now(),
        input: Mutex::new(Seed { kind: String::new(), bytes: Vec::new() }),
        number: AtomicU64::new(0),
        since: AtomicU64::new(0),
        done: AtomicBool::new(false),
    });
    let watched = Arc::clone(&now);
    let name = target.name;
    let dog = thread::spawn(move || watch(&watched, name, most_time));
    let (mut seen, mut slowest, mut most, mut caught) = (HashSet::new(), (Duration::ZERO, 0), (0, 0), 0);
    let mut wrong = None;
    for number in 0..executions {
        let mut now_input = now.input.lock().expect("the watchdog does not panic");
        let from = &kept[random.below(kept.len())];
        now_input.kind.clone_from(&from.kind);
        now_input.bytes.clear();
        now_input.bytes.extend_from_slice(&from.bytes);
        // Every seed as it is first.
        if let Some(seed) = kept[..first].get(number as usize) {
            now_input.clone_from(seed);
        } else {
            let other = &kept[random.below(kept.len())].bytes;
            mutator.mutate(&mut now_input.bytes, other, &random);
        }
        let Seed { kind, bytes } = now_input.clone();
        drop(now_input);
        if keep_each {
            write(name, &kind, &bytes);
        }
        now.number.store(number, Ordering::Relaxed);
        now.since.store(number + 1, Ordering::Release);
        EXECUTING.set(true);
        let begun = Instant::now();
        let input = Input { kind: &kind, bytes: &bytes, random: random.next() };
        let (outcome, memory) = memory::peak_of(|| panic::catch_unwind(AssertUnwindSafe(|| execute(&input))));
        let mut took = begun.elapsed();
        if took > most_time && outcome.is_ok() {
            // The machine may have been busy elsewhere: only what is slow again is slow.
            let begun = Instant::now();
            let _ = panic::catch_unwind(AssertUnwindSafe(|| execute(&input)));
            took = begun.elapsed();
        }
        EXECUTING.set(false);
        now.since.store(0, Ordering::Release);
        slowest = slowest.max((took, number));
        most = most.max((memory, number));
        let fault = match (&outcome, PANICKED.take()) {
            (Err(_), said) => Some(said.unwrap_or_default()),
            // The sandbox of scripts catches what its engine does wrong.
            (Ok(_), Some(_)) => {
                caught += 1;
                None
            }
            (Ok(_), None) if memory > MOST_MEMORY => Some(format!("{} MiB of memory", memory >> 20)),
            (Ok(_), None) if took > most_time => Some(format!("it took {took:?}")),
            (Ok(_), None) => None,
        };
        if let Some(fault) = fault {
            let path = write(name, &kind, &bytes);
            wrong =
                Some(format!("{name}, seed {seed}, execution {number}, kept in {}: {fault}", path.display()));
            break;
        }
        if let Ok(saw) = outcome
            && seen.insert(saw)
            && number as usize >= first
            && kept.len() < first + MOST_KEPT
        {
            kept.push(Seed { kind, bytes });
        }
    }
    now.done.store(true, Ordering::Release);
    let _ = dog.join();
    let took = now.started.elapsed();
    eprintln!(
        "{name}: {executions} executions in {:.1} s, {} ways seen, slowest {:.1} ms (execution {}), most memory {:.1} MiB (execution {}), {caught} panics inside scripts",
        took.as_secs_f64(),
        seen.len(),
        slowest.0.as_secs_f64() * 1e3,
        slowest.1,
        most.0 as f64 / f64::from(1 << 20),
        most.1,
    );
    wrong
}

/// Ends the run if an execution takes far too long, which nothing else could. It counts its own steps: while the
/// whole machine sleeps, so does it.
fn watch(now: &Now, name: &str, most_time: Duration) {
    const STEP: Duration = Duration::from_millis(50);
    let (mut seen, mut steps) = (0, 0);
    while !now.done.load(Ordering::Acquire) {
        thread::sleep(STEP);
        let since = now.since.load(Ordering::Acquire);
        steps = if since > 0 && since == seen { steps + 1 } else { 0 };
        seen = since;
        if STEP * steps > 5 * most_time {
            let input = now.input.lock().map(|input| input.clone());
            let path = input.map(|input| write(name, &input.kind, &input.bytes)).unwrap_or_default();
            let number = now.number.load(Ordering::Relaxed);
            eprintln!("{name}, execution {number}, kept in {}: it does not end", path.display());
            std::process::abort();
        }
    }
}

/// Keeps an input, so that it can be made a seed.
fn write(name: &str, kind: &str, bytes: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    let _ = fs::create_dir_all(&folder);
    let path = folder.join(format!("{name}.{kind}"));
    let _ = fs::write(&path, bytes);
    path
}
