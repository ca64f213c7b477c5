"""docs/operations.md: the options and metrics that it names exist, and its Python code runs."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from routeguide.commands import serve as command
from routeguide.domain.dataset import load
from routeguide.serving.observing.metrics import Metrics
from routeguide.serving.settings import gather
from support.authorities import Authority
from support.serve_processes import serve
from support.serving import WATCHDOG_S

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
CONFIGS = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_options_exist() -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    known = set(re.findall(r"--[a-z][a-z-]*", parser.format_help()))
    named = set(re.findall(r"`[^`]*?(--[a-z][a-z-]*)", PAGE))
    for line in re.findall(r"^routeguide serve (.*)$", PAGE, re.MULTILINE):
        named |= set(re.findall(r"--[a-z][a-z-]*", line))
        parser.parse_args(line.split())
    assert len(named) > 15
    assert named <= known


def test_the_settings_file_is_valid(tmp_path: Path) -> None:
    [config] = CONFIGS
    path = tmp_path / "serve.toml"
    path.write_text(config, encoding="utf-8")
    settings, sources = gather({"config": path}, {})
    assert (settings.workers, settings.watch, settings.grace_s) == (2, True, 20.0)
    assert len(sources) == config.count(" = ")


def test_the_metrics_exist() -> None:
    metrics = Metrics()
    metrics.observe_dataset(load(None))
    shown = generate_latest(metrics._registry).decode()
    named = set(re.findall(r"`(routeguide_\w+)", PAGE))
    assert len(named) == 9
    for name in named:
        family = name.removesuffix("_total")
        assert re.search(rf"^# TYPE {family}(_total|_info)? ", shown, re.MULTILINE), name


@pytest.mark.parametrize("script", SCRIPTS, ids=["tls", "tokens"])
def test_the_scripts_run(script: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path, "server")
    pair = authority.issue("shown")
    tokens = tmp_path / "tokens"
    tokens.write_text("secret\n")
    options: list[str | Path] = ["--token-file", tokens]
    if "tls_ca" in script:
        options = ["--tls-cert", pair.cert, "--tls-key", pair.key]
    with serve(*options) as running:
        assert "localhost:50051" in script
        ended = subprocess.run(
            [sys.executable, "-c", script.replace("localhost:50051", running.address)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=WATCHDOG_S,
            check=False,
        )
    assert ended.stderr == ""
    assert ended.stdout.startswith("DatasetInfo(count=100")
