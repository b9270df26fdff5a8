//! A portal: schema, records and ties, and the rules that writes have to keep.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{
    association_types::{AssociationType, AssociationTypes, TO_OTHER_OBJECTS},
    input::{Input, Wish},
    links::Links,
    pipelines::Pipeline,
    properties::Properties,
    records::{Kind, Record, Shelf, Values, iso},
    refusal::Refusal,
    settings::{HubSpotSwitches, Settings},
    values,
};

/// Ids of what is created begin after this one; those of the vendor's examples are smaller.
const BEFORE_FIRST_ID: u64 = 1_000_000;

/// A record of the vendor's examples: its type, id and values.
type Example = (Kind, u64, &'static [(&'static str, &'static str)]);

/// What a portal keeps.
#[derive(Debug)]
pub(super) struct Portal {
    pub(super) settings: Settings,
    pub(super) properties: BTreeMap<Kind, Properties>,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) types: AssociationTypes,
    pub(super) links: Links,
    shelves: BTreeMap<Kind, Shelf>,
    last_id: u64,
    created: Timestamp,
}

impl Portal {
    /// A portal with contact 201, company 301 and deal 401.
    pub(super) fn new(search_lag: Duration, now: Timestamp) -> Self {
        let mut portal = Self {
            settings: Settings::new(search_lag),
            properties: Kind::ALL.map(|kind| (kind, Properties::default_of(kind, now))).into(),
            pipelines: vec![Pipeline::support(now)],
            types: AssociationTypes::default(),
            links: Links::default(),
            shelves: Kind::ALL.map(|kind| (kind, Shelf::default())).into(),
            last_id: BEFORE_FIRST_ID,
            created: now,
        };
        let examples: [Example; 4] = [
            (Kind::Contact, 201, &[("email", "jean@acme.com"), ("firstname", "Jean")]),
            (Kind::Contact, 202, &[("email", "marie@acme.com"), ("firstname", "Marie")]),
            (Kind::Company, 301, &[("name", "Acme"), ("domain", "acme.com")]),
            (Kind::Deal, 401, &[("dealname", "Renewal")]),
        ];
        for (kind, id, values) in examples {
            let values = values.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            portal.put(kind, id, values.collect(), now);
        }
        portal
    }

    /// Sets switches.
    pub(super) fn switch(&mut self, switches: &HubSpotSwitches) {
        self.settings.apply(switches);
        let created = self.created;
        if let Some(tickets) = self.properties.get_mut(&Kind::Ticket) {
            if let Some(urgent) = switches.urgent {
                tickets.set_urgent(urgent);
            }
            if let Some(present) = switches.key_property {
                tickets.set_key_property(present, created);
            }
            if let Some(priorities) = &switches.priorities {
                tickets.set_priorities(priorities);
            }
            tickets.archive(&switches.without_properties);
            tickets.add_texts(&switches.with_properties, created);
        }
        for pipeline in &mut self.pipelines {
            pipeline.change(&switches.without_stages, &switches.with_stages, created);
        }
    }

    /// Creates a record with its ties, or nothing.
    pub(super) fn create(
        &mut self,
        kind: Kind,
        input: &Input,
        now: Timestamp,
    ) -> Result<u64, Refusal> {
        let (values, ties) = self.examine(kind, input)?;
        self.last_id += 1;
        let id = self.last_id;
        self.put(kind, id, values, now);
        for (to, tie) in ties {
            self.tie(id, to, &tie);
        }
        Ok(id)
    }

    /// What a create would write; an error where it would be refused.
    pub(super) fn examine(
        &self,
        kind: Kind,
        input: &Input,
    ) -> Result<(Values, Vec<(u64, AssociationType)>), Refusal> {
        let mut values = values::check(self.schema(kind), &self.pipelines, &input.properties)?;
        values.retain(|_, value| !value.is_empty());
        if kind == Kind::Ticket {
            values.entry("hs_pipeline".to_owned()).or_insert_with(|| "0".to_owned());
            self.check_required(&values)?;
            values::check_stage(&self.pipelines, &values)?;
        }
        if kind == Kind::Note {
            values::check_note(&values)?;
        }
        let ties = self.resolve(kind, &input.wishes)?;
        self.check_unique(kind, self.last_id + 1, &values)?;
        Ok((values, ties))
    }

    /// Changes a record's properties.
    pub(super) fn update(
        &mut self,
        kind: Kind,
        id: u64,
        input: &Input,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let before = self.record(kind, id, false)?.values().clone();
        let mut after = self.changed(kind, id, input)?;
        after.insert("hs_lastmodifieddate".to_owned(), iso(now));
        self.release(kind, &before);
        self.claim(kind, id, &after);
        let lag = self.settings.search_lag;
        if let Some(record) = self.shelf_mut(kind).records.get_mut(&id) {
            record.write(after, now, lag);
        }
        Ok(())
    }

    /// The values that an update would leave; an error where it would be refused.
    pub(super) fn changed(&self, kind: Kind, id: u64, input: &Input) -> Result<Values, Refusal> {
        let changes = values::check(self.schema(kind), &self.pipelines, &input.properties)?;
        let mut after = self.record(kind, id, false)?.values().clone();
        after.extend(changes);
        after.retain(|_, value| !value.is_empty());
        values::check_stage(&self.pipelines, &after)?;
        self.check_unique(kind, id, &after)?;
        Ok(after)
    }

