//! Descriptions on their way to the engine: at once, or when the servers of ICE have said where the
//! call can be reached.

use std::time::Instant;

use hark_media::Direction;

use super::leg::{Leg, PathNews};
use super::thread::MediaThread;
use super::{MediaError, MediaReport, Place, Purpose};
use crate::snapshot::CallId;

/// A description that waits for the servers.
#[derive(Debug)]
pub(super) enum Wish {
    Offer,
    Answer(Vec<u8>),
    OfferAgain(Direction),
}

impl Wish {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Offer => Purpose::Offer,
            Self::Answer(_) => Purpose::Answer,
            Self::OfferAgain(_) => Purpose::OfferAgain,
        }
    }
}

impl MediaThread {
    /// Opens the sockets of a new call and describes them.
    pub(super) async fn begin(&mut self, call: CallId, place: Place, wish: Wish) {
        match Leg::open(place).await {
            Ok(leg) => {
                self.legs.insert(call, leg);
                self.wish(call, wish);
            }
            Err(error) => self.describe(call, wish.purpose(), Err(error)),
        }
    }

    /// Opens sockets elsewhere and offers them.
    pub(super) async fn move_leg(&mut self, call: CallId, place: Place, direction: Direction) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        match leg.move_to(place).await {
            Ok(()) => self.wish(call, Wish::OfferAgain(direction)),
            Err(error) => self.describe(call, Purpose::OfferAgain, Err(error)),
        }
    }

    fn wish(&mut self, call: CallId, wish: Wish) {
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.wish = Some(wish);
        }
        self.grant_wishes(Instant::now());
    }

    /// Makes the descriptions that need to wait no longer.
    pub(super) fn grant_wishes(&mut self, now: Instant) {
        let ready = |(&call, leg): (&CallId, &mut Leg)| {
            let wish = leg.wish.take()?;
            if leg.session.is_gathering(now) {
                leg.follow_relays();
                leg.session.tick(now);
                leg.flush();
                leg.wish = Some(wish);
                return None;
            }
            Some((call, wish))
        };
        let ready: Vec<(CallId, Wish)> = self.legs.iter_mut().filter_map(ready).collect();
        for (call, wish) in ready {
            self.grant(call, wish);
        }
    }

    fn grant(&mut self, call: CallId, wish: Wish) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        let purpose = wish.purpose();
        let described = match wish {
            Wish::Offer => Ok(leg.session.offer_again(Direction::SendReceive)),
            Wish::OfferAgain(direction) => Ok(leg.session.offer_again(direction)),
            Wish::Answer(offer) => leg.session.answer_again(&offer).map_err(MediaError::from),
        };
        let refused = described.is_err() && purpose == Purpose::Answer;
        self.describe(call, purpose, described);
        match purpose {
            Purpose::Answer if refused => drop(self.legs.remove(&call)),
            Purpose::Answer => self.report_agreement(call),
            Purpose::Offer | Purpose::PeerAnswer | Purpose::OfferAgain | Purpose::AnswerAgain => {}
        }
    }

    pub(super) fn tell_of_paths(&mut self) {
        let mut reports = Vec::new();
        for (&call, leg) in &mut self.legs {
            let news = leg.take_path_news().into_iter();
            reports.extend(news.map(|news| match news {
                PathNews::NoPath => MediaReport::NoPath { call },
                PathNews::RelayRefused => MediaReport::RelayRefused { call },
            }));
        }
        reports.into_iter().for_each(|report| self.report(report));
    }

    pub(super) fn tell_of_new_keys(&mut self) {
        let keyed: Vec<CallId> = self.legs.iter_mut().filter_map(Leg::got_keys).collect();
        for call in keyed {
            self.report_agreement(call);
        }
    }

    pub(super) fn describe(
        &self,
        call: CallId,
        purpose: Purpose,
        made: Result<Vec<u8>, MediaError>,
    ) {
        self.report(match made {
            Ok(sdp) => MediaReport::Described { call, purpose, sdp },
            Err(error) => MediaReport::Failed {
                call,
                purpose,
                error,
            },
        });
    }
}
