import { expect, test } from 'vitest'
import { encodeText } from '../../src/kit/base64url.ts'
import { isChainBroken } from '../../src/metrics/chain-broken.ts'

const payload = (claims: object) => encodeText(JSON.stringify(claims))
const good = payload({ sequence: 1, previous_verified: true })

test.each([
  ['no checkpoint', [], false],
  ['checkpoints that know their predecessor', [good, good], false],
  ['one built on a foreign checkpoint', [good, payload({ sequence: 2, previous_verified: false })], true],
  ['one without the claim', [payload({ sequence: 2 })], true],
  ['one that is no JSON', [encodeText('x')], true],
  ['one that is no base64url', ['%%%'], true],
  ['an empty one', ['', good], true],
])('%s', (_, payloads, isBroken) => {
  expect(isChainBroken(payloads)).toBe(isBroken)
})
