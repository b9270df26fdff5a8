//! Why a process does not start.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::{
    broker::{embedded::EmbeddedError, rabbitmq::InvalidAmqpUrl},
    callbacks::NoClient,
    desks::BuildError,
    event::{DeskName, ReceiverName, SchemaFault, SourceName},
    ledger::LedgerError,
    receiver::NoAuthorities,
    signature::InvalidSecret,
    sqlite::OpenError,
};

/// Why a process does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Receiver and workers are apart, and nothing carries the work between them.
    #[error(
        "receiver and workers in processes of their own need RabbitMQ between them: set \
         DESKBELL_AMQP_URL, or start both with `deskbell run`"
    )]
    Apart,
    /// The broker's URL cannot be read.
    #[error("DESKBELL_AMQP_URL")]
    AmqpUrl(#[from] InvalidAmqpUrl),
    /// The embedded store cannot be opened.
    #[error("the embedded store cannot be opened")]
    Embedded(#[from] EmbeddedError),
    /// The ledger cannot be opened.
    #[error("the ledger `{path}` cannot be opened")]
    Ledger {
        /// Its file.
        path: PathBuf,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// The data directory cannot be made.
    #[error("the data directory `{path}` cannot be made")]
    DataDirectory {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A source's secret cannot be used.
    #[error("source `{source_name}`")]
    Secret {
        /// Which source.
        source_name: SourceName,
        /// Why.
        #[source]
        source: InvalidSecret,
    },
    /// A source's call-back cannot be used.
    #[error("source `{source_name}`")]
    Callback {
        /// Which source.
        source_name: SourceName,
        /// Why.
        #[source]
        source: NoClient,
    },
    /// The way to a receiver of operator events cannot be used.
    #[error("[operators.notify.{receiver}]")]
    Notify {
        /// Which receiver.
        receiver: ReceiverName,
        /// Why.
        #[source]
        source: NoClient,
    },
    /// The ledger does not take what sources are called back about.
    #[error("the ledger cannot be written")]
    Wishes(#[source] LedgerError),
    /// A source signs with a certificate, and none can be checked.
    #[error("a source signs with a certificate")]
    Authorities(#[from] NoAuthorities),
    /// A desk's settings cannot be used.
    #[error("desk `{desk}`")]
    Desk {
        /// Which desk.
        desk: DeskName,
        /// Why.
        #[source]
        source: BuildError,
    },
    /// The schemas of the user's own cannot be used.
    #[error("the schemas cannot be used: {}", listed(.0))]
    Schemas(Vec<SchemaFault>),
}

fn listed(faults: &[SchemaFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
