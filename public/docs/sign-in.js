/*
 * A plugin of Swagger UI: "Authorize" signs in in a pop-up, which hands over what it came back with by a channel. Swagger
 * UI would have it do that by `window.opener`. Attack: what got into this page reaches the other way, into hosted pages on
 * this origin, and allows there what the person did not. The policies of `_headers` keep the two windows apart.
 */
export const channelName = 'authly-docs-sign-in'

export const signInByChannel = {
  statePlugins: { auth: { wrapActions: { authPopup: () => begin } } },
}

/** Ends the one before: its pop-up may have been closed, which no other window can see. */
let stopWaiting

/** @param flow what Swagger UI goes on with, its PKCE verifier included */
function begin(address, flow) {
  stopWaiting?.()
  const url = new URL(address, location.href)
  // Swagger UI takes the time of day, which others know.
  const state = crypto.randomUUID()
  url.searchParams.set('state', state)
  const channel = new BroadcastChannel(channelName)
  stopWaiting = () => channel.close()
  channel.onmessage = ({ data: { query } }) => {
    const answer = new URLSearchParams(query)
    // Of another tab. Attack: a link to the end of somebody else's sign-in (login CSRF).
    if (answer.get('state') !== state) return
    channel.postMessage({ taken: state })
    stopWaiting()
    finish(answer, flow)
  }
  window.open(url)
}

function finish(answer, { auth, callback, errCb, redirectUrl }) {
  const code = answer.get('code')
  const isOurs = answer.get('iss') === location.origin
  if (code && isOurs) return callback({ auth: { ...auth, code }, redirectUrl })
  const reason = isOurs
    ? [answer.get('error'), answer.get('error_description')].filter(Boolean).join(': ')
    : 'the answer names another server (RFC 9207)'
  errCb({ authId: auth.name, source: 'auth', level: 'error', message: reason || 'there is no code' })
}
