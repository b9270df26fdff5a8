//! HubSpot's typed calls against the simulated HubSpot.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use deskbell::{
    clock::SystemClock,
    desks::{
        DeskError, Vendor,
        hubspot::{
            Api,
            api::{
                AssociationSpec, BatchRead, BatchUpdate, BatchUpsert, Filter, FilterGroup,
                NewAssociation, NewRecord, RecordId, Search, Shown,
            },
        },
    },
    sandbox::{
        HUBSPOT_TOKEN, LimitSettings, Sandbox, SandboxSettings, hubspot::HubSpotSwitches, start,
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio_util::sync::CancellationToken;

use super::accounts::{config, hubspot_settings};

/// The simulated portal without its windows, and a client of it under `version`.
fn portal(version: &str) -> (Sandbox, Api) {
    let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
    let sandbox = start(settings, CancellationToken::new()).unwrap();
    sandbox.hubspot().limits(LimitSettings::default());
    sandbox
        .hubspot()
        .switch(HubSpotSwitches { search_lag: Some(Duration::ZERO), ..HubSpotSwitches::default() });
    let mut vendor = hubspot_settings();
    vendor.token = HUBSPOT_TOKEN.into();
    version.clone_into(&mut vendor.version);
    let base_url = sandbox.hubspot().base_url().unwrap();
    let config = config(&base_url, Vendor::HubSpot(vendor.clone()));
    let api = Api::new(&config.settings, &vendor).unwrap();
    (sandbox, api)
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn ticket(subject: &str, trace: Option<&str>) -> NewRecord {
    NewRecord {
        properties: values(&[
            ("subject", subject),
            ("hs_pipeline", "0"),
            ("hs_pipeline_stage", "1"),
            ("deskbell_key", &format!("key-{subject}")),
        ]),
        associations: Vec::new(),
        object_write_trace_id: trace.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_ticket_is_made_read_changed_and_deleted_under_every_version() {
    for version in ["v3", "2026-03"] {
        let (_sandbox, api) = portal(version);
        let tickets = api.tickets();
        let mut new = ticket("one", None);
        let to = RecordId::of("201");
        new.associations = vec![NewAssociation { to, types: vec![AssociationSpec::own(16)] }];
        let made = tickets.create(&new).await.unwrap();
        let shown = Shown {
            properties: vec!["subject".to_owned(), "content".to_owned()],
            associations: vec!["contacts".to_owned(), "companies".to_owned()],
            id_property: Some("deskbell_key".to_owned()),
            ..Shown::default()
        };
        let read = tickets.get("key-one", &shown).await.unwrap();
        assert_eq!(read.id, made.id);
        assert_eq!(read.properties["subject"].as_deref(), Some("one"));
        assert!(!read.properties.contains_key("content"));
        assert_eq!(read.associations["contacts"].results[0].id, "201");
        let by_key = Some("deskbell_key");
        let change = values(&[("hs_pipeline_stage", "4")]);
        let changed = tickets.update("key-one", by_key, &change).await.unwrap();
        assert_eq!(changed.properties["hs_pipeline_stage"].as_deref(), Some("4"));
        tickets.delete(&made.id).await.unwrap();
        let error = tickets.get(&made.id, &Shown::default()).await.unwrap_err();
        assert_eq!(error.failure().status, Some(404));
        let bin = Shown { archived: true, ..Shown::default() };
        assert!(tickets.get(&made.id, &bin).await.unwrap().archived);
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    let (sandbox, api) = portal("v3");
    let tickets = api.tickets();
    for batch in 0..3 {
        let new: Vec<_> =
            (0..85).map(|number| ticket(&format!("{batch}-{number}"), None)).collect();
        tickets.create_batch(&new).await.unwrap();
    }
    let all: Vec<_> = tickets.list(Shown::default()).try_collect().await.unwrap();
    assert_eq!(all.len(), 255);
    let mut ids: Vec<_> = all.iter().map(|record| &record.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 255);
    let asked = sandbox.hubspot().calls(0).len();
    let some = tickets.list(Shown::default()).take(20).count().await;
    assert_eq!((some, sandbox.hubspot().calls(0).len()), (20, asked + 1));
}

#[tokio::test]
async fn a_bad_input_of_a_batch_fails_alone_and_is_named() {
    let (_sandbox, api) = portal("v3");
    let mut new: Vec<_> =
        ["a", "b", "c"].into_iter().map(|name| ticket(name, Some(name))).collect();
    new[1].properties.insert("missing".to_owned(), "1".to_owned());
    let batch = api.tickets().create_batch(&new).await.unwrap();
    assert_eq!(batch.results.len(), 2);
    let [error] = &batch.errors[..] else { panic!("{batch:?}") };
    assert_eq!(error.trace_ids().collect::<Vec<_>>(), ["b"]);
    assert!(error.message.contains("PROPERTY_DOESNT_EXIST"), "{}", error.message);
}

#[tokio::test]
async fn without_trace_ids_a_bad_input_fails_them_all() {
    let (sandbox, api) = portal("v3");
    let mut new = vec![ticket("a", None), ticket("b", None)];
    new[1].properties.insert("hs_pipeline_stage".to_owned(), "99".to_owned());
    let error = api.tickets().create_batch(&new).await.unwrap_err();
    assert!(matches!(error, DeskError::Refused(..)), "{error:?}");
    assert!(sandbox.hubspot().tickets().is_empty());
}

#[tokio::test]
async fn batches_read_change_upsert_and_archive() {
    let (sandbox, api) = portal("v3");
    let tickets = api.tickets();
    let made = tickets.create_batch(&[ticket("a", None), ticket("b", None)]).await.unwrap();
    let asked = BatchRead {
        ids: ["key-a", "key-b", "key-none"].map(str::to_owned).to_vec(),
        id_property: Some("deskbell_key".to_owned()),
        properties: vec!["subject".to_owned()],
    };
    let read = tickets.read_batch(&asked).await.unwrap();
    assert_eq!((read.results.len(), read.errors.len()), (2, 1));
    assert_eq!(read.errors[0].category, "OBJECT_NOT_FOUND");
    let change = |id: &str| BatchUpdate {
        id: id.to_owned(),
        properties: values(&[("hs_ticket_priority", "LOW")]),
        ..BatchUpdate::default()
    };
    let changes: Vec<_> = made.results.iter().map(|record| change(&record.id)).collect();
    let updated = tickets.update_batch(&changes).await.unwrap();
    let priority = |record: &deskbell::desks::hubspot::api::Record| {
        record.properties["hs_ticket_priority"].clone()
    };
    assert!(updated.results.iter().all(|record| priority(record).as_deref() == Some("LOW")));
    let upsert = |name: &str| BatchUpsert {
        id: format!("key-{name}"),
        id_property: "deskbell_key".to_owned(),
        properties: ticket(name, None).properties,
        object_write_trace_id: None,
    };
    let upserted = tickets.upsert_batch(&[upsert("a"), upsert("c")]).await.unwrap();
    let mut new: Vec<_> = upserted.results.iter().map(|record| record.new).collect();
    new.sort_unstable();
    assert_eq!(new, [Some(false), Some(true)]);
    let ids: Vec<_> = made.results.iter().map(|record| record.id.clone()).collect();
    tickets.archive_batch(&ids).await.unwrap();
    let archived = sandbox.hubspot().tickets().into_iter().filter(|ticket| ticket.archived);
    assert_eq!(archived.count(), 2);
}

#[tokio::test]
async fn a_batch_of_none_or_of_too_many_is_not_sent() {
    let (sandbox, api) = portal("v3");
    let many: Vec<_> = (0..101).map(|number| ticket(&number.to_string(), None)).collect();
    for inputs in [&many[..], &[]] {
        let error = api.tickets().create_batch(inputs).await.unwrap_err();
        assert!(matches!(error, DeskError::Incomplete(_)), "{error:?}");
    }
    assert!(sandbox.hubspot().calls(0).is_empty());
}

#[tokio::test]
async fn search_finds_by_property() {
    let (_sandbox, api) = portal("v3");
    let tickets = api.tickets();
    tickets.create_batch(&[ticket("a", None), ticket("b", None)]).await.unwrap();
    let filter = Filter {
        property_name: "subject".to_owned(),
        operator: "IN".to_owned(),
        values: Some(vec!["b".to_owned()]),
        ..Filter::default()
    };
    let search = Search {
        filter_groups: vec![FilterGroup { filters: vec![filter] }],
        limit: Some(1),
        ..Search::default()
    };
    let page = tickets.search(&search).await.unwrap();
    assert_eq!((page.results.len(), page.total, page.next()), (1, Some(1), None));
}

#[tokio::test]
async fn records_are_tied_and_untied_in_every_documented_way() {
    let (sandbox, api) = portal("v3");
    let tickets = api.tickets();
    let id = tickets.create(&ticket("a", None)).await.unwrap().id;
    let tied = || {
        let tickets = sandbox.hubspot().tickets();
        let mut types: Vec<_> = tickets[0].associations.iter().map(|tie| tie.type_id).collect();
        types.sort_unstable();
        types
    };
    tickets.associate(&id, "contacts", "201", 16).await.unwrap();
    tickets.associate_by_default(&id, "companies", "301").await.unwrap();
    assert_eq!(tied(), [16, 339]);
    let primary = [AssociationSpec::own(26)];
    tickets.associate_labelled(&id, "companies", "301", &primary).await.unwrap();
    assert_eq!(tied(), [16, 26, 339]);
    tickets.unassociate(&id, "contacts", "201", 16).await.unwrap();
    assert_eq!(tied(), [26, 339]);
    let labels = api.labels("tickets", "companies").await.unwrap();
    assert!(labels.iter().any(|label| label.label.as_deref() == Some("Primary")));
}

#[tokio::test]
async fn pipelines_stages_and_properties_are_listed() {
    for version in ["v3", "2026-03"] {
        let (_sandbox, api) = portal(version);
        let pipelines = api.pipelines("tickets").await.unwrap();
        assert_eq!((pipelines[0].id.as_str(), pipelines[0].stages.len()), ("0", 4));
        let stages = api.stages("tickets", "0").await.unwrap();
        assert_eq!(stages[3].metadata["ticketState"], "CLOSED");
        let properties = api.properties("tickets").await.unwrap();
        let key = properties.iter().find(|property| property.name == "deskbell_key");
        assert!(key.unwrap().has_unique_value);
        let priority = api.property("tickets", "hs_ticket_priority").await.unwrap();
        assert!(priority.options.iter().any(|option| option.value == "HIGH"));
    }
}

#[tokio::test]
async fn an_id_that_would_be_another_path_is_not_sent() {
    let (sandbox, api) = portal("v3");
    for id in ["", " ", "..", "."] {
        let error = api.tickets().delete(id).await.unwrap_err();
        assert!(matches!(error, DeskError::Incomplete(_)), "{error:?}");
    }
    assert!(sandbox.hubspot().calls(0).is_empty());
}
