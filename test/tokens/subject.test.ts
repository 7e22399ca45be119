import { describe, expect, it } from 'vitest'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { sessionIdFor, subjectFor } from '../../src/tokens/subject.ts'
import { aClient } from '../fakes/client.ts'

const secret = Buffer.alloc(32, 1).toString('base64url')
const root = createRootSecret(secret)
const subject = (client_id: string, redirectUri: string | undefined, sector_identifier?: string) =>
  subjectFor(
    root,
    aClient({
      client_id,
      subject_type: 'pairwise',
      sector_identifier,
      redirect_uris: redirectUri === undefined ? [] : [redirectUri],
    }),
    'user-1',
  )

describe('pairwise subjects (OpenID Connect Core §8.1)', () => {
  it('are the same for clients of one host, and do not show the user id', async () => {
    expect(await subject('a', 'https://one.example/a')).toBe(await subject('b', 'https://one.example/b'))
    expect(await subject('a', 'https://one.example/a')).not.toContain('user-1')
  })

  it('differ between hosts, and a sector identifier decides before them', async () => {
    expect(await subject('a', 'https://one.example/')).not.toBe(await subject('a', 'https://two.example/'))
    expect(await subject('a', 'https://one.example/', 'sector.example')).toBe(
      await subject('b', 'https://two.example/', 'sector.example'),
    )
  })

  it('survive a change of the root secret, because clients store them', async () => {
    const changed = createRootSecret(Buffer.alloc(32, 2).toString('base64url'), [secret])
    const client = aClient({ client_id: 'a', subject_type: 'pairwise' })
    expect(await subjectFor(changed, client, 'user-1')).toBe(await subjectFor(root, client, 'user-1'))
  })

  it.each([
    'com.example.app:/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:8000/callback',
    'http://localhost:3000/callback',
    undefined,
  ])('are not shared by two applications at %s, which every vendor’s may use', async (redirectUri) => {
    expect(await subject('a', redirectUri)).not.toBe(await subject('b', redirectUri))
    expect(await subject('a', redirectUri)).toBe(await subject('a', redirectUri))
  })
})

it('a session keeps its id for a client when the root secret is rotated', async () => {
  const older = Buffer.alloc(32, 1).toString('base64url')
  const newer = Buffer.alloc(32, 2).toString('base64url')
  const before = await sessionIdFor(createRootSecret(older), 'a', 's')
  expect(await sessionIdFor(createRootSecret(newer, [older]), 'a', 's')).toBe(before)
  expect(await sessionIdFor(createRootSecret(newer, [`closed:${older}`]), 'a', 's')).toBe(before)
})

it('a session has another id for each client, so that two cannot compare notes', async () => {
  expect(await sessionIdFor(root, 'a', 's')).not.toBe(await sessionIdFor(root, 'b', 's'))
})
