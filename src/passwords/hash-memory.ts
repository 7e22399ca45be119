/**
 * The memory of hashes in one isolate, which has 128 MB for everything. Every hash that needs much of it runs through
 * here, whoever asks: sign-ins, changes, set-up links, administration, background jobs. The work is synchronous, so two
 * never overlap, however many requests wait.
 */

/** Of all hashes that run; the dearest one that an import accepts needs this much. */
export const maxRunningKib = 66 * 1024

const state = { runningKib: 0, highestKib: 0 }

/** What has run in this isolate. */
export const hashMemory: Readonly<typeof state> = state

/**
 * Runs a hash. Its type admits no promise: a hash that gave way in the middle would share the isolate with others.
 * @param kib what it needs, about
 * @throws Error when that, with what runs already, is more than an isolate has to spare
 */
export function inHashMemory<T extends string | boolean | Uint8Array>(kib: number, hash: () => T): T {
  if (state.runningKib + kib > maxRunningKib) throw new Error('hash memory: too much at once')
  state.runningKib += kib
  state.highestKib = Math.max(state.highestKib, state.runningKib)
  try {
    return hash()
  } finally {
    state.runningKib -= kib
  }
}
