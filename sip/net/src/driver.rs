//! The loop that turns a core's outputs into I/O and I/O into its inputs.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use hark_sip::{Core, FlowError, FlowId, FlowTarget, Input, Output};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::connect::Connector;
use crate::flow::{self, Arrival, Outgoing};
use crate::listen::{self, Listener};

/// Owns a core, its flows and the clock. Must live inside a tokio runtime.
pub struct Driver<C: Core> {
    core: C,
    connector: Connector,
    /// The write queue of every flow that the core may still use.
    flows: BTreeMap<FlowId, Outgoing>,
    events: VecDeque<C::Event>,
    deadline: Option<Instant>,
    arrivals: mpsc::Receiver<Arrival>,
    arrivals_in: mpsc::Sender<Arrival>,
    /// Ends with the driver: dropping it aborts the tasks of all flows and listeners.
    tasks: JoinSet<()>,
    listeners: JoinSet<()>,
}

impl<C: Core> Driver<C> {
    pub fn new(core: C, connector: Connector) -> Self {
        let (arrivals_in, arrivals) = mpsc::channel(ARRIVALS);
        Self {
            core,
            connector,
            flows: BTreeMap::new(),
            events: VecDeque::new(),
            deadline: None,
            arrivals,
            arrivals_in,
            tasks: JoinSet::new(),
            listeners: JoinSet::new(),
        }
    }

    /// Accepts flows for the core from now on.
    pub fn listen(&mut self, listener: Listener) {
        self.listeners
            .spawn(listen::accept_all(listener, self.arrivals_in.clone()));
    }

    /// The core, to look at.
    pub fn core(&self) -> &C {
        &self.core
    }

    /// Runs a command on the core and carries out what it asks for.
    pub fn command<R>(&mut self, command: impl FnOnce(&mut C, Instant) -> R) -> R {
        let result = command(&mut self.core, Instant::now());
        self.flush();
        result
    }

    /// Moves bytes and time until the core has something to tell. Cancel safe: nothing is lost
    /// when the future is dropped half-way.
    pub async fn next(&mut self) -> C::Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let deadline = self.deadline;
            tokio::select! {
                arrival = self.arrivals.recv() => {
                    if let Some(arrival) = arrival {
                        self.take(arrival);
                    }
                }
                () = until(deadline) => self.input(Input::Timeout),
            }
            while self.tasks.try_join_next().is_some() {}
        }
    }

    /// Sends what is queued, closes every flow in order and waits for that, `limit` at most.
    pub async fn close(mut self, limit: Duration) {
        self.listeners.abort_all();
        self.flows.clear();
        drop(self.arrivals);
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        // A peer that does not read must not hold up the end of the program.
        let _ = tokio::time::timeout(limit, drained).await;
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Accepted { flow, info, stream } => {
                let (outgoing, queue) = flow::queue();
                self.flows.insert(flow, outgoing);
                self.tasks
                    .spawn(flow::carry(flow, stream, self.arrivals_in.clone(), queue));
                self.input(Input::FlowOpened { flow, info });
            }
            Arrival::Input(input) => {
                let flow = flow_of(&input);
                // The core has closed this flow; what still arrives on it concerns nobody.
                if !self.flows.contains_key(&flow) {
                    return;
                }
                if matches!(input, Input::FlowFailed { .. } | Input::FlowClosed { .. }) {
                    self.flows.remove(&flow);
                }
                self.input(input);
            }
        }
    }

    fn input(&mut self, input: Input) {
        self.core.handle_input(Instant::now(), input);
        self.flush();
    }

    /// Drains the core: mutate once, then poll until it names its next deadline.
    fn flush(&mut self) {
        loop {
            match self.core.poll_output() {
                Output::OpenFlow { flow, target } => self.open(flow, target),
                Output::Transmit { flow, bytes } => self.transmit(flow, bytes),
                Output::CloseFlow { flow } => {
                    self.flows.remove(&flow);
                }
                Output::Event(event) => self.events.push_back(event),
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
            }
        }
    }

    fn open(&mut self, flow: FlowId, target: FlowTarget) {
        let (outgoing, queue) = flow::queue();
        self.flows.insert(flow, outgoing);
        let connector = self.connector.clone();
        self.tasks.spawn(flow::open(
            flow,
            target,
            connector,
            self.arrivals_in.clone(),
            queue,
        ));
    }

    fn transmit(&mut self, flow: FlowId, bytes: Vec<u8>) {
        let Some(outgoing) = self.flows.get(&flow) else {
            tracing::debug!(?flow, "bytes for a flow that is gone");
            return;
        };
        if outgoing.try_send(bytes).is_err() {
            // The peer has not read for a whole queue of messages, or the task has ended and its
            // own report is on the way. The core hears of it once.
            self.flows.remove(&flow);
            let error = FlowError::Broken("the other side has stopped reading".into());
            self.core
                .handle_input(Instant::now(), Input::FlowClosed { flow, error });
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn flow_of(input: &Input) -> FlowId {
    match input {
        Input::FlowOpened { flow, .. }
        | Input::FlowFailed { flow, .. }
        | Input::Received { flow, .. }
        | Input::FlowClosed { flow, .. } => *flow,
        Input::Timeout => FlowId(0),
    }
}

/// Reads waiting for the driver, all flows together; a full queue stops reading, which is TCP's own
/// way of slowing a peer down.
const ARRIVALS: usize = 256;
