//! Calls that stand while the server restarts: both flows go at once, and come back one by one.

use std::time::Duration;

use hark_sip::CallId;

use crate::reference::{Command, Phase};
use crate::world::World;

impl World {
    /// Has one side call the other, and the other answer.
    pub(crate) fn place_calls(&mut self, count: usize) {
        for _ in 0..count {
            self.invite(0);
        }
        self.run_for(Duration::from_secs(5));
        let ringing: Vec<CallId> = self.ends[1].owner.live().collect();
        for call in ringing {
            self.ask(1, call, Command::Answer);
        }
        self.run_for(Duration::from_secs(5));
        self.check_that_so_many_stand(count);
    }

    /// Owners hold and resume, and accept what the others want.
    pub(crate) fn change_something(&mut self) {
        for _ in 0..self.draw(40) {
            let side = self.draw(2) as usize;
            let live: Vec<CallId> = self.ends[side].owner.live().collect();
            let at = self.draw(live.len() as u64) as usize;
            if self.draw(4) == 0 {
                self.ask(side, live[at], Command::Modify);
            }
            self.answer_offers(side);
            self.happen();
        }
    }

    /// Both flows are cut at this moment.
    pub(crate) fn restart_server(&mut self) {
        self.cut(0);
        self.cut(1);
        let pause = self.draw(10_000);
        self.run_for(Duration::from_millis(pause));
    }

    /// No call was lost on either side, and no other one is there. A call that was called anew in
    /// its own place has another number on the side that was called.
    pub(crate) fn check_that_so_many_stand(&self, count: usize) {
        for end in &self.ends {
            let all = end.owner.calls.values();
            let up = all.filter(|call| call.phase == Phase::Up).count();
            assert_eq!(up, count);
        }
    }
}
