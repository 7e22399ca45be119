/** The account page: the user's profile, and their sessions and devices. */
import type { FC } from 'hono/jsx'
import { formatTime } from '../messages/format-time.ts'
import { isolated } from '../messages/isolated.ts'
import { HiddenFields, Notice } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage, Page } from '../pages/page.ts'
import type { KnownDevice } from '../sessions/device-types.ts'
import type { LiveSession, Session } from '../sessions/session.ts'
import type { User } from '../users/user.ts'
import { describeDevice } from './describe-device.ts'

interface AccountPageProps {
  readonly page: FormPage
  readonly user: User | undefined
  readonly current: LiveSession
  readonly sessions: readonly Session[]
  readonly devices: readonly KnownDevice[]
  readonly timeZone: string
  readonly notice: string | undefined
}

export const AccountPage: FC<AccountPageProps> = (props) => {
  const { page, user, current, sessions, devices, timeZone, notice } = props
  const { messages } = page
  const mine = sessions.filter(({ session_id }) => session_id === current.session_id)
  const others = sessions.filter(({ session_id }) => session_id !== current.session_id)
  return (
    <Layout page={page} title={messages.accountTitle} wide>
      <section class="card">
        <div class="row">
          <div>
            <h1>{messages.accountTitle}</h1>
          </div>
          <a class="button second" href="/logout">
            {messages.signOutAction}
          </a>
        </div>
        <Notice message={notice} />
        <Identity page={page} user={user} />
      </section>
      <section class="card" aria-labelledby="password">
        <div class="row">
          <div>
            <h2 id="password">{messages.passwordSection}</h2>
          </div>
          <a class="button second" href="/password">
            {messages.changePasswordTitle}
          </a>
        </div>
      </section>
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
        {others.length > 0 && (
          <form method="post" action="/account/sessions/end-others">
            <HiddenFields page={page} />
            <div class="actions">
              <button type="submit" class="second">
                {messages.endOtherSessions}
              </button>
            </div>
          </form>
        )}
      </section>
      {devices.length > 0 && (
        <section class="card" aria-labelledby="devices">
          <h2 id="devices">{messages.devicesSection}</h2>
          <p class="quiet">{messages.devicesText}</p>
          <ul class="plain">
            {devices.map((device) => (
              <DeviceRow page={page} device={device} timeZone={timeZone} />
            ))}
          </ul>
        </section>
      )}
    </Layout>
  )
}

const Identity: FC<{ page: Page; user: User | undefined }> = ({ page: { messages }, user }) => (
  <dl>
    {user?.username && (
      <>
        <dt>{messages.usernameLabel}</dt>
        <dd>
          <bdi>{user.username}</bdi>
        </dd>
      </>
    )}
    {user?.email && (
      <>
        <dt>{messages.emailLabel}</dt>
        <dd>
          <bdi>{user.email}</bdi>{' '}
          <span class="tag">{user.email_verified ? messages.emailVerified : messages.emailNotVerified}</span>
        </dd>
      </>
    )}
  </dl>
)

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

interface DeviceRowProps {
  readonly page: FormPage
  readonly device: KnownDevice
  readonly timeZone: string
}

const DeviceRow: FC<DeviceRowProps> = ({ page, device, timeZone }) => {
  const { messages, language } = page
  const name = isolated(describeDevice(device.user_agent) ?? messages.unknownDevice)
  const [nameId, buttonId] = [`known-${device.device_id}`, `forget-${device.device_id}`]
  return (
    <li class="row">
      <div>
        <p>
          <strong id={nameId}>{name}</strong>
        </p>
        <p class="quiet">
          {messages.signedInAt(formatTime(language.tag, device.last_used_at, timeZone))}
          {device.ip && (
            <>
              {' · '}
              <bdi>{device.ip}</bdi>
            </>
          )}
        </p>
      </div>
      <form method="post" action="/account/devices/forget">
        <HiddenFields page={page} />
        <input type="hidden" name="device_id" value={device.device_id} />
        <button type="submit" class="second" id={buttonId} aria-labelledby={`${buttonId} ${nameId}`}>
          {messages.forgetDevice}
        </button>
      </form>
    </li>
  )
}
