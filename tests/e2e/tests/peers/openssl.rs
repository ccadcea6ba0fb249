//! OpenSSL as the other end of a handshake, with the kinds of certificates that servers have: FreeSWITCH
//! always has an RSA key of 4096 bits, Asterisk what its administrator made.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hark_e2e::LIMIT;
use hark_media::{
    Codec, Component, Direction, DtlsConfig, DtlsIdentity, DtlsUse, Encryption, MediaConfig,
    MediaOutput, MediaSession, SrtpSuite,
};
use tempfile::TempDir;

use crate::process::{self, Process, Program};

pub const PROGRAM: Program = Program {
    name: "openssl",
    packages: "openssl",
};

/// A program, and a certificate with its key in a folder.
struct OpenSsl {
    program: PathBuf,
    folder: TempDir,
}

/// The kinds of keys, as `openssl req` wants them.
const KINDS: [&[&str]; 4] = [
    &["-newkey", "rsa:2048"],
    &["-newkey", "rsa:4096"],
    &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"],
];

/// The profiles of RFC 5764 and RFC 7714 by the names that OpenSSL has for them.
const PROFILES: [(&str, SrtpSuite); 3] = [
    ("SRTP_AEAD_AES_256_GCM", SrtpSuite::AeadAes256Gcm),
    ("SRTP_AEAD_AES_128_GCM", SrtpSuite::AeadAes128Gcm),
    ("SRTP_AES128_CM_SHA1_80", SrtpSuite::AesCm128HmacSha1_80),
];

impl OpenSsl {
    fn with_key(kind: &[&str]) -> Option<Self> {
        let program = process::find(PROGRAM)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let it = Self { program, folder };
        let mut make = it.command("req");
        make.args([
            "-x509",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=pbx.example.test",
        ]);
        make.args(kind)
            .args(["-keyout", "key.pem", "-out", "cert.pem"]);
        let made = make.output().expect("openssl runs");
        assert!(made.status.success(), "{made:?}");
        Some(it)
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(name).current_dir(self.folder.path());
        command
    }

    /// As `a=fingerprint` has it.
    fn fingerprint(&self) -> String {
        let mut command = self.command("x509");
        command.args(["-in", "cert.pem", "-noout", "-fingerprint", "-sha256"]);
        let said = command.output().expect("openssl runs").stdout;
        let said = String::from_utf8(said).expect("text");
        let (_, octets) = said.trim().split_once('=').expect("a fingerprint");
        format!("sha-256 {octets}")
    }

    fn end_of_handshake(&self, role: &str, address: SocketAddr, profile: &str) -> Process {
        let mut command = self.command(role);
        let at = match role {
            "s_server" => "-accept",
            _ => "-connect",
        };
        command.args(["-dtls1_2", at, &address.to_string()]);
        command.args(["-cert", "cert.pem", "-key", "key.pem", "-use_srtp", profile]);
        if role == "s_server" {
            command.args(["-Verify", "1"]);
        }
        Process::start_with_open_input(&mut command)
    }
}

/// A session of ours on a socket, whose peer is OpenSSL.
struct Side {
    session: MediaSession,
    socket: UdpSocket,
}

impl Side {
    /// We answer the offer of somebody at `peer` with this part in the handshake.
    fn answering(openssl: &OpenSsl, peer: SocketAddr, setup: &str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.set_read_timeout(Some(TURN)).expect("a socket");
        let local = socket.local_addr().expect("a bound socket");
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {} UDP/TLS/RTP/SAVP 0\r\na=rtcp-mux\r\na=setup:{setup}\r\n\
             a=fingerprint:{}\r\n",
            peer.port(),
            openssl.fingerprint()
        );
        let (session, _) =
            MediaSession::answer(config(local), offer.as_bytes()).expect("an answer");
        Self { session, socket }
    }

    fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("a bound socket")
    }

    /// Shakes hands until there are keys, and says for which suite.
    #[track_caller]
    fn until_keyed(&mut self, process: &Process) -> SrtpSuite {
        let deadline = Instant::now() + LIMIT;
        let mut buffer = [0; 2_048];
        while Instant::now() < deadline {
            self.session.tick(Instant::now());
            self.flush();
            match self.socket.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    let (now, packet) = (Instant::now(), &mut buffer[..length]);
                    self.session
                        .handle_packet(now, Component::Rtp, from, packet);
                    self.flush();
                }
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
                        || error.kind() == ErrorKind::ConnectionRefused,
                    "{error}"
                ),
            }
            if let Some(suite) = self.session.in_use().and_then(|in_use| in_use.srtp) {
                return suite;
            }
        }
        panic!("no keys; {}", process.story());
    }

    fn flush(&mut self) {
        while let Some(output) = self.session.poll_output() {
            if let MediaOutput::Transmit { to, packet, .. } = output {
                // A full buffer loses the packet, as the network might.
                let _ = self.socket.send_to(&packet, to);
            }
        }
    }
}

fn config(local: SocketAddr) -> MediaConfig {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
    let certificate = rcgen::CertificateParams::default().self_signed(&key);
    let certificate = certificate.expect("a certificate").der().to_vec();
    let identity = DtlsIdentity::new(certificate, key.serialize_der()).expect("of P-256");
    MediaConfig {
        codecs: Codec::G711.to_vec(),
        encryption: Encryption::Required,
        dtls: Some(DtlsConfig {
            when: DtlsUse::WhenOffered,
            identity: Arc::new(identity),
        }),
        local_rtp: local,
        local_rtcp: local,
        ice: None,
        cname: "c".to_owned(),
        seed: [7; 32],
    }
}

/// Whether both a key of ours and one of this kind come to keys for sound, whoever begins.
fn check(kind: &[&str], (profile, suite): (&str, SrtpSuite)) {
    let Some(openssl) = OpenSsl::with_key(kind) else {
        return;
    };
    let mut side = Side::answering(&openssl, NOWHERE, "active");
    let client = openssl.end_of_handshake("s_client", side.address(), profile);
    assert_eq!(side.until_keyed(&client), suite, "{kind:?} begins");
    assert_eq!(side.session.direction(), Direction::SendReceive);

    let address = free_udp_address();
    let server = openssl.end_of_handshake("s_server", address, profile);
    let mut side = Side::answering(&openssl, address, "passive");
    assert_eq!(side.until_keyed(&server), suite, "{kind:?} waits");
}

#[test]
fn certificates_of_every_usual_kind_shake_hands_both_ways() {
    for kind in KINDS {
        check(kind, PROFILES[0]);
    }
}

#[test]
fn every_profile_that_it_knows_is_agreed_on() {
    for profile in PROFILES {
        check(KINDS[0], profile);
    }
}

fn free_udp_address() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("a bound socket")
}

/// The other side is heard from wherever it is.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// How long one wait for a datagram takes at most.
const TURN: Duration = Duration::from_millis(10);
