export { AuthlyError } from '@authly-server/core'
export type { TokenFunction } from './access-token.ts'
export type { AuditReset } from './audit-message.ts'
export type { TailOptions } from './audit-tail.ts'
export type {
  Management,
  ManagementOptions,
  ServiceAccountOptions,
  TokenOptions,
} from './create-management.ts'
export { createManagement } from './create-management.ts'
export type { Download } from './download.ts'
export type { FieldError } from './errors.ts'
export {
  ApiError,
  Conflict,
  Forbidden,
  IdempotencyKeyReused,
  JobFailed,
  NotFound,
  PreconditionFailed,
  RateLimited,
  ServerFailed,
  StepUpRequired,
  Unauthorized,
  ValidationFailed,
} from './errors.ts'
export type * from './generated/resources.ts'
export type * from './generated/schemas.ts'
export type { JobProgress, JobWatchers, WaitOptions } from './jobs.ts'
export type { List, Page } from './list.ts'
export type {
  ChangeOptions,
  ConditionalOptions,
  KeyedOptions,
  RequestOptions,
  Versioned,
} from './operation.ts'
export type { PrivateJwk } from './private-jwk.ts'
export type { Upload } from './upload.ts'
export { ndjson } from './upload.ts'
