//! What the receiver may read of the ledger.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use tokio::sync::OnceCell;

use crate::{
    event::{EventId, Redactions, SourceName},
    ledger::{Ledger, LedgerError, sqlite::SqliteLedger},
    receiver::{Recorded, Records, RecordsError},
};

/// The ledger, for those who only read it. A receiver alone opens it when it is first asked, once
/// a worker of this machine has made it.
#[derive(Debug)]
pub(super) struct LedgerRecords {
    path: PathBuf,
    redactions: Redactions,
    ledger: OnceCell<Arc<dyn Ledger>>,
}

impl LedgerRecords {
    /// `ledger`, or the one at `path` where this process has none open.
    pub(super) fn of(
        path: PathBuf,
        ledger: Option<Arc<dyn Ledger>>,
        redactions: Redactions,
    ) -> Arc<Self> {
        Arc::new(Self { path, redactions, ledger: OnceCell::new_with(ledger) })
    }

    /// The ledger, once there is one.
    pub(super) async fn ledger(&self) -> Result<&dyn Ledger, RecordsError> {
        let ledger = self.ledger.get_or_try_init(|| async {
            let (path, shown) = (self.path.clone(), self.redactions.clone());
            // A receiver must not make the ledger: a worker of another machine may have it.
            if !path.exists() {
                return Err(RecordsError::None);
            }
            let opened =
                tokio::task::spawn_blocking(move || SqliteLedger::open_showing(&path, shown));
            let opened = opened.await;
            let ledger = opened.map_err(|error| RecordsError::Failed(Box::new(error)))?;
            let ledger = ledger.map_err(|error| RecordsError::Failed(Box::new(error)))?;
            Ok(ledger as Arc<dyn Ledger>)
        });
        ledger.await.map(AsRef::as_ref)
    }
}

#[async_trait]
impl Records for LedgerRecords {
    async fn find(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<Option<Recorded>, RecordsError> {
        let failed = |error: LedgerError| RecordsError::Failed(Box::new(error));
        let ledger = self.ledger().await?;
        let Some(record) = ledger.event(source, id).await.map_err(failed)? else {
            return Ok(None);
        };
        let deliveries = ledger.deliveries_of(source, id).await.map_err(failed)?;
        Ok(Some(Recorded { envelope: record.envelope, deliveries }))
    }
}
