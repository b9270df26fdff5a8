//! The demo's data directory, which must never become a service's.

use std::{ffi::OsStr, fs, io, path::Path};

use super::StartError;
use crate::broker::embedded;

/// The file that marks a data directory as the demo's.
pub const DEMO_MARK: &str = "made-by-demo";

/// Whether `directory` holds what the demo made, and nothing else.
pub fn is_demo_data(directory: &Path) -> bool {
    directory.join(DEMO_MARK).exists()
}

/// Clears what an earlier demo made in `directory`: its events are for simulated desks, and no real
/// one must ever get them. Nothing happens to a directory without the mark.
pub fn clear_demo_data(directory: &Path) -> Result<(), StartError> {
    if !is_demo_data(directory) {
        return Ok(());
    }
    // Held for as long as it takes, so that a demo which is running is not cleared away.
    let _lock = embedded::lock(directory)?;
    let clear = || -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if name.starts_with("broker.db") || name.starts_with("ledger.db") || name == DEMO_MARK {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    };
    clear().map_err(|source| StartError::DataDirectory { path: directory.to_owned(), source })
}
