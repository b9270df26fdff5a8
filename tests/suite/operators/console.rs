//! The console, as a browser without a screen sees it.

mod admin;
mod admission;
mod brakes;
mod browser;
mod chromium;
mod doubts;
mod figures;
mod giving_up;
mod live;
mod looking_on;
mod mending;
mod pages;
mod privacy;
mod sessions;
mod silences;
mod standing;
