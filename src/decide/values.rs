//! One answer as written, read as the values it allows.

use smallvec::SmallVec;

use super::diags::Finding;
use super::said::{Said, bare, said, word};
use crate::book::fact::{Fact, FactKind};
use crate::diagnostic::Diagnostic;
use crate::source::{Pair, Shape, Value};
use crate::span::Span;
use crate::value::{Day, NEVER, NO, Number, Point, Points, YES};

/// The values of every slot of a fact, as one answer allows them: at least one of these alternatives.
pub type Boxes = SmallVec<[Alternative; 1]>;

/// The values of every slot of a fact, each independent of the others.
pub type Alternative = SmallVec<[Points; 1]>;

/// All values of one of the slots, whichever alternative is so.
pub fn spread(boxes: &[Alternative], at: usize) -> Points {
    boxes.iter().fold(Points::EMPTY, |all, one| all.union(&one[at]))
}

/// The first alternative alone.
#[inline]
fn first(boxes: &mut Boxes) -> &mut Alternative {
    if boxes.len() != 1 {
        boxes.truncate(1);
        boxes.resize(1, Alternative::new());
    }
    &mut boxes[0]
}

/// The only alternative for a fact with one slot.
#[inline]
pub(super) fn put(boxes: &mut Boxes, points: Points) {
    match &mut first(boxes)[..] {
        [own] => *own = points,
        [] | [_, ..] => only(boxes).push(points),
    }
}

/// Makes room for a single alternative, in that of what was there.
pub(super) fn only(boxes: &mut Boxes) -> &mut Alternative {
    let one = first(boxes);
    one.clear();
    one
}

/// The same with the same values in each of its slots.
fn filled<'b>(boxes: &'b mut Boxes, count: usize, points: &Points) -> &'b mut Alternative {
    let one = first(boxes);
    one.truncate(count);
    one.iter_mut().for_each(|own| *own = points.clone());
    if one.len() < count {
        one.resize(count, points.clone());
    }
    one
}

/// Days between which something is to end that went on when it was asked about.
pub(super) type Ends = (Point, Point);

/// Something that went on when it was asked about, and is to end between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// Its place among the slots of the fact.
    pub(super) slot: usize,
    /// The first of the days.
    pub(super) first: Point,
    /// The last.
    pub(super) last: Point,
}

/// Reads answers of one client.
pub(super) struct Reader<'a> {
    pub(super) client: &'a str,
    pub(super) visit: Day,
    /// The day of the answer; without one it counts as given at the visit.
    pub(super) answered: Option<Day>,
    /// When what the answer tells of is to end.
    pub(super) plans: &'a mut Vec<Plan>,
    /// The same of the date that was read last.
    pub(super) ends: Option<Ends>,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing: `unknown`, or nothing behind the name.
    Unknown,
    /// The values that were put into the boxes.
    Values,
}

