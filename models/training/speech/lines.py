"""Telephone codecs as functions, through their C libraries: 16 kHz float samples → the same length, as heard through the line. For machines
without ffmpeg; sets of synthesize.py go through ffmpeg."""
import ctypes as C

import numpy as np
from scipy.signal import resample_poly

NARROW, FRAME = 8000, 160  # an 8 kHz line, 20 ms


def through_line(x, line):
    """`line`: None (wide band), g711, gsm or opus."""
    if line is None:
        return x
    narrow = resample_poly(x, 1, 2).astype(np.float32)
    heard = resample_poly({"g711": companded, "gsm": gsm, "opus": opus}[line](narrow), 2, 1).astype(np.float32)
    return np.pad(heard, (0, max(0, len(x) - len(heard))))[:len(x)]


def companded(x):
    """µ-law and back."""
    y = np.clip(x, -1, 1)
    y = np.round(np.sign(y) * np.log1p(255 * np.abs(y)) / np.log(256) * 127) / 127
    return (np.sign(y) * (256 ** np.abs(y) - 1) / 255).astype(np.float32)


def _frames(x):
    """Whole frames of 16-bit samples, the last one filled up."""
    whole = np.pad(x, (0, -len(x) % FRAME))
    return np.clip(whole * 32767, -32768, 32767).astype(np.int16).reshape(-1, FRAME)


_gsm = None


def gsm(x):
    """GSM 06.10 full rate and back."""
    global _gsm
    if _gsm is None:
        _gsm = C.CDLL("libgsm.so.1")
        _gsm.gsm_create.restype = C.c_void_p
        for name in ("gsm_encode", "gsm_decode"):
            getattr(_gsm, name).argtypes = [C.c_void_p, C.c_void_p, C.c_void_p]
        _gsm.gsm_destroy.argtypes = [C.c_void_p]
    coder, decoder = _gsm.gsm_create(), _gsm.gsm_create()
    frames, carried = _frames(x), C.create_string_buffer(33)
    out = np.empty_like(frames)
    for frame, heard in zip(frames, out):
        _gsm.gsm_encode(coder, frame.ctypes.data, carried)
        _gsm.gsm_decode(decoder, carried, heard.ctypes.data)
    _gsm.gsm_destroy(coder), _gsm.gsm_destroy(decoder)
    return out.reshape(-1)[:len(x)].astype(np.float32) / 32768


_opus = None
_VOIP, _BITRATE, _COMPLEXITY, _LOOKAHEAD = 2048, 4002, 4010, 4027


def opus(x, bits=10_000):
    """Opus for speech at `bits` a second and back."""
    global _opus
    if _opus is None:
        _opus = C.CDLL("libopus.so.0")
        for name in ("opus_encoder_create", "opus_decoder_create"):
            getattr(_opus, name).restype = C.c_void_p
        _opus.opus_encode.argtypes = [C.c_void_p, C.c_void_p, C.c_int, C.c_void_p, C.c_int]
        _opus.opus_decode.argtypes = [C.c_void_p, C.c_void_p, C.c_int, C.c_void_p, C.c_int, C.c_int]
        for name in ("opus_encoder_destroy", "opus_decoder_destroy"):
            getattr(_opus, name).argtypes = [C.c_void_p]
    failed, late = C.c_int(), C.c_int()
    coder = C.c_void_p(_opus.opus_encoder_create(NARROW, 1, _VOIP, C.byref(failed)))
    decoder = C.c_void_p(_opus.opus_decoder_create(NARROW, 1, C.byref(failed)))
    for what, value in ((_BITRATE, C.c_int(bits)), (_COMPLEXITY, C.c_int(2)), (_LOOKAHEAD, C.byref(late))):
        _opus.opus_encoder_ctl(coder, what, value)
    frames, carried = _frames(np.pad(x, (0, late.value))), C.create_string_buffer(1500)
    out = np.zeros_like(frames)
    for frame, heard in zip(frames, out):
        length = _opus.opus_encode(coder, frame.ctypes.data, FRAME, carried, len(carried))
        _opus.opus_decode(decoder, carried, length, heard.ctypes.data, FRAME, 0)
    _opus.opus_encoder_destroy(coder), _opus.opus_decoder_destroy(decoder)
    return out.reshape(-1)[late.value:late.value + len(x)].astype(np.float32) / 32768
