/**
 * Shared by `npm start` and `npm run db`: the instance lock, the database with its gateway, bootstrap, the inbox,
 * `.dev.vars` and `.authly/dev.json`. Afterwards `wrangler dev` has all it needs.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bootstrapDatabase } from '../bootstrap/bootstrap-database.ts'
import { demoClients } from '../bootstrap/demo-clients.ts'
import { findDatabaseUrls } from '../database/database-urls.ts'
import { makeStateFolder } from '../database/postgres-home.ts'
import { type RunningDatabase, startDatabase } from '../database/start-database.ts'
import { findServerAccount } from '../database/unprivileged-account.ts'
import { type Inbox, startInbox } from '../inbox/inbox-server.ts'
import { checkDiskSpace, firstStartBytes } from '../process/disk-space.ts'
import { isPortFree } from '../process/free-port.ts'
import { takeInstanceLock } from '../process/instance-lock.ts'
import { type DevFacts, readDevFacts, writeDevFacts } from './dev-facts.ts'
import { type DevVars, keepRootSecret, readDevVars, writeDevVars } from './dev-vars.ts'

export type Development = {
  facts: DevFacts
  database: RunningDatabase
  /** The one-time password, if this start created it. */
  newAdminPassword: string | undefined
  /** Whether this start created any secret. */
  isFirstStart: boolean
  hasDemo: boolean
  stop(): Promise<void>
}

export type DevelopmentOptions = {
  /** The clone. */
  root: string
  /** URL at which the worker will serve. */
  issuer: string
  /** Where the demo application is served; without it there is none. */
  demoOrigin?: string
  /** Shown when a second instance is started. */
  command: string
  /** Final checks under the lock, before anything is started. */
  preflight?: () => Promise<void>
}

/** Throws OperatorError for what the operator can fix; nothing is left running then. */
export async function prepareDevelopment(options: DevelopmentOptions): Promise<Development> {
  const { root, issuer, command } = options
  const stateFolder = join(root, '.authly')
  await makeStateFolder(findServerAccount(), stateFolder)
  const releaseLock = await takeInstanceLock(stateFolder, command)
  let database: RunningDatabase | undefined
  let inbox: Inbox | undefined
  const stop = async () => {
    await inbox?.stop()
    await database?.stop()
    await releaseLock()
  }
  try {
    await options.preflight?.()
    const known = await readDevFacts(stateFolder)
    await checkDiskSpace(stateFolder, known === undefined ? firstStartBytes : firstStartBytes / 10)
    const vars = await readDevVars(root)
    const ownDatabase = findDatabaseUrls({
      DATABASE_URL: process.env['DATABASE_URL'] || vars.own['DATABASE_URL'],
      // Not read from .dev.vars: wrangler would pass it to the worker.
      DATABASE_OWNER_URL: process.env['DATABASE_OWNER_URL'],
    })
    database = await startDatabase({
      stateFolder,
      urls: ownDatabase,
      gatewayPort: await lastGatewayPort(vars),
    })
    const isOwn = ownDatabase !== undefined
    const { databaseUrl, ownerUrl } = database
    // Before the worker had a role of its own, its URL was the owner's.
    const isSameDatabase =
      !database.isNew && [databaseUrl, ownerUrl].some((url) => isSame(known?.database_url, url, isOwn))
    // Replicas, sessions and grants of another database would be served as valid.
    if (!isSameDatabase) await rm(join(root, '.wrangler', 'state'), { recursive: true, force: true })
    const seeded = await seed(ownerUrl, options, isSameDatabase ? known : undefined, isOwn)
    inbox = await startInbox(issuer, vars.written)
    const facts = { ...seeded.facts, issuer, inbox_url: inbox.url, ...urls(database) }
    await writeDevFacts(stateFolder, facts)
    await writeDevVars(root, vars, {
      DATABASE_URL: databaseUrl,
      ...(database.gatewayUrl === undefined ? {} : { DATABASE_GATEWAY_URL: database.gatewayUrl }),
      AUTHLY_ISSUER: issuer,
      AUTHLY_ROOT_SECRET: await keepRootSecret(stateFolder, vars),
      ...inbox.vars,
      // Applications under development hear on loopback that a session has ended.
      AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
      AUTHLY_METRICS: 'true',
      AUTHLY_METRICS_TOKEN: vars.written['AUTHLY_METRICS_TOKEN'] ?? randomBytes(32).toString('base64url'),
    })
    return { ...seeded, facts, database, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function seed(
  ownerUrl: string,
  { issuer, demoOrigin }: DevelopmentOptions,
  known: DevFacts | undefined,
  isOwnDatabase: boolean,
) {
  const knownSecrets = new Set(Object.keys(known?.clients ?? {}))
  const seeded = await bootstrapDatabase(ownerUrl, {
    issuer,
    demo: {
      ...{ onlyWhenEmpty: isOwnDatabase, knownSecrets },
      ...(demoOrigin === undefined ? {} : { origin: demoOrigin }),
    },
    replaceUnusedAdminPassword: known?.admin?.password === undefined,
  })
  const { admin, newClientSecrets, newDemoPerson, hasDemo, deletedClients } = seeded
  const clients: DevFacts['clients'] = {}
  for (const { client_id, redirect_uris } of hasDemo ? demoClients : []) {
    if (deletedClients.includes(client_id)) continue
    const client_secret = newClientSecrets[client_id] ?? known?.clients[client_id]?.client_secret
    clients[client_id] = { client_id, client_secret, redirect_uris }
  }
  return {
    facts: {
      clients,
      admin: admin && { ...admin, password: admin.password ?? known?.admin?.password },
      demo_person: newDemoPerson ?? known?.demo_person,
    },
    newAdminPassword: admin?.password,
    isFirstStart: admin?.password !== undefined || Object.keys(newClientSecrets).length > 0,
    hasDemo,
  }
}

/** The embedded database may move to another port; its random password shows that it is the same one. */
function isSame(before: string | undefined, now: string, isOwn: boolean): boolean {
  if (before === undefined || isOwn) return before === now
  const withoutPort = (text: string) => Object.assign(new URL(text), { port: '' }).href
  return withoutPort(before) === withoutPort(now)
}

function urls({ databaseUrl, ownerUrl, gatewayUrl }: RunningDatabase) {
  return { database_url: databaseUrl, database_owner_url: ownerUrl, database_gateway_url: gatewayUrl }
}

/** The gateway's last port if it is still free, so that a `wrangler dev` left running finds it again. */
async function lastGatewayPort(vars: DevVars): Promise<number | undefined> {
  const last = vars.written['DATABASE_GATEWAY_URL']
  const port = last !== undefined && URL.canParse(last) ? Number(new URL(last).port) : 0
  return port > 0 && (await isPortFree(port)) ? port : undefined
}
