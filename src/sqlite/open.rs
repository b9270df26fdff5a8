//! Opens connections, each with the same settings, and proves that SQLite took them.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, types::Value};

use super::{OpenError, Schema, migrate::migrate};

/// How long opening waits for another process that holds the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two looks at a database that another process holds. SQLite's own handler looks
/// ever more rarely and can miss each of the short gaps between the commits of a busy process.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// Looks until a statement gives up: at least 10 s.
const MOST_LOOKS: i32 = 10_000;

/// The settings that take whole numbers.
///
/// `synchronous` 2 is FULL: a commit is on the disk before it is answered. `mmap_size` 0: an I/O
/// error through a memory map is a SIGBUS. `cell_size_check` finds a damaged page when it is read.
/// `secure_delete` writes zeros over what is deleted: a payload that was erased is in no free page.
const SETTINGS: [(&str, i64); 8] = [
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("mmap_size", 0),
    ("trusted_schema", 0),
    ("secure_delete", 1),
    ("cell_size_check", 1),
    // Pages: 16 MiB between two checkpoints, because each one syncs the whole file.
    ("wal_autocheckpoint", 4000),
    ("journal_size_limit", 64 << 20),
];

/// The oldest library without the WAL-reset fault, which 3.7.0 to 3.51.2 have.
const OLDEST_LIBRARY: i32 = 3_051_003;

/// Where a database is and what is in it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) schema: Schema,
}

