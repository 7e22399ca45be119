/**
 * Postgres refuses to run as root. When root starts Authly (containers, CI machines), the server runs as the account
 * `postgres`, which must be able to reach its binaries and its data; it cannot enter a clone below a 0700 home.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { OperatorError } from '../process/operator-error.ts'

export type Account = { uid: number; gid: number }

/** The account Postgres must run as, created if missing; undefined when we are not root and it runs as ourselves. */
export function findServerAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const known = lookUp('postgres')
  if (known !== undefined) return known
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'],
      {
        stdio: 'ignore',
      },
    )
  } catch (cause) {
    throw new OperatorError(
      'Postgres does not run as root, and the account "postgres" could not be created.',
      'Run as an ordinary user, or create the account: useradd --system postgres.',
      { cause },
    )
  }
  const created = lookUp('postgres')
  if (created === undefined) throw new Error('the account "postgres" was created but cannot be found')
  return created
}

function lookUp(name: string): Account | undefined {
  const id = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' })
  const [uid, gid] = [id('-u'), id('-g')]
  if (uid.status !== 0 || gid.status !== 0) return undefined
  return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) }
}

/** Whether the account can enter `folder`: asks the kernel, so that ACLs and mount options count too. */
export function canEnter(account: Account | undefined, folder: string): boolean {
  if (account === undefined) return true
  const probe = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'probe', folder], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  })
  return probe.status === 0
}

/** Whether the account can execute `binary` (and load its libraries). */
export function canRun(account: Account | undefined, binary: string): boolean {
  const probe = spawnSync(binary, ['--version'], { ...account, cwd: '/', stdio: 'ignore' })
  return probe.status === 0
}
