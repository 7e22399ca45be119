/** What an event is about, as one word for the log of deliveries: `user:<id>`. */
import { subjectOf } from './payload.ts'

export function subjectNameOf(event: Parameters<typeof subjectOf>[0]): string | null {
  const subject = subjectOf(event)
  return subject === null ? null : `${subject.type}:${subject.id}`
}
