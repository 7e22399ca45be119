/** The way to another e-mail address. */
import type { AccountSection } from './account-section.ts'

export const emailSection: AccountSection = {
  notices: { email: (messages) => messages.emailChange.done },
  async show({ page: { messages }, deps }) {
    if (!deps.config.delivery.email) return null
    return (
      <section class="card" aria-labelledby="email">
        <div class="row">
          <div>
            <h2 id="email">{messages.emailChange.section}</h2>
          </div>
          <a class="button second" href="/account/email">
            {messages.emailChange.change}
          </a>
        </div>
      </section>
    )
  },
}
