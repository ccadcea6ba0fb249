//! SIPp, a peer that this project did not write, as registrar and other side: it takes the phone's
//! REGISTER, answers its call, and sends its voice back.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hark_phone::{AccountSettings, CallState, MediaEncryption, Transport};
use tempfile::TempDir;

use hark_e2e::phone::Phone;
use hark_e2e::sound::{SAME, Sound};

/// A running SIPp.
struct Sipp {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Sipp {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scenario = folder.path().join("scenario.xml");
        std::fs::write(&scenario, scenario_text()).expect("a folder to write in");
        let port = free_tcp_port();
        let child = Command::new("sipp")
            .arg("-sf")
            .arg(scenario)
            .args(["-t", "t1", "-i", "127.0.0.1", "-nostdin", "-rtp_echo"])
            .args(["-p", &port.to_string()])
            .args(["-mp", &free_udp_port().to_string()])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("SIPp (Debian package sip-tester) can be started");
        Self {
            child,
            port,
            folder,
        }
    }

    fn account(&self) -> AccountSettings {
        AccountSettings {
            address: "alice@example.test".into(),
            username: None,
            display_name: None,
            server: Some(format!("127.0.0.1:{}", self.port)),
            transport: Transport::Tcp,
            ca_file: None,
            voicemail: None,
            media_encryption: Some(MediaEncryption::Off),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // It has ended already only if it failed, and then the test has as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// SIPp cannot say which port it took, so one is looked for that is free at this moment.
fn free_tcp_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("a bound socket").port()
}

fn free_udp_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("a bound socket").port()
}

fn spoken(path: &Path) -> Sound {
    let sound = Sound::prompt("demo.message.2");
    // SIPp echoes from its answer on; the first word shall not fall into the call's beginning.
    sound.after(Duration::from_millis(500)).write(path);
    sound
}

#[test]
fn a_foreign_server_answers_and_sends_the_voice_back() {
    let sipp = Sipp::start();
    let microphone = sipp.path("spoken.wav");
    let spoken = spoken(&microphone);
    let phone = Phone::start(sipp.account(), "secret", Some(&microphone));
    phone.until_registered();
    phone.send(hark_phone::Command::Dial { to: "echo".into() });
    phone.until_call(CallState::Ringing);
    let (call, _) = phone.until_call(CallState::Connected);
    phone.shows("the echo heard", |_| {
        let heard = Sound::read(&phone.heard());
        let long_enough = heard.length() > spoken.length();
        (long_enough && heard.likeness(&spoken) > SAME).then_some(())
    });
    phone.send(hark_phone::Command::HangUp { call });
    phone.until_call(CallState::Ended);
    phone.quit();
}

/// One scenario for every dialog: REGISTER is accepted, the mailbox is not known, a call is answered.
fn scenario_text() -> String {
    format!(
        r#"<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="server">
  <recv request="REGISTER" optional="true" next="1"/>
  <recv request="SUBSCRIBE" optional="true" next="2"/>
  <recv request="INVITE"/>
  <send><![CDATA[{ringing}]]></send>
  <send><![CDATA[{answer}]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send next="3"><![CDATA[{bye_ok}]]></send>
  <label id="1"/>
  <send next="3"><![CDATA[{registered}]]></send>
  <label id="2"/>
  <send next="3"><![CDATA[{refused}]]></send>
  <label id="3"/>
</scenario>
"#,
        ringing = response("180 Ringing", CONTACT, ""),
        answer = response("200 OK", CONTACT, ANSWER),
        bye_ok = response("200 OK", "", ""),
        registered = response("200 OK", "[last_Contact:]\r\nExpires: 3600\r\n", ""),
        refused = response("489 Bad Event", "", ""),
    )
}

/// A response of the scenario; SIPp fills in what stands in brackets.
fn response(status: &str, headers: &str, sdp: &str) -> String {
    let kind = if sdp.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    format!(
        "\nSIP/2.0 {status}\r\n[last_Via:]\r\n[last_From:]\r\n[last_To:];tag=sipp[call_number]\r\n\
         [last_Call-ID:]\r\n[last_CSeq:]\r\n{headers}{kind}Content-Length: [len]\r\n\r\n{sdp}"
    )
}

const CONTACT: &str = "Contact: <sip:echo@[local_ip]:[local_port];transport=[transport]>\r\n";

const ANSWER: &str = "v=0\r\no=sipp 1 1 IN IP4 [local_ip]\r\ns=-\r\nc=IN IP4 [media_ip]\r\n\
                      t=0 0\r\nm=audio [media_port] RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
