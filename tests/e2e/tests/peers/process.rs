//! A program that this project did not write, as a child of the test: found, started, listened to
//! and ended.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use hark_e2e::LIMIT;
use rustix::process::{Pid, Signal, kill_process};

/// A running program. Dropping it ends it.
pub struct Process {
    name: String,
    pid: Pid,
    news: Receiver<News>,
    /// Everything told so far, for the message of a test that fails.
    told: RefCell<Vec<String>>,
    ended: RefCell<Option<ExitStatus>>,
    /// Open for as long as the program runs, and silent.
    _input: Option<ChildStdin>,
}

enum News {
    Line(String),
    Ended(ExitStatus),
}

/// A program and the Debian packages that hold it.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    pub name: &'static str,
    pub packages: &'static str,
}

/// Where a program is, or `None` with a line that says that its test is skipped.
///
/// # Panics
/// In CI (the variable `CI` is set), where nothing may be missing.
pub fn find(program: Program) -> Option<PathBuf> {
    let Program { name, packages } = program;
    // Debian keeps daemons where the path of an ordinary user does not lead.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        let line = format!("skipped: {name} is not there (Debian: apt-get install {packages})");
        assert!(std::env::var_os("CI").is_none(), "{line}");
        eprintln!("{line}");
    }
    found
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        Self::with_input(command, Stdio::null())
    }

    /// For a program that takes the end of its input for a command to end.
    pub fn start_with_open_input(command: &mut Command) -> Self {
        Self::with_input(command, Stdio::piped())
    }

    fn with_input(command: &mut Command, input: Stdio) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        let pid = Pid::from_child(&child);
        let input = child.stdin.take();
        let (sender, news) = mpsc::channel();
        pass_on(child.stdout.take().expect("piped"), sender.clone());
        pass_on(child.stderr.take().expect("piped"), sender.clone());
        thread::spawn(move || {
            let status = child.wait().expect("a child of ours");
            // The test may be over.
            let _ = sender.send(News::Ended(status));
        });
        Self {
            name,
            pid,
            news,
            told: RefCell::default(),
            ended: RefCell::default(),
            _input: input,
        }
    }

    /// Waits for a line that holds `text`, beginning with those that came since the last wait.
    #[track_caller]
    pub fn until_line(&self, text: &str) -> String {
        let deadline = Instant::now() + LIMIT;
        self.next_line(text, deadline)
            .unwrap_or_else(|| panic!("no line with {text:?}; {}", self.story()))
    }

    fn next_line(&self, text: &str, deadline: Instant) -> Option<String> {
        loop {
            match self.next(deadline) {
                Some(News::Line(line)) if line.contains(text) => return Some(line),
                Some(News::Line(_)) => {}
                Some(News::Ended(_)) | None => return None,
            }
        }
    }

    /// Waits until it listens on this TCP port; false when it ended before, as it does when
    /// somebody else was faster in taking the port.
    pub fn listens(&self, port: u16) -> bool {
        let deadline = Instant::now() + LIMIT;
        while !is_listening(port) {
            assert!(Instant::now() < deadline, "no listener; {}", self.story());
            if let Some(News::Ended(_)) = self.next(Instant::now() + LOOK_AGAIN) {
                return false;
            }
        }
        true
    }

    /// Waits until it says that it is ready; false when it ended before.
    pub fn is_ready(&self, line: &str) -> bool {
        self.next_line(line, Instant::now() + LIMIT).is_some()
    }

    /// Ends it in good order, and by force when it does not obey.
    pub fn end(&self) {
        for signal in [Signal::TERM, Signal::KILL] {
            if self.ended.borrow().is_some() {
                return;
            }
            // It may have ended in this moment.
            let _ = kill_process(self.pid, signal);
            self.end_by(Instant::now() + OBEY_LIMIT);
        }
    }

    /// What it has told, for the message of a test that fails.
    pub fn story(&self) -> String {
        let told = self.told.borrow();
        let last = told.len().saturating_sub(STORY_LINES);
        format!("{} told:\n{}", self.name, told[last..].join("\n"))
    }

    fn end_by(&self, deadline: Instant) -> Option<ExitStatus> {
        while self.ended.borrow().is_none() {
            self.next(deadline)?;
        }
        *self.ended.borrow()
    }

    fn next(&self, deadline: Instant) -> Option<News> {
        let left = deadline.saturating_duration_since(Instant::now());
        let news = self.news.recv_timeout(left).ok()?;
        match &news {
            News::Line(line) => self.told.borrow_mut().push(line.clone()),
            News::Ended(status) => *self.ended.borrow_mut() = Some(*status),
        }
        Some(news)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        if thread::panicking() {
            eprintln!("{}", self.story());
        }
    }
}

fn pass_on(stream: impl Read + Send + 'static, sender: Sender<News>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if sender.send(News::Line(line)).is_err() {
                return;
            }
        }
    });
}

/// A port of 127.0.0.1 that is free at this moment. Programs that cannot say which port they took
/// are told one; who finds it taken after all is started again.
pub fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("a bound socket").port()
}

/// Asks the kernel (proc(5)) instead of connecting, so that the program does not see a client that
/// says nothing.
fn is_listening(port: u16) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the kernel's table");
    let address = format!("0100007F:{port:04X}");
    table.lines().any(|line| {
        let mut columns = line.split_whitespace().skip(1);
        columns.next() == Some(&address) && columns.nth(1) == Some(LISTENING)
    })
}

/// TCP_LISTEN of the kernel's table.
const LISTENING: &str = "0A";
/// How often the kernel's table is looked at while nothing else happens.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How long a program may take to end when it is told to.
const OBEY_LIMIT: Duration = Duration::from_secs(5);
/// Lines of a program that a failing test shows.
const STORY_LINES: usize = 60;
