import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { erasePerson } from '../audit/erase-person.ts'
import { trailUnderTest } from '../audit/trail-under-test.ts'
import { type Trail, verify } from '../audit/verify-trail-under-test.ts'

const codes = async (trail: Trail) => (await verify(trail)).problems.map(({ code }) => code)

/** 25 events in checkpoints of ten, ten and the rest. */
async function sealedTrail() {
  const trail = await trailUnderTest()
  await trail.keyring.signingKey('ES256')
  const events = await trail.add(25)
  await trail.seal({ events: 10, checkpoints: 100 })
  expect(await codes(trail)).toEqual([])
  return { trail, events }
}

describe('sealing', () => {
  it('seals everything final in bounded steps, and nothing twice', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.add(25)
    expect(await trail.seal({ events: 10, checkpoints: 2 })).toEqual({ sealed: 2, upToDate: false })
    expect(await trail.seal({ events: 10, checkpoints: 2 })).toEqual({ sealed: 1, upToDate: true })
    expect(await trail.seal()).toEqual({ sealed: 0, upToDate: true })
    const { events, problems } = await verify(trail)
    // The first three keys were events too.
    expect({ events, problems }).toEqual({ events: 28, problems: [] })
  })

  // Attack: one write left open, and every write after it queues behind a sealer that waits.
  it('does not wait long behind an open write, and seals at its next run', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.add(5)
    const openWrite = trail.runBatch([sql`select authly_next_audit_position()`, sql`select pg_sleep(2)`])
    const isOpen = sql`select 1 from pg_locks where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())`
    while ((await trail.runBatch([isOpen]))[0]?.length === 0);
    expect(await trail.seal()).toEqual({ sealed: 0, upToDate: false })
    await openWrite
    expect(await trail.seal()).toEqual({ sealed: 1, upToDate: true })
  })

  it('makes one chain when several sealers run at once', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.add(60)
    await Promise.all([1, 2, 3, 4].map(() => trail.seal({ events: 7, checkpoints: 100 })))
    await trail.seal({ events: 7, checkpoints: 100 })
    expect(await verify(trail)).toMatchObject({ problems: [], events: 63 })
  })

  it('goes on from a checkpoint that is not ours, and says that it does not vouch for it', async () => {
    const { trail } = await sealedTrail()
    await trail.query(`update audit_checkpoints set signature = signature || 'A' where sequence = 3`)
    await trail.add(3)
    await trail.seal()
    expect(await codes(trail)).toEqual(['checkpoint_invalid', 'chain_broken'])
  })
})

describe('tampering that is found', () => {
  const attacks: readonly (readonly [string, string, string])[] = [
    [
      'a changed type',
      `update audit_events set type = 'session.ended' where position = (select min(position) + 4 from audit_events)`,
      'event_changed',
    ],
    [
      'a changed address',
      `update audit_events set ip = '1.2.3.4' where position = (select min(position) + 4 from audit_events)`,
      'event_changed',
    ],
    [
      'changed data',
      `update audit_events set data = '{"acr":"y"}' where position = (select min(position) + 4 from audit_events)`,
      'event_changed',
    ],
    [
      'a time moved by a microsecond',
      `update audit_events set recorded_at = recorded_at + interval '1 microsecond' where position = (select min(position) + 4 from audit_events)`,
      'event_changed',
    ],
    [
      'a deleted event',
      `delete from audit_events where position = (select min(position) + 4 from audit_events)`,
      'event_missing',
    ],
    [
      'the first event deleted',
      `delete from audit_events where position = (select min(position) from audit_events)`,
      'event_missing',
    ],
    [
      'the last event deleted',
      `delete from audit_events where position = (select max(last_position) from audit_checkpoints)`,
      'event_missing',
    ],
    [
      'an event slipped in',
      `insert into audit_events (id, position, type, occurred_at, outcome, actor_type) values (uuidv7(), -5, 'session.created', now(), 'success', 'user')`,
      'event_added',
    ],
    [
      'a blank nobody asked for',
      `update audit_events set ip = null, user_agent = null, origin_salt = null where position = (select min(position) + 4 from audit_events)`,
      'event_blanked',
    ],
    [
      'details blanked',
      `update audit_events set data = '{}', details_salt = null where position = (select min(position) + 4 from audit_events)`,
      'event_blanked',
    ],
    [
      'another leaf',
      `update audit_checkpoints set leaves = jsonb_set(leaves, '{3,1}', leaves->4->1) where sequence = 2`,
      'tree_altered',
    ],
    ['leaves dropped', `update audit_checkpoints set leaves = '[]' where sequence = 2`, 'tree_altered'],
    [
      'another root',
      `update audit_checkpoints set merkle_root = reverse(merkle_root) where sequence = 2`,
      'checkpoint_invalid',
    ],
    [
      'another count',
      `update audit_checkpoints set event_count = 9 where sequence = 2`,
      'checkpoint_invalid',
    ],
    ['a checkpoint deleted', `delete from audit_checkpoints where sequence = 2`, 'checkpoint_missing'],
    [
      'the first checkpoint deleted',
      `delete from audit_checkpoints where sequence = 1`,
      'checkpoint_missing',
    ],
  ]

  it.each(attacks)('%s', async (_, attack, code) => {
    const { trail } = await sealedTrail()
    await trail.query(attack)
    expect(await codes(trail)).toContain(code)
  })

  it('an erasure that the server did not make explains nothing', async () => {
    const { trail } = await sealedTrail()
    await trail.query(
      `update audit_events set ip = null, user_agent = null, origin_salt = null where user_id = 'user-7'`,
    )
    await trail.query(`insert into audit_events (id, type, occurred_at, outcome, actor_type, user_id, data)
      values (uuidv7(), 'audit.personal_data_erased', now(), 'success', 'system', 'user-7', '{"proof":"AAAA"}')`)
    await trail.seal()
    expect(await codes(trail)).toEqual(['event_blanked'])
  })
})