impl Reader<'_> {
    pub(super) fn bad<T>(&mut self, span: Span, fact: &Fact, message: impl Into<String>) -> Option<T> {
        let help = help(fact);
        self.out.push(Finding::BadAnswer { client: self.client, span, message: message.into(), help }.into());
        None
    }

    /// Reads one answer to `fact` into `boxes`; `None` if it is wrong, which is reported.
    pub(super) fn read(&mut self, fact: &Fact, value: &Value<'_>, boxes: &mut Boxes) -> Option<Reading> {
        match &value.shape {
            Shape::Nothing => return Some(Reading::Unknown),
            Shape::Word(text) => {
                let is_date = fact.kind.is_date() && !fact.kind.has_options();
                let is_missing = matches!(said(text), Said::Nothing | Said::Unknown)
                    || is_date && self.is_no_day(fact.kind, bare(text));
                if is_missing && fact.option(text).is_none() {
                    return Some(Reading::Unknown);
                }
            }
            Shape::List(items) if items.is_empty() => {
                let (client, span) = (self.client, value.span);
                self.out.push(Finding::EmptyList { client, span, fact: &fact.id }.into());
                return Some(Reading::Unknown);
            }
            Shape::List(_) | Shape::Map(_) => {}
        }
        match fact.kind {
            FactKind::Set => self.set(fact, value, boxes)?,
            FactKind::History => self.history(fact, value, boxes)?,
            FactKind::Note => {
                return match value.text() {
                    Some(_) => Some(Reading::Unknown),
                    None => self.bad(value.span, fact, format!("{} is no note", value.called())),
                };
            }
            FactKind::Choice => put(boxes, self.choice(fact, value)?),
            FactKind::YesNo => put(boxes, self.yes_no(fact, value)?),
            FactKind::Number { .. } => put(boxes, self.number(fact, value)?),
            FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate => {
                put(boxes, self.date(fact, value)?);
                self.plan(0);
            }
        }
        Some(Reading::Values)
    }

    /// Notes that what the date that was read last tells of is to end.
    fn plan(&mut self, slot: usize) {
        self.plans.extend(self.ends.take().map(|(first, last)| Plan { slot, first, last }));
    }

    fn choice(&mut self, fact: &Fact, value: &Value<'_>) -> Option<Points> {
        let point = |value: &Value<'_>| value.text().and_then(|id| fact.option(id)).map(|at| at as Point);
        let points: Option<Points> = match (value.pairs(), value.get("some").map(|some| &some.shape)) {
            (Some([_]), Some(Shape::List(items))) => items
                .iter()
                .map(point)
                .map(|at| at.map(|at| (at, at)))
                .collect::<Option<Vec<_>>>()
                .map(Points::of),
            _ => point(value).map(Points::one),
        };
        match points.filter(|points| !points.is_empty()) {
            Some(points) => Some(points),
            None => self.bad_option(fact, value),
        }
    }

    fn bad_option<T>(&mut self, fact: &Fact, value: &Value<'_>) -> Option<T> {
        self.no_option(fact, value.text().unwrap_or(value.called()), value.span);
        None
    }

    fn no_option(&mut self, fact: &Fact, text: &str, span: Span) {
        let near = crate::suggest::nearest(text, fact.options.iter().map(|option| option.id.as_str()));
        let message = match near {
            Some(near) => format!("`{text}` is no option of `{}`, did you mean `{near}`?", fact.id),
            None => format!("`{text}` is no option of `{}`", fact.id),
        };
        let help = match near.is_none() && fact.option("unlisted").is_some() {
            true => format!("{}; choose `unlisted` for any other", help(fact)),
            false => help(fact),
        };
        self.out.push(Finding::BadAnswer { client: self.client, span, message, help }.into());
    }

    fn yes_no(&mut self, fact: &Fact, value: &Value<'_>) -> Option<Points> {
        match word(value) {
            Some(Said::Yes | Said::True) => Some(Points::one(YES)),
            Some(Said::No | Said::False) => Some(Points::one(NO)),
            Some(Said::Unknown | Said::Nothing) => Some(Points::range(NO, YES)),
            _ => self.bad(value.span, fact, format!("{} is neither yes nor no", shown(value))),
        }
    }

    fn set(&mut self, fact: &Fact, value: &Value<'_>, boxes: &mut Boxes) -> Option<()> {
        let count = fact.options.len();
        let none = Points::one(NO);
        match &value.shape {
            Shape::Nothing => {
                filled(boxes, count, &Points::range(NO, YES));
            }
            Shape::Word(text) => match said(text) {
                Said::None | Said::No => {
                    filled(boxes, count, &none);
                }
                Said::Some | Said::Yes => {
                    boxes.clear();
                    boxes.extend((0..count).map(|at| {
                        let mut one = Alternative::from_elem(Points::range(NO, YES), count);
                        one[at] = Points::one(YES);
                        one
                    }));
                }
                _ => match fact.option(text) {
                    Some(at) => filled(boxes, count, &none)[at] = Points::one(YES),
                    None => return self.bad_option(fact, value),
                },
            },
            Shape::List(items) => {
                let one = filled(boxes, count, &none);
                self.options(fact, items, &mut |at| one[at] = Points::one(YES))?;
            }
            Shape::Map(pairs) => {
                let open = |_: &Self| Points::range(NO, YES);
                self.by_option(fact, pairs, boxes, open, |reader, value| reader.yes_no(fact, value))?;
                let Some(some) = value.get("some") else { return Some(()) };
                let Shape::List(items) = &some.shape else {
                    return self.bad(some.span, fact, "`some` takes a list of options");
                };
                let base = std::mem::take(&mut boxes[0]);
                boxes.clear();
                self.options(fact, items, &mut |at| {
                    let mut one = base.clone();
                    one[at] = one[at].intersect(&Points::one(YES));
                    if !one[at].is_empty() {
                        boxes.push(one);
                    }
                })?;
                if boxes.is_empty() {
                    return self.bad(
                        some.span,
                        fact,
                        "at least one of these applies, and each is answered no",
                    );
                }
            }
        }
        Some(())
    }

    /// Calls `choose` with each of the options.
    fn options(&mut self, fact: &Fact, items: &[Value<'_>], choose: &mut dyn FnMut(usize)) -> Option<()> {
        let mut fine = true;
        for item in items {
            match item.text().and_then(|id| fact.option(id)) {
                Some(at) => choose(at),
                None => {
                    self.no_option(fact, item.text().unwrap_or(item.called()), item.span);
                    fine = false;
                }
            }
        }
        fine.then_some(())
    }

    /// A map that answers the options it names; `rest` answers the others, else they stay open.
    fn by_option(
        &mut self,
        fact: &Fact,
        pairs: &[Pair<'_>],
        boxes: &mut Boxes,
        open: impl FnOnce(&Self) -> Points,
        mut read: impl FnMut(&mut Self, &Value<'_>) -> Option<Points>,
    ) -> Option<()> {
        // No answer is the empty set: it marks those that are not named.
        let one = filled(boxes, fact.options.len(), &Points::EMPTY);
        let (mut rest, mut rest_ends) = (Points::EMPTY, None);
        let (mut fine, mut next) = (true, 0);
        for Pair { key, key_span, value } in pairs {
            // Options mostly stand in their order.
            let at = match fact.options.get(next) {
                Some(option) if option.id == *key => Some(next),
                _ => fact.option(key),
            };
            let place = match (&**key, at) {
                ("rest", _) => &mut rest,
                ("some", _) if fact.kind == FactKind::Set => continue,
                (_, Some(at)) => {
                    next = at + 1;
                    &mut one[at]
                }
                (key, None) => {
                    self.no_option(fact, key, *key_span);
                    fine = false;
                    continue;
                }
            };
            match read(self, value) {
                Some(points) => *place = points,
                None => fine = false,
            }
            match at {
                Some(at) => self.plan(at),
                None => rest_ends = self.ends.take(),
            }
        }
        if one.iter().any(Points::is_empty) {
            let rest = if rest.is_empty() { open(self) } else { rest };
            for (at, points) in one.iter_mut().enumerate().filter(|(_, points)| points.is_empty()) {
                points.clone_from(&rest);
                self.ends = rest_ends;
                self.plan(at);
            }
        }
        fine.then_some(())
    }

    fn history(&mut self, fact: &Fact, value: &Value<'_>, boxes: &mut Boxes) -> Option<()> {
        let count = fact.options.len();
        match &value.shape {
            Shape::Nothing => {
                filled(boxes, count, &self.past());
            }
            Shape::Word(text) => match said(text) {
                Said::None | Said::No | Said::Never => {
                    filled(boxes, count, &Points::one(NEVER));
                }
                _ => {
                    let message = format!("`{text}` does not say which of `{}`", fact.id);
                    return self.bad(value.span, fact, message);
                }
            },
            Shape::List(_) => return self.bad(value.span, fact, "a list names no day"),
            Shape::Map(pairs) => {
                self.by_option(fact, pairs, boxes, Self::past, |reader, value| reader.date(fact, value))?;
            }
        }
        Some(())
    }

    fn number(&mut self, fact: &Fact, value: &Value<'_>) -> Option<Points> {
        let FactKind::Number { whole, low: least, high: greatest } = fact.kind else { return None };
        let read = |text: &str| Number::parse(text).map(|number| (number.point(), number.point()));
        let span = value.span;
        let (low, high) = match &value.shape {
            Shape::Map(pairs) => self.bounds(fact, span, pairs, read)?,
            Shape::Word(text) => match read(bare(text)) {
                Some((low, high)) => (Some(low), Some(high)),
                None => return self.bad(span, fact, format!("`{text}` is no number")),
            },
            Shape::Nothing => return self.bad(span, fact, "nothing is no number"),
            Shape::List(_) => return self.bad(span, fact, "a list is no number"),
        };
        for bound in [low, high].into_iter().flatten() {
            if !(least..=greatest).contains(&bound) {
                let (least, greatest) = (Number::from_point(least), Number::from_point(greatest));
                let message = format!("`{}` lies between {least} and {greatest}", fact.id);
                return self.bad(
                    span,
                    fact,
                    format!("{} is out of range: {message}", Number::from_point(bound)),
                );
            }
            if whole && !Number::from_point(bound).is_whole() {
                return self.bad(span, fact, format!("{} is no whole number", Number::from_point(bound)));
            }
        }
        let points = Points::range(low.unwrap_or(least), high.unwrap_or(greatest));
        if points.is_empty() { self.bad(span, fact, "the range ends before it starts") } else { Some(points) }
    }

    /// `{at_least: ..., at_most: ...}`: the low end of the first, the high end of the second.
    pub(super) fn bounds(
        &mut self,
        fact: &Fact,
        span: Span,
        pairs: &[Pair<'_>],
        read: impl Fn(&str) -> Option<(Point, Point)>,
    ) -> Option<(Option<Point>, Option<Point>)> {
        let (mut low, mut high) = (None, None);
        for Pair { key, key_span, value } in pairs {
            let bound = value.text().and_then(|text| read(text.trim()));
            match (&**key, bound) {
                ("at_least", Some((first, _))) => low = Some(first),
                ("at_most", Some((_, last))) => high = Some(last),
                ("at_least" | "at_most", None) => {
                    return self.bad(value.span, fact, format!("{} cannot be read", shown(value)));
                }
                (key, _) => {
                    return self.bad(*key_span, fact, format!("`{key}` has no meaning in this answer"));
                }
            }
        }
        if low.is_none() && high.is_none() {
            return self.bad(span, fact, "the range has no ends");
        }
        Some((low, high))
    }
}

fn help(fact: &Fact) -> String {
    format!("an answer to `{}` is {}", fact.id, looks_like(fact))
}

pub(super) fn shown(value: &Value<'_>) -> String {
    match value.text() {
        Some(text) => format!("`{text}`"),
        None => value.called().to_string(),
    }
}

/// What an answer to a fact looks like, for help texts.
fn looks_like(fact: &Fact) -> String {
    let options = || {
        crate::prose::list(&fact.options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>(), "and")
    };
    match fact.kind {
        FactKind::YesNo => "`yes`, `no` or `unknown`".to_string(),
        FactKind::Choice => format!("one of {}", options()),
        FactKind::Set => format!("`none` or a list of {}, in a table with `|` between them", options()),
        FactKind::Number { low, high, .. } => {
            let unit = fact
                .unit
                .as_ref()
                .map(|unit| format!(" ({unit}, without writing the unit)"))
                .unwrap_or_default();
            let (low, high) = (Number::from_point(low), Number::from_point(high));
            format!("a number from {low} to {high}{unit}, with a dot for decimals and no commas")
        }
        FactKind::Date => "a day such as 2026-03-02, a month, a year, `never` or `ongoing`".to_string(),
        FactKind::PlannedDate => "a day such as 2026-03-02, a month, a year or `none`".to_string(),
        FactKind::BirthDate => "a day such as 1990-03-02".to_string(),
        FactKind::History => format!(
            "a map (in a table: columns) with a day such as 2026-03-02, `ongoing` or `never` for {}, and `rest`",
            options()
        ),
        FactKind::Note => "a text".to_string(),
    }
}
