/* Swagger UI on this server's own document; "Authorize" signs in here, by code and PKCE. */
const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: false,
  // Nothing is sent to a validator elsewhere.
  validatorUrl: 'none',
  // Made-up rendering hints, server URLs and documents in the query of a link are ignored.
  queryConfigEnabled: false,
  oauth2RedirectUrl: `${location.origin}/docs/oauth2-redirect.html`,
})

ui.initOAuth({
  clientId: 'authly-docs',
  usePkceWithAuthorizationCodeGrant: true,
  scopes: ['openid'],
})
