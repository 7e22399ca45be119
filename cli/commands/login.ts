/** `authly login`: a person by browser, or a service account by its secret. */
import { isAdminScope } from '../../src/protocol/scope-parameter.ts'
import { type CatalogueOperation, scopesOf } from '../api/catalogue.ts'
import { localIssuer } from '../auth/local-issuer.ts'
import { builtInClient, discover, parseIssuer } from '../auth/oauth-client.ts'
import { type Credentials, checkProfileName, defaultProfile, type Profile } from '../auth/profile-store.ts'
import { clientCredentials, trim } from '../auth/session.ts'
import { signInWithBrowser } from '../auth/sign-in-with-browser.ts'
import { whoIsSignedIn } from '../auth/who-is-signed-in.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { usage } from '../failure.ts'
import { readSecret } from '../read-value.ts'

const secretOption = {
  name: 'client-secret',
  value: 'source',
  secret: true,
  summary: 'Sign in as a service account',
} as const

export const login = (operations: readonly CatalogueOperation[]) =>
  defineCommand({
    words: ['login'],
    summary: 'Sign in to a server and keep the tokens in a profile',
    description:
      'Opens the browser and waits on a loopback port (RFC 8252). With --client-secret it signs in as a service account instead.\nTokens are kept in ~/.config/authly (XDG_CONFIG_HOME, %APPDATA%), readable by you alone.',
    options: [
      { name: 'client-id', value: 'id', summary: `Client to sign in with; otherwise ${builtInClient}` },
      secretOption,
      {
        name: 'scope',
        value: 'scopes',
        list: ' ',
        summary: 'Scopes to ask for; otherwise all of the admin API',
      },
      { name: 'read-only', summary: 'Ask only for scopes that read' },
      {
        name: 'max-age',
        value: 'seconds',
        summary: 'Type the password again unless the last sign-in is that recent',
      },
    ],
    examples: [
      'authly login --issuer https://auth.example.com',
      'authly login --issuer https://auth.example.com --profile ci --client-id deployer --client-secret env:SECRET',
    ],
    async run(context) {
      const { global, options, output, profiles } = context
      const known = await profiles.list()
      const name = checkProfileName(
        global.profile ?? context.terminal.env['AUTHLY_PROFILE'] ?? known.current ?? defaultProfile,
      )
      const before = Object.hasOwn(known.profiles, name) ? known.profiles[name] : undefined
      const issuer = global.issuer ?? context.terminal.env['AUTHLY_ISSUER'] ?? before?.issuer
      if (issuer === undefined)
        throw usage('Which server?', `authly login --issuer ${localIssuer() ?? 'https://auth.example.com'}`)
      const address = trim(parseIssuer(issuer).href)
      const isSame = before?.issuer === address
      const clientId =
        (options['client-id'] as string | undefined) ?? (isSame ? before.client_id : builtInClient)
      const secret = options['client-secret'] as string | undefined
      const wish = {
        issuer: address,
        clientId,
        scope: scopeFor(context, operations, isSame ? before : undefined),
      }
      if (global.dryRun) {
        output.note(`Would sign in to ${address} as ${clientId} and keep it as “${name}”.`)
        return undefined
      }
      const credentials =
        secret === undefined ? await asPerson(context, wish) : await asService(context, wish, secret)
      const kind: Profile['kind'] = secret === undefined ? 'person' : 'service'
      // Of a person what was asked for: a role given later makes more of it.
      const scope = kind === 'person' ? wish.scope : credentials.scope
      await profiles.save(name, { issuer: address, client_id: clientId, kind, scope }, credentials)
      const who = credentials.username ?? credentials.subject ?? clientId
      output.note(
        `Signed in to ${address} as ${who} (profile “${name}”${[undefined, name].includes(known.current) ? '' : ', now the current one'}).`,
      )
      if (kind === 'person' && !credentials.scope.split(' ').some(isAdminScope)) {
        output.note(
          `${who} was given no permission here and can administer nothing. Sign in again as an administrator: authly login`,
        )
      }
      return undefined
    },
  })

interface Wish {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
}

function scopeFor(
  { options }: CommandContext,
  operations: readonly CatalogueOperation[],
  before: Profile | undefined,
): string {
  const given = (options['scope'] as readonly string[] | undefined)?.join(' ')
  const isService = options['client-secret'] !== undefined
  if (given !== undefined) return isService ? given : withIdentity(given.split(/\s+/))
  const all = scopesOf(operations)
  if (options['read-only'] === true) {
    const reading = all.filter((scope) => scope.endsWith(':read'))
    return isService ? reading.join(' ') : withIdentity(reading)
  }
  // A service account has its own scopes: asking for none gets all of them.
  if (isService) return ''
  return before?.kind === 'person' ? before.scope : withIdentity(all)
}

const withIdentity = (scopes: readonly string[]): string =>
  [...new Set(['openid', 'profile', 'offline_access', ...scopes.filter((scope) => scope !== '')])].join(' ')

async function asPerson(context: CommandContext, { issuer, clientId, scope }: Wish): Promise<Credentials> {
  const server = await discover(issuer, clientId)
  const maxAge = context.options['max-age'] as string | undefined
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) throw usage('--max-age is a number of seconds.')
  // The browser may be signed in as somebody else, and nobody would notice.
  const wish = { scope, noBrowser: !context.global.browser, chooseAccount: true }
  const credentials = await signInWithBrowser(
    server,
    { ...wish, ...(maxAge === undefined ? {} : { maxAgeSeconds: Number(maxAge) }) },
    context.terminal,
  )
  if (credentials.username !== undefined) return credentials
  // The name is no claim of the ID token. Without `openid profile` the server does not tell it: then the subject has to do.
  const person = await whoIsSignedIn(server, credentials.access_token).catch(() => undefined)
  const isSame = person?.sub === credentials.subject
  return isSame && person?.preferred_username !== undefined
    ? { ...credentials, username: person.preferred_username }
    : credentials
}

async function asService(
  context: CommandContext,
  { issuer, clientId, scope }: Wish,
  source: string,
): Promise<Credentials> {
  if (context.options['client-id'] === undefined && clientId === builtInClient) {
    throw usage('Which service account?', 'authly login --client-id … --client-secret …')
  }
  const clientSecret = await readSecret(context, secretOption, source)
  return {
    ...(await clientCredentials({ issuer, clientId, clientSecret, scope }, context.terminal)),
    subject: clientId,
  }
}
