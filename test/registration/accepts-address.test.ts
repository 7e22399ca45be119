import { expect, it } from 'vitest'
import { acceptsAddress } from '../../src/registration/accepts-address.ts'

const settings = (mode: 'open' | 'domains', ...domains: string[]) => ({
  'registration.mode': mode,
  'registration.allowed_domains': domains,
})

it.each([
  ['an open deployment takes every domain', settings('open', 'example.com'), 'a@other.test', true],
  ['its domain', settings('domains', 'example.com'), 'a@example.com', true],
  ['in capitals', settings('domains', 'example.com'), 'A@EXAMPLE.COM', true],
  ['in its own script', settings('domains', 'xn--bcher-kva.example'), 'a@BÜCHER.example', true],
  ['with a full stop of another script', settings('domains', 'example.com'), 'a@example。com', true],
  ['Attack: below it', settings('domains', 'example.com'), 'a@mail.example.com', false],
  ['Attack: at its end', settings('domains', 'example.com'), 'a@notexample.com', false],
  ['Attack: at its beginning', settings('domains', 'example.com'), 'a@example.com.evil.test', false],
  ['no list, nobody', settings('domains'), 'a@example.com', false],
] as const)('%s', (_name, given, email, expected) => {
  expect(acceptsAddress(given, email)).toBe(expected)
})
