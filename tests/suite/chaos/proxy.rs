//! A network that can be spoiled: TCP through a door that is cut, half open or slow.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// What goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Everything, at once.
    Open,
    /// Nothing: connections are closed, new ones too.
    Cut,
    /// Nothing either way, and nobody is told; what was sent arrives when the way is open again.
    HalfOpen,
    /// Requests, but no answers until the way is open again.
    Mute,
    /// Everything, in small pieces with pauses between.
    Slow,
}

/// Stands before one address. It ends with its owner.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
    _door: JoinSet<()>,
}

impl Proxy {
    /// An open way to `target`, as `host:port`.
    pub(crate) async fn before(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let way = watch::Sender::new(Way::Open);
        let (target, ways) = (target.to_owned(), way.subscribe());
        let mut door = JoinSet::new();
        door.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let Ok((caller, _)) = listener.accept().await else { continue };
                while connections.try_join_next().is_some() {}
                connections.spawn(connect(caller, target.clone(), ways.clone()));
            }
        });
        Self { address, way, _door: door }
    }

    /// `text` with the proxy in the place of the address behind it.
    pub(crate) fn instead_of(&self, target: &str, text: &str) -> String {
        assert!(text.contains(target), "{text} does not name {target}");
        text.replace(target, &self.address.to_string())
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

/// Carries one connection until either side or the proxy ends it.
async fn connect(caller: TcpStream, target: String, ways: watch::Receiver<Way>) {
    let mut cut = ways.clone();
    let carry = async {
        let Ok(behind) = TcpStream::connect(&target).await else { return };
        let (mut questions, mut caller_hears) = caller.into_split();
        let (mut answers, mut target_hears) = behind.into_split();
        let (there, back) = (ways.clone(), ways);
        tokio::join!(
            pump(&mut questions, &mut target_hears, there, false),
            pump(&mut answers, &mut caller_hears, back, true),
        );
    };
    tokio::select! {
        () = carry => {}
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
    }
}

async fn pump(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    mut ways: watch::Receiver<Way>,
    is_answer: bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    let passes = |way: &Way| match way {
        Way::Open | Way::Slow => true,
        Way::Mute => !is_answer,
        Way::Cut | Way::HalfOpen => false,
    };
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        for piece in buffer[..count].chunks(256) {
            let Ok(way) = ways.wait_for(passes).await.map(|way| *way) else { return };
            if way == Way::Slow {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if to.write_all(piece).await.is_err() {
                return;
            }
        }
    }
    drop(to.shutdown().await);
}
