/** The person's authenticator apps, and the way to their page. */
import { isolated } from '../../messages/isolated.ts'
import { listGenerators } from '../../one-time-passwords/manage-generators.ts'
import { generatorNeeds } from '../factor-change.ts'
import { GeneratorFacts } from '../otp.page.tsx'
import type { AccountSection } from './account-section.ts'

export const oneTimePasswordsSection: AccountSection = {
  notices: {
    otp: ({ oneTimePasswords }) => oneTimePasswords.added,
    otp_removed: ({ oneTimePasswords }) => oneTimePasswords.removed,
  },
  async show({ page, deps, session, timeZone }) {
    const texts = page.messages.oneTimePasswords
    const generators = await listGenerators(generatorNeeds(deps), session.user_id)
    return (
      <section class="card" aria-labelledby="one-time-passwords">
        <div class="row">
          <div>
            <h2 id="one-time-passwords">{texts.section}</h2>
          </div>
          <a class="button second" href="/account/one-time-passwords">
            {generators.length > 0 ? texts.manage : texts.add}
          </a>
        </div>
        {generators.length === 0 && <p class="quiet">{texts.none}</p>}
        <ul class="plain">
          {generators.map((generator) => (
            <li>
              <p>
                <strong>{isolated(generator.name || texts.usualName)}</strong>
              </p>
              <GeneratorFacts page={page} generator={generator} timeZone={timeZone} />
            </li>
          ))}
        </ul>
      </section>
    )
  },
}
