//! Repeatable chance: the same seed gives the same ids and the same faults in every run.

/// A small generator of pseudo-random numbers (`SplitMix64`). Not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for one `seed`.
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// True once in `sides` throws, on average. One side or none is always true.
    pub(super) fn hits(&mut self, sides: u32) -> bool {
        sides <= 1 || self.roll().is_multiple_of(u64::from(sides))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_always_gives_the_same_throws() {
        let (mut one, mut other) = (Dice::seeded(7), Dice::seeded(7));
        let throws: Vec<u64> = (0..5).map(|_| one.roll()).collect();
        assert_eq!(throws, (0..5).map(|_| other.roll()).collect::<Vec<_>>());
        assert_ne!(throws[0], Dice::seeded(8).roll());
    }

    #[test]
    fn one_in_a_hundred_hits_about_once_in_a_hundred() {
        let mut dice = Dice::seeded(1);
        let hits = (0..10_000).filter(|_| dice.hits(100)).count();
        assert!((60..=140).contains(&hits), "{hits} hits");
    }
}
