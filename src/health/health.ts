/** Answers of the health endpoints: closed lists, so that whoever asks learns nothing else. */

export const statuses = ['ok', 'degraded', 'unavailable'] as const
export type Status = (typeof statuses)[number]

export const reasons = [
  /** A setting is missing or malformed; the log names it. */
  'invalid',
  /** It failed, or took too long. */
  'no_answer',
  /** The worker refuses to work with such a role. */
  'overprivileged',
  /** The database lacks a migration that this build needs. */
  'schema_behind',
  /** Audit events have not been delivered for a while. */
  'late',
  /** More audit events arrive than are delivered. */
  'backlog',
  /** This deployment sends no messages, which is no fault. */
  'not_configured',
  /** Nothing can be asked without a configuration. */
  'not_checked',
] as const

export interface Component {
  readonly status: Status
  readonly reason?: (typeof reasons)[number]
}

export interface Health<Name extends string = string> {
  readonly status: Status
  readonly components: Readonly<Record<Name, Component>>
}

export const readinessComponents = [
  'configuration',
  'postgres',
  'objects',
  'keys',
  'outboxes',
  'messages',
] as const
export const startupComponents = ['configuration', 'keys', 'schema'] as const
export type Readiness = Health<(typeof readinessComponents)[number]>
export type Startup = Health<(typeof startupComponents)[number]>
