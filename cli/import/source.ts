/** What a source is: one system's export, said as data where that is possible, so that nothing is lost in silence. */

/** A record of an export with its nested members at the top: `profile.email`, `attributes.locale`. */
export type FlatRecord = Readonly<Record<string, unknown>>

/** A row of `POST /admin/users/import` (src/users/jobs/upload-row.ts). */
export interface ImportRow {
  /** Id in the other system: the server skips it, and returns it with the rows that failed. */
  _id?: string | undefined
  id?: string | undefined
  username?: string | undefined
  email?: string | undefined
  email_verified?: boolean | undefined
  phone_number?: string | undefined
  phone_number_verified?: boolean | undefined
  status?: 'disabled' | undefined
  profile?: Record<string, unknown> | undefined
  password_hash?: unknown
  password_must_change?: boolean | undefined
  /** Generators of one-time passwords (src/one-time-passwords/imported-generator.ts). */
  otp?: readonly ImportedOtp[] | undefined
}

export interface ImportedOtp {
  readonly kind?: string | undefined
  /** Base32. */
  readonly secret: string
  readonly algorithm?: string | undefined
  readonly digits?: number | undefined
  readonly period_seconds?: number | undefined
  readonly counter?: number | undefined
  readonly name?: string | undefined
}

/** A record that is not a person who could have an account. */
export interface LeftOut {
  readonly leftOut: string
}

/** What files of their own add to an export. */
export interface SourceOptions {
  /** Parameters of the project's password hashes (Firebase). */
  readonly hashConfig?: HashConfig | undefined
  /** Password hashes by id of the user (Auth0). */
  readonly hashes?: ReadonlyMap<string, unknown> | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

export interface HashConfig {
  /** Base64, as is `salt_separator`. */
  readonly signer_key: string
  readonly salt_separator: string
  readonly rounds: number
  readonly mem_cost: number
}

export interface Source {
  /** As in `--from`. */
  readonly name: string
  /** Its own name, for people. */
  readonly title: string
  /** What the file is, and how it is made there. */
  readonly file: string
  /** Members that reach the account, and where; a name that ends in `*` stands for all that begin so. */
  readonly mapped: Readonly<Record<string, string>>
  /** Members that do not, and why. Any other member is reported as unknown. */
  readonly lost: Readonly<Record<string, string>>
  /** What its CSV has in each column, where it has no header. */
  readonly columns?: readonly string[]
  /** Whether a record is one of this system, by its members. */
  recognizes(members: ReadonlySet<string>): boolean
  flatten?(record: Readonly<Record<string, unknown>>): FlatRecord
  /** Id in the other system, for messages. */
  idOf(record: FlatRecord): string | undefined
  /** @param note counts members (separated by commas) that are lost only in this record, with the reason */
  convert(
    record: FlatRecord,
    options: SourceOptions,
    note: (what: string, why: string) => void,
  ): ImportRow | LeftOut
}
