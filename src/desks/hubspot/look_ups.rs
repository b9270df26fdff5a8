//! Questions for records: alone, or gathered to one call.
//!
//! - Under a backlog what is asked the same way goes out together, and so do the tickets of a batch
//!   whose answer was lost. A value that several deliveries ask for is asked for once.
//! - Each gets the answer for its own value. What an answer to several tells nothing of is asked for
//!   alone.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{
    Settings,
    account::{Account, Room},
    answers,
    api::{Batch, BatchError, LARGEST_BATCH, Record},
    questions::{Question, Together, folded},
};
use crate::{
    desks::{
        DeskError,
        call::Call,
        gathering::{Asking, Gatherer, Pace},
        reply::Reply,
    },
    ticket::{Priority, TicketRef},
};

/// How the calls are named in log lines.
const STEP: &str = "look-up";

/// A record that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Here {
    pub(super) id: String,
    /// Where a person sees it.
    pub(super) url: Option<String>,
}

impl From<Here> for TicketRef {
    fn from(Here { id, url }: Here) -> Self {
        Self { id, number: None, url }
    }
}

/// What a record is asked for by. An event's, and so printed by nothing.
struct Value(String);

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Value")
    }
}

type Gathered = Arc<Gatherer<Value, Option<Here>>>;

/// Asks one account for records.
#[derive(Debug)]
pub(super) struct LookUps {
    settings: Settings,
    pace: Pace,
    /// As many as the rules have ways to ask.
    gathered: Mutex<HashMap<Question, Gathered>>,
}

impl LookUps {
    pub(super) fn new(settings: &Settings, pace: &Pace) -> Self {
        Self { settings: settings.clone(), pace: pace.clone(), gathered: Mutex::default() }
    }

    /// The record that has `value`, if there is one; asked for perhaps together with others of its
    /// lane.
    pub(super) async fn find(
        &self,
        account: &Account,
        lane: Priority,
        question: &Question,
        value: &str,
    ) -> Result<Option<Here>, DeskError> {
        if question.alone(&self.settings, value).is_none() {
            return Ok(None);
        }
        let asker = Asker { settings: &self.settings, account, question };
        let latest = account.caller().latest_begin();
        self.gathered(question).ask(&asker, lane, Value(value.to_owned()), latest).await
    }

    /// So many of `lane` will ask `question` at once.
    pub(super) fn expect(&self, lane: Priority, question: &Question, count: usize) {
        self.gathered(question).expect(lane, count);
    }

    fn gathered(&self, question: &Question) -> Gathered {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Gatherer::new(self.pace.clone(), LARGEST_BATCH));
        gathered.entry(question.clone()).or_insert_with(new).clone()
    }
}

/// Asks one question.
struct Asker<'a> {
    settings: &'a Settings,
    account: &'a Account,
    question: &'a Question,
}

/// What is known of values, each as it is compared.
type Told = HashMap<String, Option<Here>>;

#[async_trait]
impl<'a> Asking<Value, Option<Here>> for Asker<'a> {
    type Room = Room<'a>;

    async fn room(&self) -> Result<Room<'a>, DeskError> {
        self.account.room(self.question.is_search()).await
    }

    async fn alone(&self, room: Room<'a>, value: &Value) -> Result<Option<Here>, DeskError> {
        self.one(room, &value.0).await
    }

    async fn together(
        &self,
        room: Room<'a>,
        values: &[&Value],
    ) -> Result<Vec<Result<Option<Here>, DeskError>>, DeskError> {
        let distinct: BTreeMap<String, &str> =
            values.iter().map(|Value(value)| (folded(value), value.trim())).collect();
        let distinct: Vec<&str> = distinct.into_values().collect();
        let mut room = Some(room);
        let mut told = match (self.question.together(), &distinct[..]) {
            (_, [_]) | (Together::Not, _) => Told::new(),
            (Together::Read, many) => self.read(room.take(), many).await?,
            (Together::Search, many) => self.search(room.take(), many).await?,
        };
        let untold = distinct.into_iter().filter(|value| !told.contains_key(&folded(value)));
        let rooms = std::iter::once(room).chain(std::iter::repeat_with(|| None));
        let asked = untold.zip(rooms).map(|(value, room)| async move {
            let answer = match self.take(room).await {
                Ok(room) => self.one(room, value).await,
                Err(error) => Err(error),
            };
            (folded(value), answer)
        });
        let mut failed = HashMap::new();
        for (name, answer) in join_all(asked).await {
            match answer {
                Ok(here) => drop(told.insert(name, here)),
                Err(error) => drop(failed.insert(name, error)),
            }
        }
        let answer = |Value(value): &&Value| {
            let name = folded(value);
            failed
                .get(&name)
                .map_or_else(|| Ok(told.get(&name).cloned().flatten()), |error| Err(error.copy()))
        };
        Ok(values.iter().map(answer).collect())
    }
}

