"""Run the scripts of a source tree on the installed package: smoke.py FOLDER

Checks only what a faulty distribution would break: the scripts start, find the installed package
and its extension, and print the expected text.
"""

import signal
import subprocess
import sys
from pathlib import Path

TIMEOUT_S = 60
LISTENING = "Server listening on "
GREETING = "Response from server: Hello, People"


def run(script: Path, *arguments: str) -> list[str]:
    command = [sys.executable, str(script), *arguments]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=True)
    return ran.stdout.splitlines()


def check(printed: object, expected: object) -> None:
    if printed != expected:
        raise SystemExit(f"printed {printed!r} instead of {expected!r}")


def documented_service(scripts: Path) -> None:
    """Run route_server.py and route_client.py, through demo.py."""
    lines = run(scripts / "demo.py")
    check(lines[0], "-------------- GetFeature --------------")
    check(lines[-1], "Received message Third message at latitude: 1, longitude: 0")


def connect_service(scripts: Path) -> None:
    command = [sys.executable, str(scripts / "connect/server.py"), "--address", "localhost:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            first = server.stdout.readline()
            check(first[: len(LISTENING)], LISTENING)
            address = ["--address", first[len(LISTENING) :].strip()]
            check(run(scripts / "connect/unary_client.py", *address), [GREETING])
            check(
                run(scripts / "connect/server_stream_client.py", *address),
                [f"{GREETING}: server({number}) " for number in range(1, 11)],
            )
            server.send_signal(signal.SIGINT)
            check(server.communicate(timeout=TIMEOUT_S)[0][-25:], "\nConnection dropped!\nBye\n")
            check(server.returncode, 0)
        finally:
            server.kill()


if __name__ == "__main__":
    scripts = Path(sys.argv[1]) / "python"
    documented_service(scripts)
    connect_service(scripts)
    print("ok  the scripts of the source distribution run")
