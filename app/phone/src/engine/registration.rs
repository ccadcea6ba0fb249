//! From settings to a registered user agent, and out again.

use std::path::PathBuf;
use std::sync::Arc;

use hark_media::{DtlsConfig, DtlsIdentity, IceConfig};
use hark_sip::auth::Credentials;
use hark_sip::identity::Epid;
use hark_sip::{FlowTrust, IdSource, RegistrationError, RegistrationState, Transport, UserAgent};
use hark_sip_net::{Connector, Driver, TrustError};

use super::secret::Secret;
use super::servers::Servers;
use super::{Engine, Outcome};
use crate::account::Account;
use crate::command::{Password, Pin};
use crate::event::Event;
use crate::media::Place;
use crate::policy::Wishes;
use crate::settings::AccountSettings;
use crate::snapshot::{Cause, ConnectingStage, Problem, RegistrationView, SkipPin};
use crate::store::Keyring;
use crate::trace::Traced;
use crate::{voicemail, words};

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
    /// Signs in with the account of the settings, in place of whatever was before.
    pub(super) fn sign_in(&mut self) {
        self.leave();
        self.notes.obstacle = None;
        let Some(settings) = self.shown.account.clone() else {
            return self.show_registration(RegistrationView::SignedOut);
        };
        match Account::read(&settings) {
            Ok(mut account) => {
                self.recall_voicemail(&mut account);
                self.prepare(account, &settings);
            }
            Err(error) => {
                self.notes.obstacle = Some(Cause::Settings);
                self.show_registration(RegistrationView::Failed(Problem {
                    text: error.to_string(),
                    detail: "account settings".into(),
                }));
            }
        }
    }

    /// The keyring and the trust store may block, so the blocking pool reads them.
    fn prepare(&mut self, account: Account, settings: &AccountSettings) {
        self.show_registration(RegistrationView::Connecting(ConnectingStage::Connecting));
        let sign_in = self.sign_ins;
        let outcomes = self.outcomes.clone();
        let password = password(
            self.password.clone(),
            &self.keyring,
            settings.password_name(),
        );
        let authority = self.only_authority.clone();
        let servers = self.search_servers(account.ice.clone(), settings);
        self.ask_for_pin(settings);
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
    fn ask_for_pin(&self, settings: &AccountSettings) {
        if self.pin != Secret::InKeyring || !self.keeps_secrets {
            return;
        }
        let (sign_in, name) = (self.sign_ins, settings.pin_name());
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
        if sign_in == self.sign_ins {
            self.pin.found(pin);
        }
    }

    pub(super) fn on_prepared(&mut self, prepared: Prepared) {
        if prepared.sign_in != self.sign_ins || self.quitting.is_some() {
            return;
        }
        match self.build(prepared) {
            Ok(endpoint) => {
                let endpoint = self.endpoint.insert(endpoint);
                endpoint.driver.command(|agent, now| agent.register(now));
                self.tell_presence();
            }
            Err(problem) => self.show_registration(RegistrationView::Failed(problem)),
        }
    }

    fn build(&mut self, prepared: Prepared) -> Result<Endpoint, Problem> {
        let Prepared {
            account,
            password,
            connector,
            servers,
            ..
        } = prepared;
        let ice = self.take_servers(servers);
        let password = password.inspect_err(|_| self.notes.obstacle = Some(Cause::NoPassword))?;
        let connector = connector.map_err(|error| {
            self.notes.obstacle = Some(Cause::CaFile);
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
        self.password = Secret::Known(password);
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

    pub(super) fn on_registration(&mut self, state: RegistrationState) {
        let server = self.server_name();
        if let Some(endpoint) = &mut self.endpoint {
            note_trouble(&mut endpoint.trouble, &state);
        }
        let view = match state {
            RegistrationState::SignedOut => RegistrationView::SignedOut,
            RegistrationState::Connecting => {
                RegistrationView::Connecting(ConnectingStage::Connecting)
            }
            RegistrationState::Securing => {
                RegistrationView::Connecting(ConnectingStage::CheckingCertificate)
            }
            RegistrationState::SigningIn => {
                RegistrationView::Connecting(ConnectingStage::SigningIn)
            }
            RegistrationState::Registered { .. } => {
                self.watch_mailbox();
                self.follow_addresses();
                RegistrationView::Registered
            }
            RegistrationState::Failed { reason, .. } => {
                RegistrationView::Failed(words::registration(&reason, &server))
            }
            RegistrationState::Lost { reason, next_try } => RegistrationView::Lost {
                problem: words::registration(&reason, &server),
                next_try,
            },
        };
        self.show_registration(view);
    }

    pub(super) fn retry_now(&mut self) {
        match &mut self.endpoint {
            Some(endpoint) => endpoint.driver.command(|agent, now| agent.retry_now(now)),
            // The last try ended before there was a user agent.
            None => self.sign_in(),
        }
    }

    /// Gives the registration up in good order.
    pub(super) fn sign_out(&mut self) {
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.driver.command(|agent, now| agent.unregister(now));
        }
    }

    /// Signs out in the background and forgets the user agent: another one takes its place.
    pub(super) fn leave(&mut self) {
        self.sign_ins += 1;
        self.shown.message_waiting = None;
        let Some(mut endpoint) = self.endpoint.take() else {
            return;
        };
        let calls: Vec<_> = self.calls.keys().copied().collect();
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

    pub(super) fn is_signed_out(&self) -> bool {
        self.endpoint.is_none() || self.shown.registration == RegistrationView::SignedOut
    }

    pub(super) fn skip_pin(&self) -> SkipPin {
        match &self.endpoint {
            Some(endpoint) => voicemail::skip_pin(&endpoint.account, &endpoint.trust()),
            None => SkipPin::NotRegistered,
        }
    }

    pub(super) fn show_registration(&mut self, view: RegistrationView) {
        if self.shown.registration == view {
            return;
        }
        self.shown.registration = view.clone();
        self.face.tell(Event::Registration(view));
    }

    fn server_name(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.account.server.host.clone(),
            None => String::new(),
        }
    }
}

/// What stands in the way goes on standing there while another try is made.
fn note_trouble(trouble: &mut Option<RegistrationError>, state: &RegistrationState) {
    match state {
        RegistrationState::Failed { reason, .. } | RegistrationState::Lost { reason, .. } => {
            *trouble = Some(reason.clone());
        }
        RegistrationState::SignedOut | RegistrationState::Registered { .. } => *trouble = None,
        RegistrationState::Connecting
        | RegistrationState::Securing
        | RegistrationState::SigningIn => {}
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
