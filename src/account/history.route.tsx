/** `GET /account/security/history`: what has happened with the account, in words. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { openPage, sendPage } from '../pages/page.ts'
import { requireSession, timeZoneOf } from './account-form.ts'
import { HistoryPage } from './history.page.tsx'
import { historyPageSize, readCursor, shownEventTypes } from './security-history.ts'

export const historyRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'showOwnHistory',
    method: 'get',
    path: '/account/security/history',
    summary: 'What has happened with the account',
    tag: 'Account',
    responses: { 200: 'A page of events', 303: 'Not signed in: to the sign-in page' },
  },
  async (c) => {
    const session = await requireSession(c)
    if (!session.ok) return session.error
    const { user_id } = session.value
    const before = readCursor(c.req.query('before'))
    const [page, store] = await Promise.all([openPage(c), c.env.deps.openPersonalData()])
    const types = shownEventTypes(page.messages)
    const found = await store.history(user_id, { types, before, limit: historyPageSize + 1 })
    const events = found.slice(0, historyPageSize)
    const html = (
      <HistoryPage
        {...{ page, events }}
        userId={user_id}
        timeZone={timeZoneOf(c.req.raw)}
        older={found.length > historyPageSize ? events.at(-1)?.position : undefined}
        isNewest={before === undefined}
      />
    )
    return sendPage(c, page, html)
  },
)
