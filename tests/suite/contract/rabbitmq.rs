//! What the RabbitMQ broker promises beside the common contract.

mod confirms;
mod delays;
mod faults;
mod jobs;
