//! The rules folder as its authors wrote it: every key in its place, conditions and durations still text.
//!
//! This floor checks shape only: which keys exist, which must be there, and where a text, a list or a map
//! belongs. What the texts mean is read one floor up, in `book`.

pub mod cases;
mod diags;
mod fields;
mod folder;
mod page;
pub mod record;
pub mod signatures;
mod visit;

pub use fields::{Fields, Named, Words, text};
pub use folder::{Clinic, Fact, Hazard, Person, Query, Rounding, Rules, Signer, Source, Statement, read};
pub use page::{
    Basis, Function, Guarantee, InForce, Page, Parameter, ParameterValue, Review, Rule, Section, When,
    Withdrawn,
};
pub use visit::{
    Activity, AftercareItem, Appointment, Band, Course, Exclusion, Matter, PriceList, Pricing, Script, Step,
};
