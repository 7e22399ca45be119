/** Steps of a sign-in at Authly, as a browser with a passkey or an application for codes takes them. */
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { userHandleOf } from '../../src/passkeys/user-handle.ts'
import { type BenchDatabase, withClient } from '../bench-database.ts'
import type { HttpRequest, RequestPlan } from '../target.ts'
import { totpPlans } from './authly-codes.ts'
import { makeBenchPasskey } from './bench-passkey.ts'
import type { SignInPlans } from './code-flow-target.ts'
import { formFields, readPage } from './hosted-page.ts'
import { formPost, userCount } from './requests.ts'

interface AuthlySignIns {
  readonly database: BenchDatabase
  readonly port: number
  readonly issuer: string
  readonly rootSecret: string
}

export interface SignInBench {
  readonly plans: SignInPlans
  /** Gives everybody a passkey. The database must have been filled. */
  seed(): Promise<void>
}

/** Everybody's passkey has the same key, and so one signature answers a page for all of them. */
export function authlySignIns({ database, port, issuer, rootSecret }: AuthlySignIns): SignInBench {
  const passkey = makeBenchPasskey()
  const root = createRootSecret(rootSecret)
  let handles: readonly { readonly credentialId: string; readonly userHandle: string }[] = []

  /** One page for each person once: a challenge is used once by everybody. */
  async function passkeyRequests(): Promise<readonly HttpRequest[]> {
    const page = await readPage(`http://127.0.0.1:${port}/login`)
    const { fields, attributes } = formFields(page.html, 'name="step" value="passkey"')
    const options = JSON.parse(attributes['data-options'] ?? '{}') as { challenge: string; rpId: string }
    const { challenge, rpId } = options
    const assertion = passkey.assert({ challenge, origin: issuer, rpId })
    return handles.map(({ credentialId: id, userHandle }) => {
      const credential = {
        ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
        response: { ...assertion, userHandle },
      }
      const post = formPost('/login', { ...fields, credential: JSON.stringify(credential) })
      return { ...post, headers: { ...post.headers, Cookie: page.cookies, Origin: issuer } }
    })
  }

  async function passkeyPlan(wanted: number): Promise<RequestPlan> {
    const requests: HttpRequest[] = []
    while (requests.length < wanted) requests.push(...(await passkeyRequests()))
    return {
      ...{ kind: 'once', port, requests: requests.slice(0, wanted) },
      expect: { status: [303], locationContains: '/account' },
    }
  }

  const totp = totpPlans({ database, port, issuer, root })

  return {
    plans: { passkey: passkeyPlan, totp },
    async seed() {
      await withClient(database, async (client) => {
        const { rows } = await client.query<{ id: string; credential_id: string }>(
          `INSERT INTO passkeys (credential_id, user_id, rp_id, public_key, aaguid, name, backup_eligible,
             backed_up, attestation_format)
           SELECT replace(id::text, '-', ''), id, 'localhost', $1, '00000000-0000-0000-0000-000000000000', 'Bench', true,
             true, 'none'
           FROM users ORDER BY id LIMIT $2 RETURNING user_id AS id, credential_id`,
          [passkey.publicKey, userCount],
        )
        handles = await Promise.all(
          rows.map(async ({ id, credential_id }) => ({
            ...{ credentialId: credential_id, userHandle: await userHandleOf(root, id) },
          })),
        )
      })
    },
  }
}
