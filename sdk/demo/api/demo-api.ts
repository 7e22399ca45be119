/**
 * The API of the demo: notes, one list for each person, in memory. What it demands is in the four `protect`s; the rest
 * is any Hono application.
 */
import { createApiVerifier } from '@authly-server/api'
import { protect, resourceMetadata, type TokenVariables } from '@authly-server/api/hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/** A second factor: by a class that says so, or by a passkey, whose class includes it. */
const strong = ['urn:authly:acr:mfa', 'phr', 'phrh']
const maxNotes = 20
const maxPeople = 1_000
const maxLength = 200

export interface DemoApiOptions {
  readonly issuer: string
  readonly audience: string
  /** Since the sign-in, in which everything may be deleted. */
  readonly freshSeconds?: number
  readonly clockToleranceSeconds?: number
}

export function createDemoApi(options: DemoApiOptions) {
  const { issuer, audience, freshSeconds = 60, clockToleranceSeconds = 5 } = options
  const api = createApiVerifier({
    ...{ issuer, audience, clockToleranceSeconds, dpop: 'required' },
    metadata: { name: 'Demo API', scopes: ['demo:read', 'demo:write'] },
  })
  const notes = new Map<string, readonly string[]>()
  const notesOf = (sub: string) => notes.get(sub) ?? ['Water the tomatoes']
  const keep = (sub: string, list: readonly string[]) => {
    notes.delete(sub)
    notes.set(sub, list)
    const [oldest] = notes.keys()
    if (notes.size > maxPeople && oldest !== undefined) notes.delete(oldest)
    return { notes: list }
  }

  return new Hono<{ Variables: TokenVariables }>()
    .use(resourceMetadata(api))
    .get('/api/notes', protect({ scopes: ['demo:read'] }, api), (c) =>
      c.json({ notes: notesOf(c.var.token.sub) }),
    )
    .get('/api/private-notes', protect({ scopes: ['demo:read'], acr: strong }, api), (c) =>
      c.json({ notes: ['The key is under the third flowerpot'] }),
    )
    .post(
      '/api/notes',
      bodyLimit({ maxSize: 4_096 }),
      protect({ scopes: ['demo:write'] }, api),
      async (c) => {
        const { text } = await c.req.json<{ text?: unknown }>().catch(() => ({ text: undefined }))
        if (typeof text !== 'string' || text.trim() === '' || text.length > maxLength)
          return c.json({ error: 'invalid_note' }, 400)
        const { sub } = c.var.token
        return c.json(keep(sub, [text.trim(), ...notesOf(sub)].slice(0, maxNotes)), 201)
      },
    )
    .delete('/api/notes', protect({ scopes: ['demo:write'], maxAge: freshSeconds }, api), (c) =>
      c.json(keep(c.var.token.sub, [])),
    )
}
