/** What rule files consist of (https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/). */

export interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

/** `page` wakes somebody; a `ticket` is looked at on the next working day. */
export type Severity = 'page' | 'ticket'

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  /** How long it must hold. */
  readonly for?: string
  readonly labels: { readonly severity: Severity } & Readonly<Record<string, string>>
  readonly annotations: {
    readonly summary: string
    readonly description: string
    readonly runbook_url: string
  }
}

export interface RuleGroup {
  readonly name: string
  readonly rules: readonly (RecordingRule | AlertRule)[]
}

export const isAlert = (rule: RecordingRule | AlertRule): rule is AlertRule => 'alert' in rule

/** What the generator is told. */
export interface RuleOptions {
  /** Shortens all durations; tests that seed faults cannot wait for hours. Default 1. */
  readonly timeScale?: number
  /** Where the pages of `docs/runbooks/` are published; an alert links to its page there. */
  readonly runbooks?: string
}

/** Where a clone has them: whoever publishes the documents elsewhere sets AUTHLY_RUNBOOKS_URL when building. */
const runbooksOfTheClone = 'docs/runbooks'

/** The page of an alert has its name. */
export const runbookUrl = (alert: string, { runbooks = runbooksOfTheClone }: RuleOptions): string =>
  `${runbooks.replace(/\/$/, '')}/${alert}.md`
