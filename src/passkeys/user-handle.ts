/**
 * The user handle (Web Authentication §5.4.3): what an authenticator stores beside a passkey and gives back when
 * somebody signs in without a username. It is the account's id with a tag of ours, so that one sign-in finds the
 * person's object without any lookup and a made-up handle reaches none. Authenticators keep it for years and it cannot
 * be changed there: it must survive every change of the root secret, so it is tagged and not sealed.
 */
import { decodeBase64Url, encodeBase64Url } from '../kit/base64url.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import { uuidOf } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'

const purpose = 'passkey user handle'
const idLength = 16
const tagLength = 32
/** 64 characters of base64url. */
const handleLength = 64

/** The handle of an account: 48 bytes as base64url; the standard allows 64. @param userId a UUID */
export async function userHandleOf(root: Pick<RootSecret, 'lastingMac'>, userId: string): Promise<string> {
  const bytes = new Uint8Array(idLength + tagLength)
  bytes.set(idBytes(userId))
  bytes.set(decodeBase64Url(await root.lastingMac(purpose, userId)), idLength)
  return encodeBase64Url(bytes)
}

/** The account that a handle of ours names; `undefined` for any other text. Does no I/O. */
export async function openUserHandle(
  root: Pick<RootSecret, 'lastingMac'>,
  handle: string,
): Promise<string | undefined> {
  if (handle.length !== handleLength || !/^[\w-]+$/.test(handle)) return undefined
  const userId = uuidOf(decodeBase64Url(handle).subarray(0, idLength))
  return constantTimeEqual(await userHandleOf(root, userId), handle) ? userId : undefined
}

const idBytes = (uuid: string): Uint8Array =>
  Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
