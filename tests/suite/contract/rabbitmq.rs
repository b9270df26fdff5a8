//! What the RabbitMQ broker promises beside the common contract.

mod bounds;
mod confirms;
mod delays;
mod faults;
mod jobs;
