/** The rotation job: does what `decideRotation` says. Safe to run twice at once; the database lets one win. */
import type { AuditEvent, AuditEventType } from '../audit/event.ts'
import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import type { Clock } from '../kit/clock.ts'
import { uuidv7 } from '../kit/ids.ts'
import type { SigningAlg } from './algorithms.ts'
import { decideRotation, type RotationPolicy, type RotationStep } from './decide-rotation.ts'
import type { GeneratedKey } from './generate-key.ts'
import { type SigningKeyRow, signingKeysCacheKey } from './signing-key-row.ts'

/** The writes of key rotation; `signing-keys.store.ts` implements them. */
export interface SigningKeyWrites {
  insert(input: {
    readonly key: GeneratedKey
    readonly status: 'next' | 'current'
    readonly at: number
    readonly event: AuditEvent
  }): Promise<void>
  promote(input: {
    readonly alg: SigningAlg
    readonly retireKid: string | undefined
    readonly activateKid: string
    readonly at: number
    readonly retired: AuditEvent
    readonly activated: AuditEvent
  }): Promise<void>
  remove(input: { readonly kid: string; readonly event: AuditEvent }): Promise<void>
}

export interface RotateKeysNeeds {
  readonly cache: EdgeCache
  readonly loadKeys: () => Promise<Loaded<readonly SigningKeyRow[]>>
  readonly writes: SigningKeyWrites
  readonly generateKey: (alg: SigningAlg) => Promise<GeneratedKey>
  readonly policy: RotationPolicy
  readonly now: Clock
}

/**
 * Brings the keys to where they should be now and renews the edge cache.
 * @returns the steps taken; empty when nothing was due
 */
export async function rotateKeys(needs: RotateKeysNeeds): Promise<readonly RotationStep[]> {
  const { cache, loadKeys, policy, now } = needs
  const steps = decideRotation((await loadKeys()).value, now(), policy)
  for (const step of steps) await takeStep(needs, step)
  if (steps.length > 0) await cache.refresh(signingKeysCacheKey, await loadKeys())
  return steps
}

async function takeStep(needs: RotateKeysNeeds, step: RotationStep): Promise<void> {
  const { writes, now } = needs
  const at = now()
  switch (step.step) {
    case 'create': {
      const key = await needs.generateKey(step.alg)
      const event = keyEvent('key.created', at, { kid: key.kid, alg: step.alg, status: step.status })
      return writes.insert({ key, status: step.status, at, event })
    }
    case 'promote': {
      const { alg, retireKid, activateKid } = step
      const retired = keyEvent('key.retired', at, { kid: retireKid, alg })
      const activated = keyEvent('key.activated', at, { kid: activateKid, alg })
      return writes.promote({ alg, retireKid, activateKid, at, retired, activated })
    }
    case 'remove':
      return writes.remove({
        kid: step.kid,
        event: keyEvent('key.removed', at, { kid: step.kid, alg: step.alg }),
      })
  }
}

/** The audit event of a change the server itself makes to a key. */
export const keyEvent = (type: AuditEventType, at: number, data: Record<string, unknown>): AuditEvent => ({
  id: uuidv7(at),
  type,
  occurred_at: at,
  outcome: 'success',
  actor_type: 'system',
  data,
})
