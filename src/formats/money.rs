//! Amounts as decimals, with their digits.

use serde_json::{Number, Value};

use super::message::text;

/// How many digits stand behind the point where nothing else is known of a currency.
const USUAL_DIGITS: usize = 2;

/// Currencies of which vendors send whole units, as ISO 4217 has them.
const NO_DIGITS: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
];

/// Currencies of thousandths.
const THREE_DIGITS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Whose minor units an amount is in. Both differ from ISO 4217 in a few currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// docs.stripe.com/currencies: Ugandan shillings and Icelandic krónur come in hundredths.
    Stripe,
    /// docs.adyen.com "Currency codes and minor units": Chilean pesos and Icelandic krónur come in
    /// hundredths; Ugandan shillings, Cape Verdean escudos and rupiahs whole.
    Adyen,
}

impl Units {
    fn digits(self, currency: &str) -> usize {
        match (self, currency) {
            (Self::Adyen, "CLP") => USUAL_DIGITS,
            (Self::Adyen, "CVE" | "IDR" | "UGX") => 0,
            (_, currency) if NO_DIGITS.contains(&currency) => 0,
            (_, currency) if THREE_DIGITS.contains(&currency) => 3,
            _ => USUAL_DIGITS,
        }
    }

    /// An amount in minor units, a whole number, as a decimal; `None` where it is none.
    pub(super) fn major(self, minor: &Value, currency: &str) -> Option<Number> {
        let text = text(minor)?;
        let (sign, units) = match text.strip_prefix('-') {
            Some(units) => ("-", units),
            None => ("", text.as_str()),
        };
        if units.is_empty() || !units.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = self.digits(currency);
        let units = units.trim_start_matches('0');
        let units = format!("{units:0>width$}", width = digits + 1);
        let (whole, fraction) = units.split_at(units.len() - digits);
        let point = if digits == 0 { "" } else { "." };
        number(&format!("{sign}{whole}{point}{fraction}"))
    }
}

/// A decimal that a vendor sends as text or as a number, with its digits.
pub(super) fn decimal(value: &Value) -> Option<Number> {
    number(&text(value)?)
}

/// An ISO 4217 code in capitals; `None` where it cannot be one.
pub(super) fn currency(code: &str) -> Option<String> {
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| code.to_ascii_uppercase())
}

fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn major(units: Units, minor: &str, currency: &str) -> Option<String> {
        let minor = serde_json::from_str(minor).unwrap();
        units.major(&minor, currency).map(|number| number.to_string())
    }

    #[test]
    fn minor_units_become_decimals_by_the_currency() {
        for (units, minor, currency, expected) in [
            (Units::Stripe, "1999", "EUR", "19.99"),
            (Units::Stripe, "1999", "JPY", "1999"),
            (Units::Stripe, "1999", "KWD", "1.999"),
            (Units::Stripe, "1900", "UGX", "19.00"),
            (Units::Stripe, "5", "USD", "0.05"),
            (Units::Stripe, "0", "USD", "0.00"),
            (Units::Stripe, "-5", "USD", "-0.05"),
            (Units::Stripe, "0", "JPY", "0"),
            (Units::Stripe, "90071992547409931", "USD", "900719925474099.31"),
            (Units::Adyen, "1999", "CLP", "19.99"),
            (Units::Stripe, "1999", "CLP", "1999"),
            (Units::Adyen, "1999", "IDR", "1999"),
            (Units::Adyen, "\"1000\"", "EUR", "10.00"),
        ] {
            assert_eq!(major(units, minor, currency).unwrap(), expected, "{minor} {currency}");
        }
        for no_amount in ["12.5", "1e3", "null", "\"\"", "\"-\"", "[]"] {
            assert_eq!(major(Units::Stripe, no_amount, "EUR"), None, "{no_amount}");
        }
    }

    #[test]
    fn decimals_keep_their_zeros_and_are_numbers_or_nothing() {
        assert_eq!(decimal(&"403.00".into()).unwrap().to_string(), "403.00");
        for no_number in ["1,5", "0x1", "", "€ 5", "01"] {
            assert_eq!(decimal(&no_number.into()), None, "{no_number}");
        }
        assert_eq!(currency("eur").as_deref(), Some("EUR"));
        assert_eq!((currency("euro"), currency("€")), (None, None));
    }
}
