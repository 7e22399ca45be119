/** What deployment, application and request together demand of a sign-in. */
import { isAdminScope } from '../protocol/scope-parameter.ts'
import { acrMultiFactor, includesClass } from './acr.ts'
import type { SignInPolicy } from './sign-in-state.ts'

/** The settings (`src/settings/settings.ts`) that sign-in depends on. */
export interface SignInSettings {
  readonly 'sign_in.email_codes': 'off' | 'on'
  readonly 'sign_in.sms_codes': 'off' | 'second_factor'
  readonly 'recovery.mode': 'off' | 'on'
  readonly 'sign_in.second_factor': 'optional' | 'required'
  readonly 'sign_in.required_acr_values': readonly string[]
  readonly 'sign_in.promote_passkeys': boolean
  readonly 'sign_in.remember_device_days': number
}

/** The members of a client's metadata that demand something. */
export interface ClientDemands {
  readonly required_acr_values: readonly string[]
  /** For requests without `acr_values` (OpenID Connect Registration §2). */
  readonly default_acr_values: readonly string[]
}

/** What an authorization request demands. */
export interface RequestDemands {
  readonly acr_values: readonly string[]
  /** Of the `claims` parameter (OpenID Connect Core §5.5.1.1). */
  readonly essential_acr: readonly string[]
  readonly scopes: readonly string[]
  /** Whether the request says how recent the sign-in must be: `max_age` or `prompt=login`. */
  readonly asks_anew: boolean
}

export interface SignInDemands {
  readonly settings: SignInSettings
  /** Both undefined on the way to the account page, without an application. */
  readonly client?: ClientDemands | undefined
  readonly request?: RequestDemands | undefined
  /** The first factors that accounts can have (`possibleCredentials`). */
  readonly possible: { readonly passkeys: boolean; readonly passwords: boolean }
  /** Whether this deployment sends e-mail. */
  readonly can_send_email?: boolean | undefined
  /** Whether it sends text messages. */
  readonly can_send_sms?: boolean | undefined
  /** The person has forgotten the password, and wants to recover. */
  readonly recovers?: boolean | undefined
  readonly because: SignInPolicy['because']
}

/** The policy of one sign-in. */
export function policyOf({
  settings,
  client,
  request,
  possible,
  can_send_email = false,
  can_send_sms = false,
  recovers = false,
  because,
}: SignInDemands): SignInPolicy {
  const passkeys = possible.passkeys ? 'on' : 'off'
  const passwords = possible.passwords ? 'on' : 'off'
  const wanted = wantedClasses(settings, client, request)
  const recovery = can_send_email && possible.passwords ? settings['recovery.mode'] : 'off'
  const isRecovery = recovers && recovery === 'on'
  return {
    ...{ passkeys, passwords, recovery, recovers: isRecovery },
    email_codes: can_send_email ? settings['sign_in.email_codes'] : 'off',
    sms_codes: can_send_sms ? settings['sign_in.sms_codes'] : 'off',
    second_factor: settings['sign_in.second_factor'],
    required_acr_values: requiredClasses(settings, client, request),
    wanted_acr_values: wanted,
    because,
    promote_passkeys: possible.passkeys && settings['sign_in.promote_passkeys'],
    remember_device_days: settings['sign_in.remember_device_days'],
    // Attack: whoever reads the mailbox at a remembered browser takes the account over, without its second factor.
    accepts_remembered:
      !isRecovery &&
      settings['sign_in.remember_device_days'] > 0 &&
      (because === undefined || because === 'other_account') &&
      !request?.asks_anew &&
      wanted.length === 0,
  }
}

/** The demands of deployment, client and request: of each list a session must reach one class. */
export const requiredClasses = (
  settings: Pick<SignInSettings, 'sign_in.required_acr_values'>,
  client: Pick<ClientDemands, 'required_acr_values'> | undefined,
  request: Pick<RequestDemands, 'essential_acr'> | undefined,
): readonly (readonly string[])[] =>
  [
    settings['sign_in.required_acr_values'],
    client?.required_acr_values ?? [],
    request?.essential_acr ?? [],
  ].filter((classes) => classes.length > 0)

/**
 * Attack: whoever gets hold of a remembered browser and the password administers the server. So where second factors
 * are remembered, a request for admin scopes wants one, also of a session that began without it.
 */
function wantedClasses(
  settings: Pick<SignInSettings, 'sign_in.remember_device_days'>,
  client: Pick<ClientDemands, 'default_acr_values'> | undefined,
  request: Pick<RequestDemands, 'acr_values' | 'scopes'> | undefined,
): readonly string[] {
  const asked = request?.acr_values.length ? request.acr_values : (client?.default_acr_values ?? [])
  if (settings['sign_in.remember_device_days'] === 0 || !request?.scopes.some(isAdminScope)) return asked
  const strong = asked.filter((acr) => includesClass(acr, acrMultiFactor))
  return strong.length > 0 ? strong : [acrMultiFactor]
}