impl Place {
    /// A connection that writes, to a database whose schema is the newest, whose files and their
    /// names are on the disk, and that has just committed something.
    pub(super) fn open_writer(&self) -> Result<Connection, OpenError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.try_open_writer() {
                // The change to WAL does not ask the busy handler.
                Err(error) if error.is_busy() && Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(20));
                }
                outcome => return outcome,
            }
        }
    }

    /// A connection that cannot write.
    pub(super) fn open_reader(&self) -> Result<Connection, OpenError> {
        let connection = self.connect(OpenFlags::empty())?;
        self.set(&connection, "query_only", 1)?;
        Ok(connection)
    }

    /// Writes the WAL back into the file and empties it; whether nobody was in the way.
    pub(super) fn empty_log(&self) -> Result<bool, OpenError> {
        let connection = self.connect(OpenFlags::empty())?;
        let busy: i64 = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(self.failed())?;
        Ok(busy == 0)
    }

    /// Asks SQLite whether the file is sound. Reads all of it.
    pub(super) fn check(&self, connection: &Connection) -> Result<(), OpenError> {
        let finding: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(self.failed())?;
        if finding == "ok" {
            Ok(())
        } else {
            Err(OpenError::Damaged { path: self.path.clone(), finding })
        }
    }

    fn try_open_writer(&self) -> Result<Connection, OpenError> {
        let durable = |source| OpenError::Durable { path: self.path.clone(), source };
        create_directory(self.directory()).map_err(durable)?;
        self.create_file()?;
        let mut connection = self.connect(OpenFlags::SQLITE_OPEN_CREATE)?;
        migrate(&mut connection, &self.path, &self.schema)?;
        self.prove(&connection)?;
        self.sync_directory()?;
        Ok(connection)
    }

    /// Commits a page, so that the WAL file exists and a full disk shows.
    fn prove(&self, connection: &Connection) -> Result<(), OpenError> {
        let version: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(self.failed())?;
        connection.pragma_update(None, "user_version", version).map_err(self.failed())
    }

    /// Creates the file for its owner alone; SQLite gives its companions the same mode.
    ///
    /// A file that exists is not opened: closing it would drop SQLite's POSIX locks on it.
    fn create_file(&self) -> Result<(), OpenError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&self.path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(source) => Err(OpenError::Durable { path: self.path.clone(), source }),
        }
    }

    /// SQLite ignores a failure of this, so it is done here.
    fn sync_directory(&self) -> Result<(), OpenError> {
        File::open(self.directory())
            .and_then(|directory| directory.sync_all())
            .map_err(|source| OpenError::Durable { path: self.path.clone(), source })
    }

    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    fn connect(&self, create: OpenFlags) -> Result<Connection, OpenError> {
        check_library(rusqlite::version_number(), rusqlite::version())?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
        let mut connection =
            Connection::open_with_flags(&self.path, flags).map_err(self.failed())?;
        connection.busy_handler(Some(look_again)).map_err(self.failed())?;
        self.set(&connection, "journal_mode", "wal".to_owned())?;
        for (pragma, value) in SETTINGS {
            self.set(&connection, pragma, value)?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }

    fn set(
        &self,
        connection: &Connection,
        pragma: &'static str,
        value: impl Into<Value>,
    ) -> Result<(), OpenError> {
        let asked = value.into();
        connection.pragma_update(None, pragma, &asked).map_err(self.failed())?;
        let answered: Value =
            connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(self.failed())?;
        if answered == asked {
            return Ok(());
        }
        let text = |value: Value| match value {
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Null | Value::Real(_) | Value::Blob(_) => format!("{value:?}"),
        };
        Err(OpenError::Setting {
            path: self.path.clone(),
            pragma,
            asked: text(asked),
            answered: text(answered),
        })
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> OpenError {
        |source| OpenError::Connect { path: self.path.clone(), source }
    }
}

/// Waits for another process, as SQLite's busy handler; whether to try again.
fn look_again(looks: i32) -> bool {
    thread::sleep(LOOK_AGAIN);
    looks < MOST_LOOKS
}

/// Creates a directory and those above it for their owner alone, and sees to it that their names are on the disk.
pub fn create_directory(directory: &Path) -> io::Result<()> {
    let directory = std::path::absolute(directory)?;
    let new: Vec<&Path> = directory.ancestors().take_while(|path| !path.exists()).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&directory)?;
    for parent in new.into_iter().filter_map(Path::parent) {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

fn check_library(number: i32, found: &'static str) -> Result<(), OpenError> {
    if number < OLDEST_LIBRARY { Err(OpenError::OldLibrary { found }) } else { Ok(()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const EMPTY: Schema = Schema { application_id: 1, steps: &[] };

    #[test]
    fn a_library_with_the_wal_reset_fault_is_refused() {
        assert!(check_library(3_051_002, "3.51.2").unwrap_err().to_string().contains("3.51.2"));
        assert!(check_library(3_051_003, "3.51.3").is_ok());
        assert!(check_library(rusqlite::version_number(), rusqlite::version()).is_ok());
    }

    #[test]
    fn every_connection_has_the_promised_settings() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place { path: directory.path().join("a.db"), schema: EMPTY };
        for connection in [place.open_writer().unwrap(), place.open_reader().unwrap()] {
            let ask = |pragma: &str| {
                connection.pragma_query_value(None, pragma, |row| row.get::<_, Value>(0)).unwrap()
            };
            assert_eq!(ask("journal_mode"), Value::Text("wal".to_owned()));
            assert_eq!(ask("synchronous"), Value::Integer(2));
            assert_eq!(ask("foreign_keys"), Value::Integer(1));
            assert_eq!(ask("mmap_size"), Value::Integer(0));
            assert_eq!(ask("trusted_schema"), Value::Integer(0));
            assert_eq!(ask("secure_delete"), Value::Integer(1));
            assert_eq!(ask("cell_size_check"), Value::Integer(1));
        }
    }

    #[test]
    fn a_setting_that_sqlite_does_not_take_is_refused() {
        // A database in memory has no WAL.
        let place = Place { path: PathBuf::from(":memory:"), schema: EMPTY };
        let error = place.connect(OpenFlags::SQLITE_OPEN_CREATE).unwrap_err();
        assert!(matches!(error, OpenError::Setting { pragma: "journal_mode", .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_a_new_database() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let place = Place { path: directory.path().join("a.db"), schema: EMPTY };
        let _open = place.open_writer().unwrap();
        for name in ["a.db", "a.db-wal"] {
            let mode = directory.path().join(name).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
