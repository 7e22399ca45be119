// ruleid: proof-made-by-cast
const target = { redirect_uri: form.get('redirect_uri') } as RedirectTarget

// ruleid: proof-made-by-cast
const authorized = JSON.parse(text) as unknown as Authorized

// ok: proof-made-by-cast
const checked = checkRedirectUri(parameters, client)

// ok: proof-made-by-cast
const send = (to: RedirectTarget) => authorizationResponse(issuer, to, { code }, language)
