//! The environment's part: where and who. Read with `envy` as texts, parsed here, so that no fault
//! quotes a value and all of them are found at once.

use std::{net::SocketAddr, path::PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

use super::{
    fault::{Fault, Place, did_you_mean},
    variables::Variables,
};

/// The variables' prefix.
const PREFIX: &str = "DESKBELL_";

/// What variables of the test scripts begin with; they are not Deskbell's.
const TEST_PREFIX: &str = "DESKBELL_TEST_";

/// What is read, without the prefix.
const NAMES: [&str; 9] = [
    "CONFIG",
    "LISTEN",
    "OPS_LISTEN",
    "AMQP_URL",
    "STORE_URL",
    "DATA_DIR",
    "LOG",
    "LOG_FORMAT",
    "SCHEMAS",
];

/// The texts, as they are.
#[derive(Default, Deserialize)]
struct Texts {
    config: Option<String>,
    listen: Option<String>,
    ops_listen: Option<String>,
    amqp_url: Option<String>,
    store_url: Option<String>,
    data_dir: Option<String>,
    log: Option<String>,
    log_format: Option<String>,
    schemas: Option<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Where and who: what the variables `DESKBELL_…` say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DESKBELL_CONFIG`: the behaviour file.
    pub behaviour_file: PathBuf,
    /// `DESKBELL_LISTEN`: the receiver's address.
    pub listen: SocketAddr,
    /// `DESKBELL_OPS_LISTEN`: the operators' address.
    pub ops_listen: SocketAddr,
    /// `DESKBELL_AMQP_URL`: RabbitMQ; `None` for the embedded broker.
    pub amqp_url: Option<SecretString>,
    /// `DESKBELL_STORE_URL`: the SQLite file of the ledger; `None` for one in the data directory.
    pub ledger_file: Option<PathBuf>,
    /// `DESKBELL_DATA_DIR`: where the embedded broker and the ledger are kept.
    pub data_dir: PathBuf,
    /// `DESKBELL_LOG`: the filter of log lines.
    pub log: String,
    /// `DESKBELL_LOG_FORMAT`: how log lines look.
    pub log_format: LogFormat,
    /// `DESKBELL_SCHEMAS`: the folder of the user's own schemas.
    pub schemas: Option<PathBuf>,
}

/// Reads the settings; what is faulty has its default and is noted.
pub(super) fn read(variables: &mut Variables, faults: &mut Vec<Fault>) -> Settings {
    let texts = texts(variables, faults);
    let mut note = |name: &str, what: &str, cure: &str| {
        let place = Place::Variable(format!("{PREFIX}{name}"));
        faults.push(Fault { place, what: what.to_owned(), cure: cure.to_owned() });
    };
    let mut address = |name: &str, text: Option<String>, port: u16| {
        let parsed = text.map(|text| text.parse());
        if let Some(Err(_)) = parsed {
            note(name, "is not an address with a port", &format!("write it as 127.0.0.1:{port}"));
        }
        parsed.and_then(Result::ok).unwrap_or(SocketAddr::from(([127, 0, 0, 1], port)))
    };
    let listen = address("LISTEN", texts.listen, 8080);
    let ops_listen = address("OPS_LISTEN", texts.ops_listen, 8081);
    let is_amqp = |url: &String| url.starts_with("amqp://") || url.starts_with("amqps://");
    if texts.amqp_url.as_ref().is_some_and(|url| !is_amqp(url)) {
        note("AMQP_URL", "is not a RabbitMQ address", "begin it with amqp:// or amqps://");
    }
    let ledger_file = texts.store_url.and_then(|url| match url.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Some(PathBuf::from(path)),
        _ if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            note("STORE_URL", "names PostgreSQL, which this version does not serve", SQLITE);
            None
        }
        _ => {
            note("STORE_URL", "is not a store's address", SQLITE);
            None
        }
    });
    let log_format = match texts.log_format.as_deref() {
        None | Some("pretty") => LogFormat::Pretty,
        Some("json") => LogFormat::Json,
        Some(_) => {
            note("LOG_FORMAT", "is not a log format", "set it to pretty or json");
            LogFormat::default()
        }
    };
    Settings {
        behaviour_file: texts.config.unwrap_or_else(|| "deskbell.toml".to_owned()).into(),
        listen,
        ops_listen,
        amqp_url: texts.amqp_url.map(SecretString::from),
        ledger_file,
        data_dir: texts.data_dir.unwrap_or_else(|| "./deskbell-data".to_owned()).into(),
        log: texts.log.unwrap_or_else(|| "info".to_owned()),
        log_format,
        schemas: texts.schemas.map(PathBuf::from),
    }
}

/// The cure of a wrong `DESKBELL_STORE_URL`.
const SQLITE: &str = "write it as sqlite:/path/to/a/file, or unset it";

/// An empty variable is as good as none.
fn texts(variables: &mut Variables, faults: &mut Vec<Fault>) -> Texts {
    let mut found = Vec::new();
    for name in NAMES {
        let name = format!("{PREFIX}{name}");
        match variables.get(&name) {
            Ok(Some(text)) if !text.is_empty() => found.push((name, text)),
            Ok(_) => {}
            Err(unreadable) => faults.push(Fault {
                place: Place::Variable(name),
                what: unreadable.what,
                cure: unreadable.cure,
            }),
        }
    }
    envy::prefixed(PREFIX).from_iter(found).unwrap_or_else(|error| {
        faults.push(Fault {
            place: Place::Variable(format!("{PREFIX}…")),
            what: "cannot be read".to_owned(),
            cure: error.to_string(),
        });
        Texts::default()
    })
}

/// A line for each variable that looks like Deskbell's and is read by nobody.
pub(super) fn warnings(variables: &Variables) -> Vec<String> {
    let known: Vec<String> = NAMES.iter().map(|name| format!("{PREFIX}{name}")).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    variables
        .unasked(PREFIX)
        .filter(|name| !name.starts_with(TEST_PREFIX))
        .map(|name| format!("nothing reads {name}: {}", did_you_mean(name, &known)))
        .collect()
}
