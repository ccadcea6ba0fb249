//! The servers of ICE (RFC 8445): names of the settings become addresses while the account signs in,
//! so that no call waits for a name.

use std::net::SocketAddr;
use std::time::Duration;

use hark_media::{IceConfig, IceUse, TurnServer};

use crate::command::Password;
use crate::settings::AccountSettings;
use crate::store::SecretStore;

/// What signing in found out about the servers.
pub(super) struct Servers {
    pub(super) ice: IceConfig,
    /// Names that led nowhere.
    pub(super) unknown: Vec<String>,
}

/// Looks the servers of the settings up. `given` is the password of the relay for this run; the
/// keyring is asked where it is missing.
pub(super) async fn find(settings: AccountSettings, given: Option<Password>) -> Servers {
    let mut unknown = Vec::new();
    let mut address = async |name: Option<&String>| {
        let name = name
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())?;
        let found = look_up(name).await;
        if found.is_none() {
            unknown.push(name.to_owned());
        }
        found
    };
    let stun_server = address(settings.stun_server.as_ref()).await;
    let turn_address = address(settings.turn_server.as_ref()).await;
    let turn_server = match turn_address {
        Some(address) => Some(TurnServer {
            address,
            username: settings.turn_username.clone().unwrap_or_default(),
            password: relay_password(&settings, given).await,
        }),
        None => None,
    };
    let servers = stun_server.is_some() || turn_server.is_some();
    Servers {
        ice: IceConfig {
            when: match settings.ice || servers {
                true => IceUse::Always,
                false => IceUse::WhenOffered,
            },
            stun_server,
            turn_server,
        },
        unknown,
    }
}

/// The name under which the keyring keeps the password of the relay.
fn secret_name(settings: &AccountSettings) -> String {
    format!("{} TURN", super::registration::secret_name(settings))
}

async fn relay_password(settings: &AccountSettings, given: Option<Password>) -> String {
    let kept = match given {
        Some(given) => Some(given),
        None => SecretStore
            .read(secret_name(settings))
            .await
            .unwrap_or_else(|error| {
                tracing::info!(%error, "the keyring gave no password for the relay");
                None
            }),
    };
    kept.map(|password| password.reveal().to_owned())
        .unwrap_or_default()
}

/// The address of `host` or `host:port`; of several the first of IPv4, which every relay has.
async fn look_up(name: &str) -> Option<SocketAddr> {
    let with_port = match name.parse::<SocketAddr>().is_ok() || has_port(name) {
        true => name.to_owned(),
        false => format!("{name}:{PORT}"),
    };
    let looking = tokio::net::lookup_host(with_port);
    let found = tokio::time::timeout(PATIENCE, looking).await.ok()?.ok()?;
    let found: Vec<SocketAddr> = found.collect();
    let first_of_v4 = found.iter().find(|address| address.is_ipv4());
    first_of_v4.or(found.first()).copied()
}

fn has_port(name: &str) -> bool {
    let colons = name.matches(':').count();
    colons == 1 || name.contains("]:")
}

/// STUN and TURN over UDP (RFC 8489 §18.6).
const PORT: u16 = 3_478;

/// How long signing in waits for a name.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    async fn servers(toml: &str) -> Servers {
        let toml = format!("address = 'a@b.test'\n{toml}");
        find(
            toml::from_str(&toml).unwrap(),
            Some(Password::new("sesame")),
        )
        .await
    }

    #[tokio::test]
    async fn servers_of_the_settings_become_addresses() {
        let found = servers("stun_server = '127.0.0.1'\nturn_server = '127.0.0.1:5349'").await;
        let IceConfig {
            when,
            stun_server,
            turn_server,
        } = found.ice;
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
        let found = servers("stun_server = '[::1]:1'").await.ice.stun_server;
        assert_eq!(found, Some("[::1]:1".parse().unwrap()));
    }

    #[tokio::test]
    async fn without_servers_ice_waits_for_the_other_side_unless_it_is_wanted() {
        assert_eq!(servers("").await.ice.when, IceUse::WhenOffered);
        assert_eq!(servers("ice = true").await.ice.when, IceUse::Always);
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_told() {
        let found = servers("turn_server = 'two words'\nturn_username = 'alice'").await;
        assert_eq!(found.unknown, ["two words"]);
        assert_eq!(found.ice.turn_server, None);
    }
}
