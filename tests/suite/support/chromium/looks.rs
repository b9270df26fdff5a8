//! How a page looks: as a picture, and whether it fits.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::Chromium;

/// Where pictures are kept: they stay after the run.
const PICTURES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/screenshots");

/// What a page is seen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Light,
    Dark,
    Phone,
}

impl Look {
    pub(crate) const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Phone];

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Phone => "phone",
        }
    }
}

impl Chromium {
    /// Shows pages from now on as they are on this.
    pub(crate) async fn look(&self, look: Look) {
        let (width, height) = if look == Look::Phone { (390, 844) } else { (1280, 860) };
        let scheme = if look == Look::Dark { "dark" } else { "light" };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": look == Look::Phone,
        });
        self.command("Emulation.setDeviceMetricsOverride", &metrics).await;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("Emulation.setEmulatedMedia", &features).await;
    }

    /// Takes a picture of the whole page.
    pub(crate) async fn picture(&self, name: &str, look: Look) {
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let taken = self.command("Page.captureScreenshot", &whole).await;
        let png = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"), "no picture of {name}");
        fs::create_dir_all(PICTURES).unwrap();
        let file = Path::new(PICTURES).join(format!("{name}-{}.png", look.name()));
        fs::write(file, png).unwrap();
    }

    /// Whether nothing of the page lies beyond its right edge.
    pub(crate) async fn fits(&self) -> bool {
        let fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        self.evaluate(fits).await.as_bool().unwrap()
    }
}
