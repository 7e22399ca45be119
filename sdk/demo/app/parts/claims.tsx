import { fromNow, isTime, wordsFor } from '../claim-words.ts'
import type { Claims as ClaimSet } from '../read-token.ts'
import { useClock } from '../use-clock.ts'

interface ClaimsProps {
  readonly claims: ClaimSet
  readonly label: string
}

/** What is in a token, claim by claim. */
export function Claims({ claims, label }: ClaimsProps) {
  const now = useClock()
  return (
    <table className="claims" aria-label={label}>
      <colgroup>
        <col className="name" />
        <col />
      </colgroup>
      <thead className="out-of-sight">
        <tr>
          <th scope="col">Claim</th>
          <th scope="col">Value and meaning</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(claims).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <code className="claim-name">{name}</code>
            </th>
            <td>
              <code className="value">{shown(value)}</code>
              {isTime(name) && <span className="relative">{fromNow(value, now)}</span>}
              <p>{wordsFor(name, value)}</p>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const shown = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value)
