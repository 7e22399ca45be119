"""JSON lines go on the wire as the text that they are; Schemathesis knows only the types it has serializers for."""

import schemathesis


@schemathesis.serializer("application/jsonl", "application/x-ndjson")
def json_lines(_context, value):
    return value.encode(errors="replace") if isinstance(value, str) else value
