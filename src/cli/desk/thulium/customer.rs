//! The calls on customers.

use clap::{Args, Subcommand};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{Sheet, alternatives, missing, pairs};
use crate::{
    cli::desk::sheet::Columns,
    desks::thulium::{Account, Customer, CustomerFilter, LONGEST_CUSTOMER_PAGE, NewCustomer},
};

/// What people see of many customers.
const CUSTOMERS: Columns<'_> = &[
    ("id", "/customer_id"),
    ("name", "/name"),
    ("surname", "/surname"),
    ("e-mail", "/email/0"),
    ("identifier", "/identifier"),
    ("company", "/company_id"),
];

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Calls {
    /// Show a customer with its custom fields.
    Get {
        /// The customer's id.
        id: String,
    },
    /// List customers, page by page to the end.
    List(Box<List>),
    /// Make a customer. Nothing keeps it from being a second one of the same.
    Create(Box<Create>),
}

/// All conditions hold at once.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// With this id of the upstream application.
    #[arg(long)]
    identifier: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    /// With this tax number.
    #[arg(long)]
    nip: Option<String>,
    /// Of the company of this id.
    #[arg(long, value_name = "ID")]
    company: Option<String>,
    /// Of the type of this name.
    #[arg(long = "type", value_name = "NAME")]
    kind: Option<String>,
    /// In the group of this name.
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// With this custom field; repeat a name for other values that will do.
    #[arg(long = "custom-field", value_name = "NAME=VALUE", value_parser = pairs::pair)]
    custom_fields: Vec<(String, String)>,
    /// A field's name; `-` before it for the greatest first.
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    order: Vec<String>,
    /// Pass over so many.
    #[arg(long)]
    offset: Option<u64>,
    /// Stop after so many.
    #[arg(long, value_name = "COUNT")]
    most: Option<u32>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    #[arg(long)]
    surname: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    /// The upstream application's id.
    #[arg(long)]
    identifier: Option<String>,
    /// The company's id.
    #[arg(long, value_name = "ID")]
    company: Option<String>,
    /// The type's name.
    #[arg(long = "type", value_name = "NAME")]
    kind: Option<String>,
    /// The group's name.
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    #[arg(long)]
    note: Option<String>,
    /// A custom field; may be repeated.
    #[arg(long = "custom-field", value_name = "NAME=VALUE", value_parser = pairs::pair)]
    custom_fields: Vec<(String, String)>,
}

impl Calls {
    pub(super) async fn run(self, account: &Account) -> anyhow::Result<Sheet> {
        match self {
            Self::Get { id } => {
                Sheet::one(&account.customer(&id).await?.ok_or_else(|| missing("customer"))?)
            }
            Self::List(list) => {
                let most = list.most;
                let customers = account.customers(list.filter());
                let customers = customers.take(most.map_or(usize::MAX, |most| most as usize));
                Sheet::list(&customers.try_collect::<Vec<Customer>>().await?, CUSTOMERS)
            }
            Self::Create(create) => {
                let id = account.create_customer(&create.customer()).await?;
                Sheet::one(&serde_json::json!({ "customer_id": id }))
            }
        }
    }
}

impl List {
    fn filter(self) -> CustomerFilter {
        CustomerFilter {
            identifier: self.identifier,
            email: self.email,
            phone_number: self.phone,
            nip: self.nip,
            company_id: self.company,
            customer_type: self.kind,
            group: self.group,
            custom_fields: alternatives(self.custom_fields),
            include_custom_fields: false,
            limit: self.most.map(|most| most.clamp(1, LONGEST_CUSTOMER_PAGE)),
            offset: self.offset,
            order: self.order,
        }
    }
}

impl Create {
    fn customer(self) -> NewCustomer {
        let fields = self.custom_fields.into_iter().map(|(name, value)| (name, value.into()));
        NewCustomer {
            name: self.name,
            surname: self.surname,
            email: self.email,
            phone_number: self.phone,
            company_id: self.company,
            kind: self.kind,
            group: self.group,
            identifier: self.identifier,
            note: self.note,
            custom_fields: fields.collect(),
        }
    }
}
