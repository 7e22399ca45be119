/** A passkey or a password; with it the account is made. */
import type { FC } from 'hono/jsx'
import { registerPath, registrationPath } from '../../interaction/register-path.ts'
import { describeDevice } from '../../kit/describe-device.ts'
import { networkOf } from '../../kit/network.ts'
import { describePasskeyRefusal } from '../../pages/describe-passkey-refusal.ts'
import { describePasswordProblem } from '../../pages/describe-password-problem.ts'
import { NewPasswordFields } from '../../pages/form-parts.tsx'
import { readNewPassword } from '../../pages/new-password.ts'
import { PasskeyForm } from '../../pages/passkey-form.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { possibleCredentials } from '../../passkeys/possible-credentials.ts'
import { creationOptions, verifyNewPasskey } from '../../passkeys/register-passkey.ts'
import { busyRetrySeconds } from '../../passwords/hash-slots.ts'
import { checkNewPassword, type PasswordRules } from '../../passwords/password-policy.ts'
import { makeAccount } from '../make-account.ts'
import type { RegistrationProgress } from '../registration-progress.ts'
import { RegistrationForm, StepFields } from './registration-form.tsx'
import type {
  RegistrationAttempt,
  RegistrationNeeds,
  RegistrationOutcome,
  RegistrationPageProps,
  RegistrationStep,
} from './registration-step.ts'

const id = 'credential'

interface Prepared {
  /** Absent where passkeys are off, or impossible. */
  readonly passkey: { readonly options: object; readonly registration: string } | undefined
  /** Absent where passwords are off. */
  readonly rules: PasswordRules | undefined
}

/** Whom the answer of the browser belongs to. */
const registrantOf = ({ user_id }: RegistrationProgress) => ({ user_id, asked_by: `registration ${user_id}` })

async function prepare(
  needs: RegistrationNeeds,
  { progress, settings }: Pick<RegistrationPageProps, 'progress' | 'settings'>,
): Promise<Prepared> {
  const possible = possibleCredentials(needs.config, settings)
  const { email, details } = progress
  const [created, rules] = await Promise.all([
    possible.passkeys
      ? creationOptions(needs, {
          ...registrantOf(progress),
          ...{ settings, existing: [], rp_name: settings['branding.name'] },
          ...{ user_name: details?.username ?? email, display_name: details?.name ?? email },
        })
      : undefined,
    possible.passwords ? needs.readPasswordRules() : undefined,
  ])
  return { passkey: created?.ok ? created.value : undefined, rules }
}

const CredentialPage: FC<RegistrationPageProps> = (shown) => {
  const { page, problems, progress } = shown
  const { registration: texts, passkeySection } = page.messages
  const { passkey, rules } = shown.prepared as Prepared
  const chip = (
    <AccountChip
      page={page}
      name={progress.email}
      switchTo={registerPath(shown.interaction, progress.next)}
    />
  )
  if (!passkey) {
    return rules ? (
      <>
        {chip}
        <PasswordPart shown={shown} rules={rules} />
      </>
    ) : null
  }
  return (
    <>
      <p class="lead">{passkeySection.text}</p>
      {chip}
      <PasskeyForm
        page={page}
        kind="create"
        action={registrationPath}
        options={passkey.options}
        label={passkeySection.create}
        interaction={shown.interaction}
        without={passkeySection.withoutScript}
      >
        <StepFields shown={shown} step={id} />
        <input type="hidden" name="registration" value={passkey.registration} />
      </PasskeyForm>
      {rules && (
        <details class="more" open={problems.some(({ field }) => field?.endsWith('_password'))}>
          <summary>{texts.usePassword}</summary>
          <PasswordPart shown={shown} rules={rules} />
        </details>
      )}
    </>
  )
}

