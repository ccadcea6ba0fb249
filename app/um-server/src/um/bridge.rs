//! Carries sound between the two calls of a call-back.

use tokio::sync::mpsc;

/// One end: what this side says goes in, what the other side says comes out.
#[derive(Debug)]
pub(crate) struct Bridge {
    to_other: mpsc::Sender<Vec<i16>>,
    from_other: mpsc::Receiver<Vec<i16>>,
}

impl Bridge {
    /// Both ends of a new bridge.
    pub fn pair() -> (Self, Self) {
        let (to_right, from_left) = mpsc::channel(FRAMES);
        let (to_left, from_right) = mpsc::channel(FRAMES);
        let left = Self {
            to_other: to_right,
            from_other: from_right,
        };
        let right = Self {
            to_other: to_left,
            from_other: from_left,
        };
        (left, right)
    }

    /// Hands 10 ms over and fetches 10 ms of the other side, silence if there are none. Both ends
    /// run on the clock of this machine; what one side has too much by a late tick is dropped.
    pub fn carry(&mut self, heard: &[i16], speak: &mut [i16]) {
        let _ = self.to_other.try_send(heard.to_vec());
        if let Ok(frame) = self.from_other.try_recv() {
            let count = frame.len().min(speak.len());
            if let (Some(to), Some(from)) = (speak.get_mut(..count), frame.get(..count)) {
                to.copy_from_slice(from);
            }
        }
    }
}

/// 60 ms: enough for late ticks, too little to be heard as delay.
const FRAMES: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_hears_the_other_and_late_frames_do_not_pile_up() {
        let (mut left, mut right) = Bridge::pair();
        let mut heard = [0; 2];
        left.carry(&[1, 2], &mut heard);
        assert_eq!(heard, [0, 0]);
        right.carry(&[3, 4], &mut heard);
        assert_eq!(heard, [1, 2]);
        left.carry(&[5, 6], &mut heard);
        assert_eq!(heard, [3, 4]);

        let mut silence = [0; 2];
        for number in 0..20 {
            left.carry(&[number, 0], &mut silence);
        }
        let mut waiting = 0;
        let mut last = [0; 2];
        loop {
            heard.fill(-1);
            right.carry(&[0, 0], &mut heard);
            if heard == [-1, -1] {
                break;
            }
            last = heard;
            waiting += 1;
        }
        assert_eq!(waiting, FRAMES);
        assert_eq!(last, [4, 0]);
    }
}
