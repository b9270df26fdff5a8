//! The calls on tickets.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{Sheet, batch, pairs};
use crate::{
    cli::desk::sheet::Columns,
    desks::hubspot::{
        Api,
        api::{
            AssociationSpec, Filter, FilterGroup, NewAssociation, NewRecord, Objects, Record,
            RecordId, Search, Shown,
        },
    },
};

/// What people see of many tickets.
pub(super) const TICKETS: Columns<'_> = &[
    ("id", "/id"),
    ("subject", "/properties/subject"),
    ("pipeline", "/properties/hs_pipeline"),
    ("stage", "/properties/hs_pipeline_stage"),
    ("priority", "/properties/hs_ticket_priority"),
    ("updated", "/updatedAt"),
];

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Calls {
    /// Show a ticket.
    Get {
        /// The ticket's id, or a value of --id-property.
        id: String,
        #[command(flatten)]
        shown: View,
        /// A unique property, in the place of HubSpot's id.
        #[arg(long, value_name = "PROPERTY")]
        id_property: Option<String>,
    },
    /// List tickets, page by page to the end.
    List {
        #[command(flatten)]
        shown: View,
        /// Stop after so many.
        #[arg(long, value_name = "COUNT")]
        most: Option<usize>,
    },
    /// Open a ticket: `subject`, `hs_pipeline_stage` and mostly `hs_pipeline` are needed.
    Create {
        #[command(flatten)]
        properties: Properties,
        /// Tie it to a record: `contacts/201/16`, by the number of the association's type.
        #[arg(long = "associate", value_name = "OBJECT/ID/TYPE", value_parser = tie)]
        associations: Vec<NewAssociation>,
    },
    /// Change a ticket.
    Update {
        /// The ticket's id, or a value of --id-property.
        id: String,
        #[command(flatten)]
        properties: Properties,
        /// A unique property, in the place of HubSpot's id.
        #[arg(long, value_name = "PROPERTY")]
        id_property: Option<String>,
    },
    /// Put a ticket into the recycle bin.
    Delete {
        /// The ticket's id.
        id: String,
    },
    /// Look for tickets. HubSpot learns of new ones some time later.
    Search {
        /// What a property has to be; all of them have to hold.
        #[arg(long = "filter", value_name = "PROPERTY OPERATOR VALUE", value_parser = filter)]
        filters: Vec<Filter>,
        /// Words in any default property.
        #[arg(long)]
        query: Option<String>,
        /// A property to sort by; `-` before it for the greatest first.
        #[arg(long, allow_hyphen_values = true)]
        sort: Option<String>,
        /// Properties to show.
        #[arg(long, value_delimiter = ',')]
        properties: Vec<String>,
        /// Results of one page, at most 200.
        #[arg(long, default_value_t = 10)]
        limit: u8,
        /// The cursor of a page.
        #[arg(long)]
        after: Option<String>,
    },
    /// Tie a ticket to a record: by the plain type where neither --type nor --label is given.
    Associate(Tie),
    /// Take a tie away.
    Unassociate {
        /// The ticket's id.
        id: String,
        /// `contacts`, `companies`, …
        object: String,
        /// The record's id.
        to: String,
        /// The number of the association's type.
        #[arg(long = "type", value_name = "NUMBER")]
        type_id: u64,
    },
    /// Many tickets at once.
    #[command(subcommand)]
    Batch(batch::Calls),
}

/// What of a ticket is shown.
#[derive(Debug, Args)]
pub(in crate::cli) struct View {
    /// Properties to show, parted by commas.
    #[arg(long, value_delimiter = ',')]
    properties: Vec<String>,
    /// Kinds of records whose ties are shown, parted by commas.
    #[arg(long, value_delimiter = ',')]
    associations: Vec<String>,
    /// From the recycle bin.
    #[arg(long)]
    archived: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Properties {
    /// A property's value; may be repeated. An empty value takes it away.
    #[arg(short, long = "property", value_name = "NAME=VALUE", required = true,
        value_parser = pairs::pair)]
    properties: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Tie {
    /// The ticket's id.
    id: String,
    /// `contacts`, `companies`, …
    object: String,
    /// The record's id.
    to: String,
    /// The number of one of HubSpot's own types.
    #[arg(long = "type", value_name = "NUMBER")]
    type_id: Option<u64>,
    /// The number of a label of the account's own; may be repeated. `labels` lists them.
    #[arg(long = "label", value_name = "NUMBER", conflicts_with = "type_id")]
    labels: Vec<u64>,
}

