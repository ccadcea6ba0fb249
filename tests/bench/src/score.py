"""What a listener makes of recordings: PESQ (ITU-T P.862) and where each utterance was heard.

Standard input is a JSON object: `rate_hz`, 8000 for narrow band and 16000 for wide band (P.862.2);
`reference`, a WAV file at that rate; `utterances`, pairs of begin and length in its samples; and
`recordings`, WAV files at that rate or a multiple. Standard output is a list with an object for each
recording: the `scores` of the utterances, and for each the sample of the recording (at `rate_hz`, with
a fraction) at which it begins.
"""
import json
import sys
import wave

import numpy
import pesq


def read(path, rate):
    """The samples of a file, brought down to `rate` by cutting the spectrum off."""
    with wave.open(path) as file:
        step = file.getframerate() // rate
        samples = numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    if step == 1:
        return samples
    spectrum = numpy.fft.rfft(samples[: len(samples) // (2 * step) * 2 * step])
    count = len(samples) // (2 * step) * 2
    return numpy.fft.irfft(spectrum[: count // 2 + 1], count) / step


def find(words, sound):
    """Where in the sound the words begin: where the two correlate best."""
    size = 1 << (len(words) + len(sound)).bit_length()
    spectrum = numpy.fft.rfft(sound, size) * numpy.conj(numpy.fft.rfft(words, size))
    return int(numpy.argmax(numpy.fft.irfft(spectrum, size)[: len(sound)]))


def place(words, sound, rate):
    """The median of where the parts of an utterance are heard, in the time of its beginning.

    A phone may stretch sound, so parts of half a second are looked for, near where the whole is.
    """
    begin = find(words, sound)
    part, room = rate // 2, rate // 4
    places = []
    for at in range(0, len(words) - part, part):
        loud = numpy.mean(words[at : at + part] ** 2) > numpy.mean(words**2) / 4
        low = begin + at - room
        if loud and low >= 0:
            near = sound[low : low + part + 2 * room]
            places.append(low - at + find(words[at : at + part], near))
    return begin, float(numpy.median(places)) if places else float(begin)


def judge(reference, sound, utterances, rate):
    margin = rate // 5
    scores, begins = [], []
    for begin, length in utterances:
        at, heard_at = place(reference[begin : begin + length], sound, rate)
        begins.append(heard_at)
        original = reference[begin - margin : begin + length + margin]
        heard = sound[max(0, at - margin) : at + length + margin]
        mode = "nb" if rate == 8000 else "wb"
        scores.append(score(rate, original, heard, mode))
    return {"scores": scores, "begins": begins}


def score(rate, original, heard, mode):
    """PESQ, or its floor for silence, which the package refuses or cannot compute."""
    whole = lambda samples: numpy.clip(samples, -32768, 32767).astype("int16")
    try:
        return float(pesq.pesq(rate, whole(original), whole(heard), mode))
    except (pesq.NoUtterancesError, ValueError):
        return 1.0


task = json.load(sys.stdin)
rate = task["rate_hz"]
reference = read(task["reference"], rate)
sounds = (read(path, rate) for path in task["recordings"])
json.dump([judge(reference, sound, task["utterances"], rate) for sound in sounds], sys.stdout)
