import { describe, expect, it } from 'vitest'
import { decodeBase64Url, encodeBase64Url } from '../../src/kit/base64url.ts'
import { randomToken, uuidv7 } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { openUserHandle, userHandleOf } from '../../src/passkeys/user-handle.ts'

const [oldest, older, current] = [randomToken(), randomToken(), randomToken()]
const userId = uuidv7()

describe('a user handle', () => {
  it('has 48 bytes, of the 64 that the standard allows, and names its account', async () => {
    const root = createRootSecret(oldest)
    const handle = await userHandleOf(root, userId)
    expect(decodeBase64Url(handle)).toHaveLength(48)
    expect(await openUserHandle(root, handle)).toBe(userId)
  })

  it('stays the same through every change of the root secret, also when old ones are closed', async () => {
    const handle = await userHandleOf(createRootSecret(oldest), userId)
    const later = [
      createRootSecret(older, [oldest]),
      createRootSecret(current, [older, oldest]),
      createRootSecret(current, [`closed:${older}`, `closed:${oldest}`]),
    ]
    for (const root of later) {
      expect(await userHandleOf(root, userId)).toBe(handle)
      expect(await openUserHandle(root, handle)).toBe(userId)
    }
  })

  it('opens for nobody else: another secret, another account, a changed byte, another text', async () => {
    const root = createRootSecret(oldest)
    const handle = await userHandleOf(root, userId)
    expect(await openUserHandle(createRootSecret(current), handle)).toBeUndefined()
    const bytes = decodeBase64Url(handle)
    for (const position of [0, 15, 16, 47]) {
      const changed = bytes.slice()
      changed[position] = (changed[position] as number) ^ 1
      expect(await openUserHandle(root, encodeBase64Url(changed))).toBeUndefined()
    }
    const others = ['', userId, handle.slice(1), `${handle}A`, `${handle.slice(0, -1)}=`, 'ü'.repeat(64)]
    for (const text of others) expect(await openUserHandle(root, text)).toBeUndefined()
  })
})
