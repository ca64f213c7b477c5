"""Start a server on a free port, run the client against it, stop the server.

Exits with 0 if both succeed, and leaves no process running in any case.
"""

import signal
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
LISTENING = "Server listening on "
STOP_TIMEOUT_S = 30

processes: "list[subprocess.Popen[str]]" = []
interrupts: list[int] = []


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    try:
        server = start("route_server.py", "--address", "localhost:0", stderr=subprocess.PIPE)
        address = announced_address(server)
        if address is None:
            return 1
        client = start("route_client.py", "--address", address)
        client.wait()
        server.terminate()
        sys.stderr.write(server.communicate(timeout=STOP_TIMEOUT_S)[1])
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return 0 if client.returncode == server.returncode == 0 else 1


def start(script: str, *arguments: str, stderr: int | None = None) -> "subprocess.Popen[str]":
    command = [sys.executable, str(SCRIPTS / script), *arguments]
    process = subprocess.Popen(command, stderr=stderr, text=True)
    processes.append(process)
    if interrupts:
        process.kill()
    return process


def interrupt(number: int, _frame: object) -> None:
    """Kill both processes, so that `main` returns. An exception here could interrupt Popen."""
    interrupts.append(number)
    for process in processes:
        process.kill()


def announced_address(server: "subprocess.Popen[str]") -> str | None:
    """Return the address that the server prints, or None if it ends first."""
    assert server.stderr is not None
    for line in server.stderr:
        sys.stderr.write(line)
        if line.startswith(LISTENING):
            return line.removeprefix(LISTENING).strip()
    return None


if __name__ == "__main__":
    status = main()
    sys.exit(128 + interrupts[0] if interrupts else status)
