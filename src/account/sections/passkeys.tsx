/** The passkeys that the person has, and the way to their page. */
import type { FC } from 'hono/jsx'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import type { Page } from '../../pages/page.ts'
import { PasskeySignals } from '../../pages/passkey-form.tsx'
import { type ListedPasskey, listPasskeys } from '../../passkeys/manage-passkeys.ts'
import { passkeySignals } from '../passkey-signals.ts'
import type { AccountSection } from './account-section.ts'

export const passkeysSection: AccountSection = {
  notices: {
    passkey_added: ({ passkeySection }) => passkeySection.added,
    passkey_renamed: ({ passkeySection }) => passkeySection.renamed,
    passkey_removed: ({ passkeySection }) => passkeySection.removed,
  },
  async show({ page, deps, session, timeZone, ...view }) {
    const texts = page.messages.passkeySection
    const [user, passkeys] = await Promise.all([view.user, listPasskeys(deps, session.user_id)])
    return (
      <section class="card" aria-labelledby="passkeys">
        <div class="row">
          <div>
            <h2 id="passkeys">{texts.title}</h2>
          </div>
          <a class="button second" href="/account/passkeys">
            {passkeys.length > 0 ? texts.manage : texts.add}
          </a>
        </div>
        {passkeys.length === 0 && <p>{texts.none}</p>}
        <ul class="plain">
          {passkeys.map((passkey) => (
            <li>
              <p>
                <strong>{isolated(passkey.name)}</strong>
              </p>
              <PasskeyFacts page={page} passkey={passkey} timeZone={timeZone} />
            </li>
          ))}
        </ul>
        {/* What was removed elsewhere leaves this browser's password manager, too. */}
        <PasskeySignals signals={user ? await passkeySignals(deps, user, passkeys) : []} />
      </section>
    )
  },
}

interface PasskeyFactsProps {
  readonly page: Page
  readonly passkey: ListedPasskey
  readonly timeZone: string
}

/** Where a passkey is kept, and when it was made and used. */
export const PasskeyFacts: FC<PasskeyFactsProps> = ({ page, passkey, timeZone }) => {
  const texts = page.messages.passkeySection
  const time = (at: number) => formatTime(page.language.tag, at, timeZone)
  const { authenticator, name, last_used_at } = passkey
  return (
    <>
      <p class="quiet">
        <span class="tag">{passkey.backup_eligible ? texts.synced : texts.deviceBound}</span>
        {authenticator && authenticator !== name && (
          <>
            {' '}
            <bdi>{authenticator}</bdi>
          </>
        )}
      </p>
      <p class="quiet">
        {texts.createdAt(time(passkey.created_at))}
        {' · '}
        {last_used_at === undefined ? texts.neverUsed : texts.lastUsedAt(time(last_used_at))}
      </p>
    </>
  )
}
