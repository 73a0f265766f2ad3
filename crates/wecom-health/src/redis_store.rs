//! Tokens in Redis, shared between processes.

use std::fmt;
use std::future::Future;
use std::time::{Duration, SystemTime};

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client, RedisError, Script};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::model::AccessToken;
use crate::token_store::{StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};

/// Redis that does not answer within this time counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Deletes a key if it holds this value.
const DELETE_IF: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
/// Takes a lock that is free, or begins the lease of the owner anew.
const LOCK: &str = "
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end
return 0";

/// Keeps tokens in Redis: the processes of an app share one, and one of them fetches it for all.
///
/// Keys are `wecom-health:<corp id>:<fingerprint>:token` and `…:lock`; both expire by themselves. The token is stored as it
/// is: whoever can read this Redis can make calls. Where Redis is down, each process fetches a token of its own.
///
/// ```no_run
/// use std::sync::Arc;
/// use wecom_health::{Client, RedisTokenStore, Secret};
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Arc::new(RedisTokenStore::new("redis://127.0.0.1/")?);
/// let client = Client::builder("ww1234", Secret::from_env("WECOM_CORP_SECRET")?).token_store(store).build()?;
/// # Ok(())
/// # }
/// ```
pub struct RedisTokenStore {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl RedisTokenStore {
    /// A store in the Redis at this URL. Connects when first used.
    ///
    /// # Errors
    ///
    /// The URL is not one of Redis.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        // The error of the library may repeat the URL, which may hold a password.
        let client =
            Client::open(url).map_err(|_| StoreError::new("not a URL of Redis: write it like redis://127.0.0.1/"))?;
        Ok(Self { client, connection: Mutex::new(None) })
    }

    /// Runs a command; a connection that fails is not used again.
    async fn run<T, F>(&self, command: impl FnOnce(MultiplexedConnection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let run = async {
            let mut connection = self.connection.lock().await;
            let open = match connection.take() {
                Some(open) => open,
                None => self.client.get_multiplexed_async_connection().await?,
            };
            *connection = Some(open.clone());
            drop(connection);
            command(open).await
        };
        let failure = match timeout(PATIENCE, run).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => StoreError::new(error.category().to_owned()),
            Err(_) => StoreError::new("Redis does not answer"),
        };
        *self.connection.lock().await = None;
        Err(failure)
    }
}

fn token_key(key: &TokenKey) -> String {
    format!("wecom-health:{key}:token")
}

fn lock_key(key: &TokenKey) -> String {
    format!("wecom-health:{key}:lock")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl TokenStore for RedisTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            let key = token_key(key);
            let (token, left): (Option<String>, i64) =
                self.run(|mut redis| async move {
                    redis::pipe().atomic().get(&key).pttl(&key).query_async(&mut redis).await
                })
                .await?;
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            Ok(token.map(|token| StoredToken { token: token.into(), fresh_until: SystemTime::now() + left }))
        })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let left = millis(token.fresh_until.duration_since(SystemTime::now()).unwrap_or_default());
            // Redis has no key that expires at once.
            if left == 0 {
                return Ok(());
            }
            let (key, text) = (token_key(key), token.token.expose());
            self.run(|mut redis| async move { redis.pset_ex(key, text, left).await }).await
        })
    }

    fn forget<'a>(&'a self, key: &'a TokenKey, rejected: &'a AccessToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let script = Script::new(DELETE_IF);
            let deleted: i64 = self
                .run(|mut redis| async move {
                    script.key(token_key(key)).arg(rejected.expose()).invoke_async(&mut redis).await
                })
                .await?;
            let _ = deleted;
            Ok(())
        })
    }

    fn lock<'a>(&'a self, key: &'a TokenKey, owner: &'a str, lease: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let script = Script::new(LOCK);
            self.run(|mut redis| async move {
                script.key(lock_key(key)).arg(owner).arg(millis(lease)).invoke_async(&mut redis).await
            })
            .await
        })
    }

    fn unlock<'a>(&'a self, key: &'a TokenKey, owner: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let script = Script::new(DELETE_IF);
            let deleted: i64 = self
                .run(|mut redis| async move { script.key(lock_key(key)).arg(owner).invoke_async(&mut redis).await })
                .await?;
            let _ = deleted;
            Ok(())
        })
    }
}

impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore").finish_non_exhaustive()
    }
}
