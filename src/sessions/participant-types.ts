/** Clients that take part in sessions, as the object of the person knows them (`participants.ts`). */

/** A client that took part in a session. */
export interface Participant {
  readonly client_id: string
  /** The subject as the client sees it. */
  readonly sub: string
  /** The session that `sid` in its ID token names: a former one when the person has signed in again since. */
  readonly session_id: string
}

/** A client that is to be told. */
export interface DueLogout extends Participant {
  /** One for all attempts: what a client has received twice it can recognise. */
  readonly logout_id: string
  readonly user_id: string
  /** Milliseconds since the Unix epoch. */
  readonly ended_at: number
}
