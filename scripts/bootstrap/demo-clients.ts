/** The demo applications of a development database: one per kind of client, so that every flow can be tried at once. */

export type DemoClient = {
  client_id: string
  client_name: string
  application_type: 'web' | 'native'
  token_endpoint_auth_method: 'client_secret_basic' | 'none'
  grant_types: string[]
  response_types: string[]
  redirect_uris: string[]
  post_logout_redirect_uris: string[]
  scopes: string[]
  resources: string[]
}

export const demoResource = { resource: 'http://localhost:8788/api', name: 'Demo API' }

const demoScopes = ['demo:read', 'demo:write']
const personalScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', ...demoScopes]
const origins = ['http://127.0.0.1:8788', 'http://localhost:8788']
/** Where the usual development servers of browser applications listen. */
const spaOrigins = [...origins, 'http://localhost:3000', 'http://localhost:5173']
const redirectUrisOf = (all: readonly string[]) => all.map((origin) => `${origin}/callback`)
const postLogoutRedirectUrisOf = (all: readonly string[]) => all.map((origin) => `${origin}/`)

export const demoClients: readonly DemoClient[] = [
  {
    client_id: 'demo-service',
    client_name: 'Demo service',
    application_type: 'web',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    post_logout_redirect_uris: [],
    scopes: demoScopes,
    resources: [demoResource.resource],
  },
  {
    client_id: 'demo-web',
    client_name: 'Demo web application',
    application_type: 'web',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: redirectUrisOf(origins),
    post_logout_redirect_uris: postLogoutRedirectUrisOf(origins),
    scopes: personalScopes,
    resources: [demoResource.resource],
  },
  {
    client_id: 'demo-spa',
    client_name: 'Demo single-page application',
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: redirectUrisOf(spaOrigins),
    post_logout_redirect_uris: postLogoutRedirectUrisOf(spaOrigins),
    scopes: personalScopes,
    resources: [demoResource.resource],
  },
]

/** Scopes of OpenID Connect Core §5.4 and §11, with their text on the consent page. */
export const standardScopes: Readonly<Record<string, string>> = {
  openid: 'Sign you in',
  profile: 'See your name and profile',
  email: 'See your e-mail address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Keep access while you are away',
}

/** Scopes of the demo API. */
export const demoApiScopes: Readonly<Record<string, string>> = {
  'demo:read': 'Read your data in the demo API',
  'demo:write': 'Change your data in the demo API',
}
