"""The keys in Valkey by which processes elsewhere say that they live; each is renewed every few seconds."""

RELAY = "songjiao:relay:{name}"
WORKER = "songjiao:worker:{name}"
BEAT = "songjiao:beat"
RECORDER = "songjiao:recorder:{name}"
RECORDING = "songjiao:recording:{lesson}"
"""Which recorder has the lesson: {name, url}, url as the web reaches it."""
