//! From settings to a registered user agent, and out again.

use std::path::PathBuf;
use std::sync::Arc;

use hark_media::{DtlsConfig, DtlsIdentity, IceConfig};
use hark_sip::auth::Credentials;
use hark_sip::identity::Epid;
use hark_sip::{FlowTrust, IdSource, RegistrationError, RegistrationState, Transport, UserAgent};
use hark_sip_net::{Connector, Driver, TrustError};

use super::lines::Line;
use super::secret::Secret;
use super::servers::Servers;
use super::{Engine, Outcome};
use crate::account::Account;
use crate::command::{Password, Pin};
use crate::event::Event;
use crate::media::Place;
use crate::policy::Wishes;
use crate::settings::AccountSettings;
use crate::snapshot::{AccountId, Cause, ConnectingStage, Problem, RegistrationView};
use crate::store::Keyring;
use crate::trace::Traced;
use crate::words;

mod standing;

use standing::{is_news, note_trouble, view_of};

/// A user agent at work for an account.
pub(super) struct Endpoint {
    pub(super) account: Account,
    pub(super) ice: IceConfig,
    /// Who the phone is in handshakes.
    identity: Option<Arc<DtlsIdentity>>,
    /// Who rings, read for this account.
    pub(super) wishes: Wishes,
    pub(super) driver: Driver<Traced<UserAgent>>,
    /// Why the account is not signed in.
    pub(super) trouble: Option<RegistrationError>,
}

/// What the blocking pool found for a sign-in.
pub(super) struct Prepared {
    /// Which sign-in it was prepared for.
    sign_in: u64,
    account: Account,
    password: Result<Password, Problem>,
    connector: Result<Connector, TrustError>,
    servers: Servers,
}

impl Endpoint {
    pub(super) fn trust(&self) -> FlowTrust {
        self.driver.core().flow_trust()
    }

    /// A standing of this endpoint's, said anew.
    pub(super) fn say_anew(&self, view: &RegistrationView) -> RegistrationView {
        let server = &self.account.server.host;
        match &self.trouble {
            Some(trouble) => standing::say_anew(view, trouble, server),
            None => view.clone(),
        }
    }

    /// Where the media of a call shall be; `None` while there is no flow to the registrar.
    pub(super) fn place(&self) -> Option<Place> {
        let flow = self.driver.core().flow_info()?;
        Some(Place {
            local: flow.local.ip(),
            encryption: self.account.encryption,
            dtls: self.identity.clone().map(|identity| DtlsConfig {
                when: self.account.dtls,
                identity,
            }),
            codecs: self.account.codecs.clone(),
            ports: self.account.media_ports,
            ice: Some(self.ice.clone()),
        })
    }
}

impl Engine {
    /// Signs in with an account, in place of whatever was before.
    pub(super) fn sign_in(&mut self, id: &AccountId) {
        self.leave(id);
        let Some(line) = self.lines.get_mut(id) else {
            return;
        };
        line.obstacle = None;
        let settings = line.settings.clone();
        match Account::read(&settings) {
            Ok(mut account) => {
                self.recall_voicemail(&mut account, &settings);
                self.prepare(id, account, &settings);
            }
            Err(error) => {
                line.obstacle = Some(Cause::Settings);
                let problem = Problem {
                    text: error.to_string(),
                    detail: "account settings".into(),
                };
                self.show_registration(id, RegistrationView::Failed(problem));
            }
        }
    }

