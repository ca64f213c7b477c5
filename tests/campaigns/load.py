"""A process that puts a server under load and checks each answer.

Reads lines of JSON: {"address": ..., "streams": ...} begins a load, anything else ends it. Then
prints, as one line of JSON, how often each outcome occurred: OK, the name of a status, or what was
wrong with an answer.

The server's features are those of `write_generation`. Their number and their names give their
generation, so an answer made from two generations is detected.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
from routeguide.domain.dataset import GENERATION_KEY
from routeguide.pb.feature_service_pb2 import Box, SearchFeaturesRequest
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote
from support.serving import Requests, Stub, stub_for

CHANNELS = 4
FEATURES = 40
ROUTE = [Point(latitude=1, longitude=i) for i in range(2 * FEATURES)]
EVERYTHING = Rectangle(
    lo=Point(latitude=0, longitude=0), hi=Point(latitude=2, longitude=2 * FEATURES)
)
WHOLE_BOX = Box(south_e7=0, west_e7=0, north_e7=2, east_e7=2 * FEATURES)


def write_generation(path: Path, number: int) -> None:
    """Write FEATURES + `number` features in the JSON of the tutorials; `number` is below 40."""
    features = [
        {"location": {"latitude": 1, "longitude": i}, "name": f"{number} {i}"}
        for i in range(FEATURES + number)
    ]
    path.write_text(json.dumps(features), encoding="utf-8")


class Load:
    """Calls of all kinds, each repeated in a thread of its own until `stop`."""

    def __init__(self, address: str, streams: int) -> None:
        self._stop = threading.Event()
        # Not asyncio clients: they report INTERNAL for a request that they cannot send because the
        # connection is closed.
        options = [("grpc.use_local_subchannel_pool", 1)]
        self._channels = [grpc.insecure_channel(address, options) for _ in range(CHANNELS)]
        kinds = [_get] * 8 + [_list, _record, _search]
        self._threads = [
            threading.Thread(target=self._repeat, args=(kind, channel))
            for kind in kinds
            for channel in self._channels
        ]
        self._threads += [
            threading.Thread(
                target=self._chat, args=(stub_for(self._channels[i % CHANNELS]), Requests())
            )
            for i in range(streams)
        ]
        self._lock = threading.Lock()
        self._answered_chats = threading.Semaphore(0)
        self.outcomes: Counter[str] = Counter()
        self.generations: dict[str, int] = {}
        for thread in self._threads:
            thread.start()
        for _ in range(streams):  # then the server has accepted them
            self._answered_chats.acquire()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for channel in self._channels:
            channel.close()

    def _repeat(
        self, kind: Callable[[grpc.Channel], tuple[str, int]], channel: grpc.Channel
    ) -> None:
        while not self._stop.is_set():
            try:
                generation, number = kind(channel)
            except grpc.RpcError as error:
                self._count(_code(error))
                self._stop.wait(0.001)  # a dead server refuses at once
            except MixedAnswer as error:
                self._count(str(error))
            else:
                with self._lock:
                    known = self.generations.setdefault(generation, number)
                self._count("OK" if known == number else "an answer of another generation")

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.outcomes[outcome] += 1

    def _chat(self, stub: Stub, notes: Requests) -> None:
        """Open a stream that stays idle after its first answer."""
        notes.send(RouteNote(message="one"))
        notes.send(RouteNote(message="two"))
        answered = ""
        try:
            for _ in stub.RouteChat(notes):
                answered = "answered chat: "
                self._answered_chats.release()
            outcome = "OK"
        except grpc.RpcError as error:
            outcome = _code(error)
        notes.end()
        self._count(answered + outcome)


class MixedAnswer(Exception):
    """An answer that is not of one generation."""


def _code(error: grpc.RpcError) -> str:
    assert isinstance(error, grpc.Call)
    return str(error.code().name)


def _generation(call: Any) -> str:
    return str(dict(call.trailing_metadata()).get(GENERATION_KEY))


def _get(channel: grpc.Channel) -> tuple[str, int]:
    feature, call = stub_for(channel).GetFeature.with_call(ROUTE[7])
    return _generation(call), int(feature.name.split()[0])


def _list(channel: grpc.Channel) -> tuple[str, int]:
    call = stub_for(channel).ListFeatures(EVERYTHING)
    return _generation_of_all(call, [feature.name for feature in call])


def _record(channel: grpc.Channel) -> tuple[str, int]:
    summary, call = stub_for(channel).RecordRoute.with_call(iter(ROUTE))
    return _generation(call), summary.feature_count - FEATURES


def _search(channel: grpc.Channel) -> tuple[str, int]:
    """Make one call of many pages."""
    request = SearchFeaturesRequest(box=WHOLE_BOX, page_size=7)
    call = FeatureServiceStub(channel).SearchFeatures(request)
    return _generation_of_all(call, [feature.name for page in call for feature in page.features])


def _generation_of_all(call: Any, names: list[str]) -> tuple[str, int]:
    number = len(names) - FEATURES
    if names != [f"{number} {i}" for i in range(FEATURES + number)]:
        raise MixedAnswer("a list of several generations")
    return _generation(call), number


def main() -> None:
    for line in sys.stdin:
        begin = json.loads(line)
        load = Load(begin["address"], begin["streams"])
        print("begun", flush=True)
        sys.stdin.readline()
        load.stop()
        answer = {"outcomes": load.outcomes, "generations": load.generations}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
