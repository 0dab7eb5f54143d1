//! Answers as single numbers: a known point is itself, and every set of points has a number of its own.

use std::collections::BTreeMap;

use crate::book::fact::{Fact, FactKind};
use crate::value::{Day, NEVER, NO, Number, ONGOING, Point, Points, YES};

/// A point, or a set of points.
pub type Token = i64;

/// Tokens from here on are sets.
const FIRST_SET: Token = i64::MIN;
/// More sets are not kept.
const MOST_SETS: usize = 1 << 16;

/// The sets behind tokens.
#[derive(Default)]
pub(super) struct Sets {
    sets: Vec<Points>,
    tokens: BTreeMap<Vec<(Point, Point)>, Token>,
}

impl Sets {
    /// The token of a set.
    pub(super) fn token(&mut self, points: &Points) -> Token {
        if let Some(point) = points.single() {
            return point;
        }
        if let Some(token) = self.tokens.get(points.ranges()) {
            return *token;
        }
        let token = FIRST_SET + self.sets.len() as Token;
        self.tokens.insert(points.ranges().to_vec(), token);
        self.sets.push(points.clone());
        token
    }

    /// The set, unless it is one point.
    pub(super) fn set(&self, token: Token) -> Option<&Points> {
        self.sets.get(usize::try_from(token.wrapping_sub(FIRST_SET)).ok()?)
    }

    /// The points of a token.
    pub(super) fn points(&self, token: Token) -> Points {
        self.set(token).cloned().unwrap_or_else(|| Points::one(token))
    }

    /// The token of a set, or point, whose days are moved by so many days.
    pub(super) fn moved(&mut self, token: Token, by: Point) -> Token {
        if by == 0 || !is_open(token) {
            return moved(token, by);
        }
        let points = self.points(token);
        let ranges = points.ranges().iter().map(|(low, high)| (moved(*low, by), moved(*high, by)));
        let points = Points::of(ranges);
        self.token(&points)
    }

    pub(super) fn is_full(&self) -> bool {
        self.sets.len() >= MOST_SETS
    }
}

/// A point moved by so many days if it is a day: `never` and `ongoing` stay.
pub(super) fn moved(point: Point, by: Point) -> Point {
    if is_day(point) { point + by } else { point }
}

/// Whether time moves a point: `never` and `ongoing` stay.
pub(super) fn is_day(token: Token) -> bool {
    token > NEVER && token < ONGOING
}

/// Whether a token is a set and no point.
pub(super) fn is_open(token: Token) -> bool {
    token < FIRST_SET + MOST_SETS as Token * 2
}

/// What one word answers.
pub(super) enum Word {
    /// `unknown`, or nothing.
    Open,
    /// The one slot of a fact.
    One(Token),
    /// Every slot of a fact.
    Each(Token),
    /// One option of a set, and no other.
    Option(usize),
}

/// A word that means the same in every answer of a kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Unknown,
    No,
    Yes,
    None,
    Some,
    Never,
    Ongoing,
    Other,
}

impl Said {
    /// In letters of any size.
    fn of(text: &str) -> Said {
        match text {
            "" => Said::Nothing,
            "no" => Said::No,
            "yes" => Said::Yes,
            "never" => Said::Never,
            "none" => Said::None,
            "ongoing" => Said::Ongoing,
            "unknown" => Said::Unknown,
            "some" => Said::Some,
            _ if text.len() <= 7 && text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Said::of(&text.to_ascii_lowercase())
            }
            _ => Said::Other,
        }
    }
}

/// Reads one plain word as an answer to a fact, as `values` reads it; `None` for what takes the long way.
pub(super) fn word(fact: &Fact, text: &str, visit: Day, sets: &mut Sets) -> Option<Word> {
    let said = Said::of(text);
    match (fact.kind, said) {
        (_, Said::Nothing | Said::Unknown) => Some(Word::Open),
        (FactKind::Set, Said::None | Said::No) => Some(Word::Each(NO)),
        (FactKind::Set, Said::Some | Said::Yes) => None,
        (FactKind::Set, _) => fact.option(text).map(Word::Option),
        (FactKind::History, Said::None | Said::No | Said::Never) => Some(Word::Each(NEVER)),
        (FactKind::History, _) => None,
        (FactKind::Note, _) => Some(Word::Open),
        (FactKind::Choice, _) => fact.option(text).map(|at| Word::One(at as Point)),
        (FactKind::Number { whole, low, high }, _) => {
            let point = Number::parse(text)?.point();
            let fits = (low..=high).contains(&point) && (!whole || Number::from_point(point).is_whole());
            fits.then_some(Word::One(point))
        }
        _ => point(fact, text, said, visit, sets).map(Word::One),
    }
}

/// Reads one plain word as the answer to a yes/no or a date, or to one option of a set or history. What is unknown
/// there takes the long way.
pub(super) fn slot(fact: &Fact, text: &str, visit: Day, sets: &mut Sets) -> Option<Token> {
    point(fact, text, Said::of(text), visit, sets)
}

fn point(fact: &Fact, text: &str, said: Said, visit: Day, sets: &mut Sets) -> Option<Token> {
    let day = |planned: bool, sets: &mut Sets| {
        if let Some(day) = Day::parse(text) {
            return (planned || day <= visit).then_some(day.point());
        }
        let (first, last) = Day::parse_partial(text)?;
        match planned {
            true => Some(sets.token(&Points::range(first.point(), last.point()))),
            false if first > visit => None,
            false => Some(sets.token(&Points::range(first.point(), last.min(visit).point()))),
        }
    };
    match (fact.kind, said) {
        (FactKind::YesNo | FactKind::Set, Said::No) => Some(NO),
        (FactKind::YesNo | FactKind::Set, Said::Yes) => Some(YES),
        (FactKind::YesNo | FactKind::Set, _) => truth(text),
        (FactKind::Date | FactKind::History, Said::Never | Said::None | Said::No) => Some(NEVER),
        (FactKind::Date | FactKind::History, Said::Ongoing) => Some(ONGOING),
        (FactKind::PlannedDate, Said::None | Said::No) => Some(ONGOING),
        (FactKind::Date | FactKind::History | FactKind::BirthDate, _) => day(false, sets),
        (FactKind::PlannedDate, _) => day(true, sets),
        _ => None,
    }
}

/// `true` and `false`, which answer only what is yes or no.
fn truth(text: &str) -> Option<Token> {
    let is = |word| text.eq_ignore_ascii_case(word);
    if is("true") { Some(YES) } else { is("false").then_some(NO) }
}
