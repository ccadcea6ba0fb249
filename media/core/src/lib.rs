//! Sans-IO media: SDP, RTP, SRTP, jitter buffer, codecs, digits, tones.
