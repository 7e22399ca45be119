/** Where the user is signed in. */
import type { FC } from 'hono/jsx'
import { describeDevice } from '../../kit/describe-device.ts'
import { describePlace } from '../../messages/describe-place.ts'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { Session } from '../../sessions/session.ts'
import type { AccountSection } from './account-section.ts'

export const sessionsSection: AccountSection = {
  notices: {
    session: (messages) => messages.sessionEnded,
    others: (messages) => messages.otherSessionsEnded,
  },
  async show({ page, deps, session: current, timeZone }) {
    const { messages } = page
    const sessions = await deps.sessionsOf(current.user_id).listSessions({ now: deps.now() })
    const mine = sessions.filter(({ session_id }) => session_id === current.session_id)
    const others = sessions.filter(({ session_id }) => session_id !== current.session_id)
    return (
      <section class="card" aria-labelledby="sessions">
        <h2 id="sessions">{messages.sessionsSection}</h2>
        <ul class="plain">
          {[...mine, ...others].map((session) => (
            <SessionRow
              page={page}
              session={session}
              isCurrent={session.session_id === current.session_id}
              timeZone={timeZone}
            />
          ))}
        </ul>
        <div class="actions">
          {others.length > 0 && (
            <form method="post" action="/account/sessions/end-others">
              <HiddenFields page={page} />
              <button type="submit" class="second">
                {messages.endOtherSessions}
              </button>
            </form>
          )}
          <form method="post" action="/account/sessions/end-all">
            <HiddenFields page={page} />
            <button type="submit" class="second" aria-describedby="end-all">
              {messages.accountPages.endAll}
            </button>
          </form>
        </div>
        <p class="quiet" id="end-all">
          {messages.accountPages.endAllText}
        </p>
      </section>
    )
  },
}

interface SessionRowProps {
  readonly page: FormPage
  readonly session: Session
  readonly isCurrent: boolean
  readonly timeZone: string
}

const SessionRow: FC<SessionRowProps> = ({ page, session, isCurrent, timeZone }) => {
  const { messages, language } = page
  const device = isolated(describeDevice(session.user_agent) ?? messages.unknownDevice)
  const [deviceId, buttonId] = [`device-${session.session_id}`, `end-${session.session_id}`]
  const time = (at: number) => formatTime(language.tag, at, timeZone)
  return (
    <li class="row">
      <div>
        <p>
          <strong id={deviceId}>{device}</strong>{' '}
          {isCurrent && <span class="tag">{messages.thisDevice}</span>}
        </p>
        <p class="quiet">
          {messages.signedInAt(time(session.created_at))}
          {session.place && (
            <>
              {' · '}
              <bdi>{describePlace(language.tag, session.place)}</bdi>
            </>
          )}
          {session.ip && (
            <>
              {' · '}
              <bdi>{session.ip}</bdi>
            </>
          )}
        </p>
        <p class="quiet">{messages.lastSeenAt(time(session.last_seen_at))}</p>
      </div>
      {!isCurrent && (
        <form method="post" action="/account/sessions/end">
          <HiddenFields page={page} />
          <input type="hidden" name="session_id" value={session.session_id} />
          <button type="submit" class="second" id={buttonId} aria-labelledby={`${buttonId} ${deviceId}`}>
            {messages.signOutAction}
          </button>
        </form>
      )}
    </li>
  )
}
