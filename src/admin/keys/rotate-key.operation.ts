import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { type KeyAlg, keyAlgs } from '../../keys/algorithms.ts'
import { type GeneratedKey, generateKey } from '../../keys/generate-key.ts'
import { planRotation, type RotationPlan } from '../../keys/plan-rotation.ts'
import { rotationPolicyOf } from '../../keys/rotation-policy.ts'
import { signingKeysCacheKey } from '../../keys/signing-key-row.ts'
import { selectSigningKeys, toLoadedKeys } from '../../keys/signing-keys.store.ts'
import { err } from '../../kit/result.ts'
import { insertEntity } from '../entity-change.store.ts'
import { type AdminCall, answer, defineOperation } from '../operation.ts'
import { conflict } from '../problems.ts'
import { changeKeyStatus } from './key-changes.store.ts'
import { keyListSchema, problemsOf, type ShownKey, toKeyView } from './key-view.ts'

const lostRace = { title: 'The keys have just been changed by somebody else, or by the clock' }

const successorPublished = { title: 'A successor is published already and takes over by itself' }

export const rotateKey = defineOperation({
  id: 'rotateKey',
  method: 'post',
  path: '/admin/keys/rotate',
  tag: 'Keys',
  summary: 'Rotate a signing key now',
  description:
    'Publishes a successor now; it takes over when every cache can know it. With `emergency` it takes over at once: verifiers that cache the JWKS may refuse its tokens until they fetch again. The old key goes on verifying until it is retired. An algorithm that has no key yet gets one.',
  permission: 'admin:keys:write',
  dangerous: true,
  body: z
    .strictObject({
      alg: z.enum(keyAlgs).openapi({ description: 'Algorithm of the key' }),
      emergency: z
        .boolean()
        .default(false)
        .openapi({ description: 'Switch at once: the key may be known to others' }),
    })
    .openapi('KeyRotation', { example: { alg: 'ES256' } }),
  answers: { 200: { description: 'The keys of this algorithm as they are now', schema: keyListSchema } },
  problems: { 409: 'A successor is published already, or somebody else was faster' },
  conflicts: {
    successor_published: successorPublished,
    keys_changed: lostRace,
    signing_keys_one_next: lostRace,
    signing_keys_one_current: lostRace,
  },
  async run(call) {
    const { alg, emergency } = call.body
    const { value: keys } = toLoadedKeys(await call.db.run(selectSigningKeys))
    const problems = await problemsOf(call.deps.root, keys)
    // A successor that is not ours must not take over: an emergency creates a new key instead.
    const ours = keys.filter(({ kid, status }) => status !== 'next' || !problems.has(kid))
    const plan = planRotation(ours, alg, emergency)
    if (plan.plan === 'nothing') {
      // Refused in Postgres, after the idempotency key is claimed: a repetition gets the recorded answer of the first
      // rotation.
      await call.writeOnce({ status: 200 }, [sql`select authly_refuse('AU409', 'successor_published')`])
      return err(conflict('successor_published', successorPublished.title))
    }
    const made = plan.plan === 'switch_to_successor' ? undefined : await makeKey(call, alg, statusOf(plan))
    const after = apply(plan, made, keys, call.now)
    const ofAlg = after.filter((key) => key.alg === alg)
    const policy = rotationPolicyOf(call.deps.config)
    const rotated = answer(200, { items: ofAlg.map((key) => toKeyView(key, after, problems, policy)) })
    const rows = await call.writeOnce(rotated.value, [
      ...statements(call, plan, made, alg),
      selectSigningKeys,
    ])
    await renewCache(call.deps.edgeCache, signingKeysCacheKey, toLoadedKeys(rows.at(-1) ?? []))
    return rotated
  },
})

type Acting = Exclude<RotationPlan, { plan: 'nothing' }>

const retiredBy = (plan: Acting) => (plan.plan === 'publish_successor' ? undefined : plan.retire)
const statusOf = (plan: Acting) => (plan.plan === 'publish_successor' ? 'next' : 'current')

/** The keys as they will be after the rotation. */
function apply(
  plan: Acting,
  made: GeneratedKey | undefined,
  keys: readonly ShownKey[],
  now: number,
): readonly ShownKey[] {
  const changed = keys.map((key): ShownKey => {
    if (key.kid === retiredBy(plan)) return { ...key, status: 'retired', retired_at: now }
    const takesOver = plan.plan === 'switch_to_successor' && key.kid === plan.activate
    return takesOver ? { ...key, status: 'current', activated_at: now } : key
  })
  return made ? [...changed, { ...made, retired_at: undefined }] : changed
}

const makeKey = ({ deps, now }: Pick<AdminCall, 'deps' | 'now'>, alg: KeyAlg, status: 'next' | 'current') =>
  generateKey(deps.root, alg, { status, at: now })

/** The current key is retired before its successor is activated: an algorithm never has two current keys. */
function statements(
  call: Pick<AdminCall, 'event' | 'now'>,
  plan: Acting,
  made: GeneratedKey | undefined,
  alg: string,
): readonly SQL[] {
  const { event, now } = call
  const about = (kid: string, data: object = {}) => ({
    entity_type: 'signing_key',
    entity_id: kid,
    data: { kid, alg, ...data },
  })
  const retire = retiredBy(plan)
  const time = new Date(now).toISOString()
  return [
    ...(retire === undefined
      ? []
      : changeKeyStatus(retire, 'current', 'retired', now, event('key.retired', about(retire)))),
    ...(plan.plan === 'switch_to_successor'
      ? changeKeyStatus(plan.activate, 'next', 'current', now, event('key.activated', about(plan.activate)))
      : []),
    ...(made
      ? [
          insertEntity({
            table: 'signing_keys',
            row: { ...made, created_at: time, activated_at: made.activated_at === undefined ? null : time },
            hidden: ['private_jwk_sealed', 'binding'],
            event: event('key.created', about(made.kid, { status: made.status })),
          }),
        ]
      : []),
  ]
}
