//! Faults of `[sources.<name>]`.

use super::{faults::faults, load, write};

#[test]
fn every_fault_of_a_source_has_its_place_and_cure() {
    for (lines, expected) in [
        (
            "secrets = [\"s\"]",
            "1:1: [sources.a] has no `verify`: set it to \"standard-webhooks\", \"hmac\", a vendor's name or \"none\"",
        ),
        (
            "verify = \"hmca\"\nsecrets = [\"s\"]",
            "2:10: `verify` cannot be `hmca`: did you mean `hmac`?",
        ),
        (
            "verify = \"standard-webhooks\"",
            "1:1: [sources.a] has no secret: set `secrets = [\"${NAME}\"]`, or say `verify = \"none\"`",
        ),
        (
            "verify = \"standard-webhooks\"\nsecrets = [\"${EMPTY}\"]",
            "1:1: [sources.a] has no secret: set `secrets = [\"${NAME}\"]`, or say `verify = \"none\"`",
        ),
        (
            "verify = \"standard-webhooks\"\nsecrets = [\"${NOWHERE}\"]",
            "3:12: the variable `NOWHERE` is not set: set NOWHERE, or NOWHERE_FILE to a path that holds it",
        ),
        (
            "verify = \"standard-webhooks\"\nsecrets = [\"${ x\"]",
            "3:12: `${` is followed by no variable's name: write ${NAME} or ${NAME:-text}, and $${ for the two characters",
        ),
        (
            "verify = \"none\"\nsecrets = [\"s\"]",
            "1:1: [sources.a] has secrets that nothing verifies: choose another `verify`, or remove them",
        ),
        (
            "verify = \"hmac\"\nsecrets = [\"s\"]",
            "1:1: [sources.a] has no `header`: name the header that holds the signature, as X-Signature",
        ),
        (
            "verify = \"hmac\"\nsecrets = [\"s\"]\nheader = \"X S\"",
            "4:10: `header` is not a header's name: name the header that holds the signature, as X-Signature",
        ),
        (
            "verify = \"hmac\"\nsecrets = [\"s\"]\nheader = \"X\"\ntolerance = \"5m\"",
            "5:13: `tolerance` has no meaning without a signed time: set `timestamp_header`, or remove it",
        ),
        (
            "verify = \"standard-webhooks\"\nsecrets = [\"s\"]\ntolerance = \"5 minutes\"",
            "4:13: `tolerance` is no duration: write it as 500ms, 10s, 5m, 72h or 1h30m",
        ),
        (
            "verify = \"none\"\nsecret = 3",
            "3:1: unknown key `secret` in [sources.a]: did you mean `secrets`?",
        ),
        ("verify = 3", "2:10: `verify` is integer: make it a text in quotes"),
    ] {
        assert_eq!(faults(&format!("[sources.a]\n{lines}\n")), [expected], "{lines}");
    }
    assert_eq!(
        faults("[sources.A]\nverify = \"none\"\n"),
        [
            "1:10: `source` is no source name: 1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter or a digit: choose another name"
        ]
    );
}

#[test]
fn every_fault_of_a_vendors_keys_has_its_place_and_cure() {
    for (lines, expected) in [
        (
            "verify = \"paypal\"",
            "1:1: [sources.a] has no `webhook_id`: set it to the id that PayPal shows beside the web hook",
        ),
        (
            "verify = \"paypal\"\nwebhook_id = \"W\"\nsecrets = [\"s\"]",
            "1:1: [sources.a] has secrets that nothing verifies: choose another `verify`, or remove them",
        ),
        (
            "verify = \"hubspot\"\nsecrets = [\"s\"]\nurl = \"events.example.com/hooks/crm\"",
            "4:7: `url` is not a whole address: set it to the address that HubSpot posts to, as it stands in the app: https://events.example.com/hooks/crm",
        ),
        (
            "verify = \"hubspot\"\nsecrets = [\"s\"]\nurl = \"https://e.example/\"\nversions = [\"v4\"]",
            "5:12: `versions` is no list of versions: write [\"v1\", \"v2\", \"v3\"]",
        ),
        (
            "verify = \"basic\"\nsecrets = [\"s\"]\nuser = \"a:b\"",
            "4:8: `user` has a colon in it: choose a name without one",
        ),
        (
            "verify = \"none\"\nallow_public = \"yes\"",
            "3:16: `allow_public` is string: make it true or false",
        ),
    ] {
        assert_eq!(faults(&format!("[sources.a]\n{lines}\n")), [expected], "{lines}");
    }
}

#[test]
fn an_unsigned_source_is_refused_on_an_address_that_others_reach() {
    let (_folder, path) = write("[sources.lab]\nverify = \"none\"\n");
    let variables = |listen| [("DESKBELL_CONFIG", path.as_str()), ("DESKBELL_LISTEN", listen)];
    for reached in ["0.0.0.0:8080", "192.0.2.1:8080", "[::]:8080"] {
        let words = load(&variables(reached)).err().map(|error| error.to_string());
        let words = words.unwrap_or_default();
        let what = format!(
            "[sources.lab] is unsigned, and the receiver listens on {reached}, where others reach \
             it: choose another `verify`, set DESKBELL_LISTEN to a loopback address, or say \
             `allow_public = true`"
        );
        assert!(words.contains(&what), "{words}");
    }
    for own in ["127.0.0.1:8080", "[::1]:8080"] {
        assert!(load(&variables(own)).is_ok(), "{own}");
    }
    let (_folder, path) = write("[sources.lab]\nverify = \"none\"\nallow_public = true\n");
    let said = [("DESKBELL_CONFIG", path.as_str()), ("DESKBELL_LISTEN", "0.0.0.0:8080")];
    assert!(load(&said).is_ok());
}
