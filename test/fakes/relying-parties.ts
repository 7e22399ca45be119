/** What the stand-ins for clients tell (`test/setup/relying-parties-server.ts`). */
export type PartyBehaviour =
  | 'up'
  /** 204: frameworks answer so. */
  | 'no_content'
  /** 503 to everything. */
  | 'down'
  /** 400: it does not take the token. */
  | 'refuses'
  | 'redirect'
  /** 410: it wants nothing any more. */
  | 'gone'
  /** 429, with `Retry-After`: an hour. */
  | 'busy'
  /** Takes the token, and the answer gets lost. */
  | 'loses_answers'
  /** Never answers. */
  | 'hangs'
  /** 200, and an answer without end. */
  | 'endless'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}
