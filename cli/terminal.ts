/** What a command may touch of the process. Tests hand in their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** Columns of a terminal; undefined for pipes and files, where nothing is cut or broken. */
export const widthOf = ({ isTTY, columns }: Terminal['stdout']): number | undefined =>
  isTTY ? columns : undefined

/** Somebody can be asked. */
export const isInteractive = ({ stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>): boolean =>
  stdin.isTTY === true && stderr.isTTY === true
