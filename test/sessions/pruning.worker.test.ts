import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { day, grant, hour, login, newSession, policy, redemption, second, start } from './examples.ts'
import { sessionsOf, stubOf } from './object-subject.ts'

/** The tables an object has, but those of the platform. */
const tables = (subject: string): Promise<string[]> =>
  runInDurableObject(stubOf(subject), (_, { storage }) =>
    storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
      )
      .toArray()
      .map((row) => row.name),
  )
const alarmOf = (subject: string): Promise<number | null> =>
  runInDurableObject(stubOf(subject), (_, { storage }) => storage.getAlarm())
const count = (subject: string, table: string): Promise<number> =>
  runInDurableObject(
    stubOf(subject),
    (_, { storage }) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
  )

describe('what an object stores', () => {
  it('is nothing after questions alone, so that asking about strangers fills no storage', async () => {
    const subject = crypto.randomUUID()
    const sessions = sessionsOf(subject)
    await sessions.inspectToken({ now: start, kind: 'access', jti_hash: 'jti' })
    await sessions.inspectToken({ now: start, kind: 'access', grant_id: 'grant-1', jti_hash: 'jti' })
    await sessions.checkSession({ now: start, session_id: 'session-1', secret_hash: 'x', client_id: 'web' })
    await sessions.listSessions({ now: start })
    await sessions.redeemCode(redemption())
    expect(await tables(subject)).toEqual([])
    expect(await alarmOf(subject)).toBeNull()
  })

  it('is nothing when all has ended and every event was delivered; then it can begin again', async () => {
    const subject = crypto.randomUUID()
    const sessions = sessionsOf(subject)
    const long = start - 100 * day
    await sessions.recordLogin(login({ now: long }))
    await sessions.redeemCode(
      redemption(grant(), {
        now: long,
        code_expires_at: long + 60 * second,
        access_token_expires_at: long + hour,
      }),
    )
    await sessions.recordLogin(login({ now: long, password_ok: false }))
    expect(await tables(subject)).not.toEqual([])
    expect(await runDurableObjectAlarm(stubOf(subject))).toBe(true)
    expect(await tables(subject)).toEqual([])
    expect(await alarmOf(subject)).toBeNull()

    expect((await sessions.recordLogin(login())).status).toBe('signed_in')
    const check = { now: start, session_id: 'session-1', secret_hash: 'secret of session-1' }
    expect((await sessions.checkSession(check)).status).toBe('live')
    expect(await alarmOf(subject)).not.toBeNull()
  })

  it('is pruned of what has ended; the rest stays, and the next end is the next alarm', async () => {
    const subject = crypto.randomUUID()
    const sessions = sessionsOf(subject)
    const long = start - 100 * day
    await sessions.recordLogin(login({ now: long, session: newSession('old') }))
    await runInDurableObject(stubOf(subject), (_, { storage }) => {
      storage.sql.exec("INSERT INTO session_proofs VALUES ('old', '[]')")
      storage.sql.exec("INSERT INTO remembered_factors VALUES ('old', '[]', ?)", long + 30 * day)
    })
    await sessions.recordLogin(login())
    await sessions.redeemCode(redemption(grant('grant-1'), { refresh: { token_hash: 'token-0', policy } }))
    await runDurableObjectAlarm(stubOf(subject))
    expect(await count(subject, 'sessions')).toBe(1)
    expect(await count(subject, 'session_proofs')).toBe(0)
    expect(await count(subject, 'remembered_factors')).toBe(0)
    expect(await count(subject, 'grants')).toBe(1)
    expect(await alarmOf(subject)).toBe(start + 7 * day + 60 * second)
    const listed = await sessions.listSessions({ now: start })
    expect(listed.map((session) => session.session_id)).toEqual(['session-1'])
  })

  it('keeps a finished login in progress only while its link opens', async () => {
    const subject = crypto.randomUUID()
    const sessions = sessionsOf(subject)
    await sessions.recordLogin(login())
    await sessions.spendInteraction({ interaction_id: 'old', expires_at: start - 120 * second })
    await sessions.spendInteraction({ interaction_id: 'new', expires_at: start + hour })
    await runDurableObjectAlarm(stubOf(subject))
    expect(await count(subject, 'spent_interactions')).toBe(1)
  })

  it('keeps a revoked grant only while its code could return', async () => {
    const subject = crypto.randomUUID()
    const sessions = sessionsOf(subject)
    await sessions.recordLogin(login())
    const codeEnd = start - 120 * second
    const before = { now: codeEnd - second, code_expires_at: codeEnd }
    await sessions.redeemCode(redemption(grant(), before))
    await sessions.redeemCode(redemption(grant(), before))
    await runDurableObjectAlarm(stubOf(subject))
    expect(await count(subject, 'grants')).toBe(0)
    const accessToken = { now: start, kind: 'access' as const, grant_id: 'grant-1', jti_hash: 'jti-0' }
    expect(await sessions.inspectToken(accessToken)).toEqual({ status: 'dead' })
  })
})
