/** The way to the security history. */
import type { AccountSection } from './account-section.ts'

export const historySection: AccountSection = {
  async show({ page: { messages } }) {
    return (
      <section class="card" aria-labelledby="history">
        <div class="row">
          <div>
            <h2 id="history">{messages.securityHistory.title}</h2>
          </div>
          <a class="button second" href="/account/security/history">
            {messages.securityHistory.show}
          </a>
        </div>
      </section>
    )
  },
}
