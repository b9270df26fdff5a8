//! Several stores of one file, as several processes have them.

use super::*;

#[tokio::test]
async fn two_stores_of_one_file_wait_for_each_other() {
    let (_directory, path) = directory();
    let (one, other) = (open(&path), open(&path));
    let numbers: Vec<String> = (0..200).map(|number| format!("{number:03}")).collect();
    let writes = numbers
        .iter()
        .enumerate()
        .map(|(index, name)| add(if index % 2 == 0 { &one } else { &other }, name));
    for outcome in join_all(writes).await {
        outcome.unwrap();
    }
    assert_eq!(names(&one).await, numbers);
    assert_eq!(names(&other).await, numbers);
}

#[tokio::test]
async fn the_lock_is_held_until_the_database_is_closed() {
    let (directory, path) = directory();
    let lock_path = directory.path().join("lock");
    let lock = File::create(&lock_path).unwrap();
    lock.try_lock().unwrap();
    let store = Store::open(&path, SCHEMA, Some(lock)).unwrap();
    assert!(File::open(&lock_path).unwrap().try_lock().is_err());
    store.close().await;
    File::open(&lock_path).unwrap().try_lock().unwrap();
}

#[tokio::test]
async fn a_process_that_commits_without_pause_keeps_no_other_from_opening_and_writing() {
    let (_directory, path) = directory();
    let first = open(&path);
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (stopped, connection) = (stop.clone(), Connection::open(&path).unwrap());
    let busy = thread::spawn(move || {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            let tx =
                Transaction::new_unchecked(&connection, rusqlite::TransactionBehavior::Immediate);
            // The other has the database.
            let Ok(tx) = tx else { continue };
            tx.execute("UPDATE nodes SET parent = NULL", []).unwrap();
            thread::sleep(Duration::from_millis(20));
            tx.commit().unwrap();
        }
    });
    for name in 0..10 {
        let second = open(&path);
        add(&second, &name.to_string()).await.unwrap();
        second.close().await;
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    busy.join().unwrap();
    assert_eq!(names(&first).await.len(), 10);
}
