/** The person's passkeys: add one, name them, remove one. All but adding are plain forms. */
import type { FC } from 'hono/jsx'
import { ErrorSummary, HiddenFields, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { PasskeyForm, type PasskeySignal, PasskeySignals } from '../pages/passkey-form.tsx'
import type { ListedPasskey } from '../passkeys/manage-passkeys.ts'
import { maxPasskeyNameLength } from '../passkeys/passkey.ts'
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
          <a href="/account">{texts.back}</a>
        </p>
        <PasskeySignals signals={signals} />
      </section>
      {passkeys.map((passkey, index) => (
        <PasskeyCard page={page} passkey={passkey} index={index} timeZone={timeZone} problems={problems} />
      ))}
    </Layout>
  )
}

interface PasskeyCardProps {
  readonly page: FormPage
  readonly passkey: ListedPasskey
  readonly index: number
  readonly timeZone: string
  readonly problems: readonly Problem[]
}

/** Field of a passkey's name: its credential id is no safe id of an element's. */
export const nameField = (index: number): string => `name-${index + 1}`

const PasskeyCard: FC<PasskeyCardProps> = ({ page, passkey, index, timeZone, problems }) => {
  const texts = page.messages.passkeySection
  const field = nameField(index)
  const [title, remove, save, problemId] = [
    `passkey-${index + 1}`,
    `remove-${index + 1}`,
    `save-${index + 1}`,
    `${field}-problem`,
  ]
  const problem = problems.find((one) => one.field === field)
  return (
    <section class="card" aria-labelledby={title}>
      <h2 id={title}>
        <bdi>{passkey.name}</bdi>
      </h2>
      <PasskeyFacts page={page} passkey={passkey} timeZone={timeZone} />
      <form method="post" action="/account/passkeys/rename">
        <HiddenFields page={page} />
        <input type="hidden" name="credential_id" value={passkey.credential_id} />
        <div class="field">
          <label for={field}>{texts.nameLabel}</label>
          {problem && (
            <p class="wrong" id={problemId}>
              {problem.message}
            </p>
          )}
          <input
            id={field}
            name="name"
            type="text"
            value={passkey.name}
            maxlength={maxPasskeyNameLength}
            required
            dir="auto"
            autocomplete="off"
            aria-invalid={problem ? 'true' : undefined}
            aria-describedby={problem ? problemId : undefined}
          />
        </div>
        <div class="actions">
          <button type="submit" class="second" id={save} aria-labelledby={`${save} ${title}`}>
            {texts.rename}
          </button>
        </div>
      </form>
      <form method="post" action="/account/passkeys/remove">
        <HiddenFields page={page} />
        <input type="hidden" name="credential_id" value={passkey.credential_id} />
        <p class="quiet">{texts.removeText}</p>
        <div class="actions">
          <button type="submit" class="second" id={remove} aria-labelledby={`${remove} ${title}`}>
            {texts.remove}
          </button>
        </div>
      </form>
    </section>
  )
}
