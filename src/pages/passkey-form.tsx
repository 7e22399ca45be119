/** Markup that the script acts on (`src/pages/script/`): passkey ceremonies, and signals to passkey providers. */
import type { Child, FC } from 'hono/jsx'
import { HiddenFields } from './form-parts.tsx'
import type { FormPage, Page } from './page.ts'
import { PasskeyButton } from './sign-in-parts.tsx'

interface PasskeyFormProps {
  /** With the script (`withScript`). */
  readonly page: FormPage
  /** `get` signs in, `create` makes a new passkey. */
  readonly kind: 'get' | 'create'
  /** Gets `credential`: `AuthenticationResponseJSON` or `RegistrationResponseJSON`. */
  readonly action: string
  /** `PublicKeyCredentialRequestOptionsJSON` or `PublicKeyCredentialCreationOptionsJSON`. */
  readonly options: object
  /**
   * Also without a press on the button: `get` in the autofill of a field whose `autocomplete` ends with `webauthn`,
   * `create` after a password manager has filled in the password.
   */
  readonly isConditional?: boolean
  readonly label: string
  /** The one primary action of its page, or a second one. */
  readonly isSecond?: boolean
  readonly interaction?: string | undefined
  /** Said where there is no script, or the browser knows no passkeys. */
  readonly without?: string | undefined
  /** More hidden fields. */
  readonly children?: Child
}

/** A form that only the script can send: its button stays hidden until the script runs. */
export const PasskeyForm: FC<PasskeyFormProps> = ({ page, kind, options, ...props }) => (
  <form
    method="post"
    action={props.action}
    data-passkey={kind}
    data-options={JSON.stringify(options)}
    data-mediation={props.isConditional ? 'conditional' : undefined}
  >
    <HiddenFields page={page} interaction={props.interaction} />
    {/* Not restored with the page: an answer is good for its own challenge only. */}
    <input type="hidden" name="credential" autocomplete="off" />
    {props.children}
    {props.without && <p data-without-passkeys="">{props.without}</p>}
    <ProblemTexts page={page} kind={kind} />
    <div class="actions">
      <PasskeyButton label={props.label} second={props.isSecond} />
    </div>
  </form>
)

/** Where a problem of the ceremony is announced, and the text for each (`src/pages/script/problem-of.ts`). */
const ProblemTexts: FC<{ page: Page; kind: 'get' | 'create' }> = ({ page: { messages }, kind }) => {
  const texts = messages.passkeyProblems
  return (
    <p
      class="wrong"
      role="alert"
      hidden
      data-passkey-problem=""
      data-cancelled={kind === 'get' ? texts.notUsed : texts.notCreated}
      data-timed-out={texts.timedOut}
      data-already-there={texts.alreadyThere}
      data-wrong-domain={texts.wrongDomain}
      data-not-supported={texts.notSupported}
      data-failed={texts.failed}
    />
  )
}

/** A signal to the browser's passkey providers (Web Authentication Level 3, "Signal Credential Changes"). */
export type PasskeySignal =
  | {
      readonly method: 'signalUnknownCredential'
      readonly options: { readonly rpId: string; readonly credentialId: string }
    }
  | {
      readonly method: 'signalAllAcceptedCredentials'
      readonly options: {
        readonly rpId: string
        readonly userId: string
        readonly allAcceptedCredentialIds: readonly string[]
      }
    }
  | {
      readonly method: 'signalCurrentUserDetails'
      readonly options: {
        readonly rpId: string
        readonly userId: string
        readonly name: string
        readonly displayName: string
      }
    }

/** Sent when the page with the script is shown. All identifiers are base64url. */
export const PasskeySignals: FC<{ signals: readonly PasskeySignal[] }> = ({ signals }) =>
  signals.length === 0 ? null : <template data-passkey-signals={JSON.stringify(signals)} />
