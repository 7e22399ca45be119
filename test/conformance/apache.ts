/** A real Apache with Debian's mod_auth_openidc in front of a protected folder, in the foreground, on loopback. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import type { SeededClient } from './seed.ts'

export const apacheProgram = '/usr/sbin/apache2'
const modules = '/usr/lib/apache2/modules'
export const authModule = `${modules}/mod_auth_openidc.so`

export type Apache = {
  readonly origin: string
  /** What it logged, for failure messages. */
  log(): Promise<string>
  stop(): Promise<void>
}

/** @param port must be free; the client's redirect URI is `/protected/callback` on it */
export async function startApache(issuer: string, client: SeededClient, port: number): Promise<Apache> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-apache-'))
  const origin = `http://127.0.0.1:${port}`
  // Apache's workers run as www-data when the tests run as root.
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'htdocs/protected'), { recursive: true })
  await writeFile(join(folder, 'htdocs/index.html'), 'public')
  await writeFile(join(folder, 'htdocs/protected/index.html'), 'protected')
  await writeFile(join(folder, 'httpd.conf'), configuration(folder, issuer, client, port))
  const log = () => readFile(join(folder, 'error.log'), 'utf8').catch(() => '')
  const child = await spawnGuarded(apacheProgram, ['-f', join(folder, 'httpd.conf'), '-D', 'FOREGROUND'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const stop = async () => {
    await child.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitUntilServing(`${origin}/index.html`, child.exited, 20_000)
  } catch (error) {
    const written = await log()
    await stop()
    throw new Error(`Apache did not start: ${written}`, { cause: error })
  }
  return { origin, log, stop }
}

const configuration = (folder: string, issuer: string, client: SeededClient, port: number): string => `
ServerRoot "${folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile "${folder}/httpd.pid"
ErrorLog "${folder}/error.log"
DefaultRuntimeDir "${folder}"
Mutex posixsem
User www-data
Group www-data
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'mime', 'headers', 'auth_openidc']
  .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
  .join('\n')}
TypesConfig /dev/null
DocumentRoot "${folder}/htdocs"
DirectoryIndex index.html

OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${client.client_id}
OIDCClientSecret ${client.client_secret}
OIDCRedirectURI ${client.redirect_uri}
OIDCCryptoPassphrase ${randomBytes(16).toString('hex')}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCInfoHook userinfo id_token access_token

<Location /protected>
  AuthType openid-connect
  Require valid-user
  Header set X-Subject "%{OIDC_CLAIM_sub}e"
  Header set X-Name "%{OIDC_CLAIM_name}e"
</Location>
`
