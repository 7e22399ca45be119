/** Inputs for tests of sessions; each test states only what matters to it. */
import type { Origin } from '../../src/audit/event.ts'
import { passwordProof } from '../../src/authentication/factor-proofs.ts'
import { policyOf } from '../../src/authentication/sign-in-policy.ts'
import type { AccountFactors, SignInPolicy } from '../../src/authentication/sign-in-state.ts'
import type { NewPending } from '../../src/sessions/advance-sign-in.ts'
import type { DeviceProof } from '../../src/sessions/device-types.ts'
import type { Grant, RefreshPolicy } from '../../src/sessions/grant.ts'
import type { RecordLogin } from '../../src/sessions/record-login-types.ts'
import type { RedeemCode } from '../../src/sessions/redeem-code.ts'
import type { RotateRefresh } from '../../src/sessions/rotate-refresh.ts'
import type { NewSession } from '../../src/sessions/session.ts'
import { toSettings } from '../../src/settings/settings.ts'

/** Close to the real time, because objects prune by it. */
export const start = Math.floor(Date.now() / 1000) * 1000
export const second = 1000
export const hour = 3600 * second
export const day = 24 * hour

export const origin: Origin = { ip: '192.0.2.7', user_agent: 'test', request_id: 'request-1' }
export const userId = '0197b0de-0000-7000-8000-00000000000a'

export const policy: RefreshPolicy = {
  idle_ttl_seconds: 14 * 86_400,
  absolute_ttl_seconds: 90 * 86_400,
  replay_grace_seconds: 30,
}

export const newSession = (session_id = 'session-1', overrides: Partial<NewSession> = {}): NewSession => ({
  session_id,
  secret_hash: `secret of ${session_id}`,
  acr: 'urn:authly:acr:pwd',
  amr: ['pwd'],
  proofs: [{ ...passwordProof, step: 'password', at: start }],
  password_change_required: false,
  idle_ttl_seconds: 7 * 86_400,
  absolute_ttl_seconds: 30 * 86_400,
  ...overrides,
})

/** A policy that demands nothing. */
export const noDemands: SignInPolicy = policyOf({
  possible: { passkeys: true, passwords: true },
  settings: toSettings({}),
  because: undefined,
})

export const accountFactors = (overrides: Partial<AccountFactors> = {}): AccountFactors => ({
  ...{ password: 'usable', passkeys: 0, otp: 0, recovery_codes: 0, required_acr_values: [] },
  ...overrides,
})

/** What a sign-in begins with at a deployment that demands nothing, to an account with a password alone. */
export const newPending = (pending_id = 'pending-1', overrides: Partial<NewPending> = {}): NewPending => ({
  pending_id,
  secret_hash: `secret of ${pending_id}`,
  policy: noDemands,
  account: accountFactors(),
  identifier_macs: ['mac'],
  signals: { network: undefined, country: undefined, device_id: undefined, round_trip_ms: undefined },
  otp_seeds: [],
  password_hash_digest: undefined,
  ...overrides,
})

export const deviceProof = (device_id = 'device-1'): DeviceProof => ({
  device_id,
  secret_hash: `secret of ${device_id}`,
})

export const login = (overrides: Partial<RecordLogin> = {}): RecordLogin => ({
  now: start,
  user_id: userId,
  identifier_hash: 'hash of ada@example.test',
  password_ok: true,
  session: newSession(),
  pending: newPending(),
  origin,
  ...overrides,
})

export const grant = (grant_id = 'grant-1', overrides: Partial<Grant> = {}): Grant => ({
  grant_id,
  client_id: 'web',
  user_id: userId,
  sub: userId,
  session_id: 'session-1',
  scopes: ['openid', 'profile', 'orders'],
  resources: ['https://api.example.test', 'https://files.example.test'],
  claims: { userinfo: ['email'], id_token: [] },
  auth_time: start,
  acr: 'urn:authly:acr:pwd',
  amr: ['pwd'],
  nonce: 'n-1',
  ...overrides,
})

export const redemption = (granted: Grant = grant(), overrides: Partial<RedeemCode> = {}): RedeemCode => ({
  now: start,
  grant: granted,
  code_expires_at: start + 60 * second,
  refresh: { token_hash: 'token-0', policy },
  access_token_expires_at: start + 600 * second,
  jti_hash: 'jti-0',
  origin,
  ...overrides,
})

export const rotation = (
  presented_hash: string,
  successor_hash: string,
  overrides: Partial<RotateRefresh> = {},
): RotateRefresh => ({
  now: start + 10 * second,
  grant_id: 'grant-1',
  client_id: 'web',
  presented_hash,
  successor_hash,
  replay: `answer with ${successor_hash}`,
  issuer: 'https://auth.example',
  policy,
  access_token_expires_at: start + 610 * second,
  origin,
  ...overrides,
})
