"""Numbers of SIM cards and devices, with the check digits that they end in."""

_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn(body: str) -> str:
    """The digits with their Luhn check digit (ISO/IEC 7812-1), as ICCIDs and IMEIs have it."""
    total = sum(map(int, body[-2::-2])) + sum(map(int, body[-1::-2].translate(_DOUBLED)))
    return f"{body}{-total % 10}"


def eid(body: str) -> str:
    """30 digits with the two check digits of an eSIM's number: the whole is 1 modulo 97 (SGP.02, 2.2.2)."""
    return f"{body}{98 - int(body) * 100 % 97:02d}"
