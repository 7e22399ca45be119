/** Everything a request can do wrong when it says which client it is (RFC 6749 §2.3, §5.2). */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, database, expectNothingToChange, rp } from '../authly.ts'
import { expectRefusal } from '../expectations.ts'
import { authorization } from '../relying-party.ts'
import type { SeededClient } from '../seed.ts'
import { basic, type FormFields, postForm } from '../wire.ts'

let web: SeededClient
let unnamed: SeededClient
let post: SeededClient
let spa: SeededClient
beforeAll(async () => {
  web = await addClient({ token_endpoint_auth_method_named: true })
  unnamed = await addClient()
  post = await addClient({ token_endpoint_auth_method: 'client_secret_post' })
  spa = await addClient({ token_endpoint_auth_method: 'none' })
})

const grant = { grant_type: 'client_credentials', scope: 'demo:read' }
const ask = (fields: FormFields, headers: Record<string, string> = {}) =>
  postForm(rp.endpoints.token, { ...grant, ...fields }, headers)
const raw = (text: string | Buffer) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

describe('an Authorization header that is not what it should be', () => {
  expectNothingToChange()

  it.each([
    ['no credentials', () => 'Basic'],
    ['an empty string', () => 'Basic '],
    ['no base64', () => 'Basic !!!!'],
    ['no colon', () => `Basic ${Buffer.from(web.client_id).toString('base64')}`],
    ['no client id', () => `Basic ${Buffer.from(`:${web.client_secret}`).toString('base64')}`],
    ['two values', () => `${basic(web.client_id, web.client_secret)} x`],
    ['two spaces', () => basic(web.client_id, web.client_secret).replace(' ', '  ')],
    ['another scheme', () => 'Bearer abc'],
    ['bytes that are no UTF-8', () => `Basic ${Buffer.from([0x61, 0x3a, 0xff, 0xfe]).toString('base64')}`],
    ['a broken percent escape', () => `Basic ${Buffer.from(`${web.client_id}:%zz`).toString('base64')}`],
    ['a NUL in the client id', () => `Basic ${Buffer.from(`${web.client_id}%00:x`).toString('base64')}`],
    [
      'a client id of 10,000 characters',
      () => `Basic ${Buffer.from(`${'a'.repeat(10_000)}:x`).toString('base64')}`,
    ],
  ])('is refused with a challenge: %s (RFC 6749 §5.2, RFC 7617 §2)', async (_, header) => {
    const answer = await ask({}, { authorization: header() })
    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/)
  })
})

describe('credentials that prove nothing', () => {
  expectNothingToChange()

  it('look the same for an unknown client and a wrong secret (no client enumeration)', async () => {
    const wrong = await ask({}, { authorization: basic(web.client_id, 'wrong') })
    const unknown = await ask({}, { authorization: basic('nobody', 'wrong') })
    expectRefusal(wrong, 401, 'invalid_client')
    expectRefusal(unknown, 401, 'invalid_client')
    expect(unknown.text).toBe(wrong.text)
    expect(unknown.headers.get('www-authenticate')).toBe(wrong.headers.get('www-authenticate'))
  })

  it('look the same for unknown, disabled and deleted clients and every method (no client enumeration)', async () => {
    const off = await addClient()
    const gone = await addClient()
    await database.query('UPDATE clients SET enabled = false WHERE client_id = $1', [off.client_id])
    await database.query('DELETE FROM clients WHERE client_id = $1', [gone.client_id])
    const jwt = await addClient({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } })
    const ids = [web, unnamed, post, spa, jwt, off, gone].map(({ client_id }) => client_id)
    const seen = (answers: Awaited<ReturnType<typeof ask>>[]) =>
      new Set(
        answers.map(({ status, text, headers }) => [status, text, headers.get('www-authenticate')].join()),
      )
    const all = [...ids, 'nobody']
    const inHeader = await Promise.all(all.map((id) => ask({}, { authorization: basic(id, 'wrong') })))
    const inBody = await Promise.all(all.map((id) => ask({ client_id: id, client_secret: 'wrong' })))
    expect([seen(inHeader).size, seen(inBody).size]).toEqual([1, 1])
    expectRefusal(inBody[0] as (typeof inBody)[0], 400, 'invalid_client')
    expect(inBody[0]?.headers.get('www-authenticate')).toBeNull()
    await database.query('DELETE FROM clients WHERE client_id = ANY ($1)', [[off.client_id, jwt.client_id]])
  })

  it.each<[string, () => FormFields, () => Record<string, string>, 400 | 401]>([
    ['an empty secret in the header', () => ({}), () => raw(`${web.client_id}:`), 401],
    ['a secret with a space added', () => ({}), () => raw(`${web.client_id}:${web.client_secret}+`), 401],
    [
      'a client id alone, though the client is confidential',
      () => ({ client_id: web.client_id }),
      () => ({}),
      400,
    ],
    ['no client at all', () => ({}), () => ({}), 400],
    [
      'the right secret in the body of a client that named client_secret_basic',
      () => ({ client_id: web.client_id, client_secret: web.client_secret }),
      () => ({}),
      400,
    ],
    [
      'the right secret in the header of a client_secret_post client',
      () => ({}),
      () => ({ authorization: basic(post.client_id, post.client_secret) }),
      401,
    ],
    [
      'a secret for a public client',
      () => ({ client_id: spa.client_id, client_secret: 'x' }),
      () => ({}),
      400,
    ],
    [
      'a made-up assertion for a client with a secret',
      () => ({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `e30.${Buffer.from(JSON.stringify({ sub: web.client_id })).toString('base64url')}.x`,
      }),
      () => ({}),
      400,
    ],
  ])(
    'are refused: %s (RFC 6749 §5.2: a challenge exactly if the header was used)',
    async (_, fields, headers, status) => {
      const answer = await ask(fields(), headers())
      expectRefusal(answer, status, 'invalid_client')
      expect(answer.headers.has('www-authenticate')).toBe(status === 401)
    },
  )

  it('are told the registered form when the secret is right, and only then', async () => {
    const posted = await ask({ client_id: web.client_id, client_secret: web.client_secret })
    expect(posted.json).toMatchObject({
      error_description: 'this client is registered for client_secret_basic',
    })
    const inHeader = await ask({}, { authorization: basic(post.client_id, post.client_secret) })
    expect(inHeader.json).toMatchObject({
      error_description: 'this client is registered for client_secret_post',
    })
    // Libraries that see a challenge show it alone.
    expect(inHeader.headers.get('www-authenticate')).toContain('registered for client_secret_post')
    for (const wrong of [
      await ask({ client_id: web.client_id, client_secret: 'wrong' }),
      await ask({}, { authorization: basic(post.client_id, 'wrong') }),
    ]) {
      expect(wrong.json).toMatchObject({ error_description: 'client authentication failed' })
      expect(wrong.headers.get('www-authenticate') ?? '').not.toContain('registered')
    }
  })

  it('do not include a secret left over from before the client had keys, or none (RFC 7591 §2)', async () => {
    for (const method of ['private_key_jwt', 'none']) {
      const client = await addClient()
      await database.query('UPDATE clients SET token_endpoint_auth_method = $2 WHERE client_id = $1', [
        client.client_id,
        method,
      ])
      const posted = await ask({ client_id: client.client_id, client_secret: client.client_secret })
      const inHeader = await ask({}, authorization(client))
      for (const [answer, status] of [
        [posted, 400],
        [inHeader, 401],
      ] as const) {
        expectRefusal(answer, status, 'invalid_client')
        expect(answer.json).toMatchObject({ error_description: 'client authentication failed' })
      }
      await database.query('DELETE FROM clients WHERE client_id = $1', [client.client_id])
    }
  })

  it('include a secret that has expired and a client that is disabled', async () => {
    const old = await addClient()
    await database.query(
      "UPDATE client_secrets SET expires_at = now() - interval '1 second' WHERE client_id = $1",
      [old.client_id],
    )
    const off = await addClient()
    await database.query('UPDATE clients SET enabled = false WHERE client_id = $1', [off.client_id])
    for (const client of [old, off]) {
      expectRefusal(await ask({}, authorization(client)), 401, 'invalid_client')
    }
    await database.query('DELETE FROM clients WHERE client_id = ANY ($1)', [[old.client_id, off.client_id]])
  })
})

