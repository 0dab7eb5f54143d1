//! Which parts hang together.

/// Which of so many things hang together; a root is its own.
pub(super) struct Roots(Vec<u16>);

impl Roots {
    pub(super) fn of(count: usize) -> Roots {
        Roots((0..count as u16).collect())
    }

    pub(super) fn of_part(&self, mut at: u16) -> u16 {
        while self.0[usize::from(at)] != at {
            at = self.0[usize::from(at)];
        }
        at
    }

    pub(super) fn join(&mut self, all: &[u16]) {
        for pair in all.windows(2) {
            let (one, other) = (self.of_part(pair[0]), self.of_part(pair[1]));
            self.0[usize::from(one.max(other))] = one.min(other);
        }
    }
}
