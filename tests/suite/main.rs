//! One suite: the product from outside, and the contracts of its seams against every implementation.

mod contract;
mod support;
