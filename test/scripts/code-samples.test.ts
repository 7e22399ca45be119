/**
 * The code samples of the documentation do what they say: extracted from the published document and run against a
 * real Authly, in four languages. Samples outside the main flows must at least be well-formed programs.
 */
import { execFile } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import { type OpenApiDocument, operationsOf } from '../../scripts/docs/openapi/openapi-types.ts'
import { wishesOf } from '../../scripts/docs/openapi/samples/sample-wishes.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { permissionNames } from '../../src/access/permissions.ts'
import { isInstalled } from '../conformance/installed-program.ts'
import { createSeed, type Seed, type SeededUser, userScopes } from '../conformance/seed.ts'
import { signIn } from '../conformance/sign-in.ts'
import { createUserAgent } from '../conformance/user-agent.ts'
import { type Step, sampleFlow, type Variables } from './sample-flow.ts'

const run = promisify(execFile)
const document: OpenApiDocument = JSON.parse(apiFiles(await loadDocument())['public/openapi.json'])
const operations = operationsOf(document)

/** The files that samples send. */
const uploads = operations.flatMap(({ operation }) =>
  wishesOf(operation.operationId as string).flatMap(([, { file }]) => (file ? [file] : [])),
)

/** Where the shell would find it. */
const find = (program: string): string =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync) ?? `/usr/bin/${program}`

const languages = [
  {
    ...{ label: 'curl', program: 'curl', file: 'sample.sh' },
    command: ['bash', 'sample.sh'],
    check: (files: readonly string[]) => files.map((file) => ['bash', '-n', file]),
  },
  {
    ...{ label: 'JavaScript', program: 'node', file: 'sample.mjs' },
    command: [process.execPath, 'sample.mjs'],
    check: (files: readonly string[]) => files.map((file) => [process.execPath, '--check', file]),
  },
  {
    ...{ label: 'Python', program: 'python3', file: 'sample.py' },
    command: ['python3', '-W', 'error::SyntaxWarning', 'sample.py'],
    check: (files: readonly string[]) => [['python3', '-m', 'py_compile', ...files]],
  },
  {
    ...{ label: 'Go', program: 'go', file: 'sample.go' },
    command: ['go', 'run', 'sample.go'],
    // Each is a program of its own, so the whole compiler would want a folder for each; gofmt reads the syntax.
    check: (files: readonly string[]) => [['gofmt', '-e', '-l', ...files]],
  },
] as const

let stack: RunningStack
let seed: Seed
let admin: SeededUser
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-samples-'))
  stack = await startStack()
  seed = createSeed(stack.database_owner_url)
  admin = await seed.addUser()
  await seed.database.query(`UPDATE users SET roles = '{admin}' WHERE id = $1`, [admin.id])
})
afterAll(async () => {
  await seed?.close()
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A client of everything, and a code that a signed-in admin just got for it. */
async function openWorld(): Promise<Variables> {
  const { client_id, client_secret, redirect_uri } = await seed.addClient({
    client_name: 'Code samples',
    scopes: [...userScopes, ...permissionNames],
    resources: [],
  })
  const verifier = randomBytes(32).toString('base64url')
  const request = new URLSearchParams({
    ...{ client_id, redirect_uri, response_type: 'code', code_challenge_method: 'S256' },
    scope: ['openid', 'offline_access', ...permissionNames].join(' '),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  })
  const url = `${stack.issuer}/oauth/authorize?${request}`
  const callback = await signIn(createUserAgent(), url, redirect_uri, { user: admin })
  return {
    ...{ AUTHLY_ISSUER: stack.issuer, AUTHLY_CLIENT_ID: client_id, AUTHLY_CLIENT_SECRET: client_secret },
    ...{ CODE: callback.searchParams.get('code') ?? '', CODE_VERIFIER: verifier, REDIRECT_URI: redirect_uri },
  }
}

function sampleOf({ operationId, purpose }: Step, label: string): string {
  const operation = operations.find((one) => one.operation.operationId === operationId)?.operation
  const wanted = purpose === undefined ? label : `${label}: ${purpose}`
  const sample = operation?.['x-codeSamples']?.find((one) => one.label === wanted)
  if (!sample) throw new Error(`the document has no sample "${wanted}" of ${operationId}`)
  return sample.source
}

async function currentEtag(path: string, known: Variables): Promise<string> {
  const authorization = `Bearer ${known['AUTHLY_TOKEN']}`
  const response = await fetch(known['AUTHLY_ISSUER'] + path, { headers: { authorization } })
  return response.headers.get('etag') ?? ''
}

describe.each(languages)('$label', ({ label, program, file, command, check }) => {
  const isThere = isInstalled(label, find(program))

  // As many programs as there are steps are started, and in Go also compiled.
  const timeout = 300_000
  test.runIf(isThere)('runs every step of the main flows', { timeout: timeout }, async () => {
    const cwd = join(folder, label)
    mkdirSync(cwd)
    for (const { name, text } of uploads) writeFileSync(join(cwd, name), text)
    let known = await openWorld()
    for (const step of sampleFlow) {
      writeFileSync(join(cwd, file), `${sampleOf(step, label)}\n`)
      const variables = {
        ...known,
        ...step.with?.(known),
        IDEMPOTENCY_KEY: randomUUID(),
        ...(step.etagOf ? { ETAG: await currentEtag(step.etagOf(known), known) } : {}),
      }
      const [tool, ...args] = command
      const name = `${step.operationId} ${step.purpose ?? ''}`
      const send = async () => {
        const sent = run(tool, args, { cwd, env: { ...process.env, ...variables } })
        const { stdout } = await sent.catch((error: { stdout: string; stderr: string }) => {
          throw new Error(`${name}: ${error.stdout}\n${error.stderr}`)
        })
        return stdout
      }
      let answer = await send()
      while (step.until && !step.until(JSON.parse(answer))) answer = await send()
      if (step.keep) known = { ...known, ...step.keep(JSON.parse(answer)) }
    }
  })

  test.runIf(isThere)('is well-formed in every sample of the document', async () => {
    const cwd = join(folder, `${label}-all`)
    mkdirSync(cwd)
    const extension = file.split('.')[1]
    const samples = operations.flatMap(({ operation }) =>
      (operation['x-codeSamples'] ?? [])
        .filter((one) => one.label.split(':')[0] === label)
        .map(({ source }, index) => ({ name: `${operation.operationId}-${index}.${extension}`, source })),
    )
    for (const { name, source } of samples) writeFileSync(join(cwd, name), `${source}\n`)
    for (const [tool = '', ...args] of check(samples.map(({ name }) => name))) {
      const { stdout } = await run(tool, args, { cwd })
      expect(stdout).toBe('')
    }
  })
})
