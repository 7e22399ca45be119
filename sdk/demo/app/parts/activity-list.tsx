import { useSyncExternalStore } from 'react'
import { activity, forgetActivity, type Happening } from '../activity.ts'

/** A server that wants a nonce in proofs (RFC 9449 §8) refuses the first request, and the next one counts. */
function wasForNonce(one: Happening, all: readonly Happening[]): boolean {
  const isToken = ({ detail = '' }: Happening, status: number) =>
    detail.startsWith(`/oauth/token · ${status}`)
  const isNext = (other: Happening) => isToken(other, 200) && other.at >= one.at && other.at - one.at < 2_000
  return isToken(one, 400) && all.some(isNext)
}

/** What has happened, the newest first. @param isQuiet nothing to see while there is nothing to tell */
export function ActivityList({ isQuiet }: { readonly isQuiet: boolean }) {
  const happenings = useSyncExternalStore(activity.subscribe, activity.get)
  if (isQuiet && happenings.length === 0) return null
  return (
    <aside className="activity" aria-labelledby="activity-title">
      <div className="activity-head">
        <h2 id="activity-title">What happened</h2>
        {happenings.length > 0 && (
          <button type="button" className="quiet" onClick={forgetActivity}>
            Clear
          </button>
        )}
      </div>
      {happenings.length === 0 ? (
        <p className="empty">Requests of this page appear here while you try things.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to get there
        <ol tabIndex={0} aria-label="What happened, the newest first">
          {happenings.map((happening) => {
            const { id, at, kind, what, detail, tone } = happening
            const isForNonce = wasForNonce(happening, happenings)
            return (
              <li key={id} className={[kind, isForNonce ? '' : (tone ?? '')].join(' ').trim()}>
                <time>{new Date(at).toLocaleTimeString('en-GB')}</time>
                <div>
                  {isForNonce ? 'Asked for tokens, and was given a nonce to sign (DPoP)' : what}
                  {detail && <code>{detail}</code>}
                </div>
              </li>
            )
          })}
        </ol>
      )}
    </aside>
  )
}
