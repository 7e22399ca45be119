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
    summary: 'How to print: for people, or as JSON',
  },
  {
    name: 'dry-run',
    summary: 'Print the request instead of sending it; bulk work is tried out by the server',
  },
  { name: 'yes', short: 'y', summary: 'Do not ask before dangerous things' },
  {
    name: 'sign-key',
    value: 'file',
    summary: 'Sign requests (RFC 9421) with this private JWK (`AUTHLY_SIGN_KEY`)',
  },
  {
    name: 'browser',
    negatable: true,
    summary: 'Open the browser to sign in; `--no-browser` prints the address',
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
  { name: 'help', short: 'h', summary: 'Explain the command' },
]
