/** A pure function whose last answers are kept: what is asked again and again is worked out once. */

/** `make`, with the answers to at most `most` different texts kept; when there are more, all are forgotten. What it throws is not kept. */
export function remembered<V>(most: number, make: (text: string) => V): (text: string) => V {
  const known = new Map<string, { readonly value: V }>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found.value
    const value = make(text)
    if (known.size >= most) known.clear()
    known.set(text, { value })
    return value
  }
}
