/** Who is signed in: what the person signs in with. */
import type { AccountSection } from './account-section.ts'

export const identifiersSection: AccountSection = {
  notices: { email: (messages) => messages.emailChange.done },
  async show({ page: { messages }, deps, user }) {
    const { username, email, email_verified } = (await user) ?? {}
    // Another address is proven by a code to it.
    const isChangeable = deps.config.delivery.email !== undefined
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
          {(email || isChangeable) && (
            <>
              <dt id="email">{messages.emailLabel}</dt>
              <dd>
                {email && (
                  <>
                    <bdi>{email}</bdi>{' '}
                    <span class="tag">
                      {email_verified ? messages.emailVerified : messages.emailNotVerified}
                    </span>{' '}
                  </>
                )}
                {isChangeable && (
                  <a href="/account/email" aria-describedby="email">
                    {messages.emailChange.change}
                  </a>
                )}
              </dd>
            </>
          )}
        </dl>
      </section>
    )
  },
}
