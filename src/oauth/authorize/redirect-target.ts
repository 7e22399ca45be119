/**
 * Where an authorization response may be sent. Only `checkRedirectUri` creates a `RedirectTarget`, and redirecting
 * requires one: earlier errors are shown locally, so this server is never an open redirector (RFC 9700 §4.11).
 */
import { isPort } from '../../clients/check-redirect-uri.ts'
import type { Client } from '../../clients/client.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Messages } from '../../messages/en.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import type { ResponseMode } from './response-modes/define-mode.ts'
import { answerMode } from './response-modes/index.ts'

declare const proven: unique symbol

export interface RedirectTarget {
  readonly [proven]: true
  readonly redirect_uri: string
  readonly response_mode: ResponseMode
  readonly state: string | undefined
  /** Whose it is: signed and encrypted responses are for this client. */
  readonly client: Client
}

/**
 * RFC 8252 §7.3: a native app listens on any free port. IP literals only, because `localhost` may resolve
 * elsewhere.
 */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::(\d+))?([/?][^#]*)?$/

/**
 * Compares with the registered URIs character by character (RFC 9700 §4.1.3): nothing is parsed, so no two parsers
 * can disagree about userinfo, dots, case or encodings.
 */
export function checkRedirectUri(
  parameters: Parameters,
  client: Client,
): Result<RedirectTarget, OAuthRefusal> {
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === undefined) {
    const message = (messages: Messages) => messages.redirectUriMissing
    return err(refuse('invalid_request', 'redirect_uri is missing', { message }))
  }
  const registered =
    client.redirect_uris.includes(redirectUri) ||
    (client.application_type === 'native' &&
      client.redirect_uris.some((candidate) => isSameLoopback(candidate, redirectUri)))
  if (!registered) {
    const message = (messages: Messages) => messages.redirectUriUnregistered
    return err(refuse('invalid_request', 'redirect_uri is not registered for this client', { message }))
  }
  return ok({
    redirect_uri: redirectUri,
    response_mode: answerMode(parameters.get('response_mode'), client),
    state: parameters.get('state'),
    client,
  } as RedirectTarget)
}

function isSameLoopback(registered: string, presented: string): boolean {
  const ours = loopback.exec(registered)
  const theirs = loopback.exec(presented)
  if (!ours || !theirs) return false
  const [, host, port, rest] = theirs
  return ours[1] === host && (port === undefined || isPort(port)) && ours[3] === rest
}
