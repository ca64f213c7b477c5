"""Start a server on a free port, walk through it with the client, stop it.

Exits with 0 when both did what they should, and leaves no process behind either way.
"""

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
LISTENING = "Server listening on "
STOP_TIMEOUT_S = 30


def main() -> int:
    server = subprocess.Popen(
        [sys.executable, SCRIPTS / "route_server.py", "--address", "localhost:0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = _address(server)
        if address is None:
            return 1
        client = subprocess.run([sys.executable, SCRIPTS / "route_client.py", "--address", address])
        server.terminate()
        sys.stderr.write(server.communicate(timeout=STOP_TIMEOUT_S)[1])
    finally:
        server.kill()
        server.wait()
    return 0 if client.returncode == server.returncode == 0 else 1


def _address(server: "subprocess.Popen[str]") -> str | None:
    """Where the server says that it listens; None if it ends instead."""
    assert server.stderr is not None
    for line in server.stderr:
        sys.stderr.write(line)
        if line.startswith(LISTENING):
            return line.removeprefix(LISTENING).strip()
    return None


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
