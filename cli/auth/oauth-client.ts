/** The server as an OAuth client sees it, through `openid-client`, which checks what comes back. */
import * as oidc from 'openid-client'
import { Failure, usage } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'

/** The client that `npm run bootstrap` registers for this program: public, native, loopback (RFC 8252). */
export const builtInClient = 'authly-cli'

const timeoutSeconds = 30

/** An issuer as typed: https, or http on this very machine. */
export function parseIssuer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.search || url.hash || url.username) {
    throw usage(`“${text}” is not an issuer.`, 'For example: --issuer https://auth.example.com')
  }
  // A token sent over plain http belongs to everybody on the way.
  if (url.protocol === 'http:' && !isLoopback(url)) throw usage(`${url.origin} must be https.`)
  return url
}

const isLoopback = ({ hostname }: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

/** Reads the server's metadata (RFC 8414) and checks that it names this issuer. */
export async function discover(
  issuer: string,
  clientId: string,
  clientSecret?: string,
): Promise<oidc.Configuration> {
  const url = parseIssuer(issuer)
  const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret)
  try {
    return await oidc.discovery(url, clientId, undefined, authentication, {
      ...{ timeout: timeoutSeconds },
      execute: url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    })
  } catch (error) {
    throw explain(error, `${url.origin} does not answer as an OpenID Provider`)
  }
}

/** An error of the library as a failure for the user. */
export function explain(error: unknown, what: string): Error {
  if (error instanceof Failure) return error
  return new Failure(mayPass(error) ? 'unavailable' : 'signIn', `${what}: ${reasonOf(error)}`)
}

const mayPass = (error: unknown): boolean =>
  error instanceof oidc.ResponseBodyError
    ? error.status >= 500 || error.status === 429
    : error instanceof TypeError || (error as Error).name === 'TimeoutError'

/** Why it failed, as a sentence. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.message
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    return `${safeText(error.error_description ?? error.error)}.`
  }
  const { message, cause } = error as Error & { cause?: { code?: unknown; message?: unknown } }
  const detail = cause?.code ?? cause?.message
  return `${message}${detail ? ` (${detail})` : ''}.`
}
