/** What the stand-in for the list of breached passwords holds and tells (`test/setup/breached-passwords-server.ts`). */

export interface SeenRequest {
  readonly prefix: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** In the list, however often each was seen. */
export const breachedPasswords: Readonly<Record<string, number>> = {
  'violet-harbor-lantern': 1713,
  'Zwölf Äpfel im Körbchen': 3,
}
