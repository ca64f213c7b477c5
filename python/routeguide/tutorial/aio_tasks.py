"""The tasks that grpcio leaves behind when an asyncio server has stopped."""

import asyncio

# They take milliseconds to end.
CLEAR_UP_S = 2.0


async def let_tasks_end() -> None:
    """Wait for what a stopped server has not cleared up yet.

    What the end of the event loop would have to cancel, grpcio logs with a traceback.
    """
    current = asyncio.current_task()
    if others := [task for task in asyncio.all_tasks() if task is not current]:
        await asyncio.wait(others, timeout=CLEAR_UP_S)
