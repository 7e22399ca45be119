/** Options that every command takes. */
import type { OptionSpec } from './command.ts'

export const outputs = ['table', 'json', 'ndjson'] as const

export const globalOptions: readonly OptionSpec[] = [
  { name: 'profile', value: 'name', summary: 'Profile to use (`AUTHLY_PROFILE`)' },
  { name: 'issuer', value: 'url', summary: 'Server to use (`AUTHLY_ISSUER`)' },
  {
    name: 'output',
    short: 'o',
    value: 'format',
    values: outputs,
    summary: 'Output format: for people, or JSON',
  },
  {
    name: 'dry-run',
    summary:
      'Print the request instead of sending it; for bulk operations and clients, a dry run by the server',
  },
  { name: 'yes', short: 'y', summary: 'Do not ask for confirmation of dangerous operations' },
  {
    name: 'sign-key',
    value: 'file',
    summary: 'Sign requests (RFC 9421) with this private JWK (`AUTHLY_SIGN_KEY`)',
  },
  {
    name: 'browser',
    negatable: true,
    summary: 'Open the browser to sign in; `--no-browser` prints the URL',
  },
  {
    name: 'step-up',
    value: 'when',
    values: ['auto', 'always', 'never'],
    summary:
      'Sign in again when the server asks for it; `auto`: if somebody sits at the terminal (`AUTHLY_STEP_UP`)',
  },
  { name: 'color', negatable: true, summary: 'Colours; also off with `NO_COLOR` and in pipes' },
  { name: 'verbose', short: 'v', summary: 'Show each request on stderr' },
  { name: 'version', short: 'V', summary: 'Show the version of this program' },
  { name: 'help', short: 'h', summary: 'Explain the command' },
]