describe('erasure', () => {
  it('takes the personal data away at once and leaves the chain valid', async () => {
    const { trail } = await sealedTrail()
    await trail.runBatch(await erasePerson(trail.root, 'user-7'))
    const rows = await trail.query(
      `select ip, user_agent, data, details_salt from audit_events where user_id = 'user-7' and type = 'session.created'`,
    )
    expect(rows).toEqual([{ ip: null, user_agent: null, data: {}, details_salt: null }])
    expect(await codes(trail)).toEqual([])
    await trail.seal()
    expect(await codes(trail)).toEqual([])
  })

  it('blanks what is not sealed yet, and what an outbox delivers afterwards', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.add(1, 'session.created', { user_id: 'gone', actor_id: 'gone' })
    await trail.runBatch(await erasePerson(trail.root, 'gone'))
    await trail.add(1, 'session.ended', { user_id: 'gone', actor_id: 'gone' })
    await trail.seal()
    const left = await trail.query(
      `select count(*)::int as n from audit_events where user_id = 'gone' and ip is not null`,
    )
    expect(left).toEqual([{ n: 0 }])
    expect(await codes(trail)).toEqual([])
  })

  it('keeps what an administrator did to others, without where from, and what others did to them', async () => {
    const { trail } = await sealedTrail()
    await trail.add(1, 'client.updated', {
      actor_id: 'boss',
      user_id: undefined,
      entity_type: 'client',
      entity_id: 'c1',
    })
    await trail.add(1, 'user.updated', {
      actor_id: 'other',
      user_id: 'boss',
      entity_type: 'user',
      entity_id: 'boss',
    })
    await trail.runBatch(await erasePerson(trail.root, 'boss'))
    const rows = await trail.query(
      `select type, ip is null as origin_gone, data = '{}' as details_gone from audit_events where type in ('client.updated', 'user.updated') order by position`,
    )
    expect(rows).toEqual([
      { type: 'client.updated', origin_gone: true, details_gone: false },
      { type: 'user.updated', origin_gone: false, details_gone: true },
    ])
    await trail.seal()
    expect(await codes(trail)).toEqual([])
  })
})

describe('retention', () => {
  const old = Date.now() - 400 * 86_400_000

  it('removes old events of a class, explains each hole, and the rest still verifies', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.add(15, 'token.issued', { occurred_at: old })
    await trail.add(5, 'user.updated', { occurred_at: old })
    await trail.add(10, 'token.issued')
    await trail.seal({ events: 10, checkpoints: 100 })
    expect(await trail.retain({ token: 30 })).toBe(15)
    expect(await trail.retain({ token: 30 })).toBe(0)
    await trail.seal()
    const { problems, removed } = await verify(trail)
    expect({ problems, removed }).toEqual({ problems: [], removed: 15 })
  })

  it('drops the leaves of a checkpoint without events, and never events that are not sealed', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.query('delete from audit_events')
    await trail.add(10, 'token.issued', { occurred_at: old })
    await trail.seal({ events: 10, checkpoints: 100 })
    await trail.add(5, 'token.issued', { occurred_at: old })
    expect(await trail.retain({ token: 30 })).toBe(10)
    const [row] = await trail.query('select leaves from audit_checkpoints where sequence = 1')
    expect(row).toEqual({ leaves: [] })
    await trail.seal()
    expect(await codes(trail)).toEqual([])
  })

  it('two runs at once remove and explain once', async () => {
    const trail = await trailUnderTest()
    await trail.keyring.signingKey('ES256')
    await trail.add(12, 'token.issued', { occurred_at: old })
    await trail.seal()
    await Promise.all([trail.retain({ token: 30 }), trail.retain({ token: 30 })])
    const [row] = await trail.query(
      `select count(*)::int as n from audit_events where type = 'audit.events_removed'`,
    )
    expect(row).toEqual({ n: 1 })
    expect(await codes(trail)).toEqual([])
  })

  it('signs for nothing that was made to look old', async () => {
    const { trail } = await sealedTrail()
    await trail.query(`update audit_events set occurred_at = occurred_at - interval '10 years', type = 'token.issued'
      where position = (select min(position) + 3 from audit_events)`)
    await expect(trail.retain({ token: 30 })).rejects.toThrow('nothing was removed')
    const [row] = await trail.query(
      `select count(*)::int as n from audit_events where type = 'audit.events_removed'`,
    )
    expect(row).toEqual({ n: 0 })
  })

  it('a hole of the same kind without our statement is found', async () => {
    const { trail } = await sealedTrail()
    const removed = await trail.segment(1)
    expect(removed?.events).toHaveLength(10)
    await trail.database.execute(
      sql`delete from audit_events where position = ${removed?.events[2]?.position ?? 0}`,
    )
    await trail.query(`insert into audit_events (id, type, occurred_at, outcome, actor_type, entity_type, entity_id, data)
      values (uuidv7(), 'audit.events_removed', now(), 'success', 'system', 'audit_checkpoint', '1', '{"jws":"a.b.c","public_jwk":{}}')`)
    await trail.seal()
    expect(await codes(trail)).toEqual(['event_missing'])
  })
})
