//! Looking names up: NAPTR and SRV by DNS, addresses by every way that this machine knows.
//!
//! What is asked, and what the answers mean, is decided in [`hark_sip::locate`].

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hark_sip::locate::{Answer, Naptr, Question, Srv};
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts, ServerOrderingStrategy,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Hosts, TokioResolver};
use tokio::time::timeout;

/// Answers the questions of a core.
#[derive(Debug, Clone)]
pub struct Resolver {
    source: Source,
    /// Made at the first question: who connects to an address has none.
    made: Arc<Mutex<Option<TokioResolver>>>,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    System,
    Server(SocketAddr),
}

impl Resolver {
    /// The name servers, the search domains and the hosts file of this machine.
    pub fn system() -> Self {
        Self::new(Source::System)
    }

    /// One name server and nothing else.
    pub fn of_server(address: SocketAddr) -> Self {
        Self::new(Source::Server(address))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            made: Arc::default(),
        }
    }

    /// Forgets what holds for another network: which name servers there are.
    pub(crate) fn forget(&self) {
        self.made
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Answers a question, within [`LIMIT`].
    pub(crate) async fn answer(&self, question: &Question) -> Answer {
        timeout(LIMIT, self.answer_unbounded(question))
            .await
            .unwrap_or(Answer::Failed)
    }

    async fn answer_unbounded(&self, question: &Question) -> Answer {
        if matches!(self.source, Source::System) && is_settled_by_hosts_file(question) {
            return Answer::Nothing;
        }
        let Some(resolver) = self.resolver() else {
            return match question {
                Question::Addresses(host) => self.ask_system(host).await,
                Question::Naptr(_) | Question::Srv(_) => Answer::Failed,
            };
        };
        match question {
            Question::Naptr(domain) => {
                let found = resolver.lookup(absolute(domain), RecordType::NAPTR).await;
                answer(found.as_ref().map(naptr_records))
            }
            Question::Srv(name) => {
                let found = resolver.srv_lookup(absolute(name)).await;
                answer(found.as_ref().map(srv_records))
            }
            Question::Addresses(host) => {
                let found = resolver.lookup_ip(absolute(host)).await;
                let found = found
                    .as_ref()
                    .map(|found| Answer::Addresses(found.iter().take(MAX_RECORDS).collect()));
                match answer(found) {
                    Answer::Nothing => self.ask_system(host).await,
                    known => known,
                }
            }
        }
    }

    /// The system's own resolver knows more than DNS: multicast, directories, virtual machines.
    async fn ask_system(&self, host: &str) -> Answer {
        if matches!(self.source, Source::Server(_)) {
            return Answer::Nothing;
        }
        let found = tokio::net::lookup_host((host, 0)).await;
        let addresses = found.map(|found| found.map(|address| address.ip()));
        match addresses {
            Ok(addresses) => Answer::Addresses(addresses.take(MAX_RECORDS).collect()),
            Err(_) => Answer::Nothing,
        }
    }

    fn resolver(&self) -> Option<TokioResolver> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.is_none() {
            *made = make(self.source)
                .inspect_err(|error| tracing::warn!(%error, "there is no DNS to ask"))
                .ok();
        }
        made.clone()
    }
}

fn make(source: Source) -> Result<TokioResolver, NetError> {
    let mut builder = match source {
        Source::System => TokioResolver::builder_tokio()?,
        Source::Server(address) => {
            let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            for connection in &mut connections {
                connection.port = address.port();
            }
            let server = NameServerConfig::new(address.ip(), true, connections.to_vec());
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    limit(builder.options_mut());
    builder.build()
}

/// Every name server has its turn within [`LIMIT`]. Nothing is cached: we ask when a server is gone,
/// and then it matters where it is at this moment. The core remembers what it needs.
fn limit(options: &mut ResolverOpts) {
    options.cache_size = 0;
    options.timeout = ATTEMPT;
    options.attempts = 1;
    options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
}

/// Who writes the address of a name into the hosts file means that address and no service that DNS
/// knows under the name.
fn is_settled_by_hosts_file(question: &Question) -> bool {
    let name = match question {
        Question::Naptr(domain) => domain.as_str(),
        Question::Srv(service) => service
            .split_once("._tcp.")
            .map_or(service.as_str(), |(_, domain)| domain),
        Question::Addresses(_) => return false,
    };
    let (Ok(hosts), Ok(name)) = (Hosts::from_system(), Name::from_ascii(name)) else {
        return false;
    };
    [RecordType::A, RecordType::AAAA].into_iter().any(|kind| {
        let query = Query::query(name.clone(), kind);
        hosts.lookup_static_host(&query).is_some()
    })
}

/// With the dot of the root the search domains stay out of it: a domain is not one of theirs. A
/// name without any dot is one of a user, who means them.
fn absolute(name: &str) -> String {
    match name.contains('.') {
        true => format!("{name}."),
        false => name.to_owned(),
    }
}

fn answer(found: Result<Answer, &NetError>) -> Answer {
    match found {
        Ok(answer) => answer,
        Err(error) if error.is_no_records_found() => Answer::Nothing,
        Err(error) => {
            tracing::info!(%error, "a lookup failed");
            Answer::Failed
        }
    }
}

fn naptr_records(found: &Lookup) -> Answer {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let records = found
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::NAPTR(record) => Some(Naptr {
                order: record.order,
                preference: record.preference,
                flags: text(&record.flags),
                service: text(&record.services),
                replacement: record.replacement.to_ascii(),
            }),
            _ => None,
        });
    Answer::Naptr(records.take(MAX_RECORDS).collect())
}

fn srv_records(found: &Lookup) -> Answer {
    let records = found
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::SRV(record) => Some(Srv {
                priority: record.priority,
                weight: record.weight,
                port: record.port,
                target: record.target.to_ascii(),
            }),
            _ => None,
        });
    Answer::Srv(records.take(MAX_RECORDS).collect())
}

/// How long a question may take: as long as a connection.
const LIMIT: Duration = Duration::from_secs(3);

/// How long one name server has.
const ATTEMPT: Duration = Duration::from_millis(1_400);

/// Records of one answer that are passed on.
const MAX_RECORDS: usize = 64;
