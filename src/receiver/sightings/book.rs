//! Where sightings are written down: a small database beside the others, which several processes of
//! one host may share.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::Transaction;

use super::Seen;
use crate::sqlite::{OpenError, Schema, Store, StoreError, from_nanos, to_nanos};

/// The number is `DbSs` in ASCII.
const SCHEMA: Schema = Schema {
    application_id: 0x4462_5373,
    steps: &[include_str!("../../../migrations/source-sightings/0001.sql")],
};

/// The database of sightings.
#[derive(Debug)]
pub struct SightingBook(Store);

/// All that was noted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sighted {
    verified: Vec<(String, String, Timestamp)>,
    refused: Vec<(String, Refused)>,
}

/// Proofs that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The reason, as metrics name it: `signature_wrong`.
    pub reason: String,
    /// How many, since the book was begun.
    pub times: i64,
    /// The last one.
    pub last: Timestamp,
}

impl SightingBook {
    /// Opens the book at `path`, and begins one where there is none. Blocks on the disk.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Store::open(path, SCHEMA, None).map(Self)
    }

    /// Adds what was seen. A time that is older than what stands changes nothing.
    pub(super) async fn add(&self, seen: Seen) -> Result<(), StoreError> {
        self.0.write(move |tx| Ok(write(tx, &seen)?)).await
    }

    /// All that was noted, in the order of names.
    pub async fn read(&self) -> Result<Sighted, StoreError> {
        self.0.read(|tx| Ok(read(tx)?)).await
    }

    /// Finishes and closes the file.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl Sighted {
    /// When the secret of this fingerprint last verified for `source`.
    pub fn last_verified(&self, source: &str, fingerprint: &str) -> Option<Timestamp> {
        let of = |(name, print, _): &&(String, String, Timestamp)| {
            name == source && print == fingerprint
        };
        self.verified.iter().find(of).map(|(_, _, last)| *last)
    }

    /// What was refused of `source`, by reason.
    pub fn refused(&self, source: &str) -> impl Iterator<Item = &Refused> {
        self.refused.iter().filter(move |(name, _)| name == source).map(|(_, refused)| refused)
    }
}

fn write(tx: &Transaction<'_>, seen: &Seen) -> rusqlite::Result<()> {
    for (source, secrets) in &seen.verified {
        for (fingerprint, last) in secrets {
            tx.execute(
                "INSERT INTO verified (source, fingerprint, last_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET last_at = max(last_at, excluded.last_at)",
                (source.as_str(), fingerprint.to_string(), to_nanos(*last)),
            )?;
        }
    }
    for (source, reasons) in &seen.refused {
        for (reason, (times, last)) in reasons {
            tx.execute(
                "INSERT INTO refused (source, reason, times, last_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET times = times + excluded.times,
                                           last_at = max(last_at, excluded.last_at)",
                (source.as_str(), reason, times, to_nanos(*last)),
            )?;
        }
    }
    Ok(())
}

fn read(tx: &Transaction<'_>) -> rusqlite::Result<Sighted> {
    let verified = tx
        .prepare("SELECT source, fingerprint, last_at FROM verified ORDER BY source, fingerprint")?
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, from_nanos(row.get(2)?))))?
        .collect::<Result<_, _>>()?;
    let refused = tx
        .prepare("SELECT source, reason, times, last_at FROM refused ORDER BY source, reason")?
        .query_map((), |row| {
            let last = from_nanos(row.get(3)?);
            Ok((row.get(0)?, Refused { reason: row.get(1)?, times: row.get(2)?, last }))
        })?
        .collect::<Result<_, _>>()?;
    Ok(Sighted { verified, refused })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::{
        receiver::Sightings,
        signature::{Scheme, SchemeSettings},
    };

    #[tokio::test]
    async fn when_a_secret_last_verified_survives_a_restart_and_a_change_of_places() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sources.db");
        let shop = "shop".parse().unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let scheme = |secrets: [&str; 2]| {
            let secrets = secrets.map(Into::into).into();
            Scheme::new(SchemeSettings::Bearer { secrets }).unwrap()
        };
        let (old, new) = (scheme(["old", "older"]), scheme(["new", "old"]));
        for (second, refusals) in [(100, 1), (90, 2)] {
            let book = SightingBook::open(&path).unwrap();
            let sightings = Sightings::default();
            sightings.verified(&shop, old.fingerprints()[0], at(second));
            for _ in 0..refusals {
                sightings.refused(&shop, "signature_wrong", at(second));
            }
            sightings.note(&book).await;
            sightings.note(&book).await;
            book.close().await;
        }
        let book = SightingBook::open(&path).unwrap();
        let sighted = book.read().await.unwrap();
        let last =
            |index: usize| sighted.last_verified("shop", &new.fingerprints()[index].to_string());
        assert_eq!((last(0), last(1)), (None, Some(at(100))));
        let wrong = Refused { reason: "signature_wrong".into(), times: 3, last: at(100) };
        assert_eq!(sighted.refused("shop").collect::<Vec<_>>(), [&wrong]);
        assert_eq!(sighted.refused("other").count(), 0);
    }

    #[tokio::test]
    async fn a_book_that_cannot_be_written_is_no_error_to_who_notes() {
        let directory = tempfile::tempdir().unwrap();
        let book = SightingBook::open(&directory.path().join("sources.db")).unwrap();
        book.close().await;
        let sightings = Sightings::default();
        sightings.refused(&"shop".parse().unwrap(), "signature_wrong", Timestamp::UNIX_EPOCH);
        sightings.note(&book).await;
        assert!(book.read().await.is_err());
    }
}
