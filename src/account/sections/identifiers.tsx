/** Who is signed in: what the person signs in with. */
import type { AccountSection } from './account-section.ts'

export const identifiersSection: AccountSection = {
  async show({ page: { messages }, user }) {
    const { username, email, email_verified } = (await user) ?? {}
    return (
      <section class="card" aria-label={messages.accountLabel}>
        <dl>
          {username && (
            <>
              <dt>{messages.usernameLabel}</dt>
              <dd>
                <bdi>{username}</bdi>
              </dd>
            </>
          )}
          {email && (
            <>
              <dt>{messages.emailLabel}</dt>
              <dd>
                <bdi>{email}</bdi>{' '}
                <span class="tag">{email_verified ? messages.emailVerified : messages.emailNotVerified}</span>
              </dd>
            </>
          )}
        </dl>
      </section>
    )
  },
}
