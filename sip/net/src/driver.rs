//! The loop that turns a core's outputs into I/O and I/O into its inputs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hark_sip::locate::Question;
use hark_sip::{Core, FlowError, FlowId, FlowInfo, FlowTarget, Input, Output};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use crate::connect::Connector;
use crate::findings::Findings;
use crate::flow::{self, Arrival};
use crate::guests::{self, Guests, Welcome};
use crate::listen::{self, Accepted, Listener};
use crate::queue::{Outgoing, queue};
use crate::surroundings::Surroundings;

/// Owns a core, its flows and the clock, which goes on while the machine sleeps. Must live inside a tokio runtime.
pub struct Driver<C: Core> {
    core: C,
    connector: Connector,
    /// Every flow that the core may still use.
    flows: BTreeMap<FlowId, Flow>,
    guests: Guests,
    /// The number of the next flow that a listener opens.
    next_accepted: FlowId,
    events: VecDeque<C::Event>,
    deadline: Option<Instant>,
    surroundings: Surroundings,
    findings: Arc<Findings>,
    /// When flows that no route leads to are given up.
    patience: Option<Instant>,
    arrivals: mpsc::Receiver<Arrival>,
    arrivals_in: mpsc::Sender<Arrival>,
    /// Ends with the driver: dropping it aborts the tasks of all flows and listeners.
    tasks: JoinSet<()>,
    listeners: JoinSet<()>,
}

/// One flow as the driver sees it.
struct Flow {
    outgoing: Outgoing,
    task: AbortHandle,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Opening,
    Open(FlowInfo),
}

impl<C: Core> Driver<C> {
    pub fn new(core: C, connector: Connector) -> Self {
        Self::with_surroundings(core, connector, Surroundings::of_this_machine())
    }

    /// A driver with other ears for what happens to this machine.
    pub fn with_surroundings(core: C, connector: Connector, surroundings: Surroundings) -> Self {
        let (arrivals_in, arrivals) = mpsc::channel(ARRIVALS);
        Self {
            core,
            connector,
            flows: BTreeMap::new(),
            guests: Guests::new(guests::capacity()),
            next_accepted: FlowId::FIRST_ACCEPTED,
            events: VecDeque::new(),
            deadline: None,
            surroundings,
            findings: Arc::default(),
            patience: None,
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

    /// What was learned on the way to the servers. The same piece of memory as long as it stays the
    /// same.
    pub fn findings(&self) -> &Arc<Findings> {
        &self.findings
    }

    /// An instant of this driver's clock, which goes on while the machine sleeps, on the clock of
    /// everybody else.
    pub fn awake(&self, instant: Instant) -> Instant {
        self.surroundings.awake(instant)
    }

    /// Runs a command on the core and carries out what it asks for.
    pub fn command<R>(&mut self, command: impl FnOnce(&mut C, Instant) -> R) -> R {
        let result = command(&mut self.core, self.surroundings.now());
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
            let deadline = self.next_deadline();
            tokio::select! {
                arrival = self.arrivals.recv() => {
                    if let Some(arrival) = arrival {
                        self.take(arrival);
                    }
                }
                () = until(deadline) => self.on_deadline(),
                () = self.surroundings.disturbed() => self.look_around(),
            }
            while self.tasks.try_join_next().is_some() {}
        }
    }

    /// Sends what is queued, closes every flow in order and waits for that, `limit` at most.
    pub async fn close(mut self, limit: Duration) {
        self.listeners.abort_all();
        for flow in self.flows.keys().copied().collect::<Vec<_>>() {
            self.close_flow(flow);
        }
        drop(self.arrivals);
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        // A peer that does not read must not hold up the end of the program.
        let _ = tokio::time::timeout(limit, drained).await;
    }

    /// The core's next deadline, or the end of our own patience, on the clock of the runtime.
    fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [self.deadline, self.patience, self.guests.next_deadline()];
        let next = deadlines.into_iter().flatten().min()?;
        Some(self.surroundings.awake(next))
    }

