//! The embedded voicemail server: registrar, routing and Unified Messaging.
