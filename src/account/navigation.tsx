/** The pages of an account, in the order of their navigation. What stands on them is in `sections/index.ts`. */
import type { FC } from 'hono/jsx'
import type { Page } from '../pages/page.ts'

export const accountPages = [
  { id: 'profile', path: '/account' },
  { id: 'security', path: '/account/security' },
  { id: 'sessions', path: '/account/sessions' },
  { id: 'applications', path: '/account/applications' },
  { id: 'data', path: '/account/data' },
] as const

export type AccountPageId = (typeof accountPages)[number]['id']

/** Plain links; the page that is shown is marked. */
export const AccountNavigation: FC<{ readonly page: Page; readonly current: AccountPageId }> = ({
  page: { messages },
  current,
}) => (
  <nav class="tabs" aria-label={messages.accountPages.navigation}>
    <ul>
      {accountPages.map(({ id, path }) => (
        <li>
          <a href={path} aria-current={id === current ? 'page' : undefined}>
            {messages.accountPages[id]}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
