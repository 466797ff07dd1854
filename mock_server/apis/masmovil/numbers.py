"""Numbers that look random and can be turned back: ids, MAC addresses and serial numbers out of an index.

Each is a permutation keyed by the seed, so that a search finds the index, and with it the device, without looking
through any others.
"""

from functools import lru_cache
from hashlib import blake2b

_HALF = (1 << 61) - 1
_ODD = 0x9E3779B97F4A7C15
_MACS = 1 << 24
_MAC_FACTOR = 0x5D588B
_MAC_INVERSE = pow(_MAC_FACTOR, -1, _MACS)
_SERIALS = 10**10
_SERIAL_FACTOR = 2_971_215_073
_SERIAL_INVERSE = pow(_SERIAL_FACTOR, -1, _SERIALS)


def _words(salt: str, seed: int) -> tuple[int, ...]:
    digest = blake2b(f"masmovil/{salt}/{seed}".encode(), digest_size=32).digest()
    return tuple(int.from_bytes(digest[start : start + 8], "big") for start in range(0, 32, 8))


class Ids:
    """UUIDs, version 4 in form, for the numbers from 0: a Feistel network over the 122 free bits."""

    __slots__ = ("_keys",)

    def __init__(self, salt: str, seed: int) -> None:
        self._keys = _words(salt, seed)

    def of(self, number: int) -> str:
        """The UUID of `number`."""
        left, right = 0, number
        for key in self._keys:
            left, right = right, left ^ _mixed(right, key)
        bits = left << 61 | right
        value = (bits >> 74) << 80 | 4 << 76 | (bits >> 62 & 0xFFF) << 64 | 2 << 62 | bits & (1 << 62) - 1
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def number(self, uuid: str) -> int | None:
        """The number whose UUID this is (in lower case), or None."""
        try:
            value = int(uuid.replace("-", ""), 16)
        except ValueError:
            return None
        bits = (value >> 80) << 74 | (value >> 64 & 0xFFF) << 62 | value & (1 << 62) - 1
        left, right = bits >> 61, bits & _HALF
        for key in reversed(self._keys):
            left, right = right ^ _mixed(left, key), left
        return right if left == 0 and self.of(right) == uuid else None


def _mixed(half: int, key: int) -> int:
    """61 bits that depend on all bits of `half` and `key` (the finalizer of SplitMix64)."""
    word = (half ^ key) * _ODD & 0xFFFFFFFFFFFFFFFF
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return (word ^ word >> 29) & _HALF


class Numbers:
    """The identifications of a seed's devices."""

    __slots__ = ("_mac_shift", "_serial_shift", "commitments", "devices", "subscriptions")

    def __init__(self, seed: int) -> None:
        self.devices = Ids("devices", seed)
        self.subscriptions = Ids("subscriptions", seed)
        self.commitments = Ids("commitments", seed)
        words = _words("numbers", seed)
        self._mac_shift = words[0] % _MACS
        self._serial_shift = words[1] % _SERIALS

    def mac(self, index: int, maker: str) -> str:
        """The MAC address of device `index` by the maker with this prefix: `00-19-C6-12-AB-CD`."""
        number = (index * _MAC_FACTOR + self._mac_shift) % _MACS
        return f"{maker}-{number >> 16:02X}-{number >> 8 & 0xFF:02X}-{number & 0xFF:02X}"

    def mac_index(self, mac: str) -> int | None:
        """The least index that can have this MAC address; others that can are 2²⁴ apart."""
        try:
            number = int(mac[9:].replace("-", ""), 16)
        except ValueError:
            return None
        return (number - self._mac_shift) * _MAC_INVERSE % _MACS

    def serial(self, index: int, letters: str) -> str:
        """The serial number of device `index`, with its model's letters: `0123456-ZF-789`."""
        number = (index * _SERIAL_FACTOR + self._serial_shift) % _SERIALS
        return f"{number // 1000:07d}-{letters}-{number % 1000:03d}"

    def serial_index(self, serial: str) -> int | None:
        """The index that can have this serial number."""
        digits = serial[:7] + serial[11:]
        if len(serial) != 14 or not (digits.isascii() and digits.isdigit()):
            return None
        return (int(digits) - self._serial_shift) * _SERIAL_INVERSE % _SERIALS


MAC_PERIOD = _MACS


@lru_cache(maxsize=16)
def numbers(seed: int) -> Numbers:
    """The identifications of a seed's devices, made once."""
    return Numbers(seed)


def imei(tac: str, number: int) -> str:
    """An IMEI: the type's eight digits, six of the piece, and the check digit (Luhn, 3GPP TS 23.003 annex B)."""
    digits = f"{tac}{number % 1_000_000:06d}"
    total = sum(int(digit) for digit in digits[::2])
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in digits[1::2])
    return digits + str(-total % 10)
