"""The devices that exist in every world, whatever its seed and size."""

from collections.abc import Mapping

from mock_server.apis.jasper.catalogue import BLANK
from mock_server.types import Document


def _sim(iccid: str, imsi: str, status: str, activated: str | None, updated: str, **more: object) -> Document:
    return {
        **BLANK,
        "iccid": iccid,
        "imsi": imsi,
        "msisdn": "88235" + imsi[5:],
        "status": status,
        "customer": "Acme",
        "dateActivated": activated,
        "dateAdded": "2014-07-22 23:31:46.571+0000",
        "dateUpdated": updated,
        "dateShipped": "2016-06-27 07:00:00.000+0000",
        "modemID": "2221",
        **more,
    }


FIXED: tuple[Document, ...] = (  # in the order of their last changes
    _sim(
        "8988216716970004991",
        "901161697004991",
        "INVENTORY",
        None,
        "2016-06-27 07:00:00.000+0000",
        deviceID="SPARE-4991",
    ),
    _sim(
        "8988216716970004983",
        "901161697004983",
        "TEST_READY",
        None,
        "2016-06-28 10:12:47.902+0000",
        deviceID="METER-4983",
        imei="356853064700836",
        _daily=[2048, 0, 0, 1],
    ),
    _sim(
        "8988216716970005006",
        "901161697005006",
        "ACTIVATED",
        "2016-06-30 09:14:02.118+0000",
        "2016-06-30 09:14:02.118+0000",
        deviceID="GATEWAY-5006",
        imei="357758084126095",
        communicationPlan="Fixed IP Plan",
        fixedIPAddress="10.20.30.40",
        _daily=[4096, 0, 0, 3],
    ),
    _sim(
        "8988216716970004975",
        "901161697004975",
        "ACTIVATED",
        "2016-06-29 00:21:33.339+0000",
        "2016-07-06 22:04:04.380+0000",
        deviceID="METER-4975",
        accountCustom1="78",
        _daily=[4096, 1, 3, 2],
    ),
)

HOLDERS: Mapping[str, str] = {
    str(sim["fixedIPAddress"]): str(sim["iccid"]) for sim in FIXED if sim["fixedIPAddress"] is not None
}
"""The fixed addresses of these devices, with who has them."""
