import type { ReadToken } from '../read-token.ts'

/** As it goes over the wire: header, claims and signature, each in its colour. */
export function RawToken({ token }: { readonly token: ReadToken }) {
  const [header, payload, signature] = token.parts
  return (
    <details className="raw">
      <summary>As it is sent</summary>
      <code>
        <span className="jwt-header">{header}</span>.<span className="jwt-claims">{payload}</span>.
        <span className="jwt-signature">{signature}</span>
      </code>
      <p>
        <span className="jwt-header">Header</span>, <span className="jwt-claims">claims</span> and{' '}
        <span className="jwt-signature">signature</span>. Everybody can read it; nobody but the server can
        make one.
      </p>
    </details>
  )
}
