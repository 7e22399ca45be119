/** An audit event as JSON, built by Postgres from a row of `audit_events`. Times keep the microseconds of Postgres. */

/** A time as text, with microseconds, in UTC. */
export const instant = (column: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const members = `'id', id, 'position', position, 'type', type, 'occurred_at', ${instant('occurred_at')},
  'recorded_at', ${instant('recorded_at')}, 'outcome', outcome, 'actor_type', actor_type, 'actor_id', actor_id,
  'user_id', user_id, 'client_id', client_id, 'session_id', session_id, 'entity_type', entity_type,
  'entity_id', entity_id, 'ip', ip, 'user_agent', user_agent, 'request_id', request_id, 'changes', changes,
  'data', data`

/** As lists, searches and the live stream show it. */
export const shownEventJson = `json_build_object(${members}, 'erased_at', ${instant('erased_at')})`

/** As it is sealed (`EvidenceEvent`), with the salts of its digests. */
export const evidenceEventJson = `jsonb_build_object(${members}, 'origin_salt', origin_salt,
  'details_salt', details_salt, 'origin_digest', null, 'details_digest', null)`
