/** The main flows as the documentation shows them: which sample runs after which, and what it hands on. */

/** Environment variables by name. */
export type Variables = Record<string, string>

export interface Step {
  readonly operationId: string
  /** Which of several samples: the words after the language in its label. */
  readonly purpose?: string
  /** Path whose ETag goes into `ETAG`. */
  readonly etagOf?: (known: Variables) => string
  /** Variables for this step alone. */
  readonly with?: (known: Variables) => Variables
  /** Sent again until it answers so. */
  readonly until?: (answer: Record<string, unknown>) => boolean
  /** What later steps need of the answer. */
  readonly keep?: (answer: Record<string, unknown>) => Variables
}

const text = (value: unknown): string => String(value)

function successorOf({ items }: Record<string, unknown>): string {
  const keys = items as { kid: string; status: string }[]
  return keys.find(({ status }) => status === 'next')?.kid ?? ''
}

const role = (known: Variables) => `/admin/roles/${known['ROLE_NAME']}`
const user = (known: Variables) => `/admin/users/${known['USER_ID']}`
const client = (known: Variables) => `/admin/clients/${known['CLIENT_ID']}`

export const sampleFlow: readonly Step[] = [
  {
    operationId: 'issueToken',
    purpose: 'a service',
    keep: (answer) => ({ READ_TOKEN: text(answer['access_token']) }),
  },
  {
    operationId: 'issueToken',
    purpose: 'a code',
    keep: (answer) => ({ REFRESH_TOKEN: text(answer['refresh_token']) }),
  },
  {
    operationId: 'issueToken',
    purpose: 'a refresh token',
    keep: (answer) => ({ AUTHLY_TOKEN: text(answer['access_token']) }),
  },
  { operationId: 'getOpenIdConfiguration' },
  { operationId: 'getJwks' },
  { operationId: 'introspectToken', with: ({ READ_TOKEN = '' }) => ({ TOKEN: READ_TOKEN }) },
  { operationId: 'getUserInfo' },
  { operationId: 'createRole', keep: ({ name }) => ({ ROLE_NAME: text(name) }) },
  { operationId: 'listRoles' },
  { operationId: 'getRole' },
  { operationId: 'updateRole', etagOf: role },
  { operationId: 'deleteRole', etagOf: role },
  { operationId: 'createUser', keep: ({ id }) => ({ USER_ID: text(id) }) },
  { operationId: 'listUsers' },
  { operationId: 'countUsers' },
  { operationId: 'getUser' },
  { operationId: 'updateUser', etagOf: user },
  { operationId: 'disableUser' },
  { operationId: 'enableUser' },
  { operationId: 'unlockUser' },
  { operationId: 'resetPassword' },
  { operationId: 'listUserSessions' },
  { operationId: 'revokeUserSessions' },
  { operationId: 'deleteUser', etagOf: user },
  { operationId: 'importUsers', keep: ({ id }) => ({ JOB_ID: text(id) }) },
  { operationId: 'getJob', until: ({ finished_at }) => finished_at !== null },
  { operationId: 'getJobResults' },
  { operationId: 'exportUsers' },
  { operationId: 'createClient', keep: ({ client_id }) => ({ CLIENT_ID: text(client_id) }) },
  { operationId: 'getClient' },
  { operationId: 'updateClient', etagOf: client },
  { operationId: 'createClientSecret', keep: ({ id }) => ({ SECRET_ID: text(id) }) },
  { operationId: 'listClientSecrets' },
  { operationId: 'deleteClientSecret' },
  { operationId: 'deleteClient', etagOf: client },
  { operationId: 'listKeys' },
  { operationId: 'rotateKey', keep: (answer) => ({ KEY_KID: successorOf(answer) }) },
  // Otherwise the next language would find a successor published already.
  { operationId: 'retireKey' },
  { operationId: 'listSettings' },
  {
    operationId: 'updateSettingAdminStepUpMaxAgeSeconds',
    etagOf: () => '/admin/settings/admin.step_up_max_age_seconds',
  },
  { operationId: 'listAuditEvents' },
  { operationId: 'searchAuditEvents' },
  { operationId: 'listUserAuditEvents' },
  { operationId: 'revokeToken', with: ({ READ_TOKEN = '' }) => ({ TOKEN: READ_TOKEN }) },
]
