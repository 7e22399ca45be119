/** An audit event as the stream shows it: the columns of the trail without those that only seal it. */
const instantOf = (value: unknown): string => new Date(value as string | number | Date).toISOString()

/** The event in the JSON of the admin API. */
export const toJsonEvent = (row: Readonly<Record<string, unknown>>) => ({
  id: row['id'],
  position: Number(row['position']),
  type: row['type'],
  occurred_at: instantOf(row['occurred_at']),
  recorded_at: instantOf(row['recorded_at']),
  outcome: row['outcome'],
  actor_type: row['actor_type'],
  actor_id: row['actor_id'],
  user_id: row['user_id'],
  client_id: row['client_id'],
  session_id: row['session_id'],
  entity_type: row['entity_type'],
  entity_id: row['entity_id'],
  ip: row['ip'],
  user_agent: row['user_agent'],
  request_id: row['request_id'],
  changes: row['changes'],
  data: row['data'],
  erased: row['erased_at'] !== null,
})
