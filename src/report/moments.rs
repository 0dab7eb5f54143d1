//! Moments as people and programs write them.

use jiff::Zoned;

use crate::decide::aftercare::{About, End, Item, day_of};

/// `Wednesday 4 March 2026, 10:45`. Where the clocks show that time twice, its distance from UTC is added.
pub(super) fn long(moment: &Zoned) -> String {
    let day = day_of(moment);
    format!("{} {}, {}", day.weekday(), day.long(), clock(moment))
}

/// `Wed 4 March 2026, 10:45`
pub(super) fn short(moment: &Zoned) -> String {
    let day = day_of(moment);
    format!("{} {}, {}", &day.weekday()[..3], day.long(), clock(moment))
}

fn clock(moment: &Zoned) -> String {
    let seconds = if moment.second() == 0 { "" } else { ":%S" };
    let twice = moment.time_zone().to_ambiguous_zoned(moment.datetime()).is_ambiguous();
    let offset = if twice { " (UTC%:z)" } else { "" };
    moment.strftime(&format!("%H:%M{seconds}{offset}")).to_string()
}

/// `2026-03-04T10:45:00+00:00`
pub(super) fn rfc3339(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// When an instruction counts: `from Mon 2 March 2026, 10:45 until at least Wed 4 March 2026, 10:45`.
pub(super) fn window(item: &Item, ended: &Zoned, write: fn(&Zoned) -> String) -> String {
    let (first, last) = &item.start;
    let from = match item.about {
        About::Expect if first != last => {
            return format!("begins between {} and {}", write(first), write(last));
        }
        _ => format!("from {}", write(item.begins())),
    };
    let now = item.begins() == ended;
    match &item.end {
        End::At(end) => format!("{from} until {}", write(end)),
        End::NotBefore(end) => format!("{from} until at least {}", write(end)),
        End::Words(words) if now => format!("{from}: {words}"),
        End::Words(words) => format!("{from}, {words}"),
        End::Always => format!("{from} on, without end"),
        End::NotGiven if item.about == About::Avoid => format!("{from} on, no end given"),
        End::NotGiven => format!("{from} on"),
    }
}

/// The words of the page behind a window: `at least 48 hours`.
pub(super) fn counted(item: &Item) -> Option<String> {
    let parts: Vec<String> = item
        .from
        .iter()
        .map(|from| format!("from {from}"))
        .chain(item.lasts.iter().map(|lasts| match item.from {
            Some(_) => format!("for {lasts}").replace("for always", "always"),
            None => lasts.to_string(),
        }))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
