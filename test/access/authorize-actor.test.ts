import { describe, expect, it } from 'vitest'
import { authorize } from '../../src/access/authorize-actor.ts'
import { authorizationKey, narrow } from '../../src/access/authorized.ts'

const actor = { type: 'user', id: 'u', clientId: 'c' } as const
const caller = { ...actor, scopes: ['openid', 'admin:users:read', 'admin:jobs:read'] }

describe('an authorization', () => {
  it('exists only for a token with the scope of the operation', () => {
    expect(authorize(caller, 'admin:users:write')).toBeUndefined()
    expect(authorize(caller, 'admin:jobs:read')).toEqual({
      actor,
      permission: 'admin:jobs:read',
      scopes: ['admin:users:read', 'admin:jobs:read'],
    })
  })

  it('survives storage: it is plain data', () => {
    const authorized = authorize(caller, 'admin:jobs:read')
    expect(structuredClone(authorized)).toEqual(authorized)
  })

  it('of a stream brings its one scope', () => {
    const authorized = authorize(caller, 'admin:jobs:read')
    expect(authorized && narrow(authorized).scopes).toEqual(['admin:jobs:read'])
  })

  it('of other actors, clients, scopes and permissions has another key', () => {
    const all = [
      authorize(caller, 'admin:jobs:read'),
      authorize(caller, 'admin:users:read'),
      authorize({ ...caller, type: 'client' }, 'admin:jobs:read'),
      authorize({ ...caller, id: 'v' }, 'admin:jobs:read'),
      authorize({ ...caller, clientId: 'd' }, 'admin:jobs:read'),
      authorize({ ...caller, scopes: ['admin:jobs:read'] }, 'admin:jobs:read'),
    ]
    expect(new Set(all.map((authorized) => authorized && authorizationKey(authorized))).size).toBe(all.length)
  })
})
