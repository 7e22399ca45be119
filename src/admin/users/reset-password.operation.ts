import { z } from '@hono/zod-openapi'
import type { SQL } from 'drizzle-orm'
import { assertMayManage } from '../../access/rights.store.ts'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { firstRow } from '../../db/json-row.ts'
import type { MessageTicket } from '../../delivery/queue-message.ts'
import type { Dependencies } from '../../dependencies.ts'
import { timestamp } from '../../kit/field-schemas.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { generatePassword } from '../../passwords/generate-password.ts'
import { userParams } from '../../users/account.ts'
import { issueSetupLink } from '../../users/password-setup.ts'
import { type AdminCall, answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { endAllSessionsOf, isOwn, ownAccount, tellOwner } from './acting.ts'
import { putPassword, putSetupLink, removePassword } from './credentials.store.ts'
import { queueSetupLink, storeAndSend } from './send-setup-link.ts'
import { linkSeconds, sendLink } from './setup.ts'
import { refuseUnknownUser, selectUser, userRow } from './user.store.ts'

const resetRequest = z
  .discriminatedUnion('method', [
    z.strictObject({ method: z.literal('temporary_password') }),
    z.strictObject({ method: z.literal('link'), expires_in_seconds: linkSeconds, send: sendLink }),
  ])
  .openapi('PasswordReset')

type ResetRequest = z.output<typeof resetRequest>

export const resetPassword = defineOperation({
  id: 'resetPassword',
  method: 'post',
  path: '/admin/users/{user_id}/reset-password',
  tag: 'Users',
  summary: 'Reset a password',
  problems: { 409: 'The link cannot be sent: this deployment sends no e-mail' },
  description:
    'The old password and links from before open nothing any more; every session, grant and token of the person ends, and failed sign-ins are forgiven. `temporary_password` answers one that must be changed at sign-in, `link` a link by which the person sets one, to hand over or sent to their e-mail address; also a new invitation is made this way. Not for the own account, nor that of a person who may do more.',
  permission: 'admin:users:write',
  dangerous: true,
  params: userParams,
  body: resetRequest,
  answers: {
    200: {
      description: 'What to hand over, shown this once; of a link that was sent, when it ends',
      schema: z
        .object({
          temporary_password: z.string().optional(),
          setup_url: z.string().optional(),
          expires_at: timestamp('When the link ends').optional(),
        })
        .openapi('PasswordResetResult'),
    },
  },
  async run(call) {
    const { actor, body, deps, event, now, params, writeOnce } = call
    const { user_id } = params
    if (isOwn(actor, user_id)) return err(ownAccount)
    const { shown, statements } = await prepareReset(deps, user_id, body, now)
    const sent = await sendReset(call, shown)
    if (!sent.ok) return sent
    const { ticket, to } = sent.value
    const done = answer(200, ticket ? withoutLink(shown) : shown)
    await storeAndSend(ticket, () =>
      writeOnce(
        done.value,
        [
          refuseUnknownUser(user_id),
          ...statements(to),
          insertEvents([
            event('user.password_reset', {
              ...{ user_id, entity_type: 'user', entity_id: user_id },
              data: { method: body.method, must_change: true },
            }),
          ]),
        ],
        [assertMayManage(actor, user_id)],
      ),
    )
    // Of a link they are told when it is used.
    if (body.method === 'temporary_password') tellOwner(call, user_id, 'notice_password_changed')
    return done
  },
  afterwards: (call) =>
    endAllSessionsOf(call, call.params.user_id, { reason: 'credentials_reset', forget: 'attempts' }),
})

type Shown = PreparedReset['shown']

interface SentReset {
  readonly ticket?: MessageTicket
  readonly to?: string | undefined
}

/** Empty where the link is handed over, or there is none. */
async function sendReset(
  {
    actor,
    body,
    db,
    deps,
    params: { user_id },
  }: AdminCall<{ readonly user_id: string }, unknown, ResetRequest>,
  { setup_url, expires_at }: Shown,
): Promise<Result<SentReset, Problem>> {
  if (body.method !== 'link' || !body.send) return ok({})
  // Attack: an administrator learns from our refusals, or has a message sent to, people they may not manage.
  const [, rows] = await db.runAll([assertMayManage(actor, user_id), selectUser(user_id)])
  const user = firstRow(userRow, rows)
  if (!user) return err(notFound)
  const isInvitation = !user.has_password && user.setup_link?.purpose !== 'reset'
  const queued = await queueSetupLink(
    deps.queueMessage,
    {
      ...{ kind: isInvitation ? 'invitation' : 'password_reset', user_id },
      ...{ email: user.email, username: user.username, locale: user.profile['locale'] },
      ...{ url: setup_url as string, link_expires_at: Date.parse(expires_at as string) },
    },
    '#/send',
  )
  return queued.ok ? ok({ ticket: queued.value, to: user.email ?? undefined }) : queued
}

const withoutLink = ({ setup_url: _, ...shown }: Shown): Shown => shown

interface PreparedReset {
  /** @param sentTo see `putSetupLink` */
  readonly statements: (sentTo: string | undefined) => readonly SQL[]
  readonly shown: {
    readonly temporary_password?: string
    readonly setup_url?: string
    readonly expires_at?: string
  }
}

async function prepareReset(
  { config, passwordHasher, root }: Pick<Dependencies, 'config' | 'passwordHasher' | 'root'>,
  userId: string,
  request: ResetRequest,
  now: number,
): Promise<PreparedReset> {
  if (request.method === 'temporary_password') {
    const password = generatePassword()
    const hash = await passwordHasher.hash(password)
    return {
      statements: () => [putPassword(userId, hash, true)],
      shown: { temporary_password: password },
    }
  }
  const { url, secretHash } = await issueSetupLink(root, config.issuer, userId)
  const expiresAt = now + request.expires_in_seconds * 1000
  return {
    statements: (sentTo) => [putSetupLink(userId, secretHash, expiresAt, sentTo), removePassword(userId)],
    shown: { setup_url: url, expires_at: new Date(expiresAt).toISOString() },
  }
}
