//! Ids of the vendor's form: `clyyyyy`, a letter and small letters and digits after it.

use jiff::Timestamp;

use crate::sandbox::dice::Dice;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Makes ids that do not repeat.
#[derive(Debug)]
pub(super) struct Ids {
    dice: Dice,
    made: u64,
}

impl Default for Ids {
    fn default() -> Self {
        Self { dice: Dice::seeded(42), made: 0 }
    }
}

impl Ids {
    /// A new id: `c`, the time, a count, and twelve random places.
    pub(super) fn next(&mut self, now: Timestamp) -> String {
        self.made += 1;
        let time = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let mut id = String::with_capacity(25);
        id.push('c');
        push_base36(&mut id, time, 8);
        push_base36(&mut id, self.made, 4);
        push_base36(&mut id, self.dice.roll(), 12);
        id
    }
}

/// The last `places` digits of `number` in base 36.
fn push_base36(id: &mut String, number: u64, places: u32) {
    for place in (0..places).rev() {
        let digit = number / 36_u64.pow(place) % 36;
        id.extend(usize::try_from(digit).ok().map(|digit| char::from(DIGITS[digit])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_vendors_form_and_do_not_repeat() {
        let mut ids = Ids::default();
        let made: Vec<String> = (0..3).map(|_| ids.next(Timestamp::UNIX_EPOCH)).collect();
        assert!(made.iter().all(|id| id.len() == 25 && id.starts_with('c')), "{made:?}");
        assert!(made[0] != made[1] && made[1] != made[2], "{made:?}");
    }
}
