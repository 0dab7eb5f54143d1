//! Whether a mutant can be noticed at all, and by what question.

use super::{Mutant, Piece};
use crate::book::fact::Fact;
use crate::book::{
    AftercareItem, Band, Book, Dated, Extent, InForce, Matter, ParameterValue, PriceList, Pricing, Treatment,
    never_longer,
};
use crate::decide::cells::Version;
use crate::decide::extent::Length;
use crate::decide::{Quote, quote};
use crate::script::Scripts;
use crate::study::apart::{self, Apart};
use crate::study::{Client, days};
use crate::value::{Day, Duration, FIRST_DAY, Number, Point};

/// Whether a mutant ever says anything else than the page: a client about whom it does, a question that shows
/// it, or the proof that it never does. `base` is the client that examples stay close to.
pub fn equivalent(
    book: &Book,
    treatment: &Treatment,
    scripts: &Scripts,
    mutant: &Mutant,
    base: Option<&Client>,
) -> Apart {
    let changed_book = mutant.apply(book);
    let Some(changed) = changed_book.treatment(&treatment.id) else {
        return Apart::NotAnalysed("the page is gone".to_string());
    };
    let old = Version { book, treatment, scripts };
    let new = Version { book: &changed_book, treatment: changed, scripts };
    match &mutant.piece {
        Piece::Rule(..) => apart::pages(old, new, base),
        Piece::Parameter(at, _) => parameter(old, new, *at, base),
        Piece::Fact(at, fact) | Piece::When(at, fact) => {
            question(book, treatment, &book.facts.facts[*at], fact)
        }
        Piece::InForce(in_force) => {
            let (a, b) = (treatment.in_force, *in_force);
            let day = one_only(a, b);
            Apart::Other(format!("a visit on {day}: only one of the two decides about it"))
        }
        Piece::PageWithdrawn(switch) => {
            withdrawn(old, treatment.withdrawn.as_ref().map(|old| old.since), switch.since, base)
        }
        Piece::ClinicWithdrawn(switch) => {
            withdrawn(old, book.clinic.withdrawn.as_ref().map(|old| old.since), switch.since, base)
        }
        Piece::Aftercare(at, item) => aftercare(&treatment.aftercare[*at], item.as_deref(), treatment),
        Piece::Course(_) => Apart::Other("the plan of a course".to_string()),
        Piece::Appointment(_) => match apart::pages(old, new, base) {
            Apart::Same if steps(treatment) == steps(changed) => Apart::Same,
            Apart::Same => Apart::Other("the steps and times of the appointment in a plan".to_string()),
            found => found,
        },
        Piece::Pricing(_) => match (&treatment.pricing, &changed.pricing) {
            (Some(a), Some(b)) => prices(old, a, b),
            _ => Apart::NotAnalysed("there are no prices".to_string()),
        },
    }
}

/// The first day that only one of the two covers.
fn one_only(a: InForce, b: InForce) -> Day {
    let mut days = a.changes().chain(b.changes()).flat_map(|day| [Day::from_point(day.point() - 1), day]);
    days.find(|day| a.covers(*day) != b.covers(*day)).unwrap_or(FIRST_DAY)
}

fn withdrawn(version: Version<'_>, old: Option<Day>, new: Day, base: Option<&Client>) -> Apart {
    let day = old.map_or(new, |old| old.min(new));
    if !version.treatment.in_force.covers(day) {
        return Apart::Same;
    }
    let facts = &version.book.facts;
    let plain = Client::plain(facts, days::usual(version.treatment));
    Apart::Client(base.unwrap_or(&plain).on(facts, day))
}

