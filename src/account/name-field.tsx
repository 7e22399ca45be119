/** The field for the name that a person gives to a factor. */
import type { FC } from 'hono/jsx'
import type { Problem } from '../pages/form-parts.tsx'

interface NameFieldProps {
  /** Of the element: a page may have several such fields, all sent as `name`. */
  readonly id: string
  readonly label: string
  readonly value: string
  readonly maxlength: number
  readonly problems: readonly Problem[]
}

/** A name is prose: no rules for spelling, and any direction. */
export const NameField: FC<NameFieldProps> = ({ id, label, value, maxlength, problems }) => {
  const problem = problems.find(({ field }) => field === id)
  const problemId = `${id}-problem`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {problem && (
        <p class="wrong" id={problemId}>
          {problem.message}
        </p>
      )}
      <input
        id={id}
        name="name"
        type="text"
        value={value}
        maxlength={maxlength}
        required
        dir="auto"
        autocomplete="off"
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={problem ? problemId : undefined}
      />
    </div>
  )
}
