/** Encrypts responses to clients (RFC 7516). Loaded only where a client wants it. */
import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { err, ok } from '../kit/result.ts'
import { temporarilyUnavailable } from '../protocol/refusal.ts'
import type { Client } from './client.ts'
import type { FetchClientJwks } from './client-jwks.ts'
import { type Encrypt, type Encryption, encryptionOf, type PrepareEncryption } from './encryption.ts'
import { chooseEncryptionKey } from './encryption-key.ts'

const encoder = new TextEncoder()

/** Builds `PrepareEncryption` over the keys that clients register or publish. */
export function createPrepareEncryption(needs: {
  readonly fetchClientJwks: FetchClientJwks
}): PrepareEncryption {
  return async (client, response) => {
    const encryption = encryptionOf(client, response)
    if (!encryption) return ok(undefined)
    const jwk = await findKey(needs, client, encryption)
    try {
      if (jwk) return ok(await encryptTo(jwk, encryption))
    } catch {
      // A key that is none: as good as no key.
    }
    return err(temporarilyUnavailable(`no key of the client to encrypt its ${response} to`))
  }
}

/** Past the cache once, when the key that fits may be new. */
async function findKey(
  { fetchClientJwks }: { readonly fetchClientJwks: FetchClientJwks },
  client: Client,
  { alg }: Encryption,
): Promise<JWK | undefined> {
  const choose = async (stale: boolean) =>
    chooseEncryptionKey((await fetchClientJwks(client, { stale }))?.keys ?? [], alg) as JWK | undefined
  return (await choose(false)) ?? (client.jwks_uri === undefined ? undefined : choose(true))
}

async function encryptTo(jwk: JWK, { alg, enc }: Encryption): Promise<Encrypt> {
  const key = await importJWK(publicHalf(jwk), alg)
  const named = jwk.kid === undefined ? {} : { kid: jwk.kid }
  return (content, type) =>
    new CompactEncrypt(encoder.encode(content))
      .setProtectedHeader({ alg, enc, ...named, ...(type === undefined ? {} : { cty: type }) })
      .encrypt(key)
}

/** Only the members of RFC 7638 §3.2: whatever else the client's key has must not reach WebCrypto. */
function publicHalf({ kty, crv, x, y, n, e }: JWK): JWK {
  const members = kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
  return members as JWK
}