describe('a client that named no method', () => {
  it('may send its secret in the header or in the body, at every endpoint: libraries differ about the default', async () => {
    const inBody = { client_id: unnamed.client_id, client_secret: unnamed.client_secret }
    for (const [fields, headers] of [
      [inBody, {}],
      [{}, authorization(unnamed)],
    ] as const) {
      expect((await ask(fields, headers)).status).toBe(200)
      for (const endpoint of [rp.endpoints.introspect, rp.endpoints.revoke]) {
        expect((await postForm(endpoint, { token: 'x', ...fields }, headers)).status).toBe(200)
      }
    }
  })

  it('still proves itself in one way only', async () => {
    const inBody = { client_id: unnamed.client_id, client_secret: unnamed.client_secret }
    expectRefusal(await ask(inBody, authorization(unnamed)), 400, 'invalid_request')
    expectRefusal(await ask({ ...inBody, client_secret: 'wrong' }), 400, 'invalid_client')
    expectRefusal(await ask({ client_id: unnamed.client_id }), 400, 'invalid_client')
  })
})

describe('two ways of authentication at once', () => {
  expectNothingToChange()

  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'e30.e30.x',
  }
  it.each<[string, () => FormFields, () => Record<string, string>]>([
    [
      'header and secret',
      () => ({ client_id: web.client_id, client_secret: web.client_secret }),
      () => authorization(web),
    ],
    ['header and assertion', () => assertion, () => authorization(web)],
    [
      'secret and assertion',
      () => ({ client_id: post.client_id, client_secret: post.client_secret, ...assertion }),
      () => ({}),
    ],
    ['header and another client’s id', () => ({ client_id: post.client_id }), () => authorization(web)],
  ])('are refused: %s (RFC 6749 §2.3)', async (_, fields, headers) => {
    expectRefusal(await ask(fields(), headers()), 400, 'invalid_request')
  })
})

describe('what a client may do', () => {
  expectNothingToChange()

  it('does not include client_credentials for a public client (RFC 6749 §4.4)', async () => {
    expectRefusal(await ask({ client_id: spa.client_id }), 400, 'unauthorized_client')
  })

  it('does not include introspection for a public client (RFC 7662 §2.1)', async () => {
    const answer = await postForm(rp.endpoints.introspect, { client_id: spa.client_id, token: 'x' })
    expectRefusal(answer, 400, 'invalid_client')
  })

  it.each([
    ['password', 'unsupported_grant_type'],
    ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'unsupported_grant_type'],
    ['CLIENT_CREDENTIALS', 'unsupported_grant_type'],
    ['implicit', 'unsupported_grant_type'],
  ])('does not include the grant type “%s” (RFC 6749 §5.2)', async (grant_type, error) => {
    expectRefusal(await ask({ grant_type }, authorization(web)), 400, error)
  })

  it('needs a grant type (RFC 6749 §5.2)', async () => {
    expectRefusal(await ask({ grant_type: undefined }, authorization(web)), 400, 'invalid_request')
    expectRefusal(await ask({ grant_type: '' }, authorization(web)), 400, 'invalid_request')
  })
})
