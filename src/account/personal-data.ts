/** What is stored about a person, as their own pages see it. */
import type { AuditEvent } from '../audit/event.ts'
import type { ShownEventType } from './security-history.ts'

export interface AllowedApplication {
  readonly client_id: string
  /** What it calls itself. */
  readonly client_name: string
  /** As pages call it: by its place where nobody reviewed it. */
  readonly shown_name: string
  readonly reviewed: boolean
  /** Where a sign-in to it starts. */
  readonly initiate_login_uri: string | undefined
  /** The consent; absent where the client needs none. */
  readonly consent:
    | {
        readonly scopes: readonly string[]
        readonly claims: readonly string[]
        /** When it was given first (milliseconds since the Unix epoch). */
        readonly granted_at: number
      }
    | undefined
}

export interface HistoryEvent {
  readonly id: string
  /** In the trail; the cursor. */
  readonly position: number
  readonly type: ShownEventType
  /** Milliseconds since the Unix epoch. */
  readonly occurred_at: number
  readonly actor_type: AuditEvent['actor_type']
  readonly actor_id: string | null
  /** As pages call the client. */
  readonly shown_name: string | undefined
  readonly ip: string | null
  readonly user_agent: string | null
  readonly country: string | null
  readonly city: string | null
  /** Occurrences that it stands for. */
  readonly count: number | null
}

export interface HistoryQuery {
  readonly types: readonly ShownEventType[]
  /** Position of the last event of the page before. */
  readonly before: number | undefined
  readonly limit: number
}

/** Events as the trail has them. */
export interface EventPage {
  readonly events: readonly object[]
  /** Where the next page begins; undefined: this was the last. */
  readonly after: number | undefined
}

export interface PersonalDataExport {
  /** Everything but the events. */
  readonly stored: Readonly<Record<string, unknown>>
  readonly first: EventPage
  next(after: number): Promise<EventPage>
}

export interface PersonalDataStore {
  /** By consents, those named besides, and the deployment's own that people start from here. One round trip. */
  applications(userId: string, clientIds: readonly string[]): Promise<readonly AllowedApplication[]>
  /** The newest first. One round trip. */
  history(userId: string, query: HistoryQuery): Promise<readonly HistoryEvent[]>
  /**
   * Records `event` and reads everything; one round trip, and one for each page of events. `undefined`: there is no such
   * account.
   */
  export(userId: string, event: AuditEvent): Promise<PersonalDataExport | undefined>
}

/** Makes no request by itself. */
export type OpenPersonalData = () => Promise<PersonalDataStore>
