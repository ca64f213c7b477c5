"""The metrics of `routeguide serve --metrics`."""

from __future__ import annotations

import re
import signal
import urllib.request
from pathlib import Path

import grpc
import routeguide
from campaigns.load import EVERYTHING, FEATURES, ROUTE, write_generation
from support.serve_processes import serve
from support.serving import WATCHDOG_S, stub_for

WORLD = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000)


def test_calls_features_and_reloads_are_counted(tmp_path: Path) -> None:
    features = tmp_path / "features.json"
    write_generation(features, 0)
    with (
        serve("--db", features, "--metrics", "localhost:0", "--access-log") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        assert stub.GetFeature(ROUTE[0], timeout=WATCHDOG_S).name
        assert len(list(stub.ListFeatures(EVERYTHING, timeout=WATCHDOG_S))) == FEATURES
        with routeguide.Client(running.address) as client:
            known = (ROUTE[0].latitude, ROUTE[0].longitude)
            assert client.get_features([known, (-1, 1)])[1] is None
            assert len(client.nearest(0, 0, 2)) == 2
            assert len(list(client.search(*WORLD, page_size=3, limit=7))) == 7
        features.write_text("[{}]")
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_log("Still serving")
        running.wait_for_log("/routeguide.RouteGuide/ListFeatures OK")
        url = re.search(r"Metrics on (http://\S+)", running.log)
        assert url
        with urllib.request.urlopen(url[1], timeout=WATCHDOG_S) as answer:
            lines = answer.read().decode().splitlines()
    method = "/routeguide.RouteGuide/GetFeature"
    assert f'routeguide_calls_total{{code="OK",method="{method}"}} 1.0' in lines
    assert f"routeguide_features_returned_total {FEATURES + 1 + 1 + 2 + 7}.0" in lines
    assert "routeguide_reload_failures_total 1.0" in lines
    assert f"routeguide_features {FEATURES}.0" in lines
