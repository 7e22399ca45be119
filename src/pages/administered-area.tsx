/** What of the admin API an application may do, in a list: by markup, for punctuation differs by language. */
import type { FC } from 'hono/jsx'

interface AdministeredAreaProps {
  readonly name: string
  readonly actions: string
}

export const AdministeredArea: FC<AdministeredAreaProps> = ({ name, actions }) => (
  <>
    <strong>{name}</strong> <span class="quiet">{actions}</span>
  </>
)
