/** How many recovery codes are left, and when one was used last: its owner should know, if it was somebody else. */
import { formatTime } from '../../messages/format-time.ts'
import type { AccountSection } from './account-section.ts'

export const recoveryCodesSection: AccountSection = {
  notices: { recovery_codes: ({ recoveryCodes }) => recoveryCodes.valid },
  async show({ page, deps, session, timeZone }) {
    const texts = page.messages.recoveryCodes
    const store = await deps.openOtpStore()
    const [person, { unused, last_used_at }] = await Promise.all([
      deps.findUserForStepUp(session.user_id),
      store.recoveryCodes(session.user_id),
    ])
    const { factors } = person ?? {}
    if (!factors || (factors.otp === 0 && factors.passkeys === 0)) return null
    return (
      <section class="card" aria-labelledby="recovery-codes">
        <div class="row">
          <div>
            <h2 id="recovery-codes">{texts.section}</h2>
          </div>
          <a class="button second" href="/account/recovery-codes">
            {unused > 0 ? texts.renew : texts.make}
          </a>
        </div>
        <p class="quiet">{unused > 0 ? texts.unused(unused) : texts.none}</p>
        {last_used_at !== undefined && (
          <p class="wrong">{texts.usedAt(formatTime(page.language.tag, last_used_at, timeZone))}</p>
        )}
      </section>
    )
  },
}
