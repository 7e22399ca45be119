import { z } from '@hono/zod-openapi'
import type { MessageTicket } from '../../delivery/queue-message.ts'
import type { Dependencies } from '../../dependencies.ts'
import { uuidv7 } from '../../kit/ids.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { createdUserSchema } from '../../users/account.ts'
import { withForms } from '../../users/account-normal-forms.ts'
import { issueInvitation, issueTemporaryPassword } from '../../users/first-credentials.ts'
import { hasIdentifier, newUserFields } from '../../users/user-fields.ts'
import { writeAccountOrRefuse } from '../../users/write-one-account.store.ts'
import type { StoredCredentials } from '../../users/written-row.ts'
import { type AdminCall, answer, defineOperation } from '../operation.ts'
import { accountConflicts } from './account-problems.ts'
import { passwordProblem } from './password-problem.ts'
import { queueSetupLink, storeAndSend } from './send-setup-link.ts'
import { type Setup, setup } from './setup.ts'

const userCreation = z
  .strictObject({ ...newUserFields, setup })
  .refine(hasIdentifier, { path: ['username'], message: 'username or email is required' })
  .openapi('UserCreation')

export const createUser = defineOperation({
  id: 'createUser',
  method: 'post',
  path: '/admin/users',
  tag: 'Users',
  summary: 'Create an account',
  description:
    'With a username, an e-mail address or both. `setup` says how the person gets a password. The account has no roles: giving them is an operation of its own, which asks for a recent sign-in.',
  permission: 'admin:users:write',
  body: userCreation,
  answers: {
    201: { description: 'The account', schema: createdUserSchema, versioned: true, located: true },
  },
  problems: {
    409: 'The username or e-mail address is taken, or the invitation cannot be sent: this deployment sends no e-mail',
  },
  conflicts: accountConflicts,
  async run(call) {
    const { body, deps, now, writeOnce } = call
    const { setup, ...fields } = body
    if (setup.method === 'password') {
      const identifiers = [fields.username, fields.email]
      const rules = await deps.readPasswordRules()
      const problem = passwordProblem(setup.password, { rules, identifiers }, '#/setup/password')
      if (problem) return err(problem)
    }
    const id = uuidv7(now)
    const time = new Date(now).toISOString()
    const { shown, credentials, ...state } = await prepareSetup(deps, id, setup, now)
    const ticket = await sendInvitation(call, id, shown)
    if (!ticket.ok) return ticket
    const names = {
      username: fields.username ?? null,
      email: fields.email ?? null,
      phone_number: fields.phone_number ?? null,
    }
    const account = {
      ...fields,
      ...names,
      roles: [],
      status: 'active' as const,
      created_at: time,
      updated_at: time,
    }
    const created = answer(
      201,
      { id, ...account, deletion_due_at: null, ...state, ...(ticket.value ? withoutLink(shown) : shown) },
      { version: 1, location: `/admin/users/${id}` },
    )
    const type = setup.method === 'invitation' ? 'user.invited' : 'user.created'
    await storeAndSend(ticket.value, () =>
      writeOnce(created.value, [
        writeAccountOrRefuse(call, {
          ...{ id, patch: withForms(account), ...credentials },
          link_sent_to: ticket.value && fields.email,
          ...{ creates: true, events: { created: type } },
        }),
      ]),
    )
    return created
  },
})

type Shown = PreparedSetup['shown']

/** `undefined` where the link is handed over, or there is none. */
async function sendInvitation(
  { body: { setup, ...fields }, deps }: AdminCall<unknown, unknown, z.output<typeof userCreation>>,
  user_id: string,
  { invitation_url, invitation_expires_at }: Shown,
): Promise<Result<MessageTicket | undefined, Problem>> {
  if (setup.method !== 'invitation' || !setup.send) return ok(undefined)
  return queueSetupLink(
    deps.queueMessage,
    {
      ...{ kind: 'invitation', user_id, email: fields.email, username: fields.username },
      ...{ locale: fields.profile['locale'], url: invitation_url as string },
      link_expires_at: Date.parse(invitation_expires_at as string),
    },
    '#/setup/send',
  )
}

const withoutLink = ({ invitation_url: _, ...shown }: Shown): Shown => shown

interface PreparedSetup {
  /** In their stored form. */
  readonly credentials: StoredCredentials
  /** Secrets to show in the answer. */
  readonly shown: {
    readonly temporary_password?: string
    readonly invitation_url?: string
    readonly invitation_expires_at?: string
  }
  readonly has_password: boolean
  readonly must_change_password: boolean
  readonly setup_link: { readonly purpose: 'invitation'; readonly expires_at: string } | null
}

async function prepareSetup(
  { config, passwordHasher, root }: Pick<Dependencies, 'config' | 'passwordHasher' | 'root'>,
  userId: string,
  setup: Setup,
  now: number,
): Promise<PreparedSetup> {
  const none = { has_password: false, must_change_password: false, setup_link: null }
  switch (setup.method) {
    case 'none':
      return { ...none, credentials: {}, shown: {} }
    case 'invitation': {
      const by = { root, issuer: config.issuer }
      const { stored, shown } = await issueInvitation(by, userId, now + setup.expires_in_seconds * 1000)
      const setup_link = { purpose: 'invitation', expires_at: shown.invitation_expires_at } as const
      return { ...none, setup_link, credentials: stored, shown }
    }
    case 'temporary_password': {
      const { stored, shown } = await issueTemporaryPassword(passwordHasher)
      return { ...none, has_password: true, must_change_password: true, credentials: stored, shown }
    }
    case 'password': {
      const { must_change } = setup
      const hash = await passwordHasher.hash(setup.password)
      return {
        ...none,
        ...{ has_password: true, must_change_password: must_change },
        ...{ credentials: { hash, must_change }, shown: {} },
      }
    }
  }
}
