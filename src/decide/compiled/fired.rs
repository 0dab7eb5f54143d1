//! Which rules speak about a client.

use super::table::Word;

/// The rules that hold for a client and those that may, by their place among the rules in force. Made once and
/// filled for many clients.
#[derive(Debug, Clone, Default)]
pub struct Fired {
    /// For 64 rules each: those that hold, those that may, and what is of use only on the way.
    pub(super) words: Vec<Word>,
}

impl Fired {
    /// The rules that hold.
    pub fn holds(&self) -> impl Iterator<Item = u16> {
        self.places(0)
    }

    /// The rules that hold for one completion of what is open and not for another.
    pub fn may_hold(&self) -> impl Iterator<Item = u16> {
        self.places(1)
    }

    fn places(&self, of: usize) -> impl Iterator<Item = u16> {
        (0..)
            .step_by(64)
            .zip(&self.words)
            .flat_map(move |(first, word)| bits(word[of]).map(move |at| first + at))
    }
}

/// The places of the bits that are set, ascending.
pub(super) fn bits(mut word: u64) -> impl Iterator<Item = u16> {
    std::iter::from_fn(move || {
        let at = (word != 0).then(|| word.trailing_zeros() as u16);
        word &= word.wrapping_sub(1);
        at
    })
}
