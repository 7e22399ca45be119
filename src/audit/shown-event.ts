/**
 * An audit event as everybody sees it who may: lists, searches and the live stream show the same. Without what only
 * seals it. Times have the microseconds that Postgres keeps.
 */

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** SQL of the JSON of a row of `audit_events`. */
export const shownEventJson = `json_build_object(
  'id', id, 'position', position, 'type', type, 'occurred_at', ${instant('occurred_at')},
  'recorded_at', ${instant('recorded_at')}, 'outcome', outcome, 'actor_type', actor_type, 'actor_id', actor_id,
  'user_id', user_id, 'client_id', client_id, 'session_id', session_id, 'entity_type', entity_type,
  'entity_id', entity_id, 'ip', ip, 'user_agent', user_agent, 'request_id', request_id, 'changes', changes,
  'data', data, 'erased_at', ${instant('erased_at')})`
