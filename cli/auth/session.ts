/**
 * Who a command acts as, and a token that works. Sources, first match wins: `AUTHLY_TOKEN`; client id and secret in
 * the environment; the profile.
 */
import * as oidc from 'openid-client'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { localIssuer } from './local-issuer.ts'
import { discover, explain, parseIssuer } from './oauth-client.ts'
import { type Credentials, defaultProfile, type Profile, type ProfileStore } from './profile-store.ts'
import { type StepUp, signInWithBrowser, toCredentials } from './sign-in-with-browser.ts'

export interface Session {
  /** Without a slash at the end. */
  readonly issuer: string
  /** For messages. */
  readonly name: string
  readonly profile: Profile | undefined
  /** The name of the person that is signed in; undefined for service accounts. */
  person(): Promise<string | undefined>
  /** A token with some life left. @param refused this one did not work: get another */
  token(refused?: string): Promise<string>
  /** Has the person sign in again (RFC 9470). @returns whether that is possible here */
  stepUp: ((needed: StepUp) => Promise<void>) | undefined
}

export interface SessionChoice {
  readonly profile?: string | undefined
  readonly issuer?: string | undefined
  readonly noBrowser?: boolean | undefined
  /** Whether somebody can be asked to sign in again. */
  readonly canStepUp: boolean
}

/** A token about to end is as good as ended: the request takes time too. */
const leastLifeMs = 20_000

export async function openSession(
  store: ProfileStore,
  choice: SessionChoice,
  terminal: Terminal,
): Promise<Session> {
  const { env } = terminal
  const issuer = choice.issuer ?? env['AUTHLY_ISSUER']
  if (env['AUTHLY_TOKEN']) return withGivenToken(requireIssuer(issuer), env['AUTHLY_TOKEN'])
  if (env['AUTHLY_CLIENT_ID'] && env['AUTHLY_CLIENT_SECRET'] && choice.profile === undefined) {
    return withSecret(requireIssuer(issuer), env['AUTHLY_CLIENT_ID'], env['AUTHLY_CLIENT_SECRET'], terminal)
  }
  const { current, profiles } = await store.list()
  const name =
    choice.profile ?? env['AUTHLY_PROFILE'] ?? profileFor(issuer, profiles) ?? current ?? defaultProfile
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (!profile) {
    throw new Failure('signIn', `Nobody is signed in${name === defaultProfile ? '' : ` as “${name}”`}.`, {
      hint: `authly login --issuer ${localIssuer() ?? 'https://…'}${name === defaultProfile ? '' : ` --profile ${name}`}`,
    })
  }
  // A token of one server must never be sent to another.
  if (issuer !== undefined && trim(parseIssuer(issuer).href) !== profile.issuer) {
    throw new Failure('usage', `The profile “${name}” is for ${profile.issuer}, not for ${issuer}.`)
  }
  return withProfile(store, name, profile, choice, terminal)
}

const profileFor = (issuer: string | undefined, profiles: Readonly<Record<string, Profile>>) =>
  issuer &&
  Object.entries(profiles).find(([, profile]) => profile.issuer === trim(parseIssuer(issuer).href))?.[0]

function requireIssuer(issuer: string | undefined): string {
  if (issuer === undefined)
    throw new Failure('usage', 'Which server?', { hint: 'Set AUTHLY_ISSUER or --issuer.' })
  return trim(parseIssuer(issuer).href)
}

/** Issuers are compared and joined with paths without the last slash. */
export const trim = (url: string): string => url.replace(/\/$/, '')

const nobody = async () => undefined

const withGivenToken = (issuer: string, token: string): Session => ({
  ...{ issuer, name: 'AUTHLY_TOKEN', profile: undefined, stepUp: undefined, person: nobody },
  async token(refused) {
    if (refused === undefined) return token
    throw new Failure('signIn', 'The server does not accept AUTHLY_TOKEN.')
  },
})

