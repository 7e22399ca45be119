/** docs/cli.md: a short guide, and every command generated from its declaration. */
import type { CatalogueOperation } from '../../cli/api/catalogue.ts'
import type { Command } from '../../cli/command.ts'
import { usageOf } from '../../cli/command.ts'
import { createCommands } from '../../cli/commands/index.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { globalOptions } from '../../cli/global-options.ts'
import { groupSummaries, optionName } from '../../cli/help.ts'
import { generatedNotice, table } from './markdown.ts'

const guide = `\`npx authly\` administers a server from a terminal or a script. It needs Node 20 or newer and this clone, in which npx finds it: do not run it elsewhere, because the package \`authly\` at npm belongs to somebody else. \`npm link\` puts \`authly\` on the PATH.

\`\`\`sh
npx authly login --issuer http://localhost:8787     # opens the browser; --no-browser prints the URL
npx authly users list --limit 20
npx authly users get ada@example.com --output json
npx authly clients get 'Example shop'               # a name, where the API has an id
npx authly audit events list --families user,role --from 2026-01-01
npx authly audit tail -n 5
npx authly clients create --framework nextjs --write-env ../my-app/.env.local   # docs/presets.md
\`\`\`

A mistyped command, option or value is refused with what there is instead; \`--help\` explains every command, \`--version\` names the version.

## Signing in

**A person** signs in with the browser: authorization code with PKCE on a loopback port (RFC 8252), \`state\`, \`nonce\` and \`iss\` (RFC 9207) checked. A browser that is signed in already asks whether that account is meant (\`prompt=select_account\`); the command says who it was. The server gives the permissions that the roles of this person give, and no others; after a new role, \`authly login\` again gets what it adds. \`--read-only\` or \`--scope\` request fewer scopes. If a dangerous operation needs a more recent sign-in (RFC 9470), the browser opens again and the command continues.

**A service account** passes its secret in a variable, a file or on stdin, never as an argument:

\`\`\`sh
npx authly login --profile ci --issuer https://auth.example.com --client-id deployer --client-secret env:DEPLOYER_SECRET
AUTHLY_ISSUER=https://auth.example.com AUTHLY_CLIENT_ID=deployer AUTHLY_CLIENT_SECRET=… npx authly users list   # stores nothing
\`\`\`

**Profiles** consist of a server and an account: \`--profile\`, \`AUTHLY_PROFILE\`, \`authly profiles use\`. Tokens are in \`~/.config/authly/credentials/\` (\`XDG_CONFIG_HOME\`, \`%APPDATA%\`), readable by their owner only; a file that others can read is refused. Parallel commands refresh a token only once. A token is only ever sent to the issuer of its profile. \`AUTHLY_TOKEN\` with \`AUTHLY_ISSUER\` uses a token you already have. \`authly logout\` revokes the tokens at the server.

## Names, lists, times

- **Names** stand for ids wherever an id is wanted: the username or e-mail address of a user, in any spelling; the name of a client or resource server, whatever the case. A name of several things is refused with the list of them. What has the form of an id is one, and an existing client id comes before any name. Before a change, the id is printed. Looking a name up takes one or two requests with the rights of the token: users need \`admin:users:read\`; where a token may not read clients, what is given for a client is taken as an id, and so is, where nothing is changed, a client that is no more. Scripts should give ids.
- **Lists** are separated by commas, repeated, or both: \`--roles auditor,support\` is \`--roles auditor --roles support\`. A comma within an entry is \`\\,\`; \`--scope\` may have spaces, too. An empty entry is refused, so that an empty variable does not take all roles away; an empty list is \`--data '{"roles": []}'\`. Every other option is given once.
- **Times**: \`2026-01-31T09:30+01:00\`; without a zone they are UTC. A date is its start, 00:00 UTC, wherever it stands. Upper bounds (\`--to\`, \`…-before\`) exclude the time given, so \`--from 2026-01-01 --to 2026-02-01\` is all of January.

## Changing things

- \`update\` and \`delete\` read first and send the version they saw (\`If-Match\`). If somebody else changed it in between, nothing is changed and the exit status is ${exitCodes.stale.code}. \`--if-match\` sets the version explicitly.
- \`--dry-run\` prints the request without the token and sends nothing; names stay as they were typed. For bulk operations, and for clients that are created or changed, the server runs a dry run and reports what would happen.
- Dangerous operations ask for confirmation; \`--yes\` gives it. Without a terminal and without \`--yes\` they are refused.
- Every POST carries an \`Idempotency-Key\`, so a retry after a broken connection acts once. After 429 and 503, commands wait as long as \`Retry-After\` demands, up to 30 s each, and retry.
- Fields are options; \`--data\` takes a whole JSON body (\`@file\`, \`-\`), \`--unset field\` removes one. Secrets are given as \`-\` (stdin), \`@file\` or \`env:NAME\`.
- \`--sign-key key.jwk.json\` signs requests (RFC 9421) where the server requires it. The public half belongs in the client's \`jwks\`.

## Output

Tables for people; \`--output json\` for scripts, \`--output ndjson\` for lists of any length with \`--all\`. Results go to stdout, everything else to stderr. Tables show names beside the ids of users and clients, at a cost of one request each per 100 ids that are new, to whoever may read them. What does not fit a terminal is left out (empty columns, ids with a name beside them) or cut; in a pipe and with \`--columns\` nothing is left out. \`audit tail\` begins with the last ten events (\`-n\`), unless \`--after\` says where. When rows of a job fail, the command that shows them is printed. Text from the server cannot control the terminal: control characters and direction marks are shown as \`\\u{…}\`, in JSON as equivalent escapes. \`NO_COLOR\` and pipes switch colours off.`

export function cliDocument(catalogue: readonly CatalogueOperation[]): string {
  const commands = createCommands(catalogue).filter(({ hidden }) => !hidden)
  const groups = [...new Set(commands.map(groupOf))].sort()
  return [
    generatedNotice('cli/ and the admin operations'),
    '# Command line',
    guide,
    '## Exit status',
    table(
      ['Status', 'Meaning'],
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    ),
    '## Completion',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    'With `authly` on the PATH (`npm link`), bash: `source <(authly completion bash)`; zsh: `authly completion zsh > "${fpath[1]}/_authly"`; fish: `authly completion fish > ~/.config/fish/completions/authly.fish`.',
    '## Global options',
    table(
      ['Option', 'Meaning'],
      globalOptions.map((option) => [`\`${optionName(option)}\``, option.summary]),
    ),
    '## Commands',
    ...groups.flatMap((group) => [
      `### ${group === '' ? 'Signing in' : `authly ${group}`}`,
      ...(groupSummaries[group] ? [`${groupSummaries[group]}.`] : []),
      table(
        ['Command', 'What it does', 'Options'],
        commands.filter((command) => groupOf(command) === group).map(row),
      ),
    ]),
  ].join('\n\n')
}

/** Groups commands by their first word. */
const groupOf = ({ words }: Command): string => (words.length > 1 ? (words[0] as string) : '')

const row = (command: Command): string[] => [
  `\`${usageOf({ ...command, options: [] })}\``,
  command.summary,
  (command.options ?? []).map((option) => `\`${optionName(option)}\``).join(' '),
]
