import { sleep } from './waiting.ts'

/** Slows down before the server has to refuse: a copy of its bucket, from what its answers say. */
export interface Pacing {
  /** Takes a permit, or waits until there is one again. */
  before(signal?: AbortSignal): Promise<void>
  learn(response: Pick<Response, 'status' | 'headers'>): void
}

export interface Clock {
  /** Milliseconds. */
  readonly now: () => number
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/** Longer waits are the server's to demand (`Retry-After`). */
const longestWaitMs = 10_000

interface Bucket {
  readonly quota: number
  /** Milliseconds until one permit has come back. */
  readonly permitMs: number
  readonly left: number
  readonly at: number
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10); without them nothing waits. */
export function createPacing(clock: Clock = { now: Date.now, sleep }): Pacing {
  let bucket: Bucket | undefined
  const refilled = (old: Bucket): Bucket => {
    const at = clock.now()
    return { ...old, at, left: Math.min(old.quota, old.left + Math.max(0, at - old.at) / old.permitMs) }
  }
  return {
    async before(signal) {
      if (!bucket) return
      const current = refilled(bucket)
      // Below nothing: others wait before this one.
      bucket = { ...current, left: current.left - 1 }
      const wait = Math.min(longestWaitMs, Math.ceil(-bucket.left * bucket.permitMs))
      if (wait > 0) await clock.sleep(wait, signal)
    },
    learn({ status, headers }) {
      // Refused tokens are counted elsewhere, by address.
      if (status === 401 || status === 403) return
      const said = read(headers)
      if (!said) return
      const { quota, permitMs } = said
      const known = bucket?.quota === quota && bucket.permitMs === permitMs ? refilled(bucket) : undefined
      // An answer may be older than what has been sent since.
      bucket = { quota, permitMs, at: clock.now(), left: known ? Math.min(known.left, said.left) : said.left }
    },
  }
}

function read(headers: Headers): Pick<Bucket, 'quota' | 'permitMs' | 'left'> | undefined {
  const [, quota, window] =
    /^"[^"]*";q=(\d{1,9});w=(\d{1,9})$/.exec(headers.get('ratelimit-policy') ?? '') ?? []
  const [, left] = /^"[^"]*";r=(\d{1,9})(?:;t=\d{1,9})?$/.exec(headers.get('ratelimit') ?? '') ?? []
  if (!Number(quota) || !Number(window) || left === undefined) return undefined
  return { quota: Number(quota), permitMs: (Number(window) * 1000) / Number(quota), left: Number(left) }
}
