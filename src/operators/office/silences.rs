//! Silences: made, looked at, ended, and what they suppressed released.

use super::{Office, looking::paged};
use crate::{
    delivery::{DeliveryKey, InvalidTransition, NewSilence, SilenceId, State},
    ledger::{By, Found, LedgerError, Page},
    operators::{
        OfficeError,
        views::{DeliveryView, SilenceView},
    },
    rules::{BadTemplate, Templates},
};

/// Whether the `when` of a silence can be understood: it is an expression as rules have it.
pub fn check_when(when: &str) -> Result<(), BadTemplate> {
    Templates::default().condition(when).map(drop)
}

impl Office {
    /// A page of silences, the last made first.
    pub async fn silences(&self, page: &Page) -> Result<Found<SilenceView>, OfficeError> {
        let before = page.after.as_ref().map(|after| SilenceId::of(after.number));
        let found = self.archive.ledger().await?.silences(before, page.most + 1).await?;
        let now = self.clock.now();
        let views = found.iter().map(|silence| SilenceView::of(silence, now)).collect();
        Ok(paged(views, page, |silence: &SilenceView| silence.id))
    }

    /// Those that hold or are to come, the last made first.
    pub async fn standing_silences(&self) -> Result<Vec<SilenceView>, OfficeError> {
        let (ledger, now) = (self.archive.ledger().await?, self.clock.now());
        let mut views = Vec::new();
        for standing in ledger.silences_at(now).await?.into_iter().rev() {
            // With what it suppressed.
            let counted = ledger.silence(standing.id).await?;
            views.extend(counted.map(|silence| SilenceView::of(&silence, now)));
        }
        Ok(views)
    }

    /// One silence.
    pub async fn silence(&self, id: SilenceId) -> Result<SilenceView, OfficeError> {
        let found = self.archive.ledger().await?.silence(id).await?;
        let silence = found.ok_or_else(|| unknown(id))?;
        Ok(SilenceView::of(&silence, self.clock.now()))
    }

    /// Makes a silence.
    pub async fn create_silence(
        &self,
        silence: &NewSilence,
        by: &By,
    ) -> Result<SilenceView, OfficeError> {
        silence.check(by.at).map_err(|why| OfficeError::NotAllowed(why.to_string()))?;
        if let Some(when) = &silence.choice.when {
            check_when(when).map_err(|bad| OfficeError::NotAllowed(format!("`when`: {bad}")))?;
        }
        let made = self.archive.ledger().await?.create_silence(silence, by).await?;
        Ok(SilenceView::of(&made, by.at))
    }

    /// Ends a silence; one that is over stays as it is.
    pub async fn end_silence(&self, id: SilenceId, by: &By) -> Result<SilenceView, OfficeError> {
        let ended = self.archive.ledger().await?.end_silence(id, by).await?;
        let silence = ended.ok_or_else(|| unknown(id))?;
        Ok(SilenceView::of(&silence, self.clock.now()))
    }

    /// Lets all that a silence has suppressed by now have its ticket. Workers carry it out.
    pub async fn release_silence(
        &self,
        id: SilenceId,
        by: &By,
    ) -> Result<SilenceView, OfficeError> {
        let found = self.archive.ledger().await?.release_silence(id, by).await?;
        let silence = found.ok_or_else(|| unknown(id))?;
        Ok(SilenceView::of(&silence, self.clock.now()))
    }

    /// Lets one delivery that a silence suppressed have its ticket. One that is on its way already
    /// stays so.
    pub async fn release_delivery(
        &self,
        key: &DeliveryKey,
        by: &By,
    ) -> Result<DeliveryView, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let refused = match ledger.release_delivery(key, by).await {
            Ok(delivery) => return Ok(DeliveryView::of(&delivery)),
            Err(LedgerError::NotAllowed(why)) => why,
            Err(error) => return Err(error.into()),
        };
        match ledger.delivery(key).await? {
            Some(delivery) if is_on_its_way(&delivery.state) && delivery.release.is_some() => {
                Ok(DeliveryView::of(&delivery))
            }
            Some(_) => Err(not_allowed(&refused)),
            None => Err(OfficeError::unknown("delivery", key.as_str())),
        }
    }
}

fn is_on_its_way(state: &State) -> bool {
    matches!(state, State::Queued)
}

fn not_allowed(why: &InvalidTransition) -> OfficeError {
    OfficeError::NotAllowed(why.to_string())
}

fn unknown(id: SilenceId) -> OfficeError {
    OfficeError::unknown("silence", id.to_string())
}
