//! Answers as single numbers: a known point is itself, and every set of points has a number of its own.

use std::collections::BTreeMap;

use crate::book::fact::{Fact, FactKind};
use crate::value::{Day, NEVER, NO, Number, ONGOING, Point, Points, YES};

/// A point, or a set of points.
pub type Token = i64;

/// Nothing is known: every point the question has at the visit.
pub const OPEN: Token = i64::MAX;

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

    pub(super) fn is_full(&self) -> bool {
        self.sets.len() >= MOST_SETS
    }
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

/// Reads one plain word as an answer to a fact, as `values` reads it; `None` for what takes the long way.
pub(super) fn word(fact: &Fact, text: &str, visit: Day, sets: &mut Sets) -> Option<Word> {
    if text.is_empty() || is(text, &["unknown"]) {
        return Some(Word::Open);
    }
    match fact.kind {
        FactKind::Set if is(text, &["none", "no"]) => Some(Word::Each(NO)),
        FactKind::Set if is(text, &["some", "yes"]) => None,
        FactKind::Set => fact.option(text).map(Word::Option),
        FactKind::History => is(text, &["none", "no", "never"]).then_some(Word::Each(NEVER)),
        FactKind::Note => Some(Word::Open),
        FactKind::Choice => fact.option(text).map(|at| Word::One(at as Point)),
        FactKind::Number { whole, low, high } => {
            let point = Number::parse(text)?.point();
            let fits = (low..=high).contains(&point) && (!whole || Number::from_point(point).is_whole());
            fits.then_some(Word::One(point))
        }
        _ => slot(fact, text, visit, sets).map(Word::One),
    }
}

/// Reads one plain word as the answer to a yes/no or a date, or to one option of a set or history. What is unknown
/// there takes the long way.
pub(super) fn slot(fact: &Fact, text: &str, visit: Day, sets: &mut Sets) -> Option<Token> {
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
    match fact.kind {
        FactKind::YesNo | FactKind::Set if is(text, &["no", "false"]) => Some(NO),
        FactKind::YesNo | FactKind::Set if is(text, &["yes", "true"]) => Some(YES),
        FactKind::Date | FactKind::History if is(text, &["never", "none", "no"]) => Some(NEVER),
        FactKind::Date | FactKind::History if is(text, &["ongoing"]) => Some(ONGOING),
        FactKind::PlannedDate if is(text, &["none", "no"]) => Some(ONGOING),
        FactKind::Date | FactKind::History | FactKind::BirthDate => day(false, sets),
        FactKind::PlannedDate => day(true, sets),
        _ => None,
    }
}

/// Whether a text is one of these words, in letters of any size.
fn is(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}
