"""Takes the packing off an answer, never further than allowed: a few bytes of gzip may hold more than memory does.

httpx unpacks whatever a server names, layer over layer, and each piece whole before anybody can count it.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from providers.sdk.errors import Malformed

ACCEPTED = "gzip"
_GZIP = 16 + zlib.MAX_WBITS


async def unpacked(chunks: AsyncIterable[bytes], encoding: str, most: int) -> bytes:
    """The whole of an answer that is packed as its Content-Encoding says.

    Raises:
        Malformed: it holds more than `most` bytes, is packed in a way that nobody asked for, or cannot be decoded.
    """
    names = [name.strip() for name in encoding.lower().split(",") if name.strip() not in {"", "identity"}]
    if not names:
        return await _read(chunks, _Plain(), most)
    if names not in (["gzip"], ["x-gzip"]):
        msg = f"sent an answer that is packed as {encoding[:40]!r}; asked for was {ACCEPTED}"
        raise Malformed(msg)
    try:
        return await _read(chunks, _Gzip(), most)
    except (zlib.error, EOFError):
        msg = "sent an answer that cannot be decoded"
        raise Malformed(msg) from None


async def _read(chunks: AsyncIterable[bytes], packing: _Plain | _Gzip, most: int) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        # One more than allowed is enough to know.
        content += packing.take(chunk, most + 1 - len(content))
        if len(content) > most:
            msg = f"sent more than {most // 2**20} MiB"
            raise Malformed(msg)
    packing.end()
    return bytes(content)


class _Plain:
    def take(self, chunk: bytes, most: int) -> bytes:  # noqa: ARG002 - what has arrived is in memory already
        return chunk

    def end(self) -> None: ...


class _Gzip:
    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(_GZIP)
        self._begun = False

    def take(self, chunk: bytes, most: int) -> bytes:
        """The chunk unpacked, up to `most` bytes; the rest is given up."""
        self._begun = self._begun or bool(chunk)
        # What follows the end is let pass, as browsers do; zlib would keep it.
        return b"" if self._unpack.eof else self._unpack.decompress(chunk, most)

    def end(self) -> None:
        """Nothing at all is no mistake: an answer without content, such as a 304, may name its packing."""
        if self._begun and not self._unpack.eof:
            raise EOFError
