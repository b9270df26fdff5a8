//! What a KF5 account needs: a field that only an administrator can make.

use super::{Kf5, calls};
use crate::{
    delivery::Step,
    desks::{DeskError, Preview, Ready, SetUp},
    inspection::Soundness,
};

impl Kf5 {
    /// Whether the field for the delivery's key is there. KF5 documents no call that makes one.
    pub(super) async fn made_ready(&self) -> Result<SetUp, DeskError> {
        let Some(name) = &self.settings.key_field else {
            let words = "`key_field` is empty: a lost answer cannot be looked up";
            return Ok(SetUp::new(Ready::There, words));
        };
        let finding = self.key_standing(name).await?;
        Ok(match finding.verdict {
            Soundness::Sound => SetUp::new(Ready::There, format!("the field `{name}` is there")),
            Soundness::Unknown => SetUp::new(Ready::Unknown, finding.told()),
            Soundness::Fault => SetUp::new(Ready::ByHand, format!("{name}: {}", finding.words)).and(
                "An administrator creates a text field of tickets (系统设置, 工单字段), which agents \
                 need not fill. `deskbell desk <name> fields` then lists it; its name, as field_123, \
                 goes into `key_field`.",
            ),
        })
    }

    pub(super) fn making_ready(&self) -> Vec<Preview> {
        let key_field = self.settings.key_field.as_ref();
        let asks = key_field.map(|_| {
            let call = calls::ticket_fields().call();
            Preview { step: "setup".to_owned(), ..self.client.preview(&Step::Ticket, None, call) }
        });
        asks.into_iter().collect()
    }
}
