"""Packet arithmetic: bytes in, bytes out. Imports nothing of ours; no socket, no task, no clock. Malformed bytes
raise ValueError."""
