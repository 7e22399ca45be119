/** The way to the deletion of the account. */
import { formatDays } from '../../messages/format-time.ts'
import type { AccountSection } from './account-section.ts'

export const deletionSection: AccountSection = {
  async show({ page: { language, messages }, deps, user }) {
    const [person, settings] = await Promise.all([user, deps.readSettings()])
    if (!person || settings['account.deletion'] === 'off') return null
    const texts = messages.accountDeletion
    const days = settings['account.deletion_grace_days']
    const isAdministrator = person.roles.includes('admin')
    return (
      <section class="card" aria-labelledby="deletion">
        <h2 id="deletion">{texts.title}</h2>
        <p class="quiet">
          {isAdministrator
            ? texts.administrator
            : days === 0
              ? texts.textAtOnce
              : texts.text(formatDays(language.tag, days))}
        </p>
        {!isAdministrator && (
          <div class="actions">
            <a class="button danger" href="/account/delete">
              {texts.begin}
            </a>
          </div>
        )}
      </section>
    )
  },
}
