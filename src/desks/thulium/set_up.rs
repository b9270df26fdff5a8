//! What a Thulium system needs: a custom field that only an administrator can make.

use super::{Thulium, inspection, requests};
use crate::{
    delivery::Step,
    desks::{DeskError, Preview, Ready, SetUp},
    inspection::Soundness,
};

impl Thulium {
    /// Whether the field for the delivery's key is there. Thulium documents no call that makes one.
    pub(super) async fn made_ready(&self) -> Result<SetUp, DeskError> {
        let Some(name) = &self.settings.key_field else {
            let words = "`key_field` is empty: a lost answer cannot be looked up";
            return Ok(SetUp::new(Ready::There, words));
        };
        let finding = self.key_standing(name).await?;
        let ready = match finding.verdict {
            Soundness::Sound => {
                let words = format!("the custom field `{name}` is there");
                return Ok(SetUp::new(Ready::There, words));
            }
            Soundness::Unknown => Ready::Unknown,
            Soundness::Fault => Ready::ByHand,
        };
        Ok(SetUp::new(ready, format!("`{name}`: {}", finding.words)).and(format!(
            "An administrator adds a text field of this very name, `{name}`, to the custom fields of \
             tickets."
        )))
    }

    pub(super) fn making_ready(&self) -> Vec<Preview> {
        let key_field = self.settings.key_field.as_ref();
        let asks = key_field.map(|_| {
            let call = requests::tickets(&inspection::newest_filter());
            Preview { step: "setup".to_owned(), ..self.account.preview(&Step::Ticket, None, call) }
        });
        asks.into_iter().collect()
    }
}
