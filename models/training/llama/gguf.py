"""Writes a llama as GGUF 3: metadata, byte-level BPE vocabulary, tensors as f32, f16 or q8_0.

    gguf.py TOKENS.json OUT.gguf      a model without sense, for its tokens
"""
import struct

import numpy as np

TEXT, LIST, U32, I32, F32, BOOL = 8, 9, 4, 5, 6, 7
KIND = {"f32": 0, "f16": 1, "q8_0": 8}
ALIGN = 32
NORMAL, CONTROL = 1, 3
#: ChatML; node-llama-cpp knows it by its template
CHAT = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


def _text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind, value):
    if kind == TEXT:
        return _text(value)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], value)


def _entry(key, kind, value):
    return _text(key) + struct.pack("<I", kind) + _value(kind, value)


def _list(key, kind, values):
    return _text(key) + struct.pack("<IIQ", LIST, kind, len(values)) + b"".join(_value(kind, one) for one in values)


def q8_0(array):
    """Blocks of 32 along a row: a half-precision scale and 32 signed bytes."""
    blocks = array.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / 127
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(scale > 0, np.round(blocks / scale), 0).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.uint8).reshape(-1, 2), whole.view(np.uint8)], 1).tobytes()


def dequantised(array):
    """What a q8_0 reader sees: to compare logits with."""
    blocks = array.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / 127
    whole = np.where(scale > 0, np.round(blocks / np.where(scale > 0, scale, 1)), 0)
    return (whole * scale.astype(np.float16).astype(np.float32)).reshape(array.shape)


def kind_of(name, array, matrices):
    return matrices if array.ndim == 2 and array.shape[1] % 32 == 0 else "f32"


def write(path, name, tokens, shape, tensors, matrices="q8_0"):
    """`tensors`: numpy arrays by GGUF name, matrices as (rows out, columns in). `shape`: what `LlamaShape` of llama_model.py has."""
    head = shape.width // shape.heads
    control = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}
    meta = [
        _entry("general.architecture", TEXT, "llama"), _entry("general.name", TEXT, name), _entry("general.license", TEXT, "mit"),
        _entry("general.quantization_version", U32, 2), _entry("general.file_type", U32, {"f32": 0, "f16": 1, "q8_0": 7}[matrices]),
        _entry("llama.context_length", U32, shape.context), _entry("llama.embedding_length", U32, shape.width), _entry("llama.block_count", U32, shape.layers),
        _entry("llama.feed_forward_length", U32, shape.inner), _entry("llama.attention.head_count", U32, shape.heads), _entry("llama.attention.head_count_kv", U32, shape.heads),
        _entry("llama.rope.dimension_count", U32, head), _entry("llama.rope.freq_base", F32, shape.base), _entry("llama.attention.layer_norm_rms_epsilon", F32, shape.epsilon),
        _entry("llama.vocab_size", U32, len(tokens.names)),
        _entry("tokenizer.ggml.model", TEXT, "gpt2"), _entry("tokenizer.ggml.pre", TEXT, "smollm"),
        _list("tokenizer.ggml.tokens", TEXT, tokens.names), _list("tokenizer.ggml.token_type", I32, [CONTROL if one in control else NORMAL for one in tokens.names]),
        _list("tokenizer.ggml.merges", TEXT, [" ".join(pair) for pair in tokens.merges]),
        _entry("tokenizer.ggml.bos_token_id", U32, tokens.number["<|endoftext|>"]), _entry("tokenizer.ggml.eos_token_id", U32, tokens.number["<|im_end|>"]),
        _entry("tokenizer.ggml.add_bos_token", BOOL, True), _entry("tokenizer.chat_template", TEXT, CHAT),
    ]
    infos, datas, offset = [], [], 0
    for key, array in tensors.items():
        kind = kind_of(key, array, matrices)
        data = q8_0(array) if kind == "q8_0" else array.astype("<f2" if kind == "f16" else "<f4").tobytes()
        infos.append(_text(key) + struct.pack("<I", array.ndim) + struct.pack(f"<{array.ndim}Q", *reversed(array.shape)) + struct.pack("<IQ", KIND[kind], offset))
        datas.append(data + bytes(-len(data) % ALIGN))
        offset += len(datas[-1])
    start = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(meta)) + b"".join(meta) + b"".join(infos)
    with open(path, "wb") as file:
        file.write(start + bytes(-len(start) % ALIGN) + b"".join(datas))


def main(tokens, path):
    """A model without sense, for its tokens."""
    from bpe import Tokens
    from llama_model import Llama, shape_of

    known = Tokens.read(tokens)
    model = Llama(shape_of("tiny", len(known.names)))
    write(path, "vocabulary", known, model.shape, model.tensors())


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:])
