//! Which addresses a call-back may go to.
//!
//! A source's owner chooses the receiver; Deskbell stands where that owner may not. So nothing that
//! is not public is called unless the configuration allows it: the special-purpose registries of
//! IANA (RFC 6890 and its successors) say what is public. An address is checked where it is connected
//! to, so that a name which means something else the second time gains nothing.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How far call-backs may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses alone.
    Public,
    /// Addresses of private networks and of this machine too. Link-local ones, where clouds keep their
    /// credentials, are never reached.
    Private,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Public,
    /// This machine, private networks, carriers' networks.
    Private,
    /// No receiver is there: link-local, multicast, unspecified, reserved, of documents.
    Other,
}

impl Reach {
    /// Whether this address may be called.
    pub fn allows(self, address: IpAddr) -> bool {
        match class(address) {
            Class::Public => true,
            Class::Private => self == Self::Private,
            Class::Other => false,
        }
    }
}

fn class(address: IpAddr) -> Class {
    match address {
        IpAddr::V4(address) => class_of_v4(address),
        IpAddr::V6(address) => class_of_v6(address),
    }
}

fn class_of_v4(address: Ipv4Addr) -> Class {
    if address.is_loopback() || address.is_private() {
        return Class::Private;
    }
    match address.octets() {
        // RFC 6598: shared between a carrier and its customers.
        [100, 64..=127, ..] => Class::Private,
        // This network, multicast, reserved and broadcast; link-local; protocols' own and documents;
        // 6to4 relays; benchmarks; documents.
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Class::Other,
        _ => Class::Public,
    }
}

fn class_of_v6(address: Ipv6Addr) -> Class {
    if let Some(embedded) = embedded(address) {
        return class_of_v4(embedded);
    }
    if address.is_loopback() || address.is_unique_local() {
        return Class::Private;
    }
    match address.segments() {
        // 2001::/23, protocols' own, Teredo among them, and documents; 6to4, which hides an IPv4
        // address; documents.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => Class::Other,
        [0x2000..=0x3fff, ..] => Class::Public,
        _ => Class::Other,
    }
}

/// The IPv4 address that is reached by way of an IPv6 one: mapped (RFC 4291), or of NAT64's
/// well-known prefix (RFC 6052).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    address.to_ipv4_mapped().or_else(|| match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)))
        }
        _ => None,
    })
}

/// A name that means no address which may be called.
#[derive(Debug, thiserror::Error)]
#[error("the receiver's name leads to no address that may be called")]
pub(super) struct OutOfReach;

/// Looks names up as the system does, and gives only addresses that may be called.
pub(super) struct Within(pub(super) Reach);

impl fmt::Debug for Within {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Within({:?})", self.0)
    }
}

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = tokio::net::lookup_host((name, 0)).await?;
            let allowed = within(reach, found)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn within(
    reach: Reach,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, OutOfReach> {
    let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
    if allowed.is_empty() { Err(OutOfReach) } else { Ok(allowed) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_address_is_known() {
        use Class::{Other, Private, Public};
        for (address, expected) in [
            ("1.1.1.1", Public),
            ("100.63.255.255", Public),
            ("100.128.0.0", Public),
            ("172.15.255.255", Public),
            ("172.32.0.0", Public),
            ("223.255.255.255", Public),
            ("127.0.0.1", Private),
            ("127.255.255.254", Private),
            ("10.0.0.1", Private),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("192.168.0.1", Private),
            ("100.64.0.1", Private),
            ("100.127.255.255", Private),
            ("0.0.0.0", Other),
            ("0.1.2.3", Other),
            ("169.254.169.254", Other),
            ("192.0.0.8", Other),
            ("192.0.2.1", Other),
            ("192.88.99.1", Other),
            ("198.18.0.1", Other),
            ("198.19.255.255", Other),
            ("198.51.100.1", Other),
            ("203.0.113.1", Other),
            ("224.0.0.1", Other),
            ("239.255.255.255", Other),
            ("240.0.0.1", Other),
            ("255.255.255.255", Other),
            ("2606:4700::1111", Public),
            ("2001:4860::8888", Public),
            ("::1", Private),
            ("fc00::1", Private),
            ("fdff::1", Private),
            ("::ffff:127.0.0.1", Private),
            ("::ffff:10.0.0.1", Private),
            ("::ffff:169.254.169.254", Other),
            ("::ffff:1.1.1.1", Public),
            ("64:ff9b::a00:1", Private),
            ("64:ff9b::a9fe:a9fe", Other),
            ("64:ff9b::101:101", Public),
            ("64:ff9b:1::1", Other),
            ("::", Other),
            ("::127.0.0.1", Other),
            ("100::1", Other),
            ("fe80::1", Other),
            ("fec0::1", Other),
            ("ff02::1", Other),
            ("2001::1", Other),
            ("2001:2::1", Other),
            ("2001:20::1", Other),
            ("2001:db8::1", Other),
            ("2002:7f00:1::1", Other),
            ("3fff::1", Other),
            ("5f00::1", Other),
        ] {
            assert_eq!(class(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn only_what_is_within_reach_is_connected_to() {
        let found = || ["10.0.0.1:0", "1.1.1.1:0", "[fe80::1]:0"].map(|it| it.parse().unwrap());
        let public = within(Reach::Public, found().into_iter()).unwrap();
        assert_eq!(public, ["1.1.1.1:0".parse().unwrap()]);
        assert_eq!(within(Reach::Private, found().into_iter()).unwrap().len(), 2);
        let none = ["10.0.0.1:0".parse().unwrap()];
        assert!(within(Reach::Public, none.into_iter()).is_err());
    }

    #[tokio::test]
    async fn a_name_of_this_machine_leads_nowhere() {
        let asked = || "localhost".parse::<Name>().unwrap();
        assert!(Within(Reach::Public).resolve(asked()).await.is_err());
        assert!(Within(Reach::Private).resolve(asked()).await.is_ok());
    }
}
