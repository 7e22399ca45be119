"""JSON lines go on the wire as the text that they are; Schemathesis knows only the types it has serializers for."""

import schemathesis

schemathesis.serializer.alias(["application/jsonl", "application/ndjson", "application/x-ndjson"], "text/plain")
