import type { ReactNode } from 'react'

interface SectionProps {
  readonly id: string
  readonly title: string
  readonly lead: ReactNode
  readonly children: ReactNode
}

export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section className="card" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p className="lead">{lead}</p>
      {children}
    </section>
  )
}
