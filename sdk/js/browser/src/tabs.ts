import { AuthlyError } from '@authly-server/core'
import type { Settings } from './options.ts'

/** What tabs tell each other: that there is something to read, never a token. Any script of the origin may listen. */
export type News = 'changed' | 'signed_out' | 'session_ended'

export interface Tabs {
  readonly tell: (news: News) => void
  readonly onNews: (listener: (news: News) => void) => void
  /**
   * Runs `work` while no other tab does.
   * @throws AuthlyError `network_error` when the others take too long
   */
  readonly alone: <Value>(work: () => Promise<Value>) => Promise<Value>
}

export function connectTabs({ name, replayWindowMs }: Settings): Tabs {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined
  let last: Promise<unknown> = Promise.resolve()
  return {
    tell: (news) => channel?.postMessage(news),
    onNews: (listener) => channel?.addEventListener('message', ({ data }) => listener(data as News)),
    async alone(work) {
      if (!navigator.locks) {
        // Of this tab alone. The server gives tabs that refresh at once the same answer.
        const next = last.then(work)
        last = next.catch(() => undefined)
        return next
      }
      const signal = AbortSignal.timeout(replayWindowMs * 2)
      return (await navigator.locks.request(name, { signal }, work).catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'TimeoutError')
          throw new AuthlyError('network_error', {
            description: 'another tab is still waiting for the server',
          })
        throw error
      })) as Awaited<ReturnType<typeof work>>
    },
  }
}
