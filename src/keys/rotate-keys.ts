/**
 * The rotation job: carries out the steps of `decideRotation`. Safe to run concurrently; the database lets one run
 * win.
 */

import { createEvent } from '../audit/create-event.ts'
import type { AuditEvent, AuditEventType } from '../audit/event.ts'
import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import type { Clock } from '../kit/clock.ts'
import { logError } from '../kit/log.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { KeyAlg } from './algorithms.ts'
import { decideRotation, type RotationPolicy, type RotationStep } from './decide-rotation.ts'
import { type GeneratedKey, generateKey } from './generate-key.ts'
import { findKeyProblem, inspectKey, type KeyProblem, renewBinding } from './key-binding.ts'
import { type SigningKeyRow, signingKeysCacheKey } from './signing-key-row.ts'

/** The writes of key rotation; `signing-keys.store.ts` implements them. */
export interface SigningKeyWrites {
  insert(input: { readonly key: GeneratedKey; readonly event: AuditEvent }): Promise<void>
  promote(input: {
    readonly alg: KeyAlg
    readonly retireKid: string | undefined
    readonly activateKid: string
    readonly at: number
    readonly retired: AuditEvent
    readonly activated: AuditEvent
  }): Promise<void>
  remove(input: { readonly kid: string; readonly event: AuditEvent }): Promise<void>
  rebind(input: {
    readonly row: SigningKeyRow
    readonly binding: string
    readonly private_jwk_sealed: string
  }): Promise<void>
}

export interface RotateKeysNeeds {
  readonly cache: EdgeCache
  readonly loadKeys: () => Promise<Loaded<readonly SigningKeyRow[]>>
  readonly writes: SigningKeyWrites
  readonly root: RootSecret
  readonly policy: RotationPolicy
  readonly now: Clock
}

/**
 * Takes all steps that are due, binds keys to the root secret where they are not yet, and renews the edge cache.
 * Rejected rows are logged and kept for an administrator to examine.
 * @returns the steps taken; empty when nothing was due
 */
export async function rotateKeys(needs: RotateKeysNeeds): Promise<readonly RotationStep[]> {
  const { cache, loadKeys, policy, now } = needs
  const before = (await loadKeys()).value
  const doubtful = await reportProblems(needs, before)
  // Attack: a foreign successor is inserted, for us to activate it and retire our own key.
  const blocked = new Set(doubtful.filter(({ status }) => status === 'next').map(({ alg }) => alg))
  const steps = decideRotation(before, now(), policy).filter((step) =>
    step.step === 'remove' ? !doubtful.some(({ kid }) => kid === step.kid) : !blocked.has(step.alg),
  )
  for (const step of steps) await takeStep(needs, step)
  const after = steps.length > 0 ? (await loadKeys()).value : before
  const rebound = await rebindKeys(needs, after)
  if (steps.length > 0 || rebound > 0) await cache.refresh(signingKeysCacheKey, await loadKeys())
  return steps
}

async function reportProblems(
  { root }: RotateKeysNeeds,
  rows: readonly SigningKeyRow[],
): Promise<readonly SigningKeyRow[]> {
  const doubtful: SigningKeyRow[] = []
  for (const row of rows) {
    const problem = await inspectKey(root, row)
    if (problem === undefined) continue
    reportKeyProblem(row, problem)
    doubtful.push(row)
  }
  return doubtful
}

async function rebindKeys(
  { root, writes }: RotateKeysNeeds,
  rows: readonly SigningKeyRow[],
): Promise<number> {
  let rebound = 0
  for (const row of rows) {
    if ((await findKeyProblem(root, row)) !== undefined) continue
    const renewed = await renewBinding(root, row)
    if (!renewed) continue
    await writes.rebind({ row, ...renewed })
    rebound++
  }
  return rebound
}

async function takeStep(needs: RotateKeysNeeds, step: RotationStep): Promise<void> {
  const { writes, now } = needs
  const at = now()
  switch (step.step) {
    case 'create': {
      const key = await generateKey(needs.root, step.alg, { status: step.status, at })
      const event = keyEvent('key.created', at, { kid: key.kid, alg: step.alg, status: step.status })
      return writes.insert({ key, event })
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

/** The audit event of a key change made by the server itself. */
export const keyEvent = (type: AuditEventType, at: number, data: Record<string, unknown>): AuditEvent =>
  createEvent(type, at, undefined, { outcome: 'success', actor_type: 'system', data })

/** Logs that a row was rejected. Its id is untrusted: someone else may have written the row. */
export const reportKeyProblem = (row: SigningKeyRow, problem: KeyProblem): void => {
  const { kid, alg, status } = row
  const detail = `${String(alg).slice(0, 20)}, ${status}`
  logError('signing_key_not_trusted', { subject: String(kid).slice(0, 100), reason: problem, detail })
}
