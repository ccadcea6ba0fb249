//! The servers of ICE (RFC 8445): names of the settings become addresses while the account signs in,
//! and when the settings change, so that no call waits for a name. The password of the TURN server
//! comes from the keyring.

use std::net::SocketAddr;
use std::time::Duration;

use hark_media::{IceConfig, IceUse, TurnServer};

use super::secret::Secret;
use super::{Engine, Outcome};
use crate::account::{IceServers, ServerName};
use crate::command::Password;
use crate::event::Event;
use crate::snapshot::{AccountId, CallId};
use crate::store::Keyring;
use crate::words;

/// What looking for the servers of the settings came to.
#[derive(Debug)]
pub(super) struct Servers {
    /// Which search it was: only the last one counts.
    search: u64,
    pub(super) ice: IceConfig,
    /// Names that led nowhere.
    unknown: Vec<String>,
}

/// Whether the user has been told that the relay refuses us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Refusal {
    #[default]
    Untold,
    Told,
}

impl Engine {
    /// Looks the servers of an account up. What an older search finds is of no use from here on.
    pub(super) fn search_servers(
        &mut self,
        id: &AccountId,
        servers: IceServers,
    ) -> Option<impl Future<Output = Servers> + use<>> {
        let line = self.lines.get_mut(id)?;
        self.searches += 1;
        let search = self.searches;
        line.search = search;
        let secret = servers.relay.as_ref().map(|_| line.turn_secret.clone());
        let name = line.settings.turn_password_name();
        let password = relay_password(secret, &self.keyring, name);
        Some(async move {
            let (ice, unknown) = find(servers, password).await;
            Servers {
                search,
                ice,
                unknown,
            }
        })
    }

    /// The settings of an account that is signed in have changed, and the server need not know.
    pub(super) fn search_servers_again(&mut self, id: &AccountId, servers: IceServers) {
        let Some(searching) = self.search_servers(id, servers) else {
            return;
        };
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::Servers(searching.await));
        });
    }

    pub(super) fn on_servers_again(&mut self, servers: Servers) {
        let line = self.lines.by_search(servers.search);
        let Some(id) = line.map(|line| line.id.clone()) else {
            return;
        };
        let ice = self.take_servers(&id, servers);
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        if let Some(endpoint) = &mut line.endpoint {
            endpoint.ice = ice;
        }
        let standing = line.registration.clone();
        self.tell_of(&id, Event::Registration(standing));
    }

    /// Tells what is wrong with the servers and returns how calls look for their way.
    pub(super) fn take_servers(&mut self, id: &AccountId, servers: Servers) -> IceConfig {
        for name in &servers.unknown {
            self.complain(words::unknown_server(name));
        }
        let relay = servers.ice.turn_server.as_ref();
        if let Some(line) = self.lines.get_mut(id) {
            line.turn_password_known = relay.is_some_and(|relay| !relay.password.is_empty());
            line.relay_refusal = Refusal::Untold;
        }
        servers.ice
    }

    /// Said once, not in every call.
    pub(super) fn on_relay_refused(&mut self, call: CallId) {
        tracing::info!(call = call.0, "the relay refuses us");
        let Some(call) = self.calls.get(&call) else {
            return;
        };
        let Some(line) = self.lines.get_mut(&call.view.account) else {
            return;
        };
        let endpoint = line.endpoint.as_ref();
        let relay = endpoint.and_then(|it| it.account.ice.relay.as_ref());
        if let (Some(relay), Refusal::Untold) = (relay, line.relay_refusal) {
            let text = words::relay_refused(&relay.server.to_string());
            line.relay_refusal = Refusal::Told;
            self.complain(text);
        }
    }
}

async fn find(
    servers: IceServers,
    password: impl Future<Output = String>,
) -> (IceConfig, Vec<String>) {
    let mut unknown = Vec::new();
    let mut address = async |name: &ServerName| {
        let found = look_up(name).await;
        if found.is_none() {
            unknown.push(name.to_string());
        }
        found
    };
    let stun_server = match &servers.stun {
        Some(stun) => address(stun).await,
        None => None,
    };
    let turn_server = match servers.relay {
        Some(relay) => match address(&relay.server).await {
            Some(address) => Some(TurnServer {
                address,
                transport: relay.transport,
                username: relay.username,
                password: password.await,
            }),
            None => None,
        },
        None => None,
    };
    let ice = IceConfig {
        when: match servers.wanted {
            true => IceUse::Always,
            false => IceUse::WhenOffered,
        },
        stun_server,
        turn_server,
    };
    (ice, unknown)
}

/// The password of the relay, where there is one: as it is known, or from the keyring.
fn relay_password(
    secret: Option<Secret<Password>>,
    keyring: &Keyring,
    name: String,
) -> impl Future<Output = String> + use<> {
    let (known, kept) = match secret {
        Some(Secret::Known(password)) => (Some(password), None),
        Some(Secret::InKeyring) => (None, Some(keyring.read(name))),
        Some(Secret::Forgotten) | None => (None, None),
    };
    async move {
        let kept = match kept {
            Some(kept) => kept.await.unwrap_or_else(|error| {
                tracing::info!(%error, "the keyring gave no password for the relay");
                None
            }),
            None => None,
        };
        let password = known.or(kept);
        password.map_or_else(String::new, |password| password.reveal().to_owned())
    }
}

/// The address of a server; of several the first of IPv4, which every relay has.
async fn look_up(name: &ServerName) -> Option<SocketAddr> {
    let looking = tokio::net::lookup_host(name.host_and_port());
    let found = tokio::time::timeout(PATIENCE, looking).await.ok()?.ok()?;
    let found: Vec<SocketAddr> = found.collect();
    let first_of_v4 = found.iter().find(|address| address.is_ipv4());
    first_of_v4.or(found.first()).copied()
}

/// How long signing in waits for a name.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;

    async fn servers(toml: &str) -> (IceConfig, Vec<String>) {
        let toml = format!("address = 'a@b.test'\n{toml}");
        let account = Account::read(&toml::from_str(&toml).unwrap()).unwrap();
        find(account.ice, std::future::ready("sesame".to_owned())).await
    }

    #[tokio::test]
    async fn servers_of_the_settings_become_addresses() {
        let (found, _) = servers("stun_server = '127.0.0.1'\nturn_server = '127.0.0.1:5349'").await;
        let IceConfig {
            when,
            stun_server,
            turn_server,
        } = found;
        assert_eq!(when, IceUse::Always);
        assert_eq!(stun_server, Some("127.0.0.1:3478".parse().unwrap()));
        let turn = turn_server.unwrap();
        assert_eq!(
            turn.address,
            "127.0.0.1:5349".parse::<SocketAddr>().unwrap()
        );
        assert_eq!(turn.password, "sesame");
        let shown = format!("{turn:?}");
        assert!(!shown.contains("sesame"), "{shown}");
        let (found, _) = servers("stun_server = '[::1]:1'").await;
        assert_eq!(found.stun_server, Some("[::1]:1".parse().unwrap()));
    }

    #[tokio::test]
    async fn without_servers_ice_waits_for_the_other_side_unless_it_is_wanted() {
        assert_eq!(servers("").await.0.when, IceUse::WhenOffered);
        assert_eq!(servers("ice = true").await.0.when, IceUse::Always);
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_told() {
        // Longer than a label of the DNS may be, so that nobody is asked.
        let name = format!("{}.test", "x".repeat(64));
        let (found, unknown) = servers(&format!("turn_server = '{name}'")).await;
        assert_eq!(unknown, [name]);
        assert_eq!(found.turn_server, None);
    }
}
