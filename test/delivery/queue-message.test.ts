import { describe, expect, it } from 'vitest'
import type { DeliverySettings } from '../../src/delivery/delivery-settings.ts'
import type { QueuedMessage } from '../../src/delivery/message.ts'
import {
  createQueueMessage,
  type DestinationQueue,
  destinationName,
  type OutgoingMessage,
} from '../../src/delivery/queue-message.ts'
import { openMessage } from '../../src/delivery/sealed-message.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { toSettings } from '../../src/settings/settings.ts'

const root = createRootSecret('dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ')
const now = 1_800_000_000_000
const email: DeliverySettings['email'] = { from: 'login@auth.test', provider: { kind: 'cloudflare' } }
const outgoing: OutgoingMessage = {
  to: { channel: 'email', address: 'Ada@Example.com' },
  user_id: 'user-1',
  language: 'de',
  message: {
    kind: 'invitation',
    params: { url: 'https://auth.test/set-password?link=x', account: 'ada', link_expires_at: now + 1 },
  },
  expires_at: now + 60_000,
}

function open({
  delivery = { email, sms: undefined } as DeliverySettings,
  full = false,
  settings = toSettings({}),
} = {}) {
  const calls: [string, string, unknown][] = []
  const destinationOf = (name: string): DestinationQueue => ({
    enqueue: async (message) => {
      calls.push([name, 'enqueue', message])
      return full ? 'full' : 'queued'
    },
    release: async (id) => void calls.push([name, 'release', id]),
    discard: async (id) => void calls.push([name, 'discard', id]),
  })
  const config = { issuer: 'https://auth.test', delivery }
  const needs = { root, now: () => now, config, destinationOf }
  return { calls, queue: createQueueMessage({ ...needs, readSettings: async () => settings }) }
}

describe('the object of a destination', () => {
  const nameOf = (channel: 'email' | 'sms', address: string) => destinationName(root, { channel, address })

  it('is one for all spellings of an address, and another for another address or channel', async () => {
    const name = await nameOf('email', 'ada@example.com')
    for (const spelling of ['Ada@Example.COM', ' ada@example.com', 'ada@example.com.', 'ａda@example.com']) {
      expect(await nameOf('email', spelling), spelling).toBe(name)
    }
    expect(await nameOf('email', 'eve@example.com')).not.toBe(name)
    expect(await nameOf('sms', 'ada@example.com')).not.toBe(name)
  })

  it('has a name that nobody without the root secret can compute from an address', async () => {
    const other = createRootSecret('b3RoZXItcm9vdC1zZWNyZXQtb3RoZXItcm9vdC1zZWNyZXQtMDE')
    const name = await nameOf('email', 'ada@example.com')
    expect(name).toMatch(/^[\w-]{43}$/)
    expect(await destinationName(other, { channel: 'email', address: 'ada@example.com' })).not.toBe(name)
  })
})

describe('queueing', () => {
  it('seals all that can be read, for this message alone', async () => {
    const { calls, queue } = open()
    expect(await queue(outgoing)).toMatchObject({ ok: true })
    const message = calls[0]?.[2] as QueuedMessage
    const { message_id, sealed, ...rest } = message
    expect(rest).toEqual({
      ...{ channel: 'email', kind: 'invitation', user_id: 'user-1' },
      ...{ queued_at: now, due_at: now, expires_at: now + 60_000 },
    })
    expect(await openMessage(root, message_id, sealed)).toMatchObject({
      ...{ to: outgoing.to, language: 'de', host: 'auth.test', message: outgoing.message },
      brand: { name: 'Authly' },
    })
    expect(await openMessage(root, '01900000-0000-7000-8000-000000000000', sealed)).toBeUndefined()
  })

  it('of a held message waits half a minute at most; its ticket lets it go or takes it back', async () => {
    const { calls, queue } = open()
    const queued = await queue({ ...outgoing, held: true })
    if (!queued.ok) throw new Error('it must be queued')
    const message = calls[0]?.[2] as QueuedMessage
    expect(message.due_at).toBe(now + 30_000)
    await queued.value.release()
    await queued.value.discard()
    const name = calls[0]?.[0]
    expect(calls.slice(1)).toEqual([
      [name, 'release', message.message_id],
      [name, 'discard', message.message_id],
    ])
  })

  it('is refused without a provider for the channel, before anything is asked or stored', async () => {
    const { calls, queue } = open({ delivery: { email, sms: undefined } })
    const sms: OutgoingMessage = {
      ...{ ...outgoing, to: { channel: 'sms', address: '+4915112345678' } },
      message: { kind: 'sms_code', params: { code: '123456', valid_seconds: 60 } },
    }
    expect(await queue(sms)).toEqual({ ok: false, error: 'not_configured' })
    expect(calls).toEqual([])
  })

  it('says so when the destination takes no more', async () => {
    expect(await open({ full: true }).queue(outgoing)).toEqual({ ok: false, error: 'full' })
  })
})
