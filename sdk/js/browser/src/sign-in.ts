import {
  AuthlyError,
  authorizationRequest,
  pushRequest,
  type SignInOptions,
  safeReturnTo,
} from '@authly-server/core'
import { attemptsOf, createAttemptKey } from './attempts.ts'
import type { Settings } from './options.ts'
import { plainFetch, type Server } from './server.ts'
import type { Storage } from './storage.ts'

export interface BrowserSignInOptions extends SignInOptions {
  /** A path of this application, shown afterwards. Default: the present one. */
  readonly returnTo?: string
  /** Takes the place of this page in the history: back then leads to the one before, not to one that leaves at once. */
  readonly replace?: boolean
}

/** Leaves the page for the server's sign-in. */
export async function beginSignIn(
  settings: Settings,
  storage: Storage,
  server: Server,
  options: BrowserSignInOptions,
): Promise<void> {
  if (!globalThis.crypto?.subtle)
    throw new AuthlyError('insecure_context', { description: 'sign-ins need https, or http on localhost' })
  const here = location.pathname + location.search + location.hash
  const returnTo = safeReturnTo(options.returnTo ?? here, location.origin)
  const metadata = await server.metadata()
  const key = settings.dpop ? await createAttemptKey(storage) : undefined
  const scope = options.scope ?? settings.scope
  const resources = [options.resource ?? settings.resources].flat()
  const { clientId, redirectUri } = settings
  const { url, transaction } = await authorizationRequest(
    metadata,
    { clientId, redirectUri, dpopThumbprint: key?.thumbprint },
    { ...options, scope, resource: resources },
  )
  const address = metadata.require_pushed_authorization_requests
    ? await pushRequest(plainFetch, metadata, url)
    : url
  attemptsOf(settings).begin({ ...transaction, returnTo, scope, resources, keyId: key?.thumbprint })
  if (options.replace) location.replace(address)
  else location.assign(address)
}
