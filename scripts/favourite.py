"""Keep an event in a running gateway, and look later whether it is still kept: what must outlive the cluster's restart.

python scripts/favourite.py keep --address http://192.168.49.2 --host musicevents.local
python scripts/favourite.py look --address http://192.168.49.2 --host musicevents.local
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

# Somebody who exists in clusters made for a test alone.
PERSON = {"email": "restart@example.org", "password": "outlives a restart"}
SOME_EVENT = "{ events(first: 1) { nodes { id name } } }"
SIGN_UP = """mutation($input: RegisterUserInput!) {
  done: registerUser(input: $input) { tokens { accessToken } userErrors { code message } } }"""
SIGN_IN = """mutation($input: CreateSessionInput!) {
  done: createSession(input: $input) { tokens { accessToken } userErrors { code message } } }"""
KEEP = "mutation($input: AddFavouriteInput!) { done: addFavourite(input: $input) { userErrors { code message } } }"
KEPT = "{ viewer { favourites(first: 50) { nodes { snapshot { name } } } } }"


class Gateway:
    """A gateway at an address, asked by the name that its Ingress knows it by.

    patience: for how long (seconds) one that does not answer is asked again; Ingress and pods come up by and by.
    """

    def __init__(self, address: str, host: str | None, patience: float) -> None:
        self._address = f"{address.rstrip('/')}/graphql"
        self._headers = {"Content-Type": "application/json", **({"Host": host} if host else {})}
        self._until = time.monotonic() + patience

    def ask(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> dict[str, Any]:
        """The answer's data. SystemExit where there is none."""
        headers = {**self._headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        answer = self._patiently(Request(self._address, body, headers))  # noqa: S310 - the address is the caller's own
        if not answer.get("data") or answer.get("errors"):
            sys.exit(f"{self._address} answers {answer.get('errors') or answer}")
        data: dict[str, Any] = answer["data"]
        return data

    def sign(self, mutation: str) -> str:
        """An access token."""
        return str(self._done(mutation, PERSON, None)["tokens"]["accessToken"])

    def keep(self, subject: str, token: str) -> None:
        """Keep this."""
        self._done(KEEP, {"subjectId": subject}, token)

    def _done(self, mutation: str, values: dict[str, str], token: str | None) -> dict[str, Any]:
        done: dict[str, Any] = self.ask(mutation, {"input": values}, token)["done"]
        if done["userErrors"]:
            sys.exit(f"{self._address} refuses: {done['userErrors']}")
        return done

    def _patiently(self, request: Request) -> dict[str, Any]:
        while True:
            try:
                with urlopen(request, timeout=30) as response:  # noqa: S310 - see above
                    answer: dict[str, Any] = json.load(response)
                    return answer
            except (URLError, OSError, http.client.HTTPException, ValueError) as error:
                if time.monotonic() > self._until:
                    sys.exit(f"{self._address} does not answer: {error}")
                time.sleep(2)


def main(arguments: Sequence[str]) -> None:
    """Keep or look."""
    parser = argparse.ArgumentParser(description="Keep an event, or look whether it is kept.")
    parser.add_argument("what", choices=("keep", "look"))
    parser.add_argument("--address", required=True, help="where the gateway or its Ingress is")
    parser.add_argument("--host", help="the name to ask for, where it is not the address")
    parser.add_argument("--patience", type=float, default=180, help="how long to wait for an answer (seconds)")
    options = parser.parse_args(arguments)
    gateway = Gateway(options.address, options.host, options.patience)
    if options.what == "keep":
        keep(gateway)
    look(gateway)


def keep(gateway: Gateway) -> None:
    """Sign up and keep the first event there is."""
    event = gateway.ask(SOME_EVENT)["events"]["nodes"][0]
    gateway.keep(event["id"], gateway.sign(SIGN_UP))


def look(gateway: Gateway) -> None:
    """Say what is kept; SystemExit where it is not one event."""
    viewer = gateway.ask(KEPT, token=gateway.sign(SIGN_IN))["viewer"]
    kept = viewer["favourites"]["nodes"]
    if len(kept) != 1:
        sys.exit(f"one event should be kept, and {len(kept)} are")
    print(f"kept: {json.dumps(kept[0])}")


if __name__ == "__main__":
    main(sys.argv[1:])
