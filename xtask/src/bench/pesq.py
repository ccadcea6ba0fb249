"""Mean narrow-band PESQ of utterances: REFERENCE.wav DEGRADED.wav BEGIN:LENGTH...

BEGIN and LENGTH count samples of the reference. The degraded file may begin earlier or later and may
have another rate that is a multiple of 8 kHz.
"""
import sys
import wave

import numpy
import pesq

RATE = 8000
MARGIN = RATE // 5


def read(path):
    with wave.open(path) as file:
        step = file.getframerate() // RATE
        samples = numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return samples[: len(samples) // step * step].reshape(-1, step).mean(axis=1)


def delay(reference, degraded):
    """By how many samples the degraded sound lags, from where the two correlate best."""
    size = 1 << (len(reference) + len(degraded)).bit_length()
    spectrum = numpy.fft.rfft(degraded, size) * numpy.conj(numpy.fft.rfft(reference, size))
    best = int(numpy.argmax(numpy.fft.irfft(spectrum, size)))
    return best if best < size // 2 else best - size


reference, degraded = read(sys.argv[1]), read(sys.argv[2])
lag = delay(reference, degraded)
scores = []
for utterance in sys.argv[3:]:
    begin, length = map(int, utterance.split(":"))
    original = reference[begin - MARGIN : begin + length + MARGIN]
    heard = degraded[max(0, begin - MARGIN + lag) : begin + length + MARGIN + lag]
    scores.append(pesq.pesq(RATE, original.astype("int16"), heard.astype("int16"), "nb"))
print(sum(scores) / len(scores))