/// A parameter is read by rules and steps, and it may be a length of time of the visit.
fn parameter(old: Version<'_>, new: Version<'_>, at: usize, base: Option<&Client>) -> Apart {
    let found = apart::pages(old, new, base);
    if found != Apart::Same {
        return found;
    }
    let treatment = old.treatment;
    let [before, after] = [old, new].map(|version| &version.treatment.parameters[at].values);
    let values = |dated: &Dated<ParameterValue>| counting(dated, treatment.in_force, |value| value.value);
    if values(before) == values(after) {
        return Apart::Same;
    }
    let uses =
        |extent: Option<&Extent>| matches!(extent, Some(Extent::Parameter(id)) if usize::from(id.0) == at);
    if let Some(item) =
        treatment.aftercare.iter().find(|one| uses(one.from.as_ref()) || uses(one.lasts_for.as_ref()))
    {
        return Apart::Other(format!("the times of `{}` after a treatment", item.id));
    }
    let course = treatment.course.iter();
    let mut gaps = course.flat_map(|one| [Some(&one.gap_least), Some(&one.gap_most), one.results.as_ref()]);
    if gaps.any(uses) {
        return Apart::Other("the plan of a course".to_string());
    }
    let mut times = treatment.appointment.iter().flat_map(|one| {
        one.steps.iter().map(|step| step.before.as_ref()).chain([Some(&one.duration)]).collect::<Vec<_>>()
    });
    if times.any(uses) {
        return Apart::Other("the times of the appointment in a plan".to_string());
    }
    let name = &treatment.parameters[at].id;
    let script = treatment.pricing.as_ref().and_then(|pricing| pricing.script.as_ref());
    match script.is_some_and(|script| script.takes.contains(name)) {
        true => Apart::NotAnalysed("a pricing script is given it".to_string()),
        false => Apart::Same,
    }
}

/// The values that count on a visit, each with the first such day; without a first day in force, all do.
fn counting<T, V>(dated: &Dated<T>, in_force: InForce, value: impl Fn(&T) -> V) -> Vec<(Option<Day>, V)> {
    let all = dated.all();
    let ends = all.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]);
    let counts = all.iter().zip(ends).enumerate().filter_map(|(at, ((from, one), next))| {
        let over = next.zip(in_force.from).is_some_and(|(next, first)| next <= first);
        let since = (at > 0 && in_force.from.is_none_or(|first| *from > first)).then_some(*from);
        (!over).then(|| (since, value(one)))
    });
    counts.collect()
}

/// How long an answer counts matters where the answer is read.
fn question(book: &Book, treatment: &Treatment, old: &Fact, new: &Fact) -> Apart {
    let slots: Vec<_> = old.slots().collect();
    let options = |fact| book.facts.slots_of(fact);
    let exclusions = treatment.appointment.iter().flat_map(|one| &one.steps).flat_map(|step| &step.not_for);
    let conditions = treatment.rules.iter().map(|rule| &rule.condition);
    let mut conditions = conditions.chain(exclusions.map(|exclusion| &exclusion.condition));
    let reads = conditions.any(|condition| condition.slots(&options).iter().any(|slot| slots.contains(slot)));
    let pricing = treatment.pricing.as_ref();
    let priced = pricing.is_some_and(|pricing| {
        let script = pricing.script.as_ref();
        slots.contains(&pricing.slot) || script.is_some_and(|script| script.takes.contains(&old.id))
    });
    if !reads && !priced {
        return Apart::Same;
    }
    if old.on_the_day != new.on_the_day {
        return Apart::Other(format!("a record in which only `{}` is open", old.id));
    }
    let changed = old.good_for.iter().find(|limit| !new.good_for.contains(limit));
    let other = new.good_for.iter().find(|limit| !old.good_for.contains(limit)).map(|(_, limit)| *limit);
    match changed {
        Some((answers, limit)) => {
            let start = days::usual(treatment);
            let ends = [Some(*limit), other].into_iter().flatten().map(|limit| start.last_within(&limit));
            let days = ends.min().map_or(0, |end| end.point() - start.point()) + 1;
            let answer = super::said(old, *answers);
            let days = crate::prose::count(days, "day");
            Apart::Other(format!("a record that answers `{}` with {answer}, {days} before the visit", old.id))
        }
        None => Apart::NotAnalysed("how long its answers count did not change".to_string()),
    }
}

