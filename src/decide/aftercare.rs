//! What to avoid, do, may do and expect after a treatment, with its times, and whether an activity is
//! allowed yet. Every time counts from the moment the treatment ended, in the clinic's zone.

use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};

use super::decision::{RulesNote, SourceNote};
use super::extent::Length;
use crate::book::{Activity, AftercareItem, Basis, Extent, Matter, Treatment};
use crate::suggest;
use crate::value::{Day, Duration, FIRST_DAY, Unit};

/// The instructions after one treatment, in the order of the page.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The treatment's id.
    pub treatment: String,
    /// What people call it.
    pub name: String,
    /// When it ended.
    pub ended: Zoned,
    /// The instructions.
    pub items: Vec<Item>,
    /// The rules they rest on.
    pub rules: RulesNote,
}

/// One instruction with its times.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its name on the page.
    pub id: String,
    /// What it is about.
    pub about: About,
    /// What it names; empty for what will happen by itself.
    pub activities: Vec<Activity>,
    /// What it says, a text for each activity.
    pub says: Vec<String>,
    /// When it starts; the second is later if the page gives a range.
    pub start: (Zoned, Zoned),
    /// How the page says when it starts.
    pub from: Option<Length>,
    /// How long it counts.
    pub end: End,
    /// How the page says how long.
    pub lasts: Option<Length>,
    /// The cited statements.
    pub source: Vec<Cited>,
    /// The clinic's own decision.
    pub basis: Option<String>,
}

/// What an instruction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Leave it out.
    Avoid,
    /// Do it.
    Do,
    /// It is allowed.
    May,
    /// It will happen.
    Expect,
}

impl About {
    /// Every kind, in the order in which people need them.
    pub const ALL: [About; 4] = [About::Avoid, About::Do, About::May, About::Expect];

    /// The word on the page.
    pub fn word(self) -> &'static str {
        match self {
            About::Avoid => "avoid",
            About::Do => "do",
            About::May => "may",
            About::Expect => "expect",
        }
    }
}

/// When an instruction stops to count.
#[derive(Debug, Clone)]
pub enum End {
    /// At this moment.
    At(Zoned),
    /// At this moment at the earliest: the source gives a minimum.
    NotBefore(Zoned),
    /// Words without a clock: `a few days`.
    Words(String),
    /// Never.
    Always,
    /// The page does not say.
    NotGiven,
}

/// A cited statement.
#[derive(Debug, Clone)]
pub struct Cited {
    /// The statement.
    pub note: SourceNote,
    /// Whether clients may be handed it.
    pub client_text: bool,
}

impl Item {
    /// Whether clients may be handed it. What must be avoided or done always may; a promise that rests on
    /// an unsubstantiated claim may not.
    pub fn for_clients(&self) -> bool {
        match self.about {
            About::Avoid | About::Do => true,
            About::May | About::Expect => self.source.iter().all(|cited| cited.client_text),
        }
    }

