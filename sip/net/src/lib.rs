//! SIP over TCP and TLS: flows, name resolution, the driver loop.
