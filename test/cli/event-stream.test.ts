/** The stream format of HTML Living Standard §9.2, however it is cut into pieces. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvents, type StreamPosition } from '../../cli/api/event-stream.ts'

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

async function read(parts: readonly Uint8Array[], tellsIdle: boolean) {
  const position: StreamPosition = { lastEventId: undefined, retryMs: 1 }
  const events = []
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
  for await (const event of readEvents(body, position, tellsIdle)) events.push(event)
  return { events, position }
}

describe('an event stream', () => {
  it('is read the same however it is cut; an unfinished event is left out', async () => {
    const bytes = new TextEncoder().encode(text)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const parts = edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
        expect(await read(parts, true)).toEqual({
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
    const { events, position } = await read([new TextEncoder().encode('id: 9\n\n')], false)
    expect([events, position.lastEventId]).toEqual([[], '9'])
  })
})
