/** The whole set-up of a single-page application: an issuer, a client, an API. */
import { createAuthly } from '@authly-server/react'

export const issuer = import.meta.env.VITE_AUTHLY_ISSUER
export const audience = import.meta.env.VITE_AUTHLY_AUDIENCE

/** What is asked for at first. The rest is asked for when it is needed, so that people see why. */
export const firstScope = 'openid profile email demo:read'

export const authly = createAuthly({
  issuer,
  clientId: import.meta.env.VITE_AUTHLY_CLIENT_ID,
  resource: audience,
  scope: firstScope,
})