    /// The keyring and the trust store may block, so the blocking pool reads them.
    fn prepare(&mut self, id: &AccountId, account: Account, settings: &AccountSettings) {
        let connecting = RegistrationView::Connecting(ConnectingStage::Connecting);
        self.show_registration(id, connecting);
        let Some(line) = self.lines.get(id) else {
            return;
        };
        let sign_in = line.sign_in;
        let outcomes = self.outcomes.clone();
        let name = settings.password_name();
        let password = password(line.password.clone(), &self.keyring, name);
        self.ask_for_pin(line);
        let authority = self.only_authority.clone();
        let Some(servers) = self.search_servers(id, account.ice.clone()) else {
            return;
        };
        tokio::spawn(async move {
            let ca_file = account.ca_file.clone();
            let transport = account.server.transport;
            let connector =
                tokio::task::spawn_blocking(move || connector(transport, authority, ca_file));
            let Ok(connector) = connector.await else {
                return tracing::error!("the trust store could not be read");
            };
            let prepared = Prepared {
                sign_in,
                account,
                password: password.await,
                connector,
                servers: servers.await,
            };
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::Prepared(Box::new(prepared)));
        });
    }

    /// The PIN is wanted at the first voicemail call, not for signing in, so nothing waits for it.
    fn ask_for_pin(&self, line: &Line) {
        if line.pin != Secret::InKeyring || !self.keeps_secrets {
            return;
        }
        let (sign_in, name) = (line.sign_in, line.settings.pin_name());
        let outcomes = self.outcomes.clone();
        let reading = self.keyring.read_pin(name);
        tokio::spawn(async move {
            let pin = reading.await.unwrap_or_else(|error| {
                tracing::info!(%error, "the keyring gave no PIN");
                None
            });
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::Pin { sign_in, pin });
        });
    }

    pub(super) fn on_pin(&mut self, sign_in: u64, pin: Option<Pin>) {
        if let Some(line) = self.lines.by_sign_in(sign_in) {
            line.pin.found(pin);
        }
    }

    pub(super) fn on_prepared(&mut self, prepared: Prepared) {
        let line = self.lines.by_sign_in(prepared.sign_in);
        let Some(id) = line.map(|line| line.id.clone()) else {
            return;
        };
        if self.quitting.is_some() {
            return;
        }
        match self.build(&id, prepared) {
            Ok(endpoint) => {
                if let Some(line) = self.lines.get_mut(&id) {
                    let endpoint = line.endpoint.insert(endpoint);
                    endpoint.driver.command(|agent, now| agent.register(now));
                }
                self.tell_presence();
            }
            Err(problem) => self.show_registration(&id, RegistrationView::Failed(problem)),
        }
    }

    fn stumbles(&mut self, id: &AccountId, over: Cause) {
        if let Some(line) = self.lines.get_mut(id) {
            line.obstacle = Some(over);
        }
    }

    fn build(&mut self, id: &AccountId, prepared: Prepared) -> Result<Endpoint, Problem> {
        let Prepared {
            account,
            password,
            connector,
            servers,
            ..
        } = prepared;
        let ice = self.take_servers(id, servers);
        let password = password.inspect_err(|_| self.stumbles(id, Cause::NoPassword))?;
        let connector = connector.map_err(|error| {
            self.stumbles(id, Cause::CaFile);
            words::trust(&error)
        })?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| words::no_randomness(&error))?;
        let settings = hark_sip::Account {
            address: account.address.clone(),
            display_name: account.display_name.clone(),
            credentials: Credentials {
                username: account.username.clone(),
                password: hark_sip::auth::Password::new(password.reveal()),
            },
            registrar: account.server.clone(),
            epid: self.identity()?,
            product: PRODUCT.to_owned(),
        };
        // Kept for the next sign-in of this run: the keyring need not be asked again.
        if let Some(line) = self.lines.get_mut(id) {
            line.password = Secret::Known(password);
        }
        let agent = UserAgent::new(settings, IdSource::from_seed(seed));
        let driver = Driver::new(Traced::new(agent, self.trace.clone()), connector);
        let wishes = self.wishes(&account);
        Ok(Endpoint {
            account,
            ice,
            identity: self.identity.clone(),
            wishes,
            driver,
            trouble: None,
        })
    }

    /// Names this installation to servers: made once, kept for good.
    fn identity(&mut self) -> Result<Epid, Problem> {
        if let Some(epid) = Epid::new(&self.kept.epid) {
            return Ok(epid);
        }
        let mut octets = [0; 5];
        getrandom::fill(&mut octets).map_err(|error| words::no_randomness(&error))?;
        let epid = Epid::from_random(octets);
        self.kept.epid = epid.to_string();
        self.save();
        Ok(epid)
    }

    pub(super) fn on_registration(&mut self, id: &AccountId, state: RegistrationState) {
        let Some(endpoint) = self.lines.endpoint_mut(id) else {
            return;
        };
        note_trouble(&mut endpoint.trouble, &state);
        let server = &endpoint.account.server.host;
        let view = view_of(&state, server, |instant| endpoint.driver.awake(instant));
        if view == RegistrationView::Registered {
            self.watch_mailbox(id);
            self.follow_addresses(id);
            self.network_is_there(id);
        }
        self.show_registration(id, view);
    }

    /// Tries one account again, or every one that is not signed in.
    pub(super) fn retry_now(&mut self, account: Option<AccountId>) {
        let lines = self.lines.iter().filter(|line| !line.is_registered());
        let others: Vec<AccountId> = lines.map(|line| line.id.clone()).collect();
        let ids = account.into_iter().chain(others);
        let ids: std::collections::BTreeSet<AccountId> = ids.collect();
        for id in ids {
            match self.lines.endpoint_mut(&id) {
                Some(endpoint) => endpoint.driver.command(|agent, now| agent.retry_now(now)),
                // The last try ended before there was a user agent.
                None => self.sign_in(&id),
            }
        }
    }

    /// Gives the registration up in good order.
    pub(super) fn sign_out(&mut self, id: &AccountId) {
        if let Some(endpoint) = self.lines.endpoint_mut(id) {
            endpoint.driver.command(|agent, now| agent.unregister(now));
        }
    }

    /// Signs out in the background and forgets the user agent: another one takes its place.
    pub(super) fn leave(&mut self, id: &AccountId) {
        self.sign_ins += 1;
        let Some(line) = self.lines.get_mut(id) else {
            return;
        };
        line.sign_in = self.sign_ins;
        line.message_waiting = None;
        let Some(mut endpoint) = line.endpoint.take() else {
            return;
        };
        let calls = self.calls_of(id);
        calls.into_iter().for_each(|call| self.drop_call(call));
        endpoint.driver.command(|agent, now| agent.unregister(now));
        tokio::spawn(async move {
            let goodbye = async {
                while !matches!(
                    endpoint.driver.next().await,
                    hark_sip::Event::Registration(RegistrationState::SignedOut)
                ) {}
            };
            if tokio::time::timeout(super::SIGN_OUT_LIMIT, goodbye)
                .await
                .is_err()
            {
                tracing::info!("the server did not confirm the sign-out in time");
            }
            endpoint.driver.close(super::CLOSE_LIMIT).await;
        });
    }

    pub(super) fn show_registration(&mut self, id: &AccountId, view: RegistrationView) {
        let Some(line) = self.lines.get_mut(id) else {
            return;
        };
        let before = std::mem::replace(&mut line.registration, view.clone());
        if is_news(&before, &view) {
            self.tell_of(id, Event::Registration(view));
        }
    }
}

/// The password that is known, or the one in the keyring.
fn password(
    known: Secret<Password>,
    keyring: &Keyring,
    address: String,
) -> impl Future<Output = Result<Password, Problem>> + use<> {
    let kept = (known == Secret::InKeyring).then(|| keyring.read(address.clone()));
    async move {
        let found = match kept {
            None => Ok(known.known().cloned()),
            Some(kept) => kept.await,
        };
        match found {
            Ok(Some(password)) => Ok(password),
            Ok(None) => Err(words::no_password(&address, "nothing is stored")),
            Err(error) => Err(words::no_password(&address, &error.to_string())),
        }
    }
}

fn connector(
    transport: Transport,
    authority: Option<String>,
    ca_file: Option<PathBuf>,
) -> Result<Connector, TrustError> {
    match (transport, authority) {
        (Transport::Tcp, _) => Ok(Connector::none()),
        (Transport::Tls, Some(pem)) => Connector::trusting_only(&pem),
        (Transport::Tls, None) => Connector::new(ca_file.as_deref()),
    }
}

/// The User-Agent header.
const PRODUCT: &str = concat!("Hark/", env!("CARGO_PKG_VERSION"));
