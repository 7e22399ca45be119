/** The stream format of HTML Living Standard §9.2, however it is cut into pieces. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvents, type StreamPosition } from '../../cli/api/event-stream.ts'
import vectors from '../../sdk/vectors/event-streams.json' with { type: 'json' }
import { streamOf } from './cut-stream.ts'

const text = `retry: 2000

: a comment
id: 1
event: audit
data: {"a":
data: 1}

id: 5

data:no space
data

id: 7
event: closed
data: {"reason":"ä"}

data: cut off`

async function read(stream: ReadableStream<Uint8Array>, tellsIdle: boolean) {
  const position: StreamPosition = { lastEventId: undefined, retryMs: 1 }
  const events = []
  for await (const event of readEvents(stream, position, tellsIdle)) events.push(event)
  return { events, position }
}

describe('an event stream', () => {
  // The same file holds the SDK to them.
  it.each(vectors.cases)('$name', async ({ input, expect: { events, last_event_id } }) => {
    const { events: seen, position } = await read(streamOf(input.stream, []), false)
    expect([seen, position.lastEventId ?? null]).toEqual([events, last_event_id])
  })

  it('is read the same however it is cut; an unfinished event is left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(text.length), { maxLength: 12 }), async (places) => {
        expect(await read(streamOf(text, places), true)).toEqual({
          events: [
            { event: 'audit', data: '{"a":\n1}' },
            'idle',
            { event: 'message', data: 'no space\n' },
            { event: 'closed', data: '{"reason":"ä"}' },
          ],
          position: { lastEventId: '7', retryMs: 2000 },
        })
      }),
    )
  })

  it('remembers the position of a block without data, also when nobody asks for it', async () => {
    const { events, position } = await read(streamOf('id: 9\n\n', []), false)
    expect([events, position.lastEventId]).toEqual([[], '9'])
  })
})
