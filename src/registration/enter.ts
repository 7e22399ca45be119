/** The person whose account was made a moment ago is signed in, by what it was made with. */
import type { Context } from 'hono'
import { passkeyProof, passwordProof } from '../authentication/factor-proofs.ts'
import type { Proof } from '../authentication/proof.ts'
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { AppEnv } from '../dependencies.ts'
import { goOn } from '../login/leave-sign-in.ts'
import { openSignIn } from '../login/open-sign-in.ts'
import { readBrowser } from '../login/read-browser.ts'
import { readSignals } from '../login/read-signals.ts'
import { outcomeOf, prepareCall } from '../login/steps/sign-in-call.ts'
import { identifierMacsOf } from '../login/steps/typed-identifier.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { identifierMac } from '../sessions/identifier-mac.ts'
import { identifierForm } from '../users/normal-form.ts'
import type { Registered } from './make-account.ts'
import type { OpenRegistration } from './open-registration.ts'

/** Counts as an action that this person has done, so that nothing of it is offered at once. */
const step = 'register'

/** One call of the new person's object. Should it fail, the account is there, and its owner signs in as usual. */
export async function enter(
  c: Context<AppEnv>,
  { loaded, progress: { next } }: OpenRegistration,
  form: Parameters,
  registered: Registered,
): Promise<Response> {
  const { deps, origin } = c.env
  const { user_id, email, password } = registered
  if (password) {
    deps.checkForBreach({ userId: user_id, password: password.typed, hash: password.hash, origin })
  }
  const from: Readonly<Record<string, string | undefined>> = { interaction: loaded?.sealed, next }
  const opened = await openSignIn(c, (name) => from[name])
  if (!opened.ok) return opened.error
  const signIn = opened.value
  const { policy, settings, progress } = signIn
  const attempt = {
    ...{ form, progress, policy, settings, origin, pending: undefined, session: undefined },
    browser: await readBrowser(c),
    signals: readSignals(c.req.raw, origin),
  }
  const identifierHash = await identifierMac(deps.root, identifierForm(email))
  const identifierMacs = await identifierMacsOf(deps, { identifierHash }, registered)
  const call = await prepareCall(deps, attempt, { user_id, identifierMacs })
  const { pending_id, secret_hash } = call.handles.pending
  const account = factorsOf(registered)
  const answer = await deps.sessionsOf(user_id).signInRegistered({
    ...call.input,
    proof: proofOf(registered, call.input.now),
    pending: {
      ...{ pending_id, secret_hash, policy, account, signals: attempt.signals, otp_seeds: [] },
      ...{ identifier_macs: identifierMacs, password_hash_digest: undefined },
    },
  })
  const outcome = outcomeOf(deps, attempt, call, answer, { account })
  if (outcome.status !== 'done') throw new Error('a new account has no sign-in that could be lost')
  return goOn(c, signIn, outcome, { browser: attempt.browser, step })
}

const factorsOf = ({ passkey }: Registered): AccountFactors => ({
  password: passkey ? 'none' : 'usable',
  passkeys: passkey ? 1 : 0,
  ...{ otp: 0, sms: 0, recovery_codes: 0, required_acr_values: [] },
})

function proofOf({ passkey }: Registered, at: number): Proof {
  if (!passkey) return { ...passwordProof, step: 'password', at }
  const { user_verified, backup_eligible, credential_id } = passkey
  return { ...passkeyProof(user_verified, !backup_eligible), step: 'passkey', at, credential_id }
}
