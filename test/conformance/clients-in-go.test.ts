/** Relying parties in Go: golang.org/x/oauth2 with coreos/go-oidc. */
import { decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer } from './authly.ts'
import { goClient, installTimeoutMs } from './clients/install.ts'
import { converse, type Program } from './clients/program.ts'
import { isInstalled } from './installed-program.ts'
import { type ClientColumns, demoResource } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

describe.runIf(isInstalled('Go', 'go'))('golang.org/x/oauth2 with coreos/go-oidc', () => {
  let program: Program
  beforeAll(async () => {
    program = await goClient()
  }, installTimeoutMs)

  async function run(flow: string, columns: ClientColumns = {}, secret?: string) {
    const client = await addClient(columns)
    const user = await addUser({ profile: { name: 'Go Person' } })
    const registration = { ...client, ...(secret === undefined ? {} : { client_secret: secret }) }
    const said = await converse(program, { flow, issuer, resource: demoResource, ...registration }, (url) =>
      signIn(createUserAgent(), url, client.redirect_uri, { user }),
    )
    return { client, user, said }
  }

  const methods = [
    { token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'RS256' },
    // The library tries the header first: the refusal must not cost the code.
    { token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256' },
    { token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'PS256' },
    { token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'EdDSA' },
  ] as const satisfies readonly ClientColumns[]
  it.each(methods)(
    'signs a person in, reads userinfo and refreshes: $token_endpoint_auth_method, $id_token_signed_response_alg',
    async (columns) => {
      const { user, said } = await run('sign-in', columns)
      expect(said.result).toMatchObject({
        ...{ subject: user.id, userinfo_subject: user.id, refreshed_subject: user.id },
        ...{ access_subject: user.id, name: 'Go Person', is_new: true },
      })
      const { alg } = decodeProtectedHeader(said.result?.['id_token'] as string)
      expect(alg).toBe(columns.id_token_signed_response_alg)
      expect(said.result?.['expires_in']).toBeGreaterThan(60)
    },
  )

  it('is refused a code that was used (RFC 6749 §4.1.2), and a wrong verifier (RFC 7636 §4.6)', async () => {
    expect((await run('code-twice')).said.refused?.error).toBe('invalid_grant')
    expect((await run('wrong-verifier')).said.refused?.error).toBe('invalid_grant')
  })

  it('takes its own ID token, and not one for another application (OIDC Core §3.1.3.7)', async () => {
    expect((await run('foreign-id-token')).said.result).toEqual({ own: true, foreign: false })
  })

  it('gets tokens for itself, which an API verifies as a JWT of its own audience (RFC 9068 §4)', async () => {
    const { client, said } = await run('client-credentials')
    expect(said.result).toEqual({ subject: client.client_id, scope: 'demo:read' })
    const { refused } = (await run('client-credentials', {}, 'wrong')).said
    expect(refused?.error).toBe('invalid_client')
  })
})
