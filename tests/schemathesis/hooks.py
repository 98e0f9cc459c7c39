"""What JSON Schema has no words for."""

import base64
import re
import uuid

import schemathesis
from hypothesis import strategies as st

days = st.sampled_from(["Mon", "Mon-Fri", "Sun-Thu", "Sat", "lun-ven", "א׳-ה׳"])
times = st.sampled_from(["9-18", "09:00-18:00", "9h-12h30 14h-18h", "00:00-24:00"])
schemathesis.openapi.format(
    "business-hours", st.one_of(st.just("24/7"), st.builds("{} {}".format, days, times))
)
schemathesis.openapi.format(
    "cursor",
    st.uuids().map(lambda item: base64.urlsafe_b64encode(str(item).encode()).decode().rstrip("=")),
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Each request has a key of its own, as programs do it."""
    key = (case.headers or {}).get("Idempotency-Key")
    if key is not None and re.fullmatch("[!-~]{1,200}", str(key)):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
