/* Swagger UI on this server's own document; "Authorize" signs in here, by code and PKCE. */
import { foldFilters, markFilters } from './fold-filters.js'
import { signInByChannel } from './sign-in.js'

/**
 * "Try it out" sends every example it finds as a value: a list would be asked for with all of its filters, and every
 * POST be a repetition of the one before. What may be left out begins empty. The session is a cookie: nobody types it.
 */
function forTrying(document) {
  const operations = Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods))
  for (const operation of operations) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.required) continue
      delete parameter.example
      delete parameter.examples
      delete parameter.schema?.example
      delete parameter.schema?.examples
    }
    operation.security = operation.security?.filter((scheme) => !('session' in scheme))
  }
  delete document.components?.securitySchemes?.session
  markFilters(document)
  return document
}

const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // The areas at a glance, each to be opened: all operations together are dozens of screens on a phone.
  docExpansion: 'none',
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: false,
  // Nothing is sent to a validator elsewhere.
  validatorUrl: 'none',
  // Made-up rendering hints, server URLs and documents in the query of a link are ignored.
  queryConfigEnabled: false,
  plugins: [
    foldFilters,
    signInByChannel,
    {
      statePlugins: {
        spec: { wrapActions: { updateJsonSpec: (update) => (document) => update(forTrying(document)) } },
      },
    },
  ],
  oauth2RedirectUrl: `${location.origin}/docs/oauth2-redirect.html`,
})

ui.initOAuth({
  clientId: 'authly-docs',
  usePkceWithAuthorizationCodeGrant: true,
  scopes: ['openid'],
})