    /// The moment it starts to count. Of a range the later end decides; what must be avoided is avoided
    /// from the earlier one on.
    pub fn begins(&self) -> &Zoned {
        match self.about {
            About::Avoid => &self.start.0,
            About::Do | About::May | About::Expect => &self.start.1,
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.activities.iter().flat_map(|activity| {
            [activity.id.as_str(), activity.says.as_str()]
                .into_iter()
                .chain(activity.also.iter().map(String::as_str))
        });
        own.chain((!self.activities.is_empty()).then_some(self.id.as_str()))
    }
}

/// The instructions for a treatment that ended at `ended`, a time in the clinic's zone.
pub fn timeline(treatment: &Treatment, ended: &Zoned) -> Timeline {
    let items = treatment.aftercare.iter().map(|item| self::item(item, treatment, ended)).collect();
    Timeline {
        treatment: treatment.id.clone(),
        name: treatment.name.clone(),
        ended: ended.clone(),
        items,
        rules: RulesNote {
            revision: treatment.revision,
            digest: treatment.digest.clone(),
            signed: treatment.signed,
        },
    }
}

/// The day of a moment, in its own zone.
pub fn day_of(moment: &Zoned) -> Day {
    let date = moment.date();
    Day::new(date.year(), date.month(), date.day()).unwrap_or(FIRST_DAY)
}

fn item(item: &AftercareItem, treatment: &Treatment, ended: &Zoned) -> Item {
    let day = day_of(ended);
    let length = |extent: &Option<Extent>| extent.as_ref().map(|e| Length::of(e, treatment, day));
    let (from, lasts) = (length(&item.from), length(&item.lasts_for));
    let moment = |by: Option<Duration>| by.map_or_else(|| ended.clone(), |by| after(ended, by));
    let start = (moment(from.and_then(|from| from.least())), moment(from.and_then(|from| from.most())));
    let end = match (lasts, &item.lasts) {
        (Some(Length::Between(_, last)), _) => End::At(after(ended, last)),
        (Some(Length::AtLeast(least)), _) => End::NotBefore(after(ended, least)),
        (Some(Length::Always), _) => End::Always,
        (None, Some(words)) => End::Words(words.clone()),
        (None, None) => End::NotGiven,
    };
    let (about, activities, says) = match &item.matter {
        Matter::Avoid(list) => (About::Avoid, list.clone(), says(list)),
        Matter::Do(list) => (About::Do, list.clone(), says(list)),
        Matter::May(list) => (About::May, list.clone(), says(list)),
        Matter::Expect(text) => (About::Expect, Vec::new(), vec![text.clone()]),
    };
    Item {
        id: item.id.clone(),
        about,
        activities,
        says,
        start,
        from,
        end,
        lasts,
        source: cited(&item.basis, treatment),
        basis: item.basis.basis.clone(),
    }
}

fn says(activities: &[Activity]) -> Vec<String> {
    activities.iter().map(|activity| activity.says.clone()).collect()
}

/// The statements that `basis` cites.
pub(super) fn cited(basis: &Basis, treatment: &Treatment) -> Vec<Cited> {
    let statements = basis.statements.iter().map(|at| &treatment.statements[*at]);
    let cited = statements.map(|statement| Cited {
        note: SourceNote {
            statement: statement.id.clone(),
            line: statement.line,
            says: statement.says.clone(),
        },
        client_text: statement.client_text,
    });
    cited.collect()
}

/// The moment so long after `start`. Minutes and hours are elapsed time. Days and longer are the later of
/// the same wall time and so many times 24 hours; a wall time that the clocks skip moves after the gap,
/// and of one that comes twice it is the second.
pub fn after(start: &Zoned, by: Duration) -> Zoned {
    let elapsed = |hours: i64| start.saturating_add(SignedDuration::from_hours(hours));
    match by.unit {
        Unit::Minutes => start.saturating_add(SignedDuration::from_mins(i64::from(by.count))),
        Unit::Hours => elapsed(i64::from(by.count)),
        Unit::Days | Unit::Weeks | Unit::Months | Unit::Years => {
            let first = day_of(start);
            let last = first.shift(&by, false);
            let by_clock = elapsed(24 * (last.point() - first.point()));
            let (year, month, day) = last.civil();
            let wall = Date::new(year, month, day).ok().and_then(|date| {
                start.time_zone().to_ambiguous_zoned(date.to_datetime(start.time())).later().ok()
            });
            wall.map_or(by_clock.clone(), |wall| wall.max(by_clock))
        }
    }
}

/// Whether an activity is allowed at a moment.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The activity, as asked.
    pub activity: String,
    /// The moment.
    pub at: Zoned,
    /// The answer.
    pub answer: Answer,
    /// The instructions that speak about it, by their place in the timeline.
    pub items: Vec<usize>,
    /// The nearest name the page knows, if it does not know the activity.
    pub near: Option<String>,
}

/// May the client do it?
#[derive(Debug, Clone)]
pub enum Answer {
    /// Yes, until a moment if the page gives one.
    Yes(Option<Zoned>),
    /// Yes, from now on without end.
    YesNoEnd,
    /// From this moment on.
    NotYet(Zoned),
    /// The page gives no moment.
    NoEndGiven,
    /// The page says nothing about it, or nothing about this moment.
    Silent,
}

