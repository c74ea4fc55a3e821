//! The node on a real PostgreSQL: one shared store, several nodes, everything killed at the worst moment.
//!
//! PostgreSQL comes from Debian's package `postgresql`; a machine without it fails these tests, it does not skip them.
#![cfg(all(feature = "node", unix))]

mod cluster;
mod failover;
mod join;
mod tls;

use cluster::Cluster;

#[test]
fn a_cluster_of_our_own_survives_a_kill() {
    let cluster = Cluster::start();
    cluster.sql("CREATE TABLE kept (n INT)");
    cluster.sql("INSERT INTO kept VALUES (7)");
    cluster.kill();
    cluster.restart();
    assert_eq!(cluster.sql("SELECT n FROM kept"), "7");
}
