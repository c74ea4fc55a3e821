//! PostgreSQL: the store that several nodes share.
//!
//! The lease is a row, `lease(holder, term, until)`. Whoever changes something as its holder locks that row first, in the same transaction, and
//! looks whether the term is still its own and not over *by the database's clock*. Passing the lease on is an update of that row, so it waits
//! for a transaction that holds it, and whoever slept through the change finds another term and changes nothing. Nothing here needs more than
//! row locks at READ COMMITTED and `INSERT … ON CONFLICT`; where a database answers with a serialization failure, the transaction is done again.
//!
//! A commit is durable on a synchronous standby before it returns: [`PostgresStore::require_standby`] refuses a database that has none.

use super::{Lease, MAX_REFUSALS, Offered, Pending, Published, REFUSALS_KEPT_MS, Refused, Standing, Store};
use crate::{
    measure::Millis,
    node::{NodeError, background},
    statement::Digest,
};
use futures_util::future::BoxFuture;
use std::{
    ops::Range,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};
use tokio_postgres::{Client, Config, Row, Transaction, config::SslMode, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;

/// `entry` stands apart from `statement`: it is emptied with every checkpoint, the other only grows.
const SCHEMA: &str = "
CREATE SCHEMA IF NOT EXISTS ecosphere;
CREATE TABLE IF NOT EXISTS ecosphere.ledger (one SMALLINT PRIMARY KEY CHECK (one = 1), version INT NOT NULL, origin TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ecosphere.lease (
    one SMALLINT PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL, term BIGINT NOT NULL, until TIMESTAMPTZ NOT NULL);
CREATE TABLE IF NOT EXISTS ecosphere.inbox (seq BIGSERIAL PRIMARY KEY, id BYTEA NOT NULL UNIQUE, entry BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS ecosphere.statement (leaf BIGINT PRIMARY KEY, id BYTEA NOT NULL UNIQUE, batch_time BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS ecosphere.entry (leaf BIGINT PRIMARY KEY, bytes BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS ecosphere.refused (
    seq BIGSERIAL PRIMARY KEY, id BYTEA NOT NULL UNIQUE, code TEXT NOT NULL, reason TEXT NOT NULL, time BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS ecosphere.published (one SMALLINT PRIMARY KEY CHECK (one = 1), size BIGINT NOT NULL, note TEXT NOT NULL);";
/// Version of the schema.
const VERSION: i32 = 1;
/// What every connection starts with. A node that hangs in the middle of a transaction must not hold the lease's row for ever.
const SESSION: &str = "SET search_path = ecosphere; SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '5s';
    SET statement_timeout = '15s'; SET lock_timeout = '10s'";
/// How long one transaction may take, its connection included, before the database counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a transaction that lost against another one is done again.
const TRIES: usize = 10;

/// A database that nodes share.
#[derive(Clone)]
pub struct PostgresStore {
    config: Config,
    /// Connections that nobody uses right now.
    idle: Arc<Mutex<Vec<Client>>>,
}

impl PostgresStore {
    /// Opens the database of a ledger, and makes its tables when there are none.
    ///
    /// # Errors
    /// The database cannot be reached, or it is another ledger's.
    pub fn open(url: &str, origin: &str) -> Result<Self, NodeError> {
        let mut config: Config = url.parse().map_err(|e| {
            NodeError::Usage(format!("--store does not name a database ({e}); it should look like postgres://user:password@host/database"))
        })?;
        config.application_name("ecosphere-node").keepalives_idle(Duration::from_secs(10));
        config.connect_timeout(config.get_connect_timeout().copied().unwrap_or(Duration::from_secs(5)));
        let store = Self { config, idle: Arc::default() };
        // Two nodes that start at once may both try to make the tables.
        let mut made = store.make();
        for _ in 0..TRIES {
            if made.is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
            made = store.make();
        }
        made?;
        let name = origin.to_owned();
        let (version, there) = store.change(move |db| {
            let name = name.clone();
            Box::pin(async move {
                let insert = "INSERT INTO ledger (one, version, origin) VALUES (1, $1, $2) ON CONFLICT (one) DO NOTHING";
                db.execute(insert, &[&VERSION, &name]).await?;
                let row = db.query_one("SELECT version, origin FROM ledger", &[]).await?;
                Ok((row.get::<_, i32>(0), row.get::<_, String>(1)))
            })
        })?;
        match (version, there) {
            (VERSION, there) if there == origin => Ok(store),
            (VERSION, there) => {
                Err(NodeError::Usage(format!("that database belongs to the ledger {there}, not to {origin}; give each ledger its own")))
            }
            (other, _) => Err(NodeError::Usage(format!("that database has version {other}, this node knows {VERSION}; use the node that fits"))),
        }
    }

    /// Refuses a database that could lose what it acknowledged: one without a synchronous standby that is there and streams.
    ///
    /// # Errors
    /// It has none; the sentence says what to set.
    pub fn require_standby(&self) -> Result<(), NodeError> {
        let (names, attached) = self.change(|db| {
            Box::pin(async move {
                let names: String = db.query_one("SHOW synchronous_standby_names", &[]).await?.get(0);
                let count = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')";
                Ok((names, db.query_one(count, &[]).await?.get::<_, i64>(0)))
            })
        })?;
        let why = match (names.trim().is_empty(), attached) {
            (true, _) => "synchronous_standby_names is empty, so a commit is on one machine only",
            (false, 0) => "no synchronous standby is streaming (or this user may not see it: GRANT pg_monitor TO it)",
            (false, _) => return Ok(()),
        };
        Err(NodeError::Usage(format!(
            "the database may lose what it acknowledged: {why}. Attach a synchronous standby (Patroni: synchronous_mode: true), \
             or say --allow-no-standby to try things out, or where the database replicates by itself"
        )))
    }

    /// Makes the published log the truth for a database that is behind it: a new one, or one restored from an old backup. `rows` are leaf, id
    /// and batch time of everything from `before` on. Statements that had a leaf only here go back to the inbox.
    ///
    /// # Errors
    /// As [`Store::publish`].
    pub fn adopt(&self, lease: Lease, before: u64, after: &Published, rows: &[(u64, Digest, Millis)]) -> Result<(), NodeError> {
        let after = after.clone();
        let leaves: Vec<i64> = rows.iter().map(|r| signed(r.0)).collect();
        let ids: Vec<Vec<u8>> = rows.iter().map(|r| r.1.to_vec()).collect();
        let times: Vec<i64> = rows.iter().map(|r| r.2.0).collect();
        let columns = Arc::new((leaves, ids, times));
        self.change(move |db| {
            let (after, columns) = (after.clone(), Arc::clone(&columns));
            Box::pin(async move {
                fence(db, lease).await?;
                let next = published(db).await?.size;
                if next != before {
                    return Err(Failed::Refused(NodeError::Behind { got: before, next }));
                }
                let (leaves, ids, times) = &*columns;
                let back = "INSERT INTO inbox (id, entry) SELECT id, bytes FROM statement JOIN entry USING (leaf)
                            WHERE leaf >= $1 AND NOT id = ANY ($2) ORDER BY leaf ON CONFLICT (id) DO NOTHING";
                db.execute(back, &[&signed(before), ids]).await?;
                db.execute("DELETE FROM statement WHERE leaf >= $1 OR id = ANY ($2)", &[&signed(before), ids]).await?;
                db.execute("DELETE FROM entry WHERE leaf >= $1", &[&signed(before)]).await?;
                db.execute("DELETE FROM inbox WHERE id = ANY ($1)", &[ids]).await?;
                let insert = "INSERT INTO statement (leaf, id, batch_time) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[])";
                db.execute(insert, &[leaves, ids, times]).await?;
                set_published(db, &after).await
            })
        })
    }

    fn make(&self) -> Result<(), NodeError> {
        let store = self.clone();
        background::wait(async move {
            let client = store.connect().await?;
            client.batch_execute(SCHEMA).await?;
            Ok(())
        })
        .map_err(failed)
    }

    async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = if self.config.get_ssl_mode() == SslMode::Disable {
            let (client, connection) = self.config.connect(tokio_postgres::NoTls).await?;
            (client, tokio::spawn(async move { drop(connection.await) }))
        } else {
            let (client, connection) = self.config.connect(tls()).await?;
            (client, tokio::spawn(async move { drop(connection.await) }))
        };
        // It ends by itself when the client is dropped.
        drop(connection);
        client.batch_execute(SESSION).await?;
        Ok(client)
    }

    /// Runs a transaction and waits for it; it is done again when it only lost against another one, or when an idle connection turns out dead.
    fn change<T: Send + 'static>(&self, work: impl for<'t> Fn(&'t Transaction<'t>) -> Work<'t, T> + Send + Sync + 'static) -> Result<T, NodeError> {
        let store = self.clone();
        let done = background::wait(async move {
            let tried = tokio::time::timeout(PATIENCE, store.tries(&work)).await;
            tried.unwrap_or_else(|_| {
                let why = "it did not answer in 20 s; is its synchronous standby there?";
                Err(Failed::Refused(NodeError::Store(why.into())))
            })
        });
        done.map_err(|e| match e {
            Failed::Refused(why) => why,
            Failed::Database(why) => failed(why),
        })
    }

    async fn tries<T>(&self, work: &(impl for<'t> Fn(&'t Transaction<'t>) -> Work<'t, T> + Sync)) -> Result<T, Failed> {
        let mut tried = 0;
        loop {
            tried += 1;
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let fresh = idle.is_none();
            let mut client = match idle {
                Some(client) => client,
                None => self.connect().await?,
            };
            let done = once(&mut client, work).await;
            let again = match &done {
                Err(Failed::Database(e)) => {
                    let lost = e.code().is_some_and(|c| *c == SqlState::T_R_SERIALIZATION_FAILURE || *c == SqlState::T_R_DEADLOCK_DETECTED);
                    // What was begun on a connection that had died already changed nothing; on a fresh one it may have.
                    lost || (!fresh && client.is_closed())
                }
                _ => false,
            };
            if !client.is_closed() {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(client);
            }
            if !again || tried == TRIES {
                return done;
            }
        }
    }
}

type Work<'t, T> = BoxFuture<'t, Result<T, Failed>>;

/// Why a transaction was not done.
enum Failed {
    Database(tokio_postgres::Error),
    Refused(NodeError),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(why: tokio_postgres::Error) -> Self {
        Self::Database(why)
    }
}

async fn once<T>(client: &mut Client, work: &(impl for<'t> Fn(&'t Transaction<'t>) -> Work<'t, T> + Sync)) -> Result<T, Failed> {
    let transaction = client.transaction().await?;
    let done = work(&transaction).await?;
    transaction.commit().await?;
    Ok(done)
}

/// The system's authorities say whom to believe; where it has none, only a connection without encryption can be made.
fn tls() -> MakeRustlsConnect {
    static TLS: OnceLock<MakeRustlsConnect> = OnceLock::new();
    let make = || {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let nobody = || rustls::ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        MakeRustlsConnect::with_native_certs().map_or_else(|_| MakeRustlsConnect::new(nobody()), |(tls, _)| tls)
    };
    TLS.get_or_init(make).clone()
}

/// Locks the lease's row and looks whether it is still this one.
async fn fence(db: &Transaction<'_>, lease: Lease) -> Result<(), Failed> {
    let held = "SELECT 1 FROM lease WHERE one = 1 AND term = $1 AND until > clock_timestamp() FOR UPDATE";
    match db.query_opt(held, &[&signed(lease.term)]).await? {
        Some(_) => Ok(()),
        None => Err(Failed::Refused(NodeError::NotLeading)),
    }
}

async fn published(db: &Transaction<'_>) -> Result<Published, Failed> {
    let row = db.query_opt("SELECT size, note FROM published WHERE one = 1", &[]).await?;
    Ok(row.map_or_else(Published::default, |r| Published { size: unsigned(&r, 0), note: r.get(1) }))
}

async fn set_published(db: &Transaction<'_>, after: &Published) -> Result<(), Failed> {
    let set = "INSERT INTO published (one, size, note) VALUES (1, $1, $2) ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note";
    db.execute(set, &[&signed(after.size), &after.note]).await?;
    Ok(())
}

impl Store for PostgresStore {
    fn lead(&self, node: &str, lasts: Duration) -> Result<Option<Lease>, NodeError> {
        let (node, lasts) = (node.to_owned(), lasts.as_secs_f64().min(1e9));
        self.change(move |db| {
            let node = node.clone();
            Box::pin(async move {
                let take = "INSERT INTO lease AS l (one, holder, term, until) VALUES (1, $1, 1, clock_timestamp() + $2 * interval '1 second')
                    ON CONFLICT (one) DO UPDATE SET holder = excluded.holder, term = l.term + CASE WHEN l.holder = excluded.holder THEN 0 ELSE 1 END,
                        until = clock_timestamp() + $2 * interval '1 second'
                    WHERE l.holder = excluded.holder OR l.until < clock_timestamp() RETURNING term";
                let row = db.query_opt(take, &[&node, &lasts]).await?;
                Ok(row.map(|r| Lease { term: unsigned(&r, 0) }))
            })
        })
    }

    fn offer(&self, offered: &[Offered]) -> Result<(), NodeError> {
        let (ids, entries): (Vec<_>, Vec<_>) = offered.iter().map(|o| (o.id.to_vec(), o.entry.clone())).unzip();
        let columns = Arc::new((ids, entries));
        self.change(move |db| {
            let columns = Arc::clone(&columns);
            Box::pin(async move {
                let insert =
                    "INSERT INTO inbox (id, entry) SELECT o.id, o.entry FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS o (id, entry, n)
                    WHERE NOT EXISTS (SELECT 1 FROM statement s WHERE s.id = o.id) ORDER BY o.n ON CONFLICT (id) DO NOTHING";
                db.execute(insert, &[&columns.0, &columns.1]).await?;
                Ok(())
            })
        })
    }

    fn inbox(&self, limit: u32) -> Result<Vec<Offered>, NodeError> {
        self.change(move |db| {
            Box::pin(async move {
                let rows = db.query("SELECT id, entry FROM inbox ORDER BY seq LIMIT $1", &[&i64::from(limit)]).await?;
                rows.iter().map(|r| Ok(Offered { id: digest(r, 0)?, entry: r.get(1) })).collect()
            })
        })
    }

    fn settle(&self, lease: Lease, taken: &[Pending], refused: &[Refused], now: Millis) -> Result<(), NodeError> {
        let (taken, refused): (Arc<[Pending]>, Arc<[Refused]>) = (taken.into(), refused.into());
        self.change(move |db| {
            let (taken, refused) = (Arc::clone(&taken), Arc::clone(&refused));
            Box::pin(async move {
                if refused.is_empty() {
                    return take(db, lease, &taken).await;
                }
                fence(db, lease).await?;
                take(db, lease, &taken).await?;
                refuse(db, &refused, now).await?;
                let done: Vec<&[u8]> = refused.iter().map(|r| r.id.as_slice()).collect();
                db.execute("DELETE FROM inbox WHERE id = ANY ($1)", &[&done]).await?;
                Ok(())
            })
        })
    }

    fn fill(&self, lease: Lease, close: &Pending) -> Result<(), NodeError> {
        let close = close.clone();
        self.change(move |db| {
            let Pending { leaf, id, batch_time, entry } = close.clone();
            Box::pin(async move {
                fence(db, lease).await?;
                let (at, id) = (signed(leaf), id.to_vec());
                let fill = "UPDATE statement s SET id = $2 FROM entry e WHERE s.leaf = $1 AND e.leaf = $1 AND s.batch_time = $3 AND (e.bytes = '' OR s.id = $2)";
                if db.execute(fill, &[&at, &id, &batch_time.0]).await? == 0 {
                    return Err(Failed::Refused(NodeError::Behind { got: leaf, next: next_leaf(db).await? }));
                }
                db.execute("UPDATE entry SET bytes = $2 WHERE leaf = $1", &[&at, &entry]).await?;
                Ok(())
            })
        })
    }

    fn pending(&self, from: u64) -> Result<Vec<Pending>, NodeError> {
        self.change(move |db| {
            Box::pin(async move {
                let select = "SELECT leaf, id, batch_time, bytes FROM statement JOIN entry USING (leaf) WHERE leaf >= $1 ORDER BY leaf";
                let rows = db.query(select, &[&signed(from)]).await?;
                let read = |r: &Row| Ok(Pending { leaf: unsigned(r, 0), id: digest(r, 1)?, batch_time: Millis(r.get(2)), entry: r.get(3) });
                rows.iter().map(read).collect()
            })
        })
    }

    fn entries(&self, leaves: Range<u64>) -> Result<Vec<Vec<u8>>, NodeError> {
        self.change(move |db| {
            let (from, to) = (signed(leaves.start), signed(leaves.end));
            Box::pin(async move {
                let rows = db.query("SELECT bytes FROM entry WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf", &[&from, &to]).await?;
                Ok(rows.iter().map(|r| r.get(0)).collect())
            })
        })
    }

    fn publish(&self, lease: Lease, before: u64, after: &Published) -> Result<(), NodeError> {
        let after = after.clone();
        self.change(move |db| {
            let after = after.clone();
            Box::pin(async move {
                fence(db, lease).await?;
                let next = published(db).await?.size;
                if next != before {
                    return Err(Failed::Refused(NodeError::Behind { got: before, next }));
                }
                db.execute("DELETE FROM entry WHERE leaf < $1", &[&signed(after.size)]).await?;
                set_published(db, &after).await
            })
        })
    }

    fn published(&self) -> Result<Published, NodeError> {
        self.change(|db| Box::pin(published(db)))
    }

    fn standing(&self, id: &Digest) -> Result<Option<Standing>, NodeError> {
        let id = id.to_vec();
        self.change(move |db| {
            let id = id.clone();
            Box::pin(async move {
                if let Some(r) = db.query_opt("SELECT leaf, batch_time FROM statement WHERE id = $1", &[&id]).await? {
                    return Ok(Some(Standing::Taken { leaf: unsigned(&r, 0), batch_time: Millis(r.get(1)) }));
                }
                if db.query_opt("SELECT 1 FROM inbox WHERE id = $1", &[&id]).await?.is_some() {
                    return Ok(Some(Standing::Waiting));
                }
                let row = db.query_opt("SELECT code, reason FROM refused WHERE id = $1", &[&id]).await?;
                Ok(row.map(|r| Standing::Refused { code: r.get(0), reason: r.get(1) }))
            })
        })
    }
}

/// Gives statements their leaves, of which the first must be the next one: all of it in one question, so that a group costs one way to the
/// database however many statements it has.
///
/// Whoever waits here for the lease's row, because it is being passed on, finds another term in it and changes nothing.
const TAKE: &str = "
WITH held AS MATERIALIZED (SELECT 1 FROM lease WHERE one = 1 AND term = $1 AND until > clock_timestamp() FOR UPDATE),
next AS MATERIALIZED (SELECT greatest((SELECT max(leaf) + 1 FROM statement), (SELECT size FROM published), 0) AS leaf),
taken AS MATERIALIZED (
    SELECT t.leaf, t.id, t.batch_time, t.bytes
    FROM unnest($2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[]) AS t (leaf, id, batch_time, bytes)
    WHERE EXISTS (SELECT 1 FROM held) AND (SELECT leaf FROM next) = $6),
statements AS (INSERT INTO statement (leaf, id, batch_time) SELECT leaf, id, batch_time FROM taken),
entries AS (INSERT INTO entry (leaf, bytes) SELECT leaf, bytes FROM taken),
waited AS (DELETE FROM inbox USING taken WHERE inbox.id = taken.id)
SELECT EXISTS (SELECT 1 FROM held), (SELECT leaf FROM next)";

async fn take(db: &Transaction<'_>, lease: Lease, taken: &[Pending]) -> Result<(), Failed> {
    let Some(first) = taken.first().map(|t| t.leaf) else { return fence(db, lease).await };
    let leaves: Vec<i64> = taken.iter().map(|t| signed(t.leaf)).collect();
    let ids: Vec<&[u8]> = taken.iter().map(|t| t.id.as_slice()).collect();
    let times: Vec<i64> = taken.iter().map(|t| t.batch_time.0).collect();
    let entries: Vec<&[u8]> = taken.iter().map(|t| t.entry.as_slice()).collect();
    let row = db.query_one(TAKE, &[&signed(lease.term), &leaves, &ids, &times, &entries, &signed(first)]).await?;
    match (row.get(0), unsigned(&row, 1)) {
        (false, _) => Err(Failed::Refused(NodeError::NotLeading)),
        (true, next) if next != first => Err(Failed::Refused(NodeError::Behind { got: first, next })),
        (true, _) => Ok(()),
    }
}

/// The leaf after the last that was given.
async fn next_leaf(db: &Transaction<'_>) -> Result<u64, Failed> {
    let next = "SELECT greatest((SELECT max(leaf) + 1 FROM statement), (SELECT size FROM published), 0)";
    Ok(unsigned(&db.query_one(next, &[]).await?, 0))
}

/// Remembers refusals, for a time.
async fn refuse(db: &Transaction<'_>, refused: &[Refused], now: Millis) -> Result<(), Failed> {
    if refused.is_empty() {
        return Ok(());
    }
    let insert = "INSERT INTO refused (id, code, reason, time) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET code = excluded.code, reason = excluded.reason, time = excluded.time";
    for Refused { id, code, reason } in refused {
        db.execute(insert, &[&id.as_slice(), code, reason, &now.0]).await?;
    }
    let forget = "DELETE FROM refused WHERE time < $1 OR seq <= (SELECT max(seq) FROM refused) - $2";
    db.execute(forget, &[&now.0.saturating_sub(REFUSALS_KEPT_MS), &i64::from(MAX_REFUSALS)]).await?;
    Ok(())
}

fn failed(why: tokio_postgres::Error) -> NodeError {
    // Its own text leaves out what the server said.
    let text = why.as_db_error().map_or_else(|| why.to_string(), |e| format!("{}: {}", e.code().code(), e.message()));
    NodeError::Store(text.into())
}

fn digest(row: &Row, column: usize) -> Result<Digest, Failed> {
    let bytes: &[u8] = row.get(column);
    bytes.try_into().map_err(|_| Failed::Refused(NodeError::Data("a statement's id in the database does not have 32 bytes".to_owned())))
}

fn unsigned(row: &Row, column: usize) -> u64 {
    row.get::<_, i64>(column).unsigned_abs()
}

/// PostgreSQL's integers are signed; a log never comes near their end.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
