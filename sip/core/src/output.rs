//! What a SIP core asks of the outside world, and the contract between the two.

use std::time::Instant;

use crate::input::{FlowId, FlowTarget, Input};
use crate::locate::Question;

/// One thing that the core wants done.
#[derive(Debug, Clone)]
pub enum Output<E> {
    /// Look something up; the answer is [`Input::LookedUp`], within seconds and whatever happens.
    Lookup(Question),
    /// Open a flow; the answer is [`Input::FlowOpened`] or [`Input::FlowFailed`].
    OpenFlow { flow: FlowId, target: FlowTarget },
    /// Send bytes on an open flow, in order.
    Transmit { flow: FlowId, bytes: Vec<u8> },
    /// Close a flow once what was transmitted before is sent.
    CloseFlow { flow: FlowId },
    /// Tell the owner of the core.
    Event(E),
    /// Nothing more to do now. Call with [`Input::Timeout`] at this instant; `None` means that no
    /// timer runs.
    Timeout(Option<Instant>),
}

/// A protocol core without I/O: the phone's user agent and the voicemail server's switch are both
/// one, so the same driver loop and the same virtual-time harness serve them.
pub trait Core {
    type Event;

    /// Takes one input. Bytes from the network never make this fail or panic.
    fn handle_input(&mut self, now: Instant, input: Input);

    /// Returns the next output. Call until it returns [`Output::Timeout`].
    fn poll_output(&mut self) -> Output<Self::Event>;
}