function withSecret(issuer: string, clientId: string, clientSecret: string, terminal: Terminal): Session {
  let kept: Credentials | undefined
  return {
    ...{ issuer, name: clientId, profile: undefined, stepUp: undefined, person: nobody },
    async token(refused) {
      if (!kept || kept.access_token === refused || !isFresh(kept, terminal)) {
        kept = await clientCredentials({ issuer, clientId, clientSecret }, terminal)
      }
      return kept.access_token
    },
  }
}

/** A token for the client itself (RFC 6749 §4.4). */
export async function clientCredentials(
  client: { issuer: string; clientId: string; clientSecret: string; scope?: string | undefined },
  terminal: Pick<Terminal, 'now'>,
): Promise<Credentials> {
  const server = await discover(client.issuer, client.clientId, client.clientSecret)
  try {
    const parameters: Record<string, string> = client.scope ? { scope: client.scope } : {}
    const tokens = await oidc.clientCredentialsGrant(server, parameters)
    return {
      ...toCredentials(tokens, terminal.now()),
      refresh_token: undefined,
      client_secret: client.clientSecret,
    }
  } catch (error) {
    throw explain(error, 'No token for the service account')
  }
}

function withProfile(
  store: ProfileStore,
  name: string,
  profile: Profile,
  choice: SessionChoice,
  terminal: Terminal,
): Session {
  const { issuer } = profile
  const isUsable = (credentials: Credentials | undefined, refused: string | undefined) =>
    credentials !== undefined && credentials.access_token !== refused && isFresh(credentials, terminal)
  return {
    ...{ issuer, name, profile },
    async token(refused) {
      const found = await store.readCredentials(name)
      if (found && isUsable(found, refused)) return found.access_token
      const renewed = await store.changeCredentials(name, async (current) =>
        // A parallel command may have been faster.
        isUsable(current, refused) ? current : renew(profile, name, current, terminal),
      )
      if (!renewed) throw signInAgain(name)
      return renewed.access_token
    },
    async person() {
      if (profile.kind !== 'person') return undefined
      const credentials = await store.readCredentials(name)
      return credentials?.username ?? credentials?.subject
    },
    stepUp: choice.canStepUp && profile.kind === 'person' ? stepUp : undefined,
  }

  async function stepUp(needed: StepUp): Promise<void> {
    terminal.stderr.write('This needs a more recent sign-in.\n')
    const server = await discover(issuer, profile.client_id)
    const { scope } = profile
    const wish = { scope, ...needed, noBrowser: choice.noBrowser === true }
    const credentials = await signInWithBrowser(server, wish, terminal)
    const before = await store.readCredentials(name)
    // Attack or mistake: somebody else signs in in this browser, and the rest of the command runs as them.
    if (before?.subject !== undefined && before.subject !== credentials.subject) {
      throw new Failure('signIn', 'Somebody else signed in; the profile was left as it was.')
    }
    await store.putCredentials(name, credentials)
  }
}

const isFresh = ({ expires_at }: Credentials, { now }: Pick<Terminal, 'now'>) =>
  expires_at - now() > leastLifeMs

async function renew(
  profile: Profile,
  name: string,
  current: Credentials | undefined,
  terminal: Terminal,
): Promise<Credentials | undefined> {
  if (!current) return undefined
  const { issuer, client_id: clientId, scope } = profile
  if (profile.kind === 'service') {
    if (current.client_secret === undefined) throw signInAgain(name)
    return clientCredentials({ issuer, clientId, clientSecret: current.client_secret, scope }, terminal)
  }
  if (current.refresh_token === undefined) throw signInAgain(name)
  const server = await discover(issuer, clientId)
  try {
    const tokens = await oidc.refreshTokenGrant(server, current.refresh_token)
    return { ...current, ...definedOnly(toCredentials(tokens, terminal.now())) }
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') throw signInAgain(name)
    throw explain(error, 'The token could not be renewed')
  }
}

const definedOnly = (credentials: Credentials): Credentials =>
  Object.fromEntries(
    Object.entries(credentials).filter(([, value]) => value !== undefined),
  ) as unknown as Credentials

const signInAgain = (name: string) =>
  new Failure('signIn', 'The sign-in has ended.', {
    hint: `authly login${name === defaultProfile ? '' : ` --profile ${name}`}`,
  })
