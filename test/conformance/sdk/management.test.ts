/** `@authly-server/management` against the production bundle: every resource once, and what goes on for longer. */
import { createManagement, type Management } from '@authly-server/management'
import { beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../../src/access/permissions.ts'
import { addClient, issuer } from '../authly.ts'

let management: Management

beforeAll(async () => {
  const service = await addClient({
    scopes: [...permissionNames],
    resources: [],
    grant_types: ['client_credentials'],
  })
  management = createManagement({ issuer, clientId: service.client_id, clientSecret: service.client_secret })
})

describe('a service account', () => {
  it('does with people what people do', async () => {
    const created = await management.users.create({
      username: `sdk-${Date.now()}`,
      setup: { method: 'none' },
    })
    expect(created.etag).toMatch(/^"/)
    const user = await management.users.get(created.id)
    const changed = await management.users.update(
      user.id,
      { profile: { name: 'Ada' } },
      { ifMatch: user.etag },
    )
    expect(changed.profile).toMatchObject({ name: 'Ada' })
    const seen: string[] = []
    for await (const { id } of management.users.list({ limit: 1 })) seen.push(id)
    expect(seen).toContain(user.id)
    await management.users.delete(user.id, { ifMatch: changed.etag })
    await expect(management.users.get(user.id)).rejects.toMatchObject({ name: 'NotFound', code: 'not_found' })
  })
})
