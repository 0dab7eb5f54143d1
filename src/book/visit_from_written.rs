//! Course, appointment, aftercare and prices: from text to durations, activities and bands.

use super::dates::{Dated, InForce, never_longer};
use super::diags::Finding;
use super::fact::FactKind;
use super::facts_from_written::check_name;
use super::from_written::Page;
use super::lower::ParameterKind;
use super::{
    Activity, AftercareItem, Appointment, Band, Course, Exclusion, Extent, Matter, PriceList, PriceScript,
    Pricing, Step,
};
use crate::diagnostic::Diagnostic;
use crate::prose;
use crate::suggest;
use crate::value::{Duration, Number};
use crate::written::{self, Named, Words, text};

impl Page<'_> {
    /// Whether the first is never longer than the second, with every value that parameters ever have.
    fn never_longer(&self, a: &Extent, b: &Extent) -> bool {
        let longest = |extent: &Extent| self.durations(extent);
        longest(a).iter().all(|a| longest(b).iter().all(|b| never_longer(*a, *b)))
    }

    fn durations(&self, extent: &Extent) -> Vec<Duration> {
        match extent {
            Extent::Range(_, end) | Extent::AtLeast(end) => vec![*end],
            Extent::Parameter(id) => self.lengths.get(id).cloned().unwrap_or_default(),
            Extent::Always => Vec::new(),
        }
    }

    fn bad_window(&mut self, words: &Words, message: String, help: &str) {
        self.out.push(Finding::BadWindow { span: words.span, message, help: help.to_string() }.into());
    }

    /// `48 hours`, `4 to 6 weeks`, `at least 1 week`, `always`, or the name of a duration parameter.
    fn extent(&mut self, words: &Words) -> Option<Extent> {
        let text = words.text.as_str();
        if text == "always" {
            return Some(Extent::Always);
        }
        if let Some((id, ParameterKind::Duration { .. })) = self.names.parameters.get(text) {
            return Some(Extent::Parameter(*id));
        }
        let found = match (text.strip_prefix("at least "), text.split_once(" to ")) {
            (Some(rest), _) => Duration::parse(rest).map(Extent::AtLeast),
            (None, Some((low, high))) => {
                let high = Duration::parse(high);
                let low = match (Duration::parse(low), high) {
                    (None, Some(high)) => Duration::parse(&format!("{low} {}s", high.unit.name())),
                    (low, _) => low,
                };
                low.zip(high).map(|(low, high)| Extent::Range(low, high))
            }
            (None, None) => Duration::parse(text).map(|one| Extent::Range(one, one)),
        };
        match found {
            None => {
                let near = suggest::nearest(text, self.names.parameters.keys().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean the parameter `{near}`?"),
                    None => "write `48 hours`, `4 to 6 weeks`, `at least 1 week`, `always` or a parameter"
                        .to_string(),
                };
                self.bad_value(words.span, format!("`{text}` is no duration"), help);
            }
            Some(Extent::Range(low, high)) if !never_longer(low, high) => {
                self.bad_window(
                    words,
                    format!("{low} to {high} runs backwards"),
                    "put the shorter one first",
                );
            }
            Some(Extent::Range(_, end) | Extent::AtLeast(end)) if end.count == 0 => {
                self.bad_window(
                    words,
                    "this window is empty".to_string(),
                    "give it a length, or leave it out",
                );
            }
            _ => {}
        }
        found
    }
}

pub(super) fn course(page: &mut Page<'_>) -> Option<Course> {
    let written = page.page.course.as_ref()?;
    page.must_have_reason(&written.basis, written.span, "`course`".to_string());
    let basis = page.basis(&written.basis);
    let gap = match &written.gap[..] {
        [least, most] => Some((page.extent(least), page.extent(most))),
        _ => {
            page.bad_value(
                written.span,
                "`gap` is not a least and a greatest time",
                "write `gap: [4 weeks, 6 weeks]`",
            );
            None
        }
    };
    let results = written.results.as_ref().and_then(|words| page.extent(words));
    let words = written.sessions.as_ref()?;
    let sessions = words.text.parse().ok().filter(|n| (1..=100).contains(n));
    if sessions.is_none() {
        page.bad_value(
            words.span,
            format!("`{}` is no number of sessions", words.text),
            "write a whole number up to 100",
        );
    }
    let (least, most) = gap?;
    if let (Some(least), Some(most)) = (&least, &most)
        && !page.never_longer(least, most)
    {
        let words = &written.gap[0];
        let message = "the least time between two sessions is longer than the greatest".to_string();
        page.bad_window(words, message, "put the shorter one first");
    }
    let span = written.span;
    Some(Course { sessions: sessions?, gap_least: least?, gap_most: most?, results, basis, span })
}

