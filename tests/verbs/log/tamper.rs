//! Whatever is done to a log is found.

use clearance::inside::log::chain::{self, START, Verifier};
use clearance::inside::log::entry::{Asked, Cause, Entry, Erasure, Ground, Override, What};
use clearance::inside::log::hash;

const LINES: u64 = 200;

/// A log with lines of every kind.
fn log(asked_by: &str) -> Vec<Vec<u8>> {
    let mut previous = START.to_string();
    let mut lines = Vec::new();
    for sequence in 1..=LINES {
        let commitment = |what: &str| hash(&[what.as_bytes(), &sequence.to_be_bytes()]);
        let asked = || Asked {
            rules: format!("sha256:{}", hash(&[b"rules"])),
            asked_by: asked_by.to_string(),
            record: commitment("record"),
            decision: commitment("decision"),
        };
        let by = "B. Lind, \"née\" Sørensen".to_string();
        let what = match sequence % 20 {
            7 => What::Unreadable(asked()),
            13 => What::Override(Override {
                of: sequence - 1,
                by,
                role: "prescriber".to_string(),
                code: Cause::FactWrong,
                words: commitment("words"),
            }),
            19 => What::Erasure(Erasure {
                sequences: vec![sequence - 2, sequence - 1],
                by,
                ground: Ground::Asked,
            }),
            _ => What::Decision(asked()),
        };
        let time = format!("2026-03-02T10:{:02}:{:02}Z", sequence / 60, sequence % 60);
        let entry = Entry { sequence, previous, time, engine: "0.1.0".to_string(), what };
        let (line, own) = chain::write(&entry).expect("a line");
        lines.push(line.into_bytes());
        previous = own;
    }
    lines
}

/// What is found after `before` in these bytes.
fn found(before: &Verifier, bytes: &[u8]) -> Vec<String> {
    let mut verifier = before.clone();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        verifier.line(line);
    }
    verifier.findings.into_iter().map(|finding| finding.message).collect()
}

fn all(lines: &[Vec<u8>]) -> Vec<String> {
    found(&Verifier::default(), &lines.concat())
}

#[test]
fn a_log_that_nobody_touched_is_whole() {
    assert_eq!(all(&log("front desk")), Vec::<String>::new());
}

/// Every byte is set to other values, taken out and doubled.
#[test]
fn every_change_of_a_byte_is_found() {
    let lines = log("front desk");
    let mut before = Verifier::default();
    let mut tried = 0;
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).cloned().unwrap_or_default();
        for place in 0..line.len() {
            let byte = line[place];
            let mut changes = [byte ^ 1, byte ^ 0x20, byte.wrapping_add(7), b'\n', b' ', b'\r', 0, 0xff];
            let first = place % changes.len();
            changes.rotate_left(first);
            let mut others: Vec<Vec<u8>> = Vec::new();
            for other in changes[..3].iter().copied().filter(|other| *other != byte) {
                let mut changed = line.clone();
                changed[place] = other;
                others.push(changed);
            }
            let (mut less, mut more) = (line.clone(), line.clone());
            less.remove(place);
            more.insert(place, byte);
            // Doubling one of two equal letters or taking one of them out makes the same text, but never the old one.
            others.extend([less, more]);
            for mut changed in others {
                // A line without its end runs into the next.
                if !changed.ends_with(b"\n") {
                    changed.extend(&next);
                }
                tried += 1;
                let shown = String::from_utf8_lossy(&changed).into_owned();
                assert!(!found(&before, &changed).is_empty(), "line {}, byte {place}: {shown}", at + 1);
            }
        }
        before.line(line);
    }
    assert!(before.findings.is_empty());
    assert!(tried > 200_000, "{tried} changes were tried");
}

/// Removing, moving, repeating and putting in lines. Only a cut at the end leaves a whole chain: a kept head tells.
#[test]
fn what_is_done_to_whole_lines_is_found() {
    let lines = log("front desk");
    let other = log("somebody else");
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        assert_eq!(all(&without).is_empty(), at + 1 == lines.len(), "line {} removed", at + 1);
        let mut again = lines.clone();
        again.insert(at, lines[at].clone());
        assert!(!all(&again).is_empty(), "line {} repeated", at + 1);
        if at > 0 {
            let mut swapped = lines.clone();
            swapped.swap(at - 1, at);
            assert!(!all(&swapped).is_empty(), "lines {at} and {} swapped", at + 1);
        }
        let mut replaced = lines.clone();
        replaced[at] = other[at].clone();
        // In place of the last line stands one that follows another chain.
        assert!(!all(&replaced).is_empty() || at == 0 && lines.len() == 1, "line {} replaced", at + 1);
    }
}

#[test]
fn a_line_whose_number_no_log_reaches_is_no_line() {
    let mut lines = log("front desk");
    lines.truncate(5);
    let mut entry = chain::read(&lines[4]).expect("a line").entry;
    for (sequence, message) in [
        (1 << 53, "entries 5 to 9007199254740991 are missing before line 5"),
        ((1 << 53) + 1, "line 5 is no line of a decision log"),
        (u64::MAX, "line 5 is no line of a decision log"),
    ] {
        entry.sequence = sequence;
        lines[4] = chain::write(&entry).expect("a line").0.into_bytes();
        assert_eq!(all(&lines), [message]);
    }
}

#[test]
fn findings_name_the_line() {
    let lines = log("front desk");
    let mut said = String::new();
    let mut say = |what: &str, lines: &[Vec<u8>]| {
        said += &format!("{what}\n");
        for message in all(lines) {
            said += &format!("  {message}\n");
        }
    };
    let with = |at: usize, old: &str, new: &str| {
        let mut changed = lines.clone();
        let text = String::from_utf8(changed[at].clone()).expect("UTF-8");
        assert!(text.contains(old));
        changed[at] = text.replacen(old, new, 1).into_bytes();
        changed
    };
    say("who asked is changed in line 5", &with(4, "front desk", "B. Lind"));
    say("the hash of line 5 is changed", &with(4, "\"hash\":\"", "\"hash\":\"0"));
    say("a space is put into line 5", &with(4, ",", ", "));
    let forged = {
        let mut changed = lines.clone();
        let mut entry = chain::read(&lines[4]).expect("a line").entry;
        entry.time = "2026-03-01T10:00:00Z".to_string();
        changed[4] = chain::write(&entry).expect("a line").0.into_bytes();
        changed
    };
    say("line 5 is written anew, with a hash that fits", &forged);
    let mut cut = lines.clone();
    cut.drain(4..7);
    say("lines 5 to 7 are removed", &cut);
    cut = lines.clone();
    cut.drain(..2);
    say("the first two lines are removed", &cut);
    let mut swapped = lines.clone();
    swapped.swap(4, 5);
    say("lines 5 and 6 change places", &swapped);
    let mut torn = lines.clone();
    torn[199].truncate(100);
    say("the last line is torn", &torn);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("tamper@findings", said);
    });
}
