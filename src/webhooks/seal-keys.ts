/** Keys of endpoints. At rest their private halves are sealed, each for its endpoint: copied elsewhere it opens nothing. */
import { decodeBase64Url } from '../kit/base64url.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { generateKeyPair, generateSecret, importSigningKey, type SigningKey, secretOf } from './sign.ts'
import type { SealedKeys } from './webhook-endpoint.ts'

const purpose = { secret: 'webhook-secret', privateKey: 'webhook-key' } as const

export interface NewKeys {
  /** `whsec_`: shown once. */
  readonly secret: string
  /** `whpk_` */
  readonly public_key: string
  readonly sealed_secret: string
  readonly sealed_private_key: string
}

export async function makeKeys(
  root: Pick<RootSecret, 'seal'>,
  webhookId: string,
  secret = generateSecret(),
): Promise<NewKeys> {
  const { privateKey, publicKey } = await generateKeyPair()
  return {
    secret,
    public_key: publicKey,
    sealed_secret: await root.seal(purpose.secret, secret, webhookId),
    sealed_private_key: await root.seal(purpose.privateKey, privateKey, webhookId),
  }
}

/**
 * The secret of whatever listeners somebody makes: the same each time, so that the application they develop is
 * configured once. What it signs is handed to them alone.
 */
export const secretOfListeners = async (
  root: Pick<RootSecret, 'mac'>,
  { type, id }: { readonly type: string; readonly id: string },
): Promise<string> => secretOf(decodeBase64Url(await root.mac('webhook-listener', `${type}:${id}`)))

/**
 * The newest first. One that no root secret of this deployment opens any more is left out.
 * @throws when none is left: the endpoint needs a new secret
 */
export async function openKeys(
  root: Pick<RootSecret, 'open'>,
  webhookId: string,
  sealed: readonly SealedKeys[],
): Promise<readonly SigningKey[]> {
  const opened = await Promise.all(
    sealed.flatMap(({ sealed_secret, sealed_private_key }) => [
      root.open(purpose.secret, sealed_secret, webhookId),
      root.open(purpose.privateKey, sealed_private_key, webhookId),
    ]),
  )
  const keys = opened.filter((key) => key !== undefined)
  if (keys.length === 0) throw new Error('no key of the endpoint can be opened')
  return Promise.all(keys.map(importSigningKey))
}
