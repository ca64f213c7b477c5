"""The tasks that grpcio leaves running when an asyncio server has stopped."""

import asyncio

WAIT_S = 2.0  # they take milliseconds


async def wait_for_other_tasks() -> None:
    """Wait until all other tasks end: grpcio logs a traceback for each that asyncio.run cancels."""
    current = asyncio.current_task()
    if others := [task for task in asyncio.all_tasks() if task is not current]:
        await asyncio.wait(others, timeout=WAIT_S)