    /// Puts a record into the recycle bin. Doing it again changes nothing.
    pub(super) fn archive(&mut self, kind: Kind, id: u64, now: Timestamp) -> Result<(), Refusal> {
        if !self.settings.recycled_keep_values
            && let Ok(record) = self.record(kind, id, false)
        {
            let values = record.values().clone();
            self.release(kind, &values);
        }
        let record = self.shelf_mut(kind).records.get_mut(&id).ok_or_else(Refusal::not_found)?;
        record.archived_at.get_or_insert(now);
        Ok(())
    }

    /// The live record, or the archived one, with this id.
    pub(super) fn record(&self, kind: Kind, id: u64, archived: bool) -> Result<&Record, Refusal> {
        let record = self.shelf(kind).records.get(&id);
        record
            .filter(|record| record.archived_at.is_some() == archived)
            .ok_or_else(Refusal::not_found)
    }

    /// The id behind a path's last segment: an id, or the value of the unique `id_property`.
    pub(super) fn id_of(
        &self,
        kind: Kind,
        segment: &str,
        id_property: Option<&str>,
    ) -> Result<u64, Refusal> {
        match id_property {
            None | Some("hs_object_id") => segment.parse().map_err(|_| Refusal::not_found()),
            Some(property) if self.schema(kind).is_unique(property) => {
                self.shelf(kind).holder(property, segment).ok_or_else(Refusal::not_found)
            }
            Some(property) => {
                let type_id = kind.type_id();
                let message = format!("Unable to read by non-unique {type_id} property {property}");
                Err(Refusal::validation(message))
            }
        }
    }

    /// The schema of a kind of record.
    pub(super) fn schema(&self, kind: Kind) -> &Properties {
        // Both maps were filled for every kind when the portal was made.
        &self.properties[&kind]
    }

    /// The records of a kind.
    pub(super) fn shelf(&self, kind: Kind) -> &Shelf {
        &self.shelves[&kind]
    }

    fn shelf_mut(&mut self, kind: Kind) -> &mut Shelf {
        self.shelves.entry(kind).or_default()
    }

    fn check_required(&self, values: &Values) -> Result<(), Refusal> {
        let needed = [("subject", self.settings.subject_required), ("hs_pipeline_stage", true)];
        let missing = needed.iter().filter(|(name, needed)| *needed && !values.contains_key(*name));
        let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal::required("TICKET", &missing)) }
    }

    /// Refuses a unique value that another record holds.
    fn check_unique(&self, kind: Kind, id: u64, values: &Values) -> Result<(), Refusal> {
        for (name, value) in values.iter().filter(|(name, _)| self.schema(kind).is_unique(name)) {
            match self.shelf(kind).holder(name, value).filter(|holder| *holder != id) {
                None => {}
                Some(holder) if kind == Kind::Contact && name == "email" => {
                    let message = format!("Contact already exists. Existing ID: {holder}");
                    return Err(Refusal::conflict(message));
                }
                Some(holder) => {
                    return Err(Refusal::value_taken(kind.legacy(), name, value, id, holder));
                }
            }
        }
        Ok(())
    }

    /// The records and types that ties ask for.
    pub(super) fn resolve(
        &self,
        from: Kind,
        wishes: &[Wish],
    ) -> Result<Vec<(u64, AssociationType)>, Refusal> {
        wishes
            .iter()
            .map(|wish| {
                let Some(found) = self.types.find(from, &wish.category, wish.type_id) else {
                    return Err(unknown_type(from, wish));
                };
                let unknown = || Refusal::unknown_target(found.to.legacy(), &wish.to);
                let id = wish.to.parse().map_err(|_| unknown())?;
                self.record(found.to, id, false).map_err(|_| unknown())?;
                Ok((id, found.clone()))
            })
            .collect()
    }

    /// Ties two records. A labelled tie brings the plain one with it.
    pub(super) fn tie(&mut self, from: u64, to: u64, kind: &AssociationType) {
        self.links.tie(from, to, kind);
        if let Some(plain) = self.types.plain(kind.from, kind.to) {
            self.links.tie(from, to, plain);
        }
    }

    fn put(&mut self, kind: Kind, id: u64, mut values: Values, now: Timestamp) {
        values.entry("createdate".to_owned()).or_insert_with(|| iso(now));
        values.insert("hs_lastmodifieddate".to_owned(), iso(now));
        values.insert("hs_object_id".to_owned(), id.to_string());
        if kind == Kind::Ticket {
            values.insert("hs_ticket_id".to_owned(), id.to_string());
        }
        self.claim(kind, id, &values);
        self.shelf_mut(kind).add(id, values, now);
    }

    fn claim(&mut self, kind: Kind, id: u64, values: &Values) {
        for (name, value) in self.unique_values(kind, values) {
            self.shelf_mut(kind).give(&name, &value, id);
        }
    }

    fn release(&mut self, kind: Kind, values: &Values) {
        for (name, value) in self.unique_values(kind, values) {
            self.shelf_mut(kind).free(&name, &value);
        }
    }

    fn unique_values(&self, kind: Kind, values: &Values) -> Vec<(String, String)> {
        let unique = values.iter().filter(|(name, _)| self.schema(kind).is_unique(name));
        unique.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn unknown_type(from: Kind, wish: &Wish) -> Refusal {
    if from == Kind::Ticket && TO_OTHER_OBJECTS.contains(&wish.type_id) {
        return Refusal::unknown_target("OBJECT", &wish.to);
    }
    let (from, category, id) = (from.type_id(), &wish.category, wish.type_id);
    Refusal::validation(format!("Association type {category} {id} does not exist for {from}"))
}
