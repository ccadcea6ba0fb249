//! Sound devices: choice, streams, rings, resampling, drift control, WAV sink and source.
