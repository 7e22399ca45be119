/** Lists in the queries of events: what is refused, and what the refusal says there is. */
import { describe, expect, it } from 'vitest'
import { families, streamQuery } from '../../../src/audit/stream/stream-query.ts'

const messageFor = (query: Record<string, string>): string | undefined =>
  streamQuery.safeParse(query).error?.issues[0]?.message

describe('a list of known values', () => {
  it('is read at its commas', () => {
    expect(streamQuery.parse({ families: 'user,client' }).families).toEqual(['user', 'client'])
  })

  it('is refused with the values there are, as long as they are few', () => {
    expect(messageFor({ families: 'user,nope' })).toBe(
      `must be event families, separated by commas: ${families.join(', ')}`,
    )
    expect(messageFor({ types: 'nope' })).toBe('must be event types, separated by commas')
  })
})
