"""
Hooks of Schemathesis: give every request working credentials, so that it reaches what lies behind them.

`FRONTDESK_SCHEMATHESIS` is JSON with the names of the records, the credentials, and the requests that make the records.
`secrets` in it names a file, to which this adds every secret that an answer has.
"""

import base64
import itertools
import json
import os
import time
import uuid

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

KNOWN = json.loads(os.environ["FRONTDESK_SCHEMATHESIS"])
PAIR = f"{KNOWN['applicationId']}:{KNOWN['applicationPassword']}"
BASIC = {"Authorization": "Basic " + base64.b64encode(PAIR.encode()).decode()}
SERVER = {**BASIC, "X-Account-Id": KNOWN["accountId"]}
CLIENT = {"Medable-Client-Key": KNOWN["clientKey"]}

people = itertools.count()
turns = itertools.count()
# The account that sends, and one that servers change: they may lock it or delete it.
accounts = {}


def post(path, body, headers):
    """Sends a request that must succeed. HTTP 503 means: nothing was written, send it again."""
    for _ in range(10):
        answer = requests.post(f"{KNOWN['url']}{path}", json=body, headers=headers)
        if answer.status_code != 503:
            break
        time.sleep(1)
    answer.raise_for_status()
    return answer


def register():
    """Registers a person, who has a session then."""
    for path, body in KNOWN["records"]:
        # Tests may have changed or deleted them.
        post(path, body, {})
    person = {**KNOWN["person"], "email": f"schemathesis-{next(people)}@example.org"}
    answer = post(f"/{KNOWN['org']}/v2/accounts/register", person, CLIENT)
    csrf, cookies = answer.headers["Medable-Csrf-Token"], answer.cookies.get_dict()
    with open(KNOWN["secrets"], "a") as file:
        file.writelines(f"{secret}\n" for secret in [csrf, *cookies.values()])
    return {"headers": {**CLIENT, "Medable-Csrf-Token": csrf}, "cookies": cookies, "id": answer.json()["_id"]}


def account_of(role):
    if role not in accounts:
        accounts[role] = register()
    return accounts[role]


def is_negative(case, location):
    """Whether the test is about a bad value there. Then the value must stay."""
    part = case.meta.components.get(location) if case.meta else None
    return part is not None and part.mode.is_negative


def give_credentials(case):
    """Returns the id of an account that the request may be about."""
    schemes = [set(each) for each in case.operation.definition.raw.get("security", [])]
    by_server = next((each for each in schemes if "application" in each), None)
    by_session = any("session" in each for each in schemes)
    if by_session and (by_server is None or next(turns) % 2 == 0):
        account = account_of("sender")
        case.headers.update(account["headers"])
        case.cookies.update(account["cookies"])
        return account["id"]
    if by_server:
        case.headers.update(SERVER if "practiceId" in by_server else BASIC)
        if "userId" in by_server:
            case.headers["X-User-Id"] = KNOWN["userId"]
    elif any("clientKey" in each for each in schemes):
        case.headers.update(CLIENT)
    return account_of("patient")["id"]


@schemathesis.hook
def filter_case(context, case):
    """
    Leaves out what the gateway does not accept: 10,240 bytes in the request line and the values of all headers. Its answer is in the
    introduction of the document, not among those of each operation. Credentials, which are added later, have less than 1,000.
    """
    written = sum(len(str(part)) for part in (case.path_parameters, case.query, case.headers, case.cookies))
    # A character takes up to twelve bytes in an address.
    if written * 12 < 8_000:
        return True
    sent = case.as_transport_kwargs(base_url=KNOWN["url"])
    request = requests.Request("GET", **{part: sent.get(part) for part in ("url", "params", "headers", "cookies")}).prepare()
    return len(request.url) + sum(map(len, request.headers.values())) < 9_000


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers = case.headers if case.headers is not None else {}
    case.cookies = case.cookies if case.cookies is not None else {}
    account_id = give_credentials(case)
    if not is_negative(case, ParameterLocation.PATH) and case.path_parameters:
        # Often the names of records that exist, so that a request finds something to work on.
        found = {"org": KNOWN["org"], **({"id": account_id} if next(turns) % 3 else {})}
        case.path_parameters.update({name: found[name] for name in found if name in case.path_parameters})
    if not is_negative(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers:
        # Tests send the same key with different bodies.
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if not is_negative(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        # Credentials in the body would count instead of those in the headers.
        case.body = {name: value for name, value in case.body.items() if name != "auth"}


@schemathesis.hook
def after_call(context, case, response):
    # A test has ended the session, or changed the records that it needs.
    if any(code in response.text for code in ("kNotLoggedIn", "kSessionExpired", '"responseCode":4011')):
        accounts.pop("sender", None)
    if case.method == "DELETE" and response.status_code == 200:
        accounts.pop("patient", None)
