import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { testDatabase } from '../fakes/database.ts'

const origin = { request_id: '' }

describe('the search terms of an audit event', () => {
  // Attack: text that Postgres cannot index keeps the event, and the whole batch around it, out of the trail.
  test.each([
    ['empty', ''],
    ['one long word', 'x'.repeat(2000)],
    ['one word longer than a tsvector takes, of four bytes each', '\u{1F511}'.repeat(600)],
    ['quotes and colons', `':*&|!\\"'`],
    ['blanks', ' \t\n'],
  ])('%s text from a caller does not keep an event from the trail', async (_name, text) => {
    const event = createEvent(
      'client.authentication_failed',
      Date.now(),
      { ...origin, ip: text, user_agent: text },
      {
        ...{ outcome: 'failure', actor_type: 'anonymous', actor_id: text, client_id: text, user_id: text },
        ...{ session_id: text, entity_type: text, entity_id: text, data: { method: text, reason: text } },
      },
    )
    await testDatabase().execute(insertEvents([event]))
    const { rows } = await testDatabase().execute(
      sql`select client_id from audit_events where id = ${event.id}`,
    )
    expect(rows).toEqual([{ client_id: text }])
  })

  test('data with more terms than a tsvector takes does not keep an event from the trail', async () => {
    const reason = Array.from({ length: 150_000 }, (_, index) => `word${index}`).join(' ')
    const event = createEvent('client.authentication_failed', Date.now(), undefined, {
      ...{ outcome: 'failure', actor_type: 'anonymous', data: { reason } },
    })
    await testDatabase().execute(insertEvents([event]))
    const { rows } = await testDatabase().execute(
      sql`select id from audit_events where id = ${event.id} and search_terms @@ 'word1'::tsquery`,
    )
    expect(rows).toEqual([{ id: event.id }])
  })
})
