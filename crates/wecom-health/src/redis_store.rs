//! Tokens in Redis, shared between processes.

use std::fmt;
use std::future::Future;
use std::time::{Duration, SystemTime};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Script};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::model::AccessToken;
use crate::token_store::{StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};

/// Redis that does not answer within this time counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Deletes a lock if it is this owner's.
const UNLOCK: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1";
/// Takes a lock that is free, or begins the lease of the owner anew.
const LOCK: &str = "
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end
return 0";
/// Keeps a token, with the time until which it is fresh, if the lock is this owner's.
const SAVE: &str = "
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2] .. '|' .. ARGV[3], 'PX', ARGV[4]) end
return 1";
/// Deletes a token if it is this one.
const FORGET: &str = "
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, string.find(kept, '|', 1, true) + 1) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1";

/// Keeps tokens in Redis: the processes of an app share one, and one of them fetches it for all.
///
/// Keys are `wecom-health:<corp id>:<fingerprint>:token` and `…:lock`; both expire by themselves. The token is stored as it
/// is, after the time until which it is fresh: whoever can read this Redis can make calls. Where Redis is down, each process fetches a token of its own.
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
        let client = Client::open(url).map_err(|_| {
            StoreError::new("not a URL of Redis without TLS: write it like redis://127.0.0.1/, or use from_client")
        })?;
        Ok(Self { client, connection: Mutex::new(None) })
    }

    /// A store in the Redis of a client of your own, e.g. with TLS.
    pub fn from_client(client: Client) -> Self {
        Self { client, connection: Mutex::new(None) }
    }

    /// Runs a command. A connection that fails is not used again; if it had been idle, the command is run once more on a new one.
    async fn run<T, F>(&self, command: impl Fn(MultiplexedConnection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let run = async {
            let idle = self.connection.lock().await.clone();
            if let Some(idle) = idle {
                match command(idle).await {
                    Err(error) if error.is_io_error() || error.is_connection_dropped() => {}
                    result => return result,
                }
            }
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            let new = self.client.get_multiplexed_async_connection_with_config(&config).await?;
            *self.connection.lock().await = Some(new.clone());
            command(new).await
        };
        let failure = match timeout(PATIENCE, run).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => StoreError::new(error.category().to_owned()),
            Err(_) => StoreError::new("Redis does not answer"),
        };
        *self.connection.lock().await = None;
        Err(failure)
    }

    /// Runs a script.
    async fn script<T: redis::FromRedisValue>(
        &self,
        script: &str,
        keys: &[String],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        let script = Script::new(script);
        let mut call = script.prepare_invoke();
        for key in keys {
            call.key(key);
        }
        for argument in arguments {
            call.arg(*argument);
        }
        let call = &call;
        self.run(|mut redis| async move { call.invoke_async(&mut redis).await }).await
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
            let key = &token_key(key);
            let (kept, left): (Option<String>, i64) = self
                .run(|mut redis| async move { redis::pipe().atomic().get(key).pttl(key).query_async(&mut redis).await })
                .await?;
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            Ok(kept.and_then(|kept| {
                let (fresh_until, token) = kept.split_once('|')?;
                let fresh_until = SystemTime::UNIX_EPOCH + Duration::from_millis(fresh_until.parse().ok()?);
                Some(StoredToken { token: token.into(), fresh_until, expires_at: SystemTime::now() + left })
            }))
        })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, owner: &'a str, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let left = millis(token.expires_at.duration_since(SystemTime::now()).unwrap_or_default());
            // Redis has no key that expires at once.
            if left == 0 {
                return Ok(());
            }
            let fresh_until = millis(token.fresh_until.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
            let arguments = [owner, &fresh_until.to_string(), token.token.expose(), &left.to_string()];
            self.script::<()>(SAVE, &[token_key(key), lock_key(key)], &arguments).await
        })
    }

    fn forget<'a>(&'a self, key: &'a TokenKey, rejected: &'a AccessToken) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.script(FORGET, &[token_key(key)], &[rejected.expose()]).await })
    }

    fn lock<'a>(&'a self, key: &'a TokenKey, owner: &'a str, lease: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.script(LOCK, &[lock_key(key)], &[owner, &millis(lease).to_string()]).await })
    }

    fn unlock<'a>(&'a self, key: &'a TokenKey, owner: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.script(UNLOCK, &[lock_key(key)], &[owner]).await })
    }
}

impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore").finish_non_exhaustive()
    }
}
