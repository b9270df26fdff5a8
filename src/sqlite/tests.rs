#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sharing;

use std::{
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
    sync::mpsc as std_mpsc,
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

const TREE: &str = "CREATE TABLE nodes (
    name TEXT PRIMARY KEY,
    parent TEXT REFERENCES nodes (name) DEFERRABLE INITIALLY DEFERRED
) STRICT";
const WITH_COLOURS: &str = "ALTER TABLE nodes ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'";
const SCHEMA: Schema = Schema { application_id: 7, steps: &[TREE] };
const NEXT_SCHEMA: Schema = Schema { application_id: 7, steps: &[TREE, WITH_COLOURS] };

fn directory() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    (directory, path)
}

fn open(path: &Path) -> Store {
    Store::open(path, SCHEMA, None).unwrap()
}

async fn add(store: &Store, name: &str) -> Result<(), StoreError> {
    add_below(store, name, None).await
}

async fn add_below(store: &Store, name: &str, parent: Option<&str>) -> Result<(), StoreError> {
    let (name, parent) = (name.to_owned(), parent.map(str::to_owned));
    let insert = "INSERT INTO nodes (name, parent) VALUES (?1, ?2)";
    store.write(move |tx| Ok(tx.execute(insert, (name, parent)).map(drop)?)).await
}

async fn names(store: &Store) -> Vec<String> {
    store
        .read(|tx| {
            let mut statement = tx.prepare("SELECT name FROM nodes ORDER BY name")?;
            let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok::<_, StoreError>(names)
        })
        .await
        .unwrap()
}

/// Keeps the writer busy until the gate is dropped, so that later jobs share a transaction.
async fn hold(store: &Store) -> std_mpsc::Sender<()> {
    let (gate, opened) = std_mpsc::channel::<()>();
    let (entered, inside) = oneshot::channel();
    let job = store.write(move |_| {
        entered.send(()).unwrap();
        let _ = opened.recv();
        Ok::<_, StoreError>(())
    });
    // The job is handed over by the first poll; nobody waits for its answer.
    assert!(job.now_or_never().is_none());
    inside.await.unwrap();
    gate
}

/// Waits for something that happens by itself.
async fn eventually(happened: impl Fn() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap();
}

#[tokio::test]
async fn a_job_that_fails_undoes_nothing_but_itself() {
    let (_directory, path) = directory();
    let store = open(&path);
    let gate = hold(&store).await;
    let doubled = store.write(|tx| {
        tx.execute("INSERT INTO nodes (name) VALUES ('x')", [])?;
        Ok::<_, StoreError>(tx.execute("INSERT INTO nodes (name) VALUES ('a')", []).map(drop)?)
    });
    let jobs = async { tokio::join!(add(&store, "a"), doubled, add(&store, "b")) };
    let (before, failing, after) = tokio::join!(jobs, async { drop(gate) }).0;
    before.unwrap();
    assert!(matches!(failing, Err(StoreError::Read(_))), "{failing:?}");
    after.unwrap();
    assert_eq!(names(&store).await, ["a", "b"]);
}

#[tokio::test]
async fn nothing_is_answered_before_its_commit() {
    let (_directory, path) = directory();
    let store = open(&path);
    let gate = hold(&store).await;
    let mut first = Box::pin(add(&store, "first"));
    assert!(first.as_mut().now_or_never().is_none());
    let second = hold(&store);
    tokio::pin!(second);
    assert!(second.as_mut().now_or_never().is_none());
    drop(gate);
    // The second job of the transaction is at work, so the first is through.
    let gate = second.await;
    assert!(first.as_mut().now_or_never().is_none());
    assert!(names(&store).await.is_empty());
    drop(gate);
    first.await.unwrap();
    assert_eq!(names(&store).await, ["first"]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_all_its_jobs() {
    let (_directory, path) = directory();
    let store = open(&path);
    let gate = hold(&store).await;
    let jobs = async { tokio::join!(add(&store, "a"), add_below(&store, "b", Some("nobody"))) };
    let (innocent, orphan) = tokio::join!(jobs, async { drop(gate) }).0;
    assert!(matches!(innocent, Err(StoreError::NotCommitted(_))), "{innocent:?}");
    assert!(matches!(orphan, Err(StoreError::NotCommitted(_))), "{orphan:?}");
    assert!(names(&store).await.is_empty());
    add(&store, "a").await.unwrap();
}

#[tokio::test]
async fn a_job_that_panics_is_an_error_to_its_caller_alone() {
    let (_directory, path) = directory();
    let store = open(&path);
    let panicking = store.write(|tx| {
        tx.execute("INSERT INTO nodes (name) VALUES ('a')", [])?;
        assert!(tx.is_autocommit(), "this panics");
        Ok::<_, StoreError>(())
    });
    assert!(matches!(panicking.await, Err(StoreError::Panicked)));
    add(&store, "b").await.unwrap();
    assert_eq!(names(&store).await, ["b"]);
}

#[tokio::test]
async fn a_job_whose_caller_has_gone_is_done_all_the_same() {
    let (_directory, path) = directory();
    let store = open(&path);
    assert!(add(&store, "a").now_or_never().is_none());
    add(&store, "b").await.unwrap();
    assert_eq!(names(&store).await, ["a", "b"]);
}

#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let (_directory, path) = directory();
    let store = open(&path);
    let added: Vec<String> = (0..500).map(|number| format!("{number:03}")).collect();
    for outcome in join_all(added.iter().map(|name| add(&store, name))).await {
        outcome.unwrap();
    }
    let (_elsewhere, copy) = directory();
    for file in ["", "-wal"] {
        let from = format!("{}{file}", path.display());
        std::fs::copy(from, format!("{}{file}", copy.display())).unwrap();
    }
    assert_eq!(names(&open(&copy)).await, added);
}

#[tokio::test]
async fn closing_finishes_what_was_handed_in_and_leaves_one_file() {
    let (directory, path) = directory();
    let store = open(&path);
    let gate = hold(&store).await;
    assert!(add(&store, "a").now_or_never().is_none());
    drop(gate);
    store.close().await;
    assert!(matches!(add(&store, "b").await, Err(StoreError::Closed)));
    assert!(store.trouble().is_some());
    let files: Vec<_> = directory.path().read_dir().unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files, std::slice::from_ref(&path));
    assert_eq!(names(&open(&path)).await, ["a"]);
}