pub(super) fn appointment(page: &mut Page<'_>) -> Option<Appointment> {
    let written = page.page.appointment.as_ref()?;
    page.must_have_reason(&written.basis, written.span, "`appointment`".to_string());
    let basis = page.basis(&written.basis);
    let mut steps = Vec::new();
    for Named { name, span, value } in &written.steps {
        check_name(name, *span, page.out);
        page.must_have_reason(&value.basis, *span, format!("step `{name}`"));
        let basis = page.basis(&value.basis);
        let not_for = value.not_for.iter().filter_map(|exclusion| self::exclusion(page, exclusion)).collect();
        steps.push(Step {
            id: name.clone(),
            action: text(&value.action).unwrap_or_default(),
            before: value.before.as_ref().and_then(|words| page.extent(words)),
            optional: yes(page, value.optional.as_ref()),
            basis,
            not_for,
            span: *span,
        });
    }
    let duration = written.duration.as_ref().and_then(|words| page.extent(words))?;
    Some(Appointment { duration, basis, steps, span: written.span })
}

fn yes(page: &mut Page<'_>, words: Option<&Words>) -> bool {
    match words.map(|words| (words, words.text.as_str())) {
        None | Some((_, "no")) => false,
        Some((_, "yes")) => true,
        Some((words, other)) => {
            page.bad_value(words.span, format!("`{other}` is neither yes nor no"), "write `yes` or `no`");
            false
        }
    }
}

fn exclusion(page: &mut Page<'_>, named: &Named<written::Exclusion>) -> Option<Exclusion> {
    let Named { name, span, value } = named;
    check_name(name, *span, page.out);
    page.must_have_reason(&value.basis, *span, format!("`not_for` {name}"));
    let basis = page.basis(&value.basis);
    let (condition, _) = value.when.as_ref().and_then(|when| page.when(when))?;
    let because = text(&value.because).unwrap_or_default();
    Some(Exclusion { id: name.clone(), condition, because, basis, span: *span })
}

pub(super) fn aftercare(page: &mut Page<'_>) -> Vec<AftercareItem> {
    let written = &page.page.aftercare;
    written.iter().filter_map(|named| aftercare_item(page, named)).collect()
}

fn aftercare_item(page: &mut Page<'_>, named: &Named<written::AftercareItem>) -> Option<AftercareItem> {
    let Named { name, span, value } = named;
    check_name(name, *span, page.out);
    page.must_have_reason(&value.basis, *span, format!("aftercare item `{name}`"));
    let basis = page.basis(&value.basis);
    let from = value.from.as_ref().and_then(|words| page.extent(words));
    if let (Some(words), Some(Extent::Always | Extent::AtLeast(_))) = (&value.from, &from) {
        page.bad_window(
            words,
            format!("a window cannot start `{}`", words.text),
            "write when it starts, such as `24 hours`",
        );
    }
    let lasts_for = value.lasts_for.as_ref().and_then(|words| page.extent(words));
    if let (Some(words), Some(_)) = (&value.lasts, &value.lasts_for) {
        page.bad_window(
            words,
            "`for` and `lasts` both say how long".to_string(),
            "keep the one the source gives",
        );
    }
    if let (Some(words), Some(start), Some(end)) =
        (&value.lasts_for, from.as_ref().and_then(longest), lasts_for.as_ref().and_then(longest))
        && never_longer(end, start)
    {
        page.bad_window(
            words,
            "this window ends before it starts: `from` and `for` both count from the end of the treatment"
                .to_string(),
            "make `for` longer than `from`",
        );
    }
    let avoids = matches!(value.matter, Some(written::Matter::Avoid(_)));
    if avoids && value.lasts_for.is_none() && value.lasts.is_none() {
        let message = format!("`{name}` does not say how long to avoid it");
        let help = "add `for:` with a time, or `lasts:` with words".to_string();
        page.out.push(Finding::BadWindow { span: *span, message, help }.into());
    }
    let activities = |list: &[Named<written::Activity>], out: &mut Vec<Diagnostic>| -> Vec<Activity> {
        list.iter()
            .map(|activity| {
                check_name(&activity.name, activity.span, out);
                Activity {
                    id: activity.name.clone(),
                    says: activity.value.says.text.clone(),
                    also: activity.value.also.iter().map(|words| words.text.clone()).collect(),
                }
            })
            .collect()
    };
    let matter = match value.matter.as_ref()? {
        written::Matter::Avoid(list) => Matter::Avoid(activities(list, page.out)),
        written::Matter::Do(list) => Matter::Do(activities(list, page.out)),
        written::Matter::May(list) => Matter::May(activities(list, page.out)),
        written::Matter::Expect(words) => Matter::Expect(words.text.clone()),
    };
    let lasts = text(&value.lasts);
    Some(AftercareItem { id: name.clone(), matter, from, lasts_for, lasts, basis, span: *span })
}

/// The longer end of an extent that says it in numbers.
fn longest(extent: &Extent) -> Option<Duration> {
    match extent {
        Extent::Range(_, end) | Extent::AtLeast(end) => Some(*end),
        Extent::Parameter(_) | Extent::Always => None,
    }
}

