/** Requests that show an operation better than its required fields alone would. By operationId. */
import { env, type SampleWish } from './sample-request.ts'

type Wishes = readonly (readonly [purpose: string, wish: SampleWish])[]

const wishes: Readonly<Record<string, Wishes>> = {
  issueToken: [
    ['a service', { form: { grant_type: 'client_credentials', scope: 'admin:users:read' } }],
    [
      'a code',
      {
        form: {
          grant_type: 'authorization_code',
          code: env('CODE'),
          redirect_uri: env('REDIRECT_URI'),
          code_verifier: env('CODE_VERIFIER'),
        },
      },
    ],
    ['a refresh token', { form: { grant_type: 'refresh_token', refresh_token: env('REFRESH_TOKEN') } }],
  ],
  listUsers: [['', { query: { limit: '10', sort: '-created_at' } }]],
  createUser: [
    [
      '',
      {
        json: {
          ...{ username: 'grace', email: 'grace@example.com', profile: { name: 'Grace Hopper' } },
          setup: { method: 'temporary_password' },
        },
      },
    ],
  ],
  updateUser: [['', { json: { profile: { nickname: 'Amazing Grace' } } }]],
  setUserRoles: [['', { json: { roles: ['auditor'] } }]],
  resetPassword: [['', { json: { method: 'temporary_password' } }]],
  createClient: [
    [
      '',
      {
        json: {
          ...{ client_name: 'Nightly reports', grant_types: ['client_credentials'], response_types: [] },
          ...{ token_endpoint_auth_method: 'client_secret_basic', scope: 'admin:audit:read' },
        },
      },
    ],
  ],
  updateClient: [['', { json: { client_name: 'Reports' } }]],
  createRole: [
    [
      '',
      { json: { name: 'auditors', description: 'Read the audit trail', permissions: ['admin:audit:read'] } },
    ],
  ],
  updateRole: [['', { json: { description: 'Read and export the audit trail' } }]],
  importUsers: [
    [
      '',
      {
        query: { on_conflict: 'skip' },
        file: {
          ...{ name: 'users.csv', type: 'text/csv' },
          text: 'username,email,name\nedsger,edsger@example.com,Edsger Dijkstra\n',
        },
      },
    ],
  ],
  bulkCreateUsers: [
    [
      '',
      {
        file: {
          ...{ name: 'users.ndjson', type: 'application/x-ndjson' },
          text: '{"username":"barbara","email":"barbara@example.com"}\n{"username":"donald"}\n',
        },
      },
    ],
  ],
  rotateKey: [['', { json: { alg: 'ES256' } }]],
  // The default settings: trying an example must not lock anybody out.
  updateSettingAdminIpAllowList: [['', { json: { value: [] } }]],
  updateSettingAdminStepUpAcrValues: [['', { json: { value: [] } }]],
  updateSettingAdminStepUpMaxAgeSeconds: [['', { json: { value: 900 } }]],
  listAuditEvents: [['', { query: { families: 'user,client', limit: '10' } }]],
  searchAuditEvents: [['', { query: { q: 'grace', from: '2026-01-01T00:00:00Z' } }]],
  // Running a whole collection should not change or delete every account.
  bulkUpdateUsers: [
    ['', { json: { filter: { status: 'disabled' }, patch: { status: 'active' }, dry_run: true } }],
  ],
  bulkDeleteUsers: [['', { json: { filter: { status: 'disabled' }, dry_run: true } }]],
  exportUsers: [['', { query: { format: 'csv' } }]],
  introspectToken: [['', { form: { token: env('TOKEN') } }]],
  revokeToken: [['', { form: { token: env('TOKEN') } }]],
}

/** For a single request: without a scope, a service gets every one it is registered for. */
export const plainWishOf = (operationId: string): SampleWish =>
  operationId === 'issueToken'
    ? { form: { grant_type: 'client_credentials' } }
    : (wishesOf(operationId)[0]?.[1] ?? {})

/** A plain request where no other is defined. */
export const wishesOf = (operationId: string): Wishes => wishes[operationId] ?? [['', {}]]
