//! Wall times as people write them: `2026-03-02T10:45` in the clinic's zone, or with an offset or zone of its
//! own. A time that the clocks skip or show twice is not guessed.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Zoned};

use crate::value::Day;

/// Why a text is no moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoMoment {
    /// It is no time at all.
    NoTime,
    /// It names a zone that does not exist.
    NoZone(String),
    /// Its offset is not that of its zone at that time.
    OtherOffset,
    /// The clocks skip it, or show it twice: both readings, in the zone it is written in.
    ClocksChange {
        /// Whether they skip it.
        skipped: bool,
        /// The two moments it may mean.
        readings: [Zoned; 2],
        /// The zone as written behind it, in brackets.
        suffix: String,
    },
    /// It should come after another moment and does not say how long after.
    NoSpan,
}

/// Reads a moment; without a zone of its own the text counts in the clinic's. The result is in the clinic's zone.
pub fn moment(text: &str, clinic: &TimeZone) -> Result<Zoned, NoMoment> {
    let parts = parts(text).ok_or(NoMoment::NoTime)?;
    let zone = match parts.zone {
        Some(name) => TimeZone::get(name).map_err(|_| NoMoment::NoZone(name.to_string()))?,
        None => clinic.clone(),
    };
    if let Some(offset) = parts.offset {
        let moment = offset.to_timestamp(parts.wall).map_err(|_| NoMoment::NoTime)?;
        if parts.zone.is_some() && zone.to_offset(moment) != offset {
            return Err(NoMoment::OtherOffset);
        }
        return Ok(moment.to_zoned(clinic.clone()));
    }
    let found = zone.to_ambiguous_timestamp(parts.wall);
    let (Ok(first), Ok(second)) = (found.earlier(), found.later()) else { return Err(NoMoment::NoTime) };
    if first == second {
        return Ok(first.to_zoned(clinic.clone()));
    }
    let skipped = first.to_zoned(zone.clone()).datetime() != parts.wall;
    let suffix = parts.zone.map(|zone| format!("[{zone}]")).unwrap_or_default();
    let readings = [first.to_zoned(zone.clone()), second.to_zoned(zone)];
    Err(NoMoment::ClocksChange { skipped, readings, suffix })
}

/// Reads a moment, or one so long after `ended`: `+10h`, `+90m`.
pub fn moment_after(text: &str, ended: &Zoned) -> Result<Zoned, NoMoment> {
    let Some(later) = text.strip_prefix('+') else { return moment(text, ended.time_zone()) };
    let number = later.strip_suffix(['h', 'm']).filter(|n| (1..=6).contains(&n.len()));
    let number = number.and_then(|n| n.bytes().all(|b| b.is_ascii_digit()).then(|| n.parse::<i64>().ok())?);
    let n = number.ok_or(NoMoment::NoSpan)?;
    let later =
        if text.ends_with('h') { SignedDuration::from_hours(n) } else { SignedDuration::from_mins(n) };
    Ok(ended.saturating_add(later))
}

/// A reading as it can be typed.
pub fn reading(moment: &Zoned, suffix: &str) -> String {
    let reading = format!("{}{suffix}", moment.strftime("%Y-%m-%dT%H:%M:%S%:z"));
    reading.replacen(":00+", "+", 1).replacen(":00-", "-", 1)
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