pub(super) fn pricing(page: &mut Page<'_>, in_force: &InForce) -> Option<Pricing> {
    let written = page.page.pricing.as_ref()?;
    let basis = page.basis(&written.basis);
    let mut lists = Vec::new();
    for Named { name, span, value } in &written.lists {
        page.must_have_reason(&value.basis, *span, format!("the price list from {name}"));
        let basis = page.basis(&value.basis);
        let from = page.dated_key(name, *span);
        let bands = bands(page, &value.bands);
        lists.extend(from.map(|from| (from, PriceList { basis, bands, span: *span })));
    }
    let discount = discount(page, written);
    let words = written.by.as_ref()?;
    let by = page
        .facts
        .named(&words.text)
        .filter(|id| matches!(page.facts.get(*id).kind, FactKind::Number { .. }));
    // A fact that could not be read was found where it stands.
    if by.is_none() && !page.names.broken.contains(&words.text) {
        let numbers = page.facts.facts.iter().filter(|fact| matches!(fact.kind, FactKind::Number { .. }));
        let near = suggest::nearest(&words.text, numbers.map(|fact| fact.id.as_str()));
        let (span, name) = (words.span, words.text.as_str());
        page.out.push(match page.facts.named(name) {
            Some(id) => {
                let kind = page.facts.get(id).kind.word();
                let message = format!("prices go by a number, and `{name}` is of the kind `{kind}`");
                Finding::MixedKinds { span, message, help: "name a fact of the kind `number`".to_string() }
                    .into()
            }
            None => Finding::UnknownReference { span, what: "number fact", name, near }.into(),
        });
    }
    let lists = Dated::new(lists)?;
    page.hole(&lists, in_force, written.span, "the price list");
    let by = by?;
    Some(Pricing {
        by,
        slot: page.facts.get(by).first_slot,
        per: written.per.as_ref().map_or("session".to_string(), |words| words.text.clone()),
        basis,
        course_discount: discount,
        span: written.span,
        lists,
        script: written.script.as_ref().map(|script| PriceScript {
            span: script.function.as_ref().map_or(written.span, |words| words.span),
            file: text(&script.file).unwrap_or_default(),
            function: text(&script.function).unwrap_or_default(),
            takes: script.takes.iter().map(|words| words.text.clone()).collect(),
        }),
    })
}

fn discount(page: &mut Page<'_>, written: &written::Pricing) -> Option<(u32, Number)> {
    let (sessions, percent) = (written.discount_sessions.as_ref()?, written.discount_percent.as_ref()?);
    let count = sessions.text.parse().ok().filter(|n| (1..=100).contains(n));
    if count.is_none() {
        page.bad_value(
            sessions.span,
            format!("`{}` is no number of sessions", sessions.text),
            "write a whole number up to 100",
        );
    }
    let share = Number::parse(&percent.text).filter(|n| (Number::whole(0)..=Number::whole(100)).contains(n));
    if share.is_none() {
        page.bad_value(
            percent.span,
            format!("`{}` is no percentage", percent.text),
            "write a number from 0 to 100",
        );
    }
    count.zip(share)
}

fn bands(page: &mut Page<'_>, written: &[written::Band]) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for (at, band) in written.iter().enumerate() {
        let mut read = |words: Option<&Words>| {
            let words = words?;
            let found = Number::parse(&words.text).filter(|n| n.point() >= 0);
            if found.is_none() {
                let help = match prose::dot_for_comma(&words.text) {
                    Some(number) => format!("write a dot, not a comma: `{number}`"),
                    None => "write digits with a dot for decimals, such as 1200.00: no commas, no sign"
                        .to_string(),
                };
                page.bad_value(words.span, format!("`{}` is no amount", words.text), help);
            }
            found
        };
        let (up_to, price) = (read(band.up_to.as_ref()), read(band.price.as_ref()));
        let last = at + 1 == written.len();
        let previous = bands.last().and_then(|band| band.up_to);
        let wrong = match (&band.up_to, up_to) {
            (None, _) if !last => {
                Some(("only the last band may be without `up_to`", "give each band but the last its `up_to`"))
            }
            (Some(_), _) if last => Some((
                "the last band ends, so larger values have no price",
                "add a last band with a price and no `up_to`",
            )),
            (_, Some(end)) if previous == Some(end) => {
                Some(("this band repeats the one before", "remove one of them"))
            }
            (_, Some(end)) if previous.is_some_and(|previous| end < previous) => {
                Some(("the bands are not in order", "sort them by `up_to`, smallest first"))
            }
            _ => None,
        };
        if let Some((message, help)) = wrong {
            page.out.push(Finding::BadBands { span: band.span, message: message.to_string(), help }.into());
        }
        bands.extend(price.map(|price| Band { up_to, price, span: band.span }));
    }
    bands
}
