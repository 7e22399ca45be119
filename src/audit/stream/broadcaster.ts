/**
 * Distributes the trail to subscribers: each gets every event that passes its filter once, in order of position. One
 * read of the tail serves all who follow it; a subscriber that is behind (resuming or slow) reads past events by itself
 * until it reaches the tail. Both only advance the subscriber's cursor, so neither gaps nor repetitions are possible
 * between them.
 */
import { authorizationKey } from '../../access/authorized.ts'
import { matches } from './stream-filter.ts'
import type { StreamEvent } from './stream-message.ts'
import type { Subscriber } from './subscriber.ts'
import { TrailBusy, type TrailReader } from './trail-reader.ts'

/** following: gets new events from the tail. behind: waits for room or for Postgres. catching_up: reads past events. */
type State = 'following' | 'behind' | 'catching_up'

interface Place {
  state: State
  /** Since when it has not been following (milliseconds since the Unix epoch). */
  behindSince: number
}

export interface Broadcaster {
  readonly size: number
  /** Adds a subscriber whose cursor is that of its subscription; sends `reset` first if events are missing. */
  subscribe(subscriber: Subscriber): Promise<void>
  /** Restores a subscriber after an eviction; its cursor is where it stopped. */
  restore(subscriber: Subscriber): void
  remove(subscriber: Subscriber): void
  subscribers(): Iterable<Subscriber>
  /** Reads the tail to its end. Calls during a read cause one more round, not a second reader. */
  pump(): Promise<void>
  /** Tries again: there may be room, or Postgres may be available. */
  nudge(subscriber: Subscriber): void
  /** Whether it has all events so far and receives new ones. */
  isFollowing(subscriber: Subscriber): boolean
  /** How long the subscriber has had no room (milliseconds); 0 when it has. */
  stalledMilliseconds(subscriber: Subscriber): number
}

const busyRetryMilliseconds = 100
const busyRetries = 20

/** @param needs.onFailure called when a read fails; the next `pump` or `nudge` tries again */
export function createBroadcaster(needs: {
  readonly reader: TrailReader
  readonly now: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  readonly onFailure: (error: unknown) => void
}): Broadcaster {
  const { reader, now } = needs
  const places = new Map<Subscriber, Place>()
  let tail: number | undefined
  let pumping: Promise<void> | undefined
  let again = false
  /** Subscribers being added: the tail is kept for them too. */
  let entering = 0

  /** Nobody follows, so the position of the tail is of no use to the next follower. */
  const forgetTail = () => {
    if (places.size === 0 && entering === 0) tail = undefined
  }
  /** A heartbeat shows the subscriber that all past events have been sent and new ones will follow as they happen. */
  const follow = (subscriber: Subscriber, place: Place) => {
    place.state = 'following'
    place.behindSince = 0
    subscriber.send({ kind: 'heartbeat', position: subscriber.cursor })
  }
  const forbid = (subscriber: Subscriber) => {
    places.delete(subscriber)
    subscriber.close('forbidden')
  }
  const fallBehind = (place: Place) => {
    place.state = 'behind'
    place.behindSince ||= now()
  }

  /** @returns false when there was no room for all of them */
  function give(subscriber: Subscriber, events: readonly StreamEvent[], upTo: number): boolean {
    for (const event of events) {
      if (event.position <= subscriber.cursor) continue
      if (matches(subscriber.subscription.filter, event)) {
        if (!subscriber.hasRoom()) return false
        subscriber.send({ kind: 'event', event })
      }
      subscriber.cursor = event.position
    }
    subscriber.cursor = Math.max(subscriber.cursor, upTo)
    return true
  }

  async function readTail(after: number | undefined) {
    const readers = [...places.keys()].map(({ subscription }) => subscription.authorized)
    for (let attempt = 0; ; attempt++) {
      try {
        return await reader.readTail(after, readers)
      } catch (error) {
        if (!(error instanceof TrailBusy) || attempt === busyRetries) throw error
        await needs.wait(busyRetryMilliseconds)
      }
    }
  }

  async function readToEnd(): Promise<void> {
    do {
      again = false
      for (let more = true; more; ) {
        const page = await readTail(tail)
        // A subscriber that has lost the permission gets nothing of this page.
        for (const subscriber of [...places.keys()]) {
          if (!page.forbidden.has(authorizationKey(subscriber.subscription.authorized))) continue
          forbid(subscriber)
        }
        for (const [subscriber, place] of places) {
          if (place.state !== 'following') continue
          if (!give(subscriber, page.events, page.upTo)) fallBehind(place)
          subscriber.save()
        }
        tail = page.upTo
        more = page.more
      }
    } while (again)
  }

  function pump(): Promise<void> {
    if (pumping) {
      again = true
      return pumping
    }
    pumping = readToEnd().finally(() => {
      pumping = undefined
      forgetTail()
    })
    return pumping
  }

  async function catchUp(subscriber: Subscriber, place: Place): Promise<void> {
    place.state = 'catching_up'
    try {
      while (places.has(subscriber)) {
        if (tail === undefined) return fallBehind(place)
        // No await between this look at the tail and following it.
        if (subscriber.cursor >= tail) return follow(subscriber, place)
        if (!subscriber.hasRoom()) return fallBehind(place)
        const page = await reader.readPast(subscriber.cursor, tail, subscriber.subscription)
        if (!places.has(subscriber)) return
        if (page === undefined) return forbid(subscriber)
        // A subscriber that makes progress is not stalled.
        if (give(subscriber, page.events, page.upTo)) place.behindSince = now()
        subscriber.save()
      }
    } catch (error) {
      fallBehind(place)
      needs.onFailure(error)
    }
  }

  async function enter(subscriber: Subscriber): Promise<void> {
    const { after } = subscriber.subscription
    if (tail === undefined || (after ?? 0) > tail) await pump()
    const end = tail ?? 0
    if (after === undefined || after > end) {
      if (after !== undefined) {
        subscriber.send({ kind: 'reset', reason: 'unknown_position', after, position: end })
      }
      subscriber.cursor = end
      const place: Place = { state: 'following', behindSince: 0 }
      places.set(subscriber, place)
      follow(subscriber, place)
      return subscriber.save()
    }
    if (after < end && (await reader.hasGaps(after))) {
      subscriber.send({ kind: 'reset', reason: 'events_removed', after, position: end })
    }
    const place: Place = { state: 'behind', behindSince: now() }
    subscriber.cursor = after
    places.set(subscriber, place)
    subscriber.save()
    void catchUp(subscriber, place)
  }

  return {
    get size() {
      return places.size
    },
    subscribers: () => [...places.keys()],

    async subscribe(subscriber) {
      entering++
      try {
        await enter(subscriber)
      } finally {
        entering--
        forgetTail()
      }
    },

    restore(subscriber) {
      places.set(subscriber, { state: 'behind', behindSince: now() })
      // Subscribers that are up to date continue from there together; the others catch up.
      tail = Math.max(tail ?? 0, subscriber.cursor)
    },

    remove(subscriber) {
      places.delete(subscriber)
      forgetTail()
    },

    pump,

    nudge(subscriber) {
      const place = places.get(subscriber)
      if (place?.state === 'behind') void catchUp(subscriber, place)
    },

    isFollowing: (subscriber) => places.get(subscriber)?.state === 'following',

    stalledMilliseconds(subscriber) {
      const place = places.get(subscriber)
      return place && place.state !== 'following' && !subscriber.hasRoom() ? now() - place.behindSince : 0
    },
  }
}
