import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { type AppendEvents, createRecordEvent } from '../../src/audit/record-event.ts'

const event = (): AuditEvent =>
  createEvent('token.issued', 0, undefined, { outcome: 'success', actor_type: 'client', actor_id: 'svc' })
const newBuffer = () => ({ events: [] as AuditEvent[], promisedAt: 0 })

/** A request: what it promised to wait for, and the calls made with its own bindings. */
function request(buffer: ReturnType<typeof newBuffer>, append?: AppendEvents) {
  const promised: Promise<unknown>[] = []
  const batches: (readonly AuditEvent[])[] = []
  const record = createRecordEvent(
    {
      waitUntil: (work) => void promised.push(work),
      append: append ?? (async (events) => void batches.push(events)),
    },
    buffer,
  )
  return { record, promised, batches }
}

describe('recordEvent', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }))
  afterEach(() => void vi.useRealTimers())

  it('gathers the events of several requests into one call, made by the first of them', async () => {
    const buffer = newBuffer()
    const [first, second] = [request(buffer), request(buffer)]
    const events = [event(), event(), event()] as const
    first.record(events[0])
    second.record(events[1])
    second.record(events[2])
    await vi.advanceTimersByTimeAsync(100)
    await Promise.all(first.promised)
    expect(first.batches).toEqual([events])
    expect(second.promised).toEqual([])
    expect(second.batches).toEqual([])
  })

  it('leaves at once with a full batch, using the request that filled it', async () => {
    const buffer = newBuffer()
    const [first, second] = [request(buffer), request(buffer)]
    first.record(event())
    for (let index = 0; index < 199; index++) second.record(event())
    await Promise.all(second.promised)
    expect(second.batches.map((batch) => batch.length)).toEqual([200])
    expect(buffer.events).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    expect(first.batches).toEqual([])
  })

  it('repeats a failed call', async () => {
    const buffer = newBuffer()
    const append = vi.fn<AppendEvents>().mockRejectedValueOnce(new Error('away')).mockResolvedValue(undefined)
    const { record, promised } = request(buffer, append)
    record(event())
    await vi.advanceTimersByTimeAsync(1_000)
    await Promise.all(promised)
    expect(append).toHaveBeenCalledTimes(2)
    expect(append.mock.calls[0]?.[0]).toEqual(append.mock.calls[1]?.[0])
    expect(buffer.events).toEqual([])
  })

  it('puts events back when nothing helps, and a later request takes them along', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const buffer = newBuffer()
    const failing = request(buffer, async () => Promise.reject(new Error('away')))
    const kept = event()
    failing.record(kept)
    await vi.advanceTimersByTimeAsync(20_000)
    await Promise.all(failing.promised)
    expect(buffer.events).toEqual([kept])

    const later = request(buffer)
    const fresh = event()
    later.record(fresh)
    await vi.advanceTimersByTimeAsync(100)
    expect(later.batches).toEqual([[kept, fresh]])
    log.mockRestore()
  })

  it('does not wait forever for a request that the runtime ended', async () => {
    const buffer = newBuffer()
    const abandoned = request(buffer)
    abandoned.record(event())
    vi.clearAllTimers()
    await vi.advanceTimersByTimeAsync(5_001)
    const next = request(buffer)
    next.record(event())
    await vi.advanceTimersByTimeAsync(100)
    expect(next.batches.map((batch) => batch.length)).toEqual([2])
  })
})
