/** One of a person's factors: what it is, another name for it, and its removal. Plain forms. */
import type { Child, FC } from 'hono/jsx'
import { HiddenFields, type Problem } from '../pages/form-parts.tsx'
import type { FormPage } from '../pages/page.ts'
import { NameField } from './name-field.tsx'

interface FactorCardProps {
  readonly page: FormPage
  /** Its place on the page: the ids of factors are no safe ids of elements. */
  readonly index: number
  /** Beginning of the heading's id. */
  readonly kind: 'app' | 'passkey'
  readonly name: string
  /** Its forms post to `rename` and `remove` below it. */
  readonly path: string
  /** The hidden field that names it. */
  readonly hidden: { readonly field: string; readonly value: string }
  readonly maxlength: number
  readonly texts: {
    readonly nameLabel: string
    readonly rename: string
    readonly removeText: string
    readonly remove: string
  }
  readonly problems: readonly Problem[]
  /** How it works, and when it was set up and used. */
  readonly children: Child
}

/** Id of the field of a factor's name. */
export const nameField = (index: number): string => `name-${index + 1}`

export const FactorCard: FC<FactorCardProps> = (props) => {
  const { page, index, kind, name, path, hidden, texts } = props
  const [title, remove, save] = [`${kind}-${index + 1}`, `remove-${index + 1}`, `save-${index + 1}`]
  return (
    <section class="card" aria-labelledby={title}>
      <h2 id={title}>
        <bdi>{name}</bdi>
      </h2>
      {props.children}
      <form method="post" action={`${path}/rename`}>
        <HiddenFields page={page} />
        <input type="hidden" name={hidden.field} value={hidden.value} />
        <NameField
          id={nameField(index)}
          label={texts.nameLabel}
          value={name}
          maxlength={props.maxlength}
          problems={props.problems}
        />
        <div class="actions">
          <button type="submit" class="second" id={save} aria-labelledby={`${save} ${title}`}>
            {texts.rename}
          </button>
        </div>
      </form>
      <form method="post" action={`${path}/remove`}>
        <HiddenFields page={page} />
        <input type="hidden" name={hidden.field} value={hidden.value} />
        <p class="quiet">{texts.removeText}</p>
        <div class="actions">
          <button type="submit" class="second" id={remove} aria-labelledby={`${remove} ${title}`}>
            {texts.remove}
          </button>
        </div>
      </form>
    </section>
  )
}