fn aftercare(old: &AftercareItem, new: Option<&AftercareItem>, treatment: &Treatment) -> Apart {
    let activities = |item: &AftercareItem| -> Vec<String> {
        match &item.matter {
            Matter::Avoid(list) | Matter::Do(list) | Matter::May(list) => {
                list.iter().map(|activity| activity.id.clone()).collect()
            }
            Matter::Expect(_) => Vec::new(),
        }
    };
    let shown = Apart::Other(format!("the instructions after a treatment: `{}`", old.id));
    let Some(new) = new else { return shown };
    let names = activities(old);
    if let Some(lost) = names.iter().find(|name| !activities(new).contains(name)) {
        return Apart::Other(format!("ask about `{lost}` after the treatment"));
    }
    let length = |extent: Option<&Extent>| extent.map(|extent| Length::of(extent, treatment, FIRST_DAY));
    let moment = |old: Option<Length>, new: Option<Length>, end: fn(&Length) -> Option<Duration>| {
        let (a, b) = (old.as_ref().and_then(end)?, new.as_ref().and_then(end)?);
        (a != b).then(|| if never_longer(a, b) { a } else { b })
    };
    let (from, to) = (old.from.as_ref(), new.from.as_ref());
    let begins = match old.matter {
        Matter::Avoid(_) => moment(length(from), length(to), Length::least),
        _ => moment(length(from), length(to), Length::most),
    };
    let ends = moment(length(old.lasts_for.as_ref()), length(new.lasts_for.as_ref()), Length::most);
    match (names.first(), begins.or(ends)) {
        (Some(name), Some(after)) => Apart::Other(format!("ask about `{name}` {after} after the treatment")),
        _ => shown,
    }
}

/// What an appointment says beside who its steps are not for.
fn steps(treatment: &Treatment) -> Vec<(String, Option<Extent>)> {
    let appointment = treatment.appointment.iter();
    appointment
        .flat_map(|one| {
            let steps = one.steps.iter().map(|step| (step.id.clone(), step.before.clone()));
            steps.chain([(String::new(), Some(one.duration.clone()))]).collect::<Vec<_>>()
        })
        .collect()
}

fn prices(version: Version<'_>, old: &Pricing, new: &Pricing) -> Apart {
    let Version { book, treatment, scripts } = version;
    let domain = book.facts.domain(old.slot, FIRST_DAY);
    let (Some(low), Some(high)) = (domain.min(), domain.max()) else { return Apart::Same };
    let segments = |list: &PriceList| -> Vec<(Point, Number)> {
        let mut from = Point::MIN;
        let mut all = Vec::new();
        for Band { up_to, price, .. } in &list.bands {
            let to = up_to.map_or(high, |end| end.point().min(high));
            if from <= to && to >= low {
                all.push((to, *price));
            }
            from = to.saturating_add(1);
        }
        all
    };
    let lists = |pricing: &Pricing| counting(&pricing.lists, treatment.in_force, segments);
    let (before, after) = (lists(old), lists(new));
    if before == after && old.course_discount == new.course_discount {
        return Apart::Same;
    }
    let mut visits: Vec<Day> = vec![days::usual(treatment)];
    visits.extend(before.iter().chain(&after).filter_map(|(since, _)| *since));
    visits.retain(|day| treatment.in_force.covers(*day));
    let mut points: Vec<Point> = vec![low, high];
    let ends = before.iter().chain(&after).flat_map(|(_, list)| list.iter().map(|(end, _)| *end));
    let (one, least) = (Number::whole(1).point(), Number::whole(1).point() / 100);
    points.extend(ends.flat_map(|end| [end, end + one, end - one, end + least, end + 1]));
    points.retain(|point| domain.contains(*point));
    let counts = [old, new].into_iter().filter_map(|pricing| pricing.course_discount);
    let mut sessions: Vec<u32> = counts.map(|(count, _)| count).chain([1, 2, 10, 100]).collect();
    sessions.sort_unstable();
    for visit in visits {
        for point in &points {
            let mut client = Client::plain(&book.facts, visit);
            client.values[old.slot.index()] = *point;
            if !client.is_possible(&book.facts) {
                continue;
            }
            let answers = client.known("", &book.facts);
            for sessions in &sessions {
                let quote = |pricing: &Pricing| -> Quote {
                    quote(book, treatment, pricing, scripts, &answers, *sessions)
                };
                if quote(old).lines != quote(new).lines {
                    let fact = book.facts.get(old.by);
                    let unit = fact.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
                    let answer = client.answer(old.slot, &book.facts);
                    let sessions = crate::prose::count(i64::from(*sessions), "session");
                    return Apart::Other(format!(
                        "a quote on {visit} for {sessions}, {} {answer}{unit}",
                        fact.id
                    ));
                }
            }
        }
    }
    Apart::NotAnalysed("no quote was found that differs".to_string())
}
