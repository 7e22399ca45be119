import { expect, test } from 'vitest'
import { resourceServers, scopes } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createLoadScopeCatalog } from '../../src/scopes/load-scope-catalog.ts'
import { loadScopeCatalog } from '../../src/scopes/scopes.store.ts'
import { testDatabase } from '../fakes/database.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'

test('reads all scopes and resource servers in one query, through the cache', async () => {
  const database = testDatabase()
  const id = uuidv7()
  const resource = `https://api.test/${id}`
  await database.insert(resourceServers).values({ resource, name: 'API' })
  await database.insert(scopes).values([
    { name: `global:${id}`, description: 'Everything' },
    { name: `read:${id}`, description: 'Read', resource },
  ])
  const { cache } = cacheUnderTest({ now: Date.now })
  const load = createLoadScopeCatalog({ cache, loadScopeCatalog: () => loadScopeCatalog(database) })
  const catalog = await load()
  expect(catalog.resource_servers).toContainEqual({ resource, name: 'API', open_to_unreviewed: false })
  expect(catalog.scopes).toContainEqual({
    name: `global:${id}`,
    description: 'Everything',
    resource: undefined,
  })
  expect(catalog.scopes).toContainEqual({ name: `read:${id}`, description: 'Read', resource })
  expect(await load()).toBe(catalog)
})

test('the version grows with time, so that a later reading wins', async () => {
  const first = await loadScopeCatalog(testDatabase())
  await new Promise((resolve) => setTimeout(resolve, 5))
  const second = await loadScopeCatalog(testDatabase())
  expect(second.version).toBeGreaterThan(first.version)
})