impl Answer {
    /// The phrase that stands for it everywhere.
    pub fn phrase(&self) -> &'static str {
        match self {
            Answer::Yes(_) => "yes",
            Answer::YesNoEnd => "yes, no end",
            Answer::NotYet(_) => "not yet",
            Answer::NoEndGiven => "not yet, no end given",
            Answer::Silent => "the source is silent",
        }
    }
}

impl Timeline {
    /// Whether `activity` is allowed at `at`. What the page does not name is never a yes.
    pub fn may(&self, activity: &str, at: &Zoned) -> Asked {
        let wanted = folded(activity);
        let known =
            |item: &Item| item.names().any(|name| folded(name).iter().any(|form| wanted.contains(form)));
        let items: Vec<usize> = (0..self.items.len()).filter(|at| known(&self.items[*at])).collect();
        let names = self.items.iter().flat_map(Item::names);
        let near = if items.is_empty() { suggest::nearest(activity, names) } else { None };
        let near = near.map(str::to_string);
        let speaking: Vec<&Item> = items.iter().map(|at| &self.items[*at]).collect();
        let answer = strictest(&speaking, at);
        Asked { activity: activity.to_string(), at: at.clone(), answer, items, near }
    }
}

/// The strictest of what the instructions say. Of one that speaks about another time nothing follows.
fn strictest(items: &[&Item], at: &Zoned) -> Answer {
    let mut asked = at.clone();
    loop {
        let said: Vec<Answer> = items.iter().map(|item| alone(item, &asked)).collect();
        if said.iter().any(|answer| matches!(answer, Answer::NoEndGiven)) {
            return Answer::NoEndGiven;
        }
        let from = said.iter().filter_map(|answer| match answer {
            Answer::NotYet(from) => Some(from),
            _ => None,
        });
        // Where one window ends another may have begun, so the moment it is allowed from is asked about too.
        if let Some(from) = from.max() {
            asked = from.clone();
            continue;
        }
        if said.iter().all(|answer| matches!(answer, Answer::Silent)) {
            return Answer::Silent;
        }
        if asked > *at {
            return Answer::NotYet(asked);
        }
        let ends = said.iter().filter_map(|answer| match answer {
            Answer::Yes(until) => until.as_ref(),
            _ => None,
        });
        let later = items.iter().filter(|item| item.about == About::Avoid && *item.begins() > asked);
        let until = ends.chain(later.map(|item| item.begins())).min().cloned();
        let always = said.iter().any(|answer| matches!(answer, Answer::YesNoEnd));
        return if always && until.is_none() { Answer::YesNoEnd } else { Answer::Yes(until) };
    }
}

/// What one instruction says about its activity at a moment.
fn alone(item: &Item, at: &Zoned) -> Answer {
    let begun = at >= item.begins();
    match (item.about, begun, &item.end) {
        (About::Expect, ..) | (About::Avoid, false, _) => Answer::Silent,
        (About::Avoid, true, End::At(end) | End::NotBefore(end)) if at < end => Answer::NotYet(end.clone()),
        (About::Avoid, true, End::At(_) | End::NotBefore(_)) => Answer::Yes(None),
        (About::Avoid, true, End::Words(_) | End::Always | End::NotGiven) => Answer::NoEndGiven,
        (About::Do | About::May, false, _) => Answer::NotYet(item.begins().clone()),
        (About::Do | About::May, true, End::At(end)) if at < end => Answer::Yes(Some(end.clone())),
        (About::Do | About::May, true, End::At(_)) => Answer::Silent,
        (About::Do | About::May, true, End::Always) => Answer::YesNoEnd,
        (About::Do | About::May, true, End::NotBefore(_) | End::Words(_) | End::NotGiven) => {
            Answer::Yes(None)
        }
    }
}

/// The forms under which a name is found: letters and digits alone, and without a plural ending.
fn folded(name: &str) -> Vec<String> {
    let word: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let mut forms = Vec::new();
    if let Some(stem) = word.strip_suffix("ies") {
        forms.push(format!("{stem}y"));
    }
    for ending in ["s", "es"] {
        let stem = word.strip_suffix(ending).filter(|stem| stem.chars().count() > 2 && !stem.ends_with('s'));
        forms.extend(stem.map(str::to_string));
    }
    forms.push(word);
    forms.retain(|form| !form.is_empty());
    forms
}
