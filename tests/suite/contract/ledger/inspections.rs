//! What was found at desks' accounts.

use deskbell::inspection::{Finding, Inspection};

use super::{Bench, words::at};

pub(super) async fn the_last_inspection_of_a_desk_is_kept(bench: impl Bench) {
    let (crm, support) = ("crm".parse().unwrap(), "support".parse().unwrap());
    let finding = Finding::fault("stage `9`", "there is none").of_key("stage").cured_by("set it");
    let first = Inspection { at: at(10), findings: vec![finding] };
    let second = Inspection { at: at(20), findings: vec![Finding::sound("stage `9`", "New")] };
    let ledger = bench.ledger();
    assert_eq!(ledger.inspection(&crm).await.unwrap(), None);
    ledger.note_inspection(&crm, &first).await.unwrap();
    assert_eq!(ledger.inspection(&crm).await.unwrap().as_ref(), Some(&first));
    ledger.note_inspection(&crm, &second).await.unwrap();
    // A worker that stood still writes down what it saw before.
    ledger.note_inspection(&crm, &first).await.unwrap();
    let bench = bench.crash().await;
    assert_eq!(bench.ledger().inspection(&crm).await.unwrap(), Some(second));
    assert_eq!(bench.ledger().inspection(&support).await.unwrap(), None);
}
