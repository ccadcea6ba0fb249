"""Makes the files beside it anew with FFmpeg's codec: python3 make.py (needs ffmpeg).

sound.s16           speech, silence, tones, noise and full scale; 16 kHz, 16 bit, little endian
sound.g722          what FFmpeg encodes it to
any-octets.g722     octets by chance, as no encoder makes them
*-decoded.s16       what FFmpeg decodes the two to
"""

import array
import math
import pathlib
import random
import subprocess

RATE_HZ = 16_000
HERE = pathlib.Path(__file__).parent
VOICE = HERE.parents[3] / "assets/prompts/en/deposit.instructions.ogg"
PCM = ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1"]
DICE = random.Random(722)


def ffmpeg(*arguments):
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def tone(hz, level, seconds):
    count = int(RATE_HZ * seconds)
    return [round(level * math.sin(math.tau * hz * n / RATE_HZ)) for n in range(count)]


def sweep(seconds):
    count = int(RATE_HZ * seconds)
    return [round(9_000 * math.sin(math.pi * 7_900 * n * n / count / RATE_HZ)) for n in range(count)]


def noise(level, seconds):
    return [DICE.randint(-level, level) for _ in range(int(RATE_HZ * seconds))]


def square(half_period, seconds):
    count = int(RATE_HZ * seconds)
    return [32_767 if n // half_period % 2 == 0 else -32_768 for n in range(count)]


def parts():
    yield array.array("h", ffmpeg("-i", VOICE, *PCM, "-"))[:RATE_HZ]
    yield [0] * 800
    yield tone(440, 12_000, 0.1)
    yield tone(3_950, 20_000, 0.1)
    yield sweep(0.3)
    yield [0] * 800
    yield noise(300, 0.1)
    yield noise(8_000, 0.1)
    yield noise(32_767, 0.2)
    yield tone(1_000, 32_767, 0.1)
    yield square(20, 0.1)
    yield square(3, 0.1)
    yield [32_767] * 800
    yield [-32_768] * 800
    yield [0] * 800


sound = array.array("h", [sample for part in parts() for sample in part])
(HERE / "sound.s16").write_bytes(sound.tobytes())
(HERE / "any-octets.g722").write_bytes(bytes(DICE.randrange(256) for _ in range(4_000)))
ffmpeg(*PCM, "-i", HERE / "sound.s16", "-f", "g722", HERE / "sound.g722")
for name in ("sound", "any-octets"):
    ffmpeg("-f", "g722", "-i", HERE / f"{name}.g722", "-f", "s16le", HERE / f"{name}-decoded.s16")
