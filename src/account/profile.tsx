/** Who is signed in. */
import type { FC } from 'hono/jsx'
import type { Page } from '../pages/page.ts'
import type { User } from '../users/user.ts'

/** Part of the page's first card. */
export const Profile: FC<{ page: Page; user: User | undefined }> = ({ page: { messages }, user }) => (
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
