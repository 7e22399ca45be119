/**
 * The script of the page behind `check_session_iframe` (OpenID Connect Session Management 1.0 §3.2). An application's
 * frame posts `client_id session_state`; it is told whether that still holds. Asks no server.
 */
const cookie = location.protocol === 'https:' ? '__Host-authly_browser_state' : 'authly_browser_state'

function browserState(): string | undefined {
  const pair = document.cookie.split('; ').find((each) => each.startsWith(`${cookie}=`))
  return pair?.slice(cookie.length + 1)
}

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...digest)).replace(
    /[+/=]/g,
    (each) => ({ '+': '-', '/': '_', '=': '' })[each] ?? '',
  )
}

/** The origin is the browser's word, not the sender's: a page of another origin matches nothing. */
async function answer(origin: string, message: unknown): Promise<'unchanged' | 'changed' | 'error'> {
  const parts =
    typeof message === 'string' ? /^([\x21-\x7e]+) ([\w-]{43})\.([\w-]{1,64})$/.exec(message) : null
  if (!parts) return 'error'
  const state = browserState()
  if (state === undefined) return (await cookiesAreBlocked()) ? 'error' : 'changed'
  const [, clientId, hash, salt] = parts
  return (await sha256([clientId, origin, state, salt].join(' '))) === hash ? 'unchanged' : 'changed'
}

/** Where the browser hides our cookies in frames nothing can be said, and `changed` would sign people out. */
const cookiesAreBlocked = async (): Promise<boolean> =>
  'hasStorageAccess' in document && !(await document.hasStorageAccess())

addEventListener('message', (event) => {
  const { source, origin } = event
  // A page without an origin of its own cannot be answered to alone.
  if (!source || origin === 'null') return
  void answer(origin, event.data).then((status) => (source as Window).postMessage(status, origin))
})
