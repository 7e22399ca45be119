import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { issueHandle, openHandle } from '../../src/kit/sealed-handle.ts'

const root = createRootSecret('dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ')
const routing = { u: 'user-1', g: 'grant-1' }
const partsOf = (handle: string) => handle.split('.') as [sealed: string, secret: string]

describe('a sealed handle', () => {
  it('opens to its routing and the hash of its secret', async () => {
    const { handle, secretHash } = await issueHandle(root, 'rt', routing)
    expect(handle).toMatch(/^authly_rt_[\w-]+\.[\w-]{43}$/)
    expect(await openHandle(root, 'rt', handle)).toEqual({ routing, secretHash })
    expect(handle).not.toContain('user-1')
  })

  it('does not open as another kind or under another root secret', async () => {
    const { handle } = await issueHandle(root, 'rt', routing)
    expect(await openHandle(root, 'ss', handle)).toBeUndefined()
    expect(await openHandle(root, 'ss', handle.replace('authly_rt', 'authly_ss'))).toBeUndefined()
    const other = createRootSecret('b3RoZXItcm9vdC1zZWNyZXQtdGVzdC1yb290LXNlY3JldC0wMDE')
    expect(await openHandle(other, 'rt', handle)).toBeUndefined()
  })

  it('opens as a whole only: half of a handle cannot pose as an old token', async () => {
    const [first, second] = [await issueHandle(root, 'rt', routing), await issueHandle(root, 'rt', routing)]
    const [sealed] = partsOf(first.handle)
    const [, secret] = partsOf(second.handle)
    expect(await openHandle(root, 'rt', `${sealed}.${secret}`)).toBeUndefined()
    expect(await openHandle(root, 'rt', `${sealed}.`)).toBeUndefined()
  })

  it('opens to nothing else after any change, and never throws', async () => {
    const { handle, secretHash } = await issueHandle(root, 'rt', routing)
    const changed = fc
      .tuple(fc.nat({ max: handle.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([at, character]) => handle.slice(0, at) + character + handle.slice(at + 1))
      .filter((text) => text !== handle)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          changed,
          fc.string(),
          fc.string().map((text) => `authly_rt_${text}`),
        ),
        async (text) => {
          const opened = await openHandle(root, 'rt', text)
          // Base64url has several spellings of the same last byte.
          expect(opened ?? { routing, secretHash }).toEqual({ routing, secretHash })
          if (!text.endsWith(handle.slice(handle.indexOf('.')))) expect(opened).toBeUndefined()
        },
      ),
    )
  })
})
