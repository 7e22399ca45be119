/** Everything that is stored about a person, as one JSON document that is written while it is read. */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import type { EventPage, OpenPersonalData } from './personal-data.ts'

export interface ExportNeeds {
  readonly config: { readonly issuer: string }
  readonly now: Clock
  readonly openPersonalData: OpenPersonalData
  readonly sessionsOf: SessionsOf
}

/**
 * The document, page by page: however long a history is, one page of it is in memory.
 * @returns undefined when there is no such account
 */
export async function exportData(
  needs: ExportNeeds,
  { user_id, session_id, origin }: { user_id: string; session_id: string; origin: Origin },
): Promise<ReadableStream<Uint8Array> | undefined> {
  const now = needs.now()
  const event = createEvent('user.data_exported', now, origin, {
    ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id, session_id },
    ...{ entity_type: 'user', entity_id: user_id },
  })
  const store = await needs.openPersonalData()
  const [elsewhere, data] = await Promise.all([readObject(needs, user_id, now), store.export(user_id, event)])
  if (!data) return undefined
  const head = { issuer: needs.config.issuer, exported_at: iso(now), ...data.stored, ...elsewhere }
  // The list of events stays open.
  const start = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "events": [`
  const encoder = new TextEncoder()
  let page: EventPage | undefined = data.first
  let isFirst = true
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!isFirst && page?.after !== undefined) page = await data.next(page.after)
      const { events, after } = page as EventPage
      const lines = events.map(
        (each, index) => `${isFirst && index === 0 ? '' : ','}\n    ${JSON.stringify(each)}`,
      )
      controller.enqueue(
        encoder.encode(`${isFirst ? start : ''}${lines.join('')}${after === undefined ? '\n  ]\n}\n' : ''}`),
      )
      isFirst = false
      if (after === undefined) controller.close()
    },
  })
}

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

/** What the person's object stores. Members are named one by one: it knows secrets. */
async function readObject({ sessionsOf }: ExportNeeds, userId: string, now: number) {
  const object = sessionsOf(userId)
  const [sessions, devices, remembered, applications] = await Promise.all([
    object.listSessions({ now }),
    object.listDevices({ now }),
    object.listRememberedDevices({ now }),
    object.listGrants({ now }),
  ])
  return {
    sessions: sessions.map((session) => ({
      ...{ session_id: session.session_id, created_at: iso(session.created_at) },
      ...{ last_seen_at: iso(session.last_seen_at), expires_at: iso(session.expires_at) },
      ...{ auth_time: iso(session.auth_time), acr: session.acr, amr: session.amr },
      ...{ ip: session.ip ?? null, user_agent: session.user_agent ?? null, place: session.place ?? null },
    })),
    known_devices: devices.map((device) => ({
      ...{ known_since: iso(device.known_since), last_used_at: iso(device.last_used_at) },
      ...{ ip: device.ip ?? null, user_agent: device.user_agent ?? null },
    })),
    remembered_devices: remembered.map((device) => ({
      ...{ remembered_at: iso(device.remembered_at), expires_at: iso(device.expires_at) },
      ...{ ip: device.ip ?? null, user_agent: device.user_agent ?? null },
    })),
    applications: applications.map((application) => ({
      ...{ client_id: application.client_id, scopes: application.scopes },
      authorization_details: application.authorization_details,
      ...{ keeps_access: application.keeps_access, last_used_at: iso(application.last_used_at) },
    })),
  }
}
