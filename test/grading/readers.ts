/** Small strict readers of what the reports write: XML 1.0 and CSV. */

/** A small reader of XML 1.0: elements, attributes, text; throws where it is not well formed. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
}
export function readXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [] }
  const stack = [root]
  const begin = /^<\?xml[^>]*\?>\s*/.exec(text)?.[0].length ?? 0
  const pattern = /<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|[^<]+/y
  pattern.lastIndex = begin
  for (let at = begin; at < text.length; at = pattern.lastIndex) {
    const m = pattern.exec(text)
    if (m === null) throw new Error(`not well formed at ${text.slice(at, at + 60)}`)
    if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(m[0].startsWith('<![') ? '' : m[0])) throw new Error(`a bare & in ${m[0]}`)
    if (m[2] === undefined) continue
    if (m[1] === '/') {
      if (stack.pop()?.name !== m[2]) throw new Error(`</${m[2]}> closes nothing`)
      continue
    }
    const pairs = [...m[3]!.matchAll(/([\w-]+)="([^"]*)"/g)].map((a) => [a[1]!, a[2]!] as const)
    const attributes = Object.fromEntries(pairs)
    if (Object.keys(attributes).length !== pairs.length) throw new Error(`an attribute twice in ${m[0]}`)
    const element: XmlElement = { name: m[2], attributes, children: [] }
    stack.at(-1)!.children.push(element)
    if (m[4] !== '/') stack.push(element)
  }
  if (stack.length !== 1 || root.children.length !== 1) throw new Error('unclosed')
  return root.children[0]!
}

/** RFC 4180. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    const m = pattern.exec(text)
    if (m === null) throw new Error(`no CSV at ${text.slice(at, at + 40)}`)
    row.push(m[1]?.replaceAll('""', '"') ?? m[2]!)
    if (m[3] === '\r\n') {
      rows.push(row)
      row = []
    }
  }
  return rows
}