#[tokio::test]
async fn an_older_database_is_migrated() {
    let (_directory, path) = directory();
    let store = open(&path);
    add(&store, "a").await.unwrap();
    store.close().await;
    let store = Store::open(&path, NEXT_SCHEMA, None).unwrap();
    let colour: String = store
        .read(|tx| Ok::<_, StoreError>(tx.query_row("SELECT colour FROM nodes", [], |r| r.get(0))?))
        .await
        .unwrap();
    assert_eq!(colour, "red");
}

#[tokio::test]
async fn a_newer_database_is_refused_with_a_cure() {
    let (_directory, path) = directory();
    Store::open(&path, NEXT_SCHEMA, None).unwrap().close().await;
    let error = Store::open(&path, SCHEMA, None).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 2, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("start that version"), "{error}");
}

#[tokio::test]
async fn a_database_with_another_history_is_refused() {
    const OTHER: Schema = Schema { application_id: 7, steps: &["CREATE TABLE other (x) STRICT"] };
    let (_directory, path) = directory();
    open(&path).close().await;
    let altered = Schema { steps: &[WITH_COLOURS], ..OTHER };
    let error = Store::open(&path, altered, None).unwrap_err();
    assert!(matches!(error, OpenError::Altered { step: 1, .. }), "{error}");
}

#[tokio::test]
async fn another_programs_database_is_refused_untouched() {
    let (_directory, path) = directory();
    open(&path).close().await;
    let error = Store::open(&path, Schema { application_id: 8, ..SCHEMA }, None).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");

    let (_directory, path) = self::directory();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let error = Store::open(&path, SCHEMA, None).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_then_over() {
    let (_directory, path) = directory();
    let store = open(&path);
    // The bound belongs to the connection, so a fresh one has room again.
    let filling = store.write(|tx| {
        tx.pragma_update(None, "max_page_count", 8)?;
        let long = "x".repeat(1 << 20);
        Ok::<_, StoreError>(tx.execute("INSERT INTO nodes (name) VALUES (?1)", [long]).map(drop)?)
    });
    filling.await.unwrap_err();
    eventually(|| store.trouble().is_none()).await;
    add(&store, "a").await.unwrap();
    assert_eq!(names(&store).await, ["a"]);
}

/// Overwrites all pages behind the first, whose header says that it is a database.
fn overwrite(path: &Path, pages: &[u8]) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(4096)).unwrap();
    file.write_all(pages).unwrap();
}

#[tokio::test]
async fn a_damaged_file_takes_no_writes_until_it_is_sound() {
    let (_directory, path) = directory();
    let store = open(&path);
    add(&store, "a").await.unwrap();
    store.close().await;
    let sound = std::fs::read(&path).unwrap().split_off(4096);
    let store = open(&path);
    overwrite(&path, &vec![0xff; sound.len()]);
    add(&store, "b").await.unwrap_err();
    eventually(|| store.trouble().is_some()).await;
    assert!(matches!(add(&store, "c").await, Err(StoreError::Unavailable(_))));
    overwrite(&path, &sound);
    eventually(|| store.trouble().is_none()).await;
    add(&store, "d").await.unwrap();
    assert_eq!(names(&store).await, ["a", "d"]);
}
