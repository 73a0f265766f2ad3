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

/// How long Redis may take to reply.
const REDIS_TIMEOUT: Duration = Duration::from_secs(2);

/// Adds the holder of the lock in `KEYS[1]` to a script; nil if the value is no lock: another type or text, or without the expiry
/// that every lock has.
macro_rules! with_holder {
    ($script:literal) => {
        concat!(
            "local holder = redis.pcall('GET', KEYS[1])\n",
            "if type(holder) ~= 'string' or not string.match(holder, '^[%w-]+$') or redis.call('PTTL', KEYS[1]) < 0 then\n",
            "  holder = nil\n",
            "end\n",
            $script
        )
    };
}

/// Deletes a lock if it is this owner's.
const UNLOCK: &str = with_holder!("if holder == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1");
/// Takes a lock that is free, or renews the owner's lease.
const LOCK: &str = with_holder!(
    "if holder and holder ~= ARGV[1] then return 0 end redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1"
);
/// Saves a token, with the time until which it is fresh, if the lock is this owner's.
const SAVE: &str = with_holder!(
    "if holder == ARGV[1] then redis.call('SET', KEYS[2], ARGV[2] .. '|' .. ARGV[3], 'PX', ARGV[4]) end return 1"
);
/// Deletes a token if it is this one.
const FORGET: &str = "
local kept = redis.pcall('GET', KEYS[1])
local bar = type(kept) == 'string' and string.find(kept, '|', 1, true)
if bar and string.sub(kept, bar + 1) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1";
/// Reads a token and its remaining time in milliseconds.
const LOAD: &str = "
local kept = redis.pcall('GET', KEYS[1])
if type(kept) == 'string' then return {kept, redis.call('PTTL', KEYS[1])} end
return {'', 0}";

/// Keeps tokens in Redis, so that the processes of an app share one.
///
/// The keys are `wecom-health:<corp id>:<fingerprint>:token` and `…:lock`. Both expire by themselves. The token is stored
/// unencrypted: whoever can read this Redis can send requests. While Redis is down, each process fetches its own token.
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
    /// Creates a store in the Redis at this URL. It connects when first used.
    ///
    /// # Errors
    /// The URL is not a Redis URL without TLS.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        // The error of the library may repeat the URL, which may hold a password.
        let client = Client::open(url).map_err(|_| {
            StoreError::new("not a Redis URL without TLS: write it like redis://127.0.0.1/, or use from_client")
        })?;
        Ok(Self { client, connection: Mutex::new(None) })
    }

    /// Creates a store from your own Redis client, e.g. one with TLS.
    pub fn from_client(client: Client) -> Self {
        Self { client, connection: Mutex::new(None) }
    }

    /// Runs a command. A connection that fails is not reused; if an existing one fails, the command runs once more on a new one.
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
                .set_connection_timeout(Some(REDIS_TIMEOUT))
                .set_response_timeout(Some(REDIS_TIMEOUT));
            let new = self.client.get_multiplexed_async_connection_with_config(&config).await?;
            *self.connection.lock().await = Some(new.clone());
            command(new).await
        };
        let failure = match timeout(REDIS_TIMEOUT, run).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => StoreError::new(error.category().to_owned()),
            Err(_) => StoreError::new("Redis does not reply"),
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

/// Decodes a stored token; `None` if the value is not one of ours.
fn stored_token(kept: &[u8], milliseconds_left: i64) -> Option<StoredToken> {
    let (fresh_until, token) =
        std::str::from_utf8(kept).ok()?.split_once('|').filter(|(_, token)| !token.is_empty())?;
    let fresh_until = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(fresh_until.parse().ok()?))?;
    let left = Duration::from_millis(u64::try_from(milliseconds_left).ok()?);
    let expires_at = SystemTime::now().checked_add(left)?;
    Some(StoredToken { token: token.into(), fresh_until, expires_at })
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
            let (kept, left): (Vec<u8>, i64) = self.script(LOAD, &[token_key(key)], &[]).await?;
            Ok(stored_token(&kept, left))
        })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, owner: &'a str, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let left = millis(token.expires_at.duration_since(SystemTime::now()).unwrap_or_default());
            // Redis does not accept an expiry of 0.
            if left == 0 {
                return Ok(());
            }
            let fresh_until = millis(token.fresh_until.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
            let arguments = [owner, &fresh_until.to_string(), token.token.expose(), &left.to_string()];
            self.script::<()>(SAVE, &[lock_key(key), token_key(key)], &arguments).await
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
