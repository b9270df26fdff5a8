//! The configuration of a trial: one source, two desks, and a rule for each kind of event.

/// The secret of the source `shop`: 32 bytes.
pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

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
