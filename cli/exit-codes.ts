/** What the program's exit status means: scripts depend on it, and docs/cli.md prints it. */
export const exitCodes = {
  ok: { code: 0, meaning: 'Done' },
  refused: { code: 1, meaning: 'The server refused it, or an export is altered' },
  usage: { code: 2, meaning: 'Wrong arguments, or a confirmation is missing (`--yes`)' },
  unavailable: { code: 3, meaning: 'The server cannot be reached or is overloaded; try again later' },
  signIn: { code: 4, meaning: 'Nobody is signed in, or a more recent sign-in is needed: `authly login`' },
  partly: { code: 5, meaning: 'A job failed or was cancelled, or some of its rows failed' },
  stale: { code: 6, meaning: 'Somebody else changed it in between (412): read it again, then retry' },
  untrusted: { code: 7, meaning: 'An export is consistent, but no trusted key or anchor confirms it' },
  interrupted: { code: 130, meaning: 'Interrupted (Ctrl-C)' },
} as const

export type ExitReason = keyof typeof exitCodes