const PasswordPart: FC<{ readonly shown: RegistrationPageProps; readonly rules: PasswordRules }> = ({
  shown,
  rules,
}) => (
  <RegistrationForm shown={shown} step={id}>
    {/* Password managers store the new password with it. */}
    <input type="hidden" name="username" autocomplete="username" value={nameOf(shown.progress)} />
    <NewPasswordFields page={shown.page} rules={rules} problems={shown.problems} />
    <div class="actions">
      <button type="submit">{shown.page.messages.registration.create}</button>
    </div>
  </RegistrationForm>
)

const nameOf = ({ email, details }: RegistrationProgress): string => details?.username ?? email

export const credential: RegistrationStep = {
  id,
  title: ({ registration }) => registration.credentialTitle,
  isDone: () => false,
  page: CredentialPage,
  prepare,

  async attempt(needs, attempt) {
    // Attack: one proven address, and its form is sent all day: each costs a hash and a statement, before and after the
    // account is made.
    const decision = await needs.rateLimiter.take('register-step-ip', attempt.origin.ip ?? 'unknown')
    if (!decision.allowed) return { status: 'limited', decision }
    const possible = possibleCredentials(needs.config, attempt.settings)
    const withPasskey = attempt.form.get('credential') !== undefined
    if (withPasskey && possible.passkeys) return registerWithPasskey(needs, attempt)
    if (!withPasskey && possible.passwords) return registerWithPassword(needs, attempt)
    return { status: 'next', progress: attempt.progress }
  },
}

async function registerWithPasskey(
  needs: RegistrationNeeds,
  attempt: RegistrationAttempt,
): Promise<RegistrationOutcome> {
  const { form, progress, page, settings, origin } = attempt
  const verified = await verifyNewPasskey(needs, {
    ...{ ...registrantOf(progress), settings, origin },
    ...{ registration: form.get('registration'), credential: form.get('credential') },
    fallback_name: describeDevice(origin.user_agent) ?? 'Passkey',
  })
  if (!verified.ok) {
    const message = describePasskeyRefusal(page.messages, verified.error)
    return { status: 'refused', problems: [{ message }], reason: verified.error }
  }
  return finish(needs, attempt, { passkey: verified.value })
}

async function registerWithPassword(
  needs: RegistrationNeeds,
  attempt: RegistrationAttempt,
): Promise<RegistrationOutcome> {
  const { form, progress, page, origin } = attempt
  const { messages } = page
  const read = readNewPassword(form)
  if (!read.ok) return refused(read.error.field, read.error.text(messages), 'incomplete')
  const typed = read.value
  const rules = await needs.readPasswordRules()
  const { email, details } = progress
  const identifiers = [email, details?.username].filter((name) => name !== undefined)
  const problem = checkNewPassword(typed, { rules, identifiers })
  if (problem) return refused('new_password', describePasswordProblem(messages, problem, rules), problem)
  const release = await needs.hashSlots.take(networkOf(origin.ip ?? 'unknown'))
  if (!release) return { status: 'busy', retryAfterSeconds: busyRetrySeconds }
  const hash = await needs.passwordHasher.hash(typed).finally(release)
  return finish(needs, attempt, { password: { typed, hash } })
}

async function finish(
  needs: RegistrationNeeds,
  { progress, page, client, origin }: RegistrationAttempt,
  made: Parameters<typeof makeAccount>[2],
): Promise<RegistrationOutcome> {
  const circumstances = { language: page.language.tag, client, now: needs.now(), origin }
  const account = await makeAccount(needs, progress, made, circumstances)
  if (account) return { status: 'registered', account }
  // Somebody took the username, or registered in another tab, a moment ago. They own the mailbox, so it may be told.
  const { registration: texts } = page.messages
  const isName = (await needs.findUserForLogin(progress.email)).person === undefined
  return isName
    ? {
        ...{
          status: 'refused',
          reason: 'taken',
          problems: [{ field: 'username', message: texts.usernameTaken }],
        },
        progress: { ...progress, details: undefined },
      }
    : { status: 'refused', reason: 'exists', problems: [{ message: texts.exists }] }
}

const refused = (field: string, message: string, reason: string): RegistrationOutcome => ({
  ...{ status: 'refused', problems: [{ field, message }], reason },
})
