/** Authorization details, as `describeDetails` words them: at consent, and on the page of applications. */
import type { FC } from 'hono/jsx'

interface DetailsListProps {
  readonly details: readonly {
    readonly title: string
    readonly members: readonly { readonly name: string; readonly value: string }[]
  }[]
}

export const DetailsList: FC<DetailsListProps> = ({ details }) => (
  <>
    {details.map(({ title, members }) => (
      <div class="detail">
        <p>
          <strong dir="auto">{title}</strong>
        </p>
        {members.length > 0 && (
          <dl>
            {members.map(({ name, value }) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
        )}
      </div>
    ))}
  </>
)
