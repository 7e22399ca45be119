import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRootSecret } from '../../src/kit/root-secret.ts'

const root = createRootSecret(Buffer.alloc(32, 1).toString('base64url'))

describe('a sealed value', () => {
  it('opens under its purpose and context only', async () => {
    const sealed = await root.seal('purpose', 'text', 'context')
    expect(await root.open('purpose', sealed, 'context')).toBe('text')
    expect(await root.open('other', sealed, 'context')).toBeUndefined()
    expect(await root.open('purpose', sealed, 'other')).toBeUndefined()
    expect(await root.open('purpose', sealed)).toBeUndefined()
  })

  it('has one spelling: white space and padding, which end up in headers, do not open (header injection)', async () => {
    const sealed = await root.seal('purpose', 'text')
    for (const extra of ['\n', '\r\n', ' ', '\t', '=', '==']) {
      expect(await root.open('purpose', sealed + extra), JSON.stringify(extra)).toBeUndefined()
      expect(await root.open('purpose', extra + sealed)).toBeUndefined()
      expect(await root.open('purpose', `${sealed.slice(0, 9)}${extra}${sealed.slice(9)}`)).toBeUndefined()
    }
  })

  it('has one spelling: no character can be replaced by any other', async () => {
    const sealed = await root.seal('purpose', 'text')
    const character = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/')
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), character, async (at, replacement) => {
        const changed = sealed.slice(0, at) + replacement + sealed.slice(at + 1)
        fc.pre(changed !== sealed)
        expect(await root.open('purpose', changed)).toBeUndefined()
      }),
    )
    const lasts = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    const opened = await Promise.all(lasts.map((last) => root.open('purpose', sealed.slice(0, -1) + last)))
    expect(opened.filter((text) => text !== undefined)).toEqual(['text'])
  })
})

describe('after a change of the root secret', () => {
  const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url')
  const [first, second, third] = [secret(1), secret(2), secret(3)]

  it('lasting MACs stay as they were, others do not', async () => {
    const before = await root.lastingMac('purpose', 'text')
    for (const previous of [[first], [second, first], [second, `closed:${first}`]]) {
      const changed = createRootSecret(third, previous)
      expect(await changed.lastingMac('purpose', 'text')).toBe(before)
      expect(await changed.mac('purpose', 'text')).not.toBe(await root.mac('purpose', 'text'))
    }
    expect(await root.lastingMac('other', 'text')).not.toBe(before)
  })

  it('old values open, but not under a closed secret', async () => {
    const sealed = await root.seal('purpose', 'text')
    expect(await createRootSecret(second, [first]).open('purpose', sealed)).toBe('text')
    expect(await createRootSecret(second, [`closed:${first}`]).open('purpose', sealed)).toBeUndefined()
  })
})
