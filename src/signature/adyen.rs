//! Adyen: HMAC-SHA256 over eight fields of each item, in the body; or over the whole body, in the
//! header that its platform sends.
//!
//! Source: adyen-node-api-library, `src/utils/hmacValidator.ts`. The key is written in hexadecimal.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Headers, InvalidSecret, SignatureError, Verified, mac::Keys, secret::hex_keys};

const HEADER: &str = "HmacSignature";
const MEMBER: &str = "additionalData.hmacSignature";

/// As many items as one post may have; Adyen sends one.
const MOST_ITEMS: usize = 100;

#[derive(Debug, Clone)]
pub(super) struct Adyen {
    keys: Keys,
}

/// The members that a signature covers, and no other. A member that is there twice is an error.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    notification_items: Vec<Wrapped>,
}

#[derive(Deserialize)]
struct Wrapped {
    #[serde(rename = "NotificationRequestItem")]
    item: Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    additional_data: Option<AdditionalData>,
    psp_reference: Option<String>,
    original_reference: Option<String>,
    merchant_account_code: Option<String>,
    merchant_reference: Option<String>,
    amount: Option<Amount>,
    event_code: Option<String>,
    success: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalData {
    hmac_signature: Option<String>,
}

#[derive(Deserialize)]
struct Amount {
    value: Option<serde_json::Number>,
    currency: Option<String>,
}

impl Adyen {
    pub(super) fn new(secrets: &[SecretString]) -> Result<Self, InvalidSecret> {
        Ok(Self { keys: hex_keys(secrets)? })
    }

    pub(super) fn verify<'b>(
        &self,
        headers: &Headers<'_>,
        body: &'b Bytes,
    ) -> Result<Verified<'b>, SignatureError> {
        let secret = if headers.has(HEADER) {
            let claimed = STANDARD
                .decode(headers.one(HEADER)?)
                .map_err(|_not_base64| SignatureError::Malformed(HEADER.to_owned()))?;
            self.keys.signer(&[body], &[claimed]).ok_or(SignatureError::Wrong)?
        } else {
            self.signer_of_items(body)?
        };
        Ok(Verified { body, id: None, signed_at: None, secret: Some(secret) })
    }

    /// Signs the whole body, as Adyen's platform does.
    pub(super) fn sign(&self, body: &[u8]) -> Vec<(String, String)> {
        vec![(HEADER.to_owned(), STANDARD.encode(self.keys.sign(&[body])))]
    }

    /// Which secret signed the first item; every item must be signed with one of them.
    fn signer_of_items(&self, body: &[u8]) -> Result<usize, SignatureError> {
        let notification: Notification = serde_json::from_slice(body)
            .map_err(|_quotes_the_body| SignatureError::UnreadableBody)?;
        let items = notification.notification_items;
        if items.len() > MOST_ITEMS {
            return Err(SignatureError::TooMany { most: MOST_ITEMS });
        }
        let mut first = None;
        for Wrapped { item } in items {
            let secret = self.signer_of(&item)?;
            first = first.or(Some(secret));
        }
        first.ok_or(SignatureError::UnreadableBody)
    }

    fn signer_of(&self, item: &Item) -> Result<usize, SignatureError> {
        let signature = item.additional_data.as_ref().and_then(|data| data.hmac_signature.as_ref());
        let claimed = STANDARD
            .decode(signature.ok_or(SignatureError::MissingInBody(MEMBER))?)
            .map_err(|_not_base64| SignatureError::UnreadableBody)?;
        let fields = item.fields();
        let signed = fields.each_ref().map(|(_, text)| text.as_str()).join(":");
        let by = self.keys.signer(&[signed.as_bytes()], &[claimed]);
        let secret = by.ok_or(SignatureError::Wrong)?;
        match fields.iter().find(|(name, text)| *name != "merchantReference" && text.contains(':'))
        {
            Some((name, _)) => Err(SignatureError::AmbiguousField(name)),
            None => Ok(secret),
        }
    }
}

impl Item {
    /// The signed fields in their order; an absent one is the empty text. Adyen escapes nothing, so
    /// a colon may stand in one field at most: the merchant's own reference.
    fn fields(&self) -> [(&'static str, String); 8] {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let amount = self.amount.as_ref();
        let value = amount.and_then(|amount| amount.value.as_ref()).map(ToString::to_string);
        let currency = amount.and_then(|amount| amount.currency.clone());
        [
            ("pspReference", text(&self.psp_reference)),
            ("originalReference", text(&self.original_reference)),
            ("merchantAccountCode", text(&self.merchant_account_code)),
            ("merchantReference", text(&self.merchant_reference)),
            ("amount.value", value.unwrap_or_default()),
            ("amount.currency", currency.unwrap_or_default()),
            ("eventCode", text(&self.event_code)),
            ("success", text(&self.success)),
        ]
    }
}
