/** A passkey: signs in by itself, without a name, or adds what a sign-in still lacks. */
import type { FC } from 'hono/jsx'
import { isLeft, passkeyProofs } from '../../authentication/factor-proofs.ts'
import { PasskeyForm, type PasskeySignal } from '../../pages/passkey-form.tsx'
import { Divider } from '../../pages/sign-in-parts.tsx'
import { newChallenge, requestOptions } from '../../passkeys/ceremony-options.ts'
import { type Assertion, readAssertion } from '../../passkeys/read-credential.ts'
import { type RelyingParty, relyingPartyOf } from '../../passkeys/relying-party.ts'
import { openUserHandle } from '../../passkeys/user-handle.ts'
import type { PasskeyAttempt, PasskeyRefusal } from '../../sessions/passkey-attempt.ts'
import { pendingLifetimeSeconds } from '../../sessions/pending-sign-in.ts'
import { nameCall, outcomeOf, prepareUnnamedCall, type UnnamedCall } from './sign-in-call.ts'
import type { Step, StepAttempt, StepNeeds, StepOutcome, StepPageProps } from './step.ts'

/** What the pages need of the relying party; undefined where there is none. */
type Prepared = Pick<RelyingParty, 'rp_id'> | undefined

const CeremonyForm: FC<{ readonly shown: StepPageProps; readonly isBeside?: boolean }> = ({
  shown,
  isBeside = false,
}) => {
  const { page, progress, pending, interaction, signIn } = shown
  const { messages } = page
  const relyingParty = shown.prepared as Prepared
  if (!relyingParty) return isBeside ? null : <p>{messages.passkeyStep.unavailable}</p>
  return (
    <PasskeyForm
      page={page}
      kind="get"
      action="/login"
      interaction={interaction}
      options={requestOptions(relyingParty, progress.challenge, pending ? 'preferred' : 'required')}
      label={messages.passkeyStep.use}
      isConditional={isBeside}
      isSecond={isBeside}
      without={isBeside ? undefined : messages.passkeySection.withoutScript}
    >
      <input type="hidden" name="sign_in" value={signIn} />
      <input type="hidden" name="step" value="passkey" />
    </PasskeyForm>
  )
}

const PasskeyPage: FC<StepPageProps> = (shown) => (
  <>
    <p class="lead">{shown.page.messages.passkeyStep.text}</p>
    <CeremonyForm shown={shown} />
  </>
)

const BesideIdentifier: FC<StepPageProps> = (shown) =>
  shown.prepared ? (
    <>
      <Divider page={shown.page} />
      <CeremonyForm shown={shown} isBeside />
    </>
  ) : null

export const passkey: Step = {
  id: 'passkey',
  kind: 'factor',
  proves: passkeyProofs,
  offered: (state, policy) => {
    if (policy.passkeys === 'off') return false
    const { account, proofs } = state
    if (policy.recovers && proofs.length === 0) return false
    return account === undefined || proofs.length === 0 || (account.passkeys > 0 && isLeft('passkey', state))
  },
  checksPending: true,
  title: (messages) => messages.passkeyStep.title,
  label: (messages) => messages.passkeyStep.use,
  page: PasskeyPage,
  beside: BesideIdentifier,

  prepare: async ({ config, readSettings }): Promise<Prepared> =>
    relyingPartyOf(config, await readSettings()),

  async attempt(needs, attempt) {
    if (attempt.policy.passkeys === 'off') return refused(attempt, 'refused')
    const relyingParty = relyingPartyOf(needs.config, attempt.settings)
    const assertion = readAssertion(attempt.form.get('credential'))
    if (!relyingParty || !assertion) return refused(attempt, 'refused')
    const userId = await userOf(needs, attempt, assertion)
    // Nobody's object is asked for a made-up handle, or for that of somebody else than is signing in.
    if (userId === undefined) return refused(attempt, 'refused')
    const { progress, settings, origin } = attempt
    const now = needs.now()
    const input: PasskeyAttempt = {
      ...{ now, user_id: userId, assertion, origin },
      expected: { challenge: progress.challenge, ...relyingParty },
      // A pending sign-in may outlive what was sealed before it.
      challenge_expires_at: Math.max(progress.expires_at, now + pendingLifetimeSeconds * 1000),
      counter_regression: settings['passkeys.counter_regression'],
    }
    const call = await prepareUnnamedCall(needs, attempt, userId)
    return progress.pending ? prove(needs, attempt, call, input) : begin(needs, attempt, call, input)
  },
}

/** Whose passkey it is: as its user handle says, or who is signing in. */
async function userOf(
  { root }: StepNeeds,
  { progress: { pending } }: StepAttempt,
  { user_handle }: Assertion,
): Promise<string | undefined> {
  const named = user_handle === undefined ? undefined : await openUserHandle(root, user_handle)
  if (!pending) return named
  return user_handle === undefined || named === pending.user_id ? pending.user_id : undefined
}

/** As the first factor. */
async function begin(
  needs: StepNeeds,
  attempt: StepAttempt,
  call: UnnamedCall,
  input: PasskeyAttempt,
): Promise<StepOutcome> {
  const { pending_id, secret_hash } = call.handles.pending
  const { policy, signals } = attempt
  const answer = await needs.sessionsOf(input.user_id).signInWithPasskey({
    ...{ ...call.input, ...input },
    pending: { pending_id, secret_hash, policy, signals },
  })
  if (answer.status === 'refused') return refused(attempt, answer.reason, input)
  return outcomeOf(needs, attempt, await nameCall(needs, call, answer.identifier_macs), answer)
}

/** Within a sign-in that has begun. */
async function prove(
  needs: StepNeeds,
  attempt: StepAttempt,
  call: UnnamedCall,
  input: PasskeyAttempt,
): Promise<StepOutcome> {
  const { pending_id, secret_hash } = call.handles.pending
  const answer = await needs
    .sessionsOf(input.user_id)
    .provePasskey({ ...call.input, ...input, pending: { pending_id, secret_hash } })
  if (answer.status === 'refused') return refused(attempt, answer.reason, input)
  if (answer.status === 'lost') return answer
  const { account, identifier_macs } = answer
  return outcomeOf(needs, attempt, await nameCall(needs, call, identifier_macs), answer, { account })
}

/** The next attempt has a challenge of its own: this one may be spent. */
function refused({ progress }: StepAttempt, reason: PasskeyRefusal, input?: PasskeyAttempt): StepOutcome {
  const signals: readonly PasskeySignal[] =
    input && reason === 'unknown'
      ? [
          {
            method: 'signalUnknownCredential',
            options: { rpId: input.expected.rp_id, credentialId: input.assertion.credential_id },
          },
        ]
      : []
  return {
    ...{ status: 'refused', reason, signals },
    problems: ({ messages }) => [{ message: messages.passkeyStep[reason] }],
    progress: { ...progress, challenge: newChallenge() },
  }
}
