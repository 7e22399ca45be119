/** `sdk/vectors/event-streams.json`: the format of HTML Living Standard §9.2, however it is cut into pieces. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvents } from '../../../sdk/js/management/src/server-sent-events.ts'
import vectors from '../../../sdk/vectors/event-streams.json' with { type: 'json' }
import { streamOf } from '../../cli/cut-stream.ts'

describe('an event stream', () => {
  it.each(vectors.cases)('$name', async ({ input: { stream }, expect: expected }) => {
    const cuts = fc.uniqueArray(fc.nat(stream.length), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const events = []
        let last_event_id: string | null = null
        for await (const { event, data, id } of readEvents(streamOf(stream, places))) {
          last_event_id = id ?? null
          if (event !== undefined) events.push({ event, data })
        }
        expect({ events, last_event_id }).toEqual(expected)
      }),
    )
  })
})