impl View {
    fn shown(self, id_property: Option<String>) -> Shown {
        let Self { properties, associations, archived } = self;
        Shown { properties, associations, id_property, archived }
    }
}

impl Properties {
    fn map(self) -> BTreeMap<String, String> {
        self.properties.into_iter().collect()
    }
}

fn tie(text: &str) -> Result<NewAssociation, String> {
    let parts: Vec<_> = text.split('/').collect();
    let [_, id, type_id] = parts[..] else { return Err("write it as contacts/201/16".to_owned()) };
    let type_id = type_id.parse().map_err(|_| "the type is no number".to_owned())?;
    Ok(NewAssociation { to: RecordId::of(id), types: vec![AssociationSpec::own(type_id)] })
}

fn filter(text: &str) -> Result<Filter, String> {
    let mut words = text.splitn(3, ' ');
    let (Some(property), Some(operator)) = (words.next(), words.next()) else {
        return Err("write it as \"subject EQ text\"".to_owned());
    };
    let value = words.next().map(str::to_owned);
    let operator = operator.to_ascii_uppercase();
    let listed = |value: String| value.split(';').map(str::to_owned).collect();
    let (value, values) = match operator.as_str() {
        "IN" | "NOT_IN" => (None, value.map(listed)),
        _ => (value, None),
    };
    Ok(Filter { property_name: property.to_owned(), operator, value, values, high_value: None })
}

impl Calls {
    pub(super) async fn run(self, api: &Api) -> anyhow::Result<Sheet> {
        let tickets = api.tickets();
        match self {
            Self::Get { id, shown, id_property } => {
                Sheet::one(&tickets.get(&id, &shown.shown(id_property)).await?)
            }
            Self::List { shown, most } => list(tickets, shown.shown(None), most).await,
            Self::Create { properties, associations } => {
                let properties = properties.map();
                let record = NewRecord { properties, associations, object_write_trace_id: None };
                Sheet::one(&tickets.create(&record).await?)
            }
            Self::Update { id, properties, id_property } => {
                let properties = properties.map();
                Sheet::one(&tickets.update(&id, id_property.as_deref(), &properties).await?)
            }
            Self::Delete { id } => {
                tickets.delete(&id).await?;
                Sheet::done("the ticket is in the recycle bin")
            }
            Self::Search { filters, query, sort, properties, limit, after } => {
                let group = FilterGroup { filters };
                let filter_groups = if group.filters.is_empty() { Vec::new() } else { vec![group] };
                let sorts = sort.into_iter().collect();
                let limit = Some(limit);
                let search = Search { filter_groups, query, properties, sorts, limit, after };
                Sheet::list_in(&tickets.search(&search).await?, "/results", TICKETS)
            }
            Self::Associate(tie) => associate(tickets, tie).await,
            Self::Unassociate { id, object, to, type_id } => {
                tickets.unassociate(&id, &object, &to, type_id).await?;
                Sheet::done("the tie is gone")
            }
            Self::Batch(calls) => calls.run(tickets).await,
        }
    }
}

async fn list(tickets: Objects<'_>, shown: Shown, most: Option<usize>) -> anyhow::Result<Sheet> {
    let records = tickets.list(shown).take(most.unwrap_or(usize::MAX));
    let records: Vec<Record> = records.try_collect().await?;
    Sheet::list(&records, TICKETS)
}

async fn associate(tickets: Objects<'_>, tie: Tie) -> anyhow::Result<Sheet> {
    let Tie { id, object, to, type_id, labels } = tie;
    match type_id {
        Some(type_id) => tickets.associate(&id, &object, &to, type_id).await?,
        None if labels.is_empty() => tickets.associate_by_default(&id, &object, &to).await?,
        None => {
            let label = |type_id| AssociationSpec {
                association_category: "USER_DEFINED".to_owned(),
                association_type_id: type_id,
            };
            let types: Vec<_> = labels.into_iter().map(label).collect();
            return Sheet::one(&tickets.associate_labelled(&id, &object, &to, &types).await?);
        }
    }
    Sheet::done("they are tied")
}
