/** A passkey in Postgres with its authenticator in software, and what a browser makes of a page that asks for it. */
import { passkeys } from '../../src/db/schema.ts'
import { userHandleOf } from '../../src/passkeys/user-handle.ts'
import { testDatabase } from '../fakes/database.ts'
import { encodeCbor } from '../passkeys/cbor.ts'
import { cosePublicKey } from '../passkeys/cose-keys.ts'
import {
  base64url,
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from '../passkeys/software-authenticator.ts'
import { testDependencies } from './admin-client.ts'

const issuer = 'https://auth.test'
const rpId = 'auth.test'

export async function addSigningPasskey(userId: string): Promise<SoftwareAuthenticator> {
  const authenticator = createSoftwareAuthenticator()
  const id = await userHandleOf(testDependencies().root, userId)
  await authenticator.create(
    {
      ...{ rp: { id: rpId, name: 'Test' }, user: { id, name: 'ada', displayName: 'Ada' } },
      ...{ challenge: 'AAAA', pubKeyCredParams: [] },
    },
    { origin: issuer },
  )
  const [made] = authenticator.passkeys
  if (!made) throw new Error('no passkey was made')
  const public_key = base64url(encodeCbor(await cosePublicKey(made.algorithm, made.keys.publicKey)))
  await testDatabase()
    .insert(passkeys)
    .values({
      ...{ credential_id: made.id, user_id: userId, rp_id: rpId, public_key, name: 'Test' },
      ...{ aaguid: '00000000-0000-0000-0000-000000000000', transports: ['internal'] },
      ...{ backup_eligible: true, backed_up: true, attestation_format: 'none' },
    })
  return authenticator
}

/** The field `credential` of the form on this page. */
export async function answerPage(authenticator: SoftwareAuthenticator, html: string): Promise<string> {
  const options = /data-options="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"')
  if (options === undefined) throw new Error('the page asks for no passkey')
  return JSON.stringify(await authenticator.get(JSON.parse(options), { origin: issuer }))
}
