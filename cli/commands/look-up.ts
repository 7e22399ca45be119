/** Looks entities up by their names, with the rights of the token. */
import type { ApiClient } from '../api/api-client.ts'
import { readPage, readPages } from '../api/pages.ts'
import { Failure } from '../failure.ts'

/** An entity that has the name. */
export interface Candidate {
  readonly id: string
  /** For a person who has to choose: `user 0190… ada@example.com`. */
  readonly shown: string
}

export interface LookUp {
  readonly api: ApiClient
  readonly pathOf: (operationId: string) => string | undefined
}

/** @returns undefined when this may not be asked */
export async function isClientId({ api, pathOf }: LookUp, given: string): Promise<boolean | undefined> {
  const path = pathOf('listClients')
  if (path === undefined || given === '.' || given === '..') return undefined
  try {
    const response = await api.send({ method: 'GET', path: `${path}/${encodeURIComponent(given)}` })
    await response.body?.cancel()
    return true
  } catch (error) {
    const status = statusOf(error)
    if (status === 403) return undefined
    // 400: it cannot be an id, but a name can have any characters.
    if (status === 404 || status === 400) return false
    throw error
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Failure ? (error.problem as { status?: number } | undefined)?.status : undefined

export function noneWhenForbidden(error: unknown): readonly Candidate[] {
  if (statusOf(error) === 403) return []
  throw error
}

/** By username or e-mail address, in any spelling. */
export async function usersNamed({ api, pathOf }: LookUp, given: string): Promise<readonly Candidate[]> {
  const query = new URLSearchParams({ identifier: given, limit: '20' })
  const { items } = await readPage(api, pathOf('listUsers') ?? '', query)
  return items.map(({ id, username, email }) => ({
    id: String(id),
    shown: `user ${id}  ${[username, email].filter((one) => one).join('  ')}`,
  }))
}

/** The API finds parts of names; here the whole name counts, whatever the case. */
export async function clientsNamed({ api, pathOf }: LookUp, given: string): Promise<readonly Candidate[]> {
  if (given.length > longestSearch) return []
  const found: Candidate[] = []
  const query = new URLSearchParams({ q: given, limit: '200' })
  for await (const { items } of readPages(api, pathOf('listClients') ?? '', query)) {
    for (const { client_id, client_name } of items) {
      if (isSameName(client_name, given))
        found.push({ id: String(client_id), shown: `client ${client_id}  ${client_name}` })
    }
  }
  return found
}

const longestSearch = 100

/** There is no search for them: all are read. */
export async function resourceServersNamed(
  { api, pathOf }: LookUp,
  given: string,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = []
  const query = new URLSearchParams({ limit: '200' })
  for await (const { items } of readPages(api, pathOf('listResourceServers') ?? '', query)) {
    for (const { resource, name } of items) {
      if (isSameName(name, given))
        found.push({ id: String(resource), shown: `resource server ${resource}  ${name}` })
    }
  }
  return found
}

const isSameName = (name: unknown, given: string): boolean => folded(String(name)) === folded(given)
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().trim()
