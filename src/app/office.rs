//! What operators may ask of a running process.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use async_trait::async_trait;

use super::{ledger_path, records::LedgerRecords, sightings_path};
use crate::{
    broker::embedded::JournalEraser,
    clock::{Clock, SystemClock},
    config::{Config, Settings, SourceConfig},
    delivery::DeliveryKey,
    desks::{Desk, DeskConfig, Preview, build},
    event::{DeskName, SchemaBook, SourceName},
    ledger::{Ledger, Privacy},
    operators::{
        Archive, KeptJournal, Office, OfficeError,
        replaying::Planner,
        views::{RefusedView, SecretView, SourceView},
    },
    receiver::{ReceiverSettings, RecordsError, Sighted, SightingBook},
    rules::LiveRules,
    signature::{InvalidSecret, Scheme, SchemeSettings},
    ticket::TicketDraft,
};

/// The operators' part of a process with this configuration.
pub(super) fn office(
    settings: &Settings,
    sources: BTreeMap<SourceName, SchemeSettings>,
    desks: &BTreeMap<DeskName, DeskConfig>,
    planner: Planner,
    privacy: Privacy,
    (records, clock): (&Arc<LedgerRecords>, &Arc<dyn Clock>),
) -> Office {
    let kind = |(name, desk): (&DeskName, &DeskConfig)| (name.clone(), desk.vendor.kind());
    Office {
        archive: Arc::new(Archives {
            records: records.clone(),
            sources,
            sightings: sightings_path(settings),
            embedded: settings.amqp_url.is_none().then(|| settings.data_dir.clone()),
            // What of a desk is wrong is told by those who speak to it.
            desks: desks
                .iter()
                .filter_map(|(name, desk)| Some((name.clone(), build(desk).ok()?)))
                .collect(),
        }),
        clock: clock.clone(),
        desks: desks.iter().map(kind).collect(),
        planner,
        privacy,
        longest_event: ReceiverSettings::default().body_limit as usize,
    }
}

/// What operators do on the command line, with `ledger` and what this configuration says.
pub fn office_at(config: Config, schemas: &SchemaBook, ledger: Arc<dyn Ledger>) -> Office {
    let redactions = config.redactions();
    let Config { settings, sources, desks, rules, privacy, .. } = config;
    let records = LedgerRecords::of(ledger_path(&settings), Some(ledger), redactions);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let planner = planner(Arc::new(LiveRules::from(rules)), schemas.clone(), &desks);
    office(&settings, schemes(&sources), &desks, planner, privacy, (&records, &clock))
}

/// What plans of bulk replays are made by.
pub fn planner(
    rules: Arc<LiveRules>,
    schemas: SchemaBook,
    desks: &BTreeMap<DeskName, DeskConfig>,
) -> Planner {
    let pacing =
        |(name, desk): (&DeskName, &DeskConfig)| (name.clone(), desk.settings.pacing.clone());
    Planner { rules, schemas, pacing: desks.iter().map(pacing).collect() }
}

/// How each source proves who it is.
pub fn schemes(
    sources: &BTreeMap<SourceName, SourceConfig>,
) -> BTreeMap<SourceName, SchemeSettings> {
    sources.iter().map(|(name, source)| (name.clone(), source.verify.clone())).collect()
}

/// Where operators look.
#[derive(Debug)]
struct Archives {
    records: Arc<LedgerRecords>,
    sources: BTreeMap<SourceName, SchemeSettings>,
    sightings: PathBuf,
    /// Where the embedded broker's store is; `None`: there is RabbitMQ.
    embedded: Option<PathBuf>,
    /// For what they would be asked; nothing is sent.
    desks: BTreeMap<DeskName, Arc<dyn Desk>>,
}

#[async_trait]
impl Archive for Archives {
    async fn ledger(&self) -> Result<&dyn Ledger, OfficeError> {
        self.records.ledger().await.map_err(|error| match error {
            RecordsError::None => OfficeError::NoLedger,
            RecordsError::Failed(error) => OfficeError::Ledger(error),
        })
    }

    async fn kept_journal(&self) -> Result<KeptJournal, OfficeError> {
        let Some(directory) = self.embedded.clone() else { return Ok(KeptJournal::Stream) };
        let opened = tokio::task::spawn_blocking(move || JournalEraser::open(&directory)).await;
        Ok(KeptJournal::Embedded(opened.map_err(unread)?.map_err(unread)?))
    }

    async fn sources(&self) -> Result<Vec<SourceView>, OfficeError> {
        let path = self.sightings.clone();
        let sighted = if path.exists() {
            let opened = tokio::task::spawn_blocking(move || SightingBook::open(&path)).await;
            let book = opened.map_err(unread)?.map_err(unread)?;
            let sighted = book.read().await;
            book.close().await;
            sighted.map_err(unread)?
        } else {
            Sighted::default()
        };
        source_views(&self.sources, &sighted).map_err(unread)
    }

    fn requests(&self, desk: &DeskName, key: &DeliveryKey, draft: &TicketDraft) -> Vec<Preview> {
        let Some(desk) = self.desks.get(desk) else { return Vec::new() };
        desk.preview(key, draft).unwrap_or_default()
    }
}

fn unread(error: impl std::error::Error + Send + Sync + 'static) -> OfficeError {
    OfficeError::Ledger(Box::new(error))
}

/// The sources, with what was noted of each.
pub fn source_views(
    sources: &BTreeMap<SourceName, SchemeSettings>,
    sighted: &Sighted,
) -> Result<Vec<SourceView>, InvalidSecret> {
    sources.iter().map(|(name, settings)| source_view(name, settings, sighted)).collect()
}

fn source_view(
    name: &SourceName,
    settings: &SchemeSettings,
    sighted: &Sighted,
) -> Result<SourceView, InvalidSecret> {
    let name = name.as_str();
    let scheme = Scheme::new(settings.clone())?;
    let secrets = scheme.fingerprints().iter().enumerate().map(|(index, print)| SecretView {
        secret: index + 1,
        last_verified: sighted.last_verified(name, &print.to_string()),
    });
    let refused = sighted.refused(name).map(|refused| RefusedView {
        reason: refused.reason.clone(),
        times: refused.times,
        last: refused.last,
    });
    Ok(SourceView {
        source: name.to_owned(),
        verify: settings.word().to_owned(),
        secrets: secrets.collect(),
        refused: refused.collect(),
    })
}
