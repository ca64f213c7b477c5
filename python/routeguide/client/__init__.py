"""The typed clients of a server, blocking and asyncio."""
