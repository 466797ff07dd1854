"""What the operator hands out: models as its catalogue has them, and who cancels commitments."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """One offer. `maker` is the prefix of its MAC addresses, `tac` that of its IMEIs; either may be absent."""

    commercial_id: str
    device_id: str
    letters: str
    terms: tuple[str, ...]
    maker: str | None = None
    tac: str | None = None
    price: float | None = None


_LOAN = ("BORROWED",)
_SALE = ("FINANCED", "FINANCED", "FINANCED", "ONE_TIME_PAYMENT")

MODELS = (
    # routers and optical terminals
    Model("CDCVPU_150f5badaa706651e67c59061d373d7e7e", "P09712MRC", "ZF", _LOAN, maker="00-19-C6"),
    Model("CDCVPU_7b0c41e2d98f3a5566e0a1c2f4839bd210", "P09840MRC", "ZH", _LOAN, maker="34-4B-50"),
    Model("CDCVPU_e39a60c5128d4477b1f20a9c6d35e8f041", "P10233MRC", "HG", _LOAN, maker="48-46-FB"),
    Model("CDCVPU_52d7e8a1403b4c96a77f118e2b05c9d3aa", "P10418MRC", "SG", _LOAN, maker="7C-03-D8"),
    # television decoders
    Model("CDCVPU_0f6b92d4c7e14a38935d2e70b1c84f6a5e", "P11006DEC", "KD", _LOAN, maker="AC-DB-48"),
    Model("CDCVPU_c81e25f7a09d4b63b4426f9d07e13a8c79", "P11020DEC", "SD", _LOAN, maker="90-F8-91"),
    # routers on the mobile network
    Model("CDCVPU_94a3d70e6b2c4f1588c9e5f0123ab76d04", "P12550R5G", "ZM", _LOAN, "B0-AC-D2", "86549305"),
    # telephones
    Model("CDCVPU_2e70f4b8913c4da6a5d06b7c1f98e2430b", "P20115TEL", "SM", _SALE, None, "35281511", 349.0),
    Model("CDCVPU_b6195c0de84f47a29e031d8a75c2f6409f", "P20342TEL", "XR", _SALE, None, "86712006", 229.0),
    Model("CDCVPU_d4087f6a25e14b3c90b7c28e1653fa9d17", "P20571TEL", "AP", _SALE, None, "35407115", 959.0),
)

CANCELLERS = (
    ("killflex.auth.masmovil.com", "john.doe@masorange.es"),
    ("killflex.auth.masmovil.com", "lucia.fernandez@masorange.es"),
    ("mysim.auth.masmovil.com", "javier.ortega@masorange.es"),
)
