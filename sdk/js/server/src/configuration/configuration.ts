import { isSecureAddress } from '@authly-server/core'
import { createCookieNames } from '../cookies/cookie-names.ts'
import { invalidConfiguration } from '../errors.ts'
import { clientAuthentication } from '../provider/client-authentication.ts'
import { readBaseUrl } from './base-url.ts'
import { type Environment, processEnvironment } from './environment.ts'
import {
  type ApplicationFetch,
  type AuthlyServerOptions,
  defaultPaths,
  type SessionLifetime,
} from './options.ts'
import { readSecrets } from './session-secrets.ts'

export type Configuration = ReturnType<typeof configure>

/**
 * Options and environment, checked: an application that is set up wrongly does not start.
 * @throws AuthlyError `invalid_configuration`, which names the option and never its value
 */
export function configure(options: AuthlyServerOptions, environment: Environment = processEnvironment()) {
  const issuer = required('issuer', options.issuer ?? environment['AUTHLY_ISSUER'], 'AUTHLY_ISSUER')
  const clientId = required(
    'clientId',
    options.clientId ?? environment['AUTHLY_CLIENT_ID'],
    'AUTHLY_CLIENT_ID',
  )
  const baseUrl = readBaseUrl(
    required('baseUrl', options.baseUrl ?? environment['AUTHLY_BASE_URL'], 'AUTHLY_BASE_URL'),
  )
  if (!isSecureAddress(issuer)) throw invalidConfiguration('issuer', 'must be https, or http on this machine')
  const clientSecret = options.clientKey
    ? undefined
    : required(
        'clientSecret',
        options.clientSecret ?? environment['AUTHLY_CLIENT_SECRET'],
        'AUTHLY_CLIENT_SECRET',
      )
  const scope = options.scope ?? 'openid profile email'
  if (!scope.split(' ').includes('openid')) throw invalidConfiguration('scope', 'must contain openid')
  const timeoutMs = options.timeoutMs ?? 10_000
  const fetch: ApplicationFetch = options.fetch ?? ((request, init) => globalThis.fetch(request, init))
  return {
    ...{ issuer, clientId, scope, baseUrl },
    authentication: clientAuthentication({ issuer, clientId, clientSecret, clientKey: options.clientKey }),
    secrets: readSecrets(options.sessionSecret ?? environment['AUTHLY_SESSION_SECRET']),
    resources: [options.resource ?? (environment['AUTHLY_AUDIENCE'] || [])].flat(),
    paths: { ...defaultPaths, ...options.paths },
    afterSignOut: options.afterSignOut ?? '/',
    lifetime: readLifetime(options.session),
    cookieNames: createCookieNames(baseUrl),
    store: options.store,
    endedSessions: options.endedSessions ?? options.store,
    pushes: options.pushedAuthorizationRequests ?? false,
    userinfo: options.userinfo ?? /\b(profile|email|address|phone)\b/.test(scope),
    onError: options.onError,
    /** To APIs: how long they may take is the application's to say. */
    plainFetch: fetch,
    // A server that does not answer must not hold every request of the application.
    fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(timeoutMs) }),
  }
}

function required(option: string, value: string | undefined, variable: string): string {
  if (value) return value
  throw invalidConfiguration(option, `is missing: pass it, or set ${variable}`)
}

function readLifetime(chosen: Partial<SessionLifetime> = {}): SessionLifetime {
  const { idleSeconds = 86_400, absoluteSeconds = 7 * 86_400 } = chosen
  if (!(idleSeconds >= 300)) throw invalidConfiguration('session.idleSeconds', 'must be at least 300')
  if (!(absoluteSeconds >= idleSeconds))
    throw invalidConfiguration('session.absoluteSeconds', 'must be at least idleSeconds')
  return { idleSeconds, absoluteSeconds }
}
