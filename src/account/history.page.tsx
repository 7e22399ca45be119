/** Events of an account, the newest first. */
import type { FC } from 'hono/jsx'
import { describeDevice } from '../kit/describe-device.ts'
import { describePlace } from '../messages/describe-place.ts'
import { formatTime } from '../messages/format-time.ts'
import { isolated } from '../messages/isolated.ts'
import { Layout } from '../pages/layout.tsx'
import type { Page } from '../pages/page.ts'
import type { HistoryEvent } from './personal-data.ts'

const path = '/account/security/history'

interface HistoryPageProps {
  readonly page: Page
  readonly events: readonly HistoryEvent[]
  readonly userId: string
  readonly timeZone: string
  /** Cursor of the next page, if there is one. */
  readonly older: number | undefined
  readonly isNewest: boolean
}

export const HistoryPage: FC<HistoryPageProps> = (props) => {
  const { page, events, userId, timeZone, older, isNewest } = props
  const { messages } = page
  const texts = messages.securityHistory
  return (
    <Layout page={page} title={texts.title} wide>
      <section class="card">
        <h1>{texts.title}</h1>
        <p class="quiet">{events.length === 0 ? texts.none : texts.text}</p>
        <ul class="plain">
          {events.map((event) => (
            <EventRow {...{ page, event, userId, timeZone }} />
          ))}
        </ul>
        <div class="actions">
          {older !== undefined && (
            <a class="button second" href={`${path}?before=${older}`} rel="next">
              {texts.older}
            </a>
          )}
          {!isNewest && (
            <a class="button second" href={path}>
              {texts.newest}
            </a>
          )}
          <a class="button second" href="/account/security">
            {messages.accountPages.back}
          </a>
        </div>
      </section>
    </Layout>
  )
}

interface EventRowProps {
  readonly page: Page
  readonly event: HistoryEvent
  readonly userId: string
  readonly timeZone: string
}

const EventRow: FC<EventRowProps> = ({ page: { language, messages }, event, userId, timeZone }) => {
  const texts = messages.securityHistory
  const { type, count, country, city, shown_name, actor_type, actor_id } = event
  const isOthers = actor_type === 'user' && actor_id !== userId
  // Where an administrator sat is theirs; a server has no device.
  const hasOrigin = !isOthers && actor_type !== 'system' && actor_type !== 'client'
  const device = hasOrigin ? describeDevice(event.user_agent ?? undefined) : undefined
  return (
    <li>
      <p>
        <strong>{texts.events[type]}</strong> {isOthers && <span class="tag">{texts.byAdministrator}</span>}
        {count !== null && count > 1 && <span class="tag">{texts.times(count)}</span>}
      </p>
      <p class="quiet">
        <time datetime={new Date(event.occurred_at).toISOString()}>
          {formatTime(language.tag, event.occurred_at, timeZone)}
        </time>
        {device && (
          <>
            {' · '}
            <bdi>{device}</bdi>
          </>
        )}
        {country && hasOrigin && (
          <>
            {' · '}
            <bdi>{describePlace(language.tag, { country, city: city ?? undefined })}</bdi>
          </>
        )}
        {event.ip && hasOrigin && (
          <>
            {' · '}
            <bdi>{event.ip}</bdi>
          </>
        )}
      </p>
      {shown_name && <p class="quiet">{texts.application(isolated(shown_name))}</p>}
    </li>
  )
}
