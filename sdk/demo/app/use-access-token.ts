import { useAuthly } from '@authly-server/react'
import { useEffect, useRef, useState } from 'react'
import { note } from './activity.ts'
import { type ReadToken, readToken } from './read-token.ts'
import { useClock } from './use-clock.ts'

/**
 * The present access token for `resource`. Asked for once a second: the SDK has it at hand, and gets another one before it
 * is over.
 */
export function useAccessToken(resource: string, title?: string): ReadToken | undefined {
  const { getAccessToken, status } = useAuthly()
  const [token, setToken] = useState<string>()
  const known = useRef<string>(undefined)
  const now = useClock()
  useEffect(() => {
    let isThere = true
    if (status !== 'signed_in') return
    getAccessToken({ resource }).then(
      (next) => {
        if (!isThere || next === known.current) return
        if (known.current !== undefined && title !== undefined)
          note({ kind: 'event', what: `A new access token for ${title}`, tone: 'good' })
        known.current = next
        setToken(next)
      },
      // Offline, or signed out: the state says so.
      () => undefined,
    )
    return () => {
      isThere = false
    }
  }, [now, status, resource, getAccessToken, title])
  return token === undefined ? undefined : readToken(token)
}
