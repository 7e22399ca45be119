/** Our way of driving the WebAssembly against Node's own Argon2 (OpenSSL): another implementation entirely. */
import { argon2Sync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Argon2, instantiateArgon2 } from '../../src/passwords/argon2-wasm.ts'

const cheap = { memoryKib: 64, passes: 1, parallelism: 1 }
const encode = (text: string) => new TextEncoder().encode(text)
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** Node compiles at run time; the Workers types know that Workers do not. */
const CompiledModule = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module

/** What OpenSSL makes of a password, as a PHC string. */
function byNode(
  password: Uint8Array,
  salt: Uint8Array,
  type: 'argon2id' | 'argon2i' | 'argon2d' = 'argon2id',
) {
  const { memoryKib: memory, passes, parallelism } = cheap
  const tag = argon2Sync(type, {
    ...{ message: password, nonce: salt, parallelism, tagLength: 32, memory, passes },
  })
  return `$${type}$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

describe('Argon2 in WebAssembly (RFC 9106)', () => {
  const file = createRequire(import.meta.url).resolve('@phi-ag/argon2/argon2.wasm')
  const module = new CompiledModule(readFileSync(file))
  let argon2: Argon2
  beforeAll(() => {
    argon2 = instantiateArgon2(module, cheap.memoryKib)
  })

  test('an instance never holds the memory of two hashes, whatever passwords it gets', () => {
    const largest = 32_768
    const own = instantiateArgon2(module, largest)
    for (let turn = 0; turn < 24; turn++) {
      const cost = { memoryKib: turn % 3 === 0 ? 19_456 : largest, passes: 1, parallelism: 1 + (turn % 3) }
      const password = randomBytes((turn * 977) % 4000)
      const phc = own.hash(password, randomBytes(8 + turn), cost, 16 + turn)
      expect(own.verify(phc, password, 'argon2id')).toBe(true)
    }
    expect(own.heldKib()).toBeLessThan(largest + 1024)
  })

  test('makes the same Argon2id hash as OpenSSL, for any password and salt', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ minLength: 8, maxLength: 32 }),
        (text, salt) => {
          expect(argon2.hash(encode(text), salt, cheap, 32)).toBe(byNode(encode(text), salt))
        },
      ),
    )
  })

  test.each(['argon2id', 'argon2i', 'argon2d'] as const)('verifies what OpenSSL made with %s', (type) => {
    const phc = byNode(encode('größe 😀'), randomBytes(16), type)
    expect(argon2.verify(phc, encode('größe 😀'), type)).toBe(true)
    expect(argon2.verify(phc, encode('größe 😁'), type)).toBe(false)
  })

  test('the end of a password outside ASCII counts (the package’s own wrapper cuts it off)', () => {
    const phc = argon2.hash(encode('пароль123456'), randomBytes(16), cheap, 32)
    expect(argon2.verify(phc, encode('пароль999999'), 'argon2id')).toBe(false)
    expect(argon2.verify(phc, encode('пароль123456'), 'argon2id')).toBe(true)
  })

  test('a NUL character does not end the password', () => {
    const phc = argon2.hash(encode('same\0first'), randomBytes(16), cheap, 32)
    expect(argon2.verify(phc, encode('same\0second'), 'argon2id')).toBe(false)
  })

  test('a thousand hashes do not grow its memory: nothing leaks', () => {
    const phc = argon2.hash(encode('x'), randomBytes(16), cheap, 32)
    for (let count = 0; count < 1000; count++) expect(argon2.verify(phc, encode('x'), 'argon2id')).toBe(true)
  })
})
