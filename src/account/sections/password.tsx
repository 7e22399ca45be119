/** The way to a new password. */
import type { AccountSection } from './account-section.ts'

export const passwordSection: AccountSection = {
  notices: { password: (messages) => messages.passwordChanged },
  async show({ page: { messages } }) {
    return (
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
    )
  },
}
