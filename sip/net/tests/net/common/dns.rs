//! A name server on loopback with the records of a test.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use hark_sip_net::Resolver;
use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

pub struct NameServer {
    address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
    task: AbortHandle,
}

#[derive(Default)]
struct Zone {
    records: BTreeMap<(Name, RecordType), Vec<RData>>,
    status: Option<ResponseCode>,
    asked: Vec<String>,
}

impl NameServer {
    pub async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0")
            .await
            .expect("loopback has ports");
        let address = socket.local_addr().expect("it is bound");
        let zone: Arc<Mutex<Zone>> = Arc::default();
        let task = tokio::spawn(serve(socket, zone.clone())).abort_handle();
        Self {
            address,
            zone,
            task,
        }
    }

    pub fn resolver(&self) -> Resolver {
        Resolver::of_server(self.address)
    }

    pub fn host(&self, name: &str, addresses: &[Ipv4Addr]) {
        let data = addresses.iter().map(|address| RData::A(A(*address)));
        self.set(name, RecordType::A, data.collect());
    }

    /// `(priority, port, target)` each.
    pub fn service(&self, name: &str, servers: &[(u16, u16, &str)]) {
        let data = servers.iter().map(|(priority, port, target)| {
            RData::SRV(SRV::new(*priority, 0, *port, absolute(target)))
        });
        self.set(name, RecordType::SRV, data.collect());
    }

    pub fn services(&self, domain: &str, service: &str, replacement: &str) {
        let naptr = NAPTR::new(
            10,
            10,
            b"s".as_slice().into(),
            service.as_bytes().into(),
            b"".as_slice().into(),
            absolute(replacement),
        );
        self.set(domain, RecordType::NAPTR, vec![RData::NAPTR(naptr)]);
    }

    /// Answers every question with an error from here on.
    pub fn fail(&self) {
        self.zone.lock().expect("no thread panics").status = Some(ResponseCode::ServFail);
    }

    /// The names that were asked for, with their types, in order.
    pub fn asked(&self) -> Vec<String> {
        self.zone.lock().expect("no thread panics").asked.clone()
    }

    fn set(&self, name: &str, kind: RecordType, data: Vec<RData>) {
        let mut zone = self.zone.lock().expect("no thread panics");
        zone.records.insert((absolute(name), kind), data);
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn absolute(name: &str) -> Name {
    Name::from_ascii(format!("{name}.")).expect("a name")
}

async fn serve(socket: UdpSocket, zone: Arc<Mutex<Zone>>) {
    let mut buffer = [0; 4096];
    while let Ok((length, client)) = socket.recv_from(&mut buffer).await {
        let request = Message::from_vec(&buffer[..length]).expect("the resolver asks in DNS");
        let answer = answer(&request, &mut zone.lock().expect("no thread panics"));
        let bytes = answer.to_vec().expect("the answer is small");
        // A client that is gone does not wait for its answer.
        let _ = socket.send_to(&bytes, client).await;
    }
}

fn answer(request: &Message, zone: &mut Zone) -> Message {
    let query = request.queries.first().expect("one question").clone();
    let mut answer = Message::new(request.metadata.id, MessageType::Response, OpCode::Query);
    let (name, kind) = (query.name().clone(), query.query_type());
    zone.asked.push(format!("{kind} {name}"));
    answer.add_query(query);
    let exists = zone.records.keys().any(|(known, _)| *known == name);
    answer.metadata.response_code = match zone.status {
        Some(status) => status,
        None if exists => ResponseCode::NoError,
        None => ResponseCode::NXDomain,
    };
    if zone.status.is_none() {
        let found = zone
            .records
            .get(&(name.clone(), kind))
            .into_iter()
            .flatten();
        for data in found {
            answer.add_answer(Record::from_rdata(name.clone(), 60, data.clone()));
        }
    }
    answer
}
