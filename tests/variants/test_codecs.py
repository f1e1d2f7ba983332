"""What every codec promises: real bytes, the promised image, and one clear error for bad bytes."""

import copy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from aebench.coding.container import BadStream, Container, pack, payload_bytes, unpack
from tests.variants.codecs import CODECS, picture, tiles, trained

every_codec = pytest.mark.parametrize("name", CODECS)


@every_codec
def test_a_stream_gives_what_the_encoder_promised(name: str) -> None:
    codec, images = trained(name), tiles("chelsea.png", 9)
    found = codec.decompress(codec.compress(images))
    assert found.dtype == torch.uint8
    assert torch.equal(found, codec.reconstructed(images))


@every_codec
@pytest.mark.parametrize("sides", [(37, 53), (1, 3)])
def test_images_of_any_size_come_back_in_it(name: str, sides: tuple[int, int]) -> None:
    codec, image = trained(name), picture("chelsea.png", *sides)
    images = torch.cat([image, image.flip(3)])
    found = codec.decompress(codec.compress(images))
    assert found.shape == images.shape
    assert torch.equal(found, codec.reconstructed(images))


@every_codec
def test_images_in_several_chunks_come_back(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    codec, images = trained(name), tiles("chelsea.png", 7)
    monkeypatch.setattr(type(codec), "chunk_pixels", 3 * 32 * 32)
    stream = codec.compress(images)
    assert len(unpack(stream, codec.codec, codec.fingerprint()).payloads) == 3
    assert torch.equal(codec.decompress(stream), codec.reconstructed(images))


@pytest.mark.parametrize("name", sorted(set(CODECS) - {"walloc"}))  # has no entropy model
def test_a_payload_is_as_long_as_the_model_says(name: str) -> None:
    codec, image = trained(name, steps=200), picture("chelsea.png", 300, 451)
    bits = codec.model_bits(image).item()
    written = 8 * payload_bytes(codec.compress(image))
    assert 0.99 * bits - 64 <= written <= 1.01 * bits + 64, f"{written} bits, model {bits:.0f}"


@pytest.mark.parametrize("name", sorted(set(CODECS) - {"walloc", "vae-bits-back"}))
def test_the_models_bits_are_those_of_each_image(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec, images = trained(name), tiles("chelsea.png", 5)
    together = codec.model_bits(images)
    monkeypatch.setattr(type(codec), "chunk_pixels", 2 * 32 * 32)
    assert together.shape == (5,) and not together.requires_grad
    torch.testing.assert_close(codec.model_bits(images), together, rtol=1e-3, atol=1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@every_codec
def test_a_codec_on_cuda_writes_on_the_cpu(name: str) -> None:
    codec, images = trained(name), tiles("chelsea.png", 5)
    elsewhere = copy.deepcopy(codec).cuda()
    assert elsewhere.compress(images) == codec.compress(images)
    if name != "walloc":
        assert torch.equal(elsewhere.model_bits(images), codec.model_bits(images))


@every_codec
def test_reconstructions_are_those_of_encode_and_decode(name: str) -> None:
    codec, images = trained(name), tiles("chelsea.png", 4)
    with torch.no_grad():
        decoded = codec.decode(codec.encode(images / 255))
    if name == "vae-bits-back":  # its stream is lossless, its code is not
        return
    difference = (decoded * 255).round() - codec.reconstructed(images)
    assert difference.abs().max() <= 1


@every_codec
def test_a_damaged_stream_is_refused(name: str) -> None:
    codec = trained(name)
    stream = codec.compress(tiles("chelsea.png", 3))
    for bad in (b"", stream[:-1], stream[:20], stream + b"\0", b"AEB\x01" + bytes(40)):
        with pytest.raises(BadStream):
            codec.decompress(bad)
    for place in range(0, len(stream), max(1, len(stream) // 20)):
        altered = bytearray(stream)
        altered[place] ^= 0x55
        with pytest.raises(BadStream):
            codec.decompress(bytes(altered))


@every_codec
def test_a_payload_of_nonsense_is_refused_or_decoded(name: str) -> None:
    """With a right checksum, as only a hostile writer sends it."""
    codec, random = trained(name), np.random.default_rng(0)
    good = unpack(codec.compress(tiles("chelsea.png", 3)), codec.codec, codec.fingerprint())
    (payload,) = good.payloads
    others = [random.bytes(length) for length in (0, 1, 7, 64, len(payload))]
    for other in [*others, payload[: len(payload) // 2], payload + random.bytes(9)]:
        stream = pack(Container(good.codec, good.shape, good.fingerprint, (other,)))
        try:
            assert codec.decompress(stream).shape == good.shape
        except BadStream:
            pass


@every_codec
def test_the_stream_of_another_training_is_refused(name: str) -> None:
    stream = trained(name).compress(tiles("chelsea.png", 1))
    other = trained(name)
    parameters = [*other.parameters(), *other.buffers()]
    kept = parameters[0].flatten()[0].item()
    with torch.no_grad():
        parameters[0].flatten()[0] += 1
        with pytest.raises(BadStream, match="another"):
            other.decompress(stream)
        parameters[0].flatten()[0] = kept


@every_codec
def test_only_integers_with_the_datas_channels_are_compressed(name: str) -> None:
    for images in (torch.rand(1, 3, 32, 32), torch.zeros(1, 1, 32, 32, dtype=torch.uint8)):
        with pytest.raises(ValueError, match="accepted: uint8"):
            trained(name).compress(images)


ELSEWHERE = """
import sys, torch
from pathlib import Path
from safetensors.torch import load_file, save_file
from tests.variants.codecs import CODECS, untrained
folder = Path(sys.argv[1])
for name in CODECS:
    model = untrained(name)
    model.load_state_dict(load_file(folder / f"{name}.model"))
    torch.set_num_threads(2)
    images = load_file(folder / f"{name}.images")["images"]
    stream = (folder / f"{name}.stream").read_bytes()
    assert model.compress(images) == stream, name
    save_file({"images": model.decompress(stream)}, folder / f"{name}.decoded")
"""


def test_another_process_with_other_threads_gives_the_same_bytes_and_images(
    tmp_path: Path,
) -> None:
    for name in CODECS:
        codec, images = trained(name), tiles("chelsea.png", 5)
        state = {key: tensor.contiguous() for key, tensor in codec.state_dict().items()}
        save_file(state, tmp_path / f"{name}.model")
        save_file({"images": images}, tmp_path / f"{name}.images")
        (tmp_path / f"{name}.stream").write_bytes(codec.compress(images))
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(tmp_path)], check=True)
    for name in CODECS:
        decoded = load_file(tmp_path / f"{name}.decoded")["images"]
        assert torch.equal(decoded, trained(name).reconstructed(tiles("chelsea.png", 5))), name
