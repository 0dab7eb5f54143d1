//! The shipped rules as a programmer would write them in Rust: three-valued, no allocation, numbers as
//! constants. The engine that reads them as data is measured against this.

use clearance::inside::book::Outcome;

/// Yes, no, or not known: Kleene's three values, in the order that makes `and` the least and `or` the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tri {
    No,
    Unknown,
    Yes,
}

use Tri::{No, Unknown, Yes};

impl Tri {
    fn not(self) -> Tri {
        match self {
            No => Yes,
            Unknown => Unknown,
            Yes => No,
        }
    }

    fn and(self, other: Tri) -> Tri {
        self.min(other)
    }

    fn or(self, other: Tri) -> Tri {
        self.max(other)
    }

    fn known(yes: bool) -> Tri {
        if yes { Yes } else { No }
    }
}

/// When something was last so; days are counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    Unknown,
    Never,
    On(i32),
    Ongoing,
}

impl Last {
    fn ongoing(self) -> Tri {
        match self {
            Last::Unknown => Unknown,
            Last::Ongoing => Yes,
            Last::Never | Last::On(_) => No,
        }
    }

    fn never(self) -> Tri {
        match self {
            Last::Unknown => Unknown,
            Last::Never => Yes,
            Last::On(_) | Last::Ongoing => No,
        }
    }

    /// Whether fewer than `days` days have passed.
    fn within(self, days: i32, visit: i32) -> Tri {
        match self {
            Last::Unknown => Unknown,
            Last::Never => No,
            Last::On(day) => Tri::known(visit < day + days),
            Last::Ongoing => Yes,
        }
    }

    /// Whether more than `days` days have passed.
    fn longer_ago(self, days: i32, visit: i32) -> Tri {
        match self {
            Last::Unknown => Unknown,
            Last::Never => Yes,
            Last::On(day) => Tri::known(day + days < visit),
            Last::Ongoing => No,
        }
    }

    /// The first day on which `days` days have passed.
    fn plus(self, days: i32) -> i32 {
        match self {
            Last::On(day) => day + days,
            Last::Unknown | Last::Never | Last::Ongoing => OPEN,
        }
    }
}

/// What is known about a client, as far as rules read it.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    pub pregnant: Tri,
    pub psoriasis: Tri,
    pub eczema: Tri,
    pub unlisted_skin_disease: Tri,
    pub open_wounds: Tri,
    pub keloid_history: Tri,
    pub unlisted_goal: Tri,
    pub radiation: Last,
    pub isotretinoin: Last,
    pub tretinoin: Last,
    pub adapalene: Last,
    pub benzoyl_peroxide: Last,
    pub unlisted_acne_medicine: Last,
    pub last_session: Last,
}

impl Client {
    /// Nothing is known.
    pub const UNKNOWN: Client = Client {
        pregnant: Unknown,
        psoriasis: Unknown,
        eczema: Unknown,
        unlisted_skin_disease: Unknown,
        open_wounds: Unknown,
        keloid_history: Unknown,
        unlisted_goal: Unknown,
        radiation: Last::Unknown,
        isotretinoin: Last::Unknown,
        tretinoin: Last::Unknown,
        adapalene: Last::Unknown,
        benzoyl_peroxide: Last::Unknown,
        unlisted_acne_medicine: Last::Unknown,
        last_session: Last::Unknown,
    };
}

/// A wait without an end.
pub const OPEN: i32 = i32::MAX;

const RADIATION_WASHOUT: i32 = 180;
const ISOTRETINOIN_WASHOUT: i32 = 180;
const RETINOID_PAUSE: i32 = 7;
const SESSION_GAP_MIN: i32 = 28;
const SESSION_GAP_MAX: i32 = 42;

/// The rules, each at the place of its bit in [`Decision::fired`].
pub const RULES: [&str; 12] = [
    "microneedling/adapalene",
    "microneedling/indications",
    "microneedling/isotretinoin",
    "microneedling/keloid",
    "microneedling/open_wounds",
    "microneedling/other_acne_medicine",
    "microneedling/pregnancy",
    "microneedling/radiation",
    "microneedling/skin_disease",
    "microneedling/spacing_too_early",
    "microneedling/spacing_too_late",
    "microneedling/tretinoin",
];

/// What the rules say about a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    /// The first day on which no deferral holds any more, or [`OPEN`].
    pub wait: i32,
    /// The rules that hold, one bit each.
    pub fired: u16,
    /// The rules that may hold.
    pub open: u16,
}

impl Decision {
    fn rule(&mut self, at: u16, holds: Tri, outcome: Outcome) {
        match holds {
            No => {}
            Unknown => self.open |= 1 << at,
            Yes => {
                self.fired |= 1 << at;
                self.outcome = self.outcome.max(outcome);
            }
        }
    }

    fn deferral(&mut self, at: u16, holds: Tri, until: i32) {
        self.rule(at, holds, Outcome::Deferred);
        if holds == Yes {
            self.wait = self.wait.max(until);
        }
    }
}

/// Decides one client on one day.
pub fn decide(client: &Client, visit: i32) -> Decision {
    let mut decision = Decision { outcome: Outcome::Eligible, wait: visit, fired: 0, open: 0 };

    let adapalene = client.adapalene.within(RETINOID_PAUSE, visit);
    decision.deferral(0, adapalene, client.adapalene.plus(RETINOID_PAUSE));

    decision.rule(1, client.unlisted_goal, Outcome::NeedsReview);

    let isotretinoin = client.isotretinoin.within(ISOTRETINOIN_WASHOUT, visit);
    decision.deferral(2, isotretinoin, client.isotretinoin.plus(ISOTRETINOIN_WASHOUT));

    decision.rule(3, client.keloid_history, Outcome::NeedsReview);

    decision.deferral(4, client.open_wounds, OPEN);

    let other_acne_medicine = client.benzoyl_peroxide.ongoing().or(client.unlisted_acne_medicine.ongoing());
    decision.rule(5, other_acne_medicine, Outcome::NeedsReview);

    decision.rule(6, client.pregnant, Outcome::NotEligible);

    let radiation = client.radiation.within(RADIATION_WASHOUT, visit);
    decision.deferral(7, radiation, client.radiation.plus(RADIATION_WASHOUT));

    let skin_disease = client.psoriasis.or(client.eczema).or(client.unlisted_skin_disease);
    decision.rule(8, skin_disease, Outcome::NeedsReview);

    let too_early = client.last_session.within(SESSION_GAP_MIN, visit);
    decision.deferral(9, too_early, client.last_session.plus(SESSION_GAP_MIN));

    let too_late =
        client.last_session.never().not().and(client.last_session.longer_ago(SESSION_GAP_MAX, visit));
    decision.rule(10, too_late, Outcome::NeedsReview);

    let tretinoin = client.tretinoin.within(RETINOID_PAUSE, visit);
    decision.deferral(11, tretinoin, client.tretinoin.plus(RETINOID_PAUSE));

    if decision.outcome == Outcome::Eligible && decision.open != 0 {
        decision.outcome = Outcome::MoreInformation;
    }
    decision
}
