/** The person's passkeys: add one, name them, remove one. All but adding are plain forms. */
import type { FC } from 'hono/jsx'
import { ErrorSummary, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { PasskeyForm, type PasskeySignal, PasskeySignals } from '../pages/passkey-form.tsx'
import type { ListedPasskey } from '../passkeys/manage-passkeys.ts'
import { maxPasskeyNameLength } from '../passkeys/passkey.ts'
import { FactorCard } from './factor-card.tsx'
import { PasskeyFacts } from './sections/passkeys.tsx'

/** Options for the browser, and what its answer must come back with. */
export interface Creation {
  readonly options: object
  readonly registration: string
}

interface PasskeysPageProps {
  /** With the script. */
  readonly page: FormPage
  readonly passkeys: readonly ListedPasskey[]
  /** Why none can be added, if so. */
  readonly creation: Creation | 'full' | 'unsupported'
  readonly signals: readonly PasskeySignal[]
  readonly timeZone: string
  readonly problems: readonly Problem[]
}

export const PasskeysPage: FC<PasskeysPageProps> = (props) => {
  const { page, passkeys, creation, signals, timeZone, problems } = props
  const texts = page.messages.passkeySection
  return (
    <Layout page={page} title={texts.title} wide hasProblem={problems.length > 0}>
      <section class="card">
        <h1>{texts.title}</h1>
        <ErrorSummary page={page} problems={problems} />
        <p>{texts.text}</p>
        {creation === 'full' && <p>{texts.full}</p>}
        {typeof creation === 'object' && (
          <PasskeyForm
            page={page}
            kind="create"
            action="/account/passkeys"
            options={creation.options}
            label={passkeys.length > 0 ? texts.add : texts.create}
            without={texts.withoutScript}
          >
            <input type="hidden" name="registration" value={creation.registration} />
          </PasskeyForm>
        )}
        <p>
          <a href="/account/security">{texts.back}</a>
        </p>
        <PasskeySignals signals={signals} />
      </section>
      {passkeys.map((passkey, index) => (
        <FactorCard
          kind="passkey"
          path="/account/passkeys"
          hidden={{ field: 'credential_id', value: passkey.credential_id }}
          name={passkey.name}
          maxlength={maxPasskeyNameLength}
          {...{ page, index, texts, problems }}
        >
          <PasskeyFacts page={page} passkey={passkey} timeZone={timeZone} />
        </FactorCard>
      ))}
    </Layout>
  )
}
