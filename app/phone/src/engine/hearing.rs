//! How calls sound: their figures, their seconds, and what is wrong with them.

use hark_audio::Role;
use hark_media::{MediaStats, SoundSecond, SoundTrouble, TroubleChange};

use super::Engine;
use crate::event::Event;
use crate::quality;
use crate::snapshot::{CallId, MediaTotals, MediaView, Quality, TroubleView};
use crate::words;

impl Engine {
    pub(super) fn on_stats(&mut self, id: CallId, stats: &MediaStats) {
        let Some(media) = self.media_of(id) else {
            return;
        };
        media.loss_percent = stats.loss_percent;
        media.late_percent = stats.late_percent;
        media.jitter = stats.jitter;
        media.playout_delay = stats.playout_delay;
        media.delay = stats.delay;
        media.round_trip = stats.round_trip;
        media.rating = stats.rating;
        media.quality = stats
            .rating
            .map_or(Quality::Good, |rating| Quality::of(rating.r_factor));
        media.peer_loss_percent = stats.peer_loss_percent;
        media.peer = stats.peer_metrics;
        media.totals = MediaTotals {
            received: stats.packets_received,
            lost: stats.packets_lost,
            late: stats.packets_late,
            sent: stats.packets_sent,
            concealed: stats.concealed,
        };
        media.speaker_level = stats.speaker_level;
        media.microphone_level = stats.microphone_level;
    }

    pub(super) fn on_second(&mut self, id: CallId, second: SoundSecond) {
        if let Some(media) = self.media_of(id) {
            media.seconds = quality::minute(&media.seconds, second);
        }
    }

    pub(super) fn tell_quality(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return self.complain(words::no_such_call(id));
        };
        let Some(media) = &call.view.media else {
            return self.complain(words::not_connected().into());
        };
        let media = Box::new(media.clone());
        self.face.tell(Event::Quality { call: id, media });
    }

    pub(super) fn on_trouble(&mut self, id: CallId, change: TroubleChange) {
        match change {
            // That there is no microphone is told already, with what to do about it.
            TroubleChange::Began(SoundTrouble::SilentMicrophone)
                if self.misses_device(Role::Microphone) => {}
            TroubleChange::Began(trouble) => self.begin_trouble(id, trouble),
            TroubleChange::Ended(trouble) => self.end_trouble(id, trouble),
        }
    }

    fn begin_trouble(&mut self, id: CallId, trouble: SoundTrouble) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let text = words::sound_trouble(trouble, &call.view.title);
        call.view.troubles.push(TroubleView {
            trouble,
            text: text.clone(),
        });
        self.face.tell(Event::SoundTrouble {
            call: id,
            trouble,
            text: Some(text),
        });
    }

    fn end_trouble(&mut self, id: CallId, trouble: SoundTrouble) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let shown = call.view.troubles.len();
        call.view.troubles.retain(|view| view.trouble != trouble);
        if call.view.troubles.len() < shown {
            self.face.tell(Event::SoundTrouble {
                call: id,
                trouble,
                text: None,
            });
        }
    }

    fn media_of(&mut self, id: CallId) -> Option<&mut MediaView> {
        self.calls.get_mut(&id)?.view.media.as_mut()
    }
}
