/** What a request says of the browser and its connection, for a risk engine. Read only: nothing is decided by it here. */
import type { Origin } from '../audit/event.ts'
import { networkOf } from '../kit/network.ts'
import type { SignInSignals } from '../sessions/pending-sign-in.ts'

/** Of Cloudflare's `request.cf`; absent elsewhere. */
interface ConnectionFacts {
  readonly country?: unknown
  readonly city?: unknown
  readonly clientTcpRtt?: unknown
  readonly clientQuicRtt?: unknown
}

/** The device becomes known in the person's object. */
export function readSignals(request: Request, { ip }: Pick<Origin, 'ip'>): SignInSignals {
  const { country, city, clientTcpRtt, clientQuicRtt }: ConnectionFacts =
    (request as { cf?: ConnectionFacts }).cf ?? {}
  const roundTrip = [clientTcpRtt, clientQuicRtt].find((value) => typeof value === 'number' && value > 0)
  return {
    network: ip === undefined ? undefined : networkOf(ip),
    country: typeof country === 'string' ? country : undefined,
    ...(typeof city === 'string' && { city }),
    device_id: undefined,
    round_trip_ms: roundTrip as number | undefined,
  }
}
