/** A version from before some of the tables runs again on objects that the present one has written. */
import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { day, deviceProof, hour, login, newPending, newSession, start, userId } from './examples.ts'
import { evictedBeforeEachCall, stubOf } from './object-subject.ts'

/** The statements of release 0.1.0. */
const released = {
  session: 'INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  device: 'INSERT OR REPLACE INTO known_devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
}

it('the released version writes sessions and known devices after a roll-back, and this one reads them', async () => {
  const subject = crypto.randomUUID()
  const sessions = evictedBeforeEachCall(subject)
  const remembered = { remembered_id: 'remembered-1', secret_hash: 's' }
  const device = { presented: undefined, next: deviceProof() }
  await sessions.recordLogin(login({ device, remember_second_factor: { ...remembered, days: 30 } }))
  await runInDurableObject(stubOf(subject), (_, { storage: { sql } }) => {
    const session = ['old', 'secret of old', userId, start, 'urn:authly:acr:pwd', '["pwd"]']
    const ends = [start, start, 3600, start + day, null, null, 0, start + hour]
    sql.exec(released.session, ...session, ...ends)
    const written = ['old-device', 'secret of old-device', 'old', start, start, 0, null, null, null]
    sql.exec(released.device, ...written, start + day)
    // A sign-in there replaces the secret of the known device.
    const replaced = ['device-1', 'secret of device-1', 'session-1', start, start, 0, start, null, null]
    sql.exec(released.device, ...replaced, start + hour)
  })

  const check = { now: start, session_id: 'old', secret_hash: 'secret of old' }
  expect((await sessions.checkSession(check)).status).toBe('live')
  const listed = await sessions.listDevices({ now: start })
  expect(listed.map(({ device_id }) => device_id)).toEqual(['old-device'])
  const again = await sessions.recordLogin(
    login({
      ...{ now: start + 1, session: newSession('session-2'), pending: newPending('pending-2') },
      device: { presented: deviceProof('old-device'), next: deviceProof('device-2') },
    }),
  )
  expect(again.status).toBe('signed_in')
})
