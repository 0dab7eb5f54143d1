//! One answer as written, read as the values it allows.

use super::diags::Finding;
use crate::book::fact::{Fact, FactKind};
use crate::diagnostic::Diagnostic;
use crate::source::{Entry, Kind, Node};
use crate::span::Span;
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, NO, Number, ONGOING, Point, Points, YES};

/// The values of every slot of a fact, as one answer allows them: at least one of these alternatives.
pub type Boxes = Vec<Vec<Points>>;

/// Reads answers of one client.
pub(super) struct Reader<'a> {
    pub(super) client: &'a str,
    pub(super) visit: Day,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

/// What an answer says.
pub(super) enum Reading {
    /// Nothing: `unknown`, or nothing behind the name.
    Unknown,
    /// These values.
    Values(Boxes),
}

impl Reader<'_> {
    fn bad<T>(&mut self, node: &Node, fact: &Fact, message: impl Into<String>) -> Option<T> {
        let help = help(fact);
        self.out.push(
            Finding::BadAnswer { client: self.client, span: node.span, message: message.into(), help }.into(),
        );
        None
    }

    /// Reads one answer to `fact`; `None` if it is wrong, which is reported.
    pub(super) fn read(&mut self, fact: &Fact, node: &Node) -> Option<Reading> {
        if node.is_empty() || matches!(word(node).as_deref(), Some("" | "unknown")) {
            return Some(Reading::Unknown);
        }
        if let Kind::List(items) = &node.kind
            && items.is_empty()
        {
            self.out.push(Finding::EmptyList { client: self.client, span: node.span, fact: &fact.id }.into());
            return Some(Reading::Unknown);
        }
        match fact.kind {
            FactKind::Set => self.set(fact, node),
            FactKind::History => self.history(fact, node),
            FactKind::Note => match node.text() {
                Some(_) => Some(Reading::Unknown),
                None => self.bad(node, fact, format!("{} is no note", node.shape())),
            },
            FactKind::Choice => self.choice(fact, node),
            _ => self.one(fact, node).map(|points| Reading::Values(vec![vec![points]])),
        }
    }

    fn choice(&mut self, fact: &Fact, node: &Node) -> Option<Reading> {
        let point = |node: &Node| node.text().and_then(|id| fact.option(id)).map(|at| at as Point);
        let points: Option<Points> = match (&node.kind, node.get("some").map(|some| &some.kind)) {
            (Kind::Map(entries), Some(Kind::List(items))) if entries.len() == 1 => items
                .iter()
                .map(point)
                .map(|at| at.map(|at| (at, at)))
                .collect::<Option<Vec<_>>>()
                .map(Points::of),
            _ => point(node).map(Points::one),
        };
        match points.filter(|points| !points.is_empty()) {
            Some(points) => Some(Reading::Values(vec![vec![points]])),
            None => self.bad_option(fact, node),
        }
    }

    fn bad_option<T>(&mut self, fact: &Fact, node: &Node) -> Option<T> {
        self.no_option(fact, node.text().unwrap_or(node.shape()), node.span);
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

    fn yes_no(&mut self, fact: &Fact, node: &Node) -> Option<Points> {
        match word(node).as_deref() {
            Some("yes" | "true") => Some(Points::one(YES)),
            Some("no" | "false") => Some(Points::one(NO)),
            Some("unknown" | "") => Some(Points::range(NO, YES)),
            _ => self.bad(node, fact, format!("{} is neither yes nor no", shown(node))),
        }
    }

    fn set(&mut self, fact: &Fact, node: &Node) -> Option<Reading> {
        let count = fact.options.len();
        let none = || vec![Points::one(NO); count];
        let chosen = |options: &[usize], rest: Points| -> Vec<Points> {
            (0..count).map(|at| if options.contains(&at) { Points::one(YES) } else { rest.clone() }).collect()
        };
        match &node.kind {
            Kind::Scalar(scalar) => match lower(&scalar.text).as_str() {
                "none" | "no" => Some(Reading::Values(vec![none()])),
                "some" | "yes" => {
                    let open = Points::range(NO, YES);
                    Some(Reading::Values((0..count).map(|at| chosen(&[at], open.clone())).collect()))
                }
                _ => match fact.option(&scalar.text) {
                    Some(at) => Some(Reading::Values(vec![chosen(&[at], Points::one(NO))])),
                    None => self.bad_option(fact, node),
                },
            },
            Kind::List(items) => {
                let options = self.options(fact, items)?;
                Some(Reading::Values(vec![chosen(&options, Points::one(NO))]))
            }
            Kind::Map(entries) => {
                let base = self.by_option(fact, entries, Points::range(NO, YES), |reader, node| {
                    reader.yes_no(fact, node)
                })?;
                let Some(some) = node.get("some") else { return Some(Reading::Values(vec![base])) };
                let Kind::List(items) = &some.kind else {
                    return self.bad(some, fact, "`some` takes a list of options");
                };
                let options = self.options(fact, items)?;
                let boxes = options.into_iter().map(|at| {
                    let mut one = base.clone();
                    one[at] = one[at].intersect(&Points::one(YES));
                    one
                });
                let boxes: Boxes = boxes.filter(|one| one.iter().all(|points| !points.is_empty())).collect();
                if boxes.is_empty() {
                    return self.bad(some, fact, "at least one of these applies, and each is answered no");
                }
                Some(Reading::Values(boxes))
            }
        }
    }

    fn options(&mut self, fact: &Fact, items: &[Node]) -> Option<Vec<usize>> {
        let read: Vec<Option<usize>> = items
            .iter()
            .map(|item| match item.text().and_then(|id| fact.option(id)) {
                Some(at) => Some(at),
                None => self.bad_option(fact, item),
            })
            .collect();
        read.into_iter().collect()
    }

    /// A map that answers the options it names; `rest` answers the others, else they stay open.
    fn by_option(
        &mut self,
        fact: &Fact,
        entries: &[Entry],
        open: Points,
        mut read: impl FnMut(&mut Self, &Node) -> Option<Points>,
    ) -> Option<Vec<Points>> {
        let mut values: Vec<Option<Points>> = vec![None; fact.options.len()];
        let mut rest = open;
        let mut fine = true;
        for entry in entries {
            let place = match entry.key.as_str() {
                "rest" => &mut rest,
                "some" if fact.kind == FactKind::Set => continue,
                key => match fact.option(key) {
                    Some(at) => values[at].insert(Points::EMPTY),
                    None => {
                        self.no_option(fact, key, entry.key_span);
                        fine = false;
                        continue;
                    }
                },
            };
            match read(self, &entry.value) {
                Some(points) => *place = points,
                None => fine = false,
            }
        }
        fine.then(|| values.into_iter().map(|value| value.unwrap_or_else(|| rest.clone())).collect())
    }

    fn history(&mut self, fact: &Fact, node: &Node) -> Option<Reading> {
        let boxed = |points: Points| Some(Reading::Values(vec![vec![points; fact.options.len()]]));
        match &node.kind {
            Kind::Scalar(scalar) => match lower(&scalar.text).as_str() {
                "none" | "no" | "never" => boxed(Points::one(NEVER)),
                _ => self.bad(node, fact, format!("`{}` does not say which of `{}`", scalar.text, fact.id)),
            },
            Kind::List(_) => self.bad(node, fact, "a list names no day"),
            Kind::Map(entries) => {
                let open = self.past();
                self.by_option(fact, entries, open, |reader, node| reader.date(fact, node))
                    .map(|one| Reading::Values(vec![one]))
            }
        }
    }

    fn past(&self) -> Points {
        Points::of([(NEVER, NEVER), (FIRST_DAY.point(), self.visit.point()), (ONGOING, ONGOING)])
    }

    fn one(&mut self, fact: &Fact, node: &Node) -> Option<Points> {
        match fact.kind {
            FactKind::YesNo => self.yes_no(fact, node),
            FactKind::Number { .. } => self.number(fact, node),
            _ => self.date(fact, node),
        }
    }

    /// A date of any kind, a month, a year, or a range.
    fn date(&mut self, fact: &Fact, node: &Node) -> Option<Points> {
        let planned = fact.kind == FactKind::PlannedDate;
        let ends = matches!(fact.kind, FactKind::Date | FactKind::History);
        if let Kind::Map(entries) = &node.kind {
            let (low, high) = self.bounds(fact, node, entries, |text| {
                Day::parse_partial(text).map(|(a, b)| (a.point(), b.point()))
            })?;
            let open_end = if planned { LAST_DAY } else { self.visit };
            return self.days(fact, node, low.unwrap_or(FIRST_DAY.point()), high.unwrap_or(open_end.point()));
        }
        match word(node).as_deref() {
            Some("unknown" | "") if fact.kind == FactKind::History => Some(self.past()),
            Some("never" | "none" | "no") if ends => Some(Points::one(NEVER)),
            Some("ongoing") if ends => Some(Points::one(ONGOING)),
            Some("none" | "no") if planned => Some(Points::one(ONGOING)),
            Some(text) => match Day::parse_partial(text) {
                Some((first, last)) => self.days(fact, node, first.point(), last.point()),
                None => self.bad(node, fact, format!("{} is no day", shown(node))),
            },
            None => self.bad(node, fact, format!("{} is no day", node.shape())),
        }
    }

    /// Days from `low` to `high`, cut off at the visit unless they may lie ahead.
    fn days(&mut self, fact: &Fact, node: &Node, low: Point, high: Point) -> Option<Points> {
        if low > high {
            return self.bad(node, fact, "the range ends before it starts");
        }
        if fact.kind == FactKind::PlannedDate {
            return Some(Points::range(low, high));
        }
        if low > self.visit.point() {
            let message = format!("`{}` lies after the visit on {}", fact.id, self.visit);
            self.out.push(Finding::FutureAnswer { client: self.client, span: node.span, message }.into());
            return None;
        }
        Some(Points::range(low, high.min(self.visit.point())))
    }

    fn number(&mut self, fact: &Fact, node: &Node) -> Option<Points> {
        let FactKind::Number { whole, low: least, high: greatest } = fact.kind else { return None };
        let read = |text: &str| Number::parse(text).map(|number| (number.point(), number.point()));
        let (low, high) = match &node.kind {
            Kind::Map(entries) => self.bounds(fact, node, entries, read)?,
            Kind::Scalar(scalar) => match read(scalar.text.trim()) {
                Some((low, high)) => (Some(low), Some(high)),
                None => return self.bad(node, fact, format!("`{}` is no number", scalar.text)),
            },
            Kind::List(_) => return self.bad(node, fact, "a list is no number"),
        };
        for bound in [low, high].into_iter().flatten() {
            if !(least..=greatest).contains(&bound) {
                let (least, greatest) = (Number::from_point(least), Number::from_point(greatest));
                let message = format!("`{}` lies between {least} and {greatest}", fact.id);
                return self.bad(
                    node,
                    fact,
                    format!("{} is out of range: {message}", Number::from_point(bound)),
                );
            }
            if whole && !Number::from_point(bound).is_whole() {
                return self.bad(node, fact, format!("{} is no whole number", Number::from_point(bound)));
            }
        }
        let points = Points::range(low.unwrap_or(least), high.unwrap_or(greatest));
        if points.is_empty() { self.bad(node, fact, "the range ends before it starts") } else { Some(points) }
    }

    /// `{at_least: ..., at_most: ...}`: the low end of the first, the high end of the second.
    fn bounds(
        &mut self,
        fact: &Fact,
        node: &Node,
        entries: &[Entry],
        read: impl Fn(&str) -> Option<(Point, Point)>,
    ) -> Option<(Option<Point>, Option<Point>)> {
        let (mut low, mut high) = (None, None);
        for entry in entries {
            let value = entry.value.text().and_then(|text| read(text.trim()));
            match (entry.key.as_str(), value) {
                ("at_least", Some((first, _))) => low = Some(first),
                ("at_most", Some((_, last))) => high = Some(last),
                ("at_least" | "at_most", None) => {
                    return self.bad(&entry.value, fact, format!("{} cannot be read", shown(&entry.value)));
                }
                (key, _) => {
                    let key_node = Node { span: entry.key_span, ..entry.value.clone() };
                    return self.bad(&key_node, fact, format!("`{key}` has no meaning in this answer"));
                }
            }
        }
        if low.is_none() && high.is_none() {
            return self.bad(node, fact, "the range has no ends");
        }
        Some((low, high))
    }
}

fn lower(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The answer as a word: `None` and `Never` are what a spreadsheet makes of `none` and `never`.
fn word(node: &Node) -> Option<String> {
    node.text().map(lower)
}

fn help(fact: &Fact) -> String {
    format!("an answer to `{}` is {}", fact.id, looks_like(fact))
}

fn shown(node: &Node) -> String {
    match node.text() {
        Some(text) => format!("`{text}`"),
        None => node.shape().to_string(),
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
