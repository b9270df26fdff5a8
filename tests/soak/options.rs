//! What a soak is asked for on the command line.

use std::{path::PathBuf, time::Duration};

use crate::trial::{dice::Dice, settings::Kind};

pub(crate) const USAGE: &str = "\
usage: scripts/soak [crash|outage|urgent] [options]

crash    events through random kills of receiver, worker and broker (the default)
outage   a desk that is away while deliveries wait
urgent   a CRITICAL event behind a backlog of LOW ones

  --events N       events (crash 100500, outage 5000, urgent 10000)
  --kills N        kills (crash: 50)
  --victims LIST   who is killed (receiver,worker,broker)
  --seed N         repeats a plan
  --desk NAME      crm, support or both (crm); at support, what is in doubt is parked
  --store NAME     rabbitmq or embedded (rabbitmq)
  --minutes N      how long the desk is away (outage: 10)
  --at-a-time N    senders (64)
  --binary PATH    another build of the product
  --history PATH   keeps the history that the checker read
  --brief          one line of figures at the end, for scripts
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Crash,
    Outage,
    Urgent,
}

/// What a kill hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    Receiver,
    Worker,
    Broker,
    /// The one process on the embedded store.
    All,
}

impl Victim {
    fn read(name: &str) -> Result<Self, String> {
        match name {
            "receiver" => Ok(Self::Receiver),
            "worker" => Ok(Self::Worker),
            "broker" => Ok(Self::Broker),
            other => Err(format!("nobody is called `{other}`")),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) events: usize,
    pub(crate) kills: usize,
    pub(crate) victims: Vec<Victim>,
    pub(crate) seed: u64,
    pub(crate) kinds: &'static [Kind],
    pub(crate) embedded: bool,
    pub(crate) away: Duration,
    pub(crate) at_a_time: usize,
    pub(crate) binary: PathBuf,
    pub(crate) history: Option<PathBuf>,
    pub(crate) brief: bool,
}

impl Options {
    /// Where every event goes to.
    pub(crate) fn kind(&self) -> Kind {
        self.kinds[0]
    }

    /// Reads the arguments; says what is wrong with them.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.peekable();
        let mode = match arguments.next_if(|argument| !argument.starts_with('-')).as_deref() {
            None | Some("crash") => Mode::Crash,
            Some("outage") => Mode::Outage,
            Some("urgent") => Mode::Urgent,
            Some(other) => return Err(format!("there is no soak `{other}`")),
        };
        let mut options = Self::of(mode);
        while let Some(name) = arguments.next() {
            if name == "--brief" {
                options.brief = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            options.set(&name, &value)?;
        }
        Ok(options)
    }

    fn of(mode: Mode) -> Self {
        let events = match mode {
            // Some are given up without an answer; 100,000 are accepted.
            Mode::Crash => 100_500,
            Mode::Outage => 5_000,
            Mode::Urgent => 10_000,
        };
        Self {
            mode,
            events,
            kills: 50,
            victims: vec![Victim::Receiver, Victim::Worker, Victim::Broker],
            seed: Dice::any_seed(),
            kinds: &[Kind::Crm],
            embedded: false,
            away: Duration::from_mins(10),
            at_a_time: 64,
            binary: env!("CARGO_BIN_EXE_deskbell").into(),
            history: None,
            brief: false,
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = || value.parse().map_err(|_| format!("{name} needs a number"));
        let small = || value.parse().map_err(|_| format!("{name} needs a number"));
        match (name, value) {
            ("--events", _) => self.events = small()?,
            ("--kills", _) => self.kills = small()?,
            ("--at-a-time", _) => self.at_a_time = small()?,
            ("--victims", _) => {
                self.victims = value.split(',').map(Victim::read).collect::<Result<_, _>>()?;
            }
            ("--seed", _) => self.seed = number()?,
            ("--minutes", _) => self.away = Duration::from_mins(number()?),
            ("--binary", _) => self.binary = value.into(),
            ("--history", _) => self.history = Some(value.into()),
            ("--desk", "crm") => self.kinds = &[Kind::Crm],
            ("--desk", "support") => self.kinds = &[Kind::Support],
            ("--desk", "both") => self.kinds = &[Kind::Both],
            ("--store", "rabbitmq") => self.embedded = false,
            ("--store", "embedded") => self.embedded = true,
            _ => return Err(format!("{name} {value} is not understood")),
        }
        Ok(())
    }
}
