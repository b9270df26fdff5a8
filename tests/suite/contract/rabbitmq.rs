//! What the RabbitMQ broker promises beside the common contract.

mod confirms;
mod faults;
mod jobs;
