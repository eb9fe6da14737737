"""Sound tracks: copied as they are where the file can hold them, else encoded, in step and without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import pytest

from tests.clips import heard_from_s
from tests.films import Tone, copy, flash_s, loudness, sound_codecs, sound_hash, write_film

if TYPE_CHECKING:
    from pathlib import Path

IN_STEP_S = 0.02


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("codec", "source", "target", "expected"),
    [
        ("libmp3lame", "in.avi", "out.mp4", "mp3"),
        ("libmp3lame", "in.mov", "out.mkv", "mp3"),
        ("libmp3lame", "in.mp4", "out.mov", "mp3"),
        ("dts", "in.mkv", "out.mp4", "dts"),
        ("dts", "in.mkv", "out.mov", "dts"),
        ("mp2", "in.mpg", "out.mkv", "mp2"),
        ("ac3", "in.ts", "out.mov", "ac3"),
        ("eac3", "in.mkv", "out.mp4", "eac3"),
        ("alac", "in.mov", "out.mkv", "alac"),
        ("flac", "in.mkv", "out.mp4", "flac"),
        ("libopus", "in.webm", "out.mp4", "opus"),
        ("pcm_s24le", "in.mov", "out.mkv", "pcm_s24le"),
        ("pcm_s16be", "in.mov", "out.mov", "pcm_s16be"),
        ("vorbis", "in.mkv", "out.webm", "vorbis"),
    ],
)
def test_sound_that_the_file_can_hold_is_copied(
    tmp_path: Path, codec: str, source: str, target: str, expected: str
) -> None:
    write_film(tmp_path / source, Tone(codec))
    assert copy(tmp_path / source, tmp_path / target) == []
    assert sound_codecs(tmp_path / target) == [expected]
    assert sound_hash(tmp_path / target) == sound_hash(tmp_path / source)


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("codec", "source", "target", "expected"),
    [
        ("pcm_s16le", "in.mkv", ".mp4", "aac"),
        ("wmav2", "in.wmv", ".mkv", "aac"),
        ("adpcm_ima_wav", "in.avi", ".mp4", "aac"),
        ("libopus", "in.mkv", ".mov", "aac"),
        ("ac3", "in.mkv", ".webm", "opus"),
    ],
)
def test_sound_that_the_file_cannot_hold_is_encoded_and_told(
    tmp_path: Path, codec: str, source: str, target: str, expected: str
) -> None:
    write_film(tmp_path / source, Tone(codec, from_s=0.52), flash_s=0.52)
    name = sound_codecs(tmp_path / source)[0]
    out = tmp_path / f"out{target}"
    assert copy(tmp_path / source, out) == [
        f"The sound was encoded as {expected}, because {target} cannot hold {name}."
    ]
    assert sound_codecs(out) == [expected]
    assert heard_from_s(out) == pytest.approx(flash_s(out), abs=IN_STEP_S)


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".webm"])
@pytest.mark.parametrize(
    ("source", "codec", "rate_hz"),
    [
        ("in.avi", "mp2", 44100),
        ("in.avi", "libmp3lame", 22050),
        ("in.avi", "pcm_s16le", 11025),
        ("in.flv", "libmp3lame", 44100),
        ("in.wmv", "wmav2", 44100),
        ("in.mpg", "mp2", 32000),
        ("in.3gp", "aac", 16000),
    ],
)
def test_files_with_coarse_times_keep_sound_in_step_to_the_end(
    tmp_path: Path, source: str, codec: str, rate_hz: int, target: str
) -> None:
    write_film(tmp_path / source, Tone(codec, rate_hz, "mono", from_s=0.52), flash_s=0.52)
    out = tmp_path / f"out{target}"
    copy(tmp_path / source, out)
    before = heard_from_s(tmp_path / source) - flash_s(tmp_path / source)
    assert heard_from_s(out) - flash_s(out) == pytest.approx(before, abs=IN_STEP_S)
    with av.open(str(out)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
        assert samples / container.streams.audio[0].rate == pytest.approx(2.0, abs=0.15)


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".webm"])
@pytest.mark.parametrize(
    ("codec", "first", "second"),
    [
        ("aac", ("mono", 48000), ("stereo", 48000)),
        ("aac", ("stereo", 48000), ("stereo", 44100)),
        ("ac3", ("5.1(side)", 48000), ("stereo", 48000)),
        ("libmp3lame", ("stereo", 44100), ("mono", 48000)),
    ],
)
def test_change_inside_a_track_keeps_the_sound_after_it(
    tmp_path: Path, codec: str, first: tuple[str, int], second: tuple[str, int], target: str
) -> None:
    parts = [
        write_film(tmp_path / f"{number}.ts", Tone(codec, rate, layout), offset_s=2.0 * number)
        for number, (layout, rate) in enumerate((first, second))
    ]
    joined = tmp_path / "joined.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    out = tmp_path / f"out{target}"
    copy(joined, out)
    loud = loudness(out)
    assert min(loud.get(number, 0.0) for number in (*range(3, 17), *range(24, 37))) > 0.15


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".mov", ".webm"])
@pytest.mark.parametrize(
    ("source", "codecs"), [("in.mkv", ["ac3"]), ("in.mp4", ["aac"]), ("in.mkv", ["aac", "flac", "eac3"])]
)
def test_declared_tracks_without_sound_are_left_out_and_told(
    tmp_path: Path, source: str, codecs: list[str], target: str
) -> None:
    tones = [Tone("aac", is_empty=len(codecs) == 1), *(Tone(codec, is_empty=True) for codec in codecs)]
    write_film(tmp_path / source, *tones)
    out = tmp_path / f"out{target}"
    notes = copy(tmp_path / source, out)
    heard = [tone for tone in tones if not tone.is_empty]
    assert len(sound_codecs(out)) == len(heard)
    with av.open(str(tmp_path / source)) as container:  # MP4 itself leaves an empty track out.
        declared = len(container.streams.audio)
    assert sum("is empty and was left out" in note for note in notes) == declared - len(heard)


@pytest.mark.slow_after_first
@pytest.mark.parametrize(("source", "target"), [("in.mkv", ".mp4"), ("in.mkv", ".mkv"), ("in.mp4", ".mov")])
def test_tracks_keep_language_title_and_use(tmp_path: Path, source: str, target: str) -> None:
    dispositions = av.stream.Disposition
    write_film(
        tmp_path / source,
        Tone("aac", tags={"language": "ger", "title": "Deutsch"}, disposition=0),
        Tone("ac3", tags={"language": "eng", "title": "Commentary"}, disposition=dispositions.default),
        Tone("libmp3lame", tags={"language": "fra"}, disposition=dispositions.hearing_impaired),
    )
    copy(tmp_path / source, tmp_path / f"out{target}")
    with av.open(str(tmp_path / f"out{target}")) as container:
        tracks = container.streams.audio
        assert [track.language for track in tracks] == ["ger", "eng", "fra"]
        assert [bool(track.disposition & dispositions.default) for track in tracks] == [False, True, False]
        key = "title" if target == ".mkv" else "handler_name"
        assert [track.metadata[key] for track in tracks[:2]] == ["Deutsch", "Commentary"]
        if (source, target) == ("in.mkv", ".mkv"):  # The others cannot say so.
            assert tracks[2].disposition & dispositions.hearing_impaired


@pytest.mark.slow_after_first
@pytest.mark.parametrize("codec", ["pcm_s16le", "aac", "libmp3lame"])
@pytest.mark.parametrize("target", [".mp4", ".webm"])
def test_gap_in_the_sound_becomes_silence_of_its_length(tmp_path: Path, codec: str, target: str) -> None:
    write_film(tmp_path / "in.mkv", Tone(codec, gaps_s=((0.6, 1.2),)))
    out = tmp_path / f"out{target}"
    copy(tmp_path / "in.mkv", out)
    loud = loudness(out)
    assert min(loud[number] for number in (2, 3, 4, 14, 15, 16)) > 0.15
    assert max(loud.get(number, 0.0) for number in (8, 9, 10)) < 0.05


@pytest.mark.slow_after_first
@pytest.mark.parametrize("target", [".mp4", ".mkv", ".mov", ".webm"])
@pytest.mark.parametrize(
    ("starts_s", "to_s"), [(0.0, 3.0), (0.0, 1.0), (0.4, 2.0), (1.0, 2.5)], ids=lambda value: str(value)
)
def test_sound_of_another_length_than_the_picture_stays_in_step(
    tmp_path: Path, starts_s: float, to_s: float, target: str
) -> None:
    begins_s = max(0.52, starts_s)
    tone = Tone("pcm_s16le", starts_s=starts_s, from_s=begins_s, to_s=to_s)
    write_film(tmp_path / "in.mov", tone, flash_s=begins_s)
    out = tmp_path / f"out{target}"
    copy(tmp_path / "in.mov", out)
    assert heard_from_s(out) == pytest.approx(flash_s(out), abs=IN_STEP_S)
    with av.open(str(out)) as container:
        start_s = (container.start_time or 0) / av.time_base
        last = list(container.decode(audio=0))[-1]
    end_s = (last.time or 0.0) + last.samples / last.sample_rate
    assert end_s - max(0.0, start_s) == pytest.approx(to_s, abs=0.06)


@pytest.mark.parametrize(("codec", "target"), [("flac", ".webm"), ("ac3", ".webm"), ("libmp3lame", ".webm")])
def test_track_that_cannot_be_decoded_is_told_and_the_picture_kept(
    tmp_path: Path, codec: str, target: str
) -> None:
    source = write_film(tmp_path / "in.mkv", Tone(codec))
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        for packet in container.demux(audio=0):
            if packet.pos:
                at = data.find(bytes(packet), packet.pos)
                data[at : at + packet.size] = b"\x55" * packet.size
    source.write_bytes(data)
    notes = copy(source, tmp_path / f"out{target}")
    assert notes[-1] == "The sound could not be decoded."
    with av.open(str(tmp_path / f"out{target}")) as container:
        assert len(list(container.decode(video=0))) == 50
