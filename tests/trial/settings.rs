//! The configuration of a trial: one source, two desks, and a rule for each kind of event.

use deskbell::sandbox::Sandbox;

use super::upstream::SECRET;

/// The environment of all processes of a trial.
pub(crate) type Environment = Vec<(&'static str, String)>;

/// What is said to the product of its surroundings. Without an address of RabbitMQ: on the embedded
/// store.
pub(crate) fn surroundings(
    receiver: &str,
    sandbox: &Sandbox,
    amqp_url: Option<&str>,
) -> Environment {
    let mut environment = vec![
        ("DESKBELL_LISTEN", receiver.to_owned()),
        ("DESKBELL_LOG", "info".to_owned()),
        ("DESKBELL_LOG_FORMAT", "json".to_owned()),
        ("SHOP_SECRET", SECRET.to_owned()),
        ("SUPPORTDESK_URL", sandbox.supportdesk().base_url().unwrap()),
        ("HUBSPOT_URL", sandbox.hubspot().base_url().unwrap()),
        ("THULIUM_URL", sandbox.thulium().base_url().unwrap()),
    ];
    environment.extend(amqp_url.map(|url| ("DESKBELL_AMQP_URL", url.to_owned())));
    environment
}

/// What a trial sets of its desks.
#[derive(Debug, Clone)]
pub(crate) struct DeskSettings {
    /// The desk's patience, as the configuration writes it. It decides how long a crashed worker's
    /// claims and lease hold.
    pub(crate) timeout: &'static str,
    /// A window of pacing: requests, and the time that it spans.
    pub(crate) pacing: (u32, &'static str),
    /// `park` or `retry`.
    pub(crate) on_uncertain: &'static str,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self { timeout: "2s", pacing: (10_000, "1s"), on_uncertain: "park" }
    }
}

/// Which desks an event goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HubSpot alone.
    Crm,
    /// SupportDesk alone.
    Support,
    /// Both, with the customer tied to HubSpot's ticket.
    Both,
}

impl Kind {
    pub(crate) fn event_type(self) -> &'static str {
        match self {
            Self::Crm => "integration.error",
            Self::Support => "order.stuck",
            Self::Both => "payment.failed",
        }
    }

    pub(crate) fn desks(self) -> &'static [&'static str] {
        match self {
            Self::Crm => &["crm"],
            Self::Support => &["support"],
            Self::Both => &["crm", "support"],
        }
    }
}

/// The behaviour file.
pub(crate) fn behaviour(desks: &DeskSettings) -> String {
    let DeskSettings { timeout, pacing: (requests, per), on_uncertain } = desks;
    format!(
        r#"
# An inspection's calls would be among those that tests count, and that their faults strike.
[preflight]
every = "off"

[sources.shop]
verify = "standard-webhooks"
secrets = ["${{SHOP_SECRET}}"]

[desks.support]
kind = "supportdesk"
base_url = "${{SUPPORTDESK_URL}}"
api_key = "sk_live_sandbox"
timeout = "{timeout}"
on_uncertain = "{on_uncertain}"
pacing = [{{ requests = {requests}, per = "{per}" }}]

[desks.crm]
kind = "hubspot"
base_url = "${{HUBSPOT_URL}}"
token = "pat-sandbox"
pipeline = "0"
stage = "1"
timeout = "{timeout}"
pacing = [{{ requests = {requests}, per = "{per}" }}]

[[rules]]
name = "integration-error"
on = "integration.error"
desks = ["crm"]
priority = "{{{{ data.level }}}}"
subject = "{{{{ data.integration }}}} is in error"
description = "{{{{ data.errorCode }}}}"

[[rules]]
name = "order-stuck"
on = "order.stuck"
desks = ["support"]
priority = "{{{{ data.level }}}}"
subject = "Order {{{{ data.orderId }}}} is stuck"
description = "In {{{{ data.stage }}}}."

[[rules]]
name = "payment-failed"
on = "payment.failed"
desks = ["crm", "support"]
priority = "{{{{ data.level }}}}"
subject = "Payment failed for order #{{{{ data.orderId }}}}"
description = "The attempt failed with `{{{{ data.errorCode }}}}`."

[[rules.associations]]
desk = "crm"
object = "contact"
match = {{ email = "{{{{ data.customer.email }}}}" }}
missing = "create"
"#
    )
}
