//! The words that KF5's page lists for a ticket's members.

use std::{fmt, str::FromStr};

/// A text that is none of the words that KF5 knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is none of KF5's words for it")]
pub struct UnknownWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// All of them, each with its word.
            pub const ALL: &[(&str, Self)] = &[$(($word, Self::$variant)),+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                let found = Self::ALL.iter().find(|(word, _)| *word == text);
                found.map(|(_, meaning)| *meaning).ok_or(UnknownWord)
            }
        }
    };
}

words! {
    /// What sort of ticket it is, `type` on the wire.
    Kind {
        /// The cause of several incidents.
        Problem = "problem",
        /// One occurrence; it may name its problem.
        Incident = "incident",
        /// A question.
        Question = "question",
        /// Something to do, perhaps until a date.
        Task = "task",
    }
}

words! {
    /// Where a ticket stands.
    Status {
        /// Nobody has looked at it.
        New = "new",
        /// Somebody is at it.
        Open = "open",
        /// It waits for its requester.
        Pending = "pending",
        /// It is solved; KF5 wants an assignee for that.
        Solved = "solved",
        /// It is closed for good.
        Closed = "closed",
    }
}

words! {
    /// How soon somebody should look, `priority` on the wire. The greater is the more urgent.
    Level {
        /// `low`
        Low = "low",
        /// `medium`
        Medium = "medium",
        /// `high`
        High = "high",
        /// `urgent`
        Urgent = "urgent",
    }
}

words! {
    /// In which order a list comes.
    Order {
        /// The least or oldest first.
        Ascending = "asc",
        /// The greatest or newest first.
        Descending = "desc",
    }
}

impl From<crate::ticket::Priority> for Level {
    /// KF5 has four: what is critical is urgent there.
    fn from(priority: crate::ticket::Priority) -> Self {
        use crate::ticket::Priority;
        match priority {
            Priority::Low => Self::Low,
            Priority::Medium => Self::Medium,
            Priority::High => Self::High,
            Priority::Urgent | Priority::Critical => Self::Urgent,
        }
    }
}
