/** Leaving, and knowing who one is. */
import * as oidc from 'openid-client'
import { discover } from '../auth/oauth-client.ts'
import { whoIsSignedIn } from '../auth/who-is-signed-in.ts'
import { type Command, type CommandContext, defineCommand } from '../command.ts'
import { Failure } from '../failure.ts'

const logout = defineCommand({
  words: ['logout'],
  summary: 'Revoke the tokens of a profile at the server (RFC 7009) and forget it',
  options: [{ name: 'all', summary: 'Every profile' }],
  async run({ global, options, output, profiles, terminal }) {
    const { current, profiles: known } = await profiles.list()
    const chosen = global.profile ?? terminal.env['AUTHLY_PROFILE'] ?? current
    const names = options['all'] === true ? Object.keys(known) : chosen === undefined ? [] : [chosen]
    if (names.length === 0 || names.some((name) => !Object.hasOwn(known, name))) {
      throw new Failure('signIn', 'Nobody is signed in.')
    }
    for (const name of names) {
      const profile = known[name]
      // A file that is broken or open to others is no reason to keep it.
      const credentials = await profiles.readCredentials(name).catch(() => undefined)
      if (global.dryRun) {
        output.note(`Would revoke and forget “${name}”.`)
        continue
      }
      const failed =
        profile && credentials
          ? await revoke(profile, credentials).then(
              () => undefined,
              (error: Error) => error,
            )
          : undefined
      await profiles.remove(name)
      output.note(
        failed
          ? `Forgot “${name}”; its tokens could not be revoked: ${failed.message}`
          : `Signed out of “${name}”.`,
      )
    }
    return undefined
  },
})

async function revoke(
  profile: { issuer: string; client_id: string },
  {
    refresh_token,
    access_token,
    client_secret,
  }: { refresh_token?: string | undefined; access_token: string; client_secret?: string | undefined },
): Promise<void> {
  const server = await discover(profile.issuer, profile.client_id, client_secret)
  // Revoking the refresh token ends its whole grant, access tokens included.
  await oidc.tokenRevocation(server, refresh_token ?? access_token)
}

const whoami = defineCommand({
  words: ['whoami'],
  summary: 'Show who the commands act as, and until when',
  async run(context) {
    const session = await context.session()
    const { profile } = session
    const credentials = profile && (await context.profiles.readCredentials(session.name))
    const about = {
      profile: session.name,
      issuer: session.issuer,
      kind: profile?.kind ?? 'service',
      client_id: profile?.client_id,
      ...(await person(context)),
      scope: credentials?.scope,
      token_expires_at: credentials && new Date(credentials.expires_at).toISOString(),
    }
    context.output.thing(Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined)))
    return undefined
  },
})

/** Asked at the server, so that an ended sign-in is noticed. */
async function person(context: CommandContext): Promise<Record<string, unknown>> {
  const { profile } = await context.session()
  if (profile?.kind !== 'person' || context.global.dryRun) return {}
  const session = await context.session()
  const server = await discover(profile.issuer, profile.client_id)
  const token = await session.token()
  const { sub, preferred_username, name, email } = await whoIsSignedIn(server, token)
  return { sub, username: preferred_username, name, email }
}

const listProfiles = defineCommand({
  words: ['profiles', 'list'],
  summary: 'List profiles',
  async run({ output, profiles }) {
    const { current, profiles: known } = await profiles.list()
    output.list(
      Object.entries(known).map(([name, { issuer, client_id, kind }]) => ({
        ...{ current: name === current ? '*' : '', name, issuer, kind, client_id },
      })),
      ['current', 'name', 'issuer', 'kind', 'client_id'],
    )
    return undefined
  },
})

const useProfile = defineCommand({
  words: ['profiles', 'use'],
  summary: 'Make a profile the current one',
  positionals: [{ name: 'name', summary: 'Name of the profile' }],
  async run({ output, positionals, profiles }) {
    await profiles.use(positionals['name'] as string)
    output.note(`Using “${positionals['name']}”.`)
    return undefined
  },
})

export const accountCommands: readonly Command[] = [logout, whoami, listProfiles, useProfile]
