import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyAlgs, standingAlgs } from '../../src/keys/algorithms.ts'
import { decideRotation, type RotationStep } from '../../src/keys/decide-rotation.ts'
import type { SigningKeyRow } from '../../src/keys/signing-key-row.ts'

const day = 86_400
const policy = { rotationSeconds: 90 * day, prepublishSeconds: day, retentionSeconds: 7 * day }
const start = Date.UTC(2027, 0, 1)
const instant = (seconds: number) => start + seconds * 1000

const key = (changes: Partial<SigningKeyRow>): SigningKeyRow => ({
  kid: 'current',
  alg: 'ES256',
  status: 'current',
  public_jwk: {},
  private_jwk_sealed: '',
  binding: null,
  created_at: start,
  activated_at: start,
  retired_at: undefined,
  ...changes,
})
const next = key({ kid: 'next', status: 'next', created_at: instant(89 * day), activated_at: undefined })
const ofEs256 = (steps: readonly RotationStep[]) => steps.filter((step) => step.alg === 'ES256')

describe('decideRotation', () => {
  test('without any key every standing algorithm gets one that signs at once', () => {
    expect(decideRotation([], start, policy)).toEqual(
      standingAlgs.map((alg) => ({ step: 'create', alg, status: 'current' })),
    )
  })

  test.each(keyAlgs.filter((alg) => !standingAlgs.some((standing) => standing === alg)))(
    'nobody wants %s: it gets no key; once it has one, that is rotated',
    (alg) => {
      const steps = (keys: SigningKeyRow[]) =>
        decideRotation(keys, instant(89 * day), policy).filter((step) => step.alg === alg)
      expect(steps([])).toEqual([])
      expect(steps([key({ alg })])).toEqual([{ step: 'create', alg, status: 'next' }])
      expect(steps([key({ alg, status: 'retired', retired_at: instant(88 * day) })])).toEqual([])
    },
  )

  test.each<[string, SigningKeyRow[], number, RotationStep[]]>([
    ['a young key is left alone', [key({})], 88 * day, []],
    [
      'the successor is published before it is needed',
      [key({})],
      89 * day,
      [{ step: 'create', alg: 'ES256', status: 'next' }],
    ],
    ['a successor that is not known everywhere yet does not sign', [key({}), next], 90 * day - 1, []],
    [
      'a published successor takes over',
      [key({}), next],
      90 * day,
      [{ step: 'promote', alg: 'ES256', retireKid: 'current', activateKid: 'next' }],
    ],
    [
      'a successor takes over at once when nothing else signs',
      [next],
      89 * day,
      [{ step: 'promote', alg: 'ES256', retireKid: undefined, activateKid: 'next' }],
    ],
    [
      'a retired key stays while its tokens live',
      [key({}), key({ kid: 'old', status: 'retired', retired_at: start })],
      7 * day - 1,
      [],
    ],
    [
      'a retired key goes after its retention',
      [key({}), key({ kid: 'old', status: 'retired', retired_at: start })],
      7 * day,
      [{ step: 'remove', kid: 'old', alg: 'ES256' }],
    ],
    [
      'a job that was away for a year publishes first all the same',
      [key({})],
      365 * day,
      [{ step: 'create', alg: 'ES256', status: 'next' }],
    ],
  ])('%s', (_, keys, seconds, steps) => {
    expect(ofEs256(decideRotation(keys, instant(seconds), policy))).toEqual(steps)
  })

  test('whenever the job runs: no key signs before it was published long enough, none vanishes while needed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 60, max: 40 * day }), { maxLength: 60 }), (waits) => {
        let keys: SigningKeyRow[] = []
        let now = start
        for (const [index, wait] of waits.entries()) {
          keys = decideRotation(keys, now, policy).reduce(
            (rows, step) => apply(rows, step, now, `${index}`),
            keys,
          )
          const es256 = keys.filter((row) => row.alg === 'ES256')
          expect(es256.filter((row) => row.status === 'current')).toHaveLength(1)
          expect(es256.filter((row) => row.status === 'next').length).toBeLessThanOrEqual(1)
          for (const row of es256) {
            const published = ((row.activated_at ?? now) - row.created_at) / 1000
            if (row.activated_at !== undefined && row.created_at !== start) {
              expect(published).toBeGreaterThanOrEqual(policy.prepublishSeconds)
            }
          }
          now += wait * 1000
        }
      }),
    )
  })
})

function apply(rows: SigningKeyRow[], step: RotationStep, now: number, tag: string): SigningKeyRow[] {
  switch (step.step) {
    case 'create': {
      const activated_at = step.status === 'current' ? now : undefined
      const kid = `${step.alg}-${tag}`
      return [...rows, key({ kid, alg: step.alg, status: step.status, created_at: now, activated_at })]
    }
    case 'promote':
      return rows.map((row) => {
        if (row.kid === step.retireKid) return { ...row, status: 'retired', retired_at: now }
        return row.kid === step.activateKid ? { ...row, status: 'current', activated_at: now } : row
      })
    case 'remove': {
      const removed = rows.find((row) => row.kid === step.kid)
      expect((now - (removed?.retired_at ?? now)) / 1000).toBeGreaterThanOrEqual(policy.retentionSeconds)
      return rows.filter((row) => row.kid !== step.kid)
    }
  }
}
