"""The recording host (录播主机) of a room: paired once, it publishes its cameras while a lesson is on."""
