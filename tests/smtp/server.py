"""A mail server for tests, which says what it takes: a line of JSON for each message.

  server.py PORT [REPLY...]

Each recipient is answered with the next of the replies, and with 250 when there are none left. Beside SMTP's own there
are two: `late` takes the message after half a second, `lost` takes it and breaks off before it says so.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP

port, *replies = sys.argv[1:]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.fault = replies.pop(0) if replies else ""
        if envelope.fault[:1] in ("4", "5"):
            if envelope.fault.startswith("421"):
                asyncio.get_running_loop().call_later(0.05, server.transport.close)
            return envelope.fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.fault == "late":
            await asyncio.sleep(0.5)
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "message": envelope.content.decode("ascii"),
            "defects": [repr(defect) for part in message.walk() for defect in part.defects],
        }
        print(json.dumps(taken), flush=True)
        if envelope.fault == "lost":
            server.transport.abort()
        return "250 OK"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", int(port))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
