import { Fragment, useState } from 'react'

/** A command to copy. */
export function Command({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <div className="command">
      <code>
        {text.split(' ').map((word, index) => (
          <Fragment key={index}>
            {index > 0 && ' '}
            <span className="word">{word}</span>
          </Fragment>
        ))}
      </code>
      <button type="button" className="quiet" onClick={() => void copy()}>
        {isCopied ? 'Copied' : 'Copy'}
        <span className="out-of-sight"> the command</span>
      </button>
    </div>
  )
}
