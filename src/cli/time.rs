//! Times on the command line: `2026-03-02T10:45` in the clinic's zone, or with an offset or zone of its own.
//! A time that the clocks skip or show twice is refused, with both readings to choose from.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::exit::Failure;
use crate::value::Day;

/// Reads the value of `flag`, in the clinic's zone.
pub fn read(flag: &str, text: &str, clinic: &TimeZone) -> Result<Zoned, Failure> {
    let unreadable = || {
        Failure::new(format!("`{flag} {text}` is no time"))
            .help("write day and time as 2026-03-02T10:45, which counts in the clinic's zone")
            .help("or with a zone: 2026-03-02T10:45+01:00 or 2026-03-02T10:45[Europe/Berlin]")
    };
    let parts = parts(text).ok_or_else(unreadable)?;
    let zone = match parts.zone {
        Some(name) => TimeZone::get(name).map_err(|_| {
            Failure::new(format!("`{flag} {text}`: there is no time zone `{name}`"))
                .help("write a name such as Europe/Berlin, or an offset such as +01:00")
        })?,
        None => clinic.clone(),
    };
    if let Some(offset) = parts.offset {
        let moment = offset.to_timestamp(parts.wall).map_err(|_| unreadable())?;
        if parts.zone.is_some() && zone.to_offset(moment) != offset {
            return Err(Failure::new(format!(
                "`{flag} {text}`: the offset is not that of the zone at that time"
            ))
            .help("keep the one that is right"));
        }
        return Ok(moment.to_zoned(clinic.clone()));
    }
    let found = zone.to_ambiguous_timestamp(parts.wall);
    let (Ok(first), Ok(second)) = (found.earlier(), found.later()) else { return Err(unreadable()) };
    if first == second {
        return Ok(first.to_zoned(clinic.clone()));
    }
    let name = zone.iana_name().unwrap_or("that zone");
    let skipped = first.to_zoned(zone.clone()).datetime() != parts.wall;
    let what = if skipped { "does not exist" } else { "exists twice" };
    let suffix = parts.zone.map(|zone| format!("[{zone}]")).unwrap_or_default();
    let failure = Failure::new(format!("`{flag} {text}` {what}: the clocks change in {name} at that time"));
    let offer = |failure: Failure, moment: Timestamp| {
        let reading = format!("{}{suffix}", moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z"));
        let reading = reading.replacen(":00+", "+", 1).replacen(":00-", "-", 1);
        failure.help(format!("if you mean {reading}, type: {}", again(flag, text, &reading)))
    };
    Err(offer(offer(failure, first), second))
}

/// Reads `--at`: a time, or one after `ended` such as `+10h` or `+90m`.
pub fn read_after(flag: &str, text: &str, ended: &Zoned) -> Result<Zoned, Failure> {
    let Some(later) = text.strip_prefix('+') else { return read(flag, text, ended.time_zone()) };
    let number = later.strip_suffix(['h', 'm']).filter(|n| (1..=6).contains(&n.len()));
    let number = number.and_then(|n| n.bytes().all(|b| b.is_ascii_digit()).then(|| n.parse::<i64>().ok())?);
    let Some(n) = number else {
        return Err(Failure::new(format!("`{flag} {text}` is no time after the treatment"))
            .help("write +10h for ten hours later, +90m for ninety minutes later"));
    };
    let later =
        if text.ends_with('h') { SignedDuration::from_hours(n) } else { SignedDuration::from_mins(n) };
    Ok(ended.saturating_add(later))
}

struct Parts<'t> {
    wall: DateTime,
    offset: Option<Offset>,
    zone: Option<&'t str>,
}

/// `2026-03-02T10:45`, `2026-03-02T10:45:30+01:00`, `2026-03-02T10:45[Europe/Berlin]`.
fn parts(text: &str) -> Option<Parts<'_>> {
    let (body, zone) = match text.strip_suffix(']') {
        Some(rest) => rest.split_once('[').map(|(body, zone)| (body, Some(zone)))?,
        None => (text, None),
    };
    let (day, rest) = body.split_at_checked(10)?;
    let (year, month, day) = Day::parse(day)?.civil();
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let at = time.find(['+', '-', 'Z', 'z']).unwrap_or(time.len());
    let (time, offset) = time.split_at(at);
    let offset = match offset {
        "" => None,
        "Z" | "z" => Some(Offset::UTC),
        signed => Some(self::offset(signed)?),
    };
    let fields: Vec<&str> = time.split(':').collect();
    let (hour, minute, second) = match fields[..] {
        [hour, minute] => (two(hour)?, two(minute)?, 0),
        [hour, minute, second] => (two(hour)?, two(minute)?, two(second)?),
        _ => return None,
    };
    let wall = Date::new(year, month, day).ok()?.to_datetime(Time::new(hour, minute, second, 0).ok()?);
    Some(Parts { wall, offset, zone })
}

/// `+01:00`
fn offset(text: &str) -> Option<Offset> {
    let (hours, minutes) = text[1..].split_once(':')?;
    let (hours, minutes) = (i32::from(two(hours)?), i32::from(two(minutes)?));
    let seconds = (hours <= 15 && minutes <= 59).then_some(hours * 3_600 + minutes * 60)?;
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()
}

fn two(text: &str) -> Option<i8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The command as it was typed, with one value replaced.
fn again(flag: &str, text: &str, reading: &str) -> String {
    let args: Vec<String> =
        std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
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