impl<'a> Asker<'a> {
    /// The room that is there already, or another.
    async fn take(&self, room: Option<Room<'a>>) -> Result<Room<'a>, DeskError> {
        match room {
            Some(room) => Ok(room),
            None => self.room().await,
        }
    }

    async fn send(&self, room: Option<Room<'a>>, call: &Call) -> Result<Reply, DeskError> {
        self.account.send_with(self.take(room).await?, STEP, call).await
    }

    async fn one(&self, room: Room<'a>, value: &str) -> Result<Option<Here>, DeskError> {
        let Some(call) = self.question.alone(self.settings, value) else { return Ok(None) };
        let reply = self.account.send_with(room, STEP, &call).await?;
        if self.question.is_search() { answers::searched(&reply) } else { answers::record(&reply) }
    }

    /// Reads all of `values`; what it tells of them.
    async fn read(&self, room: Option<Room<'a>>, values: &[&str]) -> Result<Told, DeskError> {
        let reply = self.send(room, &self.question.read(self.settings, values)).await?;
        let batch = answers::read(&reply)?;
        let absent = batch.errors.iter().filter(|error| error.category == "OBJECT_NOT_FOUND");
        let mut told: Told =
            absent.flat_map(BatchError::ids).map(|id| (folded(id), None)).collect();
        told.extend(self.shown(&batch.results));
        Ok(told)
    }

    /// Searches for all of `values`, in as many calls as they and what is found take.
    async fn search(&self, room: Option<Room<'a>>, values: &[&str]) -> Result<Told, DeskError> {
        let (mut room, mut told, mut left) = (room, Told::new(), values.to_vec());
        while !left.is_empty() {
            let (call, count) = self.question.search(self.settings, &left);
            let later = left.split_off(count);
            let reply = self.send(room.take(), &call).await?;
            let Batch { results, .. } = answers::read(&reply)?;
            let shown = self.shown(&results);
            let is_whole = !answers::has_more(&reply);
            let is_told = |value: &&str| shown.contains_key(&folded(value));
            let is_progress = left.iter().any(is_told);
            left.retain(|value| !is_told(value));
            // Nothing may be attributed to a value in another form than it was asked for.
            let all_known = results.iter().all(|record| {
                self.names(record).iter().any(|name| values.iter().any(|it| folded(it) == *name))
            });
            if is_whole && all_known && self.question.is_told_by_silence() {
                told.extend(left.drain(..).map(|value| (folded(value), None)));
            } else if is_whole || !is_progress {
                left.clear();
            }
            told.extend(shown);
            left.extend(later);
        }
        Ok(told)
    }

    /// Whose records these are; of several with one value the first.
    fn shown(&self, records: &[Record]) -> Told {
        let mut told = Told::new();
        for record in records {
            for name in self.names(record) {
                let here = || Some(Here { id: record.id.clone(), url: record.url.clone() });
                told.entry(name).or_insert_with(here);
            }
        }
        told
    }

    fn names(&self, record: &Record) -> Vec<String> {
        self.question.names(|property| record.properties.get(property)?.clone())
    }
}
