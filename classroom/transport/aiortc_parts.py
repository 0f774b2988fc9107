"""aiortc's DTLS transport and SDP parser, loaded without its codecs.

`import aiortc` loads PyAV and every encoder and decoder. The relay never decodes, so it loads only the submodules it
uses: while they load, `aiortc` is an empty package that points at aiortc's directory, and `av` a module with the one
name that aiortc/rtp.py mentions in an annotation. Both are taken away again afterwards, so that a process which wants
the whole of aiortc (the tests do) can still import it.
"""

import importlib
import importlib.metadata
import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING

VERSION = "1.16.0"

if TYPE_CHECKING:
    from aiortc import rtcdtlstransport, sdp
    from aiortc.rtcrtpparameters import RTCRtpCodecParameters as CodecParameters
else:

    def _load() -> tuple[ModuleType, ModuleType]:
        borrowed = {}
        if "aiortc" not in sys.modules:
            package = ModuleType("aiortc")
            package.__path__ = list(importlib.util.find_spec("aiortc").submodule_search_locations)
            borrowed["aiortc"] = package
        if "av" not in sys.modules:
            borrowed["av"] = ModuleType("av")
            borrowed["av"].AudioFrame = object
        sys.modules.update(borrowed)
        try:
            importlib.import_module("aiortc.rtcdatachannel")  # first: it and the SCTP module import each other
            return importlib.import_module("aiortc.rtcdtlstransport"), importlib.import_module("aiortc.sdp")
        finally:
            for name in borrowed:
                del sys.modules[name]

    if importlib.metadata.version("aiortc") != VERSION:
        raise ImportError(f"classroom/transport uses private names of aiortc {VERSION}: another version is installed")
    rtcdtlstransport, sdp = _load()
    CodecParameters = sdp.RTCRtpCodecParameters

__all__ = ["CodecParameters", "rtcdtlstransport", "sdp"]
