//! Times on the command line, read as `decide::wall` reads them. A time that the clocks skip or show twice is
//! refused, with both readings to choose from.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::exit::Failure;
use crate::decide::wall::{self, NoMoment};
use crate::disk::environment;

/// Reads the value of `flag`, in the clinic's zone.
pub fn read(flag: &str, text: &str, clinic: &TimeZone) -> Result<Zoned, Failure> {
    wall::moment(text, clinic).map_err(|why| failure(flag, text, why))
}

/// Reads `--at`: a time, or one after `ended` such as `+10h` or `+90m`.
pub fn read_after(flag: &str, text: &str, ended: &Zoned) -> Result<Zoned, Failure> {
    wall::moment_after(text, ended).map_err(|why| failure(flag, text, why))
}

fn failure(flag: &str, text: &str, why: NoMoment) -> Failure {
    match why {
        NoMoment::NoTime => Failure::new(format!("`{flag} {text}` is no time"))
            .help("write day and time as 2026-03-02T10:45, which counts in the clinic's zone")
            .help("or with a zone: 2026-03-02T10:45+01:00 or 2026-03-02T10:45[Europe/Berlin]"),
        NoMoment::NoZone(name) => Failure::new(format!("`{flag} {text}`: there is no time zone `{name}`"))
            .help("write a name such as Europe/Berlin, or an offset such as +01:00"),
        NoMoment::OtherOffset => {
            Failure::new(format!("`{flag} {text}`: the offset is not that of the zone at that time"))
                .help("keep the one that is right")
        }
        NoMoment::NoSpan => Failure::new(format!("`{flag} {text}` is no time after the treatment"))
            .help("write +10h for ten hours later, +90m for ninety minutes later"),
        NoMoment::ClocksChange { skipped, readings, suffix } => {
            let name = readings[0].time_zone().iana_name().unwrap_or("that zone");
            let what = if skipped { "does not exist" } else { "exists twice" };
            let failure =
                Failure::new(format!("`{flag} {text}` {what}: the clocks change in {name} at that time"));
            readings.iter().fold(failure, |failure, moment| {
                let reading = wall::reading(moment, &suffix);
                failure.help(format!("if you mean {reading}, type: {}", again(flag, text, &reading)))
            })
        }
    }
}

/// The command as it was typed, with one value replaced.
fn again(flag: &str, text: &str, reading: &str) -> String {
    let args = environment::typed();
    let joined = format!("{flag}={text}");
    let typed =
        args.iter().enumerate().map(|(at, arg)| match at.checked_sub(1).map(|before| &args[before]) {
            _ if *arg == joined => format!("{flag}={reading}"),
            Some(before) if before == flag && arg == text => reading.to_string(),
            _ => arg.clone(),
        });
    let words: Vec<String> =
        std::iter::once("clearance".to_string()).chain(typed).map(|w| quoted(&w)).collect();
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+=@,%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
