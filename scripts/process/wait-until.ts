/** Waits for a server that was just started. */
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Resolves when GET `url` answers 2xx; rejects when `ended` settles first or after `limitMs`. Each attempt is bounded,
 * so a server that accepts and never answers does not block the caller.
 */
export async function waitUntilServing(
  url: string,
  ended: Promise<unknown>,
  limitMs = 60_000,
): Promise<void> {
  let gone = false
  const note = () => {
    gone = true
  }
  ended.then(note, note)
  let lastAnswer = 'no answer'
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await sleep(50)) {
    if (gone) throw new Error(`the server ended before ${url} answered`)
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      const text = await response.text()
      if (response.ok) return
      lastAnswer = `${response.status} ${text.slice(0, 500)}`
    } catch (error) {
      lastAnswer = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error)
    }
  }
  throw new Error(`${url} did not answer within ${limitMs / 1000} s (last: ${lastAnswer})`)
}