    fn on_deadline(&mut self) {
        let now = self.surroundings.now();
        for flow in self.guests.overdue(now) {
            self.give_up(flow, FlowError::Silent);
        }
        self.flush();
        if self.patience.is_some_and(|patience| patience <= now) {
            self.follow_routes();
        }
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.input(Input::Timeout);
        }
    }

    /// The network may have changed, or it is time to look whether the machine has slept.
    fn look_around(&mut self) {
        let slept = self.surroundings.has_slept();
        let moved = self.surroundings.has_moved();
        if slept || moved {
            tracing::info!(slept, moved, "the surroundings have changed");
            self.connector.resolver.forget();
            self.follow_routes();
        }
    }

    /// Gives up the flows that start from an address which does not lead there any more, and asks
    /// the core to look after the others. A way that is gone may be back in a moment.
    fn follow_routes(&mut self) {
        let now = self.surroundings.now();
        let patient = self.patience.is_none_or(|patience| now < patience);
        let (mut lost, mut waits) = (Vec::new(), false);
        for (flow, own) in &self.flows {
            let Stage::Open(info) = own.stage else {
                continue;
            };
            match self.surroundings.source_to(info.remote) {
                _ if *flow >= FlowId::FIRST_ACCEPTED => {}
                Some(source) if source == info.local.ip() => {}
                None if patient => waits = true,
                Some(_) | None => lost.push(*flow),
            }
        }
        let begun = self.patience.filter(|_| waits);
        self.patience = waits.then(|| begun.unwrap_or(now + PATIENCE));
        for flow in &lost {
            self.give_up(*flow, FlowError::NetworkChanged);
        }
        if lost.is_empty() && !waits {
            self.core.handle_input(now, Input::Disturbed);
        }
        self.flush();
    }

    /// Ends a flow from here and tells the core so.
    fn give_up(&mut self, flow: FlowId, error: FlowError) {
        self.guests.go(flow);
        if let Some(own) = self.flows.remove(&flow) {
            own.task.abort();
            let now = self.surroundings.now();
            self.core
                .handle_input(now, Input::FlowClosed { flow, error });
        }
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Accepted(accepted) => self.accept(accepted),
            Arrival::Tried(flow, attempts) => {
                Arc::make_mut(&mut self.findings).tried(flow, attempts);
            }
            Arrival::Input(input) => self.take_input(input),
        }
    }

    fn accept(&mut self, Accepted { info, stream }: Accepted) {
        let flow = self.next_accepted;
        self.next_accepted = FlowId(flow.0 + 1);
        match self.guests.come(self.surroundings.now(), flow) {
            Welcome::ComeIn => {}
            Welcome::Replace(other) => self.give_up(other, FlowError::Silent),
            Welcome::Full => return tracing::warn!("there is no room for another connection"),
        }
        let (outgoing, queue) = queue();
        let carry = flow::carry(flow, stream, self.arrivals_in.clone(), queue);
        let task = self.tasks.spawn(carry);
        self.flows.insert(
            flow,
            Flow {
                outgoing,
                task,
                stage: Stage::Open(info),
            },
        );
        self.input(Input::FlowOpened { flow, info });
    }

    fn take_input(&mut self, input: Input) {
        match &input {
            // The core has closed this flow; what still arrives on it concerns nobody.
            Input::FlowOpened { flow, info } => match self.flows.get_mut(flow) {
                Some(open) => open.stage = Stage::Open(*info),
                None => return,
            },
            Input::Received { flow, .. } | Input::FlowSecuring { flow }
                if !self.flows.contains_key(flow) =>
            {
                return;
            }
            Input::FlowFailed { flow, .. } | Input::FlowClosed { flow, .. } => {
                self.guests.go(*flow);
                if self.flows.remove(flow).is_none() {
                    return;
                }
            }
            Input::LookedUp { question, answer } => {
                let findings = Arc::make_mut(&mut self.findings);
                findings.looked_up(question.clone(), answer.clone());
            }
            Input::Received { .. }
            | Input::FlowSecuring { .. }
            | Input::Disturbed
            | Input::Timeout => {}
        }
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        self.core.handle_input(self.surroundings.now(), input);
        self.flush();
    }

    /// Drains the core: mutate once, then poll until it names its next deadline.
    fn flush(&mut self) {
        loop {
            match self.core.poll_output() {
                Output::Lookup(question) => self.look_up(question),
                Output::OpenFlow { flow, target } => self.open(flow, target),
                Output::Transmit { flow, bytes } => self.transmit(flow, bytes),
                Output::CloseFlow { flow } => self.close_flow(flow),
                Output::Event(event) => self.events.push_back(event),
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
            }
        }
    }

    fn look_up(&mut self, question: Question) {
        let (resolver, arrivals) = (self.connector.resolver.clone(), self.arrivals_in.clone());
        self.tasks.spawn(async move {
            let answer = resolver.answer(&question).await;
            let looked_up = Input::LookedUp { question, answer };
            // A driver that is gone needs no answer.
            let _ = arrivals.send(Arrival::Input(looked_up)).await;
        });
    }

    fn open(&mut self, flow: FlowId, target: FlowTarget) {
        self.surroundings.watch(&target.addresses);
        Arc::make_mut(&mut self.findings).begin(flow, target.clone());
        let (outgoing, queue) = queue();
        let (connector, arrivals) = (self.connector.clone(), self.arrivals_in.clone());
        let task = self
            .tasks
            .spawn(flow::open(flow, target, connector, arrivals, queue));
        self.flows.insert(
            flow,
            Flow {
                outgoing,
                task,
                stage: Stage::Opening,
            },
        );
    }

    fn transmit(&mut self, flow: FlowId, bytes: Vec<u8>) {
        let Some(open) = self.flows.get(&flow) else {
            tracing::debug!(?flow, "bytes for a flow that is gone");
            return;
        };
        self.guests.answer(self.surroundings.now(), flow);
        if open.outgoing.send(bytes).is_err() {
            // Its task waits for the peer and would do so for long.
            self.give_up(flow, flow::stuck());
        }
    }

    /// An open flow ends once its queue is sent. One that is being opened has nothing to send.
    fn close_flow(&mut self, flow: FlowId) {
        self.guests.go(flow);
        if let Some(closing) = self.flows.remove(&flow)
            && closing.stage == Stage::Opening
        {
            closing.task.abort();
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// How long the way to a server may be gone before its flow is given up: the time in which a
/// notebook changes from one access point to the next.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads waiting for the driver, all flows together; a full queue stops reading, which is TCP's own
/// way of slowing a peer down.
const ARRIVALS: usize = 256;
