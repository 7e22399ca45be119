import { useSyncExternalStore } from 'react'
import { activity, forgetActivity } from '../activity.ts'

/** What has happened, the newest first. */
export function ActivityList() {
  const happenings = useSyncExternalStore(activity.subscribe, activity.get)
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
          {happenings.map(({ id, at, kind, what, detail, tone }) => (
            <li key={id} className={[kind, tone ?? ''].join(' ').trim()}>
              <time>{new Date(at).toLocaleTimeString('en-GB')}</time>
              <div>
                {what}
                {detail && <code>{detail}</code>}
              </div>
            </li>
          ))}
        </ol>
      )}
    </aside>
  )
}
