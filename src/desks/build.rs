//! From a desk's settings to a desk.

use std::sync::Arc;

use super::{
    Desk, DeskConfig, Vendor, hubspot::HubSpot, kf5::Kf5, supportdesk::SupportDesk,
    thulium::Thulium,
};

/// Why settings make no desk. No value is quoted.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// `base_url` is not an absolute http or https address.
    #[error("`base_url` is not an http or https address without a query")]
    BaseUrl,
    /// The key cannot stand in an HTTP header.
    #[error("the key holds characters that no HTTP header can carry")]
    Key,
    /// A window of no requests, which no request could ever pass.
    #[error("`pacing` has a window of no requests")]
    Pacing,
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// Makes the desk that `config` describes. Nothing is sent.
pub fn build(config: &DeskConfig) -> Result<Arc<dyn Desk>, BuildError> {
    let settings = &config.settings;
    let is_address = reqwest::Url::parse(&settings.base_url).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if !is_address {
        return Err(BuildError::BaseUrl);
    }
    if settings.pacing.iter().any(|window| window.requests == 0) {
        return Err(BuildError::Pacing);
    }
    Ok(match &config.vendor {
        Vendor::HubSpot(vendor) => Arc::new(HubSpot::new(settings, vendor)?),
        Vendor::Kf5(vendor) => Arc::new(Kf5::new(settings, vendor)?),
        Vendor::SupportDesk(vendor) => Arc::new(SupportDesk::new(settings, vendor)?),
        Vendor::Thulium(vendor) => Arc::new(Thulium::new(settings, vendor)?),
    })
}
