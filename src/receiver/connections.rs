//! How many connections each address has.

use std::{
    any::Any,
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{dev::Extensions, rt::net::TcpStream};

/// The open connections by address.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One open connection; dropping it gives its place free.
#[derive(Debug)]
pub(super) struct Connection {
    connections: Arc<Connections>,
    address: IpAddr,
    is_welcome: bool,
}

impl Connections {
    /// At most so many for each address.
    pub(super) fn at_most(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// Counts a connection that has come in, for as long as `data` lives.
    pub(super) fn note(self: &Arc<Self>, connection: &dyn Any, data: &mut Extensions) {
        if let Some(stream) = connection.downcast_ref::<TcpStream>()
            && let Ok(peer) = stream.peer_addr()
        {
            data.insert(self.enter(peer.ip()));
        }
    }

    fn enter(self: &Arc<Self>, address: IpAddr) -> Connection {
        let address = network(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        *count += 1;
        Connection { connections: self.clone(), address, is_welcome: *count <= self.most }
    }
}

impl Connection {
    /// Whether the address had a place for it.
    pub(super) fn is_welcome(&self) -> bool {
        self.is_welcome
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: a /64 of IPv6, because one sender commonly has a whole one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_as_many_places_as_the_limit_and_gets_them_back() {
        let connections = Connections::at_most(2);
        let enter = |address: &str| connections.enter(address.parse().unwrap());
        let first = enter("2001:db8::1");
        let second = enter("2001:db8::2");
        assert!(first.is_welcome() && second.is_welcome());
        assert!(!enter("2001:db8::3").is_welcome());
        assert!(enter("2001:db8:0:1::1").is_welcome());
        drop(first);
        assert!(enter("2001:db8::3").is_welcome());
        drop(second);
        assert!(connections.open.lock().unwrap().is_empty());
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), enter("192.0.2.1").address);
    }
}
