//! Tells whether a behaviour file has changed, and whether in more than its rules.

use sha2::{Digest, Sha256};

/// A behaviour file as it was read. It holds digests alone, for the file may say secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMark {
    /// Of every byte.
    whole: [u8; 32],
    /// Of all that is said beside the rules, however it is written.
    rest: [u8; 32],
}

impl FileMark {
    /// Of a file that says `text`.
    pub fn of(text: &str) -> Self {
        let rest = text.parse::<toml::Table>().map(|mut said| {
            said.remove("rules");
            said.to_string()
        });
        let digest = |text: &str| Sha256::digest(text).into();
        Self { whole: digest(text), rest: digest(&rest.unwrap_or_default()) }
    }

    /// Whether a file that says `text` is the same to the byte.
    pub fn is_of(&self, text: &str) -> bool {
        self.whole == <[u8; 32]>::from(Sha256::digest(text))
    }

    /// Whether both say the same, but for the rules.
    pub fn differs_in_rules_alone(&self, other: &Self) -> bool {
        self.rest == other.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_rules_is_told_from_one_of_the_rest() {
        let file = |rest: &str, rules: &str| FileMark::of(&format!("{rest}\n{rules}"));
        let (rest, rules) = ("[desks.crm]\nkind = 'kf5'", "[[rules]]\nname = 'a'");
        let before = file(rest, rules);
        for other in ["", "[[rules]]\nname = 'b'"] {
            let after = file(rest, other);
            assert!(before != after && before.differs_in_rules_alone(&after));
        }
        // Comments and the order of keys say nothing.
        assert!(before.differs_in_rules_alone(&file("# new\n[desks]\ncrm.kind = 'kf5'", "")));
        assert!(!before.differs_in_rules_alone(&file("[desks.crm]\nkind = 'thulium'", rules)));
        assert!(before.is_of(&format!("{rest}\n{rules}")) && !before.is_of(rest));
    }
}
