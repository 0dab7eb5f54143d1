//! Calendar files (RFC 5545): CRLF, folded, escaped, in UTC. The calendar is the client's own and may be seen
//! by others, so an event says what to do and nothing about the treatment.

use jiff::Zoned;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::aftercare::heading;
use super::moments::{counted, short, window};
use crate::decide::aftercare::{About, End, Timeline};
use crate::decide::plan::{Note, Outlook, Plan};
use crate::prose::{sentence_case, visible};
use crate::value::Day;

/// A line must not be longer, its break not counted.
const MAX_OCTETS: usize = 75;

/// What an event's times are.
enum When {
    /// From a moment to another; without the second it is a moment.
    Times(Zoned, Option<Zoned>),
    /// Whole days, both inside.
    Days(Day, Day),
}

struct Event {
    uid: String,
    stamp: String,
    when: When,
    summary: String,
    description: String,
    /// Whether it may still move.
    tentative: bool,
}

/// What to avoid, do and may do after a treatment. Nothing is said about what to expect: that is no
/// instruction, and no business of whoever sees the calendar.
pub fn aftercare(timeline: &Timeline) -> String {
    let ended = utc(&timeline.ended);
    let items = timeline.items.iter().filter(|item| item.about != About::Expect && item.for_clients());
    let events = items.map(|item| {
        let begins = item.begins().clone();
        let when = match &item.end {
            End::At(end) | End::NotBefore(end) if *end > begins => When::Times(begins, Some(end.clone())),
            _ => When::Times(begins, None),
        };
        let counted = counted(item).map(|words| format!("\n{}", sentence_case(&words))).unwrap_or_default();
        Event {
            uid: uid(&[&timeline.treatment, &ended, &item.id]),
            stamp: ended.clone(),
            when,
            summary: format!("{}: {}", heading(item.about), item.says.join("; ")),
            description: format!("{}{counted}", sentence_case(&window(item, &timeline.ended, short))),
            tentative: false,
        }
    });
    calendar(&events.collect::<Vec<_>>())
}

/// The sessions of a course as whole days.
pub fn plan(outlook: &Outlook, plan: &Plan) -> String {
    let first = plan.sessions.first().map_or(outlook.visit, |session| session.opens);
    let client = outlook.client.as_deref().unwrap_or_default();
    let all = plan.course;
    let stretches = |number: u32| plan.sessions.iter().filter(move |other| other.number == number);
    // Whoever was not asked, or must be asked again, may have to come on another day.
    let open = plan.notes.iter().any(|note| match note {
        Note::NobodyAsked | Note::OnTheDay(_) | Note::AskAgain(_) => true,
        Note::Waits | Note::EarlierSession(_) | Note::NotInForce(..) | Note::Moved(_) | Note::NoDay(_) => {
            false
        }
    });
    let events = plan.sessions.iter().map(|session| {
        let others = stretches(session.number).count() - 1;
        let earlier = stretches(session.number).filter(|other| other.opens < session.opens).count();
        let closes = session.closes.unwrap_or(session.opens);
        let (what, description) = match (session.closes, session.opens == closes) {
            (Some(_), true) if others > 0 => (": this day", session.opens.long()),
            (Some(_), true) => ("", session.opens.long()),
            (Some(closes), false) => {
                (": one day of these", format!("From {} to {}", session.opens.long(), closes.long()))
            }
            (None, _) => (": from this day on", format!("From {} on", session.opens.long())),
        };
        let or = if others > 0 { ", or of its other days" } else { "" };
        let number = session.number.to_string();
        let place = if earlier > 0 { format!("{number} or {earlier}") } else { number.clone() };
        let length = plan.appointment.map(|(length, _)| format!("\nBook {length}.")).unwrap_or_default();
        Event {
            uid: uid(&[&outlook.treatment, client, &first.to_string(), &place]),
            stamp: format!("{}T000000Z", compact(first)),
            when: When::Days(session.opens, closes),
            summary: format!("Session {number} of {all}{what}{or}"),
            description: format!("{description}.{length}"),
            tentative: open || session.opens != closes,
        }
    });
    calendar(&events.collect::<Vec<_>>())
}

/// The same event has the same name whenever it is written, also after its rules have changed: a calendar
/// then replaces it. The name gives nothing away.
fn uid(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}@clearance")
}

fn calendar(events: &[Event]) -> String {
    let mut file = File(String::new());
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Clearance//Clearance//EN");
    file.line("CALSCALE:GREGORIAN");
    for event in events {
        file.line("BEGIN:VEVENT");
        file.line(&format!("UID:{}", event.uid));
        file.line(&format!("DTSTAMP:{}", event.stamp));
        match &event.when {
            When::Times(start, end) => {
                file.line(&format!("DTSTART:{}", utc(start)));
                if let Some(end) = end {
                    file.line(&format!("DTEND:{}", utc(end)));
                }
            }
            When::Days(first, last) => {
                file.line(&format!("DTSTART;VALUE=DATE:{}", compact(*first)));
                file.line(&format!("DTEND;VALUE=DATE:{}", compact(last.next())));
            }
        }
        file.line(&format!("SUMMARY:{}", escaped(&event.summary)));
        file.line(&format!("DESCRIPTION:{}", escaped(&event.description)));
        if event.tentative {
            file.line("STATUS:TENTATIVE");
        }
        file.line("CLASS:PRIVATE");
        file.line("TRANSP:TRANSPARENT");
        file.line("END:VEVENT");
    }
    file.line("END:VCALENDAR");
    file.0
}

struct File(String);

impl File {
    /// Adds a line, cut between characters so that no part is too long. Further parts start with a space.
    fn line(&mut self, text: &str) {
        let mut octets = 0;
        for c in text.chars() {
            if octets + c.len_utf8() > MAX_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// Text as a value: separators and line breaks marked, other control characters made visible.
fn escaped(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.replace("\r\n", "\n").split('\n') {
        lines.push(visible(line).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,"));
    }
    lines.join("\\n")
}

/// `20260304T104500Z`
fn utc(moment: &Zoned) -> String {
    moment.with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `20260304`
fn compact(day: Day) -> String {
    day.to_string().replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_its_line_or_become_another_property() {
        let text = "a, b; c\\d\r\nEND:VEVENT\ne\rf\u{0}\u{202e}";
        assert_eq!(escaped(text), "a\\, b\\; c\\\\d\\nEND:VEVENT\\ne\u{240d}f\u{2400}\u{fffd}");
        let mut file = File(String::new());
        file.line(&"\u{1f600}".repeat(40));
        assert!(file.0.split("\r\n").all(|line| line.len() <= MAX_OCTETS));
        assert_eq!(file.0.replace("\r\n ", "").trim_end(), "\u{1f600}".repeat(40));
    }
}
