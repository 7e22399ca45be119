/** Access to the metrics objects of this region. Their calls are not observed: each would be one more to hand over. */
import { type Placement, placeObjects } from '../kit/place-objects.ts'
import type { Deliver } from './hand-over.ts'
import type { Family } from './metric-families.ts'
import type { ShardReading } from './metrics.object.ts'

/** One object takes the hand-overs of hundreds of isolates; several, so that none is a bottleneck. */
const shards = 4

const nameOf = (index: number): string => `shard-${index}`

/** Hands over to the shard of this isolate, always the same one: it alone knows what it was given. */
export function createDeliver(namespace: Env['METRICS'], placement: Placement): Deliver {
  const place = placeObjects(namespace, placement)
  const shard = nameOf(Math.floor(Math.random() * shards))
  return async (handOver) => {
    await place(shard).take(handOver)
  }
}

/** Reads all shards. Rejects when one does not answer: sums without it would go backwards. */
export function createReadShards(
  namespace: Env['METRICS'],
  placement: Placement,
): () => Promise<readonly ShardReading[]> {
  const place = placeObjects(namespace, placement)
  return () =>
    Promise.all(
      Array.from({ length: shards }, async (_, index): Promise<ShardReading> => {
        const { families, isolates } = await place(nameOf(index)).read()
        // The types of RPC forget what a tuple is.
        return { families: families as unknown as readonly Family[], isolates }
      }),
    )
}
