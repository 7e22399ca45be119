/**
 * Sign-in of a person by authorization code and PKCE on a loopback port (RFC 8252). `state` ties the answer to this
 * sign-in, `iss` (RFC 9207) to this server, `nonce` the ID token; the library checks all three.
 */
import { createInterface } from 'node:readline/promises'
import * as oidc from 'openid-client'
import { Failure } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'
import { isInteractive, type Terminal } from '../terminal.ts'
import type { Judgement } from './loopback-listener.ts'
import { explain, reasonOf } from './oauth-client.ts'
import { openBrowser } from './open-browser.ts'
import type { Credentials } from './profile-store.ts'

/** How a person must have proved themselves. */
export interface StepUp {
  /** Seconds since the last sign-in that the server may accept (OpenID Connect Core §3.1.2.1). */
  readonly maxAgeSeconds?: number
  /** Authentication contexts, separated by spaces. */
  readonly acrValues?: string
}

export interface BrowserSignIn extends StepUp {
  readonly scope: string
  /** Only print the address. */
  readonly noBrowser: boolean
  /** Has the person confirm or change the account that the browser is signed in with (OpenID Connect Core §3.1.2.1). */
  readonly chooseAccount?: boolean
}

const timeoutMs = 5 * 60_000

/** Waits until the person has signed in. */
export async function signInWithBrowser(
  server: oidc.Configuration,
  wish: BrowserSignIn,
  terminal: Terminal,
): Promise<Credentials> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expectedState = oidc.randomState()
  const expectedNonce = oidc.randomNonce()
  const settled = Promise.withResolvers<Credentials>()
  let isRedeeming = false

  const redeem = async (response: URL): Promise<Judgement> => {
    if (response.searchParams.get('state') !== expectedState || isRedeeming) return 'not_ours'
    isRedeeming = true
    try {
      const tokens = await oidc.authorizationCodeGrant(server, response, {
        ...{ pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
        ...(wish.maxAgeSeconds === undefined ? {} : { maxAge: wish.maxAgeSeconds }),
      })
      settled.resolve(toCredentials(tokens, terminal.now()))
      return 'signed_in'
    } catch (error) {
      settled.reject(explain(error, 'Not signed in'))
      return { refused: reasonOf(error) }
    }
  }

  // With its page: most commands show none.
  const { listenOnLoopback } = await import('./loopback-listener.ts')
  const listener = await listenOnLoopback(redeem)
  const url = oidc.buildAuthorizationUrl(server, {
    ...{ redirect_uri: listener.redirectUri, scope: wish.scope, state: expectedState, nonce: expectedNonce },
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...(wish.chooseAccount ? { prompt: 'select_account' } : {}),
    ...(wish.maxAgeSeconds === undefined ? {} : { max_age: String(wish.maxAgeSeconds) }),
    ...(wish.acrValues === undefined ? {} : { acr_values: wish.acrValues }),
  })
  const stopAsking = new AbortController()
  const timer = setTimeout(
    () => settled.reject(new Failure('signIn', 'Nobody signed in within 5 minutes.')),
    timeoutMs,
  )
  const interrupt = () => settled.reject(new Failure('interrupted', 'Interrupted.'))
  terminal.interrupted.addEventListener('abort', interrupt, { once: true })
  try {
    await invite(url.href, wish.noBrowser, terminal)
    if (isInteractive(terminal)) {
      askForAddress(terminal, stopAsking.signal, listener.redirectUri, redeem)
    }
    return await settled.promise
  } finally {
    clearTimeout(timer)
    terminal.interrupted.removeEventListener('abort', interrupt)
    stopAsking.abort()
    listener.stop()
  }
}

async function invite(url: string, noBrowser: boolean, terminal: Terminal): Promise<void> {
  if (!noBrowser && (await openBrowser(url, terminal))) {
    terminal.stderr.write(`Sign in with your browser. If it does not open, go to:\n  ${safeText(url)}\n`)
  } else {
    terminal.stderr.write(`To sign in, open:\n  ${safeText(url)}\n`)
  }
}

/** The browser may run on another machine, where our port is not: then its last address can be pasted. */
function askForAddress(
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
  redirectUri: string,
  redeem: (response: URL) => Promise<unknown>,
): void {
  const lines = createInterface({ input: stdin, output: stderr, terminal: false })
  signal.addEventListener('abort', () => lines.close())
  stderr.write('Browser on another machine? Paste the address it ends at: ')
  lines.on('line', (line) => {
    const text = line.trim()
    if (!text.startsWith(redirectUri) || !URL.canParse(text)) return
    void redeem(new URL(text))
  })
}

/** What is kept of a token response. */
export function toCredentials(
  tokens: oidc.TokenEndpointResponse & Partial<oidc.TokenEndpointResponseHelpers>,
  now: number,
): Credentials {
  const claims = tokens.claims?.()
  return {
    access_token: tokens.access_token,
    expires_at: now + (tokens.expires_in ?? 60) * 1000,
    scope: tokens.scope ?? '',
    refresh_token: tokens.refresh_token,
    subject: claims?.sub,
    username: typeof claims?.['preferred_username'] === 'string' ? claims['preferred_username'] : undefined,
  }
}
