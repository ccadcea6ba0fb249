//! Sound for packets that did not come.

use super::pitch;

/// Remembers the last sounds and continues them.
#[derive(Debug)]
pub(super) struct Concealer {
    history: Vec<f32>,
    /// Samples extrapolated since the last received one.
    gap: usize,
    lag: usize,
    position: usize,
}

impl Default for Concealer {
    fn default() -> Self {
        Self {
            history: vec![0.0; HISTORY],
            gap: 0,
            lag: 40,
            position: 0,
        }
    }
}

impl Concealer {
    pub(super) fn gap(&self) -> usize {
        self.gap
    }

    pub(super) fn heard(&mut self, samples: &[f32]) {
        self.gap = 0;
        self.remember(samples);
    }

    fn remember(&mut self, samples: &[f32]) {
        self.history.extend_from_slice(samples);
        let excess = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..excess);
    }

    pub(super) fn extrapolate(&mut self, out: &mut [f32]) {
        if self.gap == 0 {
            self.lag = pitch::at_end(&self.history, 160).lag;
        }
        let mut made = Vec::new();
        for slot in out.iter_mut() {
            let gain = 1.0 - (self.gap as f32 - 80.0).max(0.0) / 400.0;
            let all = self.history.len();
            let source = if made.len() < self.lag {
                self.history[all - self.lag + made.len()]
            } else {
                made[made.len() - self.lag]
            };
            made.push(source);
            *slot = source * gain.max(0.0);
            self.gap += 1;
        }
        self.remember(&made);
    }

    pub(super) fn bridge(&mut self, out: &mut [f32], future: &[f32]) {
        let _ = future;
        self.extrapolate(out);
    }

    pub(super) fn recover(&mut self, chunk: &mut [f32]) {
        if self.gap == 0 {
            return;
        }
        let mut tail = vec![0.0; 40];
        self.extrapolate(&mut tail);
        for (n, (to, from)) in chunk.iter_mut().zip(&tail).enumerate() {
            let share = n as f32 / 40.0;
            *to = *to * share + *from * (1.0 - share);
        }
    }
}

const HISTORY: usize = 640;
